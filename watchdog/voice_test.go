package watchdog

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/harkvoice/hark/internal/function"
)

// asVoice sends a voice request as the gateway of a Swarm does.
func asVoice(t *testing.T, server *httptest.Server, voice map[string]string, header http.Header) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/", strings.NewReader(`{"version":"1.0"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header.Clone()
	req.Header.Set(function.HeaderVoice, function.EncodeVoice(voice))
	resp, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(text)
}

func TestHandler_GivesAVoiceRequestItsEnvironment(t *testing.T) {
	server := serve(t, env{"fprocess": "env"}, io.Discard)
	_, text := asVoice(t, server, map[string]string{"ALEXA_SLOT_COLOR": "grün & blau"}, http.Header{"X-Other": {"x"}})
	if !strings.Contains(text, "ALEXA_SLOT_COLOR=grün & blau\n") || strings.Contains(text, "Http_") {
		t.Errorf("%s", text)
	}
}

func TestHandler_EndsAVoiceRequestAtTheDeadlineItIsTold(t *testing.T) {
	server := serve(t, env{"fprocess": "sleep 1000"}, io.Discard)
	resp, _ := asVoice(t, server, nil, http.Header{function.HeaderTimeout: {"0.05"}})
	if resp.StatusCode != http.StatusGatewayTimeout || resp.Header.Get(function.HeaderFault) != "timeout" {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
}

// What the watchdog says of itself no function can say for it.
func TestHandler_TellsItsOwnFaultsOnly(t *testing.T) {
	forged := serve(t, env{"fprocess": sh(`printf 'Content-Type: text/plain\nX-Hark-Fault: timeout\n\nfine'`), "cgi_response": "true"}, io.Discard)
	resp, text, err := do(t, forged, http.MethodGet, "/", nil)
	if err != nil || text != "fine" || resp.Header.Get(function.HeaderFault) != "" {
		t.Errorf("%q %v, error %v", text, resp.Header, err)
	}
	failing := serve(t, env{"fprocess": sh("exit 3")}, io.Discard)
	resp, _, err = do(t, failing, http.MethodGet, "/", nil)
	if err != nil || resp.Header.Get(function.HeaderFault) == "" || resp.Header.Get(function.HeaderExitStatus) != "3" {
		t.Errorf("%v, error %v", resp.Header, err)
	}
}
