package openfaas

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode"
)

// Error is the answer of a gateway that did not do what it was asked.
type Error struct {
	Status int    // of HTTP
	Text   string // the gateway's own, one line
}

// Error implements error.
func (e *Error) Error() string {
	return cmp.Or(e.Text, fmt.Sprintf("the gateway answers HTTP %d %s", e.Status, http.StatusText(e.Status)))
}

// IsStatus reports whether err is an *Error of a status.
func IsStatus(err error, status int) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == status
}

// Unreachable says that a gateway did not answer, or that it is none.
type Unreachable struct {
	Address string
	Err     error
}

// Error implements error.
func (u *Unreachable) Error() string { return fmt.Sprintf("no answer from %s: %v", u.Address, u.Err) }

// Unwrap implements errors.Unwrap.
func (u *Unreachable) Unwrap() error { return u.Err }

const maxText = 1000

// errorOf reads the text of a refusal. A page is none: it comes from something
// before the gateway.
func errorOf(resp *http.Response) error {
	if to := resp.Header.Get("Location"); to != "" && resp.StatusCode/100 == 3 {
		return &Error{resp.StatusCode, fmt.Sprintf("HTTP %d: the gateway is at %s", resp.StatusCode, line(to))}
	}
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 4*maxText)) // what has come of it
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		text = nil
	}
	return &Error{resp.StatusCode, line(string(text))}
}

// line makes one bounded line of a text, without what a terminal would obey.
func line(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "�")), " ")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
	if r := []rune(text); len(r) > maxText {
		return string(r[:maxText-1]) + "…"
	}
	return text
}
