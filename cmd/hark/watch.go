package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/local"
	"github.com/harkvoice/hark/internal/shelf"
)

// lookTime is how often the directory of skills is looked at. A change takes two
// looks.
const lookTime = 500 * time.Millisecond

// watch takes up what changes in the directories of skills until ctx ends.
func (g *gateway) watch(ctx context.Context) {
	tick := time.NewTicker(lookTime)
	defer tick.Stop()
	troubles := make([]string, len(g.shelves))
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for i, s := range g.shelves {
			g.look(ctx, s, &troubles[i])
		}
	}
}

// look takes up what has changed on a shelf. Trouble is what was wrong with it.
func (g *gateway) look(ctx context.Context, s *shelf.Shelf, trouble *string) {
	changes, err := s.Look()
	if err == nil {
		*trouble = ""
	} else if err.Error() != *trouble { // once, and not twice a second
		*trouble = err.Error()
		g.log.Error("skills", "cause", *trouble)
	}
	for _, c := range changes {
		delete(g.clashing, c.Name)
		if g.take(ctx, c) {
			g.again(ctx)
		}
	}
}

// again takes up changes that other skills stood in the way of, and do not any
// more.
func (g *gateway) again(ctx context.Context) {
	for _, name := range slices.Sorted(maps.Keys(g.clashing)) {
		c := g.clashing[name]
		if entries, _ := g.with(c); checkEntries(entries) != nil {
			continue
		}
		delete(g.clashing, name)
		g.take(ctx, c)
	}
}

// with are the entries that there are after a change, and the one of before.
func (g *gateway) with(c shelf.Change) (entries []*shelf.Entry, old *shelf.Entry) {
	entries = slices.Clone(g.entries)
	at := slices.IndexFunc(entries, called(c.Name))
	if found := at >= 0; found && c.One != (at < g.fixed) { // of that name, and on the other shelf
		at = -1
	}
	switch {
	case at < 0 && c.Entry != nil:
		return append(entries, c.Entry), nil
	case at < 0:
		return entries, nil
	case c.Entry == nil:
		return slices.Delete(entries, at, at+1), g.entries[at]
	}
	entries[at] = c.Entry
	return entries, g.entries[at]
}

// take takes up a change of one skill, and reports whether it has. One that is
// wrong changes nothing.
func (g *gateway) take(ctx context.Context, c shelf.Change) bool {
	entries, old := g.with(c)
	if c.Err == nil && c.Entry == nil && old == nil { // it never was one
		return false
	}
	err := c.Err
	if err == nil {
		if err = checkEntries(entries); err != nil {
			g.clashing[c.Name] = c
		}
	}
	if err == nil {
		if err = g.exchange(ctx, entries, cmp.Or(old, &shelf.Entry{}), cmp.Or(c.Entry, &shelf.Entry{})); err != nil {
			err = fmt.Errorf("%s: %w", c.Dir, err)
		}
	}
	if err != nil {
		if ctx.Err() == nil {
			g.log.Error("skill", "skill", c.Name, "did", "nothing", "cause", err.Error())
			g.tell(c.Name + " stays as it was: " + err.Error())
		}
		return false
	}
	what := differences(cmp.Or(old, &shelf.Entry{}), cmp.Or(c.Entry, &shelf.Entry{}))
	g.log.Info("skill", "skill", c.Name, "did", did(c, old), "changes", strings.Join(what, ", "))
	g.tell(c.Name + " " + did(c, old) + ": " + shortList(what))
	if g.noted != nil {
		g.noted(c)
	}
	return true
}

// tell tells a person, if one looks.
func (g *gateway) tell(line string) {
	if g.told != nil {
		g.told(line)
	}
}

// shortList is as many of a list as fit a line.
func shortList(all []string) string {
	const most = 8
	if len(all) > most {
		return fmt.Sprintf("%s, … %d more", strings.Join(all[:most], ", "), len(all)-most)
	}
	return cmp.Or(strings.Join(all, ", "), "deployed anew")
}

// did is the word for a change that was taken up.
func did(c shelf.Change, old *shelf.Entry) string {
	switch {
	case c.Entry == nil:
		return "removed"
	case old == nil:
		return "added"
	}
	return "updated"
}

// exchange serves entries, which go together and in which a new one stands for
// an old one. With an error, all is as it was.
func (g *gateway) exchange(ctx context.Context, entries []*shelf.Entry, old, new *shelf.Entry) error {
	if new.Stack == old.Stack { // its models have changed
		return g.serves(entries)
	}
	g.unfamiliar(new.Functions)
	if err := g.build(ctx, new.Functions); err != nil {
		return err
	}
	// Who is under way in a process that is replaced has a voice request's time.
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), g.settings.VoiceTimeout)
	defer cancel()
	var leaving []string
	for _, f := range old.Functions {
		if !slices.ContainsFunc(new.Functions, named(f.Name)) {
			leaving = append(leaving, f.Name)
		}
	}
	g.hidden.hold()
	if err := g.replace(patience, old.Functions, new.Functions); err != nil {
		g.hidden.release()
		g.local.Tell()
		return err
	}
	g.hidden.release(leaving...)
	g.local.Tell()
	defer g.hidden.release()
	return errors.Join(g.serves(entries), each(leaving, func(name string) error { return g.remove(patience, name) }))
}

// build builds functions that want it, as at the start.
func (g *gateway) build(ctx context.Context, functions []function.Spec) error {
	for _, f := range functions {
		if f.Labels[function.LabelBuild] == "" {
			continue
		}
		var output bytes.Buffer
		begun := time.Now()
		if err := local.Build(ctx, f, &output); err != nil {
			const most = 1000 // the end tells most
			text := strings.TrimSpace(output.String())
			return fmt.Errorf("%w: %s", err, text[max(len(text)-most, 0):])
		}
		g.log.Info("built", "function", f.Name, "took", seconds(begun))
	}
	return nil
}

// replace deploys functions. If one cannot be, those of old are there again.
func (g *gateway) replace(ctx context.Context, old, new []function.Spec) error {
	err := each(new, func(f function.Spec) error {
		if err := g.secrets.Check(f.Labels, time.Now()); err != nil {
			return fmt.Errorf("function %s: %w", f.Name, err)
		}
		return g.engine.Deploy(ctx, f)
	})
	if err == nil {
		return nil
	}
	return errors.Join(err, each(new, func(f function.Spec) error {
		if at := slices.IndexFunc(old, named(f.Name)); at >= 0 {
			return g.engine.Deploy(ctx, old[at])
		}
		return g.remove(ctx, f.Name)
	}))
}

// remove takes a function away that is there, or is gone by the API.
func (g *gateway) remove(ctx context.Context, name string) error {
	if err := g.engine.Remove(ctx, name); !errors.Is(err, function.ErrNotFound) {
		return err
	}
	return nil
}

func named(name string) func(function.Spec) bool {
	return func(f function.Spec) bool { return f.Name == name }
}

// each does the same to all at once, for each may have to wait for who is under
// way. The error is the first.
func each[T any](all []T, do func(T) error) error {
	var doing errgroup.Group
	for _, one := range all {
		doing.Go(func() error { return do(one) })
	}
	return doing.Wait()
}
