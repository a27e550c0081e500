package watchdog

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/harkvoice/hark/internal/option"
)

// The modes of a function.
const (
	// ModeStdio runs the program once for each request.
	ModeStdio = "stdio"
	// ModeHTTP keeps the program running: it is an HTTP server.
	ModeHTTP = "http"
	// ModeLambda keeps the program running: it is an AWS Lambda runtime.
	ModeLambda = "lambda"
)

// Settings are what the environment of fwatchdog configures. The local engine
// reads the same ones from a function's environment in stack.yaml. Durations
// and sizes of 0 are without bound unless the table in Options says otherwise.
type Settings struct {
	Process string // the command line of the function
	Mode    string

	Port        int // of the HTTP listener
	MetricsPort int // of the listener for metrics; 0 is none
	Read        time.Duration
	Write       time.Duration
	Exec        time.Duration
	Linger      time.Duration
	Grace       time.Duration

	MaxInflight  int
	VoiceReserve int
	MaxBody      int64 // bytes
	MaxOutput    int64 // bytes
	Limits       Limits

	Environment   bool // Http_ variables for a process
	CGIResponse   bool
	Marshal       bool
	ContentType   string
	CombineOutput bool

	WriteDebug   bool
	DebugHeaders bool
	PrefixLogs   bool
	LogPart      int64 // bytes
	SuppressLock bool

	Warm       int
	WarmMaxAge time.Duration
	Upstream   string // URL
	ReadyPath  string
	Processes  int

	tokens bool // asked for, and not to be had
}

// Defaults are the settings of a function that sets none.
func Defaults() Settings {
	return Settings{
		Mode: ModeStdio,
		Port: 8080, MetricsPort: 8081,
		Read: 30 * time.Second, Write: 30 * time.Second, Grace: DefaultGrace,
		MaxBody:     32 << 20,
		Environment: true,
		PrefixLogs:  true, LogPart: MaxLine,
		WarmMaxAge: time.Hour,
		Upstream:   "http://127.0.0.1:3000",
		Processes:  1,
	}
}

const (
	day      = 24 * time.Hour
	petabyte = 1 << 50
)

// Options is the table of the settings in s, which holds their defaults: those
// of the classic watchdog, of of-watchdog, and hark's own.
func (s *Settings) Options() []option.Option {
	return []option.Option{
		{Env: "fprocess", Usage: "command line of the function, split into words as a shell would; no shell runs it", Value: option.Text(&s.Process, "command")},
		{Env: "function_process", Usage: "the same; goes before fprocess", Value: option.Text(&s.Process, "command")},
		{Env: "mode", Usage: "stdio: one process a request (streaming and serializing are other names of it); http: a long-lived HTTP server; lambda: a long-lived AWS Lambda runtime", Value: mode{&s.Mode}},
		{Env: "port", Usage: "port of the HTTP listener", Value: option.Int(&s.Port, 0, 1<<16-1)},
		{Env: "metrics_port", Usage: "port of the listener for /metrics; 0 is none, a taken one a warning", Value: option.Int(&s.MetricsPort, 0, 1<<16-1)},
		{Env: "read_timeout", Usage: "how long a request is waited for, its body included; time that the function takes to read does not count; 0 is without bound", Value: option.Seconds(&s.Read, 0, day)},
		{Env: "write_timeout", Usage: "how long a client may let a part of the answer wait, and how long requests under way have at SIGTERM; 0 is without bound", Value: option.Seconds(&s.Write, 0, day)},
		{Env: "exec_timeout", Usage: "how long the function has for a request; the header X-Timeout may ask for less; 0 is without bound", Value: option.Seconds(&s.Exec, 0, day)},
		{Env: "healthcheck_interval", Usage: "how long to serve on, unready, after SIGTERM, for whoever looks at the health only now and then", Value: option.Seconds(&s.Linger, 0, day)},
		{Env: "kill_grace", Usage: "time between SIGTERM and SIGKILL to a process", Value: option.Seconds(&s.Grace, time.Millisecond, time.Hour)},
		{Env: "max_inflight", Usage: "requests under way at once, others get 429; 0 is without bound", Value: option.Int(&s.MaxInflight, 0, 1<<20)},
		{Env: "voice_reserve", Usage: "of max_inflight, how many are for voice requests alone; never all. A voice request that finds no place waits for the next one that is free, three seconds or half of its time at most", Value: option.Int(&s.VoiceReserve, 0, 1<<20)},
		{Env: "max_body", Usage: "bytes of a request's body, more gets 413; 0 is without bound", Value: option.Bytes(&s.MaxBody, 0, petabyte)},
		{Env: "max_output", Usage: "bytes of an answer, more ends the process; 0 is without bound", Value: option.Bytes(&s.MaxOutput, 0, petabyte)},
		{Env: "limit_memory", Usage: "address space of a process (RLIMIT_AS); 0 is without bound", Value: option.Bytes(&s.Limits.Memory, 0, petabyte)},
		{Env: "limit_cpu", Usage: "CPU time of a process, rounded up to seconds (RLIMIT_CPU); 0 is without bound", Value: option.Seconds(&s.Limits.CPU, 0, 365*day)},
		{Env: "limit_files", Usage: "open files of a process (RLIMIT_NOFILE); 0 is without bound", Value: option.Int(&s.Limits.Files, 0, 1<<20)},
		{Env: "limit_processes", Usage: "processes of the user that a process runs as (RLIMIT_NPROC); 0 is without bound", Value: option.Int(&s.Limits.Processes, 0, 1<<22)},
		{Env: "limit_file_size", Usage: "size of a file that a process writes (RLIMIT_FSIZE); 0 is without bound", Value: option.Bytes(&s.Limits.FileSize, 0, petabyte)},
		{Env: "cgi_headers", Usage: "tell a process about the request by Http_ variables", Value: option.Switch(&s.Environment)},
		{Env: "cgi_response", Usage: "STDOUT begins with a CGI header block, which sets status and headers (RFC 3875)", Value: option.Switch(&s.CGIResponse)},
		{Env: "marshal_request", Usage: "STDIN is JSON with the request's header and body", Value: option.Switch(&s.Marshal)},
		{Env: "content_type", Usage: "Content-Type of every answer; unset, that of the request", Value: option.Text(&s.ContentType, "type")},
		{Env: "combine_output", Usage: "STDERR goes into the answer, not to the log", Value: option.Switch(&s.CombineOutput)},
		{Env: "write_debug", Usage: "log each request, and what is answered", Value: option.Switch(&s.WriteDebug)},
		{Env: "debug_headers", Usage: "log the headers of requests and answers, secret ones left out", Value: option.Switch(&s.DebugHeaders)},
		{Env: "prefix_logs", Usage: "a line that the function logs becomes a record; false: it stays as it is", Value: option.Switch(&s.PrefixLogs)},
		{Env: "log_buffer_size", Usage: "bytes of a line that are logged at once; a longer line comes in parts", Value: option.Bytes(&s.LogPart, 1<<10, 1<<20)},
		{Env: "suppress_lock", Usage: "write no lock file ($TMPDIR/.lock)", Value: option.Switch(&s.SuppressLock)},
		{Env: "warm", Usage: "processes started ahead, which wait where they read STDIN (stdio mode)", Value: option.Int(&s.Warm, 0, 256)},
		{Env: "warm_max_age", Usage: "when a process that waits is replaced; 0 is never", Value: option.Seconds(&s.WarmMaxAge, 0, 30*day)},
		{Env: "upstream_url", Usage: "where the function's HTTP server listens (http mode)", Value: upstreamURL{&s.Upstream}},
		{Env: "http_upstream_url", Usage: "the same; goes before upstream_url", Value: upstreamURL{&s.Upstream}},
		{Env: "ready_path", Usage: "path of the function's HTTP server that answers 2xx when it is ready (http mode)", Value: option.Text(&s.ReadyPath, "path")},
		{Env: "processes", Usage: "runtimes kept running (lambda mode); each takes AWS_LAMBDA_MAX_CONCURRENCY events at once", Value: option.Int(&s.Processes, 1, 256)},
		{Env: "jwt_auth", Usage: "not to be had here: true stops the start, so that nobody believes the function guarded", Value: option.Switch(&s.tokens)},
	}
}

