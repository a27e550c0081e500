package alexa_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/alexa/alexatest"
)

// timed is published with a clock that the test moves.
func timed(t *testing.T) (v *alexa.Verifier, b *bucket, now *clock) {
	t.Helper()
	b, now = newBucket(t), newClock()
	c := b.config()
	c.Now = now.Now
	return newVerifier(t, c), b, now
}

func TestVerify_KeepsGoodCertificate(t *testing.T) {
	t.Parallel()
	v, b, now := timed(t)
	header := sign(t, goodChain(), b.put("good.pem", goodChain().PEM()), body)
	for range 3 {
		wantSigner(t, v, header, body, alexa.Amazon)
		now.Advance(365 * 24 * time.Hour)
	}
	b.wantFetches(t, "good.pem", 1)
}

// Amazon puts a new chain at an address of its own, but nothing says so: what
// was outlived is fetched once more, and refused only if it is still the same.
func TestVerify_RefetchesCertificateThatExpiredInMemory(t *testing.T) {
	t.Parallel()
	v, b, now := timed(t)
	c := issue(amazon(), alexatest.Leaf{NotAfter: now.Now().Add(time.Hour)})
	header := sign(t, c, b.put("short.pem", c.PEM()), body)
	wantSigner(t, v, header, body, alexa.Amazon)

	now.Advance(2 * time.Hour)
	wantRefused(t, v, header, body, alexa.ReasonChain, "expired")
	b.wantFetches(t, "short.pem", 2)

	b.put("short.pem", goodChain().PEM()) // the same key
	now.Advance(2 * time.Minute)
	wantSigner(t, v, header, body, alexa.Amazon)
	b.wantFetches(t, "short.pem", 3)
}

// A leaf that outlives its intermediate is good for as long as both are.
func TestVerify_KeepsCertificateNoLongerThanThoseAboveIt(t *testing.T) {
	t.Parallel()
	v, b, now := timed(t)
	c := issue(amazon(), alexatest.Leaf{NotAfter: now.Now().Add(20 * 365 * 24 * time.Hour)})
	header := sign(t, c, b.put("long.pem", c.PEM()), body)
	wantSigner(t, v, header, body, alexa.Amazon)
	now.Advance(11 * 365 * 24 * time.Hour)
	wantRefused(t, v, header, body, alexa.ReasonChain, "expired")
	b.wantFetches(t, "long.pem", 2)
}

// alexa-rust-webservice-verifier caches the file before it looks at it, and
// takes it at the second request.
func TestVerify_RefusesBadChainAgainFromMemory(t *testing.T) {
	t.Parallel()
	v, b, now := timed(t)
	c := issue(amazon(), alexatest.Leaf{Names: []string{"example.com"}})
	header := sign(t, c, b.put("bad.pem", c.PEM()), body)
	for range 3 {
		wantRefused(t, v, header, body, alexa.ReasonChain, "not echo-api.amazon.com")
		now.Advance(15 * time.Second)
	}
	b.wantFetches(t, "bad.pem", 1)

	now.Advance(2 * time.Minute)
	b.put("bad.pem", goodChain().PEM())
	wantSigner(t, v, header, body, alexa.Amazon)
	b.wantFetches(t, "bad.pem", 2)
}

func TestVerify_ForgetsSoonThatAnAddressDidNotAnswer(t *testing.T) {
	t.Parallel()
	v, b, now := timed(t)
	header := sign(t, goodChain(), bucketURL+"late.pem", body)
	for range 3 {
		wantRefused(t, v, header, body, alexa.ReasonFetch, "the answer was 404 Not Found")
		now.Advance(time.Second)
	}
	b.wantFetches(t, "late.pem", 1) // 404 is an answer: there is no second attempt

	b.put("late.pem", goodChain().PEM())
	now.Advance(10 * time.Second)
	wantSigner(t, v, header, body, alexa.Amazon)
	b.wantFetches(t, "late.pem", 2)
}

func TestVerify_FollowsNoRedirect(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			b := newBucket(t)
			target := b.put("target.pem", goodChain().PEM())
			address := b.serve("moved.pem", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, target, status) })
			wantRefused(t, newVerifier(t, b.config()), sign(t, goodChain(), address, body), body, alexa.ReasonFetch, fmt.Sprint("the answer was ", status))
			b.wantFetches(t, "moved.pem", 1)
			b.wantFetches(t, "target.pem", 0)
		})
	}
}

// A caller's own client does not bring redirects back, and is not changed.
func TestNewVerifier_LeavesTheClientAlone(t *testing.T) {
	t.Parallel()
	client := &http.Client{}
	newVerifier(t, alexa.VerifierConfig{Client: client, Roots: amazon().Pool()})
	if client.CheckRedirect != nil {
		t.Error("the client was changed")
	}
}

