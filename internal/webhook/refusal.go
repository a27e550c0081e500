package webhook

import "fmt"

// Reason is why a call was refused, as metrics and records have it.
type Reason string

// The reasons.
const (
	ReasonUnsigned  Reason = "unsigned"
	ReasonMalformed Reason = "malformed"
	ReasonSignature Reason = "signature"
	ReasonTime      Reason = "time"
	ReasonReplay    Reason = "replay"
)

// Reasons are all of them.
func Reasons() []Reason {
	return []Reason{ReasonUnsigned, ReasonMalformed, ReasonSignature, ReasonTime, ReasonReplay}
}

// Refusal says in one line, without any secret, why a call was refused.
type Refusal struct {
	Reason Reason
	text   string
}

// Error implements error.
func (r *Refusal) Error() string { return r.text }

func refuse(reason Reason, format string, args ...any) *Refusal {
	return &Refusal{reason, fmt.Sprintf(format, args...)}
}
