package upstream

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"strings"

	"github.com/harkvoice/hark/internal/function"
)

// Call is a request to a server, as it is to be written.
type Call struct {
	Method, Target, Host string
	Header               http.Header
	Without              map[string]bool // headers that are left out; it is shared
	Own                  string          // headers of the caller's own, each a line that ends in CRLF
	Upgrade              string          // the protocol that is asked for, if any

	Head   []byte    // all of the body, if that is short
	Rest   io.Reader // else the body; nil if there is none
	Length int64     // of Rest in bytes, -1 if it is not known

	Sent bool // whether all of it was, once it has failed
}

// NewCall is inv as a server gets it that is host, whose paths begin with base.
// The body has at most limit bytes; 0 is without bound. A voice request is a
// POST of JSON. The errors are those of a body, and function.ErrInputInvalid.
func NewCall(ctx context.Context, inv function.Invocation, host, base string, limit int64) (*Call, error) {
	head, rest, err := function.TakeShort(ctx, inv.Body, limit)
	if err != nil {
		return nil, err
	}
	call := &Call{Method: http.MethodPost, Target: Target(base, "/", ""), Host: host, Head: head, Length: -1}
	if rest != nil {
		call.Rest = function.Bounded(rest, limit)
	}
	if known, ok := rest.(interface{ Len() int }); ok && known.Len() < math.MaxInt {
		call.Length = int64(known.Len())
	}
	if inv.HTTP == nil {
		call.Header = http.Header{"Content-Type": {"application/json"}}
		inv.Trace.Set(call.Header)
		return call, nil
	}
	err = call.describe(inv.HTTP, base)
	if call.Rest != nil { // its end would have to be awaited first
		call.Upgrade = ""
	}
	return call, err
}

// Target is a path below base and a query as they are written in a request.
func Target(base, escaped, query string) string {
	if !strings.HasPrefix(escaped, "/") {
		escaped = "/" + escaped
	}
	if query != "" {
		query = "?" + query
	}
	return base + escaped + query
}

func (c *Call) describe(from *function.HTTP, base string) error {
	c.Method, c.Header, c.Without = from.Method, from.Header, notPassedOn
	c.Target = Target(base, from.Escaped(), from.Query)
	if from.Host != "" {
		c.Host = from.Host
	}
	for _, part := range []string{c.Method, c.Target, c.Host} {
		if strings.ContainsFunc(part, endsWord) {
			return fmt.Errorf("%w: a space or control character in its method, path or host", function.ErrInputInvalid)
		}
	}
	words := listed(from.Header["Connection"])
	if len(words) > 0 {
		c.Without = maps.Clone(notPassedOn)
	}
	for _, word := range words {
		c.Without[http.CanonicalHeaderKey(word)] = true
		if strings.EqualFold(word, "upgrade") {
			c.Upgrade = from.Header.Get("Upgrade")
		}
	}
	return nil
}

// endsWord reports what would end a word of a request line.
func endsWord(r rune) bool { return r <= ' ' || r == 0x7f }

// notPassedOn are the headers of a request that are about its connection or are
// written anew.
var notPassedOn = func() map[string]bool {
	names := map[string]bool{"Host": true, "Content-Length": true, "Expect": true, function.HeaderVoice: true, function.HeaderFault: true}
	for _, name := range HopByHop {
		names[name] = true
	}
	return names
}()
