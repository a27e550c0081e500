package swarm

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/registry"

	"github.com/harkvoice/hark/internal/dockertest"
	"github.com/harkvoice/hark/internal/enginetest"
	"github.com/harkvoice/hark/internal/function"
)

// bcrypted is "secret".
const bcrypted = "hark:$2b$12$3QkKyvBRSSAC8ZxZ/.2opO0GfGJHNN81UKDfYVchleKvA/wkkO0D.\n"

// privateRegistry runs a registry on the node that asks for a password.
func privateRegistry(t *testing.T) (address, auth string) {
	t.Helper()
	dockertest.Need(t)
	if _, err := exec.LookPath("docker-registry"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("docker-registry is not installed; `make test` installs it")
		}
		t.Skip("docker-registry is not installed")
	}
	dir := t.TempDir()
	password, config := filepath.Join(dir, "htpasswd"), filepath.Join(dir, "config.yml")
	if err := os.WriteFile(password, []byte(bcrypted), 0o600); err != nil {
		t.Fatal(err)
	}
	text := "version: 0.1\nstorage: {filesystem: {rootdirectory: " + dir + "/data}}\nhttp: {addr: 127.0.0.1:5000}\nauth: {htpasswd: {realm: test, path: " + password + "}}\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := site.Nodes[0].Command(context.WithoutCancel(t.Context()), "docker-registry", "serve", config)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	eventually(t, "the registry listens", func() bool {
		conn, err := site.Nodes[0].Host().Dial(t.Context(), "tcp", "127.0.0.1:5000")
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	auth, err := registry.EncodeAuthConfig(registry.AuthConfig{Username: "hark", Password: "secret", ServerAddress: "127.0.0.1:5000"})
	if err != nil {
		t.Fatal(err)
	}
	return "127.0.0.1:5000", auth
}

// An image that only a registry has is pulled by its digest with the credentials
// that came along, which nothing tells.
func TestDeploy_PullsFromAPrivateRegistry(t *testing.T) {
	address, auth := privateRegistry(t)
	e := engine(t)
	ref := address + "/echo:1"
	push(t, ref, auth)

	spec := function.Spec{Name: "f", Image: ref, Process: "./testfn echo"}
	if err := e.Deploy(t.Context(), spec); !errors.Is(err, function.ErrInvalid) || !strings.Contains(err.Error(), "no registry has it") {
		t.Errorf("without credentials: %v", err)
	}
	spec.RegistryAuth = auth
	if err := e.Deploy(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
	if got := answer(t, e, "pulled"); got != "pulled" {
		t.Errorf("%q", got)
	}
	st := describe(t, e)
	s := serviceOf(t, "f")
	if st.Image != ref || !strings.HasPrefix(s.Spec.TaskTemplate.ContainerSpec.Image, ref+"@sha256:") {
		t.Errorf("told as %s, run as %s", st.Image, s.Spec.TaskTemplate.ContainerSpec.Image)
	}
	if text := asJSON(s) + asJSON(st.Spec); strings.Contains(text, auth) {
		t.Error("the credentials are told")
	}
	deploy(t, e, doing("echo")) // the same image, by a name that it has here only
	if run := serviceOf(t, "f").Spec.TaskTemplate.ContainerSpec.Image; !strings.HasPrefix(run, "sha256:") {
		t.Errorf("run as %s", run)
	}
}

// push has a registry have the suite's image, which is not here any more then.
func push(t *testing.T, ref, auth string) {
	t.Helper()
	if err := site.docker.ImageTag(t.Context(), enginetest.Image, ref); err != nil {
		t.Fatal(err)
	}
	progress, err := site.docker.ImagePush(t.Context(), ref, image.PushOptions{RegistryAuth: auth})
	if err != nil {
		t.Fatal(err)
	}
	defer progress.Close()
	if text, _ := io.ReadAll(progress); strings.Contains(string(text), `"error"`) {
		t.Fatalf("%s", text)
	}
	if _, err := site.docker.ImageRemove(t.Context(), ref, image.RemoveOptions{}); err != nil {
		t.Fatal(err)
	}
}
