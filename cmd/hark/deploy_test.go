package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/openfaas"
)

// slow is a gateway whose functions take some polls to become what was asked
// for. What the engine of this machine does at once is tried by scripts.
type slow struct {
	mu        sync.Mutex
	functions map[string]openfaas.Status
	sent      map[string]openfaas.Deployment
	polls     int // until a function is ready
	replicas  uint64
}

func (g *slow) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	name := filepath.Base(r.URL.Path)
	switch f, ok := g.functions[name]; {
	case r.Method == http.MethodGet && ok:
		if f.InvocationCount++; int(f.InvocationCount) > g.polls {
			f.AvailableReplicas, f.Trouble = f.Replicas, ""
		}
		g.functions[name] = f
		_ = json.NewEncoder(w).Encode(f)
	case r.Method == http.MethodGet:
		http.Error(w, "no such function", http.StatusNotFound)
	default:
		var d openfaas.Deployment
		_ = json.Unmarshal(body, &d)
		if _, known := g.functions[d.Service]; r.Method == http.MethodPut && !known {
			http.Error(w, "no such function", http.StatusNotFound)
			return
		}
		g.sent[d.Service] = d
		g.functions[d.Service] = openfaas.Status{Name: d.Service, Replicas: g.replicas, Trouble: "task 1: No such image: you/x\x1b[2J"}
		w.WriteHeader(http.StatusAccepted)
	}
}

// hark runs the command line in dir against a gateway.
func hark(t *testing.T, g http.Handler, dir string, args ...string) (out, errs string, err error) {
	t.Helper()
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	t.Setenv("HARK_GATEWAY", server.URL)
	t.Setenv("HARK_STATE", t.TempDir())
	t.Chdir(dir)
	var o, e bytes.Buffer
	cmd := newCommand(&o, &e)
	cmd.SetArgs(args)
	err = cmd.ExecuteContext(t.Context())
	return strings.ReplaceAll(o.String(), server.URL, "GATEWAY"), e.String(), err
}

func stackFile(t *testing.T, text string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "stack.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func newSlow() *slow {
	return &slow{functions: map[string]openfaas.Status{}, sent: map[string]openfaas.Deployment{}, polls: 2, replicas: 1}
}

func TestDeploy_CreatesAndWaitsForAll(t *testing.T) {
	g := newSlow()
	g.functions["old"] = openfaas.Status{Name: "old"}
	dir := stackFile(t, "functions: {new: {image: 'you/new:1', secrets: [s], limits: {memory: 5Mi}}, old: {image: x}}")
	out, errs, err := hark(t, g, dir, "deploy")
	if err != nil || errs != "" {
		t.Fatalf("error %v, %q", err, errs)
	}
	for _, want := range []string{"deploying to GATEWAY\n", "new  creating, not ready yet: task 1: No such image", "new  created, ready in 0.", "old  updated, ready in 0."} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Count(out, "not ready yet") != 2 {
		t.Errorf("the same trouble is told again and again:\n%s", out)
	}
	if d := g.sent["new"]; d.Image != "you/new:1" || d.Limits == nil || d.Limits.Memory != "5Mi" || len(d.Secrets) != 1 || d.RegistryAuth != "" {
		t.Errorf("sent %+v", d)
	}
}

func TestDeploy_OfAFunctionThatSleeps(t *testing.T) {
	g := newSlow()
	g.replicas, g.polls = 0, 0
	out, _, err := hark(t, g, stackFile(t, "functions: {f: {image: x}}"), "deploy")
	if err != nil || !strings.Contains(out, "f  created, scaled to 0\n") {
		t.Errorf("error %v\n%s", err, out)
	}
}

