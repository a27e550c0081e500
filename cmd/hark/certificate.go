package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/harkvoice/hark/internal/certificate"
	"github.com/harkvoice/hark/internal/option"
)

func certificateCommand() *cobra.Command {
	s := defaults()
	return with(&cobra.Command{
		Use:     "certificate [HOST…]",
		Aliases: []string{"cert"},
		Short:   "Make an HTTPS certificate, for the console or for trying a gateway without Amazon",
		Long: "certificate makes a certificate and its key for host names and addresses,\nsigned by the development authority, which hark say and hark send trust. It is\ngood for 30 days. Amazon does not take it.\n\n" +
			"With --self-signed it makes one that Amazon takes for a skill in development, once\nyou have uploaded it in the console. It is for domains, and good for a year.",
		Example: "  hark certificate localhost 192.168.1.20\n  hark certificate --self-signed skill.example.org",
		RunE: func(cmd *cobra.Command, hosts []string) error {
			return s.makeCertificate(hosts, cmd.OutOrStdout())
		},
	}, s.certificateOptions())
}

func (s *settings) certificateOptions() []option.Option {
	return []option.Option{
		{Name: "out", Usage: "directory that takes tls-cert.pem and tls-key.pem", Value: option.Text(&s.Out, "directory")},
		{Name: "self-signed", Usage: "make one of the console's self-signed kind, for domains, to be uploaded there", Value: option.Switch(&s.SelfSigned)},
		s.stateOption(),
	}
}

// makeCertificate is `hark certificate`.
func (s *settings) makeCertificate(hosts []string, out io.Writer) error {
	made := s.developmentPair
	if s.SelfSigned {
		made = selfSignedPair
	}
	pair, err := made(hosts, out)
	if err != nil {
		return err
	}
	if err := s.writePair(pair, out); err != nil {
		return err
	}
	if !s.SelfSigned {
		fmt.Fprintf(out, "\nhark say and hark send trust it, until %s; Amazon does not.\nFor the Alexa console make another: hark cert --self-signed DOMAIN\n", pair.Leaf.NotAfter.Format(time.DateOnly))
		return nil
	}
	fmt.Fprintf(out, `
1. In the Alexa console, under Build, Endpoint, HTTPS: name https://%s/alexa, choose "I will upload
   a self-signed certificate in X.509 format", and upload %s, not the key.
   In skill.json the endpoint's sslCertificateType is then "SelfSigned".
2. Serve it: hark serve --https :443 --public-name %s --tls-cert %s --tls-key %s …
It is good until %s, and for a skill in development only.
`, hosts[0], s.outFile(certificateFile), hosts[0], s.outFile(certificateFile), s.outFile(keyFile), pair.Leaf.NotAfter.Format(time.DateOnly))
	return nil
}

// developmentPair is a certificate of the development authority's.
func (s *settings) developmentPair(hosts []string, out io.Writer) (tls.Certificate, error) {
	authority, err := s.openAuthority(out)
	if err != nil {
		return tls.Certificate{}, err
	}
	if len(hosts) == 0 {
		hosts = []string{"localhost", "127.0.0.1", "::1"}
	}
	return authority.ServerCertificate(hosts...)
}

func selfSignedPair(domains []string, _ io.Writer) (pair tls.Certificate, err error) {
	const next = "Name the domain that the skill's endpoint has, as in: hark certificate --self-signed skill.example.org"
	if len(domains) == 0 {
		return pair, hinted{errors.New("a self-signed certificate wants a domain"), next}
	}
	for _, d := range domains {
		if err := checkDomain(d); err != nil {
			return pair, hinted{err, next}
		}
		if net.ParseIP(d) != nil || !strings.Contains(d, ".") {
			return pair, hinted{fmt.Errorf("%q is no domain, and Amazon connects to nothing else", d), next}
		}
	}
	return certificate.MakeSelfSigned(domains...)
}

const (
	certificateFile = "tls-cert.pem"
	keyFile         = "tls-key.pem"
)

func (s *settings) outFile(name string) string { return filepath.Join(s.Out, name) }

// writePair writes a certificate and its key where --out says.
func (s *settings) writePair(pair tls.Certificate, out io.Writer) error {
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		return err
	}
	var chain bytes.Buffer
	for _, c := range pair.Certificate {
		_ = pem.Encode(&chain, &pem.Block{Type: "CERTIFICATE", Bytes: c}) // a buffer takes all
	}
	for _, file := range []struct {
		name string
		text []byte
	}{
		{certificateFile, chain.Bytes()},
		{keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})},
	} {
		path := s.outFile(file.name)
		_ = os.Remove(path) // or the key would be as readable as what was there
		if err := os.WriteFile(path, file.text, 0o600); err != nil {
			return hinted{err, "Name a directory that can be written with --out."}
		}
		fmt.Fprintln(out, path)
	}
	return nil
}
