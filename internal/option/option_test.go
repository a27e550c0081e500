package option

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// settings are one of each kind.
type settings struct {
	Text    string
	Switch  bool
	Address string
	Patient time.Duration
	Classic time.Duration
	Count   int
	Size    int64
	Choice  string
	List    []string
	Part    float64
}

func defaults() *settings {
	return &settings{
		Text: "default", Address: "127.0.0.1:8080", Patient: 7500 * time.Millisecond, Classic: 30 * time.Second,
		Count: 3, Size: 32 << 20, Choice: "json", List: []string{"first", "second"},
	}
}

func (s *settings) options() []Option {
	word := func(w string) error {
		if strings.ContainsRune(w, ' ') {
			return errors.New("want words without blanks")
		}
		return nil
	}
	return []Option{
		{Name: "text", Env: "X_TEXT", Usage: "some text", Value: Text(&s.Text, "text")},
		{Name: "switch", Short: "s", Env: "X_SWITCH", Usage: "on or off", Value: Switch(&s.Switch)},
		{Name: "address", Env: "X_ADDRESS", Usage: "a listener", Value: Address(&s.Address)},
		{Name: "patient", Env: "X_PATIENT", Usage: "a time", Value: Duration(&s.Patient, time.Second, time.Minute)},
		{Env: "x_seconds", Usage: "a time as of old", Value: Seconds(&s.Classic, 0, time.Hour)},
		{Name: "count", Env: "X_COUNT", Usage: "a number", Value: Int(&s.Count, 1, 10)},
		{Name: "size", Env: "X_SIZE", Usage: "a size", Value: Bytes(&s.Size, 1<<10, 1<<30)},
		{Name: "choice", Env: "X_CHOICE", Usage: "a word", Value: Choice(&s.Choice, "json", "text")},
		{Name: "list", Env: "X_LIST", Usage: "words", Value: List(&s.List, "word", word)},
		{Name: "part", Env: "X_PART", Usage: "a part", Value: Part(&s.Part)},
	}
}

// load reads flags and variables as a command does.
func load(args []string, vars map[string]string) (*settings, error) {
	s := defaults()
	options := s.options()
	flags := pflag.NewFlagSet("x", pflag.ContinueOnError)
	AddFlags(flags, options)
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	err := FromEnvironment(flags, options, func(name string) (string, bool) { v, ok := vars[name]; return v, ok })
	return s, err
}

