package alexa

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxProgress is the most characters of a progressive response, its tags
// counted.
const MaxProgress = 600

// Progress is a progressive response: something that the device says while the
// answer is being made. Clause: "Send the User a Progressive Response".
type Progress struct {
	// URL is that of the directives API.
	URL string
	// Token goes into the Authorization header, and nowhere else.
	Token string
	// JSON is the body of the POST.
	JSON []byte
}

// The errors of a progressive response that cannot be.
var (
	// ErrProgressSpeech: it cannot be said.
	ErrProgressSpeech = errors.New("it is no progressive response")
	// ErrProgressEndpoint: the request asks for it to be sent where it must not.
	ErrProgressEndpoint = errors.New("the request's apiEndpoint is not one to send to")
)

// Progresses reports whether req can have a progressive response: a launch or an
// intent that says where to send it and by what.
func (r *Request) Progresses() bool {
	s := &r.Context.System
	return (r.Type() == LaunchRequest || r.Type() == IntentRequest) && s.APIEndpoint != "" && s.APIAccessToken != "" && r.Body.RequestID != ""
}

// Progressive makes a progressive response to req, which was signed by signer,
// of text or SSML. The error wraps ErrProgressSpeech or ErrProgressEndpoint; no
// part of req is in it.
func Progressive(req *Request, signer Signer, text string) (Progress, error) {
	speech, err := progressSpeech(text)
	if err != nil {
		return Progress{}, err
	}
	address, err := directivesURL(req.Context.System.APIEndpoint, signer)
	if err != nil {
		return Progress{}, err
	}
	token := req.Context.System.APIAccessToken
	if strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return Progress{}, fmt.Errorf("%w: its apiAccessToken cannot be in a header", ErrProgressEndpoint)
	}
	var body struct {
		Header struct {
			RequestID string `json:"requestId"`
		} `json:"header"`
		Directive struct {
			Type   string `json:"type"`
			Speech string `json:"speech"`
		} `json:"directive"`
	}
	body.Header.RequestID = req.Body.RequestID
	body.Directive.Type, body.Directive.Speech = "VoicePlayer.Speak", speech
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err = e.Encode(body)
	return Progress{URL: address, Token: token, JSON: out.Bytes()}, err
}

// CheckProgress returns an ErrProgressSpeech if text cannot be a progressive
// response.
func CheckProgress(text string) error {
	_, err := progressSpeech(text)
	return err
}

// progressSpeech is text as SSML.
func progressSpeech(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", fmt.Errorf("%w: it is empty", ErrProgressSpeech)
	}
	if !IsSSML(text) {
		text = speakOpen + EscapeSSML(text) + speakClose
	}
	if err := CheckSSML(text); err != nil {
		return "", fmt.Errorf("%w: %w", ErrProgressSpeech, err)
	}
	if n := utf8.RuneCountInString(text); n > MaxProgress {
		return "", fmt.Errorf("%w: it has %d characters as SSML, at most %d are taken", ErrProgressSpeech, n, MaxProgress)
	}
	return text, nil
}

// apiHosts are Amazon's, of North America, Europe and the Far East.
var apiHosts = []string{"api.amazonalexa.com", "api.eu.amazonalexa.com", "api.fe.amazonalexa.com"}

const directivesPath = "/v1/directives"

// directivesURL is where to send: for a request that Amazon signed one of its
// hosts, for one of the development authority this machine. The address is made
// anew of what was compared, so that nothing else of the endpoint has a say.
func directivesURL(endpoint string, signer Signer) (string, error) {
	refuse := func(fault string) (string, error) { return "", fmt.Errorf("%w: %s", ErrProgressEndpoint, fault) }
	if len(endpoint) > maxURL {
		return refuse("it is too long")
	}
	u, err := url.Parse(endpoint)
	switch {
	case err != nil:
		return refuse("it cannot be read")
	case u.User != nil || u.Opaque != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(endpoint, "#"):
		return refuse("it is more than a scheme and a host")
	case u.Path != "" && u.Path != "/" || u.RawPath != "":
		return refuse("it has a path")
	case signer == Development && (u.Scheme == "http" || u.Scheme == "https") && loopback(u):
		return u.Scheme + "://" + u.Host + directivesPath, nil
	case signer == Development:
		return refuse("for a request of the development authority it has to be on loopback")
	case signer != Amazon || u.Scheme != "https":
		return refuse("it is not https")
	}
	name, _ := strings.CutSuffix(u.Host, ":443")
	if !slices.Contains(apiHosts, name) {
		return refuse("it is none of " + strings.Join(apiHosts, ", "))
	}
	return "https://" + name + directivesPath, nil
}

// loopback reports whether a URL's host is this machine by its address, or by
// the name that stands for it everywhere.
func loopback(u *url.URL) bool {
	if u.Hostname() == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && ip.IsLoopback() && ip.Zone() == ""
}
