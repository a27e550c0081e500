package alexa_test

import (
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/harkvoice/hark/alexa"
)

// progressing is an intent that can have a progressive response.
func progressing(endpoint string) *alexa.Request {
	r := &alexa.Request{}
	r.Body.Type, r.Body.RequestID = alexa.IntentRequest, "amzn1.echo-api.request.<1>"
	r.Context.System.APIEndpoint, r.Context.System.APIAccessToken = endpoint, "token"
	return r
}

func TestProgressive_IsWhatTheDirectivesAPITakes(t *testing.T) {
	t.Parallel()
	for text, speech := range map[string]string{
		" One moment. ":                      "<speak>One moment.</speak>",
		"Tom & Jerry <3":                     "<speak>Tom &amp; Jerry &lt;3</speak>",
		"<speak>One <break/> moment</speak>": "<speak>One <break/> moment</speak>",
		"お待ちください":                            "<speak>お待ちください</speak>",
	} {
		p, err := alexa.Progressive(progressing("https://api.eu.amazonalexa.com"), alexa.Amazon, text)
		want := `{"header":{"requestId":"amzn1.echo-api.request.<1>"},"directive":{"type":"VoicePlayer.Speak","speech":"` + speech + `"}}` + "\n"
		if err != nil || string(p.JSON) != want || p.URL != "https://api.eu.amazonalexa.com/v1/directives" || p.Token != "token" {
			t.Errorf("%q: %+v %s, %v", text, p, p.JSON, err)
		}
	}
}

