package router

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/openfaas"
)

func TestLogs_AreALineOfJSONEach(t *testing.T) {
	h := operated(t)
	for range 3 {
		h.ask("GET", "/function/hello", "")
	}
	now := url.QueryEscape(time.Now().Add(time.Minute).Format(time.RFC3339))
	for query, want := range map[string]int{
		"name=hello":                                   3,
		"name=hello.openfaas-fn&follow=0":              3,
		"name=hello&tail=2":                            2,
		"name=hello&tail=-1":                           3,
		"name=hello&since=" + now:                      0,
		"name=hello&instance=another":                  0,
		"name=ColourIntent&namespace=&tail=":           0,
		"name=hello&since=2020-01-01T00:00:00%2B02:00": 3,
	} {
		w := h.ask("GET", "/system/logs?"+query, "")
		lines := 0
		for text := range strings.Lines(w.Body.String()) {
			var line openfaas.LogLine
			if err := json.Unmarshal([]byte(text), &line); err != nil || line.Name != "hello" || line.Text != "noise" || line.Namespace != "openfaas-fn" || line.Instance == "" || line.Timestamp.IsZero() {
				t.Errorf("%s: %q, error %v", query, text, err)
			}
			lines++
		}
		if w.Code != 200 || lines != want || w.Header().Get("Content-Type") != "application/x-ndjson" {
			t.Errorf("%s: %d, %d lines, want %d", query, w.Code, lines, want)
		}
	}
}

func TestLogs_RefusesWhatItDoesNotUnderstand(t *testing.T) {
	h := operated(t)
	for query, want := range map[string]struct {
		status int
		says   string
	}{
		"":                           {400, "name= is missing"},
		"name=nobody":                {404, `"nobody"`},
		"name=a/b":                   {400, "function name"},
		"name=hello&namespace=prod":  {400, "no namespace"},
		"name=hello&since=yesterday": {400, "since=yesterday is no time such as"},
		"name=hello&tail=all":        {400, "tail=all is no number"},
		"name=hello&follow=perhaps":  {400, "follow=perhaps is neither"},
	} {
		w := h.ask("GET", "/system/logs?"+query, "")
		if w.Code != want.status || !strings.Contains(strings.ReplaceAll(w.Body.String(), `"`, ""), strings.ReplaceAll(want.says, `"`, "")) {
			t.Errorf("%q: %d %q", query, w.Code, w.Body)
		}
	}
}

// followed serves h with a bound to how long answers take, and follows the log of
// hello.
func followed(t *testing.T, h *house, writeTimeout time.Duration) (*http.Response, *httptest.Server) {
	t.Helper()
	server := httptest.NewUnstartedServer(h.Operator())
	server.Config.WriteTimeout = writeTimeout
	server.Start()
	t.Cleanup(server.Close)
	resp, err := http.Get(server.URL + "/system/logs?name=hello&follow=true")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp, server
}

func TestLogs_FollowedComeAsTheyArePrintedWhateverAnswersMayTake(t *testing.T) {
	h := operated(t)
	resp, _ := followed(t, h, 50*time.Millisecond)
	lines := bufio.NewScanner(resp.Body)
	for i := range 3 {
		time.Sleep(60 * time.Millisecond)            // nothing tells when the server's bound has passed
		h.ask(http.MethodGet, "/function/hello", "") // not by the server, whose bound a busy machine can pass
		if !lines.Scan() || !strings.Contains(lines.Text(), "noise") {
			t.Fatalf("line %d: %q, error %v", i, lines.Text(), lines.Err())
		}
	}
}

func TestLogs_FollowedEndWhenHarkIsToldTo(t *testing.T) {
	until, stop := context.WithCancel(t.Context())
	h := operated(t, func(c *Config) { c.Until = until })
	resp, server := followed(t, h, 0)
	stop()
	if _, err := io.ReadAll(resp.Body); err != nil {
		t.Error(err)
	}
	server.Close() // waits for the record
	if rec := h.record(t); rec["action"] != "logs" || rec["outcome"] != "ok" || rec["function"] != "hello" {
		t.Errorf("record %v", rec)
	}
}

func TestLogs_FollowedEndWhenTheClientGoes(t *testing.T) {
	h := operated(t)
	resp, server := followed(t, h, 0)
	resp.Body.Close()
	server.Close() // waits for the line to end
	if rec := h.record(t); rec["outcome"] != "ok" {
		t.Errorf("record %v", rec)
	}
}

func TestLogs_FollowedEndWithTheFunction(t *testing.T) {
	h := operated(t)
	resp, _ := followed(t, h, 0)
	if err := h.Engine.Remove(t.Context(), "hello"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(resp.Body); err != nil {
		t.Error(err)
	}
}

// breaking is an engine whose log breaks off, as no local one does.
type breaking struct{ Engine }

func (breaking) Logs(context.Context, function.LogQuery) (iter.Seq2[function.LogLine, error], error) {
	return func(yield func(function.LogLine, error) bool) {
		_ = yield(function.LogLine{Name: "hello", Text: "one"}, nil) && yield(function.LogLine{}, errors.New("the node is gone"))
	}, nil
}

func TestLogs_ThatBreakOffDoNotPassForWhole(t *testing.T) {
	h := build(t, nil)
	h.Engine = breaking{}
	resp, server := followed(t, h, 0)
	text, err := io.ReadAll(resp.Body)
	if err == nil || !strings.Contains(string(text), `"text":"one"`) {
		t.Errorf("%q, error %v", text, err)
	}
	server.Close()
	if rec := h.record(t); rec["outcome"] == "ok" || !strings.Contains(rec["cause"].(string), "the node is gone") {
		t.Errorf("record %v", rec)
	}
}
