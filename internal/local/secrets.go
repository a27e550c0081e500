package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// secretMountPath is the variable that tells a function where its secrets are.
const secretMountPath = "secret_mount_path"

// vault keeps secrets as files of a directory: 0600 in 0700. Names that start
// with a dot are on their way to become one.
type vault struct {
	dir string
	mu  *sync.Mutex // held while files change
}

func newVault(dir string) vault {
	if abs, err := filepath.Abs(dir); dir != "" && err == nil {
		dir = abs // functions run in directories of their own
	}
	return vault{dir, &sync.Mutex{}}
}

var errNoVault = function.Invalid(errors.New("this hark keeps no secrets, for it has no state directory: name one with --state or HARK_STATE"))

// check returns ErrInvalid unless there are secrets of all those names.
func (v vault) check(names []string) error {
	for _, name := range names {
		if err := function.CheckSecret(name); err != nil {
			return err
		}
		if v.dir == "" {
			return errNoVault
		}
		if _, err := os.Stat(v.file(name)); err != nil {
			return function.Invalid(fmt.Errorf("there is no secret %s: write its value to the file %s, or have a hark that is up do it: hark secret create %s", name, v.file(name), name))
		}
	}
	return nil
}

func (v vault) file(name string) string { return filepath.Join(v.dir, name) }

// environment is the function's, which tells where its secrets are if it has any.
func (v vault) environment(spec function.Spec) map[string]string {
	if _, own := spec.Environment[secretMountPath]; own || len(spec.Secrets) == 0 {
		return spec.Environment
	}
	env := maps.Clone(spec.Environment)
	if env == nil {
		env = map[string]string{}
	}
	env[secretMountPath] = v.dir
	return env
}

// Secrets returns the names of the secrets, sorted.
func (e *Engine) Secrets(context.Context) ([]string, error) {
	files, err := os.ReadDir(e.secrets.dir)
	if e.secrets.dir == "" || errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, f := range files {
		if function.CheckSecret(f.Name()) == nil && !f.IsDir() {
			names = append(names, f.Name())
		}
	}
	return names, refusal(err)
}

// PutSecret keeps a secret: a new one with create, else another value of one that
// is there. Functions read it when they next open its file.
func (e *Engine) PutSecret(_ context.Context, name string, value []byte, create bool) error {
	if err := function.CheckSecret(name); err != nil {
		return err
	}
	if e.secrets.dir == "" {
		return errNoVault
	}
	e.secrets.mu.Lock()
	defer e.secrets.mu.Unlock()
	switch _, err := os.Lstat(e.secrets.file(name)); {
	case err == nil && create:
		return fmt.Errorf("secret %s: %w", name, function.ErrExists)
	case errors.Is(err, fs.ErrNotExist) && !create:
		return fmt.Errorf("secret %s: %w", name, function.ErrNoSecret)
	}
	return refusal(e.secrets.write(name, value))
}

// write puts the whole value there, or leaves what was there.
func (v vault) write(name string, value []byte) error {
	if err := os.MkdirAll(v.dir, 0o700); err != nil {
		return err
	}
	v.tidy()
	fresh, err := os.CreateTemp(v.dir, freshPrefix+"*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(fresh.Name()) // if it has not become the secret
	if _, err := fresh.Write(value); err != nil {
		fresh.Close()
		return err
	}
	if err := errors.Join(fresh.Sync(), fresh.Close()); err != nil {
		return err
	}
	if err := os.Rename(fresh.Name(), v.file(name)); err != nil {
		return err
	}
	return v.sync()
}

// sync has the directory be as it is after a cut of power too: what a client was
// told is so.
func (v vault) sync() error {
	dir, err := os.Open(v.dir)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// tidy removes what a crash has left of secrets on their way, which take far less
// than a minute.
func (v vault) tidy() {
	left, _ := filepath.Glob(filepath.Join(v.dir, freshPrefix+"*"))
	for _, file := range left {
		if info, err := os.Lstat(file); err == nil && time.Since(info.ModTime()) > time.Minute {
			_ = os.Remove(file)
		}
	}
}

const freshPrefix = ".fresh-"

// RemoveSecret removes a secret, unless a function has it: it would not start
// again. Docker does the same.
func (e *Engine) RemoveSecret(_ context.Context, name string) error {
	if err := function.CheckSecret(name); err != nil {
		return err
	}
	e.changing.Lock() // no function comes to have it meanwhile
	defer e.changing.Unlock()
	if users := e.usersOf(name); len(users) > 0 {
		return function.Invalid(fmt.Errorf("secret %s is in use: remove the functions that have it first, or deploy them without it: %s", name, strings.Join(users, ", ")))
	}
	e.secrets.mu.Lock()
	defer e.secrets.mu.Unlock()
	none := fmt.Errorf("secret %s: %w", name, function.ErrNoSecret)
	if e.secrets.dir == "" { // a name would be one of the working directory
		return none
	}
	err := os.Remove(e.secrets.file(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return none
	case err != nil:
		return refusal(err)
	}
	return refusal(e.secrets.sync())
}

// usersOf names the functions that have a secret, or a door that needs it.
func (e *Engine) usersOf(secret string) []string {
	e.mu.RLock()
	defer e.mu.RUnlock()
	var users []string
	for name, f := range e.functions {
		door := f.spec.Labels[function.LabelWebhookSecret] == secret || f.spec.Labels[function.LabelToken] == secret
		if door || slices.Contains(f.spec.Secrets, secret) {
			users = append(users, name)
		}
	}
	slices.Sort(users)
	return users
}

// refusal is an error of the file system as an engine's.
func refusal(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", function.ErrEngine, err)
}
