package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/harkvoice/hark/watchdog"
)

// ran is how fwatchdog ended.
type ran struct {
	code           int
	stdout, stderr string
}

// launch runs fwatchdog until it ends by itself.
func launch(t *testing.T, args []string, env ...string) ran {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program(t), args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + t.TempDir(), "metrics_port=0"}, env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); ctx.Err() != nil || err != nil && !errors.As(err, &exit) {
		t.Fatalf("fwatchdog %q: %v %v\n%s", args, err, ctx.Err(), &stderr)
	}
	return ran{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

func TestFlags_VersionNamesThePlatform(t *testing.T) {
	got := launch(t, []string{"-version"})
	want := "fwatchdog devel " + runtime.GOOS + "/" + runtime.GOARCH + "\n"
	if got != (ran{0, want, ""}) {
		t.Errorf("%+v, want %q on STDOUT", got, want)
	}
}

func TestFlags_HelpListsEveryOption(t *testing.T) {
	for _, flag := range []string{"-help", "--help", "-h"} {
		got := launch(t, []string{flag})
		text := got.stdout + got.stderr
		if got.code != 0 {
			t.Errorf("%s: exit status %d", flag, got.code)
		}
		for _, name := range []string{"-version", "-run-healthcheck"} {
			if !strings.Contains(text, "\n  "+name+"\n") {
				t.Errorf("%s does not tell of %s:\n%s", flag, name, text)
			}
		}
		s := watchdog.Defaults()
		for _, o := range s.Options() {
			head := regexp.MustCompile(`(?m)^  ` + o.Env + ` .*\n\s+\S`) // and a meaning
			if !head.MatchString(text) || !strings.Contains(text, o.Usage) {
				t.Errorf("%s does not tell of %s", flag, o.Env)
			}
			if def := o.Value.String(); def != "" && !regexp.MustCompile(`(?m)^  `+o.Env+` .*\(default `+regexp.QuoteMeta(def)+`\)$`).MatchString(text) {
				t.Errorf("%s does not tell that %s is %s by default", flag, o.Env, def)
			}
		}
	}
}

func TestFlags_RefusesWhatItDoesNotKnow(t *testing.T) {
	for _, c := range []struct{ args, message string }{
		{"-port=8080", "flag provided but not defined: -port"},
		{"-version=maybe", `invalid boolean value "maybe" for -version`},
		{"cat", `takes no arguments, but got "cat"`},
		{"-run-healthcheck now", `takes no arguments, but got "now"`},
	} {
		got := launch(t, strings.Fields(c.args), "fprocess=cat", "port=0")
		if got.code != 2 || !strings.Contains(got.stderr, c.message) {
			t.Errorf("%s: exit status %d, want 2; %q, want %q in it", c.args, got.code, got.stderr, c.message)
		}
	}
}

// failure is what the log says of a start that failed.
func (r ran) failure(t *testing.T) string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(r.stderr), "\n")
	var record struct{ Level, Msg, Error string }
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &record); err != nil {
		t.Fatalf("%v in %q", err, r.stderr)
	}
	if r.code != 1 || record.Level != "ERROR" || record.Msg != "fwatchdog cannot run" {
		t.Errorf("exit status %d, record %+v", r.code, record)
	}
	return record.Error
}

