package webhook

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const headerSlackTime = "X-Slack-Request-Timestamp"

// readSlack reads version 0 of Slack's scheme, the only one that there is.
func (h *Hook) readSlack(header http.Header, value string, now time.Time) (*Claim, error) {
	stamp, err := single(header, headerSlackTime)
	if err != nil {
		return nil, err
	}
	digits, ok := strings.CutPrefix(value, "v0=")
	signature := h.decode(digits)
	if !ok || signature == nil {
		return nil, refuse(ReasonMalformed, "header %s is no signature: want v0= and 64 hexadecimal digits", h.header)
	}
	if err := checkTime("header "+headerSlackTime, stamp, now); err != nil {
		return nil, err
	}
	return &Claim{hook: h, prefix: "v0:" + stamp + ":", signatures: [][]byte{signature}}, nil
}

// readStripe reads Stripe's list. Only v1 counts: v0 is for test events, and to
// take what is weaker would make it the scheme of whoever forges.
func (h *Hook) readStripe(value string, now time.Time) (*Claim, error) {
	c := &Claim{hook: h}
	stamp, stamps := "", 0
	for element := range strings.SplitSeq(value, ",") {
		switch key, text, _ := strings.Cut(strings.TrimSpace(element), "="); key {
		case "t":
			stamp, stamps = text, stamps+1
		case "v1":
			if signature := h.decode(text); signature != nil {
				c.signatures = append(c.signatures, signature)
			}
		}
	}
	if stamps != 1 || len(c.signatures) == 0 || len(c.signatures) > maxSignatures {
		return nil, refuse(ReasonMalformed, "header %s has %d times and %d signatures: want one t= and v1= with 64 hexadecimal digits", h.header, stamps, len(c.signatures))
	}
	if err := checkTime("t= of header "+h.header, stamp, now); err != nil {
		return nil, err
	}
	c.prefix = stamp + "."
	return c, nil
}

// maxDigits keeps a time within what an int64 of seconds and a time.Time have.
const maxDigits = 11

// checkTime refuses a Unix time that is not about now.
func checkTime(where, text string, now time.Time) error {
	if text == "" || len(text) > maxDigits || strings.Trim(text, "0123456789") != "" {
		return refuse(ReasonMalformed, "%s: %.20q is no time in seconds since 1970", where, text)
	}
	seconds, _ := strconv.ParseInt(text, 10, 64)
	switch age := now.Sub(time.Unix(seconds, 0)); {
	case age > Tolerance:
		return refuse(ReasonTime, "%s is older than %.0f minutes: it was kept back, or a clock is wrong", where, Tolerance.Minutes())
	case age < -Tolerance:
		return refuse(ReasonTime, "%s is more than %.0f minutes ahead: a clock is wrong", where, Tolerance.Minutes())
	}
	return nil
}