func TestVerify_FetchesAgainAfterServerError(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	address := b.serve("shaky.pem", func(w http.ResponseWriter, _ *http.Request) {
		if b.fetches("shaky.pem") == 1 {
			http.Error(w, "try again", http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(goodChain().PEM())
	})
	wantSigner(t, newVerifier(t, b.config()), sign(t, goodChain(), address, body), body, alexa.Amazon)
	b.wantFetches(t, "shaky.pem", 2)
}

func TestVerify_FetchesAgainAfterBrokenAnswer(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	address := b.serve("shaky.pem", func(w http.ResponseWriter, _ *http.Request) {
		if b.fetches("shaky.pem") == 1 {
			w.Header().Set("Content-Length", "5000")
			_, _ = w.Write([]byte("-----BEGIN CERTIFICATE-----"))
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write(goodChain().PEM())
	})
	wantSigner(t, newVerifier(t, b.config()), sign(t, goodChain(), address, body), body, alexa.Amazon)
	b.wantFetches(t, "shaky.pem", 2)
}

func TestVerify_GivesUpAfterTwoServerErrors(t *testing.T) {
	t.Parallel()
	v, b, _ := timed(t)
	address := b.serve("down.pem", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "down", http.StatusServiceUnavailable)
	})
	header := sign(t, goodChain(), address, body)
	for range 2 {
		wantRefused(t, v, header, body, alexa.ReasonFetch, "the answer was 503")
	}
	b.wantFetches(t, "down.pem", 2)
}

func TestVerify_RefusesServerWithForeignCertificate(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	b.client.Transport.(*http.Transport).TLSClientConfig.RootCAs = stranger().Pool()
	header := sign(t, goodChain(), b.put("good.pem", goodChain().PEM()), body)
	wantRefused(t, newVerifier(t, b.config()), header, body, alexa.ReasonFetch, "unknown authority")
	b.wantFetches(t, "good.pem", 0)
}

func TestVerify_EndsWithItsCaller(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	t.Cleanup(func() { close(release) }) // before the server is closed, which waits for its handlers
	address := b.serve("slow.pem", func(http.ResponseWriter, *http.Request) {
		cancel()
		<-release
	})
	_, err := newVerifier(t, b.config()).Verify(ctx, sign(t, goodChain(), address, body), body)
	wantRefusal(t, err, alexa.ReasonFetch, "did not arrive in time")
}

// Who invents addresses fills the memory with bad ones up to a bound, and
// never pushes a good one out.
func TestVerify_SurvivesFloodOfInventedAddresses(t *testing.T) {
	t.Parallel()
	now, fetched := newClock(), make(map[string]int)
	v := newVerifier(t, alexa.VerifierConfig{
		Client: &http.Client{Transport: transport(func(r *http.Request) *http.Response {
			fetched[r.URL.String()]++
			if strings.Contains(r.URL.Path, "invented") {
				return answer(http.StatusNotFound, nil)
			}
			return answer(http.StatusOK, goodChain().PEM())
		})},
		Roots: amazon().Pool(),
		Now:   now.Now,
	})
	const good, other = bucketURL + "good.pem", bucketURL + "other.pem"
	header := sign(t, goodChain(), good, body)
	wantSigner(t, v, header, body, alexa.Amazon)
	for i := range 2*alexa.MaxEntries + 10 {
		wantRefused(t, v, at(header, fmt.Sprintf("%sinvented-%d.pem", bucketURL, i)), body, alexa.ReasonFetch, "404")
		if n := v.Remembered(); n > alexa.MaxEntries {
			t.Fatalf("%d addresses are remembered, at most %d shall be", n, alexa.MaxEntries)
		}
	}
	// What is new and good finds a place after the flood.
	for range 2 {
		wantSigner(t, v, header, body, alexa.Amazon)
		wantSigner(t, v, at(header, other), body, alexa.Amazon)
	}
	if fetched[good] != 1 || fetched[other] != 1 {
		t.Errorf("the good ones were fetched %d and %d times, want once each", fetched[good], fetched[other])
	}
}

// transport answers without a network.
type transport func(*http.Request) *http.Response

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

func answer(status int, file []byte) *http.Response {
	return &http.Response{StatusCode: status, Status: fmt.Sprint(status), Body: io.NopCloser(bytes.NewReader(file))}
}

// at is header with another certificate address: one signature serves for
// all the addresses of one key.
func at(header http.Header, address string) http.Header {
	header = header.Clone()
	header.Set("SignatureCertChainUrl", address)
	return header
}
