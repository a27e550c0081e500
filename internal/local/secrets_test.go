package local

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/harkvoice/hark/internal/function"
)

func withSecrets(t *testing.T) (*Engine, string) {
	dir := filepath.Join(t.TempDir(), "state", "secrets")
	e := New(Config{Log: slog.New(slog.DiscardHandler), Secrets: dir})
	t.Cleanup(func() { e.Close(ended()) })
	return e, dir
}

func TestSecrets_LiveFromCreationToRemoval(t *testing.T) {
	e, dir := withSecrets(t)
	put := func(value string, create bool) error {
		return e.PutSecret(t.Context(), "api-key", []byte(value), create)
	}
	if err := put("x", false); !errors.Is(err, function.ErrNoSecret) {
		t.Errorf("another value of none: %v", err)
	}
	if err := e.RemoveSecret(t.Context(), "api-key"); !errors.Is(err, function.ErrNoSecret) {
		t.Errorf("removing none: %v", err)
	}
	if names, err := e.Secrets(t.Context()); len(names) > 0 || err != nil {
		t.Errorf("at first: %v, %v", names, err)
	}
	if err := put("one\n", true); err != nil {
		t.Fatal(err)
	}
	if err := put("two", true); !errors.Is(err, function.ErrExists) {
		t.Errorf("a second one: %v", err)
	}
	for path, mode := range map[string]fs.FileMode{dir: fs.ModeDir | 0o700, dir + "/api-key": 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode() != mode {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	if text, _ := os.ReadFile(dir + "/api-key"); string(text) != "one\n" {
		t.Errorf("kept %q", text)
	}
	if err := put("\x00two", false); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(dir + "/api-key"); string(text) != "\x00two" {
		t.Errorf("then %q", text)
	}
	if names, err := e.Secrets(t.Context()); !slices.Equal(names, []string{"api-key"}) || err != nil {
		t.Errorf("listed %v, %v", names, err)
	}
	if err := e.RemoveSecret(t.Context(), "api-key"); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

func TestSecrets_NoNameLeavesTheDirectory(t *testing.T) {
	e, dir := withSecrets(t)
	for _, name := range []string{"../x", "..", ".", "", "a/b", ".fresh-1", "a..b"} {
		for what, err := range map[string]error{
			"put":    e.PutSecret(t.Context(), name, nil, true),
			"remove": e.RemoveSecret(t.Context(), name),
			"deploy": e.Deploy(t.Context(), function.Spec{Name: "f", Process: "cat", Dir: ".", Secrets: []string{name}}),
		} {
			if !errors.Is(err, function.ErrInvalid) {
				t.Errorf("%s %q: %v", what, name, err)
			}
		}
	}
	if all, _ := filepath.Glob(filepath.Dir(dir) + "/*/*"); len(all) > 0 {
		t.Errorf("written: %v", all)
	}
}

func TestSecrets_ReachTheirFunction(t *testing.T) {
	e, dir := withSecrets(t)
	spec := function.Spec{Name: "f", Process: `sh -c 'cat "$secret_mount_path"/key'`, Dir: t.TempDir(), Secrets: []string{"key"}}
	err := e.Deploy(t.Context(), spec)
	if !errors.Is(err, function.ErrInvalid) || !strings.Contains(err.Error(), "no secret key") || !strings.Contains(err.Error(), "hark secret create key") {
		t.Errorf("without the secret: %v", err)
	}
	_ = e.PutSecret(t.Context(), "key", []byte("value"), true)
	deploy(t, e, spec)
	if got, err := call(e, "f"); got != "value" || err != nil {
		t.Errorf("answer %q, error %v", got, err)
	}
	_ = e.PutSecret(t.Context(), "key", []byte("another"), false)
	if got, err := call(e, "f"); got != "another" || err != nil {
		t.Errorf("after an update: %q, error %v", got, err)
	}
	if got, _ := e.Describe(t.Context(), "f"); got.Environment[secretMountPath] != "" || !slices.Equal(got.Secrets, []string{"key"}) {
		t.Errorf("told as %+v", got)
	}
	if err := e.RemoveSecret(t.Context(), "key"); !errors.Is(err, function.ErrInvalid) || !strings.HasSuffix(err.Error(), ": f") {
		t.Errorf("removing it from under the function: %v", err)
	}
	spec.Secrets = nil
	deploy(t, e, spec)
	if err := e.RemoveSecret(t.Context(), "key"); err != nil {
		t.Error(err)
	}
	own := t.TempDir()
	_ = os.WriteFile(own+"/key", []byte("own"), 0o600)
	spec.Environment = map[string]string{secretMountPath: own}
	deploy(t, e, spec)
	if got, err := call(e, "f"); got != "own" || err != nil {
		t.Errorf("a path of its own: %q, error %v, not %s", got, err, dir)
	}
}

func TestSecrets_WithoutADirectoryThereAreNone(t *testing.T) {
	e := newEngine(t)
	if names, err := e.Secrets(t.Context()); len(names) > 0 || err != nil {
		t.Errorf("%v, %v", names, err)
	}
	if err := e.PutSecret(t.Context(), "a", nil, true); !errors.Is(err, function.ErrInvalid) {
		t.Error(err)
	}
	if err := e.RemoveSecret(t.Context(), "a"); !errors.Is(err, function.ErrNoSecret) {
		t.Error(err)
	}
}

func TestSecrets_TheFileSystemsRefusalIsTheEngines(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	_ = os.WriteFile(file, nil, 0o600)
	e := New(Config{Log: slog.New(slog.DiscardHandler), Secrets: file + "/secrets"})
	if err := e.PutSecret(t.Context(), "a", []byte("secret-value"), true); !errors.Is(err, function.ErrEngine) || strings.Contains(err.Error(), "secret-value") {
		t.Error(err)
	}
}

// Without a vault, a file of the working directory is no secret.
func TestSecrets_OfNoVaultAreNoFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("stack.yaml", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	e := New(Config{Log: slog.New(slog.DiscardHandler)})
	if err := e.RemoveSecret(t.Context(), "stack.yaml"); !errors.Is(err, function.ErrNoSecret) {
		t.Error(err)
	}
	if _, err := os.Stat("stack.yaml"); err != nil {
		t.Error(err)
	}
}
