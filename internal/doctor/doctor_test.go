package doctor

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/alexa/alexatest"
	"github.com/harkvoice/hark/internal/certificate"
)

const (
	host     = "skill.example.org"
	endpoint = "https://" + host + "/alexa"
)

// refuses answers as hark does.
func refuses(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path != "/alexa":
		http.NotFound(w, r)
	case r.Method != http.MethodPost:
		w.WriteHeader(http.StatusMethodNotAllowed)
	default:
		w.WriteHeader(http.StatusBadRequest)
	}
}

func says(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// at is a clock that is off.
func at(off time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
		refuses(w, r)
	}
}

// body is an endpoint to look at.
type body struct {
	leaf       alexatest.Leaf
	incomplete bool // no intermediate
	pair       *tls.Certificate
	config     func(*tls.Config)
	handler    http.HandlerFunc // nil: refuses
}

// serve has an endpoint answer at an address.
func (b body) serve(t *testing.T, authority *alexatest.Authority) (address string) {
	t.Helper()
	if b.leaf.Names == nil {
		b.leaf.Names = []string{host}
	}
	if b.pair == nil {
		c, err := authority.Issue(b.leaf)
		if err != nil {
			t.Fatal(err)
		}
		b.pair = &tls.Certificate{PrivateKey: c.Key}
		for _, one := range c.Chain {
			b.pair.Certificate = append(b.pair.Certificate, one.Raw)
		}
		if b.incomplete {
			b.pair.Certificate = b.pair.Certificate[:1]
		}
	}
	if b.handler == nil {
		b.handler = refuses
	}
	server := httptest.NewUnstartedServer(b.handler)
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{Certificates: []tls.Certificate{*b.pair}}
	if b.config != nil {
		b.config(server.TLS)
	}
	server.Config.ErrorLog = log.New(t.Output(), "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// failed are the names of the checks that did not end well, with ! for those that
// failed.
func failed(r *Report) (names []string) {
	for _, c := range r.Checks {
		switch c.State {
		case Failed:
			names = append(names, c.Name+"!")
		case Warning:
			names = append(names, c.Name)
		}
	}
	return names
}

func newAuthority(t *testing.T) *alexatest.Authority {
	t.Helper()
	a, err := alexatest.New()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func examine(t *testing.T, url string, c Config) *Report {
	r := &Report{}
	Examine(t.Context(), url, c, r)
	return r
}

func TestExamine_FindsWhatKeepsAmazonAway(t *testing.T) {
	authority, other := newAuthority(t), newAuthority(t)
	foreign, err := other.ServerCertificate(host)
	if err != nil {
		t.Fatal(err)
	}
	self, err := certificate.MakeSelfSigned(host)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for name, c := range map[string]struct {
		body body
		want []string
		text string // of the first that did not end well
		kind string
	}{
		"good":        {body{}, nil, "", "Trusted"},
		"wildcard":    {body{leaf: alexatest.Leaf{Names: []string{"*.example.org"}}}, nil, "", "Wildcard"},
		"self-signed": {body{pair: &self}, []string{"chain"}, "in development only", "SelfSigned"},
		"expired": {body{leaf: alexatest.Leaf{NotBefore: now.Add(-50 * time.Minute), NotAfter: now.Add(-time.Minute)}},
			[]string{"dates!"}, "expired on", "Trusted"},
		"soon": {body{leaf: alexatest.Leaf{NotBefore: now.Add(-80 * 24 * time.Hour), NotAfter: now.Add(5 * 24 * time.Hour)}},
			[]string{"dates"}, "soon", "Trusted"},
		"another name": {body{leaf: alexatest.Leaf{Names: []string{"example.com"}, CommonName: host}},
			[]string{"name!", "kind!"}, "is not for skill.example.org but for example.com", ""},
		"incomplete":      {body{incomplete: true}, []string{"chain!", "kind!"}, "not complete", ""},
		"not trusted":     {body{pair: &foreign}, []string{"chain!", "kind!"}, "neither in it nor a trusted authority", ""},
		"TLS 1.3 only":    {body{config: func(c *tls.Config) { c.MinVersion = tls.VersionTLS13 }}, []string{"tls!"}, "not TLS 1.2", "Trusted"},
		"old TLS":         {body{config: func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }}, []string{"tls!"}, "TLS 1.1 only", "Trusted"},
		"takes all":       {body{handler: says(http.StatusOK)}, []string{"unsigned!"}, "anybody can have functions run", "Trusted"},
		"wrong path":      {body{handler: says(http.StatusNotFound)}, []string{"unsigned!"}, "HTTP 404: the path is not a skill's", "Trusted"},
		"a login":         {body{handler: says(http.StatusUnauthorized)}, []string{"unsigned!"}, "Amazon cannot log in", "Trusted"},
		"a dead backend":  {body{handler: says(http.StatusBadGateway)}, []string{"unsigned!"}, "what is behind it does not answer", "Trusted"},
		"a teapot":        {body{handler: says(http.StatusTeapot)}, []string{"unsigned!"}, "certification wants 400", "Trusted"},
		"refuses all":     {body{handler: says(http.StatusBadRequest)}, nil, "", "Trusted"},
		"a redirect":      {body{handler: http.RedirectHandler("https://elsewhere.example/", http.StatusMovedPermanently).ServeHTTP}, []string{"unsigned!"}, "follows no redirects", "Trusted"},
		"a clock behind":  {body{handler: at(-10 * time.Minute)}, []string{"clock!"}, "differ by 10m", "Trusted"},
		"a clock ahead":   {body{handler: at(30 * time.Second)}, []string{"clock"}, "differ by ", "Trusted"},
		"no clock":        {body{handler: func(w http.ResponseWriter, r *http.Request) { w.Header()["Date"] = nil; refuses(w, r) }}, []string{"clock"}, "no Date", "Trusted"},
		"hangs up":        {body{handler: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }}, []string{"unsigned!"}, "gets no answer", "Trusted"},
		"a site around":   {body{handler: siteAround}, []string{"others"}, "a path that is nobody's HTTP 200", "Trusted"},
		"is slow to some": {body{handler: slowly}, []string{"round trip"}, "of the 8 s", "Trusted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := examine(t, endpoint, Config{Connect: c.body.serve(t, authority), Roots: authority.Pool()})
			if d := cmp.Diff(c.want, failed(r)); d != "" || r.Kind != c.kind {
				t.Fatalf("kind %q, (-want +got):\n%s%+v", r.Kind, d, r.Checks)
			}
			if bad := slices.ContainsFunc(c.want, func(s string) bool { return strings.HasSuffix(s, "!") }); r.OK == bad {
				t.Errorf("ok %t", r.OK)
			}
			holdsUp(t, r, c.text)
		})
	}
}

