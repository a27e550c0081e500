// Package webhook verifies that a call comes from who knows a secret: as GitHub,
// Slack and Stripe sign theirs, or by an HMAC of the body in a header. It reads
// no file and no clock.
//
//	hook, err := webhook.New(webhook.Config{Scheme: webhook.GitHub})
//	claim, err := hook.Read(r.Header, time.Now())  // all that needs no body
//	err = claim.Verify(body, secrets)              // over the raw bytes
//	forget, err := replays.Check(claim, "hook", body, time.Now())
//
// Every error is a *Refusal.
package webhook

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"net/http"
	"net/textproto"
	"strings"
	"time"
)

// The schemes.
const (
	GitHub = "github" // X-Hub-Signature-256: sha256=HEX of the body
	Slack  = "slack"  // X-Slack-Signature: v0=HEX of v0:TIME:BODY
	Stripe = "stripe" // Stripe-Signature: t=TIME,v1=HEX[,v1=HEX…] of TIME.BODY
	HMAC   = "hmac"   // a header of one's own: [ALGORITHM=]HEX or base64 of the body, or of TIME.BODY
)

// What becomes of an HMAC call whose signed bytes were here before.
const (
	ReplaysRefuse = "refuse"
	ReplaysAllow  = "allow"
)

// Tolerance is how far a timestamp may be from now, either way: five minutes is
// what Slack and Stripe advise.
const Tolerance = 5 * time.Minute

const (
	// MaxSecrets bounds the HMACs that a call costs.
	MaxSecrets = 8
	// maxSignatures bounds those of Stripe-Signature: one for each of its secrets.
	maxSignatures = 16
	// maxHeader bounds a header that is taken apart.
	maxHeader = 4 << 10
)

const headerGitHub = "X-Hub-Signature-256"

// Config is how calls are signed. All but Scheme belongs to HMAC alone.
type Config struct {
	Scheme string
	// Header has the signature; empty is X-Hub-Signature-256.
	Header string
	// Algorithm is sha256, sha1 or sha512; empty is sha256.
	Algorithm string
	// Time names a header with the Unix time of the call, which is signed before
	// the body: TIME.BODY. Empty: nothing but the body is signed.
	Time string
	// Replays is refuse or allow, for who signs equal bodies; empty is refuse.
	Replays string
}

// Hook verifies calls of one scheme. It is safe for concurrent use.
type Hook struct {
	scheme, header, algorithm, time string
	hash                            func() hash.Hash
	repeats                         bool // calls may
}

// New returns an error that says what is wrong with c.
func New(c Config) (*Hook, error) {
	h := &Hook{scheme: c.Scheme, header: headerGitHub, algorithm: "sha256"}
	switch c.Scheme {
	case HMAC:
		return h, h.own(c)
	case GitHub:
	case Slack:
		h.header = "X-Slack-Signature"
	case Stripe:
		h.header = "Stripe-Signature"
	default:
		return nil, fmt.Errorf("%.40q is no scheme; there are github, slack, stripe and hmac", c.Scheme)
	}
	if c != (Config{Scheme: c.Scheme}) {
		return nil, fmt.Errorf("%s has a header, an algorithm, a time and replays of its own; only hmac takes others", c.Scheme)
	}
	h.hash = sha256.New
	return h, nil
}

// own is what HMAC leaves to its user.
func (h *Hook) own(c Config) error {
	if c.Algorithm != "" {
		h.algorithm = c.Algorithm
	}
	h.hash = map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New}[h.algorithm]
	if h.hash == nil {
		return fmt.Errorf("%.40q is no algorithm; there are sha256, sha1 and sha512", c.Algorithm)
	}
	for name, of := range map[string]*string{c.Header: &h.header, c.Time: &h.time} {
		if name == "" {
			continue
		}
		if *of = textproto.CanonicalMIMEHeaderKey(name); !isToken(*of) {
			return fmt.Errorf("%.40q is no name of a header", name)
		}
	}
	switch c.Replays {
	case "", ReplaysRefuse:
	case ReplaysAllow:
		h.repeats = true
	default:
		return fmt.Errorf("%.40q: replays are refused (refuse) or allowed (allow)", c.Replays)
	}
	return nil
}

// Claim is what the header of a call says about its signature. It proves nothing
// until it is verified.
type Claim struct {
	hook       *Hook
	prefix     string // of what is signed, before the body
	signatures [][]byte
}

// Read takes the claim out of a header and refuses what no body could make good.
func (h *Hook) Read(header http.Header, now time.Time) (*Claim, error) {
	value, err := single(header, h.header)
	if err != nil {
		return nil, err
	}
	switch h.scheme {
	case Slack:
		return h.readSlack(header, value, now)
	case Stripe:
		return h.readStripe(value, now)
	}
	prefixed, isPrefixed := strings.CutPrefix(value, h.algorithm+"=")
	signature := h.decode(prefixed)
	if signature == nil || h.scheme == GitHub && !isPrefixed {
		return nil, refuse(ReasonMalformed, "header %s is no signature: want %s= and %d hexadecimal digits", h.header, h.algorithm, 2*h.hash().Size())
	}
	claim := &Claim{hook: h, signatures: [][]byte{signature}}
	if h.time == "" {
		return claim, nil
	}
	stamp, err := single(header, h.time)
	if err != nil {
		return nil, err
	}
	claim.prefix = stamp + "."
	return claim, checkTime("header "+h.time, stamp, now)
}

// decode returns nil for what is no digest. Hexadecimal digits and, in HMAC,
// base64 are told apart by their length.
func (h *Hook) decode(text string) (digest []byte) {
	size := h.hash().Size()
	var err error
	switch {
	case len(text) == hex.EncodedLen(size):
		digest, err = hex.DecodeString(text)
	case h.scheme == HMAC && len(text) == base64.StdEncoding.EncodedLen(size):
		digest, err = base64.StdEncoding.Strict().DecodeString(text)
	}
	if err != nil || len(digest) != size {
		return nil
	}
	return digest
}

// Verify refuses a body that none of the secrets has signed so. It compares with
// all of them, each in constant time.
func (c *Claim) Verify(body []byte, secrets []string) error {
	matches := false
	for _, secret := range secrets {
		if secret == "" { // which everybody knows
			continue
		}
		mac := hmac.New(c.hook.hash, []byte(secret))
		mac.Write([]byte(c.prefix))
		mac.Write(body)
		sum := mac.Sum(nil)
		for _, signature := range c.signatures {
			matches = hmac.Equal(sum, signature) || matches
		}
	}
	if !matches {
		return refuse(ReasonSignature, "the signature is not that of this body: another secret, or the body was changed on its way")
	}
	return nil
}

// single is a header that a call must have once: of two, others might read the
// other one.
func single(header http.Header, name string) (string, error) {
	switch values := header[name]; {
	case len(values) == 0 || values[0] == "":
		return "", refuse(ReasonUnsigned, "the call is not signed: it has no header %s", name)
	case len(values) > 1:
		return "", refuse(ReasonMalformed, "header %s comes %d times; send it once", name, len(values))
	case len(values[0]) > maxHeader:
		return "", refuse(ReasonMalformed, "header %s has %d bytes, at most %d are read", name, len(values[0]), maxHeader)
	default:
		return values[0], nil
	}
}

func isToken(name string) bool {
	const others = "!#$%&'*+-.^_`|~"
	for i := range len(name) {
		c := name[i]
		if c|0x20 < 'a' || c|0x20 > 'z' {
			if (c < '0' || c > '9') && strings.IndexByte(others, c) < 0 {
				return false
			}
		}
	}
	return name != ""
}
