package main

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/harkvoice/hark/internal/option"
)

func certificateCommand() *cobra.Command {
	s := defaults()
	return with(&cobra.Command{
		Use:   "certificate [HOST…]",
		Short: "Make an HTTPS certificate for trying a gateway without Amazon",
		Long:  "certificate makes a certificate and its key for host names and addresses,\nsigned by the development authority, which hark say and hark send trust. It is\ngood for 30 days. Amazon does not take it.",
		RunE: func(cmd *cobra.Command, hosts []string) error {
			return s.makeCertificate(hosts, cmd.OutOrStdout())
		},
	}, s.certificateOptions())
}

func (s *settings) certificateOptions() []option.Option {
	return []option.Option{
		{Name: "out", Usage: "directory that takes tls-cert.pem and tls-key.pem", Value: option.Text(&s.Out, "directory")},
		s.stateOption(),
	}
}

// makeCertificate is `hark certificate`.
func (s *settings) makeCertificate(hosts []string, out io.Writer) error {
	authority, err := s.openAuthority(out)
	if err != nil {
		return err
	}
	if len(hosts) == 0 {
		hosts = []string{"localhost", "127.0.0.1", "::1"}
	}
	pair, err := authority.ServerCertificate(hosts...)
	if err != nil {
		return err
	}
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		return err
	}
	var chain bytes.Buffer
	for _, c := range pair.Certificate {
		_ = pem.Encode(&chain, &pem.Block{Type: "CERTIFICATE", Bytes: c}) // a buffer takes all
	}
	for name, text := range map[string][]byte{
		"tls-cert.pem": chain.Bytes(),
		"tls-key.pem":  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
	} {
		path := filepath.Join(s.Out, name)
		_ = os.Remove(path) // or the key would be as readable as what was there
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return hinted{err, "Name a directory that can be written with --out."}
		}
		fmt.Fprintln(out, path)
	}
	return nil
}
