package lambda

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/internal/function"
)

const headerMode = "Lambda-Runtime-Function-Response-Mode"

// stream sends an answer as the test writes it.
func (p *process) stream(id string, pairs ...string) (*io.PipeWriter, <-chan said) {
	body, writer := io.Pipe()
	told := make(chan said, 1)
	go func() { told <- p.post("invocation/"+id+"/response", body, pairs...) }()
	p.t.Cleanup(func() { writer.Close() })
	return writer, told
}

// withTrailer sends an answer that ends in an error.
func (p *process) withTrailer(id string, body io.Reader, header http.Header) said {
	p.t.Helper()
	report := base64.StdEncoding.EncodeToString([]byte(`{"errorType":"Boom","errorMessage":"it broke"}`))
	req, err := http.NewRequest("POST", p.server.URL+root+"invocation/"+id+"/response", io.MultiReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Trailer = http.Header{headerErrorType: {"Other"}, headerErrorBody: {report}}
	resp, err := p.server.Client().Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	return said{Status: resp.StatusCode}
}

func TestStream_IsHeardAsItComes(t *testing.T) {
	for _, c := range []struct {
		name, header, value, prelude string
		want                         Answer
	}{
		{"by its mode", headerMode, "streaming", "", Answer{Status: 200, Header: http.Header{}}},
		{"by its prelude", "Content-Type", integration, `{"statusCode":201,"headers":{"x-a":"b"}}` + "\x00\x00\x00\x00\x00\x00\x00\x00", Answer{Status: 201, Header: http.Header{"X-A": {"b"}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProcess(t, NewDispatcher(Config{}), 1)
			got, e := p.taken(t.Context())
			body, told := p.stream(e.id, c.header, c.value)
			_, _ = io.WriteString(body, c.prelude)
			r := <-got // before there is a body
			if r.err != nil {
				t.Fatal(r.err)
			}
			defer r.answer.Body.Close()
			chunk := make([]byte, 100)
			for _, word := range []string{"one", "two", "three"} {
				_, _ = io.WriteString(body, word)
				if n, err := r.answer.Body.Read(chunk); err != nil || string(chunk[:n]) != word {
					t.Errorf("%q, %v", chunk[:n], err)
				}
			}
			if p.api.Inflight() != 1 {
				t.Errorf("%d in flight", p.api.Inflight())
			}
			body.Close()
			if n, err := r.answer.Body.Read(chunk); n > 0 || err != io.EOF {
				t.Errorf("%d bytes and %v at the end", n, err)
			}
			p.want(<-told, accepted)
			r.answer.Body = nil
			if diff := cmp.Diff(c.want, *r.answer); diff != "" || p.api.Inflight() != 0 {
				t.Errorf("%d in flight, (-want +got):\n%s", p.api.Inflight(), diff)
			}
			r.answer.Body = http.NoBody
		})
	}
}

func TestStream_LongerThanWhatIsBuffered(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	got, e := p.taken(t.Context())
	told := make(chan said, 1)
	long := strings.Repeat("0123456789abcdef", (MaxPayload+1<<20)/16)
	go func() { told <- p.respond(e.id, long, headerMode, "Streaming") }()
	if body := (<-got).body(t); body != long {
		t.Errorf("%d bytes of %d", len(body), len(long))
	}
	p.want(<-told, accepted)
}

func TestStream_OverItsBound(t *testing.T) {
	const limit = 100
	for n, want := range map[int]error{limit: nil, limit + 1: function.ErrOutputTooLarge, 10 << 20: function.ErrOutputTooLarge} {
		p := newProcess(t, NewDispatcher(Config{MaxStream: limit}), 1)
		got, e := p.taken(t.Context())
		told := make(chan said, 1)
		go func() {
			told <- p.respond(e.id, "{}\x00\x00\x00\x00\x00\x00\x00\x00"+strings.Repeat("x", n), "Content-Type", integration)
		}()
		body, err := io.ReadAll((<-got).answer.Body)
		if !errors.Is(err, want) || len(body) > limit {
			t.Errorf("%d of %d bytes, %v", len(body), n, err)
		}
		if want == nil {
			p.want(<-told, accepted)
		} else {
			p.want(<-told, said{413, "RequestEntityTooLarge"})
		}
	}
}

func TestStream_EndsInTheErrorOfItsTrailer(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	got, e := p.taken(t.Context())
	told := make(chan said, 1)
	go func() {
		told <- p.withTrailer(e.id, strings.NewReader("half"), http.Header{headerMode: {"streaming"}})
	}()
	body, err := io.ReadAll((<-got).answer.Body)
	var failed *FunctionError
	if !errors.As(err, &failed) || *failed != (FunctionError{"Boom", "it broke"}) || string(body) != "half" {
		t.Errorf("%q, %v", body, err)
	}
	p.want(<-told, accepted)
}

func TestStream_WithoutItsPrelude(t *testing.T) {
	for name, body := range map[string]string{
		"empty":     "",
		"no end":    `{"statusCode":200}`,
		"no JSON":   "hello\x00\x00\x00\x00\x00\x00\x00\x00",
		"long":      strings.Repeat(" ", maxPrelude) + "{}\x00\x00\x00\x00\x00\x00\x00\x00",
		"very long": strings.Repeat(" ", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			p := newProcess(t, NewDispatcher(Config{}), 1)
			got, e := p.taken(t.Context())
			p.want(p.respond(e.id, body, "Content-Type", integration, headerMode, "streaming"), said{400, "InvalidPrelude"})
			if err := (<-got).err; !errors.Is(err, function.ErrBroken) || p.api.Inflight() != 0 {
				t.Errorf("%v, %d in flight", err, p.api.Inflight())
			}
		})
	}
}
