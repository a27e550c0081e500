package certificate

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The words of skill.json's sslCertificateType.
const (
	Trusted    = "Trusted"
	Wildcard   = "Wildcard"
	SelfSigned = "SelfSigned"
)

// Kind is the sslCertificateType for a chain by which Amazon connects to name;
// empty if none is right.
func Kind(chain []*x509.Certificate, name string, w Want) string {
	switch {
	case len(chain) == 0 || chain[0].VerifyHostname(name) != nil:
		return ""
	case selfSigned(chain[0]):
		return SelfSigned
	case verify(chain, w) != nil:
		return ""
	}
	for _, n := range chain[0].DNSNames {
		if strings.EqualFold(n, name) {
			return Trusted
		}
	}
	return Wildcard
}

func selfSigned(c *x509.Certificate) bool {
	return string(c.RawIssuer) == string(c.RawSubject) && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// verify follows the chain as a client does that fetches nothing: Amazon does
// not look for what is missing.
func verify(chain []*x509.Certificate, w Want) error {
	rest := x509.NewCertPool()
	for _, c := range chain[1:] {
		rest.AddCert(c)
	}
	at := w.Now
	if c := chain[0]; at.Before(c.NotBefore) || at.After(c.NotAfter) { // the dates are a rule of their own
		at = c.NotBefore.Add(c.NotAfter.Sub(c.NotBefore) / 2)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: w.Roots, Intermediates: rest, CurrentTime: at})
	return err
}

// trust judges who issued the chain.
func trust(chain []*x509.Certificate, w Want) []Finding {
	leaf, last := chain[0], chain[len(chain)-1]
	if selfSigned(leaf) {
		return []Finding{{RuleChain, false,
			Title(leaf) + " is self-signed: Amazon takes it for a skill in development only, once it has been uploaded there",
			"Upload it in the console under Endpoint and choose the self-signed kind there, SelfSigned in skill.json; have one issued by a trusted authority before the skill is published."}}
	}
	err := verify(chain, w)
	var invalid x509.CertificateInvalidError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && slices.ContainsFunc(chain, invalid.Cert.Equal):
		return nil // told by the dates
	case errors.As(err, &invalid) && invalid.Reason == x509.IncompatibleUsage:
		return []Finding{{RuleChain, true, fmt.Sprintf("%s is not for servers: %s", Title(leaf), refusal),
			"Have one issued for server authentication."}}
	case !errors.As(err, new(x509.UnknownAuthorityError)):
		return []Finding{{RuleChain, true, fmt.Sprintf("%s does not verify: %v: %s", Title(leaf), err, refusal), "Have one issued by a trusted authority."}}
	case selfSigned(last):
		return []Finding{{RuleChain, true, fmt.Sprintf("the chain of %s ends at %s, an authority that is not trusted: %s", Title(leaf), Title(last), refusal),
			"Have one issued by a trusted authority, such as Let's Encrypt."}}
	}
	return []Finding{{RuleChain, true,
		fmt.Sprintf("the chain is not complete: %q, which issued %s, is neither in it nor a trusted authority: %s", issuer(last), Title(last), refusal),
		"Serve the intermediates after the server's certificate (certbot calls that fullchain.pem, not cert.pem). If the authority is your own, Amazon does not take it."}}
}

func issuer(c *x509.Certificate) string {
	if name := c.Issuer.CommonName; name != "" {
		return name
	}
	return c.Issuer.String()
}
