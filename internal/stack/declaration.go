package stack

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/harkvoice/hark/internal/function"
)

// declarations is the form of the file.
type declarations struct {
	Provider struct {
		Gateway string `yaml:"gateway"`
	} `yaml:"provider"`
	Functions map[string]declaration `yaml:"functions"`
}

type declaration struct {
	Lang             string            `yaml:"lang"`
	Handler          string            `yaml:"handler"`
	Image            string            `yaml:"image"`
	Process          string            `yaml:"fprocess"`
	Environment      map[string]string `yaml:"environment"`
	EnvironmentFiles []string          `yaml:"environment_file"`
	Labels           map[string]string `yaml:"labels"`
	Annotations      map[string]string `yaml:"annotations"`
	Secrets          []string          `yaml:"secrets"`
	Constraints      []string          `yaml:"constraints"`
	Limits           resources         `yaml:"limits"`
	Requests         resources         `yaml:"requests"`
	ReadOnly         bool              `yaml:"readonly_root_filesystem"`
	BuildArgs        map[string]string `yaml:"build_args"`
	SkipBuild        bool              `yaml:"skip_build"`
}

type resources struct {
	Memory string `yaml:"memory"`
	CPU    string `yaml:"cpu"`
}

// dockerfile is the language of functions that need no template.
const dockerfile = "dockerfile"

func (d declaration) function(name, dir string) (Function, error) {
	environment, err := d.environment(dir)
	if err != nil {
		return Function{}, err
	}
	handler := d.Handler
	if !filepath.IsAbs(handler) {
		handler = filepath.Join(dir, handler)
	}
	build := Build{Args: d.BuildArgs, Skip: d.SkipBuild}
	if d.Lang != dockerfile {
		build.Template = d.Lang
	}
	return Function{Build: build, Spec: function.Spec{
		Name:        name,
		Image:       d.Image,
		Process:     d.Process,
		Dir:         handler,
		Environment: environment,
		Labels:      d.Labels,
		Annotations: d.Annotations,
		Secrets:     d.Secrets,
		Constraints: d.Constraints,
		Limits:      function.Resources(d.Limits),
		Requests:    function.Resources(d.Requests),
		ReadOnly:    d.ReadOnly,
	}}, nil
}

// environment is that of the declaration with those of its files over it, the
// later over the earlier, as for faas-cli.
func (d declaration) environment(dir string) (map[string]string, error) {
	if len(d.EnvironmentFiles) == 0 {
		return d.Environment, nil
	}
	all := maps.Clone(d.Environment)
	if all == nil {
		all = make(map[string]string)
	}
	for _, name := range d.EnvironmentFiles {
		more, err := environmentFile(dir, name)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, more)
	}
	return all, nil
}

// environmentFile reads a file below dir, symbolic links included: a stack file
// that somebody sent is not to fetch others.
func environmentFile(dir, name string) (map[string]string, error) {
	if !filepath.IsLocal(name) {
		return nil, fmt.Errorf("environment_file %s: it has to be below the directory of the stack file", name)
	}
	text, err := readBounded(os.OpenInRoot(dir, name))
	if err != nil {
		return nil, fmt.Errorf("environment_file %s: %w", name, err)
	}
	var f struct {
		Environment map[string]string `yaml:"environment"`
	}
	if err := yaml.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("environment_file %s: %w", name, faulty(err, nil))
	}
	return f.Environment, nil
}
