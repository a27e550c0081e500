// Package stack reads functions as an OpenFaaS stack.yaml declares them, the
// file that faas-cli reads as well.
package stack

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/harkvoice/hark/internal/function"
)

// Names are the file names that are looked for in a directory, in this order.
var Names = []string{"stack.yaml", "stack.yml"}

// maxFile bounds the file, as YAML can unfold to much more than it is.
const maxFile = 1 << 20

type file struct {
	Functions map[string]declaration `yaml:"functions"`
}

type declaration struct {
	Handler     string            `yaml:"handler"`
	Image       string            `yaml:"image"`
	Process     string            `yaml:"fprocess"`
	Environment map[string]string `yaml:"environment"`
	Labels      map[string]string `yaml:"labels"`
}

// LoadDir reads the stack file of a directory.
func LoadDir(dir string) ([]function.Spec, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%s is not a directory; it shall hold a %s", dir, Names[0])
	}
	for _, name := range Names {
		specs, err := Load(filepath.Join(dir, name))
		if !errors.Is(err, fs.ErrNotExist) {
			return specs, err
		}
	}
	return nil, fmt.Errorf("no %s in %s; it declares the functions, as for faas-cli", Names[0], dir)
}

// Load reads a stack file and returns its functions by name. Handlers are taken
// from the file's directory on. A path that does not exist yields
// fs.ErrNotExist.
func Load(path string) ([]function.Spec, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%s has %d bytes; a stack file has at most %d", path, info.Size(), maxFile)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var f file
	if err := yaml.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(f.Functions) == 0 {
		return nil, fmt.Errorf("%s declares no functions", path)
	}
	specs := make([]function.Spec, 0, len(f.Functions))
	for name, d := range f.Functions {
		if err := function.CheckName(name); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		specs = append(specs, d.spec(name, filepath.Dir(path)))
	}
	slices.SortFunc(specs, func(a, b function.Spec) int { return strings.Compare(a.Name, b.Name) })
	return specs, nil
}

func (d declaration) spec(name, dir string) function.Spec {
	handler := d.Handler
	if !filepath.IsAbs(handler) {
		handler = filepath.Join(dir, handler)
	}
	return function.Spec{
		Name:        name,
		Image:       d.Image,
		Process:     d.Process,
		Dir:         handler,
		Environment: d.Environment,
		Labels:      d.Labels,
	}
}
