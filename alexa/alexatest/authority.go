// Package alexatest signs requests as Amazon does, with an authority of its
// own. `hark say` and `hark send` use it, and so do tests: nothing ever has to
// go around verification.
//
//	authority, err := alexatest.Open(dir)  // or Create
//	header, err := authority.Sign(body)    // Signature-256, SignatureCertChainUrl
//
// A gateway trusts it only when it was started with the authority's public
// file, Authority.PEM.
package alexatest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"time"

	"github.com/harkvoice/hark/alexa"
)

// SigningName is the subject alternative name of Amazon's signing certificate.
const SigningName = "echo-api.amazon.com"

const lifetime = 10 * 365 * 24 * time.Hour

// Authority is a certificate authority with a signing certificate of the form
// of Amazon's: leaf → intermediate → root, the leaf with an RSA key and the
// name echo-api.amazon.com. It is safe for concurrent use.
type Authority struct {
	root    *x509.Certificate
	rootKey crypto.Signer
	signing Credential
}

// Credential is a certificate with its key and the certificates above it.
type Credential struct {
	Key crypto.Signer
	// Chain starts with the certificate of Key.
	Chain []*x509.Certificate
}

// PEM is the chain as Amazon publishes it.
func (c Credential) PEM() []byte { return encode(c.Chain...) }

// New makes an authority. It takes a fraction of a second.
func New() (*Authority, error) {
	a := &Authority{}
	var err error
	if a.rootKey, err = newKey(); err != nil {
		return nil, err
	}
	if a.root, err = sign(caTemplate("hark development root", 2), nil, a.rootKey.Public(), a.rootKey); err != nil {
		return nil, err
	}
	a.signing, err = a.Issue(Leaf{})
	return a, err
}

// Leaf says what a signing certificate shall be like; the zero value is one
// that passes verification.
type Leaf struct {
	Key                 crypto.Signer // nil: a new RSA key of 2048 bits
	Names               []string      // subject alternative names; nil: SigningName
	CommonName          string
	NotBefore, NotAfter time.Time // zero: from an hour ago, for ten years
}

// Issue makes a signing certificate with an intermediate of its own.
func (a *Authority) Issue(l Leaf) (Credential, error) {
	interKey, err := newKey()
	if err != nil {
		return Credential{}, err
	}
	inter, err := sign(caTemplate("hark development intermediate", 0), a.root, interKey.Public(), a.rootKey)
	if err != nil {
		return Credential{}, err
	}
	if l.Key == nil {
		if l.Key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			return Credential{}, err
		}
	}
	if l.Names == nil {
		l.Names = []string{SigningName}
	}
	leaf, err := sign(l.template(), inter, l.Key.Public(), interKey)
	if err != nil {
		return Credential{}, err
	}
	return Credential{Key: l.Key, Chain: []*x509.Certificate{leaf, inter}}, nil
}

func (l Leaf) template() *x509.Certificate {
	t := template(l.CommonName)
	t.DNSNames = l.Names
	if !l.NotBefore.IsZero() {
		t.NotBefore = l.NotBefore
	}
	if !l.NotAfter.IsZero() {
		t.NotAfter = l.NotAfter
	}
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	return t
}

// ServerCertificate makes a TLS certificate for these host names and IP
// addresses, good for 30 days.
func (a *Authority) ServerCertificate(hosts ...string) (tls.Certificate, error) {
	key, err := newKey()
	if err != nil {
		return tls.Certificate{}, err
	}
	l := Leaf{CommonName: hosts[0], NotAfter: time.Now().Add(30 * 24 * time.Hour)}
	t := l.template()
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, h)
		}
	}
	leaf, err := sign(t, a.root, key.Public(), a.rootKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

// Root is the root's certificate.
func (a *Authority) Root() *x509.Certificate { return a.root }

// Pool is a pool of the root alone.
func (a *Authority) Pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(a.root)
	return p
}

// PEM is the public file of the authority, which a gateway is told to trust:
// the signing certificate, the intermediate, the root.
func (a *Authority) PEM() []byte {
	return encode(append(a.signing.Chain[:len(a.signing.Chain):len(a.signing.Chain)], a.root)...)
}

// URL is where requests signed by this authority say that their certificate
// is. It has the form that Amazon's have, and is never fetched.
func (a *Authority) URL() string { return DevelopmentURL(a.root) }

// DevelopmentURL is the certificate URL of the authority with that root.
func DevelopmentURL(root *x509.Certificate) string {
	sum := sha256.Sum256(root.Raw)
	return "https://s3.amazonaws.com/echo.api/hark-development-" + hex.EncodeToString(sum[:8]) + ".pem"
}

// Sign signs a body and returns the two headers to send with it.
func (a *Authority) Sign(body []byte) (http.Header, error) {
	return a.signing.Sign(body, a.URL())
}

// Sign signs a body as Amazon does, for a certificate at url.
func (c Credential) Sign(body []byte, url string) (http.Header, error) {
	digest := sha256.Sum256(body)
	signature, err := c.Key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("signing the request: %w", err)
	}
	h := make(http.Header)
	h.Set(alexa.HeaderSignature, base64.StdEncoding.EncodeToString(signature))
	h.Set(alexa.HeaderCertificateURL, url)
	return h, nil
}

func newKey() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

func caTemplate(name string, pathLength int) *x509.Certificate {
	t := template(name)
	t.IsCA = true
	t.BasicConstraintsValid = true
	t.MaxPathLen = pathLength
	t.MaxPathLenZero = pathLength == 0
	t.KeyUsage = x509.KeyUsageCertSign
	return t
}

func template(name string) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(lifetime),
	}
}

// sign issues a certificate; a nil parent makes it self-signed.
func sign(t, parent *x509.Certificate, public crypto.PublicKey, key crypto.Signer) (*x509.Certificate, error) {
	if parent == nil {
		parent = t
	}
	der, err := x509.CreateCertificate(rand.Reader, t, parent, public, key)
	if err != nil {
		return nil, fmt.Errorf("issuing a certificate for %q: %w", t.Subject.CommonName, err)
	}
	return x509.ParseCertificate(der)
}

func encode(chain ...*x509.Certificate) (file []byte) {
	for _, c := range chain {
		file = append(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return file
}