// Load reads the settings that lookup knows over those in s, and checks that
// they go together.
func (s *Settings) Load(lookup func(string) (string, bool)) error {
	if err := option.FromEnvironment(nil, s.Options(), lookup); err != nil {
		return err
	}
	switch {
	case s.tokens:
		return errors.New("jwt_auth=true: hark's watchdog checks no tokens; let the gateway do it")
	case s.Warm > 0 && s.Mode != ModeStdio:
		return fmt.Errorf("warm=%d: processes are started ahead in mode stdio only, a process of mode %s runs all the time", s.Warm, s.Mode)
	case s.ReadyPath != "" && s.Mode != ModeHTTP:
		return fmt.Errorf("ready_path=%q: only a function of mode http has paths", s.ReadyPath)
	case s.ReadyPath != "" && s.ReadyPath[0] != '/':
		return fmt.Errorf("ready_path=%q: a path begins with /", s.ReadyPath)
	}
	return nil
}

// ErrNoProcess says that there is no program to run.
var ErrNoProcess = errors.New("fprocess is not set; it is the program to run for each request, such as fprocess=cat")

// mode is an option's value: a mode by any of its names.
type mode struct{ to *string }

func (m mode) String() string { return *m.to }
func (m mode) Type() string   { return "stdio|http|lambda" }

func (m mode) Set(name string) error {
	switch name {
	case ModeStdio, "streaming", "serializing":
		*m.to = ModeStdio
	case ModeHTTP, ModeLambda:
		*m.to = name
	default:
		return errors.New("want stdio, http or lambda (streaming and serializing are taken for stdio)")
	}
	return nil
}

// upstreamURL is an option's value: where an HTTP server listens.
type upstreamURL struct{ to *string }

func (u upstreamURL) String() string { return *u.to }
func (u upstreamURL) Type() string   { return "url" }

func (u upstreamURL) Set(text string) error {
	url, err := url.Parse(text)
	if err == nil {
		_, err = strconv.ParseUint(url.Port(), 10, 16)
	}
	if err != nil || url.Scheme != "http" || url.Port() == "" || url.User != nil || url.RawQuery != "" || url.Fragment != "" {
		return errors.New("want http://HOST:PORT, such as http://127.0.0.1:3000")
	}
	*u.to = text
	return nil
}
