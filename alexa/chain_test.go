package alexa_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/alexa/alexatest"
)

// refusesChain fails unless a request whose certificate file is this one is
// refused for its certificate, though the signature itself is right.
func refusesChain(t *testing.T, file []byte, text string) {
	t.Helper()
	b := newBucket(t)
	signer := alexatest.Credential{Key: rsaKey()}
	header := sign(t, signer, b.put("bad.pem", file), body)
	wantRefused(t, newVerifier(t, b.config()), header, body, alexa.ReasonChain, text)
}

// withRoot is a chain whose file ends in the root that it leads to.
func withRoot(a *alexatest.Authority, c alexatest.Credential) []byte {
	return alexatest.Credential{Chain: append(slices.Clone(c.Chain), a.Root())}.PEM()
}

func TestVerify_RefusesExpiredCertificate(t *testing.T) {
	t.Parallel()
	now := time.Now()
	c := issue(amazon(), alexatest.Leaf{NotBefore: now.Add(-48 * time.Hour), NotAfter: now.Add(-24 * time.Hour)})
	refusesChain(t, c.PEM(), "expired")
}

func TestVerify_RefusesCertificateThatIsNotYetValid(t *testing.T) {
	t.Parallel()
	c := issue(amazon(), alexatest.Leaf{NotBefore: time.Now().Add(24 * time.Hour)})
	refusesChain(t, c.PEM(), "not yet valid")
}

func TestVerify_RefusesCertificateForAnotherName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"example.com",
		"amazon.com",
		"echo-api.amazon.com.evil.example",     // found by whoever looks for a part
		"not-echo-api.amazon.com",              // and this by whoever looks at the end
		"not-echo-api.amazon.com.evil.example", // or anywhere
		"www.echo-api.amazon.com",
		"*.echo-api.amazon.com",
	} {
		t.Run(name, func(t *testing.T) {
			c := issue(amazon(), alexatest.Leaf{Names: []string{name}, CommonName: alexatest.SigningName})
			refusesChain(t, c.PEM(), "not echo-api.amazon.com")
		})
	}
}

// Six public verifiers look at the common name.
func TestVerify_RefusesNameInTheCommonNameAlone(t *testing.T) {
	t.Parallel()
	c := issue(amazon(), alexatest.Leaf{Names: []string{}, CommonName: alexatest.SigningName})
	refusesChain(t, c.PEM(), "legacy Common Name")
}

func TestVerify_AcceptsNameAmongOthers(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	c := issue(amazon(), alexatest.Leaf{Names: []string{"example.com", "ECHO-API.amazon.com"}, CommonName: "example.com"})
	wantSigner(t, newVerifier(t, b.config()), sign(t, c, b.put("good.pem", c.PEM()), body), body, alexa.Amazon)
}

func TestVerify_RefusesSelfSignedCertificate(t *testing.T) {
	t.Parallel()
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: alexatest.SigningName},
		DNSNames:     []string{alexatest.SigningName},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(time.Hour),
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, rsaKey().Public(), rsaKey())
	if err != nil {
		t.Fatal(err)
	}
	refusesChain(t, block("CERTIFICATE", der), "unknown authority")
}

// Two public Go verifiers take the downloaded chain's own tail for a root.
func TestVerify_RefusesChainEndingInItsOwnTail(t *testing.T) {
	t.Parallel()
	c := issue(stranger(), alexatest.Leaf{})
	refusesChain(t, withRoot(stranger(), c), "unknown authority")
}

func TestVerify_RefusesChainOfAnUnknownAuthority(t *testing.T) {
	t.Parallel()
	refusesChain(t, issue(stranger(), alexatest.Leaf{}).PEM(), "unknown authority")
}

// The trusted root beside a chain does not make the chain one of the root's.
func TestVerify_RefusesChainWithForeignRootBesideIt(t *testing.T) {
	t.Parallel()
	c := issue(stranger(), alexatest.Leaf{})
	refusesChain(t, withRoot(amazon(), c), "unknown authority")
}

func TestVerify_AcceptsTrustedRootInTheFile(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	address := b.put("whole.pem", withRoot(amazon(), goodChain()))
	wantSigner(t, newVerifier(t, b.config()), sign(t, goodChain(), address, body), body, alexa.Amazon)
}

func TestVerify_RefusesChainWithoutItsIntermediate(t *testing.T) {
	t.Parallel()
	refusesChain(t, alexatest.Credential{Chain: goodChain().Chain[:1]}.PEM(), "unknown authority")
}

// The first certificate of the file is the one that signed.
func TestVerify_RefusesChainInReverse(t *testing.T) {
	t.Parallel()
	c := goodChain()
	refusesChain(t, alexatest.Credential{Chain: []*x509.Certificate{c.Chain[1], c.Chain[0]}}.PEM(), "not valid for any names")
}

func TestVerify_RefusesKeysThatAmazonDoesNotSignWith(t *testing.T) {
	t.Parallel()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		leaf alexatest.Leaf
		text string
	}{
		{"elliptic curve", alexatest.Leaf{Key: ec}, "key of type ECDSA, Amazon signs with RSA"},
		{"short", alexatest.Leaf{Key: newRSAKey(1024)}, "key of 1024 bits, at least 2048 are needed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBucket(t)
			c := issue(amazon(), tt.leaf)
			header := sign(t, c, b.put("bad.pem", c.PEM()), body)
			wantRefused(t, newVerifier(t, b.config()), header, body, alexa.ReasonChain, tt.text)
		})
	}
}

func TestVerify_RefusesFilesThatAreNoChain(t *testing.T) {
	t.Parallel()
	good, key := goodChain().PEM(), privateKey(t)
	for _, tt := range []struct {
		name string
		file []byte
		text string
	}{
		{"empty", nil, "holds no certificate"},
		{"HTML", []byte("<html>Not here</html>"), "holds no certificate"},
		{"DER without armour", goodChain().Chain[0].Raw, "holds no certificate"},
		{"armour around garbage", block("CERTIFICATE", []byte("garbage")), "certificate 1 of the file"},
		{"garbage after the leaf", slices.Concat(block("CERTIFICATE", goodChain().Chain[0].Raw), block("CERTIFICATE", nil)), "certificate 2 of the file"},
		{"text at the end", append(slices.Clone(good), "and so on"...), "ends in something that is no certificate"},
		{"cut short", good[:len(good)-40], "ends in something that is no certificate"},
		{"private key", slices.Concat(good, key), `holds a "PRIVATE KEY"`},
		{"private key first", slices.Concat(key, good), `holds a "PRIVATE KEY"`},
		{"signing request", block("CERTIFICATE REQUEST", goodChain().Chain[0].Raw), `holds a "CERTIFICATE REQUEST"`},
		{"twenty certificates", bytes.Repeat(good, 10), "more than 10 certificates"},
		{"too large", slices.Concat(good, bytes.Repeat([]byte("\n"), 64<<10)), "larger than 65536 bytes"},
		{"much too large", bytes.Repeat(good, 10_000), "larger than 65536 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) { refusesChain(t, tt.file, tt.text) })
	}
}

// Comments and blank lines around the blocks are usual in PEM files.
func TestVerify_AcceptsTextBeforeCertificates(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	file := slices.Concat([]byte("subject=CN = echo-api.amazon.com\r\n"), goodChain().PEM(), []byte("\r\n \n"))
	wantSigner(t, newVerifier(t, b.config()), sign(t, goodChain(), b.put("good.pem", file), body), body, alexa.Amazon)
}

// A test authority is nobody to a verifier that was told nothing.
func TestVerify_TrustsOnlyTheSystemsRootsByDefault(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	v := newVerifier(t, alexa.VerifierConfig{Client: b.client})
	header := sign(t, goodChain(), b.put("good.pem", goodChain().PEM()), body)
	wantRefused(t, v, header, body, alexa.ReasonChain, "unknown authority")
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func privateKey(t *testing.T) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(rsaKey())
	if err != nil {
		t.Fatal(err)
	}
	return block("PRIVATE KEY", der)
}
