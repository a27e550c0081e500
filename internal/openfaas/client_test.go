package openfaas

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/internal/function"
)

// gateway answers every request by f and keeps what was asked, a line for each.
func gateway(t *testing.T, c Credentials, f http.HandlerFunc) (*Client, func() []string) {
	t.Helper()
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked = append(asked, strings.TrimSpace(r.Method+" "+r.URL.String()+" "+string(body)))
		f(w, r)
	}))
	t.Cleanup(server.Close)
	client, err := NewClient(server.URL+"/", c)
	if err != nil {
		t.Fatal(err)
	}
	return client, func() []string { return asked }
}

func answer(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}
}

func TestClient_AsksWhatTheAPIHas(t *testing.T) {
	ctx := t.Context()
	for _, c := range []struct {
		name   string
		call   func(*Client) error
		answer string
		want   string
	}{
		{"list", func(c *Client) error { _, err := c.Functions(ctx); return err }, "[]", "GET /system/functions"},
		{"describe", func(c *Client) error { _, err := c.Function(ctx, "f"); return err }, "{}", "GET /system/function/f"},
		{"a name that is a path", func(c *Client) error { _, err := c.Function(ctx, "../a b"); return err }, "{}", "GET /system/function/..%2Fa%20b"},
		{"update", func(c *Client) error { _, err := c.Deploy(ctx, Deployment{Service: "f", Image: "i"}); return err }, "", `PUT /system/functions {"service":"f","image":"i"}`},
		{"remove", func(c *Client) error { return c.Remove(ctx, "f") }, "", `DELETE /system/functions {"functionName":"f"}`},
		{"scale to nothing", func(c *Client) error { return c.Scale(ctx, "f", 0) }, "", `POST /system/scale-function/f {"serviceName":"f","replicas":0}`},
		{"secrets", func(c *Client) error { _, err := c.Secrets(ctx); return err }, "null", "GET /system/secrets"},
		{"create a secret", func(c *Client) error { return c.CreateSecret(ctx, Secret{Name: "s", Value: "v"}) }, "", `POST /system/secrets {"name":"s","value":"v"}`},
		{"update a secret", func(c *Client) error { return c.UpdateSecret(ctx, Secret{Name: "s", RawValue: []byte{0xff}}) }, "", `PUT /system/secrets {"name":"s","rawValue":"/w=="}`},
		{"remove a secret", func(c *Client) error { return c.RemoveSecret(ctx, "s") }, "", `DELETE /system/secrets {"name":"s"}`},
		{"all logs", func(c *Client) error { return c.Logs(ctx, function.LogQuery{Name: "f"}, nil) }, "", "GET /system/logs?name=f"},
		{"some logs", func(c *Client) error {
			return c.Logs(ctx, function.LogQuery{Name: "f", Instance: "i", Tail: 3, Follow: true, Since: time.Unix(0, 0).UTC()}, nil)
		}, "", "GET /system/logs?follow=true&instance=i&name=f&since=1970-01-01T00%3A00%3A00Z&tail=3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, asked := gateway(t, Credentials{}, answer(202, c.answer))
			if err := c.call(client); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{c.want}, asked()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestClient_DeployCreatesWhatIsNotThere(t *testing.T) {
	client, asked := gateway(t, Credentials{}, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			http.Error(w, "no such function", http.StatusNotFound)
		}
	})
	created, err := client.Deploy(t.Context(), Deployment{Service: "f"})
	if err != nil || !created {
		t.Errorf("created %v, error %v", created, err)
	}
	if diff := cmp.Diff([]string{`PUT /system/functions {"service":"f"}`, `POST /system/functions {"service":"f"}`}, asked()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestClient_ReadsWhatItIsTold(t *testing.T) {
	want := Status{Name: "f", Image: "i", EnvVars: map[string]string{"A": "b"}, Limits: &Resources{Memory: "5Mi"}, Replicas: 2, AvailableReplicas: 1, Trouble: "why so"}
	sent := want
	sent.Trouble = "why\x1b\nso"
	client, _ := gateway(t, Credentials{}, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "functions") {
			_ = json.NewEncoder(w).Encode([]Status{sent})
		} else {
			_ = json.NewEncoder(w).Encode(sent)
		}
	})
	one, err := client.Function(t.Context(), "f")
	if diff := cmp.Diff(want, one); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	all, err := client.Functions(t.Context())
	if diff := cmp.Diff([]Status{want}, all); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

func TestClient_Authorizes(t *testing.T) {
	for _, c := range []struct {
		credentials Credentials
		want        string
	}{
		{Credentials{}, ""},
		{Credentials{User: "admin", Password: "a:b"}, "Basic YWRtaW46YTpi"},
		{Credentials{Token: "t"}, "Bearer t"},
	} {
		got := "none"
		client, _ := gateway(t, c.credentials, func(w http.ResponseWriter, r *http.Request) {
			got = r.Header.Get("Authorization")
			_, _ = io.WriteString(w, "[]")
		})
		if _, err := client.Functions(t.Context()); err != nil || got != c.want {
			t.Errorf("%q, error %v, want %q", got, err, c.want)
		}
	}
}

// A gateway's answer in its own words, whatever they are, and never what was
// sent to it.
func TestClient_ErrorsAreTheGatewaysWords(t *testing.T) {
	for _, c := range []struct {
		name, kind string
		status     int
		text, want string
	}{
		{"a line", "text/plain", 400, "memory: 1k is too little\n", "memory: 1k is too little"},
		{"several lines", "text/plain", 500, "one\n two\r\n", "one two"},
		{"what a terminal would obey", "text/plain", 500, "a\x1b[31mb\x07\u009bc\xff", "a[31mbc�"},
		{"nothing", "text/plain", 503, "", "the gateway answers HTTP 503 Service Unavailable"},
		{"a page", "text/html; charset=utf-8", 502, "<html>Bad Gateway", "the gateway answers HTTP 502 Bad Gateway"},
		{"too much", "text/plain", 500, strings.Repeat("x", 1<<20), strings.Repeat("x", maxText-1) + "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, _ := gateway(t, Credentials{User: "u", Password: "hunter2"}, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.kind)
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.text)
			})
			err := client.CreateSecret(t.Context(), Secret{Name: "s", Value: "hunter2"})
			if !IsStatus(err, c.status) || err.Error() != c.want {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

func TestClient_DoesNotFollowToAnotherGateway(t *testing.T) {
	client, asked := gateway(t, Credentials{User: "u", Password: "hunter2"}, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example/system/functions", http.StatusMovedPermanently)
	})
	_, err := client.Deploy(t.Context(), Deployment{Service: "f"})
	if !IsStatus(err, 301) || !strings.Contains(err.Error(), "https://elsewhere.example") || len(asked()) != 1 {
		t.Errorf("error %v after %q", err, asked())
	}
}

func TestClient_SaysWhoDoesNotAnswer(t *testing.T) {
	client, _ := gateway(t, Credentials{}, answer(200, "<html>"))
	var away *Unreachable
	if _, err := client.Functions(t.Context()); !errors.As(err, &away) || !strings.Contains(err.Error(), "is not the API's") || !strings.Contains(err.Error(), client.Address()) {
		t.Errorf("no API: %v", err)
	}
	client, _ = gateway(t, Credentials{}, answer(200, `[{"name":`))
	if _, err := client.Functions(t.Context()); !errors.As(err, &away) {
		t.Errorf("half an answer: %v", err)
	}
	client, err := NewClient("127.0.0.1:1", Credentials{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Functions(t.Context()); !errors.As(err, &away) || strings.Count(err.Error(), "127.0.0.1:1") > 2 || strings.Contains(err.Error(), "Get ") {
		t.Errorf("nobody: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Functions(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}

func TestNewClient_ChecksTheAddress(t *testing.T) {
	for _, address := range []string{"", "ftp://h", "http://", "http://u:p@h", "http://h?x=1", "http://h#x", "http://a b", ":8080", "/x"} {
		if c, err := NewClient(address, Credentials{}); err == nil {
			t.Errorf("%q is taken: %s", address, c.Address())
		} else if strings.Contains(err.Error(), "p@") {
			t.Errorf("%q: the error tells the password: %v", address, err)
		}
	}
	for address, want := range map[string]string{"pi:8080": "http://pi:8080", "https://h/base/": "https://h/base", "[::1]:1": "http://[::1]:1"} {
		if c, err := NewClient(address, Credentials{}); err != nil || c.Address() != want {
			t.Errorf("%q: error %v, want %s", address, err, want)
		}
	}
}

func TestClient_ExposedIsInClearToOthers(t *testing.T) {
	for address, want := range map[string]bool{
		"http://127.0.0.1:1": false, "http://localhost": false, "http://[::1]:1": false, "https://pi": false,
		"http://pi:8080": true, "http://192.168.1.2": true, "http://127.0.0.1.example.com": true,
	} {
		c, err := NewClient(address, Credentials{Token: "t"})
		if err != nil || c.Exposed() != want {
			t.Errorf("%s: %v, error %v", address, !want, err)
		}
		if c, _ := NewClient(address, Credentials{}); c.Exposed() {
			t.Errorf("%s without credentials", address)
		}
	}
}

func TestClient_LogsComeAsTheyAreWritten(t *testing.T) {
	next := make(chan struct{})
	client, _ := gateway(t, Credentials{}, func(w http.ResponseWriter, r *http.Request) {
		for i := range 3 {
			fmt.Fprintf(w, `{"name":"f","instance":"i%d","text":"line %d"}`+"\n", i, i)
			w.(http.Flusher).Flush()
			select {
			case <-next:
			case <-r.Context().Done():
				return
			}
		}
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	seen := 0
	err := client.Logs(ctx, function.LogQuery{Name: "f", Follow: true}, func(l LogLine) error {
		if want := (LogLine{Name: "f", Instance: fmt.Sprintf("i%d", seen), Text: fmt.Sprintf("line %d", seen)}); l != want {
			t.Errorf("%+v, want %+v", l, want)
		}
		if seen++; seen == 3 {
			cancel()
			return nil
		}
		next <- struct{}{}
		return nil
	})
	if !errors.Is(err, context.Canceled) || seen != 3 {
		t.Errorf("%d lines, error %v", seen, err)
	}
}

func TestClient_LogsEnd(t *testing.T) {
	client, _ := gateway(t, Credentials{}, answer(200, "{\"text\":\"a\"}\n{\"text\":\"b\"}\n"))
	stop := errors.New("enough")
	lines := 0
	count := func(LogLine) error { lines++; return nil }
	if err := client.Logs(t.Context(), function.LogQuery{}, count); err != nil || lines != 2 {
		t.Errorf("%d lines, error %v", lines, err)
	}
	if err := client.Logs(t.Context(), function.LogQuery{}, func(LogLine) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error %v", err)
	}
	client, _ = gateway(t, Credentials{}, answer(404, "no such function"))
	if err := client.Logs(t.Context(), function.LogQuery{}, count); !IsStatus(err, 404) {
		t.Errorf("error %v", err)
	}
	client, _ = gateway(t, Credentials{}, answer(200, `{"text":"a"}{"text":`))
	var away *Unreachable
	if err := client.Logs(t.Context(), function.LogQuery{}, count); !errors.As(err, &away) {
		t.Errorf("broken off: %v", err)
	}
}
