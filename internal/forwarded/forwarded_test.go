package forwarded

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHandler_TellsTheClient(t *testing.T) {
	proxies, err := Parse([]string{"10.0.0.0/8", "127.0.0.1", "2001:db8::/32"})
	if err != nil {
		t.Fatal(err)
	}
	type header = map[string][]string
	for name, c := range map[string]struct {
		from      string
		header    header
		client    string // RemoteAddr
		proto     string
		forwarded string // X-Forwarded-For, if not the client's host
	}{
		"nobody in between":              {"192.0.2.1:4", nil, "192.0.2.1:4", "https", "192.0.2.1"},
		"a client that says it is other": {"192.0.2.1:4", header{"X-Forwarded-For": {"198.51.100.9"}, "X-Forwarded-Proto": {"gopher"}}, "192.0.2.1:4", "https", "192.0.2.1"},
		"a proxy":                        {"10.0.0.1:4", header{"X-Forwarded-For": {"198.51.100.9"}, "X-Forwarded-Proto": {"http"}}, "198.51.100.9:0", "http", "198.51.100.9"},
		"two proxies":                    {"10.0.0.1:4", header{"X-Forwarded-For": {"198.51.100.9, 10.0.0.2"}}, "198.51.100.9:0", "https", "198.51.100.9"},
		"two proxies, two lines":         {"10.0.0.1:4", header{"X-Forwarded-For": {"198.51.100.9", "10.0.0.2"}}, "198.51.100.9:0", "https", "198.51.100.9"},
		// What the client wrote stands before what the proxy has appended.
		"a client that wrote a list":     {"10.0.0.1:4", header{"X-Forwarded-For": {"127.0.0.1, 10.0.0.9, 198.51.100.9"}}, "198.51.100.9:0", "https", "198.51.100.9"},
		"a stranger between two proxies": {"10.0.0.1:4", header{"X-Forwarded-For": {"203.0.113.1, 192.0.2.9, 10.0.0.2"}}, "192.0.2.9:0", "https", "192.0.2.9"},
		"proxies only":                   {"10.0.0.1:4", header{"X-Forwarded-For": {"10.0.0.3, 10.0.0.2"}}, "10.0.0.3:0", "https", "10.0.0.3"},
		"a proxy that says nothing":      {"10.0.0.1:4", nil, "10.0.0.1:4", "https", "10.0.0.1"},
		"nonsense":                       {"10.0.0.1:4", header{"X-Forwarded-For": {"198.51.100.9, unknown"}}, "10.0.0.1:4", "https", "10.0.0.1"},
		"nonsense behind another":        {"10.0.0.1:4", header{"X-Forwarded-For": {"_hidden, 10.0.0.2"}}, "10.0.0.2:0", "https", "10.0.0.2"},
		"empty":                          {"10.0.0.1:4", header{"X-Forwarded-For": {""}}, "10.0.0.1:4", "https", "10.0.0.1"},
		"commas":                         {"10.0.0.1:4", header{"X-Forwarded-For": {",,,"}}, "10.0.0.1:4", "https", "10.0.0.1"},
		"with ports":                     {"10.0.0.1:4", header{"X-Forwarded-For": {"198.51.100.9:5000, 10.0.0.2:80"}}, "198.51.100.9:0", "https", "198.51.100.9"},
		"IPv6":                           {"[2001:db8::1]:4", header{"X-Forwarded-For": {"2001:DB9::5"}}, "[2001:db9::5]:0", "https", "2001:db9::5"},
		"IPv6 in brackets":               {"[2001:db8::1]:4", header{"X-Forwarded-For": {"[2001:db9::5]"}}, "[2001:db9::5]:0", "https", "2001:db9::5"},
		"IPv6 with a port":               {"[2001:db8::1]:4", header{"X-Forwarded-For": {"[2001:db9::5]:9"}}, "[2001:db9::5]:0", "https", "2001:db9::5"},
		"IPv4 in IPv6":                   {"[::ffff:10.0.0.1]:4", header{"X-Forwarded-For": {"::ffff:198.51.100.9"}}, "198.51.100.9:0", "https", "198.51.100.9"},
		"the last proto counts":          {"10.0.0.1:4", header{"X-Forwarded-For": {"198.51.100.9"}, "X-Forwarded-Proto": {"https, HTTP"}}, "198.51.100.9:0", "http", "198.51.100.9"},
		"nonsense for a proto":           {"10.0.0.1:4", header{"X-Forwarded-For": {"198.51.100.9"}, "X-Forwarded-Proto": {"https\x00"}}, "198.51.100.9:0", "https", "198.51.100.9"},
		"a neighbour of the networks":    {"11.0.0.1:4", header{"X-Forwarded-For": {"198.51.100.9"}}, "11.0.0.1:4", "https", "11.0.0.1"},
		"a socket without an address":    {"@", header{"X-Forwarded-For": {"198.51.100.9"}}, "@", "https", ""},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr, r.TLS = c.from, &tls.ConnectionState{}
		for k, v := range c.header {
			r.Header[k] = v
		}
		r.Header.Set("X-Other", "kept")
		proxies.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			want := http.Header{"X-Other": {"kept"}, "X-Forwarded-Proto": {c.proto}}
			if c.forwarded != "" {
				want.Set("X-Forwarded-For", c.forwarded)
			}
			if d := cmp.Diff(want, r.Header); d != "" || r.RemoteAddr != c.client {
				t.Errorf("%s: client %s, want %s (-want +got):\n%s", name, r.RemoteAddr, c.client, d)
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
	}
}

// What tells a client otherwise reaches no function, however it is written: a
// function's environment has Http_X_Real_Ip of X-Real-IP and of X_Real_IP.
func TestHandler_TakesAwayWhatAnybodyCanWrite(t *testing.T) {
	proxies, _ := Parse([]string{"192.0.2.1"}) // a proxy need not have set the others
	server := httptest.NewServer(proxies.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, values := range r.Header {
			if strings.Contains(strings.Join(values, ""), "198.51.100.9") {
				t.Errorf("%s: %q", name, values)
			}
		}
		if got := r.Header.Get("X-Forwarded-For") + r.Header.Get("X-Forwarded-Proto"); got != "127.0.0.1http" {
			t.Errorf("forwarded %q", got)
		}
		if len(r.Header["X-Forward"]) != 1 || len(r.Header["Traceparent"]) != 1 {
			t.Errorf("header %v", r.Header)
		}
	})))
	defer server.Close()
	r, err := http.NewRequest(http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X_Forwarded_For", "x-forwarded_for", "x_FORWARDED-for", "X-Forwarded-Host", "X-Forwarded-Anything", "X-Real-IP", "X_Real_IP",
		"True-Client-IP", "CF-Connecting-IP", "CF_Connecting_IP", "X-Client-IP", "Client-IP"} {
		r.Header[name] = []string{"198.51.100.9"}
	}
	r.Header["X-Forward"], r.Header["Traceparent"] = []string{"x"}, []string{"00-x"}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

