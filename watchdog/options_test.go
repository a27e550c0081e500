package watchdog

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// loadSettings reads settings as fwatchdog does.
func loadSettings(vars env) (Settings, error) {
	s := Defaults()
	err := s.Load(func(name string) (string, bool) { v, ok := vars[name]; return v, ok })
	return s, err
}

// ofSettings leaves out what no reader of Settings sees.
var ofSettings = cmpopts.IgnoreUnexported(Settings{})

func TestSettings_Defaults(t *testing.T) {
	want := Settings{
		Mode: "stdio", Port: 8080, MetricsPort: 8081,
		Read: 30 * time.Second, Write: 30 * time.Second, Grace: 200 * time.Millisecond,
		MaxBody: 32 << 20, Environment: true, PrefixLogs: true, LogPart: 64 << 10,
		WarmMaxAge: time.Hour, Upstream: "http://127.0.0.1:3000", Processes: 1,
	}
	empty := env{}
	for _, name := range settingNames() {
		empty[name] = ""
	}
	for name, vars := range map[string]env{"unset": {}, "empty, which is unset": empty} {
		got, err := loadSettings(vars)
		if diff := cmp.Diff(want, got, ofSettings); diff != "" || err != nil {
			t.Errorf("%s: error %v (-want +got):\n%s", name, err, diff)
		}
	}
}

func settingNames() (all []string) {
	s := Defaults()
	for _, o := range s.Options() {
		all = append(all, o.Env)
	}
	return all
}

// takes are the values of each option, in every spelling. The Settings are
// those that want changes.
var takes = []struct {
	name   string
	values []string
	want   func(*Settings)
}{
	{"fprocess", []string{"cat"}, func(s *Settings) { s.Process = "cat" }},
	{"function_process", []string{"cat"}, func(s *Settings) { s.Process = "cat" }},
	{"mode", []string{"stdio", "streaming", "serializing"}, func(s *Settings) { s.Mode = ModeStdio }},
	{"mode", []string{"http"}, func(s *Settings) { s.Mode = ModeHTTP }},
	{"mode", []string{"lambda"}, func(s *Settings) { s.Mode = ModeLambda }},
	{"port", []string{"80", "080", "+80"}, func(s *Settings) { s.Port = 80 }},
	{"port", []string{"0"}, func(s *Settings) { s.Port = 0 }},
	{"port", []string{"65535"}, func(s *Settings) { s.Port = 65535 }},
	{"metrics_port", []string{"0"}, func(s *Settings) { s.MetricsPort = 0 }},
	{"read_timeout", []string{"90", "90s", "1m30s", "1.5m", "90000ms"}, func(s *Settings) { s.Read = 90 * time.Second }},
	{"read_timeout", []string{"0", "0s"}, func(s *Settings) { s.Read = 0 }},
	{"write_timeout", []string{"5", "5s"}, func(s *Settings) { s.Write = 5 * time.Second }},
	{"exec_timeout", []string{"5", "5s", "5000ms"}, func(s *Settings) { s.Exec = 5 * time.Second }},
	{"exec_timeout", []string{"86400", "24h"}, func(s *Settings) { s.Exec = day }},
	{"healthcheck_interval", []string{"5", "5s"}, func(s *Settings) { s.Linger = 5 * time.Second }},
	{"kill_grace", []string{"2", "2s"}, func(s *Settings) { s.Grace = 2 * time.Second }},
	{"kill_grace", []string{"1ms"}, func(s *Settings) { s.Grace = time.Millisecond }},
	{"max_inflight", []string{"4"}, func(s *Settings) { s.MaxInflight = 4 }},
	{"voice_reserve", []string{"2"}, func(s *Settings) { s.VoiceReserve = 2 }},
	{"max_body", []string{"512KB", "512kb", "512 KB", "524288"}, func(s *Settings) { s.MaxBody = 512 << 10 }},
	{"max_body", []string{"0"}, func(s *Settings) { s.MaxBody = 0 }},
	{"max_output", []string{"1MB"}, func(s *Settings) { s.MaxOutput = 1 << 20 }},
	{"limit_memory", []string{"2GB"}, func(s *Settings) { s.Limits.Memory = 2 << 30 }},
	{"limit_cpu", []string{"10", "10s"}, func(s *Settings) { s.Limits.CPU = 10 * time.Second }},
	{"limit_files", []string{"64"}, func(s *Settings) { s.Limits.Files = 64 }},
	{"limit_processes", []string{"64"}, func(s *Settings) { s.Limits.Processes = 64 }},
	{"limit_file_size", []string{"10MB"}, func(s *Settings) { s.Limits.FileSize = 10 << 20 }},
	{"cgi_headers", no, func(s *Settings) { s.Environment = false }},
	{"cgi_response", yes, func(s *Settings) { s.CGIResponse = true }},
	{"marshal_request", yes, func(s *Settings) { s.Marshal = true }},
	{"content_type", []string{"application/json"}, func(s *Settings) { s.ContentType = "application/json" }},
	{"combine_output", yes, func(s *Settings) { s.CombineOutput = true }},
	{"write_debug", yes, func(s *Settings) { s.WriteDebug = true }},
	{"debug_headers", yes, func(s *Settings) { s.DebugHeaders = true }},
	{"prefix_logs", no, func(s *Settings) { s.PrefixLogs = false }},
	{"log_buffer_size", []string{"1024", "1KB"}, func(s *Settings) { s.LogPart = 1 << 10 }},
	{"suppress_lock", yes, func(s *Settings) { s.SuppressLock = true }},
	{"warm", []string{"256"}, func(s *Settings) { s.Warm = 256 }},
	{"warm_max_age", []string{"60", "1m"}, func(s *Settings) { s.WarmMaxAge = time.Minute }},
	{"warm_max_age", []string{"0"}, func(s *Settings) { s.WarmMaxAge = 0 }},
	{"upstream_url", []string{"http://127.0.0.1:5000"}, func(s *Settings) { s.Upstream = "http://127.0.0.1:5000" }},
	{"upstream_url", []string{"http://[::1]:5000/base"}, func(s *Settings) { s.Upstream = "http://[::1]:5000/base" }},
	{"http_upstream_url", []string{"http://127.0.0.1:5000"}, func(s *Settings) { s.Upstream = "http://127.0.0.1:5000" }},
	{"processes", []string{"4"}, func(s *Settings) { s.Processes = 4 }},
	{"jwt_auth", no, func(*Settings) {}},
}

