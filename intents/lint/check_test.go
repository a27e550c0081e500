package lint

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/intents"
)

var update = flag.Bool("update", false, "write docs/lint.md and testdata/report.txt anew")

// golden compares text with a file, or writes it with -update.
func golden(t *testing.T, file, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), text); d != "" {
		t.Errorf("%s; go test ./intents/lint -update (-file +now):\n%s", file, d)
	}
}

func TestCheck_TellsWhatIsWrongWhereAndHowToMendIt(t *testing.T) {
	dir := copied(t,
		edit{manifestFile, "https://pizza", "http://pizza"},
		edit{manifestFile, `"ja-JP"`, `"ja"`},
		en("pizza palace", "Pizza 1"),
		en("AMAZON.HelpIntent", "Amazon.helpintent"),
		en(`{"name": "AMAZON.FallbackIntent", "samples": []},`, ""),
		en("order a pizza", "order, {Toping}"),
		en("look for {Query}", "{Query}"),
		en(`"values"`, `"value"`),
		en(`"elicitation": "Elicit.Topping"`, `"elicitation": "Elicit.Toping"`),
		edit{japanese, "{Topping} の", "{Topping}の"},
		edit{stackFile, "hark.intents: SearchIntent", "hark.intents: SerchIntent"},
	)
	var b strings.Builder
	for _, f := range check(t, dir).Findings {
		fmt.Fprintf(&b, "%s\n    at %s\n", f, f.Path)
	}
	golden(t, "testdata/report.txt", b.String())
}

