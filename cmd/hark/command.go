package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/option"
)

// version is set by the linker.
var version = ""

// newCommand wires the command line. What commands print for people goes to
// out, logs and progress to errs.
func newCommand(out, errs io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:           "hark",
		Short:         "Voice functions on your own hardware",
		Long:          "hark runs voice functions: a person speaks to an Echo, hark runs the program\nnamed like the intent, and Alexa says what it prints.",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetOut(out)
	root.SetErr(errs)
	root.AddCommand(newProjectCommand(), upCommand(), serveCommand(), sayCommand(), sendCommand(), checkCommand(), testCommand(), modelCommand(),
		deployCommand(), listCommand(), describeCommand(), topCommand(), logsCommand(), scaleCommand(), removeCommand(), secretCommand(),
		certificateCommand(), doctorCommand(), versionCommand())
	return root
}

// with gives a command its options: as flags, and from the environment once
// the flags are parsed.
func with(cmd *cobra.Command, options []option.Option) *cobra.Command {
	option.AddFlags(cmd.Flags(), options)
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		return option.FromEnvironment(cmd.Flags(), options, os.LookupEnv)
	}
	return cmd
}

// wants checks that there is one argument for each name; a last name that ends
// in … stands for one or more.
func wants(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		many := strings.HasSuffix(names[len(names)-1], "…")
		if len(args) == len(names) || many && len(args) > len(names) {
			return nil
		}
		problem := fmt.Sprintf("%s wants %s", cmd.CommandPath(), strings.Join(names, " and "))
		if len(args) > len(names) {
			problem += " only"
		}
		return hinted{errors.New(problem), "Usage: " + cmd.UseLine()}
	}
}

// wantsFunction checks the same, and that the first argument can be the name of a
// function; with all, that each can.
func wantsFunction(all bool, names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := wants(names...)(cmd, args); err != nil {
			return err
		}
		if !all {
			args = args[:1]
		}
		for _, name := range args {
			if err := function.CheckName(name); err != nil {
				return err
			}
		}
		return nil
	}
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		Run: func(cmd *cobra.Command, _ []string) {
			fmt.Fprintln(cmd.OutOrStdout(), "hark", versionText())
		},
	}
}

func versionText() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// commit is what hark was built from, as far as the build has told.
func commit() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return "unknown"
}

// hinted is an error with the next step to take.
type hinted struct {
	error
	next string
}

func (h hinted) Unwrap() error { return h.error }

// complain prints an error, in red on a terminal, and what to do about it.
func complain(w io.Writer, err error) {
	fmt.Fprintln(w, inRed(w, fmt.Sprintf("hark: %v", err)))
	var h hinted
	if errors.As(err, &h) && h.next != "" {
		fmt.Fprintf(w, "      %s\n", h.next)
	}
}
