//go:build linux

package deploy

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// certify writes DIR/ca.pem, cert.pem and key.pem as Docker's clients look for them, which
// serve as the engine's as well.
func certify(t *testing.T, dir string, address string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	root, err := x509.CreateCertificate(rand.Reader, ca, ca, key.Public(), key)
	check(t, err)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.ParseIP(address)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}}
	cert, err := x509.CreateCertificate(rand.Reader, leaf, ca, key.Public(), key)
	check(t, err)
	private, err := x509.MarshalECPrivateKey(key)
	check(t, err)
	for name, block := range map[string]*pem.Block{"ca.pem": {Type: "CERTIFICATE", Bytes: root}, "cert.pem": {Type: "CERTIFICATE", Bytes: cert}, "key.pem": {Type: "EC PRIVATE KEY", Bytes: private}} {
		check(t, os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600))
	}
}

// A gateway without the socket takes Docker's API over TLS.
func TestServe_TakesDockerOverTLS(t *testing.T) {
	const address = "192.168.77.1" // of the first node, in its cluster
	dir := t.TempDir()
	certify(t, dir, address)
	s := newSite(t, "-H", "tcp://0.0.0.0:2376", "--tlsverify", "--tlscacert", dir+"/ca.pem", "--tlscert", dir+"/cert.pem", "--tlskey", dir+"/key.pem")
	s.serve(t, "DOCKER_HOST=tcp://"+address+":2376", "DOCKER_TLS_VERIFY=1", "DOCKER_CERT_PATH="+dir)
	s.create(t, "noop", 1)
	s.answers(t, "noop")
}
