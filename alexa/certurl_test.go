package alexa_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/harkvoice/hark/alexa"
)

// The examples of Amazon's documentation and of the verifiers' own tests, and
// the normal form of those that are accepted.
func TestCertificateURL_FollowsAmazonsRule(t *testing.T) {
	t.Parallel()
	tests := []struct{ url, want string }{
		// Amazon's documentation
		{"https://s3.amazonaws.com/echo.api/echo-api-cert.pem", "https://s3.amazonaws.com/echo.api/echo-api-cert.pem"},
		{"https://s3.amazonaws.com:443/echo.api/echo-api-cert.pem", "https://s3.amazonaws.com/echo.api/echo-api-cert.pem"},
		{"https://s3.amazonaws.com/echo.api/../echo.api/echo-api-cert.pem", "https://s3.amazonaws.com/echo.api/echo-api-cert.pem"},
		{"http://s3.amazonaws.com/echo.api/echo-api-cert.pem", ""},
		{"https://notamazon.com/echo.api/echo-api-cert.pem", ""},
		{"https://s3.amazonaws.com/EcHo.aPi/echo-api-cert.pem", ""},
		{"https://s3.amazonaws.com/invalid.path/echo-api-cert.pem", ""},
		{"https://s3.amazonaws.com:563/echo.api/echo-api-cert.pem", ""},

		// mreinstein/alexa-verifier
		{"HTTPS://s3.amazonaws.com/echo.api/echo-api-cert.pem", "https://s3.amazonaws.com/echo.api/echo-api-cert.pem"},
		{"https://S3.AMAZONAWS.COM/echo.api/echo-api-cert.pem", "https://s3.amazonaws.com/echo.api/echo-api-cert.pem"},
		{"http://someinsecureurl", ""},
		{"https://s3.amazonaws.com/echo.api/echo-api-cert-12.pem", "https://s3.amazonaws.com/echo.api/echo-api-cert-12.pem"},

		// the SDKs for Java, Python and Node
		{"https://s3.amazonaws.com/echo.api/cert", "https://s3.amazonaws.com/echo.api/cert"},
		{"https://s3.amazonaws.com:443/echo.api/cert", "https://s3.amazonaws.com/echo.api/cert"},
		{"https://s3.amazonaws.com/echo.api/../echo.api/cert", "https://s3.amazonaws.com/echo.api/cert"},
		{"https://very.bad/echo.api/cert", ""},
		{"http://s3.amazonaws.com/echo.api/cert", ""},
		{"https://s3.amazonaws.com:563/echo.api/cert", ""},
		{"https://s3.amazonaws.com/cert", ""},
		{"https://s3.amazonaws.com/echo.api/../cert", ""},
		{"https://s3.amazonaws.com/ECHO.API/cert", ""},
		{"badUrl", ""},
		{"https://s3.amazonaws.com/echo.api/echo-api-cert-8.pem", "https://s3.amazonaws.com/echo.api/echo-api-cert-8.pem"},
		{"https://s3.amazonaws.com/echo.api/echo-api-cert-4.pem", "https://s3.amazonaws.com/echo.api/echo-api-cert-4.pem"},
		{"http://abc.com", ""},

		// mattrayner/alexa_verifier
		{"https://s3.amazonaws.com/echo.api/echo-api-cert-5.pem", "https://s3.amazonaws.com/echo.api/echo-api-cert-5.pem"},
		{"https://s3.amazonaws.com/echo.api/../echo.api/echo-api-cert-5.pem", "https://s3.amazonaws.com/echo.api/echo-api-cert-5.pem"},
		{"<html>", ""},
		{"http://example.com", ""},
		{"https://example.com:80", ""},
		{"https://example.com", ""},
		{"https://s3.amazonaws.com/Echo.APi/foo", ""},

		// libvoice, django-alexa, amazon-alexa-php, and a header seen in the field
		{"http://www.example.com", ""},
		{"https://www.example.com", ""},
		{"https://s3.amazonaws.com:443/path", ""},
		{"https://s3.amazonaws.com:80/echo.api/", ""},
		{"https://s3.amazonaws.com/echo.api/test", "https://s3.amazonaws.com/echo.api/test"},
		{"https://s3.amazonaws.com:443/echo.api/test", "https://s3.amazonaws.com/echo.api/test"},
		{" ", ""},
		{"https://s3.amazonaws.com/echo.api/test.pem", "https://s3.amazonaws.com/echo.api/test.pem"},
		{"https://s3.amazonaws.com/echo.api/cached-cert.pem", "https://s3.amazonaws.com/echo.api/cached-cert.pem"},
		{"https://s3.amazonaws.com/echo.api/echo-api-cert-6-ats.pem", "https://s3.amazonaws.com/echo.api/echo-api-cert-6-ats.pem"},
	}
	for _, tt := range tests {
		got, err := alexa.CertificateURL(tt.url)
		if got != tt.want {
			t.Errorf("CertificateURL(%q) = %q, want %q", tt.url, got, tt.want)
		}
		if tt.want == "" {
			wantRefusal(t, err, alexa.ReasonCertificateURL, "the certificate URL")
		} else if err != nil {
			t.Errorf("CertificateURL(%q): %v", tt.url, err)
		}
	}
}

