package doctor

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// unsigned is a request as Amazon's certification sends it: without a signature.
const unsigned = `{"version":"1.0","request":{"type":"LaunchRequest","requestId":"hark-doctor","timestamp":"2020-01-01T00:00:00Z","locale":"en-US"}}`

// Clocks may differ by the 150 s that Amazon allows; a part of it is the way's.
const (
	skewWarning = 10 * time.Second
	skewFailed  = 150 * time.Second
	slowTrip    = time.Second
)

// answers looks at what answers requests that anybody may send.
func (e *examination) answers(ctx context.Context) bool {
	client := e.client()
	defer client.CloseIdleConnections()
	resp, err := e.send(ctx, client, http.MethodPost, e.url.String())
	if err != nil {
		return e.note("unsigned", Failed, fmt.Sprintf("a request without a signature gets no answer: %v", err), "See whether hark runs, and its log.")
	}
	if e.refused(resp) {
		e.elsewhere(ctx, client)
	}
	e.clock(resp.Header.Get("Date"))
	e.trip(ctx, client)
	return true
}

// client keeps its connection, follows no redirects and goes by no proxy, as
// Amazon.
func (e *examination) client() *http.Client {
	config := e.tls()
	return &http.Client{
		Timeout: patience,
		Transport: &http.Transport{
			TLSClientConfig:   config,
			ForceAttemptHTTP2: !e.old,
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, e.address)
			},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (e *examination) send(ctx context.Context, client *http.Client, method, to string) (*http.Response, error) {
	body := ""
	if method == http.MethodPost {
		body = unsigned
	}
	r, err := http.NewRequestWithContext(ctx, method, to, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("User-Agent", "hark-doctor")
	resp, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16)) // for the connection's sake
	return resp, nil
}

// refused looks at the answer to a request without a signature.
func (e *examination) refused(resp *http.Response) bool {
	const name = "unsigned"
	code := resp.StatusCode
	said := fmt.Sprintf("a request without a signature gets HTTP %d", code)
	switch {
	case code == http.StatusBadRequest:
		return e.ok(name, "%s, as certification wants it", said)
	case code >= 300 && code < 400:
		return e.note(name, Failed, fmt.Sprintf("%s to %.200q; Amazon follows no redirects", said, resp.Header.Get("Location")), "Make the address that it leads to the endpoint, or have it answered here.")
	case code < 300:
		return e.note(name, Failed, said+": anybody can have functions run, and certification fails", "Have hark answer here, which refuses it, and not what takes all.")
	case code == http.StatusNotFound || code == http.StatusMethodNotAllowed:
		return e.note(name, Failed, said+": the path is not a skill's", "The path is /alexa, /alexa/NAME or /; a proxy must not change it.")
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return e.note(name, Failed, said+": Amazon cannot log in, and certification wants 400", "Take the login of the proxy away from this path: the signature is the login.")
	case code >= 500:
		return e.note(name, Failed, said+": what is behind it does not answer", "See whether hark runs, and what the proxy is told of it.")
	}
	return e.note(name, Failed, said+", and certification wants 400", "See what answers there.")
}

// elsewhere looks whether all that is sent there is taken for the skill's.
func (e *examination) elsewhere(ctx context.Context, client *http.Client) {
	const name = "others"
	resp, err := e.send(ctx, client, http.MethodGet, e.url.String())
	if err != nil {
		e.note(name, Warning, fmt.Sprintf("a GET gets no answer: %v", err), "See the log of what answers there.")
		return
	}
	get := resp.StatusCode
	wrong := *e.url
	wrong.Path, wrong.RawPath, wrong.RawQuery = "/hark-doctor-was-here", "", ""
	if resp, err = e.send(ctx, client, http.MethodPost, wrong.String()); err != nil {
		e.note(name, Warning, fmt.Sprintf("a path that is nobody's gets no answer: %v", err), "See the log of what answers there.")
		return
	}
	text := fmt.Sprintf("a GET gets HTTP %d, a path that is nobody's HTTP %d", get, resp.StatusCode)
	if get < 400 || get >= 500 || resp.StatusCode < 400 || resp.StatusCode >= 500 {
		e.note(name, Warning, text+"; hark says 405 and 404", "See what else answers at this address.")
		return
	}
	e.ok(name, "%s", text)
}

// clock compares clocks: a second of a difference is HTTP's.
func (e *examination) clock(header string) {
	const name, mend = "clock", "Have both machines take their time by NTP (timedatectl); which of them is wrong cannot be told from here."
	there, err := http.ParseTime(header)
	if err != nil {
		e.note(name, Warning, "the answer has no Date, so the clock cannot be seen", "")
		return
	}
	skew := e.Now().Sub(there).Truncate(time.Second)
	text := fmt.Sprintf("its clock and this machine's differ by %s", skew.Abs())
	switch {
	case skew.Abs() >= skewFailed:
		e.note(name, Failed, text+"; beyond 150 s requests are refused", mend)
	case skew.Abs() >= skewWarning:
		e.note(name, Warning, text, mend)
	default:
		e.ok(name, "%s at most", max(skew.Abs(), time.Second))
	}
}

// trip measures a request on a connection that is there, as Amazon's mostly are.
func (e *examination) trip(ctx context.Context, client *http.Client) {
	begun := time.Now()
	if _, err := e.send(ctx, client, http.MethodPost, e.url.String()); err != nil {
		e.note("round trip", Warning, fmt.Sprintf("the second request gets no answer: %v", err), "See the log of what answers there.")
		return
	}
	took := time.Since(begun)
	if took >= slowTrip {
		e.note("round trip", Warning, milliseconds(took)+", of the 8 s that Alexa waits", "See what is slow on the way: the line, a proxy, the machine.")
		return
	}
	e.ok("round trip", "%s", milliseconds(took))
}
