package function

import (
	"net/http"
	"strings"
)

// The headers of W3C's Trace Context, and the variables by which a program is told
// the same (OpenTelemetry, "Environment Variables as Context Propagation Carriers").
const (
	HeaderTraceParent   = "Traceparent"
	HeaderTraceState    = "Tracestate"
	VariableTraceParent = "TRACEPARENT"
	VariableTraceState  = "TRACESTATE"
)

// Trace is where a call stands in a trace, in W3C's words. The zero value is
// nowhere.
type Trace struct{ Parent, State string }

// TraceOf is what a header says of it. A parent that has not W3C's form is none,
// and a state without a parent is none either.
func TraceOf(h http.Header) Trace {
	parents := h[HeaderTraceParent]
	if len(parents) != 1 || !isTraceParent(parents[0]) {
		return Trace{}
	}
	t := Trace{Parent: parents[0], State: strings.Join(h[HeaderTraceState], ",")}
	if len(t.State) > maxTraceState || strings.ContainsFunc(t.State, unprintable) {
		t.State = ""
	}
	return t
}

// maxTraceState is how much has to be passed on (W3C Trace Context, 3.3.1.5).
const maxTraceState = 512

func unprintable(r rune) bool { return r < ' ' || r > '~' }

// Set has a header say where the call stands.
func (t Trace) Set(h http.Header) {
	if t.Parent == "" {
		return
	}
	h[HeaderTraceParent] = []string{t.Parent}
	if delete(h, HeaderTraceState); t.State != "" {
		h[HeaderTraceState] = []string{t.State}
	}
}

// isTraceParent: two digits of version, 32 of the trace, 16 of the parent and two
// of flags, in lower case; a later version may have more (W3C Trace Context, 3.2).
func isTraceParent(s string) bool {
	const length = len("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	later := len(s) > length && !strings.HasPrefix(s, "00") && s[length] == '-' && len(s) <= 2*length
	if len(s) != length && !later || strings.HasPrefix(s, "ff") || strings.ContainsFunc(s, unprintable) {
		return false
	}
	for i := range length {
		c, dash := s[i], i == 2 || i == 35 || i == 52
		if dash != (c == '-') || !dash && (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return strings.Trim(s[3:35], "0") != "" && strings.Trim(s[36:52], "0") != ""
}
