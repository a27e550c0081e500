// Package doctor looks at a skill's endpoint from outside, as Amazon does, and at a
// gateway, its engine and its functions from inside, and says what is wrong.
//
//	report := &doctor.Report{}
//	doctor.Examine(ctx, "https://skill.example.org/alexa", doctor.Config{}, report)
//	doctor.Inspect(ctx, doctor.House{Gateway: client, …}, report)
//	for _, c := range report.Checks { … }
//
// Outside it sends what anybody may send: handshakes, and requests without a
// signature; inside it reads, and changes nothing.
package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"time"
)

// State is how a check ended.
type State string

// The states. A warning does not keep Amazon away, today.
const (
	OK      State = "ok"
	Warning State = "warning"
	Failed  State = "failed"
)

// Check is one line of a report.
type Check struct {
	Name  string `json:"name"`
	State State  `json:"state"`
	Text  string `json:"text"`           // what was found
	Mend  string `json:"mend,omitempty"` // what to do about it
}

// Report is what there is to say. What could not be looked at, because something
// before it failed, is not in it.
type Report struct {
	URL     string  `json:"url,omitempty"`                // of the endpoint
	Gateway string  `json:"gateway,omitempty"`            // the operator's listener
	OK      bool    `json:"ok"`                           // nothing failed
	Kind    string  `json:"sslCertificateType,omitempty"` // for skill.json
	Checks  []Check `json:"checks"`
}

func (r *Report) note(name string, state State, text, mend string) bool {
	r.Checks = append(r.Checks, Check{name, state, text, mend})
	return state != Failed
}

func (r *Report) ok(name, format string, args ...any) bool {
	return r.note(name, OK, fmt.Sprintf(format, args...), "")
}

// Failed are the checks that have failed.
func (r *Report) Failed() (failed []Check) {
	for _, c := range r.Checks {
		if c.State == Failed {
			failed = append(failed, c)
		}
	}
	return failed
}

func (r *Report) conclude() { r.OK = len(r.Failed()) == 0 }

// Config says how to look.
type Config struct {
	Connect string                                                       // address to connect to in place of the URL's; empty: the URL's
	Roots   *x509.CertPool                                               // nil: the system's
	Resolve func(ctx context.Context, host string) ([]netip.Addr, error) // nil: the system's
	Now     func() time.Time                                             // nil: time.Now
}

// patience bounds each connection, handshake and request: Alexa's own.
const patience = 8 * time.Second

// examination is one under way.
type examination struct {
	Config
	url     *url.URL
	address string // to connect to
	old     bool   // TLS, that is, for which there is no HTTP/2
	*Report
}

// Examine looks at an endpoint, and adds to the report what it found.
func Examine(ctx context.Context, endpoint string, c Config, r *Report) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Resolve == nil {
		c.Resolve = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	r.URL = endpoint
	e := &examination{Config: c, Report: r}
	// Each looks further only if the one before has left something to look at.
	for _, step := range []func(context.Context) bool{e.addressed, e.resolves, e.connects, e.secured, e.answers} {
		if !step(ctx) {
			break
		}
	}
	r.conclude()
}

// addressed looks at the URL and its port.
func (e *examination) addressed(context.Context) bool {
	u, err := url.Parse(e.URL)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return e.note("address", Failed, "it is not the address of an endpoint", "Name one such as https://skill.example.org/alexa: Amazon speaks HTTPS only.")
	}
	e.url = u
	port := u.Port()
	if port == "" {
		port = "443"
	}
	e.address = net.JoinHostPort(u.Hostname(), port)
	if port == "443" {
		e.ok("port", "443")
	} else {
		e.note("port", Failed, port+": Amazon connects to 443 only, and nothing tells of it", "Serve on port 443, or have the router pass 443 on to "+port+".")
	}
	if e.Connect != "" {
		e.address = e.Connect
	}
	return true
}

// resolves looks at the name. Of a private address the rest is worth a look too.
func (e *examination) resolves(ctx context.Context) bool {
	host := e.url.Hostname()
	if ip, err := netip.ParseAddr(host); err == nil {
		e.note("domain", Failed, ip.String()+" is an address: Amazon takes a domain only, and certificates are for domains", "Give the machine a domain; many providers of dynamic DNS have some for nothing.")
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	found, err := e.Resolve(ctx, host)
	switch {
	case e.Connect != "":
		return e.ok("domain", "%s, of which only the certificate is looked at: %s is connected to", host, e.Connect)
	case err != nil || len(found) == 0:
		return e.note("domain", Failed, fmt.Sprintf("%s does not resolve: %v", host, err), "Add an A or AAAA record for it, or look for a typing error; new records take a while to be seen.")
	}
	for _, ip := range found {
		if ip = ip.Unmap(); !public(ip) {
			e.note("domain", Failed, fmt.Sprintf("%s is at %s, which Amazon cannot reach", host, ip), "Have its record name the public address, and the router pass port 443 on. From inside, --connect looks at the machine itself.")
			return true
		}
	}
	return e.ok("domain", "%s is at %s", host, found[0].Unmap())
}

var carrier = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598: behind a provider's own translation

func public(ip netip.Addr) bool {
	return ip.IsGlobalUnicast() && !ip.IsPrivate() && !carrier.Contains(ip)
}

func (e *examination) connects(ctx context.Context) bool {
	begun := time.Now()
	conn, err := (&net.Dialer{Timeout: patience}).DialContext(ctx, "tcp", e.address)
	if err != nil {
		return e.note("connection", Failed, fmt.Sprintf("nothing answers: %v", err), "Start hark, open port 443 in the firewall, and have the router pass it on.")
	}
	conn.Close()
	return e.ok("connection", "%s, in %s", e.address, milliseconds(time.Since(begun)))
}

// handshake is one with at most that version, by which certificates are taken as
// they come: they are judged later.
func (e *examination) handshake(ctx context.Context, most uint16) (*tls.ConnectionState, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	config := e.tls()
	config.MaxVersion = most
	conn, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", e.address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	state := conn.(*tls.Conn).ConnectionState()
	return &state, nil
}

func (e *examination) tls() *tls.Config {
	return &tls.Config{ServerName: e.url.Hostname(), InsecureSkipVerify: true, MinVersion: tls.VersionTLS10}
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }
