package certificate

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
)

// Fault is why two files cannot be served at all.
type Fault struct {
	Err  error
	Mend string
}

func (f *Fault) Error() string { return f.Err.Error() }

// Unwrap is for errors.Is.
func (f *Fault) Unwrap() error { return f.Err }

// Load reads a chain and the key of its first certificate. The error is a *Fault.
func Load(certFile, keyFile string) (pair tls.Certificate, chain []*x509.Certificate, err error) {
	chain, err = readChain(certFile)
	if err != nil {
		return pair, nil, err
	}
	key, err := readKey(keyFile)
	if err != nil {
		return pair, nil, err
	}
	// By the key first: that tells what is wrong better than crypto/tls.
	if err := belongs(key, chain, certFile, keyFile); err != nil {
		return pair, nil, err
	}
	pair = tls.Certificate{PrivateKey: key, Leaf: chain[0]}
	for _, c := range chain {
		pair.Certificate = append(pair.Certificate, c.Raw)
	}
	return pair, chain, nil
}

func readChain(file string) (chain []*x509.Certificate, err error) {
	blocks, err := blocksOf(file)
	if err != nil {
		return nil, err
	}
	for _, b := range blocks {
		if b.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(b.Bytes)
		if err != nil {
			return nil, &Fault{fmt.Errorf("%s: certificate %d cannot be read: %w", file, len(chain)+1, err), "Copy the file anew."}
		}
		chain = append(chain, c)
	}
	if len(chain) > 0 {
		return chain, nil
	}
	if len(blocks) > 0 && strings.HasSuffix(blocks[0].Type, "PRIVATE KEY") {
		return nil, &Fault{fmt.Errorf("%s has a key and no certificate", file), "--tls-cert names the certificate, --tls-key the key: are they interchanged?"}
	}
	return nil, &Fault{fmt.Errorf("%s has no certificate in PEM, which starts with -----BEGIN CERTIFICATE-----", file),
		"If it is DER: openssl x509 -inform der -in FILE -out FILE.pem"}
}

func readKey(file string) (crypto.Signer, error) {
	blocks, err := blocksOf(file)
	if err != nil {
		return nil, err
	}
	for _, b := range blocks {
		switch {
		case b.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(b.Headers["Proc-Type"], "ENCRYPTED"):
			return nil, &Fault{fmt.Errorf("the key in %s is encrypted, and hark asks for no passphrase", file), "Decrypt it: openssl pkey -in FILE -out FILE.plain, readable for hark only."}
		case strings.HasSuffix(b.Type, "PRIVATE KEY"):
			key, err := parseKey(b.Bytes)
			if err != nil {
				return nil, &Fault{fmt.Errorf("%s: the key cannot be read: %w", file, err), "Copy the file anew."}
			}
			return key, nil
		}
	}
	if len(blocks) > 0 && blocks[0].Type == "CERTIFICATE" {
		return nil, &Fault{fmt.Errorf("%s has a certificate and no key", file), "--tls-cert names the certificate, --tls-key the key: are they interchanged?"}
	}
	return nil, &Fault{fmt.Errorf("%s has no key in PEM, such as -----BEGIN PRIVATE KEY-----", file), "If it is DER: openssl pkey -inform der -in FILE -out FILE.pem"}
}

// blocksOf reads the PEM blocks of a file.
func blocksOf(file string) (blocks []*pem.Block, err error) {
	rest, err := os.ReadFile(file)
	if err != nil {
		return nil, &Fault{err, "Check --tls-cert and --tls-key, and that hark's user may read both files."}
	}
	for {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			return blocks, nil
		}
		blocks = append(blocks, b)
	}
}

// parseKey takes the three forms of a key that are about.
func parseKey(der []byte) (crypto.Signer, error) {
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, err
	}
	if s, ok := key.(crypto.Signer); ok {
		return s, nil
	}
	return nil, fmt.Errorf("it is a %T, which cannot sign", key)
}

// belongs checks that the key is the first certificate's.
func belongs(key crypto.Signer, chain []*x509.Certificate, certFile, keyFile string) error {
	for i, c := range chain {
		public, ok := c.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
		if !ok || !public.Equal(key.Public()) {
			continue
		}
		if i == 0 {
			return nil
		}
		return &Fault{fmt.Errorf("%s is in the wrong order: %s, whose key is in %s, is number %d", certFile, Title(c), keyFile, i+1),
			"Put the server's certificate first, then the one that issued it, and so on."}
	}
	return &Fault{fmt.Errorf("the key in %s is not that of %s in %s", keyFile, Title(chain[0]), certFile),
		"Name the key that the certificate was requested with; after a renewal both files are new."}
}

// MendOf is what to do about an error of this package.
func MendOf(err error) string {
	if f := (*Fault)(nil); errors.As(err, &f) {
		return f.Mend
	}
	return ""
}

// Parse reads a chain as TLS has it.
func Parse(raw [][]byte) (chain []*x509.Certificate, err error) {
	for _, der := range raw {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		chain = append(chain, c)
	}
	return chain, nil
}
