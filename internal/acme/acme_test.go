package acme

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/acmetest"
)

const name = "skill.example.org"

// told is a log that may be read meanwhile.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// gate is a server with an Issuer, as hark serve is one.
type gate struct {
	*Issuer
	log logged
}

// site is an authority and where it looks for challenges.
type site struct {
	*acmetest.Server
	https, http net.Listener
	dir         string
}

func newSite(t *testing.T, life time.Duration) *site {
	t.Helper()
	s := &site{https: listen(t), http: listen(t), dir: t.TempDir()}
	var err error
	s.Server, err = acmetest.Start(acmetest.Config{TLS: port(s.https), HTTP: port(s.http), Life: life, Log: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func port(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }

// open has an Issuer served until stop, or the end of the test.
func (s *site) open(t *testing.T, change func(*Config)) (g *gate, stop func()) {
	t.Helper()
	g = &gate{}
	c := Config{Directory: s.Directory, Names: []string{name}, Email: "me@example.org", Dir: s.dir, HTTPS: s.https.Addr(), Roots: s.Roots, Issued: s.Issued,
		Log: slog.New(slog.NewTextHandler(&g.log, nil))}
	if change != nil {
		change(&c)
	}
	var err error
	if g.Issuer, err = Open(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { g.Watch(ctx) })
	stop = sync.OnceFunc(func() { cancel(); all.Wait() })
	t.Cleanup(stop)
	return g, stop
}

// serve answers on a listener of its own kind until the test ends.
func serve(t *testing.T, l net.Listener, h http.Handler, config *tls.Config) {
	server := &http.Server{Handler: h, TLSConfig: config, ErrorLog: slog.NewLogLogger(slog.NewTextHandler(io.Discard, nil), slog.LevelInfo)}
	t.Cleanup(func() { server.Close() })
	if config == nil {
		go func() { _ = server.Serve(l) }()
	} else {
		go func() { _ = server.ServeTLS(l, "", "") }()
	}
}

// await waits until done, as others tell when they are.
func await(t *testing.T, what string, g *gate, done func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no %s; log:\n%s", what, g.log.String())
		}
	}
}

// shake has a handshake as Amazon's, which trusts what the authority issues.
func (s *site) shake(l net.Listener, name string) (*x509.Certificate, error) {
	c, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{ServerName: name, RootCAs: s.Issued, NextProtos: []string{"h2"}})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	state := c.ConnectionState()
	if state.NegotiatedProtocol != "h2" {
		return nil, fmt.Errorf("negotiated %q", state.NegotiatedProtocol)
	}
	return state.PeerCertificates[0], nil
}

func TestIssuer_HasOneIssuedByTLSALPN(t *testing.T) {
	s := newSite(t, 0)
	g, stop := s.open(t, nil)
	serve(t, s.https, http.NotFoundHandler(), g.TLS())
	await(t, "certificate", g, func() bool { _, err := s.shake(s.https, name); return err == nil })
	if got := g.Status(); got.Failures != 0 || time.Until(got.NotAfter) < 24*time.Hour {
		t.Errorf("status %+v", got)
	}
	await(t, "record", g, func() bool { return strings.Contains(g.log.String(), "did=served name="+name) })
	if strings.Contains(g.log.String(), "level=ERROR") || strings.Contains(g.log.String(), "level=WARN") {
		t.Errorf("log:\n%s", g.log.String())
	}
	stop()

	// It is there for the next one, who asks nobody.
	s.Break(http.StatusInternalServerError)
	again, _ := s.open(t, nil)
	if again.Status().NotAfter.IsZero() || s.Count() != 1 {
		t.Errorf("%d were issued; log:\n%s", s.Count(), again.log.String())
	}
	onlyForOwner(t, s.dir)
}

// onlyForOwner checks that keys are nobody else's to read.
func onlyForOwner(t *testing.T, dir string) {
	t.Helper()
	keys := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".key" {
			return err
		}
		keys++
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %s", path, info.Mode())
		}
		return err
	})
	if err != nil || keys != 2 { // the account's and the certificate's
		t.Errorf("%d keys, %v", keys, err)
	}
}

// Where nothing answers at the port of TLS-ALPN-01, HTTP-01 is used.
func TestIssuer_HasOneIssuedByHTTP(t *testing.T) {
	s := newSite(t, 0)
	s.https.Close()
	other := listen(t)
	g, _ := s.open(t, func(c *Config) { c.HTTPS, c.HTTP = other.Addr(), s.http.Addr() })
	serve(t, other, http.NotFoundHandler(), g.TLS())
	serve(t, s.http, g.Challenges(http.NotFoundHandler()), nil)
	await(t, "certificate", g, func() bool { _, err := s.shake(other, name); return err == nil })
	resp, err := http.Get("http://" + s.http.Addr().String() + "/.well-known/acme-challenge/x")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("a challenge that is none gets HTTP %d", resp.StatusCode)
	}
}

