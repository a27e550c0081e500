package alexa_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/alexa/alexatest"
)

// development is the authority that the tests of this file name at start.
var development = stranger

// developing is the configuration of b with the development authority added.
func developing(b *bucket) alexa.VerifierConfig {
	c := b.config()
	c.Development, c.DevelopmentURL = development().PEM(), development().URL()
	return c
}

func TestVerify_AcceptsDevelopmentWithoutFetching(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	v := newVerifier(t, developing(b))
	header, err := development().Sign(body)
	if err != nil {
		t.Fatal(err)
	}
	wantSigner(t, v, header, body, alexa.Development)
	if len(b.fetched) != 0 {
		t.Errorf("fetched %v", b.fetched)
	}
}

func TestVerify_AcceptsAmazonBesideDevelopment(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	v := newVerifier(t, developing(b))
	address := b.put("good.pem", goodChain().PEM())
	wantSigner(t, v, sign(t, goodChain(), address, body), body, alexa.Amazon)
}

func TestVerify_ChecksTheSignatureOfDevelopmentToo(t *testing.T) {
	t.Parallel()
	v := newVerifier(t, developing(newBucket(t)))
	header, err := development().Sign(body)
	if err != nil {
		t.Fatal(err)
	}
	wantRefused(t, v, header, append(slices.Clone(body), ' '), alexa.ReasonSignature, "does not fit")
	// Amazon's key is none of the development authority's.
	header = sign(t, goodChain(), development().URL(), body)
	wantRefused(t, v, header, body, alexa.ReasonSignature, "does not fit")
}

func TestVerify_RefusesDevelopmentThatWasNotNamed(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	header, err := development().Sign(body)
	if err != nil {
		t.Fatal(err)
	}
	wantRefused(t, newVerifier(t, b.config()), header, body, alexa.ReasonFetch, "404")
}

// Its root is trusted at its own address only: who could write to the bucket
// and had the development key would otherwise be Amazon.
func TestVerify_DoesNotTrustDevelopmentForFetchedCertificates(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	c := issue(development(), alexatest.Leaf{})
	header := sign(t, c, b.put("development.pem", withRoot(development(), c)), body)
	wantRefused(t, newVerifier(t, developing(b)), header, body, alexa.ReasonChain, "unknown authority")
}

func TestVerify_JudgesDevelopmentAtEachUse(t *testing.T) {
	t.Parallel()
	now := newClock()
	c := developing(newBucket(t))
	c.Now = now.Now
	v := newVerifier(t, c)
	header, err := development().Sign(body)
	if err != nil {
		t.Fatal(err)
	}
	wantSigner(t, v, header, body, alexa.Development)
	now.Advance(11 * 365 * 24 * time.Hour)
	wantRefused(t, v, header, body, alexa.ReasonChain, "expired at")
	now.Advance(-12 * 365 * 24 * time.Hour)
	wantRefused(t, v, header, body, alexa.ReasonChain, "not valid before")
}

func TestNewVerifier_RefusesWhatIsNoDevelopmentAuthority(t *testing.T) {
	t.Parallel()
	expired := issue(development(), alexatest.Leaf{NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(-time.Hour)})
	misnamed := issue(development(), alexatest.Leaf{Names: []string{"example.com"}})
	for _, tt := range []struct {
		name      string
		file      []byte
		url, text string
	}{
		{"no file", []byte("garbage"), development().URL(), "holds no certificate"},
		{"address elsewhere", development().PEM(), "https://localhost/authority.pem", "is not on s3.amazonaws.com"},
		{"no address", development().PEM(), "", "is not https"},
		{"expired", withRoot(development(), expired), development().URL(), "expired"},
		{"another name", withRoot(development(), misnamed), development().URL(), "not echo-api.amazon.com"},
		{"another root", withRoot(amazon(), issue(development(), alexatest.Leaf{})), development().URL(), "unknown authority"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := alexa.NewVerifier(alexa.VerifierConfig{Development: tt.file, DevelopmentURL: tt.url})
			if err == nil || !strings.Contains(err.Error(), "development authority: ") || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("error %v, want …%s…", err, tt.text)
			}
		})
	}
}
