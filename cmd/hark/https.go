package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"

	"github.com/harkvoice/hark/internal/acme"
	"github.com/harkvoice/hark/internal/certificate"
	"github.com/harkvoice/hark/internal/drain"
	"github.com/harkvoice/hark/internal/forwarded"
)

// keeper has the certificate of the public listener, and keeps it fresh.
type keeper interface {
	TLS() *tls.Config
	Watch(ctx context.Context)
	Status() certificate.Status
}

// made is a keeper of a certificate that lasts.
type made struct{ tls.Certificate }

func (m made) TLS() *tls.Config           { return &tls.Config{Certificates: []tls.Certificate{m.Certificate}} }
func (m made) Watch(context.Context)      {}
func (m made) Status() certificate.Status { return certificate.Status{NotAfter: m.Leaf.NotAfter} }

// checkPublic reads what the public listeners are told, before anything is built
// or listens. What Amazon would not like about files is told, and does not stop
// hark.
func (s *settings) checkPublic(ctx context.Context, g *gateway) (err error) {
	if g.proxies, err = forwarded.Parse(s.TrustedProxies); err != nil {
		return err
	}
	files := s.TLSCert != "" || s.TLSKey != ""
	switch {
	case s.HTTP != "" && len(g.proxies) == 0:
		return hinted{errors.New("--http is for proxies that end TLS, and none is trusted"),
			"Name their networks with --trusted-proxies (HARK_TRUSTED_PROXIES), such as 127.0.0.1."}
	case files && s.ACME.Authority != "":
		return hinted{errors.New("the HTTPS certificate is to be issued, and there are files of one too"), "Give either --acme or --tls-cert and --tls-key."}
	case s.ACME.Authority != "":
		return s.checkACME(ctx)
	case !files && s.HTTP != "" && s.HTTPS == serveHTTPS:
		s.HTTPS = ""
		return nil
	case s.TLSCert == "" || s.TLSKey == "":
		return hinted{errors.New("there is no HTTPS certificate, and Amazon sends requests over HTTPS only"),
			"Name its files with --tls-cert and --tls-key (HARK_TLS_CERT, HARK_TLS_KEY), or have one issued with --acme letsencrypt."}
	}
	opened, err := certificate.Open(certificate.Config{Cert: s.TLSCert, Key: s.TLSKey, Names: s.PublicNames, Log: g.log})
	if err != nil {
		return hinted{fmt.Errorf("the HTTPS certificate: %w", err), certificate.MendOf(err)}
	}
	g.certificate = opened
	return nil
}

// checkACME looks whether a certificate can be asked for.
func (s *settings) checkACME(ctx context.Context) error {
	a := &s.ACME
	if err := acme.CheckAuthority(a.Authority); err != nil {
		return fmt.Errorf("--acme: %w", err)
	}
	if len(s.PublicNames) == 0 {
		return hinted{errors.New("no domain is named that a certificate is to be issued for"), "Name it with --public-name (HARK_PUBLIC_NAME), such as skill.example.org."}
	}
	if a.Email != "" {
		if parsed, err := mail.ParseAddress(a.Email); err != nil || parsed.Address != a.Email {
			return fmt.Errorf("--acme-email: %q is not an address, such as me@example.org", a.Email)
		}
	}
	if s.State == "" {
		return hinted{errors.New("there is no home directory to keep issued certificates in"), "Name a directory with --state or HARK_STATE, which gateways share."}
	}
	roots, err := a.roots()
	if err != nil || a.Agree {
		return err
	}
	terms, err := acme.Terms(ctx, acme.Directory(a.Authority), roots)
	if err != nil {
		return hinted{fmt.Errorf("the terms of service of %s have not been agreed to, and it does not say where they are: %w", a.Authority, err), "Find them at its site; if you agree to them, give --acme-agree."}
	}
	return hinted{fmt.Errorf("the terms of service of %s have not been agreed to: %s", a.Authority, cmp.Or(terms, "it has none")),
		"Read them; if you agree to them, give --acme-agree (HARK_ACME_AGREE=true)."}
}

// roots are nil for the system's.
func (a *acmeSettings) roots() (*x509.CertPool, error) {
	if a.Roots == "" {
		return nil, nil
	}
	text, err := os.ReadFile(a.Roots)
	if err != nil {
		return nil, fmt.Errorf("--acme-roots: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("--acme-roots: %s has no certificate in PEM", a.Roots)
	}
	return pool, nil
}

// issuer loads what was issued before, in the state directory.
func (s *settings) issuer(ctx context.Context, g *gateway) (*acme.Issuer, error) {
	roots, err := s.ACME.roots()
	if err != nil {
		return nil, err
	}
	config := acme.Config{
		Directory: acme.Directory(s.ACME.Authority), Names: s.PublicNames, Email: s.ACME.Email,
		Dir: filepath.Join(s.State, "acme"), HTTPS: g.public.Addr(), Roots: roots, Log: g.log,
	}
	if g.challenges != nil {
		config.HTTP = g.challenges.Addr()
	}
	issuer, err := acme.Open(ctx, config)
	if err != nil {
		return nil, hinted{err, "See that hark's user may read and write there; hark has another certificate issued where there is none."}
	}
	return issuer, nil
}

// addresses are those of the listeners, for the log.
func (g *gateway) addresses() (attrs []any) {
	for _, l := range []struct {
		name string
		*drain.Door
	}{{"https", g.public}, {"proxied", g.proxied}, {"challenges", g.challenges}, {"http", g.operator}} {
		if l.Door != nil {
			attrs = append(attrs, l.name, l.Addr().String())
		}
	}
	return attrs
}
