package alexa_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/alexa/alexatest"
)

var body = []byte(`{"version":"1.0","request":{"type":"LaunchRequest"}}`)

// published is a verifier that trusts amazon, and a bucket with its good chain
// at address.
func published(t *testing.T) (v *alexa.Verifier, b *bucket, address string) {
	t.Helper()
	b = newBucket(t)
	return newVerifier(t, b.config()), b, b.put("good.pem", goodChain().PEM())
}

func TestVerify_AcceptsWhatAmazonSigned(t *testing.T) {
	t.Parallel()
	v, b, address := published(t)
	wantSigner(t, v, sign(t, goodChain(), address, body), body, alexa.Amazon)
	b.wantFetches(t, "good.pem", 1)
}

func TestVerify_AcceptsAnyBytesThatWereSigned(t *testing.T) {
	t.Parallel()
	v, _, address := published(t)
	for _, body := range []string{
		`{"name":"Pokémon 図鑑 🎄"}`,
		"{\"name\":\"Pok\xe9mon\"}", // Latin-1: not even UTF-8, and nothing parses it before
		"{}\r\n",
		"",
	} {
		wantSigner(t, v, sign(t, goodChain(), address, []byte(body)), []byte(body), alexa.Amazon)
	}
}

func TestVerify_AcceptsHeaderNamesInAnyCase(t *testing.T) {
	t.Parallel()
	v, _, address := published(t)
	signed := sign(t, goodChain(), address, body)
	for _, names := range [][2]string{
		{"Signature-256", "SignatureCertChainUrl"},
		{"signature-256", "signaturecertchainurl"},
		{"SIGNATURE-256", "SIGNATURECERTCHAINURL"},
	} {
		header := make(http.Header)
		header.Set(names[0], signed.Get("Signature-256"))
		header.Set(names[1], address)
		wantSigner(t, v, header, body, alexa.Amazon)
	}
}

func TestVerify_AcceptsAddressesThatNormaliseToTheSame(t *testing.T) {
	t.Parallel()
	v, b, _ := published(t)
	for _, address := range []string{
		"https://s3.amazonaws.com:443/echo.api/good.pem",
		"HTTPS://S3.amazonaws.com/echo.api/../echo.api/%67ood.pem",
	} {
		wantSigner(t, v, sign(t, goodChain(), address, body), body, alexa.Amazon)
	}
	b.wantFetches(t, "good.pem", 1)
}

// The timestamp alone bounds a replay: no cache of request ids is kept.
func TestVerify_AcceptsTheSameRequestTwice(t *testing.T) {
	t.Parallel()
	v, _, address := published(t)
	header := sign(t, goodChain(), address, body)
	for range 2 {
		wantSigner(t, v, header, body, alexa.Amazon)
	}
}

func TestVerify_RefusesBadHeaders(t *testing.T) {
	t.Parallel()
	v, b, address := published(t)
	const signature, url = "Signature-256", "Signaturecertchainurl"
	good := sign(t, goodChain(), address, body)
	tests := []struct {
		name   string
		header http.Header
		reason alexa.Reason
		text   string
	}{
		{"none at all", nil, alexa.ReasonHeader, "Signature-256 is missing or empty"},
		{"no signature", http.Header{url: good[url]}, alexa.ReasonHeader, "Signature-256 is missing or empty"},
		{"empty signature", http.Header{url: good[url], signature: {""}}, alexa.ReasonHeader, "Signature-256 is missing or empty"},
		{"signature named without a value", http.Header{url: good[url], signature: {}}, alexa.ReasonHeader, "Signature-256 is missing or empty"},
		{"signature twice", http.Header{url: good[url], signature: {good[signature][0], good[signature][0]}}, alexa.ReasonHeader, "Signature-256 is there 2 times"},
		{"signature is not base64", http.Header{url: good[url], signature: {"....$#%@$se"}}, alexa.ReasonHeader, "Signature-256 is not base64"},
		{"signature in the URL alphabet", http.Header{url: good[url], signature: {strings.Repeat("_-", 172)}}, alexa.ReasonHeader, "Signature-256 is not base64"},
		{"signature with stray bits", http.Header{url: good[url], signature: {stray(good[signature][0])}}, alexa.ReasonHeader, "Signature-256 is not base64"},
		{"signature of line feeds", http.Header{url: good[url], signature: {"\n\n"}}, alexa.ReasonHeader, "Signature-256 is not base64"},
		{"signature is endless", http.Header{url: good[url], signature: {strings.Repeat("A", 1372)}}, alexa.ReasonHeader, "Signature-256 has 1372 characters"},
		{"signature of another thing", http.Header{url: good[url], signature: {"aGVsbG8NCg=="}}, alexa.ReasonSignature, "does not fit"},

		{"no address", http.Header{signature: good[signature]}, alexa.ReasonHeader, "SignatureCertChainUrl is missing or empty"},
		{"empty address", http.Header{signature: good[signature], url: {""}}, alexa.ReasonHeader, "SignatureCertChainUrl is missing or empty"},
		{"address twice", http.Header{signature: good[signature], url: {address, address}}, alexa.ReasonHeader, "SignatureCertChainUrl is there 2 times"},
		{"address elsewhere", http.Header{signature: good[signature], url: {"https://evil.example/echo.api/good.pem"}}, alexa.ReasonCertificateURL, "is not on s3.amazonaws.com"},
		{"address with a switch", http.Header{signature: good[signature], url: {address + "?_dev=1"}}, alexa.ReasonCertificateURL, "has a query"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { wantRefused(t, v, tt.header, body, tt.reason, tt.text) })
	}
	b.wantFetches(t, "good.pem", 1) // for the signature of another thing
}

