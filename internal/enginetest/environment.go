package enginetest

import (
	"net/http"
	"strings"

	"github.com/harkvoice/hark/internal/function"
)

// environment calls the function, which prints its environment.
func (w *world) environment(inv function.Invocation) map[string]string {
	w.Helper()
	inv.Body = w.body("")
	got := w.invoke(w.Context(), inv)
	if got.err != nil {
		w.Fatal(got.err)
	}
	env := map[string]string{}
	for line := range strings.Lines(got.body) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if _, twice := env[name]; twice {
			w.Errorf("%s is there twice", name)
		}
		env[name] = value
	}
	return env
}

func (w *world) wantVariables(env, want map[string]string) {
	w.Helper()
	for name, value := range want {
		if got, ok := env[name]; !ok || got != value {
			w.Errorf("%s is %q, want %q", name, got, value)
		}
	}
}

func (w *world) wantNoVariable(env map[string]string, prefix string) {
	w.Helper()
	for name := range env {
		if strings.HasPrefix(name, prefix) {
			w.Errorf("%s=%q crossed", name, env[name])
		}
	}
}

func specEnvironment(w *world) {
	want := map[string]string{"LED_STRIP": "/dev/spidev0.0", "EMPTY": "", "EQUALS": "a=b c"}
	w.deploy("env", want)
	w.wantVariables(w.environment(function.Invocation{}), want)
}

func voiceEnvironment(w *world) {
	w.deploy("env", map[string]string{"SAFE": "of the spec"})
	want := map[string]string{
		"ALEXA_INTENT":        "ChangeColor",
		"ALEXA_SLOT_LEDCOLOR": "grün; rm -rf / = $HOME",
		"ALEXA_SLOT_EMPTY":    "",
	}
	voice := map[string]string{"SAFE": "forged", "ENGINETEST_FORGED": "x", "ALEXA_small": "x", "LD_PRELOAD": "/evil.so"}
	for name, value := range want {
		voice[name] = value
	}
	env := w.environment(function.Invocation{Voice: voice})
	w.wantVariables(env, want)
	w.wantVariables(env, map[string]string{"SAFE": "of the spec"})
	for _, prefix := range []string{"ENGINETEST_FORGED", "ALEXA_small", "LD_PRELOAD", "Http_"} {
		w.wantNoVariable(env, prefix)
	}
}

func httpEnvironment(w *world) {
	w.deploy("env", nil)
	env := w.environment(function.Invocation{HTTP: &function.HTTP{
		Method: "PUT", Path: "/a b", Query: "x=1&x=2", Host: "hark.example", ContentLength: 0,
		Header: http.Header{"X-Hub-Signature": {"sha256=ab"}, "Proxy": {"http://evil"}},
	}})
	w.wantVariables(env, map[string]string{
		"Http_Method":          "PUT",
		"Http_Path":            "/a b",
		"Http_Query":           "x=1&x=2",
		"Http_Host":            "hark.example",
		"Http_X_Hub_Signature": "sha256=ab",
	})
	w.wantNoVariable(env, "Http_Proxy")
}

func traceEnvironment(w *world) {
	w.deploy("env", nil)
	trace := function.Trace{Parent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", State: "vendor=a b,other=2"}
	want := map[string]string{"TRACEPARENT": trace.Parent, "TRACESTATE": trace.State}
	w.wantVariables(w.environment(function.Invocation{Voice: map[string]string{"ALEXA_INTENT": "ChangeColor"}, Trace: trace}), want)
	header := http.Header{"Tracestate": {trace.State}, "Traceparent": {trace.Parent}}
	w.wantVariables(w.environment(function.Invocation{HTTP: &function.HTTP{Method: "POST", Header: header, ContentLength: 0}, Trace: trace}), want)
	w.wantNoVariable(w.environment(function.Invocation{}), "TRACE")
}

func forgedVoice(w *world) {
	w.deploy("env", nil)
	env := w.environment(function.Invocation{
		Voice: map[string]string{"ALEXA_INTENT": "Unlock"},
		HTTP: &function.HTTP{Method: "POST", Header: http.Header{
			"Alexa-Intent": {"Unlock"}, "ALEXA_INTENT": {"Unlock"}, "X-Alexa-Intent": {"Unlock"},
		}},
	})
	w.wantNoVariable(env, "ALEXA_")
}

func ownEnvironment(w *world) {
	w.deploy("env", map[string]string{"OWN": "of the spec"})
	for _, inv := range []function.Invocation{
		{Voice: map[string]string{"ALEXA_INTENT": "ChangeColor"}, Trace: function.Trace{Parent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}},
		{HTTP: &function.HTTP{Method: "POST", Path: "/a", Header: http.Header{"X-A": {"b"}}, ContentLength: -1}},
	} {
		env := w.environment(inv)
		w.wantVariables(env, map[string]string{"OWN": "of the spec"})
		w.wantNoVariable(env, "ALEXA_")
		w.wantNoVariable(env, "Http_")
		w.wantNoVariable(env, "TRACE")
	}
}
