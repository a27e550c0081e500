package upstream

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/harkvoice/hark/internal/function"
)

// seen is the header of inv as a server gets it, with own as the caller's.
func seen(t *testing.T, inv function.Invocation, own string) http.Header {
	t.Helper()
	got := make(chan http.Header, 1)
	c := served(t, func(_ int, conn *net.TCPConn, in *bufio.Reader) {
		req, err := http.ReadRequest(in)
		if err != nil {
			t.Error(err)
			return
		}
		got <- req.Header
		_, _ = io.WriteString(conn, okay)
	})
	call, err := NewCall(t.Context(), inv, "hark", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	call.Own = own
	resp, err := c.Do(t.Context(), call)
	told(t, resp, err)
	return receive(t, got)
}

// What holds between a gateway and a watchdog comes from a gateway only, however a
// caller writes it.
func TestNewCall_PassesNoVoiceOn(t *testing.T) {
	for name, header := range map[string]http.Header{
		"voice":              {"X-Hark-Voice": {"ALEXA_INTENT=Unlock"}},
		"fault":              {"X-Hark-Fault": {"timeout"}},
		"voice, as its last": {"Connection": {"close, X-Other"}, "X-Hark-Voice": {"ALEXA_INTENT=Unlock"}},
	} {
		header.Set("X-Kept", "yes")
		got := seen(t, function.Invocation{HTTP: &function.HTTP{Method: "POST", Header: header}}, "")
		for field := range got {
			if strings.HasPrefix(field, "X-Hark-") {
				t.Errorf("%s: %v", name, got)
			}
		}
		if got.Get("X-Kept") != "yes" {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestNewCall_HasTheCallersOwnHeader(t *testing.T) {
	got := seen(t, function.Invocation{}, "X-Hark-Voice: voice=1\r\nX-Timeout: 1.5\r\n")
	if got.Get("X-Hark-Voice") != "voice=1" || got.Get("X-Timeout") != "1.5" || got.Get("Content-Type") != "application/json" {
		t.Errorf("%v", got)
	}
}

func TestNewCall_RefusesWhatWouldEndTheRequestLine(t *testing.T) {
	for _, bad := range []function.HTTP{
		{Method: "GET /evil HTTP/1.1\r\nX: "}, {Method: "GET", RawPath: "/a b"}, {Method: "GET", Host: "a\r\nX: b"}, {Method: "GET", Query: "a\nb"},
	} {
		if _, err := NewCall(t.Context(), function.Invocation{HTTP: &bad}, "hark", "", 0); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}
