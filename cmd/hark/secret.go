package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/near"
	"github.com/harkvoice/hark/internal/openfaas"
	"github.com/harkvoice/hark/internal/option"
)

// secret is `hark secret`.
type secret struct {
	remote
	FromFile string
	Trim     bool

	trimmed int // bytes that were left out of the value
}

func (s *secret) valueOptions() []option.Option {
	return append([]option.Option{
		{Name: "from-file", Usage: "file that holds the value; without it, standard input", Value: option.Text(&s.FromFile, "file")},
		{Name: "trim", Usage: "leave out white space at the value's start and end, as faas-cli does; --trim=false keeps it", Value: option.Switch(&s.Trim)},
	}, s.remote.options()...)
}

func newSecret() *secret { return &secret{remote: newRemote(), Trim: true} }

func secretCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "secret",
		Short: "Create, update, list and remove the functions' secrets",
		Long:  "A function finds each of its secrets as a file, " + function.SecretDir + "/NAME in a container.",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(secretValueCommand("create", "Create a secret", "created", (*openfaas.Client).CreateSecret),
		secretValueCommand("update", "Change the value of a secret", "updated", (*openfaas.Client).UpdateSecret),
		secretListCommand(), secretRemoveCommand())
	return cmd
}

func secretValueCommand(verb, short, done string, put func(*openfaas.Client, context.Context, openfaas.Secret) error) *cobra.Command {
	s := newSecret()
	return with(&cobra.Command{
		Use:   verb + " NAME [--from-file FILE]",
		Short: short,
		Long:  short + ". Its value is read from standard input or a file, and is never an\nargument: everybody on the machine can read those.",
		Example: "  hark secret " + verb + " api-key                       # asks for it\n" +
			"  hark secret " + verb + " api-key --from-file api-key.txt\n" +
			"  pass show api-key | hark secret " + verb + " api-key",
		Args: valueIsNoArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.connect("", cmd.ErrOrStderr()); err != nil {
				return err
			}
			value, err := s.value(cmd.Context(), args[0], cmd.InOrStdin(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			if err := put(s.api, cmd.Context(), secretOf(args[0], value)); err != nil {
				return s.explainSecret(cmd.Context(), args[0], err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s secret %s (%s)\n", done, args[0], s.size(value))
			return err
		},
	}, s.valueOptions())
}

// size tells what was sent, since nobody sees it.
func (s *secret) size(value []byte) string {
	size := fmt.Sprintf("%d bytes", len(value))
	if s.trimmed > 0 {
		size += fmt.Sprintf(", without %d of white space around it", s.trimmed)
	}
	return size
}

// valueIsNoArgument does not repeat what may be a value.
func valueIsNoArgument(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return hinted{errors.New("the value of a secret is never an argument: everybody on this machine can read those, and the shell keeps them"),
			fmt.Sprintf("Change it, if it was one. Give it on standard input, or in a file: %s NAME --from-file FILE", cmd.CommandPath())}
	}
	return wants("NAME")(cmd, args)
}

// secretOf carries text as text, for people who look at the API, and anything
// else as bytes.
func secretOf(name string, value []byte) openfaas.Secret {
	if utf8.Valid(value) {
		return openfaas.Secret{Name: name, Value: string(value)}
	}
	return openfaas.Secret{Name: name, RawValue: value}
}

func (s *secret) value(ctx context.Context, name string, in io.Reader, errs io.Writer) (value []byte, err error) {
	switch f := terminal(in); {
	case s.FromFile != "":
		file, err := os.Open(s.FromFile)
		if err != nil {
			return nil, fmt.Errorf("--from-file: %w", err)
		}
		defer file.Close()
		value, err = readSecret(file)
		if err != nil {
			return nil, fmt.Errorf("--from-file %s: %w", s.FromFile, err)
		}
	case f != nil:
		if value, err = prompt(ctx, f, errs, "Value of "+name+" (not shown): "); err != nil {
			return nil, err
		}
	default:
		if value, err = readSecret(in); err != nil {
			return nil, fmt.Errorf("standard input: %w", err)
		}
	}
	if s.Trim {
		trimmed := bytes.TrimSpace(value)
		s.trimmed = len(value) - len(trimmed)
		value = trimmed
	}
	if len(value) == 0 {
		return nil, hinted{errors.New("the value is empty"), "Give it on standard input or with --from-file."}
	}
	return value, nil
}

func readSecret(from io.Reader) ([]byte, error) {
	value, err := io.ReadAll(io.LimitReader(from, function.MaxSecret+1))
	if err == nil && len(value) > function.MaxSecret {
		return nil, fmt.Errorf("a secret has at most %d bytes", function.MaxSecret)
	}
	return value, err
}

// prompt reads a line without showing it. Ctrl-C gives the terminal back as it
// was.
func prompt(ctx context.Context, f *os.File, errs io.Writer, text string) ([]byte, error) {
	before, err := term.GetState(int(f.Fd()))
	if err != nil {
		return nil, err
	}
	fmt.Fprint(errs, text)
	defer fmt.Fprintln(errs)
	type answer struct {
		line []byte
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		line, err := term.ReadPassword(int(f.Fd()))
		got <- answer{line, err}
	}()
	select {
	case a := <-got:
		return a.line, a.err
	case <-ctx.Done(): // the program ends, and the read with it
		_ = term.Restore(int(f.Fd()), before)
		return nil, errors.New("interrupted")
	}
}

func (s *secret) explainSecret(ctx context.Context, name string, err error) error {
	switch {
	case openfaas.IsStatus(err, http.StatusConflict):
		return hinted{fmt.Errorf("there is a secret %s already", name), "Change its value with: hark secret update " + name}
	case openfaas.IsStatus(err, http.StatusNotFound):
		var names []string
		if all, err := s.api.Secrets(ctx); err == nil {
			for _, other := range all {
				names = append(names, other.Name)
			}
		}
		return hinted{fmt.Errorf("there is no secret %s at %s", name, s.api.Address()), near.Hint(name, names, "`hark secret list` lists what there is, `hark secret create` makes one.")}
	}
	return s.explain(err)
}

func secretListCommand() *cobra.Command {
	l := &listing{newRemote()}
	return with(&cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the names of the secrets",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := cmd.OutOrStdout()
			if err := l.connect("", cmd.ErrOrStderr()); err != nil {
				return err
			}
			all, err := l.api.Secrets(cmd.Context())
			if err != nil {
				return l.explain(err)
			}
			if l.JSON {
				return printJSON(out, orEmpty(all))
			}
			if len(all) == 0 {
				fmt.Fprintf(out, "There is no secret at %s. Create one with: hark secret create NAME\n", l.api.Address())
			}
			for _, s := range all {
				fmt.Fprintln(out, s.Name)
			}
			return nil
		},
	}, l.options())
}

func secretRemoveCommand() *cobra.Command {
	s := newSecret()
	return with(&cobra.Command{
		Use:     "remove NAME…",
		Aliases: []string{"rm"},
		Short:   "Remove secrets",
		Args:    wants("NAME…"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.connect("", cmd.ErrOrStderr()); err != nil {
				return err
			}
			for _, name := range args {
				if err := s.api.RemoveSecret(cmd.Context(), name); err != nil {
					return s.explainSecret(cmd.Context(), name, err)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "removed secret %s\n", name)
			}
			return nil
		},
	}, s.remote.options())
}