func TestOnly_RefusesOthers(t *testing.T) {
	proxies, _ := Parse([]string{"10.0.0.0/8"})
	refused := 0
	h := proxies.Only(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), func() { refused++ })
	for from, want := range map[string]int{"10.0.0.1:4": http.StatusOK, "192.0.2.1:4": http.StatusForbidden} {
		r, w := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
		r.RemoteAddr = from
		r.Header.Set("X-Forwarded-For", "10.0.0.1")
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s gets HTTP %d", from, w.Code)
		}
	}
	if refused != 1 {
		t.Errorf("%d refused", refused)
	}
}

func TestParse_SaysWhatIsNoNetwork(t *testing.T) {
	for network, want := range map[string]string{
		"10.0.0.0/8": "", "192.0.2.7": "", "::1": "", "2001:db8::/32": "",
		"proxy.example": "is no network", "10.0.0.0/33": "is no network", "fe80::1%eth0": "is no network", "": "is no network",
		"10.0.0.1/8": "did you mean 10.0.0.0/8", "0.0.0.0/0": "is everybody", "::/0": "is everybody",
	} {
		err := Check(network)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", network, err)
		}
	}
}

// Whatever proxies and clients write, the client is an address, and nobody who is
// not a proxy changes it.
func FuzzHandler(f *testing.F) {
	f.Add("198.51.100.9, 10.0.0.2", "https", true)
	f.Add("[2001:db9::5]:9,", "gopher", false)
	proxies, _ := Parse([]string{"10.0.0.0/8"})
	f.Fuzz(func(t *testing.T, list, proto string, trusted bool) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if r.RemoteAddr = "192.0.2.1:4"; trusted {
			r.RemoteAddr = "10.0.0.1:4"
		}
		r.Header[headerFor], r.Header[headerProto] = []string{list}, []string{proto}
		proxies.settle(r)
		if _, ok := addressOf(r.RemoteAddr); !ok || !trusted && r.RemoteAddr != "192.0.2.1:4" {
			t.Errorf("client %q", r.RemoteAddr)
		}
		if p := r.Header.Get(headerProto); p != "http" && p != "https" || len(r.Header) != 2 {
			t.Errorf("header %v", r.Header)
		}
	})
}