// stray sets a bit that base64 leaves unused: lenient decoders read the same.
func stray(signature string) string {
	text := strings.TrimSuffix(signature, "==")
	last := len(text) - 1
	return text[:last] + string(text[last]+1) + "=="
}

// A signature that is right by the old header's rule is not looked at, neither
// alone nor beside one that is wrong.
func TestVerify_NeverFallsBackToTheLegacySignature(t *testing.T) {
	t.Parallel()
	v, b, address := published(t)
	header := sign(t, goodChain(), address, body)
	header.Set("Signature", header.Get("Signature-256"))
	header.Del("Signature-256")
	wantRefused(t, v, header, body, alexa.ReasonHeader, "Signature-256 is missing or empty")
	b.wantFetches(t, "good.pem", 0)

	header.Set("Signature-256", "aGVsbG8NCg==")
	wantRefused(t, v, header, body, alexa.ReasonSignature, "does not fit")
}

func TestVerify_RefusesAlteredBody(t *testing.T) {
	t.Parallel()
	v, _, address := published(t)
	header := sign(t, goodChain(), address, body)
	flipped := []byte(string(body))
	flipped[len(flipped)/2] ^= 1
	for name, altered := range map[string][]byte{
		"one bit":         flipped,
		"a space more":    append([]byte(string(body)), ' '),
		"a byte less":     body[:len(body)-1],
		"a space between": []byte(strings.Replace(string(body), ":", ": ", 1)), // as a framework writes it again
		"nothing":         nil,
	} {
		t.Run(name, func(t *testing.T) { wantRefused(t, v, header, altered, alexa.ReasonSignature, "does not fit") })
	}
}

func TestVerify_RefusesAlteredSignature(t *testing.T) {
	t.Parallel()
	v, _, address := published(t)
	header := sign(t, goodChain(), address, body)
	signature, err := base64.StdEncoding.DecodeString(header.Get("Signature-256"))
	if err != nil {
		t.Fatal(err)
	}
	for name, altered := range map[string][]byte{
		"one bit":     append([]byte{signature[0] ^ 1}, signature[1:]...),
		"a byte less": signature[1:],
		"a byte more": append([]byte{0}, signature...),
	} {
		t.Run(name, func(t *testing.T) {
			header := header.Clone()
			header.Set("Signature-256", base64.StdEncoding.EncodeToString(altered))
			wantRefused(t, v, header, body, alexa.ReasonSignature, "does not fit")
		})
	}
}

func TestVerify_RefusesSignatureOfAnotherKey(t *testing.T) {
	t.Parallel()
	v, _, address := published(t)
	other := alexatest.Credential{Key: otherRSAKey()}
	wantRefused(t, v, sign(t, other, address, body), body, alexa.ReasonSignature, "does not fit")
}

// mikeflynn/go-alexa skips all checks for ?_dev=1. Here only the two headers
// and the body are seen, and nothing in them is a switch.
func TestVerify_TakesNoSwitchFromTheRequest(t *testing.T) {
	t.Parallel()
	v, _, address := published(t)
	switched := []byte(`{"_dev":1,"debug":true,"request":{"type":"LaunchRequest"}}`)
	unsigned := http.Header{"_dev": {"1"}, "X-Debug": {"1"}, "X-Forwarded-For": {"127.0.0.1"}, "User-Agent": {"Apache-HttpClient (Amazon)"}}
	wantRefused(t, v, unsigned, switched, alexa.ReasonHeader, "missing")

	forged := http.Header{"_dev": {"1"}, "Signature-256": {"aGVsbG8NCg=="}, "Signaturecertchainurl": {address}}
	wantRefused(t, v, forged, switched, alexa.ReasonSignature, "does not fit")
}
