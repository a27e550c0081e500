package alexa_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/alexa/alexatest"
)

// The authorities and keys of the tests, made once: RSA keys take long.
var (
	amazon   = sync.OnceValue(newAuthority) // the one whose root is trusted
	stranger = sync.OnceValue(newAuthority) // another, which is not
	rsaKey   = sync.OnceValue(func() *rsa.PrivateKey { return newRSAKey(2048) })

	otherRSAKey = sync.OnceValue(func() *rsa.PrivateKey { return newRSAKey(2048) })

	goodChain = sync.OnceValue(func() alexatest.Credential { return issue(amazon(), alexatest.Leaf{}) })
)

func newAuthority() *alexatest.Authority {
	a, err := alexatest.New()
	if err != nil {
		panic(err)
	}
	return a
}

func newRSAKey(bits int) *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	return key
}

// issue makes a chain whose leaf has the shared key, unless l names another.
func issue(a *alexatest.Authority, l alexatest.Leaf) alexatest.Credential {
	if l.Key == nil {
		l.Key = rsaKey()
	}
	c, err := a.Issue(l)
	if err != nil {
		panic(err)
	}
	return c
}

func sign(t *testing.T, c alexatest.Credential, url string, body []byte) http.Header {
	t.Helper()
	header, err := c.Sign(body, url)
	if err != nil {
		t.Fatal(err)
	}
	return header
}

// clock is a clock that stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Now()} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const bucketURL = "https://s3.amazonaws.com/echo.api/"

// bucket stands in for s3.amazonaws.com, with TLS and in that name. Its files
// are handlers; what is not there is 404.
type bucket struct {
	client *http.Client

	mu      sync.Mutex
	files   map[string]http.HandlerFunc
	fetched map[string]int
}

func newBucket(t *testing.T) *bucket {
	t.Helper()
	certificate, err := amazon().ServerCertificate("s3.amazonaws.com")
	if err != nil {
		t.Fatal(err)
	}
	b := &bucket{files: make(map[string]http.HandlerFunc), fetched: make(map[string]int)}
	server := httptest.NewUnstartedServer(b)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes that fail are meant to
	server.StartTLS()
	t.Cleanup(server.Close)
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: amazon().Pool()},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	b.client = &http.Client{Transport: transport}
	return b
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	name := strings.TrimPrefix(r.URL.Path, "/echo.api/")
	b.fetched[name]++
	file := b.files[name]
	b.mu.Unlock()
	if file == nil {
		file = http.NotFound
	}
	file(w, r)
}

// serve puts a handler in the place of a file and returns the file's address.
func (b *bucket) serve(name string, file http.HandlerFunc) (url string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.files[name] = file
	return bucketURL + name
}

func (b *bucket) put(name string, file []byte) (url string) {
	return b.serve(name, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(file) })
}

func (b *bucket) fetches(name string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.fetched[name]
}

func (b *bucket) wantFetches(t *testing.T, name string, want int) {
	t.Helper()
	if got := b.fetches(name); got != want {
		t.Errorf("%s was fetched %d times, want %d", name, got, want)
	}
}

// config is that of a verifier which fetches from b and trusts amazon.
func (b *bucket) config() alexa.VerifierConfig {
	return alexa.VerifierConfig{Client: b.client, Roots: amazon().Pool()}
}

func newVerifier(t *testing.T, c alexa.VerifierConfig) *alexa.Verifier {
	t.Helper()
	v, err := alexa.NewVerifier(c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// wantSigner verifies and fails unless the signer is want.
func wantSigner(t *testing.T, v *alexa.Verifier, header http.Header, body []byte, want alexa.Signer) {
	t.Helper()
	got, err := v.Verify(t.Context(), header, body)
	if err != nil || got != want {
		t.Errorf("Verify: signer %d, error %v; want signer %d", got, err, want)
	}
}

// wantRefused verifies and fails unless the refusal has that reason and text.
func wantRefused(t *testing.T, v *alexa.Verifier, header http.Header, body []byte, reason alexa.Reason, text string) {
	t.Helper()
	signer, err := v.Verify(t.Context(), header, body)
	if signer != 0 {
		t.Errorf("Verify: signer %d beside a refusal", signer)
	}
	wantRefusal(t, err, reason, text)
}

// wantRefusal fails unless err is a *Refusal with that reason whose text
// contains text.
func wantRefusal(t *testing.T, err error, reason alexa.Reason, text string) {
	t.Helper()
	var refusal *alexa.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("error %v, want a refusal for %s", err, reason)
	}
	if refusal.Reason != reason || !strings.Contains(refusal.Error(), text) {
		t.Errorf("refused for %s: %v; want %s: …%s…", refusal.Reason, refusal, reason, text)
	}
}
