package lambda

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/internal/function"
)

func TestInvocationError_IsTheErrorOfInvoke(t *testing.T) {
	long := strings.Repeat("x", 300<<10)
	for _, c := range []struct {
		name, kind, body string
		want             FunctionError
	}{
		{"whole", "Function.Other", `{"errorType":"Boom","errorMessage":"it broke","stackTrace":["a","b"]}`, FunctionError{"Boom", "it broke"}},
		{"type by header", "Runtime.X", `{"errorMessage":"it broke"}`, FunctionError{"Runtime.X", "it broke"}},
		{"no message", "", `{"errorType":"Boom"}`, FunctionError{"Boom", ""}},
		{"not JSON", "Runtime.X", "it broke\n", FunctionError{"Runtime.X", "it broke\n"}},
		{"other JSON", "", `"it broke"`, FunctionError{"", `"it broke"`}},
		{"a message that is none", "", `{"errorType":"Boom","errorMessage":{}}`, FunctionError{"", `{"errorType":"Boom","errorMessage":{}}`}},
		{"not UTF-8", "", "a\xffb", FunctionError{"", "a\uFFFDb"}},
		{"empty", "", "", FunctionError{}},
		{"too long to be read", "T", `{"errorMessage":"` + long + `"}`, FunctionError{"T", (`{"errorMessage":"` + long)[:maxRaw]}},
		{"a long trace", "", `{"errorType":"Boom","errorMessage":"it broke","stackTrace":"` + long[:200<<10] + `"}`, FunctionError{"Boom", "it broke"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProcess(t, NewDispatcher(Config{}), 1)
			got, e := p.taken(t.Context())
			p.want(p.post("invocation/"+e.id+"/error", strings.NewReader(c.body), headerErrorType, c.kind), accepted)
			var failed *FunctionError
			if err := (<-got).err; !errors.As(err, &failed) || !errors.Is(err, function.ErrFailed) || *failed != c.want {
				t.Errorf("%#v", err)
			}
			if p.api.Inflight() != 0 {
				t.Errorf("%d in flight", p.api.Inflight())
			}
		})
	}
}

func TestFunctionError_IsOneShortLine(t *testing.T) {
	for _, c := range []struct {
		err  FunctionError
		want string
	}{
		{FunctionError{"Boom", "it broke"}, "the function failed: Boom: it broke"},
		{FunctionError{"Boom", ""}, "the function failed: Boom"},
		{FunctionError{"", "it broke"}, "the function failed: it broke"},
		{FunctionError{}, "the function failed"},
		{FunctionError{"A\nB", "a\r\n\tb\x1b[31m\u2028c\xff"}, "the function failed: A B: a   b [31m c\uFFFD"},
		{FunctionError{strings.Repeat("ä", 1000), strings.Repeat("€", 1000)}, "the function failed: " + strings.Repeat("ä", 50) + "…: " + strings.Repeat("€", 100) + "…"},
	} {
		if got := c.err.Error(); got != c.want || len(got) > 500 || !utf8.ValidString(got) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestInitError_IsReportedOnce(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	if p.api.InitError() != nil {
		t.Error("failed before it began")
	}
	p.want(p.post("init/error", strings.NewReader(`{"errorMessage":"no handler"}`), headerErrorType, "Runtime.NoSuchHandler"), accepted)
	<-p.api.Failed()
	var failed *FunctionError
	if err := p.api.InitError(); !errors.As(err, &failed) || *failed != (FunctionError{"Runtime.NoSuchHandler", "no handler"}) {
		t.Error(err)
	}
	refused := said{403, "InvalidStateTransition"}
	p.want(p.post("init/error", nil), refused)
	if e := p.next(); e.status != 403 {
		t.Errorf("then it asks for an event and is told %d", e.status)
	}
	select {
	case <-p.api.Ready():
		t.Error("ready as well")
	default:
	}
}

func TestInitError_NotAfterTheStart(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	got, e := p.taken(t.Context())
	p.want(p.post("init/error", nil), said{403, "InvalidStateTransition"})
	p.want(p.respond(e.id, "1"), accepted)
	(<-got).body(t)
	select {
	case <-p.api.Failed():
		t.Error("failed as well")
	default:
	}
}

func TestTrailerError(t *testing.T) {
	for _, c := range []struct {
		name, kind, body string
		want             error
	}{
		{"none", "", "", nil},
		{"a type only", "Boom", "", &FunctionError{"Boom", ""}},
		{"a report", "", "eyJlcnJvclR5cGUiOiJCb29tIn0=", &FunctionError{"Boom", ""}},
		{"not base64", "Boom", "it broke", &FunctionError{"Boom", "it broke"}},
	} {
		trailer := http.Header{headerErrorType: {c.kind}, headerErrorBody: {c.body}}
		got := (&call{req: &http.Request{Trailer: trailer}}).trailerError()
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
