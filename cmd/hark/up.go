package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/alexa/alexatest"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/device"
	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/shelf"
)

func upCommand() *cobra.Command {
	s := defaults()
	return with(&cobra.Command{
		Use:   "up [DIR]",
		Short: "Run the functions and the skill in DIR on this machine",
		Long:  "up runs the functions that DIR/stack.yaml declares as processes of this machine\nand serves the skill in DIR/skill-package. It needs no Docker and no Amazon\naccount: `hark say` speaks to it, signed by a development authority.\n\nWith --skills, each subdirectory of a directory is a skill, which may come and go.",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.up(cmd.Context(), s.directory(args), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}, s.upOptions())
}

// directory is DIR: this one, unless skills are elsewhere.
func (s *settings) directory(args []string) string {
	switch {
	case len(args) > 0:
		return args[0]
	case s.Skills != "":
		return ""
	}
	return "."
}

// up is `hark up`: it serves until ctx ends.
func (s *settings) up(ctx context.Context, dir string, out, errs io.Writer) error {
	authority, err := s.openAuthority(out)
	if err != nil {
		return err
	}
	g, err := s.load(dir, errs)
	if err != nil {
		return err
	}
	defer g.close()
	if err := g.open(ctx, out); err != nil {
		return err
	}
	verifier, err := alexa.NewVerifier(alexa.VerifierConfig{
		Development:    authority.PEM(),
		DevelopmentURL: authority.URL(),
	})
	if err != nil {
		return err
	}
	certificate, err := authority.ServerCertificate(certificateHosts(g.public)...)
	if err != nil {
		return err
	}
	g.certificate = made{certificate}
	here := g.running()
	if other, err := readRunning(s.State); err == nil && other.alive() {
		fmt.Fprintf(out, "another hark is up here (process %d); `hark say` now speaks to this one. --state tells them apart.\n", other.PID)
	}
	if err := here.write(s.State); err != nil {
		return hinted{err, "Name a directory that can be written with --state or HARK_STATE."}
	}
	defer here.remove(s.State)
	wrong := &linter{out: out, known: make(map[string]map[string]bool)}
	g.noted = func(c shelf.Change) {
		if c.Entry == nil {
			wrong.forget(c.Name)
		} else {
			wrong.tell(c.Entry, len(g.entries) > 1)
		}
		if err := g.running().renew(s.State); err != nil {
			g.log.Error("hark say will not know the skills", "cause", err.Error())
		}
	}
	g.told = func(line string) { fmt.Fprintln(out, shown(out, line)) }
	for _, e := range g.entries {
		wrong.tell(e, len(g.entries) > 1)
	}
	g.announce(out)
	if err := g.serve(ctx, verifier); err != nil {
		return err
	}
	fmt.Fprintln(out, "hark is down.")
	return nil
}

// openAuthority returns the development authority, made at the first call.
func (s *settings) openAuthority(out io.Writer) (*alexatest.Authority, error) {
	dir, err := s.authorityDir()
	if err != nil {
		return nil, err
	}
	authority, created, err := alexatest.Create(dir)
	if err != nil {
		return nil, fmt.Errorf("development authority: %w", err)
	}
	if created {
		fmt.Fprintf(out, "made a development authority in %s\n", dir)
	}
	return authority, nil
}

// certificateHosts are the names by which this machine reaches a listener.
func certificateHosts(l net.Listener) []string {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	if name, err := os.Hostname(); err == nil {
		hosts = append(hosts, name)
	}
	if a, ok := l.Addr().(*net.TCPAddr); ok && !a.IP.IsUnspecified() && !a.IP.IsLoopback() {
		hosts = append(hosts, a.IP.String())
	}
	return hosts
}

// running is what other commands are told.
func (g *gateway) running() running {
	r := running{
		PID:      os.Getpid(),
		URL:      "https://" + reachable(g.public) + "/alexa",
		Operator: "http://" + reachable(g.operator),
	}
	for _, e := range g.entries {
		id := device.DevelopmentID
		if len(e.Skill.IDs) > 0 {
			id = e.Skill.IDs[0]
		}
		r.Skills = append(r.Skills, runningSkill{Name: e.Skill.Name, Dir: e.Skill.Dir, ID: id})
	}
	return r
}

// reachable is the address of a listener as this machine can dial it.
func reachable(l net.Listener) string {
	a, ok := l.Addr().(*net.TCPAddr)
	if !ok || !a.IP.IsUnspecified() {
		return l.Addr().String()
	}
	return net.JoinHostPort("127.0.0.1", fmt.Sprint(a.Port))
}

// announce prints what is served, where, and a line to try.
func (g *gateway) announce(out io.Writer) {
	fmt.Fprintf(out, "\nhark is up: %s\n\n", cmp.Or(g.names(), "no skill yet"))
	functions := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(functions, "  FUNCTION\tANSWERS\tRUNS")
	for _, f := range g.specs() {
		fmt.Fprintf(functions, "  %s\t%s\t%s\n", f.Name, answers(f), shorten(f.Process))
	}
	_ = functions.Flush()
	fmt.Fprintln(out)
	places := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(places, "  skill\thttps://%s/alexa\n", reachable(g.public))
	if g.shelf != nil {
		fmt.Fprintf(places, "  one of them\thttps://%s/alexa/NAME\n", reachable(g.public))
	}
	fmt.Fprintf(places, "  functions\thttp://%s/function/NAME\n", reachable(g.operator))
	fmt.Fprintf(places, "  API\thttp://%s/system, for faas-cli too\n", reachable(g.operator))
	fmt.Fprintf(places, "  metrics\thttp://%s/metrics\n", reachable(g.operator))
	if try := g.try(); try != "" {
		fmt.Fprintf(places, "  try\t%s\n", try)
	}
	_ = places.Flush()
	fmt.Fprint(out, "\nCtrl-C stops it.\n\n")
}

// answers is what a function is asked for.
func answers(f function.Spec) string {
	all := []string{intents.LocalName(function.Status{Spec: f})}
	for _, label := range []string{function.LabelIntents, function.LabelRequests} {
		for labelled := range strings.SplitSeq(f.Labels[label], ",") {
			if labelled = strings.TrimSpace(labelled); labelled != "" && !slices.Contains(all, labelled) {
				all = append(all, labelled)
			}
		}
	}
	return strings.Join(all, ", ")
}

// shorten makes a command line fit into a table.
func shorten(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// try is a command line that shows that it works; empty if there is nothing yet.
func (g *gateway) try() string {
	self := filepath.Base(os.Args[0])
	if filepath.Base(filepath.Dir(os.Args[0])) == "bin" {
		self = "bin/" + self
	}
	for _, e := range g.entries {
		if utterance := e.Skill.Example(e.Skill.DefaultLocale()); utterance != "" {
			return fmt.Sprintf("%s say %q", self, utterance)
		}
	}
	for _, f := range g.specs() {
		return fmt.Sprintf("curl -d hello http://%s/function/%s", reachable(g.operator), f.Name)
	}
	return ""
}
