package alexa

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"
)

const (
	// signingName is the name that a signing certificate must carry as a
	// subject alternative name (clause: "checking the certificate").
	signingName = "echo-api.amazon.com"

	maxCertificates = 10
	maxPEM          = 64 << 10
	minKeyBits      = 2048
)

// chain is a signing certificate that was verified up to a trusted root.
type chain struct {
	key    *rsa.PublicKey
	signer Signer
	// The chain is good within this window, which is the narrowest of all
	// its certificates, the root included.
	notBefore, notAfter time.Time
}

// judge says whether the chain is still good. It is asked at each use, so that
// a cached certificate does not outlive itself.
func (c *chain) judge(now time.Time) error {
	switch {
	case now.Before(c.notBefore):
		return fmt.Errorf("the signing certificate is not valid before %s", c.notBefore.Format(time.RFC3339))
	case now.After(c.notAfter):
		return fmt.Errorf("the signing certificate expired at %s", c.notAfter.Format(time.RFC3339))
	}
	return nil
}

// verifyChain reads a PEM file of a signing certificate followed by its
// intermediates and verifies it against roots. The tail of the file is never
// taken for a root, however it is signed.
func verifyChain(file []byte, roots *x509.CertPool, now time.Time) (*chain, error) {
	certificates, err := parsePEM(file)
	if err != nil {
		return nil, err
	}
	leaf, intermediates := certificates[0], x509.NewCertPool()
	for _, c := range certificates[1:] {
		intermediates.AddCert(c)
	}
	verified, err := leaf.Verify(x509.VerifyOptions{
		DNSName:       signingName, // against the SAN; Go never looks at the common name
		Roots:         roots,
		Intermediates: intermediates,
		CurrentTime:   now,
	})
	if err != nil {
		return nil, err
	}
	key, ok := leaf.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("the signing certificate has a key of type %s, Amazon signs with RSA", leaf.PublicKeyAlgorithm)
	}
	if bits := key.N.BitLen(); bits < minKeyBits {
		return nil, fmt.Errorf("the signing certificate has a key of %d bits, at least %d are needed", bits, minKeyBits)
	}
	c := &chain{key: key, signer: Amazon}
	c.notBefore, c.notAfter = window(verified[0])
	return c, nil
}

func parsePEM(file []byte) ([]*x509.Certificate, error) {
	if len(file) > maxPEM {
		return nil, fmt.Errorf("the certificate file is larger than %d bytes", maxPEM)
	}
	var certificates []*x509.Certificate
	for {
		block, rest := pem.Decode(file)
		if block == nil {
			break
		}
		file = rest
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("the certificate file holds a %.40q", block.Type)
		}
		if len(certificates) == maxCertificates {
			return nil, fmt.Errorf("the certificate file holds more than %d certificates", maxCertificates)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d of the file: %w", len(certificates)+1, err)
		}
		certificates = append(certificates, c)
	}
	if len(certificates) == 0 {
		return nil, errors.New("the certificate file holds no certificate")
	}
	if len(bytes.TrimSpace(file)) > 0 {
		return nil, errors.New("the certificate file ends in something that is no certificate")
	}
	return certificates, nil
}

func window(chain []*x509.Certificate) (notBefore, notAfter time.Time) {
	notBefore, notAfter = chain[0].NotBefore, chain[0].NotAfter
	for _, c := range chain[1:] {
		if c.NotBefore.After(notBefore) {
			notBefore = c.NotBefore
		}
		if c.NotAfter.Before(notAfter) {
			notAfter = c.NotAfter
		}
	}
	return notBefore, notAfter
}
