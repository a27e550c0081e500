package alexa

import "fmt"

// Reason says in one word why a request was refused. It is the label of
// hark_alexa_refused_total and a word of the access record.
type Reason string

// The reasons, in the order in which a request meets them.
const (
	ReasonTooLarge       Reason = "too_large"        // the body is over the limit
	ReasonUnreadable     Reason = "unreadable"       // the body did not arrive whole
	ReasonHeader         Reason = "header"           // a signature header is missing, empty, doubled or not base64
	ReasonCertificateURL Reason = "certificate_url"  // the certificate would come from elsewhere than Amazon
	ReasonFetch          Reason = "certificate_load" // the certificate cannot be had
	ReasonChain          Reason = "certificate"      // the chain is not one to trust for signing
	ReasonSignature      Reason = "signature"        // the body was not signed with that certificate
	ReasonMalformed      Reason = "malformed"        // not a request envelope
	ReasonTimestamp      Reason = "timestamp"        // too old, too new, or unreadable
	ReasonSkill          Reason = "skill"            // for a skill that is not served here
	ReasonReplay         Reason = "replay"           // it was here before
)

// Reasons lists every reason, for metrics that shall exist before they count.
func Reasons() []Reason {
	return []Reason{
		ReasonTooLarge, ReasonUnreadable, ReasonHeader, ReasonCertificateURL, ReasonFetch,
		ReasonChain, ReasonSignature, ReasonMalformed, ReasonTimestamp, ReasonSkill,
		ReasonReplay,
	}
}

// Refusal is the error for a request that must not reach a function. Amazon
// expects HTTP 400 for each of them.
type Refusal struct {
	Reason Reason
	// Err tells what was wrong, in words that may be shown to the sender.
	Err error
	// Inside is what is behind it and only for the log, or nil.
	Inside error
}

// Error is for the log; Err alone is for the sender.
func (r *Refusal) Error() string {
	if r.Inside != nil {
		return r.Err.Error() + ": " + r.Inside.Error()
	}
	return r.Err.Error()
}

// Unwrap returns Err and Inside.
func (r *Refusal) Unwrap() []error { return []error{r.Err, r.Inside} }

// Refuse makes a Refusal from a format as of fmt.Errorf.
func Refuse(reason Reason, format string, args ...any) error {
	return &Refusal{Reason: reason, Err: fmt.Errorf(format, args...)}
}
