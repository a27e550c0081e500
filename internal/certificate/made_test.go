package certificate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// made is a certificate and its key.
type made struct {
	*x509.Certificate
	key crypto.Signer
}

// leaf is one for skill.example.org, valid for 90 days from an hour ago, changed
// by change, and issued by issuer, or by itself.
func leaf(t *testing.T, issuer *made, change func(*x509.Certificate)) *made {
	t.Helper()
	return issue(t, issuer, newKey(t), &x509.Certificate{
		Subject: pkix.Name{CommonName: "skill.example.org"}, DNSNames: []string{"skill.example.org"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * day),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, change)
}

func authority(t *testing.T, name string, issuer *made) *made {
	t.Helper()
	return issue(t, issuer, newKey(t), &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(1000 * day),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil)
}

func issue(t *testing.T, issuer *made, key crypto.Signer, template *x509.Certificate, change func(*x509.Certificate)) *made {
	t.Helper()
	var err error
	if template.SerialNumber, err = rand.Int(rand.Reader, big.NewInt(1<<60)); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(template)
	}
	parent := issuer
	if parent == nil {
		parent = &made{template, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent.Certificate, key.Public(), parent.key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &made{c, key}
}

func newKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func rsaKey(t *testing.T, bits int) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func chainOf(all ...*made) (chain []*x509.Certificate) {
	for _, m := range all {
		chain = append(chain, m.Certificate)
	}
	return chain
}

func poolOf(m *made) *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(m.Certificate)
	return p
}

// certPEM and keyPEM are files' contents.
func certPEM(all ...*made) (text []byte) {
	for _, m := range all {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: m.Raw})...)
	}
	return text
}

func keyPEM(t *testing.T, m *made) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(m.key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// write puts a file in place as certbot does, whole.
func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.WriteFile(file+".new", text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
}

func pairIn(t *testing.T, cert, key []byte) (certFile, keyFile string) {
	t.Helper()
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	write(t, certFile, cert)
	write(t, keyFile, key)
	return certFile, keyFile
}