// An endpoint comes from outside, and what is sent there has a token: a signed
// request must not have hark speak to anybody else.
func TestProgressive_GoesNowhereElse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		endpoint string
		signer   alexa.Signer
		want     string // the address, or empty for none
	}{
		{"https://api.amazonalexa.com", alexa.Amazon, "https://api.amazonalexa.com/v1/directives"},
		{"https://api.fe.amazonalexa.com/", alexa.Amazon, "https://api.fe.amazonalexa.com/v1/directives"},
		{"https://api.eu.amazonalexa.com:443", alexa.Amazon, "https://api.eu.amazonalexa.com/v1/directives"},
		{"HTTPS://api.eu.amazonalexa.com", alexa.Amazon, "https://api.eu.amazonalexa.com/v1/directives"}, // schemes have no case

		{"http://api.amazonalexa.com", alexa.Amazon, ""},
		{"ftp://api.amazonalexa.com", alexa.Amazon, ""},
		{"//api.amazonalexa.com", alexa.Amazon, ""},
		{"api.amazonalexa.com", alexa.Amazon, ""},
		{"https:api.amazonalexa.com", alexa.Amazon, ""},           // opaque
		{"https://API.amazonalexa.com", alexa.Amazon, ""},         // Amazon writes it in one way
		{"https://api.amazonalexa.com.", alexa.Amazon, ""},        // the same in DNS, not in a certificate
		{"https://api.amazonalexa.com:", alexa.Amazon, ""},        // an empty port
		{"https://api.amazonalexa.com:8443", alexa.Amazon, ""},    // another service
		{"https://api.amazonalexa.com:443:443", alexa.Amazon, ""}, // no port
		{"https://api.amazonalexa.com.evil.example", alexa.Amazon, ""},
		{"https://evil.example/api.amazonalexa.com", alexa.Amazon, ""},
		{"https://evilapi.amazonalexa.com", alexa.Amazon, ""},
		{"https://x.api.amazonalexa.com", alexa.Amazon, ""},
		{"https://amazonalexa.com", alexa.Amazon, ""},
		{"https://api.us.amazonalexa.com", alexa.Amazon, ""},
		{"https://api.amazonalexa.com@evil.example", alexa.Amazon, ""}, // user information
		{"https://evil.example@api.amazonalexa.com", alexa.Amazon, ""},
		{"https://:@api.amazonalexa.com", alexa.Amazon, ""},
		{`https://evil.example\@api.amazonalexa.com`, alexa.Amazon, ""},
		{"https://evil.example#@api.amazonalexa.com", alexa.Amazon, ""},
		{"https://api.amazonalexa.com#", alexa.Amazon, ""},
		{"https://api.amazonalexa.com?", alexa.Amazon, ""},
		{"https://api.amazonalexa.com?x=1", alexa.Amazon, ""},
		{"https://api.amazonalexa.com/v1", alexa.Amazon, ""},
		{"https://api.amazonalexa.com/%2f", alexa.Amazon, ""},
		{"https://api.amazonalexa.com//", alexa.Amazon, ""},
		{"https://api%2eamazonalexa.com", alexa.Amazon, ""},
		{"https://api.amazonalexa.com%00", alexa.Amazon, ""},
		{"https://api.amazonalexa.com\n", alexa.Amazon, ""},
		{" https://api.amazonalexa.com", alexa.Amazon, ""},
		{"https://аpi.amazonalexa.com", alexa.Amazon, ""}, // a Cyrillic а
		{"https://127.0.0.1", alexa.Amazon, ""},
		{"https://localhost", alexa.Amazon, ""},
		{"http://[::1]:8080", alexa.Amazon, ""},
		{"https://169.254.169.254", alexa.Amazon, ""},
		{"https://" + strings.Repeat("a", 2000), alexa.Amazon, ""},
		{"", alexa.Amazon, ""},
		{"https://api.amazonalexa.com", 0, ""}, // nobody signed it

		{"http://127.0.0.1:18180", alexa.Development, "http://127.0.0.1:18180/v1/directives"},
		{"https://127.0.0.1:1/", alexa.Development, "https://127.0.0.1:1/v1/directives"},
		{"http://127.9.9.9", alexa.Development, "http://127.9.9.9/v1/directives"},
		{"http://[::1]:80", alexa.Development, "http://[::1]:80/v1/directives"},
		{"http://localhost:80", alexa.Development, "http://localhost:80/v1/directives"},
		{"https://api.amazonalexa.com", alexa.Development, ""}, // the token would be a made-up one
		{"http://10.0.0.1", alexa.Development, ""},
		{"http://169.254.169.254", alexa.Development, ""},
		{"http://0.0.0.0", alexa.Development, ""},
		{"http://[::]", alexa.Development, ""},
		{"http://[::1%25lo]", alexa.Development, ""},
		{"http://127.1", alexa.Development, ""}, // what resolvers make of those is their affair
		{"http://2130706433", alexa.Development, ""},
		{"http://0x7f.0.0.1", alexa.Development, ""},
		{"http://127.0.0.1.evil.example", alexa.Development, ""},
		{"http://localhost.evil.example", alexa.Development, ""},
		{"http://localhost.", alexa.Development, ""},
		{"http://LOCALHOST", alexa.Development, ""},
		{"http://user@127.0.0.1", alexa.Development, ""},
		{"http://127.0.0.1@evil.example", alexa.Development, ""},
		{"http://127.0.0.1/x", alexa.Development, ""},
		{"file://127.0.0.1", alexa.Development, ""},
		{"unix:///run/docker.sock", alexa.Development, ""},
	}
	for _, tt := range tests {
		p, err := alexa.Progressive(progressing(tt.endpoint), tt.signer, "x")
		switch {
		case tt.want == "" && !errors.Is(err, alexa.ErrProgressEndpoint):
			t.Errorf("%.60q, signer %d: %q, %v", tt.endpoint, tt.signer, p.URL, err)
		case tt.want == "" && tt.endpoint != "" && strings.Contains(err.Error(), "evil"):
			t.Errorf("%.60q is repeated: %v", tt.endpoint, err)
		case tt.want != "" && (err != nil || p.URL != tt.want):
			t.Errorf("%.60q, signer %d: %q, %v; want %q", tt.endpoint, tt.signer, p.URL, err, tt.want)
		}
	}
}

