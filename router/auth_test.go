package router

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
)

func basic(login string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(login))
}

func TestGuard_AdmitsCredentialsOnly(t *testing.T) {
	both := Credentials{User: "admin", Password: "pass:word", Tokens: []string{"token-one", "token-two"}}
	tokens := Credentials{Tokens: []string{"token-one"}}
	for _, tt := range []struct {
		name          string
		known         Credentials
		authorization string
		admitted      bool
	}{
		{"user and password", both, basic("admin:pass:word"), true},
		{"another password", both, basic("admin:password"), false},
		{"the start of it", both, basic("admin:pass"), false},
		{"no password", both, basic("admin:"), false},
		{"another user", both, basic("root:pass:word"), false},
		{"no user", both, basic(":pass:word"), false},
		{"nothing", both, "", false},
		{"a broken login", both, "Basic !", false},
		{"the first token", both, "Bearer token-one", true},
		{"the other token", both, "bearer token-two", true},
		{"no token", both, "Bearer ", false},
		{"a piece of a token", both, "Bearer token", false},
		{"a token for a password", both, basic("admin:token-one"), false},
		{"the password for a token", both, "Bearer pass:word", false},
		{"another scheme", both, "Digest token-one", false},
		{"a login where there is none", tokens, basic(":"), false},
		{"a token where there is no login", tokens, "Bearer token-one", true},
		{"an empty token where there is a login", Credentials{User: "a", Password: "b"}, "Bearer", false},
	} {
		h := operated(t, func(c *Config) { c.Credentials = tt.known })
		w := h.ask("GET", "/system/functions", "", "Authorization", tt.authorization, "Host", "gateway.example")
		if admitted := w.Code == http.StatusOK; admitted != tt.admitted || !admitted && w.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", tt.name, w.Code, w.Body)
		}
		if challenge := w.Header().Get("WWW-Authenticate"); (challenge == `Basic realm="hark"`) == tt.admitted {
			t.Errorf("%s: challenge %q", tt.name, challenge)
		}
		for _, secret := range []string{"pass:word", "token-one", strings.TrimPrefix(basic("admin:pass:word"), "Basic ")} {
			if strings.Contains(h.log.String()+w.Body.String(), secret) {
				t.Errorf("%s: %q is told", tt.name, secret)
			}
		}
	}
}

func TestGuard_IsForTheWholeAPIAndNothingElse(t *testing.T) {
	h := operated(t, func(c *Config) { c.Credentials = Credentials{Tokens: []string{"t"}} })
	for _, target := range []string{
		"GET /system/functions", "POST /system/functions", "PUT /system/functions", "DELETE /system/functions", "PATCH /system/functions",
		"GET /system/function/hello", "POST /system/scale-function/hello", "GET /system/secrets", "POST /system/secrets", "PUT /system/secrets",
		"DELETE /system/secrets", "GET /system/logs?name=hello", "GET /system/namespaces", "GET /system/namespace/x", "GET /system/info",
		"POST /system/alert", "GET /system/nothing", "GET /system/functions/", "GET /system//functions",
	} {
		method, path, _ := strings.Cut(target, " ")
		if w := h.ask(method, path, "{}"); w.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	if rec := h.record(t); rec["route"] != "system" || rec["stage"] != "guard" || rec["outcome"] != "unauthorized" || rec["status"] != 401.0 {
		t.Errorf("record %v", rec)
	}
	for _, target := range []string{"/function/hello", "/metrics", "/healthz"} {
		if w := h.ask("GET", target, ""); w.Code != http.StatusOK {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
}

func TestGuard_RefusesWhatWebPagesSend(t *testing.T) {
	guarded := func(c *Config) { c.Credentials = Credentials{User: "admin", Password: "secret"} }
	open := func(c *Config) { c.Host = "box.local" }
	login := []string{"Authorization", basic("admin:secret")}
	for _, tt := range []struct {
		name    string
		change  func(*Config)
		host    string
		header  []string
		refused bool
	}{
		{"curl", open, "127.0.0.1:8080", nil, false},
		{"curl by name", open, "localhost:8080", nil, false},
		{"another loopback address", open, "127.0.0.2:8080", nil, false},
		{"IPv6", open, "[::1]:8080", nil, false},
		{"IPv6 without a port", open, "[::1]", nil, false},
		{"the configured name", open, "BOX.local:8080", nil, false},
		{"a name that leads here", open, "rebound.example:8080", nil, true},
		{"a name that starts like it", open, "localhost.rebound.example", nil, true},
		{"an address that is not here", open, "10.0.0.1:8080", nil, true},
		{"no name", open, "", nil, true},
		{"another page", open, "127.0.0.1:8080", []string{"Origin", "https://evil.example"}, true},
		{"another port's page", open, "127.0.0.1:8080", []string{"Origin", "http://127.0.0.1:3000"}, true},
		{"a page without a place", open, "127.0.0.1:8080", []string{"Origin", "null"}, true},
		{"hark's own page", open, "127.0.0.1:8080", []string{"Origin", "http://127.0.0.1:8080", "Sec-Fetch-Site", "same-origin"}, false},
		{"an image of another page", open, "127.0.0.1:8080", []string{"Sec-Fetch-Site", "cross-site"}, true},
		{"a neighbour's page", open, "localhost:8080", []string{"Sec-Fetch-Site", "same-site"}, true},
		{"the address bar", open, "localhost:8080", []string{"Sec-Fetch-Site", "none"}, false},
		{"with credentials by any name", guarded, "gateway.example", login, false},
		{"another page with the browser's credentials", guarded, "gateway.example", append([]string{"Origin", "https://evil.example"}, login...), true},
		{"its own page with credentials", guarded, "gateway.example", append([]string{"Origin", "https://gateway.example"}, login...), false},
	} {
		h := operated(t, tt.change)
		for _, method := range []string{"GET", "DELETE"} {
			w := h.ask(method, "/system/functions", `{"functionName":"hello"}`, append([]string{"Host", tt.host}, tt.header...)...)
			if refused := w.Code == http.StatusForbidden; refused != tt.refused || !refused && w.Code/100 != 2 {
				t.Errorf("%s: %s: %d %s", tt.name, method, w.Code, w.Body)
			}
		}
		if _, there := h.Catalogue.Function("hello"); there != tt.refused {
			t.Errorf("%s: the function is there: %v", tt.name, there)
		}
	}
}
