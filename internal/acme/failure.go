package acme

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"

	protocol "github.com/mholt/acmez/v3/acme"
)

// mends are what to do about a problem that the authority names (RFC 8555 6.7).
var mends = map[string]string{
	protocol.ProblemTypeConnection:              unreached,
	protocol.ProblemTypeTLS:                     unreached,
	protocol.ProblemTypeUnauthorized:            unreached,
	protocol.ProblemTypeIncorrectResponse:       unreached,
	protocol.ProblemTypeDNS:                     "Add an A or AAAA record for the domain that names this machine's public address; new records take a while to be seen.",
	protocol.ProblemTypeMalformed:               "See the cause; the domain's records and --public-name are what hark sends.",
	protocol.ProblemTypeCAA:                     "The domain's CAA record names other authorities; add this one, or take another with --acme.",
	protocol.ProblemTypeRateLimited:             "Wait: it is tried again, ever more seldom. --acme letsencrypt-staging is for trying things out.",
	protocol.ProblemTypeRejectedIdentifier:      "The authority does not issue for this domain; see --public-name.",
	protocol.ProblemTypeUnsupportedIdentifier:   "The authority does not issue for this domain; see --public-name.",
	protocol.ProblemTypeInvalidContact:          "See --acme-email.",
	protocol.ProblemTypeUnsupportedContact:      "See --acme-email.",
	protocol.ProblemTypeExternalAccountRequired: "This authority wants an account that was made elsewhere, which hark has no option for; take another with --acme.",
	protocol.ProblemTypeUserActionRequired:      "The authority's terms may have changed; see its site.",
	protocol.ProblemTypeServerInternal:          later,
}

const (
	unreached = "The authority has to find this hark at port 443 of the domain (TLS-ALPN-01), or at port 80 with --acme-http (HTTP-01): see where the domain's record points, and that firewall and router let it through."
	later     = "The authority has trouble of its own; it is tried again."
)

// explain says what went wrong for people, and what to do.
func explain(err error, c Config) (cause, mend string) {
	var problem protocol.Problem
	var distrust *tls.CertificateVerificationError
	var network net.Error
	cause = err.Error()
	switch {
	case errors.As(err, &problem):
		cause = fmt.Sprintf("%s: %.500s", problem.Type, problem.Detail)
		if mend = mends[problem.Type]; mend == "" {
			mend = later
		}
	case errors.As(err, &distrust):
		mend = "Name the file of the authorities that the ACME server's own certificate is from with --acme-roots."
	case errors.As(err, &network), errors.Is(err, context.DeadlineExceeded):
		mend = "See whether this machine reaches " + c.Directory + "; it is tried again."
	default: // certmagic does not keep what kind of error it was
		mend = "If it is about a file: see that hark's user may write in " + c.Dir + ", and that there is room. It is tried again."
	}
	return cause, mend
}
