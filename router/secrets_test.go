package router

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/openfaas"
)

// values of secrets in tests, which nothing may repeat.
const (
	hidden    = "do-not-tell"
	hiddenRaw = "nor-this"
)

var rawHidden = base64.StdEncoding.EncodeToString([]byte(hiddenRaw))

func TestSecrets_FromCreationToRemoval(t *testing.T) {
	h := operated(t)
	reader := `sh -c 'cat "$secret_mount_path"/key'`
	for _, step := range []struct {
		method, target, body string
		status               int
		says                 string
	}{
		{"PUT", "/system/secrets", `{"name":"key","value":"` + hidden + `"}`, 404, "secret key: no such secret"},
		{"DELETE", "/system/secrets", `{"name":"key"}`, 404, "secret key: no such secret"},
		{"POST", "/system/secrets", `{"name":"key","namespace":"openfaas-fn","value":"` + hidden + `"}`, 201, ""},
		{"POST", "/system/secrets", `{"name":"key","value":"` + hidden + `"}`, 409, "secret key: it exists already"},
		{"PUT", "/system/functions", `{"service":"hello","envProcess":` + quote(reader) + `,"secrets":["key"]}`, 200, ""},
		{"GET", "/function/hello", ``, 200, hidden},
		{"PUT", "/system/secrets", `{"name":"key","value":"x","rawValue":"` + rawHidden + `"}`, 200, ""},
		{"GET", "/function/hello", ``, 200, hiddenRaw},
		{"DELETE", "/system/secrets", `{"name":"key"}`, 400, "secret key is in use"},
		{"DELETE", "/system/functions", `{"functionName":"hello"}`, 202, ""},
		{"DELETE", "/system/secrets", `{"name":"key","namespace":"openfaas-fn"}`, 200, ""},
	} {
		w := h.ask(step.method, step.target, step.body)
		if w.Code != step.status || strings.TrimSuffix(w.Body.String(), "\n") != step.says && (step.says == "" || !strings.Contains(w.Body.String(), step.says)) {
			t.Errorf("%s %s %s: %d %q", step.method, step.target, step.body, w.Code, w.Body)
		}
		if step.target == "/system/secrets" && step.status == 201 {
			if rec := h.record(t); rec["action"] != "create-secret" || rec["secret"] != "key" {
				t.Errorf("record %v", rec)
			}
			list := h.ask("GET", "/system/secrets", "")
			if got := into[[]openfaas.Secret](t, list); len(got) != 1 || got[0].Name != "key" || got[0].Namespace != "openfaas-fn" || strings.Contains(list.Body.String(), "alue") {
				t.Errorf("listed %s", list.Body)
			}
		}
	}
	if text := h.log.String(); strings.Contains(text, hidden) || strings.Contains(text, hiddenRaw) || strings.Contains(text, rawHidden) {
		t.Errorf("the log has a secret:\n%s", text)
	}
}

func quote(s string) string {
	return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"`
}

func TestSecrets_RefusesAndRepeatsNothing(t *testing.T) {
	h := operated(t)
	for _, tt := range []struct {
		name, body string
		says       string
	}{
		{"no name", `{"value":"` + hidden + `"}`, "field name is missing"},
		{"a path", `{"name":"../key","value":"` + hidden + `"}`, `secret name "../key"`},
		{"two dots", `{"name":"a..b","value":"` + hidden + `"}`, "no two dots"},
		{"a long name", `{"name":"` + strings.Repeat("x", 64) + `","value":"` + hidden + `"}`, "at most 63"},
		{"no value", `{"name":"key"}`, "the secret has no value"},
		{"a number", `{"name":"key","value":123456789}`, "field value: want a string, not a JSON number"},
		{"no base64", `{"name":"key","rawValue":"` + hidden + `!"}`, "base64"},
		{"an object", `{"name":"key","rawValue":{"x":"` + hidden + `"}}`, "field rawValue"},
		{"broken off", `{"name":"key","value":"` + hidden, "no JSON"},
		{"too large", `{"name":"key","value":"` + strings.Repeat("x", function.MaxSecret+1) + `"}`, "500001 bytes, at most 500000"},
		{"another namespace", `{"name":"key","namespace":"prod","value":"` + hidden + `"}`, `no namespace "prod"`},
	} {
		for _, method := range []string{"POST", "PUT"} {
			w := h.ask(method, "/system/secrets", tt.body)
			if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), tt.says) || strings.Count(w.Body.String(), "\n") != 1 {
				t.Errorf("%s: %d %q", tt.name, w.Code, w.Body)
			}
			if all := w.Body.String() + h.log.String(); strings.Contains(all, hidden) || strings.Contains(all, "123456789") {
				t.Errorf("%s: the secret is repeated:\n%s", tt.name, all)
			}
		}
	}
	if w := h.ask("POST", "/system/secrets", `{"name":"key","value":"`+strings.Repeat("x", function.MaxSecret)+`"}`); w.Code != http.StatusCreated {
		t.Errorf("the largest: %d %s", w.Code, w.Body)
	}
}

func TestDeploy_RepeatsNoRegistryAuth(t *testing.T) {
	h := operated(t)
	for _, body := range []string{
		`{"service":"hello","registryAuth":"` + hidden + `"}`,
		`{"service":"nobody","registryAuth":"` + hidden + `"}`,
		`{"service":"hello","registryAuth":["` + hidden + `"]}`,
	} {
		for _, w := range []*httptest.ResponseRecorder{h.ask("PUT", "/system/functions", body), h.ask("GET", "/system/functions", ""), h.ask("GET", "/system/function/hello", "")} {
			if strings.Contains(w.Body.String(), hidden) {
				t.Errorf("%s: answered %s", body, w.Body)
			}
		}
	}
	if strings.Contains(h.log.String(), hidden) {
		t.Errorf("the log has it:\n%s", h.log)
	}
}
