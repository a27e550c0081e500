package alexa

import (
	"net/url"
	"path"
	"strings"
)

const (
	certificateHost = "s3.amazonaws.com"
	certificatePath = "/echo.api/"
	maxURL          = 1024
)

// CertificateURL checks the value of a SignatureCertChainUrl header and returns
// the normal form of the address to fetch. What is fetched is always the
// returned address, never the one received: Go's client sends "/../" as it
// stands, and "%2e%2e" would be decoded after the check.
//
// Clause: "Verify the signature certificate URL": scheme https and host
// s3.amazonaws.com in any case, a path that starts with /echo.api/ in exactly
// this case after normalising, and port 443 if there is one. Beyond Amazon's
// rule, user information, a query, a fragment and characters that no
// certificate's name has are refused.
func CertificateURL(raw string) (string, error) {
	if len(raw) > maxURL {
		return "", Refuse(ReasonCertificateURL, "the certificate URL has %d characters, at most %d are read", len(raw), maxURL)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return "", Refuse(ReasonCertificateURL, "the certificate URL cannot be read")
	}
	if fault := urlFault(u); fault != "" {
		return "", Refuse(ReasonCertificateURL, "the certificate URL %s", fault)
	}
	clean := path.Clean(u.Path) // u.Path is decoded once; what is still encoded then is no plain path
	if !strings.HasPrefix(clean, certificatePath) || !plainPath(clean) {
		return "", Refuse(ReasonCertificateURL, "the certificate URL has a path outside %s", certificatePath)
	}
	return "https://" + certificateHost + clean, nil
}

func urlFault(u *url.URL) string {
	switch {
	case u.Scheme != "https": // url.Parse made it lower case
		return "is not https"
	case u.User != nil:
		return "has user information"
	case strings.ToLower(u.Hostname()) != certificateHost: // EqualFold would take "ſ" for an "s"
		return "is not on " + certificateHost
	case u.Host != u.Hostname() && u.Port() != "443":
		return "has a port other than 443"
	case u.RawQuery != "" || u.ForceQuery:
		return "has a query"
	case u.Fragment != "":
		return "has a fragment"
	}
	return ""
}

func plainPath(p string) bool {
	for i := range len(p) {
		c := p[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("/-._~", c) >= 0:
		default:
			return false
		}
	}
	return true
}
