package function

import (
	"net/http"
	"strings"
	"testing"
)

const traceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

func TestTraceOf(t *testing.T) {
	for name, tt := range map[string]struct {
		parents, states []string
		want            Trace
	}{
		"of W3C's form":        {[]string{traceParent}, []string{"a=1", "b=2"}, Trace{traceParent, "a=1,b=2"}},
		"of a later version":   {[]string{"01" + traceParent[2:] + "-more"}, nil, Trace{"01" + traceParent[2:] + "-more", ""}},
		"none":                 {nil, []string{"a=1"}, Trace{}},
		"two":                  {[]string{traceParent, traceParent}, nil, Trace{}},
		"in capitals":          {[]string{strings.ToUpper(traceParent)}, nil, Trace{}},
		"too long":             {[]string{traceParent + "-more"}, nil, Trace{}},
		"too short":            {[]string{traceParent[1:]}, nil, Trace{}},
		"of no version":        {[]string{"ff" + traceParent[2:]}, nil, Trace{}},
		"without a trace":      {[]string{"00-00000000000000000000000000000000-b7ad6b7169203331-01"}, nil, Trace{}},
		"without a span":       {[]string{"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"}, nil, Trace{}},
		"with other dashes":    {[]string{strings.Replace(traceParent, "-", "0", 1)}, nil, Trace{}},
		"with a line break":    {[]string{"01" + traceParent[2:] + "-\nEVIL=1"}, nil, Trace{}},
		"a state that is long": {[]string{traceParent}, []string{"a=" + strings.Repeat("x", 511)}, Trace{traceParent, ""}},
		"a state with a NUL":   {[]string{traceParent}, []string{"a=\x00"}, Trace{traceParent, ""}},
	} {
		h := http.Header{HeaderTraceParent: tt.parents, HeaderTraceState: tt.states}
		if got := TraceOf(h); got != tt.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestTrace_SetReplacesWhatWasThere(t *testing.T) {
	h := http.Header{HeaderTraceParent: {"x"}, HeaderTraceState: {"y", "z"}}
	if (Trace{}).Set(h); len(h[HeaderTraceState]) != 2 {
		t.Errorf("nowhere: %v", h)
	}
	if (Trace{Parent: traceParent}).Set(h); h.Get(HeaderTraceParent) != traceParent || len(h) != 1 {
		t.Errorf("%v", h)
	}
}
