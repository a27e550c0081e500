package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/harkvoice/hark/intents/draft"
	"github.com/harkvoice/hark/internal/option"
	"github.com/harkvoice/hark/internal/stack"
	"github.com/harkvoice/hark/internal/starter"
)

// project is `hark new`.
type project struct{ language string }

func newProject() *project { return &project{starter.Languages()[0]} }

func (p *project) options() []option.Option {
	return []option.Option{
		{Name: "lang", Usage: "what the function is written in", Value: option.Choice(&p.language, starter.Languages()...)},
	}
}

func newProjectCommand() *cobra.Command {
	p := newProject()
	return with(&cobra.Command{
		Use:     "new NAME",
		Short:   "Make a project to start from",
		Long:    "new makes the directory NAME with a skill of one function in it: handler, stack\nfile, skill package and a test. It writes nothing over: the directory is new, or empty.",
		Example: "  hark new tea-house\n  hark new tea-house --lang python",
		Args:    wants("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.run(args[0], cmd.OutOrStdout())
		},
	}, p.options())
}

func (p *project) run(dir string, out io.Writer) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	name := filepath.Base(abs)
	made := starter.Project{Name: name, Language: p.language, Invocation: draft.Invocation(name)}
	files, err := made.Write(dir)
	if err != nil {
		return err
	}
	functions, err := stack.LoadDir(dir)
	if err != nil {
		return err
	}
	models, err := draft.New(dir, functions, "en-US")
	if err != nil {
		return err
	}
	for _, m := range models {
		if err := m.Write(); err != nil {
			return err
		}
		files = append(files, strings.TrimPrefix(filepath.ToSlash(m.File), filepath.ToSlash(filepath.Clean(dir))+"/"))
	}
	fmt.Fprintf(out, "made %s, a skill with a function in %s:\n\n", dir, p.language)
	for _, f := range files {
		fmt.Fprintf(out, "  %s\n", f)
	}
	printNext(out, dir, made.Invocation)
	return nil
}

// printNext tells what to do with a new project, by the hark that made it.
func printNext(out io.Writer, dir, invocation string) {
	self, test := os.Args[0], "make -C "+dir+" test"
	if strings.ContainsRune(self, filepath.Separator) { // and not found by its name
		if abs, err := filepath.Abs(self); err == nil {
			test += " HARK=" + abs
		}
	}
	fmt.Fprintf(out, "\nNext:\n\n  %s up %s\n  %s say \"ask %s to %s\"    # meanwhile, in another terminal\n  %s\n",
		self, dir, self, invocation, starter.Example, test)
}