var (
	yes = []string{"true", "1", "t", "T", "TRUE", "True"}
	no  = []string{"false", "0", "f", "F", "FALSE", "False"}
)

func TestSettings_TakeEveryValueInEverySpelling(t *testing.T) {
	for _, c := range takes {
		for _, value := range c.values {
			want := Defaults()
			c.want(&want)
			got, err := loadSettings(env{c.name: value})
			if diff := cmp.Diff(want, got, ofSettings); diff != "" || err != nil {
				t.Errorf("%s=%s: error %v (-want +got):\n%s", c.name, value, err, diff)
			}
		}
	}
}

func TestSettings_EveryOptionIsTested(t *testing.T) {
	for _, name := range settingNames() {
		taken := slices.ContainsFunc(takes, func(c struct {
			name   string
			values []string
			want   func(*Settings)
		}) bool {
			return c.name == name
		})
		if !taken && name != "ready_path" { // which needs another option
			t.Errorf("no value of %s is tested", name)
		}
	}
}

func TestSettings_TheNewerNameGoesFirst(t *testing.T) {
	got, err := loadSettings(env{
		"fprocess": "old", "function_process": "new",
		"upstream_url": "http://127.0.0.1:1", "http_upstream_url": "http://127.0.0.1:2",
	})
	if err != nil || got.Process != "new" || got.Upstream != "http://127.0.0.1:2" {
		t.Errorf("%q, %q, error %v", got.Process, got.Upstream, err)
	}
}

func TestSettings_ReadyPathIsOfModeHTTP(t *testing.T) {
	got, err := loadSettings(env{"mode": "http", "ready_path": "/healthz"})
	if err != nil || got.ReadyPath != "/healthz" {
		t.Errorf("%q, error %v", got.ReadyPath, err)
	}
}

func TestSettings_RefuseWhatIsMalformedByName(t *testing.T) {
	var (
		durations = []string{"soon", "5x", "-1", "-1s", "1.5", " 5", "5 s", "99999999999999999999", "10000h", "NaN"}
		numbers   = []string{"many", "-1", "1.5", "1e3", " 1", "0x10", "99999999999999999999", "4294967296"}
		sizes     = []string{"big", "-1", "-1KB", "1.5MB", "1TB", "1K", "KB", "99999999999GB", "99999999999999999999"}
		switches  = []string{"maybe", "yes", "on", "2", "tRUE", " true"}
		urls      = []string{"127.0.0.1:3000", "http://127.0.0.1", "https://127.0.0.1:3000", "http://u:p@127.0.0.1:3000", "http://127.0.0.1:3000/?q=1", "http://127.0.0.1:3000/#f", "http://127.0.0.1:x", "unix:///run/s", "http://%zz:1"}
	)
	for _, c := range []struct {
		names  []string
		values []string
	}{
		{[]string{"read_timeout", "write_timeout", "exec_timeout", "healthcheck_interval", "kill_grace", "limit_cpu", "warm_max_age"}, durations},
		{[]string{"kill_grace"}, []string{"0", "999us", "2h"}},
		{[]string{"port", "metrics_port", "max_inflight", "voice_reserve", "limit_files", "limit_processes", "warm", "processes"}, numbers},
		{[]string{"port", "metrics_port"}, []string{"65536", "http"}},
		{[]string{"warm"}, []string{"257"}},
		{[]string{"processes"}, []string{"0", "257"}},
		{[]string{"max_body", "max_output", "limit_memory", "limit_file_size", "log_buffer_size"}, sizes},
		{[]string{"log_buffer_size"}, []string{"0", "1023", "2MB"}},
		{[]string{"cgi_headers", "cgi_response", "marshal_request", "combine_output", "write_debug", "debug_headers", "prefix_logs", "suppress_lock", "jwt_auth"}, switches},
		{[]string{"upstream_url", "http_upstream_url"}, urls},
		{[]string{"mode"}, []string{"static", "STDIO", "afterburn", "http2", " http"}},
	} {
		for _, name := range c.names {
			for _, value := range c.values {
				_, err := loadSettings(env{name: value})
				if err == nil || !strings.HasPrefix(err.Error(), name+"=\""+value+"\": want ") {
					t.Errorf("%s=%q: error %v", name, value, err)
				}
			}
		}
	}
}

