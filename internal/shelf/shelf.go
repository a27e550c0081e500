// Package shelf reads a directory of skills, each of whose subdirectories is
// one: a skill package and, where functions are this machine's, a stack file.
//
//	s := shelf.New(dir, true)
//	entries, err := s.Load()   // at start
//	changes, err := s.Look()   // from time to time
//
// It looks at the names, sizes and times of the few files that matter, and reads
// those again that have changed. docs/decisions/0016 says why it polls.
package shelf

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/stack"
)

// Entry is a skill as its directory describes it.
type Entry struct {
	Skill *intents.Skill
	// Functions are tied to the skill, and named after it too.
	Functions []function.Spec
	// Stack is the state of the files that declare them: another one, even of the
	// same text, is a wish to deploy them anew.
	Stack string
}

// Change is what has become of a subdirectory.
type Change struct {
	Name, Dir string
	// Entry is what is there now; nil with Err, and if the subdirectory is gone.
	Entry *Entry
	// Err says what is wrong with it, and in which file.
	Err error
	// One: it is of a shelf of one skill.
	One bool
}

// Shelf is such a directory. It is not safe for concurrent use.
type Shelf struct {
	dir       string
	functions bool
	mend      func(*Entry) error // of a single skill
	seen      map[string]sight
}

// sight is how a subdirectory was seen.
type sight struct {
	told   state // as it was told
	latest state
}

// New looks at dir, which is read by Load. Without functions, stack files are
// none of its business.
func New(dir string, functions bool) *Shelf {
	return &Shelf{dir: dir, functions: functions, seen: make(map[string]sight)}
}

// One looks at dir as at one skill, whose functions keep their names. What mend
// makes of it is told.
func One(dir string, functions bool, mend func(*Entry) error) *Shelf {
	s := New(dir, functions)
	s.mend = mend
	return s
}

// path is the directory of a skill.
func (s *Shelf) path(name string) string {
	if s.mend != nil {
		return s.dir
	}
	return filepath.Join(s.dir, name)
}

// Load reads every skill, in the order of their names.
func (s *Shelf) Load() ([]*Entry, error) {
	names, err := s.names()
	if err != nil {
		return nil, err
	}
	entries := make([]*Entry, 0, len(names))
	for _, name := range names {
		now := s.state(name)
		entry, err := s.read(name, now)
		if err != nil {
			return nil, err
		}
		s.seen[name] = sight{told: now, latest: now}
		entries = append(entries, entry)
	}
	return entries, nil
}

// Look tells what has changed since it was told last: first what is gone, then
// the rest by name. A change is told when it is the same at two looks, for files
// are not written at once. The error is about the directory itself, in which case
// nothing has changed.
func (s *Shelf) Look() ([]Change, error) {
	names, err := s.names()
	if err != nil {
		return nil, err
	}
	var gone, changed []Change
	for _, name := range slices.Compact(slices.Sorted(slices.Values(append(names, slices.Collect(maps.Keys(s.seen))...)))) {
		now, before := state{}, s.seen[name]
		if slices.Contains(names, name) {
			now = s.state(name)
		}
		s.seen[name] = sight{told: before.told, latest: now}
		switch {
		case now == before.told && !now.there: // it came and went
			delete(s.seen, name)
			continue
		case now == before.told, now != before.latest:
			continue
		case !now.there:
			delete(s.seen, name)
			gone = append(gone, Change{Name: name, Dir: s.path(name)})
			continue
		}
		s.seen[name] = sight{told: now, latest: now}
		entry, err := s.read(name, now)
		changed = append(changed, Change{Name: name, Dir: s.path(name), Entry: entry, Err: err, One: s.mend != nil})
	}
	return append(gone, changed...), nil
}

// names are the subdirectories. What starts with a dot is none of them: version
// control, and what lies behind the links of a mounted volume.
func (s *Shelf) names() (names []string, err error) {
	if s.mend != nil {
		abs, err := filepath.Abs(s.dir)
		if err != nil {
			return nil, err
		}
		if info, err := os.Stat(abs); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("%s is not a directory; a skill package is in one", s.dir)
		}
		return []string{filepath.Base(abs)}, nil
	}
	found, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, fmt.Errorf("the directory of skills: %w", err)
	}
	for _, entry := range found {
		name := entry.Name()
		if info, err := os.Stat(filepath.Join(s.dir, name)); err == nil && info.IsDir() && !strings.HasPrefix(name, ".") {
			names = append(names, name)
		}
	}
	return names, nil
}

func (s *Shelf) read(name string, now state) (*Entry, error) {
	if err := intents.CheckSkillName(name); err != nil && s.mend == nil {
		return nil, err
	}
	dir := s.path(name)
	skill, err := intents.LoadSkill(dir)
	if err != nil {
		return nil, err
	}
	entry := &Entry{Skill: skill, Stack: now.stack}
	if s.functions {
		if entry.Functions, err = stack.LoadDir(dir); err != nil {
			return nil, err
		}
	}
	if s.mend != nil {
		return entry, s.mend(entry)
	}
	if err := entry.name(); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return entry, nil
}

// name ties the functions to the skill and puts its name before theirs, so that
// two skills may have functions of one name.
func (e *Entry) name() error {
	if err := e.Tie(); err != nil {
		return err
	}
	all := make([]function.Status, len(e.Functions))
	for i := range e.Functions {
		f := &e.Functions[i]
		f.Name = intents.FunctionPrefix(e.Skill.Name) + f.Name
		if err := function.CheckName(f.Name); err != nil {
			return fmt.Errorf("with the name of its skill, %w", err)
		}
		all[i] = function.Status{Spec: *f}
	}
	return new(intents.Catalogue).Update(all)
}

// Tie ties the functions to the skill by their label.
func (e *Entry) Tie() error {
	for i := range e.Functions {
		f := &e.Functions[i]
		if other := f.Labels[function.LabelSkill]; other != "" && other != e.Skill.Name {
			return fmt.Errorf("function %s: label %s: it is of the skill %s, not of %.64s; leave the label out", f.Name, function.LabelSkill, e.Skill.Name, other)
		}
		labels := map[string]string{function.LabelSkill: e.Skill.Name}
		maps.Copy(labels, f.Labels)
		labels[function.LabelSkill] = e.Skill.Name
		f.Labels = labels
	}
	return nil
}

// state is how the files of a subdirectory are; the zero state is that there is none.
type state struct {
	there  bool
	models string
	stack  string
}

// The files that matter. Of the second, those beside the stack file are what its
// environment_file names.
var (
	modelFiles = []string{".ask/ask-states.json", ".ask/config", "skill-package/*.json", "skill-package/interactionModels/custom/*.json", "models/*.json"}
	stackFiles = []string{"*.yaml", "*.yml"}
)

func (s *Shelf) state(name string) state {
	files := os.DirFS(s.path(name))
	now := state{there: true, models: signature(files, modelFiles)}
	if s.functions {
		now.stack = signature(files, stackFiles)
	}
	return now
}

// signature tells one state of files from another without reading them.
func signature(files fs.FS, patterns []string) string {
	var out strings.Builder
	for _, pattern := range patterns {
		found, _ := fs.Glob(files, pattern) // the patterns are well formed
		for _, file := range found {
			if info, err := fs.Stat(files, file); err == nil {
				fmt.Fprintf(&out, "%s %d %d %d\n", file, info.Size(), info.ModTime().UnixNano(), inode(info))
			}
		}
	}
	return out.String()
}
