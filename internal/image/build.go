// Package image makes container images with the docker command, and finds the
// credentials that it keeps for registries. No shell runs anything here.
package image

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// ErrNoDocker: there is no docker command.
var ErrNoDocker = errors.New("there is no docker command on this machine")

// ErrNoDockerfile: the directory says nothing about how its image is made.
var ErrNoDockerfile = errors.New("no Dockerfile")

// BuildError says that docker build failed.
type BuildError struct {
	Err    error
	Output []byte // all that docker said
}

// Error implements error.
func (e *BuildError) Error() string { return fmt.Sprintf("docker build: %v", e.Err) }

// Unwrap implements errors.Unwrap.
func (e *BuildError) Unwrap() error { return e.Err }

// Build makes an image of the Dockerfile in dir and names it tag. Progress is
// called with each line that docker prints. When ctx ends, so does docker.
func Build(ctx context.Context, tag, dir string, args map[string]string, progress func(line string)) error {
	if _, err := os.Stat(filepath.Join(dir, "Dockerfile")); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w in %s", ErrNoDockerfile, dir)
	}
	words := []string{"build", "--tag=" + tag}
	for _, name := range slices.Sorted(maps.Keys(args)) {
		words = append(words, "--build-arg="+name+"="+args[name])
	}
	out := &output{progress: progress}
	docker := exec.CommandContext(ctx, "docker", append(words, ".")...)
	docker.Dir, docker.Stdout, docker.Stderr = dir, out, out
	docker.Cancel = func() error { return docker.Process.Signal(os.Interrupt) }
	docker.WaitDelay = 5 * time.Second
	switch err := docker.Run(); {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return ErrNoDocker
	default:
		return &BuildError{err, out.all.Bytes()}
	}
}

// output keeps all that is written and tells of each line.
type output struct {
	progress func(string)
	all      bytes.Buffer
	begun    int // where the line that is being written starts
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.all.Write(p)
	for {
		rest := o.all.Bytes()[o.begun:]
		end := bytes.IndexAny(rest, "\r\n")
		if end < 0 {
			return len(p), nil
		}
		if line := bytes.TrimSpace(rest[:end]); len(line) > 0 {
			o.progress(string(line))
		}
		o.begun += end + 1
	}
}