func TestSettings_RefuseWhatDoesNotGoTogether(t *testing.T) {
	for _, c := range []struct {
		vars    env
		message string
	}{
		{env{"warm": "2", "mode": "http"}, "warm=2: processes are started ahead in mode stdio only, a process of mode http runs all the time"},
		{env{"warm": "2", "mode": "lambda"}, "a process of mode lambda runs all the time"},
		{env{"ready_path": "/healthz"}, `ready_path="/healthz": only a function of mode http has paths`},
		{env{"ready_path": "/healthz", "mode": "lambda"}, "only a function of mode http has paths"},
		{env{"ready_path": "healthz", "mode": "http"}, `ready_path="healthz": a path begins with /`},
		{env{"jwt_auth": "true"}, "jwt_auth=true: hark's watchdog checks no tokens"},
		{env{"jwt_auth": "1"}, "jwt_auth=true: "},
	} {
		if _, err := loadSettings(c.vars); err == nil || !strings.Contains(err.Error(), c.message) {
			t.Errorf("%v: error %v, want %q in it", c.vars, err, c.message)
		}
	}
}

// What the environment of a request reaches decides what an engine hands over.
func TestSettings_PerRequest(t *testing.T) {
	for _, c := range []struct {
		vars env
		want bool
	}{
		{env{}, true}, {env{"mode": "streaming"}, true}, {env{"warm": "1"}, false}, {env{"mode": "http"}, false}, {env{"mode": "lambda"}, false},
	} {
		if got, err := loadSettings(c.vars); err != nil || got.PerRequest() != c.want {
			t.Errorf("%v: %v, error %v", c.vars, got.PerRequest(), err)
		}
	}
}

func TestNew_NeedsAProgramThatIsThere(t *testing.T) {
	for _, mode := range []string{ModeStdio, ModeHTTP, ModeLambda} {
		for process, message := range map[string]string{
			"":                "fprocess is not set",
			"no-such-program": "no-such-program cannot be run",
			"cat 'open":       "unterminated single-quoted",
		} {
			s := Defaults()
			s.Mode, s.Process = mode, process
			if _, err := New(s, Site{}); err == nil || !strings.Contains(err.Error(), message) {
				t.Errorf("%s, fprocess=%q: error %v, want %q in it", mode, process, err, message)
			}
		}
	}
}

func FuzzSettings_Load(f *testing.F) {
	for _, c := range takes {
		for _, value := range c.values {
			f.Add(c.name, value, "mode", "http")
		}
	}
	f.Add("ready_path", "/", "mode", "http")
	f.Add("warm", "1", "mode", "lambda")
	f.Add("exec_timeout", "9223372036854775807", "max_body", "9223372036854775807GB")
	f.Fuzz(func(t *testing.T, name, value, other, second string) {
		s, err := loadSettings(env{name: value, other: second})
		if err != nil {
			return
		}
		for what, ok := range map[string]bool{
			"a mode":      slices.Contains([]string{ModeStdio, ModeHTTP, ModeLambda}, s.Mode),
			"ports":       0 <= s.Port && s.Port < 1<<16 && 0 <= s.MetricsPort && s.MetricsPort < 1<<16,
			"durations":   min(s.Read, s.Write, s.Exec, s.Linger, s.WarmMaxAge, s.Limits.CPU) >= 0 && max(s.Read, s.Write, s.Exec, s.Linger) <= day,
			"a grace":     s.Grace > 0 && s.Grace <= time.Hour,
			"sizes":       min(s.MaxBody, s.MaxOutput, s.Limits.Memory, s.Limits.FileSize) >= 0,
			"part":        s.LogPart >= 1<<10 && s.LogPart <= 1<<20,
			"numbers":     min(s.MaxInflight, s.Limits.Files, s.Limits.Processes, s.Warm) >= 0 && s.Processes >= 1,
			"warm":        s.Warm == 0 || s.Mode == ModeStdio,
			"a path":      s.ReadyPath == "" || s.ReadyPath[0] == '/',
			"an upstream": strings.HasPrefix(strings.ToLower(s.Upstream), "http://"),
			"no tokens":   !s.tokens,
		} {
			if !ok {
				t.Errorf("%s=%q %s=%q: not %s: %+v", name, value, other, second, what, s)
			}
		}
	})
}