func TestCertificateURL_RefusesTricks(t *testing.T) {
	t.Parallel()
	tests := []struct{ url, fault string }{
		{"", "not https"},
		{"https://", "not on s3.amazonaws.com"},
		{"//s3.amazonaws.com/echo.api/cert", "not https"},     // a scheme of the base that there is none
		{"https:s3.amazonaws.com/echo.api/cert", "not on s3"}, // opaque: there is no host at all
		{"file:///echo.api/cert", "not https"},                // a local file
		{"https://s3.amazonaws.com:443", "outside /echo.api/"},

		// The host that counts is not the first name to be seen.
		{"https://s3.amazonaws.com@evil.example/echo.api/cert", "user information"},
		{"https://user:password@s3.amazonaws.com/echo.api/cert", "user information"},
		{"https://@s3.amazonaws.com/echo.api/cert", "user information"},
		{"https://evil.example\\@s3.amazonaws.com/echo.api/cert", "cannot be read"}, // browsers take \ for /
		{"https://s3.amazonaws.com\\.evil.example/echo.api/cert", "cannot be read"},
		{"https://s3.amazonaws.com.evil.example/echo.api/cert", "not on s3"}, // suffix
		{"https://evils3.amazonaws.com/echo.api/cert", "not on s3"},          // prefix
		{"https://echo.api.s3.amazonaws.com/echo.api/cert", "not on s3"},     // somebody else's bucket
		{"https://s3.amazonaws.com./echo.api/cert", "not on s3"},             // the same host to DNS, another name to TLS
		{"https://s3.amazonaws.com%2eevil.example/echo.api/cert", "cannot be read"},
		{"https://%733.amazonaws.com/echo.api/cert", "cannot be read"},   // "s" in the host, encoded
		{"https://ſ3.amazonaws.com/echo.api/cert", "not on s3"},          // U+017F folds to "s"
		{"https://ѕ3.amazonaws.com/echo.api/cert", "not on s3"},          // U+0455, Cyrillic
		{"https://s3。amazonaws。com/echo.api/cert", "not on s3"},          // full stops of IDNA
		{"https://s3.amazonaws.com\x00.evil/echo.api/cert", "cannot be"}, // NUL
		{"https://[::1]/echo.api/cert", "not on s3"},

		// The port is 443 as it is written, or absent.
		{"https://s3.amazonaws.com:0443/echo.api/cert", "port"},
		{"https://s3.amazonaws.com:/echo.api/cert", "port"},
		{"https://s3.amazonaws.com:4430/echo.api/cert", "port"},
		{"https://s3.amazonaws.com:443443/echo.api/cert", "port"},
		{"https://s3.amazonaws.com:-443/echo.api/cert", "cannot be read"},
		{"https://s3.amazonaws.com:https/echo.api/cert", "cannot be read"},

		// The path leaves the directory once it is decoded.
		{"https://s3.amazonaws.com/echo.api/%2e%2e/cert", "outside /echo.api/"},
		{"https://s3.amazonaws.com/echo.api/%2E%2e/evil/cert", "outside /echo.api/"},
		{"https://s3.amazonaws.com/echo.api/..%2fevil%2fcert", "outside /echo.api/"}, // an encoded slash
		{"https://s3.amazonaws.com/echo.api/%252e%252e/cert", "outside /echo.api/"},  // encoded twice
		{"https://s3.amazonaws.com/echo.api/..%5cevil", "outside /echo.api/"},        // encoded backslash
		{"https://s3.amazonaws.com/echo.api\\cert", "outside /echo.api/"},
		{"https://s3.amazonaws.com/evil/echo.api/cert", "outside /echo.api/"},
		{"https://s3.amazonaws.com/echo.api.evil/cert", "outside /echo.api/"}, // a prefix of a longer name
		{"https://s3.amazonaws.com/echo.apicert", "outside /echo.api/"},
		{"https://s3.amazonaws.com/echo.api/./../../cert", "outside /echo.api/"},

		// Nothing is named in the directory.
		{"https://s3.amazonaws.com/echo.api", "outside /echo.api/"},
		{"https://s3.amazonaws.com/echo.api/", "outside /echo.api/"},
		{"https://s3.amazonaws.com/echo.api/.", "outside /echo.api/"},

		// No name of a certificate has these.
		{"https://s3.amazonaws.com/echo.api/cert?versionId=1", "query"},
		{"https://s3.amazonaws.com/echo.api/cert?", "query"},
		{"https://s3.amazonaws.com/echo.api/cert#fragment", "fragment"},
		{"https://s3.amazonaws.com/echo.api/cert%3fquery", "outside /echo.api/"},
		{"https://s3.amazonaws.com/echo.api/cert%23fragment", "outside /echo.api/"},
		{"https://s3.amazonaws.com/echo.api/cert%00.pem", "outside /echo.api/"},
		{"https://s3.amazonaws.com/echo.api/cert\x00.pem", "cannot be read"},
		{"https://s3.amazonaws.com/echo.api/cert\r\nHost: evil", "cannot be read"}, // a second header line
		{"https://s3.amazonaws.com/echo.api/cert%0d%0aHost:evil", "outside /echo.api/"},
		{"https://s3.amazonaws.com/echo.api/zertifikät.pem", "outside /echo.api/"},
		{"https://s3.amazonaws.com/echo.api/cert\xff", "outside /echo.api/"},
		{"https://s3.amazonaws.com/echo.api/cert ", "outside /echo.api/"},
		{" https://s3.amazonaws.com/echo.api/cert", "cannot be read"},
		{"https://s3.amazonaws.com/echo.api/%zz", "cannot be read"},
		{"https://s3.amazonaws.com/echo.api/" + strings.Repeat("a", 1024), "1058 characters, at most 1024"},
	}
	for _, tt := range tests {
		got, err := alexa.CertificateURL(tt.url)
		if got != "" || err == nil {
			t.Errorf("CertificateURL(%q) = %q, want a refusal", tt.url, got)
			continue
		}
		wantRefusal(t, err, alexa.ReasonCertificateURL, tt.fault)
	}
}

