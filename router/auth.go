package router

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Credentials are who may use the operator's API. There are none in the zero
// value: then whoever reaches the listener may, and it must be on loopback.
type Credentials struct {
	// User and Password are for Basic auth, both or neither.
	User, Password string
	// Tokens are for bearers.
	Tokens []string
}

// None reports whether nobody is asked for any.
func (c Credentials) None() bool { return c.Password == "" && len(c.Tokens) == 0 }

// The errors of requests that are not admitted to the operator's API.
var (
	errUnauthorized = errors.New("hark wants credentials here: log in with its user and password (faas-cli login), or send a bearer token")
	errForeign      = errors.New("hark takes no requests here that web pages send")
)

// guard admits requests to the operator's API. It holds digests only, of equal
// length: comparing them takes the same time whatever is wrong.
type guard struct {
	open   bool
	host   string // a name of the listener besides those of loopback
	login  [2]digest
	basic  bool
	tokens []digest
}

type digest = [sha256.Size]byte

func newGuard(c Credentials, host string) *guard {
	g := &guard{open: c.None(), host: host, basic: c.Password != ""}
	g.login = [2]digest{sha256.Sum256([]byte(c.User)), sha256.Sum256([]byte(c.Password))}
	for _, token := range c.Tokens {
		g.tokens = append(g.tokens, sha256.Sum256([]byte(token)))
	}
	return g
}

// admit returns why a request may not be answered, or nil.
func (g *guard) admit(r *http.Request) error {
	if err := g.ownPage(r); err != nil {
		return err
	}
	if g.open || g.knows(r) {
		return nil
	}
	return errUnauthorized
}

// ownPage refuses what a browser sends for somebody else's page: it reaches
// loopback as well as its user does, and brings the user's credentials.
func (g *guard) ownPage(r *http.Request) error {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return fmt.Errorf("%w: this one comes from another site", errForeign)
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		if u, err := url.Parse(origin); err != nil || u.Host == "" || !strings.EqualFold(u.Host, r.Host) {
			return fmt.Errorf("%w: this one comes from %.64q", errForeign, origin)
		}
	}
	if g.open && !g.named(r.Host) { // a name of theirs that leads here
		return fmt.Errorf("%w: call it localhost, not %.64q, or give hark credentials to ask for", errForeign, r.Host)
	}
	return nil
}

// named reports whether a Host header names this listener or loopback.
func (g *guard) named(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	return strings.EqualFold(host, "localhost") || g.host != "" && strings.EqualFold(host, g.host)
}

func (g *guard) knows(r *http.Request) bool {
	if user, password, ok := r.BasicAuth(); ok {
		given := [2]digest{sha256.Sum256([]byte(user)), sha256.Sum256([]byte(password))}
		return g.basic && equal(given[0], g.login[0])&equal(given[1], g.login[1]) == 1
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return false
	}
	given, known := sha256.Sum256([]byte(strings.TrimSpace(token))), 0
	for _, t := range g.tokens {
		known |= equal(given, t)
	}
	return known == 1
}

func equal(a, b digest) int { return subtle.ConstantTimeCompare(a[:], b[:]) }