func TestCheck_ReadsTheOlderLayout(t *testing.T) {
	dir := t.TempDir()
	model, err := os.ReadFile("testdata/pizza/" + english)
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{
		"models/en-US.json": string(model),
		"skill.json":        `{"manifest": {"publishingInformation": {"locales": {"en-US": {}}}}}`,
	} {
		path := filepath.Join(dir, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	report := check(t, dir)
	if len(report.Findings) > 0 {
		t.Errorf("found %v", report.Findings)
	}
	if d := cmp.Diff([]string{"skill.json", "models/en-US.json"}, report.Files); d != "" {
		t.Errorf("files (-want +got):\n%s", d)
	}
}

func TestCheck_KnowsNothingOfFunctionsWithoutAStackFile(t *testing.T) {
	if got := pizza(t, edit{stackFile, "", "-"}, en("SearchIntent", "FindIntent")); len(got) > 0 {
		t.Errorf("found %q", got)
	}
}

func TestCheck_NamesFunctionsAsTheStackFileDoes(t *testing.T) {
	dir := copied(t, edit{stackFile, "find:", "pizza-find:"})
	stack := &Stack{File: filepath.Join(dir, stackFile)}
	report, err := Check(dir, stack)
	if err != nil {
		t.Fatal(err)
	}
	if n := report.Count(Warning); n != 2 {
		t.Errorf("%d intents without a function", n)
	}
}

func TestCheck_BoundsFiles(t *testing.T) {
	dir := copied(t, en("order a pizza", strings.Repeat("x ", 1<<20)))
	if err := os.Truncate(filepath.Join(dir, japanese), intents.MaxModel+1); err != nil {
		t.Fatal(err)
	}
	report := check(t, dir)
	var codes []Code
	for _, f := range report.Findings {
		codes = append(codes, f.Code)
	}
	if d := cmp.Diff([]Code{FileTooLarge, LocaleWithoutModel, ModelTooLarge}, codes); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestCheck_BoundsTheReport(t *testing.T) {
	report := check(t, copied(t, en("order a pizza", strings.Repeat(`!", "`, 5000))))
	if len(report.Findings) != maxFindings || report.Left < 4000 {
		t.Errorf("%d findings, %d left", len(report.Findings), report.Left)
	}
}

func TestCheck_RefusesWhatIsNoDirectory(t *testing.T) {
	for _, dir := range []string{"testdata/nowhere", "testdata/pizza/stack.yaml"} {
		if _, err := Check(dir, nil); err == nil || !strings.Contains(err.Error(), "not a directory") {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func TestCheck_IsLinearInTheModel(t *testing.T) {
	// Ten thousand unknown types, each of which could be searched for among ten
	// thousand names: 2e12 steps.
	var slots, types strings.Builder
	name := strings.Repeat("Y", 140)
	for i := range 10_000 {
		fmt.Fprintf(&slots, `{"name": "Slot%d", "type": "%s%[1]d"},`, i, name)
		fmt.Fprintf(&types, `{"name": "T%s%d", "values": [{"name": {"value": "v"}}]},`, name, i)
	}
	dir := copied(t, en(`{"name": "Day"`, slots.String()+`{"name": "Day"`), en(`"types": [`, `"types": [`+types.String()))
	begin := time.Now()
	check(t, dir)
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestPosition_CountsCharacters(t *testing.T) {
	d := read("x.json", []byte("{\n  \"é\": 1, \"b\": [2,\n3]}"))
	three := d.root.get("b").list()[1]
	two := d.root.get("b").list()[0]
	for _, tt := range []struct {
		n            *node
		line, column int
	}{{d.root, 1, 1}, {d.root.get("é"), 2, 8}, {two, 2, 17}, {three, 3, 1}} {
		if line, column := d.position(tt.n.at); line != tt.line || column != tt.column {
			t.Errorf("%s is at %d:%d, want %d:%d", tt.n.path(), line, column, tt.line, tt.column)
		}
	}
	if path := d.root.get("é").path(); path != `["é"]` {
		t.Errorf("path %s", path)
	}
	if path := three.path(); path != "b[1]" {
		t.Errorf("path %s", path)
	}
}

func TestDocs_AreMadeFromTheTable(t *testing.T) {
	golden(t, "../../docs/lint.md", page())
}

func page() string {
	var b strings.Builder
	b.WriteString(`# Lint

<!-- made from the table of package intents/lint: go test ./intents/lint -update -->

` + "`hark model lint [DIR]`" + ` holds the skill package in DIR against these rules, and against the functions of the stack file beside it. Each finding
has a code, a file, a place in it, what is wrong and how to mend it:

    skill-package/interactionModels/custom/en-US.json
      20:13  error    UndeclaredSlot  the sample "order {Toping}" has a slot "Toping", which the intent "OrderIntent" has not
                                      → did you mean Topping? Else add it to the slots of the intent  (interactionModel.languageModel.intents[5].samples[0])

The exit status is 1 if there is an error. ` + "`--json`" + ` prints all findings, with the path in the JSON, for other programs. ` + "`hark up`" + ` tells errors and
warnings in short, at its start and as changes bring them, and goes on all the same. hark reads models more leniently than this: what is an error
here may work with ` + "`hark say`" + `, and be refused by Amazon.

Codes in *italics* are Amazon's own; the others are hark's names for what Amazon's documentation asks.
`)
	for _, part := range Rules {
		fmt.Fprintf(&b, "\n## %s\n\n| code | severity | what is asked |\n|---|---|---|\n", part.Title)
		for _, r := range part.Rules {
			code := "`" + string(r.Code) + "`"
			if r.Amazon {
				code = "*" + code + "*"
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", code, r.Severity, r.Asks)
		}
	}
	return b.String()
}

// FuzzCheck: no bytes make a panic, and every finding can be shown. What has no
// error loads.
func FuzzCheck(f *testing.F) {
	for _, file := range []string{english, japanese, manifestFile} {
		text, err := os.ReadFile("testdata/pizza/" + file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, text := range []string{"", "{", "[[", `"`, "\xef\xbb\xbf{}", "\xff\xfe", `{"interactionModel":null}`, `{"languageModel":{"intents":[{"name":"A","samples":["{","}","{}","{a|b}","{a}{b}"]}]}}`, `{"a":1,"a":{}}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, locale := range []string{"en-US", "ja-JP"} {
			m := checkModel("x.json", locale, text)
			sound(t, m.document, text)
			if errorsIn(m.document) == 0 {
				if _, err := intents.ParseModel(locale, text); err != nil {
					t.Errorf("no error is found, and it does not load: %v", err)
				}
			}
		}
		s := checkManifest("skill.json", text)
		s.holdModels([]*model{checkModel("en-US.json", "en-US", text)})
		sound(t, s.document, text)
	})
}

func errorsIn(d *document) (n int) {
	for _, f := range d.findings {
		if f.Severity == Error {
			n++
		}
	}
	return n
}

func sound(t *testing.T, d *document, text []byte) {
	lines := 1 + strings.Count(string(text), "\n")
	for _, f := range d.sorted() {
		if f.Severity == "" || f.Text == "" || f.Mend == "" || f.Line < 1 || f.Line > lines || f.Column < 1 {
			t.Errorf("of %d lines: %+v", lines, f)
		}
	}
	if len(d.findings) > maxFindings {
		t.Errorf("%d findings", len(d.findings))
	}
}

func BenchmarkCheck(b *testing.B) {
	text, err := os.ReadFile("testdata/pizza/" + english)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		checkModel("x.json", "en-US", text)
	}
}
