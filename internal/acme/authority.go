package acme

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/url"
	"time"

	protocol "github.com/mholt/acmez/v3/acme"
)

// authorities are those that have a name here.
var authorities = map[string]string{
	"letsencrypt":         "https://acme-v02.api.letsencrypt.org/directory",
	"letsencrypt-staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
}

// Directory is the address of an authority's directory, by its name or as it is.
func Directory(authority string) string {
	if known, ok := authorities[authority]; ok {
		return known
	}
	return authority
}

// CheckAuthority says what is wrong with the name or the address of an authority.
func CheckAuthority(authority string) error {
	u, err := url.Parse(Directory(authority))
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return fmt.Errorf("%q is no ACME authority; name letsencrypt, letsencrypt-staging, or the https:// address of a directory", authority)
	}
	return nil
}

// termsTime bounds the question for the terms.
const termsTime = 10 * time.Second

// Terms asks an authority where its terms of service are; empty if it has none.
func Terms(ctx context.Context, directory string, roots *x509.CertPool) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, termsTime)
	defer cancel()
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	client := protocol.Client{Directory: directory, HTTPClient: &http.Client{Transport: transport}}
	d, err := client.GetDirectory(ctx)
	if err != nil || d.Meta == nil {
		return "", err
	}
	return d.Meta.TermsOfService, nil
}