func TestOptions_FlagOverVariableOverDefault(t *testing.T) {
	vars := map[string]string{"X_TEXT": "variable", "X_LIST": "a,b", "X_COUNT": "4", "X_CHOICE": "", "x_seconds": "5"}
	got, err := load([]string{"--text=flag", "--list", "c", "--list", "d, e", "-s"}, vars)
	if err != nil {
		t.Fatal(err)
	}
	want := defaults()
	want.Text, want.List, want.Switch = "flag", []string{"c", "d", "e"}, true // flags
	want.Count, want.Classic = 4, 5*time.Second                               // variables
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOptions_AVariableReplacesAListsDefault(t *testing.T) {
	got, err := load(nil, map[string]string{"X_LIST": " a ,, b"})
	if diff := cmp.Diff([]string{"a", "b"}, got.List); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

func TestOptions_WithoutFlagsAndVariablesTheDefaultsStay(t *testing.T) {
	got, err := load(nil, nil)
	if diff := cmp.Diff(defaults(), got); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

func TestOptions_TakeTheirValues(t *testing.T) {
	for _, c := range []struct {
		variable, value string
		want            func(*settings)
	}{
		{"X_SWITCH", "true", func(s *settings) { s.Switch = true }},
		{"X_SWITCH", "0", func(s *settings) { s.Switch = false }},
		{"X_ADDRESS", ":8443", func(s *settings) { s.Address = ":8443" }},
		{"X_ADDRESS", "[::1]:0", func(s *settings) { s.Address = "[::1]:0" }},
		{"X_ADDRESS", "hark.example:65535", func(s *settings) { s.Address = "hark.example:65535" }},
		{"X_PATIENT", "1m", func(s *settings) { s.Patient = time.Minute }},
		{"x_seconds", "90s", func(s *settings) { s.Classic = 90 * time.Second }},
		{"x_seconds", "3600", func(s *settings) { s.Classic = time.Hour }},
		{"x_seconds", "0", func(s *settings) { s.Classic = 0 }},
		{"X_SIZE", "512KB", func(s *settings) { s.Size = 512 << 10 }},
		{"X_SIZE", "2 mb", func(s *settings) { s.Size = 2 << 20 }},
		{"X_SIZE", "1GB", func(s *settings) { s.Size = 1 << 30 }},
		{"X_SIZE", "1025", func(s *settings) { s.Size = 1025 }},
		{"X_PART", "0.25", func(s *settings) { s.Part = .25 }},
		{"X_PART", "1e-3", func(s *settings) { s.Part = .001 }},
		{"X_CHOICE", "text", func(s *settings) { s.Choice = "text" }},
	} {
		t.Run(c.variable+"="+c.value, func(t *testing.T) {
			got, err := load(nil, map[string]string{c.variable: c.value})
			want := defaults()
			c.want(want)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("error %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestOptions_RefuseWhatIsNotValidByName(t *testing.T) {
	for _, c := range []struct{ option, value, message string }{
		{"switch", "maybe", "want true or false"},
		{"address", "8080", "want HOST:PORT"},
		{"address", "localhost:http", `the port "http" is not a number`},
		{"address", "localhost:65536", "from 0 to 65535"},
		{"address", "localhost:00", `the port "00" is not a number`},
		{"address", "localhost:", "is not a number"},
		{"patient", "8", "with a unit, such as 7.5s"},
		{"patient", "soon", "with a unit"},
		{"patient", "2m", "want a value from 1s to 1m0s"},
		{"patient", "-5s", "want a value from 1s to 1m0s"},
		{"x_seconds", "soon", "with a unit"},
		{"x_seconds", "3601", "want a value from 0s to 1h0m0s"},
		{"x_seconds", "9223372036854775807", "want a value from 0s to 1h0m0s"},
		{"x_seconds", "-1", "want a value from 0s to 1h0m0s"},
		{"count", "many", "want a whole number"},
		{"count", "2.5", "want a whole number"},
		{"count", "11", "want a value from 1 to 10"},
		{"size", "big", "want a size up to 1GB, such as"},
		{"size", "2GB", "want a size up to 1GB"},
		{"size", "99999999999GB", "want a size up to 1GB"},
		{"size", "-1", "want a size up to 1GB"},
		{"size", "1", "want a value from 1024"},
		{"part", "NaN", "want a part from 0 to 1"},
		{"part", "1.01", "want a part from 0 to 1"},
		{"part", "half", "such as 0.25"},
		{"choice", "xml", "want json or text"},
		{"list", "ok,not ok", "want words without blanks"},
	} {
		t.Run(c.option+"="+c.value, func(t *testing.T) {
			variable := c.option
			if c.option != "x_seconds" { // the one without a flag
				variable = "X_" + strings.ToUpper(c.option)
				_, err := load([]string{"--" + c.option + "=" + c.value}, nil)
				wantMessage(t, err, "--"+c.option, c.message)
			}
			got, err := load(nil, map[string]string{variable: c.value})
			wantMessage(t, err, variable, c.message)
			if diff := cmp.Diff(defaults(), got); diff != "" {
				t.Errorf("the setting was changed (-want +got):\n%s", diff)
			}
		})
	}
}

func wantMessage(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("it is taken, want %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("message %q, want %q in it", err, part)
		}
	}
}

func TestAddFlags_NamesTheVariableInTheHelp(t *testing.T) {
	flags := pflag.NewFlagSet("x", pflag.ContinueOnError)
	AddFlags(flags, defaults().options())
	help := flags.FlagUsages()
	for _, part := range []string{"--patient duration", "a time [X_PATIENT] (default 7.5s)", "--choice json|text", "(default 32MB)"} {
		if !strings.Contains(help, part) {
			t.Errorf("the help lacks %q:\n%s", part, help)
		}
	}
	if strings.Contains(help, "x_seconds") {
		t.Errorf("an option without a flag is in the help:\n%s", help)
	}
}

func TestMarkdown(t *testing.T) {
	want := "| flag | variable | value | default | meaning |\n" +
		"|---|---|---|---|---|\n" +
		"| `--switch`, `-s` | `X_SWITCH` | bool | `false` | on or off |\n" +
		"|  | `x_seconds` | duration | `30s` | a time as of old |\n" +
		"| `--choice` | `X_CHOICE` | json\\|text | `json` | a word |\n" + // a bare | would be a cell
		"| `--list` | `X_LIST` | word | `first,second` | words |\n"
	all := defaults().options()
	if diff := cmp.Diff(want, Markdown([]Option{all[1], all[4], all[7], all[8]})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHelp(t *testing.T) {
	all := defaults().options()
	want := "  X_SWITCH bool (default false)\n    \ton or off\n" +
		"  x_seconds duration (default 30s)\n    \ta time as of old\n" +
		"  X_EMPTY path\n    \tnothing by default\n" + // and no word of it
		"  X_CHOICE json|text (default json)\n    \ta word\n"
	empty := ""
	got := Help([]Option{
		all[1], all[4],
		{Env: "X_EMPTY", Usage: "nothing by default", Value: Text(&empty, "path")},
		{Name: "flag-only", Usage: "not of the environment", Value: Text(&empty, "text")},
		all[7],
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