// Each option has a value that it cannot have, and some that go together badly.
func TestFlags_MalformedValuesStopTheStart(t *testing.T) {
	malformed := map[string]string{
		"mode": "afterburn", "upstream_url": "localhost:3000", "http_upstream_url": "https://127.0.0.1:3000",
		"fprocess": "cat 'open", "function_process": "cat |", "jwt_auth": "true", "content_type": "", "ready_path": "",
	}
	s := watchdog.Defaults()
	for _, o := range s.Options() {
		value, special := malformed[o.Env]
		if !special {
			value = "-7 bananas"
		}
		if value == "" { // takes any text
			continue
		}
		t.Run(o.Env, func(t *testing.T) {
			got := launch(t, nil, "fprocess=cat", "port=0", o.Env+"="+value).failure(t)
			if !strings.Contains(got, value) || !strings.Contains(got, o.Env) && !strings.HasSuffix(o.Env, "process") {
				t.Errorf("%q names not both variable and value %q", got, value)
			}
		})
	}
	for _, c := range []struct {
		env  []string
		want string
	}{
		{[]string{"mode=http", "warm=2"}, "warm=2: "},
		{[]string{"mode=lambda", "warm=1"}, "warm=1: "},
		{[]string{"ready_path=/ready"}, `ready_path="/ready": only a function of mode http`},
		{[]string{"mode=http", "ready_path=ready"}, `ready_path="ready": a path begins with /`},
		{[]string{"mode=lambda", "AWS_LAMBDA_MAX_CONCURRENCY=many"}, `AWS_LAMBDA_MAX_CONCURRENCY="many": `},
		{[]string{"fprocess=/no/such/program"}, "/no/such/program cannot be run"},
		{[]string{"port=65536"}, `port="65536": want a value from 0 to 65535`},
	} {
		t.Run(strings.Join(c.env, " "), func(t *testing.T) {
			if got := launch(t, nil, append([]string{"fprocess=cat", "port=0"}, c.env...)...).failure(t); !strings.Contains(got, c.want) {
				t.Errorf("%q, want %q in it", got, c.want)
			}
		})
	}
}

func TestFlags_UnknownModeIsToldWhichThereAre(t *testing.T) {
	got := launch(t, nil, "fprocess=cat", "port=0", "mode=inproc").failure(t)
	if got != `mode="inproc": want stdio, http or lambda (streaming and serializing are taken for stdio)` {
		t.Errorf("%q", got)
	}
}

func TestFlags_ModesOfOtherWatchdogsAreTaken(t *testing.T) {
	for _, name := range []string{"streaming", "serializing", "stdio"} {
		d := unleash(t, "fprocess=cat", "mode="+name)
		if got, err := post(d.url, strings.NewReader("meow")); err != nil || got != "meow" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestFlags_PortTaken(t *testing.T) {
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	got := launch(t, nil, "fprocess=cat", "port="+port).failure(t)
	if !strings.HasPrefix(got, "port="+port+": ") || !strings.Contains(got, "address already in use") {
		t.Errorf("%q", got)
	}
}

func healthcheck(t *testing.T, url string) ran {
	t.Helper()
	_, port, err := net.SplitHostPort(strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	return launch(t, []string{"-run-healthcheck"}, "port="+port, "http_proxy=http://127.0.0.1:1")
}

func TestHealthcheck_FollowsTheWatchdog(t *testing.T) {
	d := unleash(t, "fprocess=cat", "healthcheck_interval=1h", "kill_grace=1ms")
	if got := healthcheck(t, d.url); got != (ran{}) {
		t.Errorf("while it is well: %+v", got)
	}
	d.stop(t)
	d.log.await(t, "stopping")
	if got := healthcheck(t, d.url).failure(t); !strings.Contains(got, "503") {
		t.Errorf("while it is stopping: %q", got)
	}
	_ = d.Process.Kill() // or it lingers for an hour
	d.end(t)
	if got := healthcheck(t, d.url).failure(t); !strings.Contains(got, "connection refused") {
		t.Errorf("once it is gone: %q", got)
	}
}

// The backoff after a first, a second … death lasts 100, 200 … ms: the
// healthcheck must meet one of them.
func TestHealthcheck_FailsWhileTheFunctionIsDown(t *testing.T) {
	d := unleash(t, "fprocess=sh -c 'exit 3'", "mode=http", "upstream_url=http://127.0.0.1:"+freePort(t))
	eventually(t, "the healthcheck fails", func() bool {
		got := healthcheck(t, d.url)
		return got.code == 1 && strings.Contains(got.stderr, "it is not well: 503")
	})
	if code, err := status(d.url + "/_/ready"); err != nil || code != http.StatusServiceUnavailable {
		t.Errorf("ready: %d, %v", code, err)
	}
}

func TestSignals_InterruptIsTakenAsTerminate(t *testing.T) {
	d := unleash(t, "fprocess=cat")
	if err := d.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if code := d.end(t); code != 0 {
		t.Errorf("exit status %d", code)
	}
}