func TestIssuer_HasOneForEachName(t *testing.T) {
	s := newSite(t, 0)
	g, _ := s.open(t, func(c *Config) { c.Names = []string{name, "other.example.org"} })
	serve(t, s.https, http.NotFoundHandler(), g.TLS())
	for _, n := range g.Names {
		await(t, "certificate of "+n, g, func() bool { _, err := s.shake(s.https, n); return err == nil })
	}
	// Who names none, or another, gets the first.
	c, err := tls.Dial("tcp", s.https.Addr().String(), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := c.ConnectionState().PeerCertificates[0].DNSNames[0]; got != name {
		t.Errorf("got that of %s", got)
	}
}

func TestIssuer_Renews(t *testing.T) {
	s := newSite(t, time.Hour)
	fresh := fmt.Sprintf("renews%d.example.org", time.Now().UnixNano()) // certmagic remembers for a process what has failed
	g, _ := s.open(t, func(c *Config) {
		c.Names, c.renewTime, c.window = []string{fresh}, 100*time.Millisecond, .9999
	})
	serve(t, s.https, http.NotFoundHandler(), g.TLS())
	var first *x509.Certificate
	await(t, "certificate", g, func() (ok bool) { first, _ = s.shake(s.https, fresh); return first != nil })
	await(t, "renewal", g, func() bool {
		now, err := s.shake(s.https, fresh)
		if err != nil {
			t.Fatalf("a handshake failed meanwhile: %v", err)
		}
		return !now.Equal(first)
	})
	await(t, "record", g, func() bool { return strings.Contains(g.log.String(), "did=renewed") })

	// What fails is told and counted, and what is served stays.
	s.Break(http.StatusServiceUnavailable)
	await(t, "failure", g, func() bool { return g.Status().Failures > 0 })
	if _, err := s.shake(s.https, fresh); err != nil || !strings.Contains(g.log.String(), "did=nothing") || !strings.Contains(g.log.String(), "not_after=") {
		t.Errorf("%v; log:\n%s", err, g.log.String())
	}
}

func TestIssuer_SaysWhyThereIsNone(t *testing.T) {
	for title, c := range map[string]struct {
		change      func(*site, *Config)
		cause, mend string
	}{
		"out of order":   {func(s *site, _ *Config) { s.Break(http.StatusInternalServerError) }, "500", "tried again"},
		"not reached":    {func(_ *site, c *Config) { c.Directory = "https://" + closed(t) + "/dir" }, "connection refused", "See whether this machine reaches https://127.0.0.1"},
		"not trusted":    {func(_ *site, c *Config) { c.Roots = nil }, "certificate", "--acme-roots"},
		"not found":      {func(_ *site, c *Config) { c.Directory += "x" }, "404", "tried again"},
		"no such domain": {func(_ *site, c *Config) { c.Names = []string{"missing.example"} }, "Could not resolve", "the domain's records"},
		"not for it":     {func(_ *site, c *Config) { c.Names = []string{"blocked.example"} }, "rejectedIdentifier", "--public-name"},
		"not here": {func(s *site, c *Config) {
			s.https.Close()
			s.https = listen(t)
			c.HTTPS = s.https.Addr()
		}, "Failed to connect", "find this hark at port 443"},
		"something else": {func(*site, *Config) {}, "acme:error:unauthorized", "where the domain's record points"},
		"a bad address":  {func(_ *site, c *Config) { c.Email = "nonsense" }, "invalidContact", "--acme-email"},
		"no room": {func(s *site, c *Config) {
			if err := os.WriteFile(filepath.Join(c.Dir, "locks"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, "not a directory", "hark's user may write"},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, 0)
			g, _ := s.open(t, func(to *Config) {
				to.Names = []string{strings.ReplaceAll(title, " ", "-") + ".example.org"} // certmagic's challenges are the process's
				c.change(s, to)
			})
			config := g.TLS()
			if title == "something else" {
				config.NextProtos = []string{"h2"}
			}
			serve(t, s.https, http.NotFoundHandler(), config)
			await(t, "failure", g, func() bool { return g.Status().Failures > 0 })
			if log := g.log.String(); !strings.Contains(log, c.cause) || !strings.Contains(log, c.mend) {
				t.Errorf("log:\n%s\nwant %q and %q", log, c.cause, c.mend)
			}
		})
	}
}

func closed(t *testing.T) string {
	l := listen(t)
	l.Close()
	return l.Addr().String()
}

func TestOpen_SaysWhatCannotBeRead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), Config{Directory: "https://ca.example/dir", Names: []string{name}, Dir: dir, HTTPS: &net.TCPAddr{}})
	if err == nil || !strings.Contains(err.Error(), "the certificate of skill.example.org in "+dir) {
		t.Error(err)
	}
}

func TestTerms_AreTheAuthoritys(t *testing.T) {
	s := newSite(t, 0)
	if got, err := Terms(t.Context(), s.Directory, s.Roots); err != nil || !strings.HasPrefix(got, "data:text/plain") {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := Terms(t.Context(), "https://"+closed(t), nil); err == nil {
		t.Error("no error")
	}
}

func TestCheckAuthority_TakesNamesAndAddresses(t *testing.T) {
	for authority, ok := range map[string]bool{"letsencrypt": true, "letsencrypt-staging": true, "https://ca.example/dir": true, "": false, "lets": false, "http://ca.example": false, "https://a:b@ca.example": false} {
		if err := CheckAuthority(authority); (err == nil) != ok {
			t.Errorf("%q: %v", authority, err)
		}
	}
}
