//go:build linux

package dockertest

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
)

// Program builds a program of the module hark, which needs nothing else to run,
// and returns its path.
func (c *Cluster) Program(pkg string, flags ...string) (string, error) {
	path := filepath.Join(c.dir, filepath.Base(pkg))
	cmd := exec.Command("go", append(append([]string{"build", "-o", path}, flags...), pkg)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building %s: %w\n%s", pkg, err, out)
	}
	return path, nil
}

// Image makes an image of files, by their paths in it and here, which every node
// has under the same id. Changes are lines as of a Dockerfile: CMD, ENV, USER.
func (c *Cluster) Image(ctx context.Context, ref string, files map[string]string, changes ...string) error {
	archive, err := pack(files)
	if err != nil {
		return err
	}
	first := c.Nodes[0].Client
	progress, err := first.ImageImport(ctx, image.ImportSource{Source: archive, SourceName: "-"}, ref, image.ImportOptions{Changes: changes})
	if err != nil {
		return err
	}
	if err := outcome(progress); err != nil {
		return fmt.Errorf("importing %s: %w", ref, err)
	}
	for _, n := range c.Nodes[1:] {
		if err := copyImage(ctx, ref, first, n.Client); err != nil {
			return fmt.Errorf("loading %s on %s: %w", ref, n.Name, err)
		}
	}
	return nil
}

func copyImage(ctx context.Context, ref string, from, to *client.Client) error {
	saved, err := from.ImageSave(ctx, []string{ref})
	if err != nil {
		return err
	}
	defer saved.Close()
	loaded, err := to.ImageLoad(ctx, saved)
	if err != nil {
		return err
	}
	return outcome(loaded.Body)
}

// outcome reads what an engine tells while it works, after a status of 200
// even where it then fails.
func outcome(progress io.ReadCloser) error {
	defer progress.Close()
	for lines := json.NewDecoder(progress); ; {
		var line struct{ Error string }
		if err := lines.Decode(&line); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if line.Error != "" {
			return errors.New(line.Error)
		}
	}
}

// pack makes a tar of programs and what they need, all of them executable.
func pack(files map[string]string) (io.Reader, error) {
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	var made []string
	for to, from := range files {
		for dir := filepath.Dir(to); dir != "/" && dir != "." && !slices.Contains(made, dir); dir = filepath.Dir(dir) {
			made = append(made, dir)
			if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: strings.TrimPrefix(dir, "/"), Mode: 0o755}); err != nil {
				return nil, err
			}
		}
		content, err := os.ReadFile(from)
		if err != nil {
			return nil, err
		}
		if err := w.WriteHeader(&tar.Header{Name: strings.TrimPrefix(to, "/"), Mode: 0o755, Size: int64(len(content))}); err != nil {
			return nil, err
		}
		if _, err := w.Write(content); err != nil {
			return nil, err
		}
	}
	return &archive, w.Close()
}
