// Package certificate judges the HTTPS certificates that Amazon connects to, as
// Amazon would, and keeps those of a server fresh.
//
//	files, err := certificate.Open(certificate.Config{Cert: "fullchain.pem", Key: "privkey.pem", Log: log})
//	server.TLSConfig = files.TLS()
//	go files.Watch(ctx) // takes up what is renewed
//
// Check is pure; it serves the gateway before Amazon finds a fault, and hark
// doctor from outside.
package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The rules that a chain is held against. A finding names one of them.
const (
	RuleDates    = "dates"    // each certificate is valid now, and for a while
	RuleName     = "name"     // the subject alternative names have the name
	RuleChain    = "chain"    // it leads, complete, to an authority that is trusted
	RuleOrder    = "order"    // each certificate is followed by its issuer's
	RuleStrength = "strength" // keys and signatures are those of today
)

// Rules are all of them, in the order of findings.
func Rules() []string { return []string{RuleDates, RuleName, RuleChain, RuleOrder, RuleStrength} }

// Finding is what is wrong with a chain.
type Finding struct {
	Rule string
	// Grave: Amazon does not connect, today or, for a self-signed certificate that
	// it has not been given, at all.
	Grave bool
	// Text says what is wrong and what comes of it, Mend what to do.
	Text, Mend string
}

// Want is what a chain is to be good for.
type Want struct {
	Names []string       // by which Amazon connects; none: not checked
	Roots *x509.CertPool // nil: the system's
	Now   time.Time
}

// refusal is what comes of a grave finding: there is no other sign of it.
const refusal = "Amazon breaks the handshake off, no request arrives, and Alexa says that there was a problem with the requested skill's response"

// Check holds a chain, the server's certificate first, against the rules.
func Check(chain []*x509.Certificate, w Want) []Finding {
	if len(chain) == 0 {
		return []Finding{{RuleChain, true, "there is no certificate: " + refusal, "Serve a certificate and its intermediates."}}
	}
	return slices.Concat(dates(chain, w.Now), names(chain[0], w.Names), trust(chain, w), order(chain), strength(chain))
}

const day = 24 * time.Hour

// dates judges every certificate: a chain is as good as its shortest.
func dates(chain []*x509.Certificate, now time.Time) (found []Finding) {
	for _, c := range chain {
		life, left := c.NotAfter.Sub(c.NotBefore), c.NotAfter.Sub(now)
		switch {
		case left < 0:
			found = append(found, Finding{RuleDates, true,
				fmt.Sprintf("%s expired on %s: %s", Title(c), date(c.NotAfter), refusal),
				"Renew it, and see to it that what renews it runs."})
		case now.Before(c.NotBefore):
			found = append(found, Finding{RuleDates, true,
				fmt.Sprintf("%s is not valid before %s: %s", Title(c), date(c.NotBefore), refusal),
				"Check the clock of this machine and of the one that issued it, or wait."})
		// What lives for a short time is renewed late.
		case left < min(30*day, life/3):
			when := fmt.Sprintf("%s expires in %s, on %s; then Amazon connects no more", Title(c), days(left), date(c.NotAfter))
			if left < min(7*day, life/10) {
				when = "soon: " + when
			}
			found = append(found, Finding{RuleDates, false, when, "Renew it; new files are taken up without a restart."})
		}
	}
	return found
}

func names(leaf *x509.Certificate, wanted []string) (found []Finding) {
	if len(leaf.DNSNames) == 0 && len(leaf.IPAddresses) == 0 {
		return []Finding{{RuleName, true,
			fmt.Sprintf("%s has no subject alternative name, and its common name does not count: %s", Title(leaf), refusal),
			"Have one issued with the domain as a subject alternative name."}}
	}
	for _, name := range wanted {
		if leaf.VerifyHostname(name) != nil {
			found = append(found, Finding{RuleName, true,
				fmt.Sprintf("%s is not for %s but for %s: %s", Title(leaf), name, Names(leaf), refusal),
				"Have one issued with " + name + " as a subject alternative name."})
		}
	}
	return found
}

// order judges the rest of the chain; that the first certificate is the server's
// shows by the key. RFC 5246 7.4.2 wants each to certify the one before.
func order(chain []*x509.Certificate) []Finding {
	for i, c := range chain[:len(chain)-1] {
		if !issued(c, chain[i+1]) {
			return []Finding{{RuleOrder, false,
				fmt.Sprintf("number %d of the chain, %s, did not issue number %d, %s; a client that takes the chain as it comes does not connect", i+2, Title(chain[i+1]), i+1, Title(c)),
				"Put the server's certificate first, then the one that issued it, and so on; leave out what does not belong to them."}}
		}
	}
	return nil
}

func issued(c, by *x509.Certificate) bool {
	return string(c.RawIssuer) == string(by.RawSubject) && c.CheckSignatureFrom(by) == nil
}

var weakSignatures = []x509.SignatureAlgorithm{x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1}

func strength(chain []*x509.Certificate) (found []Finding) {
	for _, c := range chain {
		weak := weakKey(c)
		// Nobody relies on a root's signature of itself.
		if slices.Contains(weakSignatures, c.SignatureAlgorithm) && string(c.RawIssuer) != string(c.RawSubject) {
			weak = "a signature of " + c.SignatureAlgorithm.String()
		}
		if weak != "" {
			found = append(found, Finding{RuleStrength, true, fmt.Sprintf("%s has %s, which is too weak: %s", Title(c), weak, refusal),
				"Have one issued with an RSA key of 2048 bits or an ECDSA key of P-256, signed with SHA-256."})
		}
	}
	return found
}

// weakKey names a key that is too weak, or is empty.
func weakKey(c *x509.Certificate) string {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < 2048 {
			return fmt.Sprintf("an RSA key of %d bits", bits)
		}
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P224() {
			return "an ECDSA key of P-224"
		}
	}
	return ""
}

// Title is a certificate for people: what it is called, or what it is for.
func Title(c *x509.Certificate) string {
	name := c.Subject.CommonName
	if name == "" {
		name = Names(c)
	}
	return fmt.Sprintf("the certificate %q", name)
}

// Names are the subject alternative names, as many as fit a line.
func Names(c *x509.Certificate) string {
	const most = 6
	all := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		all = append(all, ip.String())
	}
	if len(all) == 0 {
		return "nothing"
	}
	if len(all) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(all[:most], ", "), len(all)-most)
	}
	return strings.Join(all, ", ")
}

func date(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }

func days(d time.Duration) string {
	switch n := int(d / day); n {
	case 0:
		return fmt.Sprintf("%d h", int(d/time.Hour))
	case 1:
		return "1 day"
	default:
		return fmt.Sprintf("%d days", n)
	}
}
