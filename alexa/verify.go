package alexa

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"time"
)

// The headers of a signed request. There is no third: the older "Signature"
// header (SHA-1) is not read, not even when the others are missing.
const (
	HeaderSignature      = "Signature-256"
	HeaderCertificateURL = "Signaturecertchainurl" // in the form that net/http gives to SignatureCertChainUrl
)

// maxSignature is the longest signature that is decoded, in base64 characters:
// that of an RSA key of 8192 bits.
const maxSignature = 1368

// Signer says who signed a request.
type Signer int

// The signers that a Verifier can trust.
const (
	Amazon      Signer = iota + 1 // through the certificate that Amazon publishes
	Development                   // through a development authority named at start
)

// VerifierConfig configures a Verifier; its zero value trusts Amazon only, by
// the system's roots.
type VerifierConfig struct {
	// Roots are the certificate authorities trusted for Amazon's
	// certificates; nil means the system's.
	Roots *x509.CertPool
	// Client fetches certificates; nil means a client of its own. Redirects
	// are never followed.
	Client *http.Client
	// Development is the PEM file of a development authority: its signing
	// certificate, intermediates, and last its root. Requests signed by it
	// are accepted besides Amazon's. Empty means none.
	Development []byte
	// DevelopmentURL is where such requests say their certificate is. It is
	// never fetched.
	DevelopmentURL string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Verifier decides whether a request comes from Alexa. It is safe for
// concurrent use. Nothing in a request can switch any of its checks off.
type Verifier struct {
	certificates *certificates
	development  map[string]*chain
	now          func() time.Time
}

// NewVerifier returns an error if the system's roots cannot be read or the
// development authority is not a valid one.
func NewVerifier(c VerifierConfig) (*Verifier, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Client == nil {
		c.Client = &http.Client{}
	}
	if c.Roots == nil {
		roots, err := x509.SystemCertPool()
		if err != nil {
			return nil, fmt.Errorf("reading the system's certificate authorities: %w", err)
		}
		c.Roots = roots
	}
	v := &Verifier{
		certificates: &certificates{
			client:   direct(c.Client),
			roots:    c.Roots,
			now:      c.Now,
			fetching: make(chan struct{}, maxFetches),
			entries:  make(map[string]entry),
		},
		development: make(map[string]*chain),
		now:         c.Now,
	}
	if len(c.Development) > 0 {
		if err := v.trust(c.Development, c.DevelopmentURL); err != nil {
			return nil, fmt.Errorf("development authority: %w", err)
		}
	}
	return v, nil
}

// trust accepts a development authority beside Amazon. Its root never joins
// the roots that fetched certificates are verified by.
func (v *Verifier) trust(file []byte, address string) error {
	url, err := CertificateURL(address)
	if err != nil {
		return err
	}
	certificates, err := parsePEM(file)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificates[len(certificates)-1])
	chain, err := verifyChain(file, roots, v.now())
	if err != nil {
		return err
	}
	chain.signer = Development
	v.development[url] = chain
	return nil
}

// Verify checks that body, the exact bytes received, was signed by Alexa or by
// the development authority, and returns which. Otherwise it returns a
// *Refusal. It may fetch a certificate, for which it waits no longer than ctx.
//
// Clause: "Manually verify that the request was sent by Alexa".
func (v *Verifier) Verify(ctx context.Context, header http.Header, body []byte) (Signer, error) {
	signature, err := signature(header)
	if err != nil {
		return 0, err
	}
	address, err := single(header, HeaderCertificateURL, "SignatureCertChainUrl")
	if err != nil {
		return 0, err
	}
	url, err := CertificateURL(address)
	if err != nil {
		return 0, err
	}
	chain, err := v.chain(ctx, url)
	if err != nil {
		return 0, err
	}
	if err := chain.judge(v.now()); err != nil {
		return 0, &Refusal{Reason: ReasonChain, Err: err}
	}
	digest := sha256.Sum256(body)
	if err := rsa.VerifyPKCS1v15(chain.key, crypto.SHA256, digest[:], signature); err != nil {
		return 0, Refuse(ReasonSignature, "the signature does not fit the body and the certificate")
	}
	return chain.signer, nil
}

func (v *Verifier) chain(ctx context.Context, url string) (*chain, error) {
	if c, ok := v.development[url]; ok {
		return c, nil
	}
	return v.certificates.get(ctx, url)
}

func signature(header http.Header) ([]byte, error) {
	text, err := single(header, HeaderSignature, HeaderSignature)
	if err != nil {
		return nil, err
	}
	if len(text) > maxSignature {
		return nil, Refuse(ReasonHeader, "the header %s has %d characters, at most %d are read", HeaderSignature, len(text), maxSignature)
	}
	signature, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(signature) == 0 {
		return nil, Refuse(ReasonHeader, "the header %s is not base64", HeaderSignature)
	}
	return signature, nil
}

// single returns the one value of a header. Two are refused: it would be
// anybody's guess which of them a proxy before hark looked at.
func single(header http.Header, key, name string) (string, error) {
	values := header[key]
	switch {
	case len(values) == 0 || values[0] == "":
		return "", Refuse(ReasonHeader, "the header %s is missing or empty", name)
	case len(values) > 1:
		return "", Refuse(ReasonHeader, "the header %s is there %d times", name, len(values))
	}
	return values[0], nil
}