func TestProgressive_RefusesATokenThatIsNoHeader(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"secret\r\nX: y", "secret secret", "secrét", "secret\x00"} {
		r := progressing("https://api.amazonalexa.com")
		r.Context.System.APIAccessToken = token
		if _, err := alexa.Progressive(r, alexa.Amazon, "x"); !errors.Is(err, alexa.ErrProgressEndpoint) || strings.Contains(err.Error(), "secr") {
			t.Errorf("%q: %v", token, err)
		}
	}
}

func TestCheckProgress_NamesTheFault(t *testing.T) {
	t.Parallel()
	const around = len("<speak></speak>")
	for text, want := range map[string]string{
		"One moment.":      "",
		"Tom & Jerry":      "",
		"<speak>x</speak>": "",
		strings.Repeat("あ", alexa.MaxProgress-around):   "",
		strings.Repeat("あ", alexa.MaxProgress-around+1): "it has 601 characters as SSML, at most 600",
		"":                       "it is empty",
		" \n":                    "it is empty",
		"<speak>x":               "leaves <speak> open",
		"<speak>x & y</speak>":   "not well formed",
		"<speak>a</speak> and b": "text outside <speak>",
		"\x00":                   "not well formed",
		"\xff":                   "not well formed",
	} {
		err := alexa.CheckProgress(text)
		if want == "" && err != nil || want != "" && (!errors.Is(err, alexa.ErrProgressSpeech) || !strings.Contains(err.Error(), want)) {
			t.Errorf("%.20q: %v, want %q", text, err, want)
		}
	}
}

func TestRequest_ProgressesWhereTheAPIIsKnown(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*alexa.Request){
		"no endpoint": func(r *alexa.Request) { r.Context.System.APIEndpoint = "" },
		"no token":    func(r *alexa.Request) { r.Context.System.APIAccessToken = "" },
		"no id":       func(r *alexa.Request) { r.Body.RequestID = "" },
		"an event":    func(r *alexa.Request) { r.Body.Type = "AlexaSkillEvent.SkillEnabled" },
		"the end":     func(r *alexa.Request) { r.Body.Type = alexa.SessionEndedRequest },
		"fulfilment":  func(r *alexa.Request) { r.Body.Type = alexa.CanFulfillRequest },
	} {
		r := progressing("https://api.amazonalexa.com")
		if !r.Progresses() {
			t.Fatal("an intent does not")
		}
		if change(r); r.Progresses() {
			t.Errorf("%s: it does", name)
		}
	}
	r := progressing("https://api.amazonalexa.com")
	if r.Body.Type = alexa.LaunchRequest; !r.Progresses() {
		t.Error("a launch does not")
	}
}

// Whatever a request says, what is sent goes to Amazon or to this machine.
func FuzzProgressive(f *testing.F) {
	for _, endpoint := range []string{"https://api.amazonalexa.com", "https://api.eu.amazonalexa.com:443/", "http://[::1%25lo]:80", "http://a@127.0.0.1#b?c", "https://api.fe.amazonalexa.com\\@x"} {
		f.Add(endpoint, "token", "x")
	}
	f.Fuzz(func(t *testing.T, endpoint, token, text string) {
		req := progressing(endpoint)
		req.Context.System.APIAccessToken = token
		for _, signer := range []alexa.Signer{alexa.Amazon, alexa.Development} {
			p, err := alexa.Progressive(req, signer, text)
			if err != nil {
				continue
			}
			u, err := url.Parse(p.URL)
			if err != nil || u.Path != "/v1/directives" || u.User != nil || u.RawQuery != "" || !json.Valid(p.JSON) {
				t.Fatalf("%q: %q, %v", endpoint, p.URL, err)
			}
			ip := net.ParseIP(u.Hostname())
			here := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
			if here != (signer == alexa.Development) || !here && !strings.HasSuffix(u.Host, ".amazonalexa.com") {
				t.Errorf("%q, signer %d: %q", endpoint, signer, p.URL)
			}
		}
	})
}
