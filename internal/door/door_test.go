package door

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParse_SaysWhatIsWrongWithWhichLabel(t *testing.T) {
	for labels, want := range map[string]string{
		"":                 "",
		"hark.public=true": "",
		"hark.webhook=github hark.webhook.secret=s":                                                         "",
		"hark.webhook=hmac hark.webhook.secret=s hark.webhook.header=X-Own hark.webhook.algorithm=sha512":   "",
		"hark.webhook=hmac hark.webhook.secret=s hark.webhook.time=X-Time hark.webhook.replays=allow":       "",
		"hark.token=s hark.rate=10/s hark.rate.client=100/m,burst=5 hark.cors=https://a.example,http://b:8": "",
		"hark.cors=*": "",
		"hark.webhook=gitlab hark.webhook.secret=s":                      `label hark.webhook: "gitlab" is no scheme`,
		"hark.webhook= hark.webhook.secret=s":                            `label hark.webhook: "" is no scheme`,
		"hark.webhook=github":                                            "label hark.webhook needs hark.webhook.secret",
		"hark.webhook=github hark.webhook.secret=../etc":                 `label hark.webhook.secret: secret name "../etc"`,
		"hark.webhook.secret=s":                                          "label hark.webhook.secret belongs to hark.webhook, which is missing",
		"hark.webhook.header=s":                                          "label hark.webhook.header belongs to hark.webhook",
		"hark.webhook=slack hark.webhook.secret=s hark.webhook.header=x": "label hark.webhook: slack has a header",
		"hark.token=":                       `label hark.token: secret name ""`,
		"hark.rate=":                        `label hark.rate: "" is no rate`,
		"hark.rate=10":                      `label hark.rate: "10" is no rate`,
		"hark.rate=10/d":                    "is no rate",
		"hark.rate=0/s":                     "is no rate",
		"hark.rate=-1/s":                    "is no rate",
		"hark.rate=+1/s":                    "is no rate",
		"hark.rate=1000001/s":               "is no rate",
		"hark.rate=1/s,burst=0":             "the burst is how many",
		"hark.rate.client=1/s,burst=":       "label hark.rate.client: ",
		"hark.inflight=5":                   "",
		"hark.inflight=0":                   `label hark.inflight: "0" is not how many`,
		"hark.inflight=":                    `label hark.inflight: "" is not how many`,
		"hark.cors=":                        `label hark.cors: "" is no origin`,
		"hark.cors=example.com":             "is no origin",
		"hark.cors=https://example.com/":    "is no origin",
		"hark.cors=https://Example.com":     "is no origin",
		"hark.cors=https://example.com:443": "is no origin",
		"hark.cors=https://u@example.com":   "is no origin",
		"hark.cors=https://a.example?x":     "is no origin",
		"hark.cors=https://*.example.com,":  "is no origin",
		"hark.cors=null":                    "is no origin",
		"hark.cors=*,https://a.example":     "it stands alone",
	} {
		of := map[string]string{}
		for pair := range strings.FieldsSeq(labels) {
			name, value, _ := strings.Cut(pair, "=")
			of[name] = value
		}
		_, err := Parse(of)
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%s: %v, want %q", labels, err, want)
		}
	}
}

