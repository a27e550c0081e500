// Package stack reads functions as an OpenFaaS stack.yaml declares them, the
// file that faas-cli reads as well.
//
// Variables of the environment stand in it as ${NAME} or ${NAME:-DEFAULT}; see
// expand. Fields that hark has no use for are passed over, as they are other
// tools'.
package stack

import (
	"errors"
	"fmt"
	"io"
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

// File is what a stack file declares.
type File struct {
	Path string
	// Gateway is the address that the file names, or empty.
	Gateway string
	// Functions are in the order of their names.
	Functions []Function
}

// Function is one function of a file.
type Function struct {
	function.Spec
	Build Build
}

// Build is how the image of a function is made, from its Dir.
type Build struct {
	Args map[string]string
	Skip bool // it is not to be built
	// Template is a template of faas-cli's that Dir is source for; empty if Dir
	// has a Dockerfile of its own.
	Template string
}

// Specs are the functions without how they are built.
func (f *File) Specs() []function.Spec {
	specs := make([]function.Spec, len(f.Functions))
	for i, fn := range f.Functions {
		specs[i] = fn.Spec
	}
	return specs
}

// LoadDir reads the stack file of a directory.
func LoadDir(dir string) ([]function.Spec, error) {
	path, err := Find(dir)
	if err != nil {
		return nil, err
	}
	return Load(path)
}

// Find returns the path of the stack file of a directory.
func Find(dir string) (path string, err error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", fmt.Errorf("%s is not a directory; it shall hold a %s", dir, Names[0])
	}
	for _, name := range Names {
		path = filepath.Join(dir, name)
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
	}
	return "", fmt.Errorf("no %s in %s; it declares the functions, as for faas-cli", Names[0], dir)
}

// Load reads a stack file as Read does and returns its functions by name.
func Load(path string) ([]function.Spec, error) {
	f, err := Read(path)
	if err != nil {
		return nil, err
	}
	return f.Specs(), nil
}

// Read reads a stack file. Handlers are taken from the file's directory on. A
// path that does not exist yields fs.ErrNotExist.
func Read(path string) (*File, error) {
	text, err := readBounded(os.Open(path))
	if err != nil {
		return nil, err
	}
	f, err := parse(text, filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(f.Functions) == 0 {
		return nil, fmt.Errorf("%s declares no functions", path)
	}
	f.Path = path
	return f, nil
}

// readBounded reads what was opened and closes it.
func readBounded(f *os.File, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		return nil, fmt.Errorf("%s is too large: a stack file has at most %d bytes", f.Name(), maxFile)
	}
	return text, err
}

// parse reads the text of a file that is in dir.
func parse(text []byte, dir string) (*File, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, faulty(err, text)
	}
	substitute(&document, os.LookupEnv, false)
	var d declarations
	if err := document.Decode(&d); err != nil {
		return nil, faulty(err, text)
	}
	f := &File{Gateway: d.Provider.Gateway}
	for name, declared := range d.Functions {
		if err := function.CheckName(name); err != nil {
			return nil, err
		}
		fn, err := declared.function(name, dir)
		if err != nil {
			return nil, fmt.Errorf("function %s: %w", name, err)
		}
		f.Functions = append(f.Functions, fn)
	}
	slices.SortFunc(f.Functions, func(a, b Function) int { return strings.Compare(a.Name, b.Name) })
	return f, nil
}

// kinds are words for this package's types.
var kinds = strings.NewReplacer(
	"map[string]stack.declaration", "functions by name (NAME: {fprocess: …})",
	"stack.declaration", "a function (NAME: {fprocess: …})",
	"stack.resources", "amounts ({memory: 64Mi, cpu: 500m})",
)

// faulty puts what is wrong with a file into one line.
func faulty(err error, text []byte) error {
	var wrong *yaml.TypeError
	if errors.As(err, &wrong) {
		return fmt.Errorf("yaml: %s", kinds.Replace(strings.Join(wrong.Errors, "; ")))
	}
	if strings.Contains(string(text), "${") {
		return fmt.Errorf("%w (within [ ] and { }, quotes belong around a ${NAME})", err)
	}
	return err
}