// What may be written in several ways is fetched in one: what is cached for
// one address is never another file than what is cached for the next.
func TestCertificateURL_ReturnsOneNormalForm(t *testing.T) {
	t.Parallel()
	const want = "https://s3.amazonaws.com/echo.api/cert.pem"
	for _, raw := range []string{
		"https://s3.amazonaws.com/echo.api/cert.pem",
		"hTTps://s3.aMaZonAws.com:443/echo.api/cert.pem",
		"https://s3.amazonaws.com//echo.api//cert.pem",
		"https://s3.amazonaws.com/./echo.api/x/../cert.pem",
		"https://s3.amazonaws.com/../echo.api/cert.pem",
		"https://s3.amazonaws.com/%65cho.api/cert%2epem",
		"https://s3.amazonaws.com/echo.api%2fcert.pem",
		"https://s3.amazonaws.com/echo.api/cert.pem/",
		"https://s3.amazonaws.com/echo.api/cert.pem#",
	} {
		if got, err := alexa.CertificateURL(raw); got != want {
			t.Errorf("CertificateURL(%q) = %q, %v; want %q", raw, got, err, want)
		}
	}
}

func FuzzCertificateURL(f *testing.F) {
	for _, seed := range []string{
		"https://s3.amazonaws.com/echo.api/echo-api-cert.pem",
		"HTTPS://S3.AMAZONAWS.COM:443/echo.api/../echo.api/%65cho%2dapi",
		"https://s3.amazonaws.com@evil/echo.api/%252e%252e/?q#f",
		"https://ſ3.amazonaws.com/echo.api\\..//\x00",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := alexa.CertificateURL(raw)
		if err != nil {
			wantRefusal(t, err, alexa.ReasonCertificateURL, "")
			return
		}
		u, err := url.Parse(got)
		if err != nil {
			t.Fatalf("%q became %q: %v", raw, got, err)
		}
		if u.Scheme != "https" || u.Host != "s3.amazonaws.com" || !strings.HasPrefix(u.EscapedPath(), "/echo.api/") {
			t.Errorf("%q became %q", raw, got)
		}
		if again, err := alexa.CertificateURL(got); again != got {
			t.Errorf("%q became %q and that %q (%v)", raw, got, again, err)
		}
	})
}