func TestSecrets_AreReadAgainWhenTheirFileIsAnother(t *testing.T) {
	dir, now := t.TempDir(), time.Unix(1700000000, 0)
	s := NewSecrets(dir, "make NAME")
	lines := func() string {
		now = now.Add(2 * lookAgain)
		lines, err := s.Lines("a", now)
		if err != nil {
			return err.Error()
		}
		return strings.Join(lines, "|")
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := lines(); got != "there is no secret a: make a" {
		t.Error(got)
	}
	for _, step := range []struct{ text, want string }{
		{"one", "one"}, {"one\r\n\n  two \n", "one|two"}, {" \n\n", "secret a is empty; it has one value a line"}, {"three\n", "three"},
		{strings.Repeat("x\n", 9), "secret a has 9 lines, at most 8 values are taken"},
	} {
		write("a", step.text)
		if got := lines(); got != step.want {
			t.Errorf("%q: %q", step.text, got)
		}
	}
	write(".fresh", "four")
	if err := os.Rename(filepath.Join(dir, ".fresh"), filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	if got := lines(); got != "four" {
		t.Error(got)
	}
	if err := os.Remove(filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.Lines("a", now); !cmp.Equal(got, []string{"four"}) {
		t.Errorf("%q was read again within a second", got)
	}
	if got := lines(); !strings.HasPrefix(got, "there is no secret a") {
		t.Errorf("one that is gone: %s", got)
	}
	for _, none := range []*Secrets{nil, NewSecrets("", "")} {
		if _, err := none.Lines("a", now); err == nil {
			t.Error("a secret of nowhere")
		}
	}
	if _, err := s.Lines("../a", now); err == nil || !strings.Contains(err.Error(), "secret name") {
		t.Error(err)
	}
}

func TestLimits_OfAFunction(t *testing.T) {
	d, err := Parse(map[string]string{"hark.rate": "60/m,burst=2"})
	if err != nil {
		t.Fatal(err)
	}
	l, now := NewLimits(d), time.Unix(1700000000, 0)
	for i, want := range []time.Duration{0, 0, time.Second, time.Second} { // who is refused takes nothing
		if wait, ok := l.Call(now); wait != want || ok != (want == 0) {
			t.Errorf("call %d: %v %v", i, wait, ok)
		}
	}
	if _, ok := l.Call(now.Add(time.Second)); !ok {
		t.Error("a second later there is none")
	}
	if _, ok := l.Client("1.2.3.4:5", now); !ok {
		t.Error("a client is limited by no label")
	}
}

func TestLimits_OfClients(t *testing.T) {
	d, _ := Parse(map[string]string{"hark.rate.client": "1/s"})
	l, now := NewLimits(d), time.Unix(1700000000, 0)
	for _, c := range []struct {
		address string
		want    bool
	}{
		{"192.0.2.1:1000", true}, {"192.0.2.1:1001", false}, {"[::ffff:192.0.2.1]:1", false}, {"192.0.2.2:1000", true},
		{"[2001:db8::1]:1", true}, {"[2001:db8::ffff:2%eth0]:1", false}, {"[2001:db8:0:1::1]:1", true},
		{"@", true}, {"", false},
	} {
		if _, ok := l.Client(c.address, now); ok != c.want {
			t.Errorf("%s: %v", c.address, ok)
		}
	}
	if _, ok := l.Client("192.0.2.1:1000", now.Add(time.Second)); !ok {
		t.Error("a second later there is none")
	}
	for i := range 5 * maxClients {
		l.Client("10."+strings.Join([]string{digits(i >> 16), digits(i >> 8 & 255), digits(i & 255)}, ".")+":1", now.Add(time.Second))
	}
	if n := len(l.current) + len(l.before); n > 2*maxClients {
		t.Errorf("%d clients are remembered", n)
	}
}

func digits(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return digits(n/10) + digits(n%10)
}

func TestOrigins_AnswerAPreflight(t *testing.T) {
	for name, c := range map[string]struct {
		origins        Origins
		origin         string
		method, fields string
		want           bool
		allow          string
	}{
		"listed":            {Origins{"https://b.example", "https://a.example"}, "https://a.example", "PUT", "authorization,x-own", true, "https://a.example"},
		"any":               {Origins{"*"}, "https://a.example", "POST", "", true, "*"},
		"not listed":        {Origins{"https://a.example"}, "https://a.example.evil", "POST", "", false, ""},
		"another scheme":    {Origins{"https://a.example"}, "http://a.example", "POST", "", false, ""},
		"null":              {Origins{"https://a.example"}, "null", "POST", "", false, ""},
		"a header too many": {Origins{"*"}, "https://a.example", "POST", "x\r\nSet-Cookie: y", false, ""},
		"a strange method":  {Origins{"*"}, "https://a.example", "PO,ST", "", false, ""},
		"a long list":       {Origins{"*"}, "https://a.example", "POST", strings.Repeat("x,", 1000), false, ""},
	} {
		r := httptest.NewRequest("OPTIONS", "/function/x", nil)
		r.Header = http.Header{"Origin": {c.origin}, headerMethod: {c.method}}
		if c.fields != "" {
			r.Header[headerFields] = []string{c.fields}
		}
		h := http.Header{}
		if !c.origins.Preflight(r) || c.origins.Answer(h, r) != c.want || h.Get(headerAllow) != c.allow {
			t.Errorf("%s: %v", name, h)
		}
		if c.want && (h.Get("Access-Control-Allow-Methods") != c.method || h.Get("Access-Control-Allow-Headers") != c.fields) {
			t.Errorf("%s: %v", name, h)
		}
	}
}

func TestOrigins_HaveTheLastWord(t *testing.T) {
	answer := http.Header{headerAllow: {"*"}, "Access-Control-Allow-Credentials": {"true"}, "Vary": {"Accept"}, "X-Own": {"1"}}
	Origins(nil).Rule(answer.Clone())
	Origins{"https://a.example"}.Rule(answer)
	if diff := cmp.Diff(http.Header{"Vary": {"Accept", "Origin"}, "X-Own": {"1"}}, answer); diff != "" {
		t.Error(diff)
	}
}

func TestBearer_IsOne(t *testing.T) {
	for name, c := range map[string]struct {
		values []string
		want   string
	}{
		"one": {[]string{"Bearer abc"}, "abc"}, "in capitals": {[]string{"BEARER  abc "}, "abc"}, "none": {nil, ""}, "empty": {[]string{"Bearer "}, ""},
		"Basic": {[]string{"Basic YTpi"}, ""}, "two": {[]string{"Bearer abc", "Bearer abc"}, ""}, "a word": {[]string{"abc"}, ""},
	} {
		if got, ok := Bearer(http.Header{"Authorization": c.values}); ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%s: %q %v", name, got, ok)
		}
	}
	if tokens := []string{"abc", "def"}; !Knows(tokens, "abc") || !Knows(tokens, "def") || Knows(tokens, "ab") || Knows(tokens, "") || Knows(nil, "") {
		t.Error("tokens are mistaken for others")
	}
}
