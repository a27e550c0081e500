package image

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// program puts a shell script under a name first into PATH.
func program(t *testing.T, name, script string) {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, name, "#!/bin/sh\n"+script)
	if err := os.Chmod(filepath.Join(dir, name), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func handler(t *testing.T, dockerfile string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	write(t, dir, "Dockerfile", dockerfile)
	return dir
}

func TestBuild_GivesDockerWordsAndNoShell(t *testing.T) {
	program(t, "docker", `for w; do printf '%s|' "$w"; done; pwd; printf 'half a\rline\n\nof stderr' >&2; exit 0`)
	dir := handler(t, "")
	var lines []string
	err := Build(t.Context(), "you/x:1", dir, map[string]string{"B": "$(id) 'x'", "A": ""}, func(l string) { lines = append(lines, l) })
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"build|--tag=you/x:1|--build-arg=A=|--build-arg=B=$(id) 'x'|.|" + dir, "half a", "line"}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBuild_KeepsTheWholeOutputOfAFailure(t *testing.T) {
	program(t, "docker", "echo one; echo two >&2; exit 3")
	err := Build(t.Context(), "x", handler(t, ""), nil, func(string) {})
	var failed *BuildError
	if !errors.As(err, &failed) || string(failed.Output) != "one\ntwo\n" || err.Error() != "docker build: exit status 3" {
		t.Errorf("error %v, %+v", err, failed)
	}
}

func TestBuild_WantsADockerfileAndDocker(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if err := Build(t.Context(), "x", t.TempDir(), nil, nil); !errors.Is(err, ErrNoDockerfile) {
		t.Errorf("error %v", err)
	}
	if err := Build(t.Context(), "x", handler(t, ""), nil, nil); !errors.Is(err, ErrNoDocker) {
		t.Errorf("error %v", err)
	}
}

func TestBuild_EndsWithItsContext(t *testing.T) {
	program(t, "docker", "trap 'exit 130' INT; echo begun; while :; do sleep 0.01; done")
	ctx, cancel := context.WithCancel(t.Context())
	begun := time.Now()
	err := Build(ctx, "x", handler(t, ""), nil, func(string) { cancel() })
	if !errors.Is(err, context.Canceled) || time.Since(begun) > 4*time.Second {
		t.Errorf("error %v after %s", err, time.Since(begun))
	}
}

func TestBuild_WithDocker(t *testing.T) {
	if exec.Command("docker", "version").Run() != nil {
		t.Skip("no docker engine")
	}
	const tag = "hark-test-build:latest"
	t.Cleanup(func() { _ = exec.Command("docker", "rmi", tag).Run() })
	dir := handler(t, "FROM scratch\nARG WHO\nLABEL who=$WHO\nCOPY Dockerfile /\n")
	if err := Build(t.Context(), tag, dir, map[string]string{"WHO": "a b"}, func(l string) { t.Log(l) }); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("docker", "inspect", "--format", "{{.Config.Labels.who}}", tag).Output()
	if err != nil || strings.TrimSpace(string(out)) != "a b" {
		t.Errorf("label %q, error %v", out, err)
	}
}

func TestRegistry(t *testing.T) {
	for image, want := range map[string]string{
		"x": hub, "x:1": hub, "you/x": hub, "docker.io/you/x": hub, "ghcr.io/you/x:1": "ghcr.io",
		"localhost/x": "localhost", "pi:5000/x": "pi:5000", "registry.example.com/a/b@sha256:0": "registry.example.com",
	} {
		if got := Registry(image); got != want {
			t.Errorf("%s: %s, want %s", image, got, want)
		}
	}
}

func TestRegistryAuth_IsWhatDockerHasKept(t *testing.T) {
	program(t, "docker-credential-mine", `read -r host; case $host in
	vault.example) echo '{"ServerURL":"x","Username":"v","Secret":"s"}';;
	token.example) echo '{"Username":"<token>","Secret":"t"}';;
	*) echo 'credentials not found in native keychain'; exit 1;; esac`)
	dir := t.TempDir()
	t.Setenv("DOCKER_CONFIG", dir)
	write(t, dir, "config.json", `{"auths": {
		"ghcr.io": {"auth": "`+base64.StdEncoding.EncodeToString([]byte("me:a:b"))+`"},
		"https://index.docker.io/v1/": {"auth": "bWU6cA==", "identitytoken": "i"},
		"vault.example": {}},
		"credHelpers": {"token.example": "mine"}, "credsStore": "mine", "HttpHeaders": {}}`)
	for image, want := range map[string]*authConfig{
		"ghcr.io/you/x":   {Username: "me", Password: "a:b", ServerAddress: "ghcr.io"},
		"you/x":           {Username: "me", Password: "p", ServerAddress: hub, IdentityToken: "i"},
		"vault.example/x": {Username: "v", Password: "s", ServerAddress: "vault.example"},
		"token.example/x": {IdentityToken: "t", ServerAddress: "token.example"},
		"other.example/x": nil,
	} {
		text, err := RegistryAuth(t.Context(), image)
		if err != nil {
			t.Errorf("%s: %v", image, err)
		}
		var got *authConfig
		if text != "" {
			plain, err := base64.URLEncoding.DecodeString(text)
			if err != nil || json.Unmarshal(plain, &got) != nil {
				t.Errorf("%s: %q, error %v", image, text, err)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", image, diff)
		}
	}
}

func TestRegistryAuth_WithoutAConfigThereIsNone(t *testing.T) {
	t.Setenv("DOCKER_CONFIG", t.TempDir())
	if got, err := RegistryAuth(t.Context(), "x"); got != "" || err != nil {
		t.Errorf("%q, error %v", got, err)
	}
}

func TestRegistryAuth_ErrorsTellNoSecret(t *testing.T) {
	program(t, "docker-credential-broken", `echo hunter2; echo hunter2 >&2; exit 1`)
	program(t, "docker-credential-text", `echo hunter2`)
	for text, message := range map[string]string{
		`{"auths": "hunter2"}`:                        "is not Docker's config.json",
		`{"auths": {"r.io": {"auth": "hunter2"}}}`:    "not USER:PASSWORD",
		`{"auths": {"r.io": {"auth": "aHVudGVyMg"}}}`: "not USER:PASSWORD",
		`{"credsStore": "broken"}`:                    "docker-credential-broken get: exit status 1",
		`{"credsStore": "text"}`:                      "its answer is not JSON",
		`{"credsStore": "no-such"}`:                   "docker-credential-no-such",
		`{"credsStore": "../../bin/sh"}`:              "names the credential helper",
	} {
		dir := t.TempDir()
		t.Setenv("DOCKER_CONFIG", dir)
		write(t, dir, "config.json", text)
		got, err := RegistryAuth(t.Context(), "r.io/x")
		if err == nil || !strings.Contains(err.Error(), message) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %q, error %v, want %q", text, got, err, message)
		}
	}
}