// holdsUp checks that the first check that did not end well says text, and that
// each has something to do about it.
func holdsUp(t *testing.T, r *Report, text string) {
	t.Helper()
	for _, c := range r.Checks {
		if c.State == OK {
			continue
		}
		if !strings.Contains(c.Text, text) || c.Mend == "" && !strings.Contains(c.Text, "no Date") {
			t.Errorf("%+v, want %q", c, text)
		}
		text = ""
	}
}

func siteAround(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/alexa" {
		w.WriteHeader(http.StatusBadRequest)
	}
}

// slowly is slow to requests that have no HTTP/2 in front of them, and refuses.
func slowly(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost && r.URL.Path == "/alexa" {
		time.Sleep(slowTrip) // what is measured is time
	}
	refuses(w, r)
}

func TestExamine_LooksAtTheAddressFirst(t *testing.T) {
	to := func(all ...string) func(context.Context, string) ([]netip.Addr, error) {
		return func(context.Context, string) (found []netip.Addr, err error) {
			for _, a := range all {
				found = append(found, netip.MustParseAddr(a))
			}
			if found == nil {
				err = errors.New("no such host")
			}
			return found, err
		}
	}
	closed := closedPort(t)
	for name, c := range map[string]struct {
		url     string
		resolve func(context.Context, string) ([]netip.Addr, error)
		want    []string
	}{
		"not HTTPS":          {"http://skill.example.org/alexa", nil, []string{"address!"}},
		"no URL":             {"skill.example.org", nil, []string{"address!"}},
		"nonsense":           {"https://%zz", nil, []string{"address!"}},
		"a user":             {"https://me:secret@skill.example.org", nil, []string{"address!"}},
		"no such name":       {endpoint, to(), []string{"domain!"}},
		"an address":         {"https://127.0.0.1:" + closed + "/", to("127.0.0.1"), []string{"port!", "domain!", "connection!"}},
		"loopback":           {"https://localhost:" + closed + "/", to("127.0.0.1"), []string{"port!", "domain!", "connection!"}},
		"a private address":  {"https://localhost:" + closed + "/", to("192.168.1.5"), []string{"port!", "domain!", "connection!"}},
		"behind a carrier":   {"https://localhost:" + closed + "/", to("100.100.0.1"), []string{"port!", "domain!", "connection!"}},
		"one of two private": {"https://localhost:" + closed + "/", to("192.0.2.1", "fd00::1"), []string{"port!", "domain!", "connection!"}},
		"public":             {"https://localhost:" + closed + "/", to("192.0.2.1"), []string{"port!", "connection!"}},
	} {
		r := examine(t, c.url, Config{Resolve: c.resolve})
		if d := cmp.Diff(c.want, failed(r)); d != "" || r.OK {
			t.Errorf("%s: ok %t (-want +got):\n%s", name, r.OK, d)
		}
	}
}

func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

func TestExamine_TellsPlainHTTPFromTLS(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(refuses))
	defer server.Close()
	r := examine(t, endpoint, Config{Connect: server.Listener.Addr().String()})
	if last := r.Checks[len(r.Checks)-1]; last.State != Failed || !strings.Contains(last.Text, "does not speak TLS") {
		t.Errorf("%+v", last)
	}
}

func TestReport_JSONHasItsKeys(t *testing.T) {
	text, err := json.Marshal(&Report{URL: endpoint, OK: true, Kind: "Trusted", Checks: []Check{{"port", OK, "443", ""}}})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"url":"https://skill.example.org/alexa","ok":true,"sslCertificateType":"Trusted","checks":[{"name":"port","state":"ok","text":"443"}]}`
	if d := cmp.Diff(want, string(text)); d != "" {
		t.Error(d)
	}
}