func TestDeploy_SendsRegistryCredentialsIfAskedTo(t *testing.T) {
	config := t.TempDir()
	t.Setenv("DOCKER_CONFIG", config)
	if err := os.WriteFile(filepath.Join(config, "config.json"), []byte(`{"auths": {"ghcr.io": {"auth": "bWU6aHVudGVyMg=="}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	g := newSlow()
	out, errs, err := hark(t, g, stackFile(t, "functions: {f: {image: ghcr.io/me/f}}"), "deploy", "--registry-auth", "--no-wait")
	if err != nil || strings.Contains(out+errs, "hunter2") {
		t.Fatalf("error %v, %s%s", err, out, errs)
	}
	auth, err := base64.URLEncoding.DecodeString(g.sent["f"].RegistryAuth)
	if want := `{"username":"me","password":"hunter2","serveraddress":"ghcr.io"}`; err != nil || string(auth) != want {
		t.Errorf("%s, error %v, want %s", auth, err, want)
	}
}

func TestDeploy_BuildsFirst(t *testing.T) {
	dir := stackFile(t, "functions: {f: {image: 'you/f:1', handler: src, build_args: {A: b}}, g: {image: x, skip_build: true}}")
	bin := filepath.Join(dir, "bin")
	for _, d := range []string{bin, filepath.Join(dir, "src")} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for file, text := range map[string]string{"src/Dockerfile": "FROM scratch", "bin/docker": "#!/bin/sh\necho \"$@\" >\"$ASKED\"; pwd >>\"$ASKED\"\n"} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("ASKED", filepath.Join(dir, "asked"))
	out, _, err := hark(t, newSlow(), dir, "deploy", "--build", "--no-wait")
	if err != nil || !strings.HasPrefix(out, "f  building you/f:1\nf  built in 0.") || !strings.Contains(out, "g  created\n") {
		t.Errorf("error %v\n%s", err, out)
	}
	asked, err := os.ReadFile(filepath.Join(dir, "asked"))
	if want := "build --tag=you/f:1 --build-arg=A=b .\n" + filepath.Join(dir, "src") + "\n"; err != nil || string(asked) != want {
		t.Errorf("docker %q, want %q", asked, want)
	}
}

func TestScale_WaitsForAll(t *testing.T) {
	g := newSlow()
	g.functions["f"] = openfaas.Status{Name: "f", Replicas: 3, AvailableReplicas: 1}
	out, _, err := hark(t, g, t.TempDir(), "scale", "f", "3")
	if err != nil || !strings.HasPrefix(out, "f  3 replicas, in ") || strings.HasPrefix(out, "f  3 replicas, in 0.0") {
		t.Errorf("error %v\n%s", err, out)
	}
}

func TestAge(t *testing.T) {
	now := time.Now()
	for d, want := range map[time.Duration]string{
		-time.Hour: "0s", 59 * time.Second: "59s", time.Minute: "1m", 90 * time.Minute: "1h", 47 * time.Hour: "47h", 1000 * time.Hour: "41d",
	} {
		if got := age(now.Add(-d), now); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
	if got := age(time.Time{}, now); got != "-" {
		t.Error(got)
	}
}

func TestShortImage(t *testing.T) {
	const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for image, want := range map[string]string{
		"": "", "x:1": "x:1", "docker.io/you/x:1": "you/x:1", digest: "sha256:0123456789ab", "ghcr.io/x@" + digest: "ghcr.io/x@sha256:0123456789ab", "sha256:01": "sha256:01",
	} {
		if got := shortImage(image); got != want {
			t.Errorf("%s: %s, want %s", image, got, want)
		}
	}
}

// A board on a terminal is drawn over itself, within its width.
func TestBoard_DrawsOverItself(t *testing.T) {
	var out bytes.Buffer
	b := newBoard(&out, "a", "longer")
	b.width = 40
	b.passing(0, "updating")
	b.fail(1, strings.Repeat("x", 100))
	b.end(0, "ready")
	frames := strings.Split(out.String(), "\x1b[2A")
	if len(frames) != 3 || !strings.Contains(frames[0], "updating … 0.0 s\n") || !strings.HasSuffix(frames[2], "longer  "+strings.Repeat("x", 30)+"…\n") {
		t.Errorf("%q", frames)
	}
	for line := range strings.Lines(strings.ReplaceAll(frames[2], "\x1b[2K", "")) {
		if n := len([]rune(strings.Trim(line, "\r\n"))); n >= 40 {
			t.Errorf("%d columns: %q", n, line)
		}
	}
}

func TestSleep_EndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	if sleep(ctx, time.Minute, cancel) {
		t.Error("it slept to the end")
	}
	if !sleep(t.Context(), time.Millisecond, func() {}) {
		t.Error("it did not sleep")
	}
}
