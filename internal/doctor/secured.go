package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"github.com/harkvoice/hark/internal/certificate"
)

// secured looks at TLS and the certificate. What answers behind a bad certificate
// is worth a look too.
func (e *examination) secured(ctx context.Context) bool {
	modern, err := e.handshake(ctx, tls.VersionTLS13)
	var plain tls.RecordHeaderError
	switch {
	case errors.As(err, &plain):
		return e.note("tls", Failed, "what answers does not speak TLS", "Point port 443 at the listener of --https, and not at the operator's, which speaks HTTP.")
	case err != nil:
		return e.note("tls", Failed, fmt.Sprintf("the handshake fails: %v", err), "See the log of what answers there.")
	}
	chain := modern.PeerCertificates
	e.versions(ctx, modern)
	e.certified(chain)
	return true
}

// versions: Amazon speaks TLS 1.2 for certain.
func (e *examination) versions(ctx context.Context, modern *tls.ConnectionState) {
	best := tls.VersionName(modern.Version)
	if modern.Version < tls.VersionTLS12 {
		e.old = true
		e.note("tls", Failed, best+" only", "Have what answers speak TLS 1.2; hark does.")
		return
	}
	if _, err := e.handshake(ctx, tls.VersionTLS12); err != nil {
		e.note("tls", Failed, fmt.Sprintf("%s, and not TLS 1.2, which Amazon uses: %v", best, err), "Have what answers speak TLS 1.2 too; hark does.")
		return
	}
	if modern.Version == tls.VersionTLS12 {
		e.ok("tls", "TLS 1.2")
		return
	}
	e.ok("tls", "TLS 1.2 and %s", best)
}

// certified has a line for each rule, and one for the kind.
func (e *examination) certified(chain []*x509.Certificate) {
	host := e.url.Hostname()
	want := certificate.Want{Names: []string{host}, Roots: e.Roots, Now: e.Now()}
	found := certificate.Check(chain, want)
	e.Kind = certificate.Kind(chain, host, want)
	for _, rule := range certificate.Rules() {
		of := slices.DeleteFunc(slices.Clone(found), func(f certificate.Finding) bool { return f.Rule != rule })
		for _, f := range of {
			state := Warning
			if f.Grave {
				state = Failed
			}
			e.note(rule, state, f.Text, f.Mend)
		}
		// Where a certificate of it has expired, where a chain leads to is not known.
		if len(of) == 0 && (rule != certificate.RuleChain || e.Kind != "" || !expired(found)) {
			e.ok(rule, "%s", fine(rule, chain))
		}
	}
	if e.Kind == "" {
		e.note("kind", Failed, "no sslCertificateType is right for this certificate", "Mend the certificate first.")
		return
	}
	e.ok("kind", "sslCertificateType %q in skill.json; in the console: %s", e.Kind, kinds[e.Kind])
}

func expired(found []certificate.Finding) bool {
	return slices.ContainsFunc(found, func(f certificate.Finding) bool { return f.Rule == certificate.RuleDates && f.Grave })
}

// kinds are the console's words.
var kinds = map[string]string{
	certificate.Trusted:    "My development endpoint has a certificate from a trusted certificate authority",
	certificate.Wildcard:   "My development endpoint is a sub-domain of a domain that has a wildcard certificate from a certificate authority",
	certificate.SelfSigned: "I will upload a self-signed certificate in X.509 format",
}

// fine is what there is to say where a rule has found nothing.
func fine(rule string, chain []*x509.Certificate) string {
	leaf := chain[0]
	switch rule {
	case certificate.RuleDates:
		return "valid until " + leaf.NotAfter.UTC().Format("2006-01-02 15:04 MST")
	case certificate.RuleName:
		return "the certificate is for " + certificate.Names(leaf)
	case certificate.RuleChain:
		return fmt.Sprintf("complete, with %d of %q, and trusted", len(chain), leaf.Issuer.CommonName)
	case certificate.RuleOrder:
		return "each certificate is followed by its issuer's"
	}
	return fmt.Sprintf("%s key, signed with %s", leaf.PublicKeyAlgorithm, leaf.SignatureAlgorithm)
}
