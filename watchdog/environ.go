package watchdog

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/harkvoice/hark/internal/function"
)

// HTTPEnviron is the environment of a generic call, as the classic watchdog
// gives it: Http_Method, Http_Path, Http_Query, Http_Host, Http_ContentLength,
// and Http_NAME for each header. A header named Proxy is left out: programs
// would take Http_Proxy for the address of a proxy (CVE-2016-5385).
func HTTPEnviron(call *function.HTTP) []string {
	env := make([]string, 0, 8+len(call.Header))
	set := func(name, value string) {
		if value != "" && strings.IndexByte(value, 0) < 0 {
			env = append(env, "Http_"+name+"="+value)
		}
	}
	given := make(map[string]bool, len(call.Header))
	for _, name := range slices.Sorted(maps.Keys(call.Header)) { // X-A goes before X_A
		variable := strings.ReplaceAll(name, "-", "_")
		if plainVariable(variable) && !given[variable] {
			given[variable] = true
			set(variable, strings.Join(call.Header[name], ", "))
		}
	}
	set("Method", call.Method)
	set("Path", call.Path)
	set("Query", call.Query)
	set("Host", call.Host)
	if call.ContentLength >= 0 {
		set("ContentLength", strconv.FormatInt(call.ContentLength, 10))
		set("Content_Length", strconv.FormatInt(call.ContentLength, 10))
	} else {
		set("Transfer_Encoding", "chunked")
	}
	return env
}

// plainVariable refuses what is no name of a variable, Proxy, and what the
// request line sets: a header named Method must not stand in for it.
func plainVariable(name string) bool {
	switch strings.ToLower(name) {
	case "", "proxy", "method", "path", "query", "host", "contentlength", "content_length", "transfer_encoding":
		return false
	}
	for i := range len(name) {
		c := name[i]
		if c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// VoiceEnviron is the environment of a voice call. Variables whose name may
// not cross to a program are left out, and values that no environment holds.
func VoiceEnviron(vars map[string]string) []string {
	env := make([]string, 0, len(vars))
	for name, value := range vars {
		if function.VoiceVariable(name) && strings.IndexByte(value, 0) < 0 {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// appendTrace adds the variables by which OpenTelemetry's SDKs go on with a trace.
func appendTrace(env []string, t function.Trace) []string {
	if t.Parent != "" {
		env = append(env, function.VariableTraceParent+"="+t.Parent)
	}
	if t.State != "" {
		env = append(env, function.VariableTraceState+"="+t.State)
	}
	return env
}

// Inherit is what a function gets of its parent's environment: everything but
// hark's own settings and what requests set. Own goes before it.
func Inherit(parent []string, own map[string]string) []string {
	env := make([]string, 0, len(parent)+len(own))
	for _, pair := range parent {
		name, _, _ := strings.Cut(pair, "=")
		if _, overridden := own[name]; overridden || requestVariable(name) || strings.HasPrefix(name, "HARK_") {
			continue
		}
		env = append(env, pair)
	}
	for name, value := range own {
		if !requestVariable(name) {
			env = append(env, name+"="+value)
		}
	}
	return env
}

func requestVariable(name string) bool {
	return strings.HasPrefix(name, "ALEXA_") || strings.HasPrefix(name, "Http_") ||
		name == function.VariableTraceParent || name == function.VariableTraceState
}

// variable is the value of a variable, if an environment has it.
func variable(env []string, name string) (value string, ok bool) {
	for _, pair := range env {
		if value, ok := strings.CutPrefix(pair, name+"="); ok {
			return value, true
		}
	}
	return "", false
}
