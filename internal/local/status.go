package local

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// statusTime bounds how long functions are asked whether they are ready.
const statusTime = time.Second

// List tells the functions by name.
func (e *Engine) List(ctx context.Context) ([]function.Status, error) {
	ctx, cancel := context.WithTimeout(ctx, statusTime)
	defer cancel()
	e.mu.RLock()
	all := make([]deployed, 0, len(e.functions))
	for _, f := range e.functions {
		all = append(all, f)
	}
	e.mu.RUnlock()
	slices.SortFunc(all, func(a, b deployed) int { return strings.Compare(a.spec.Name, b.spec.Name) })
	list := make([]function.Status, len(all))
	for i, f := range all {
		list[i] = f.status(ctx)
	}
	return list, nil
}

// Describe tells one function.
func (e *Engine) Describe(ctx context.Context, name string) (function.Status, error) {
	f, ok := e.function(name)
	if !ok {
		return function.Status{}, fmt.Errorf("function %.64q: %w", name, function.ErrNotFound)
	}
	ctx, cancel := context.WithTimeout(ctx, statusTime)
	defer cancel()
	return f.status(ctx), nil
}

// status tells the labels that hold, whatever chose the mode. All replicas are
// one watchdog: they are available together.
func (f deployed) status(ctx context.Context) function.Status {
	s := function.Status{Spec: f.spec, Replicas: f.replicas, Created: f.created}
	s.Labels, s.Dir, s.RegistryAuth = f.labels, "", ""
	if f.watchdog == nil {
		return s
	}
	if err := f.watchdog.Ready(ctx); err != nil && !errors.Is(err, function.ErrOverloaded) {
		s.Trouble = strings.Join(strings.Fields(err.Error()), " ")
		return s
	}
	s.Available = f.replicas
	return s
}

// Scale asks for copies of a function. None is a function that sleeps until it is
// called; more than one are accepted and told, but the watchdog starts as many
// processes as calls need anyway, up to max_inflight.
func (e *Engine) Scale(ctx context.Context, name string, replicas uint64) error {
	e.changing.Lock()
	f, ok := e.function(name)
	old := f.watchdog
	err := fmt.Errorf("function %.64q: %w", name, function.ErrNotFound)
	if ok {
		err = e.scale(f, replicas)
	}
	e.changing.Unlock()
	if err != nil {
		return err
	}
	e.tell()
	if replicas == 0 && old != nil {
		old.Close(ctx)
	}
	return nil
}

// scale is called with e.changing held.
func (e *Engine) scale(f deployed, replicas uint64) (err error) {
	f.replicas = replicas
	switch {
	case replicas == 0:
		f.watchdog = nil
	case f.watchdog == nil:
		if f.watchdog, err = e.start(f); err != nil {
			return fmt.Errorf("function %.64s: %w: %w", f.spec.Name, function.ErrUnavailable, err)
		}
	}
	e.set(f)
	return nil
}

// wake starts a function that sleeps.
func (e *Engine) wake(name string) error {
	e.changing.Lock()
	f, ok := e.function(name)
	var err error
	sleeps := ok && f.watchdog == nil
	if sleeps {
		err = e.scale(f, 1)
	}
	e.changing.Unlock()
	if sleeps && err == nil {
		e.tell()
	}
	return err
}

// Tell tells OnChange what there is now, though nothing has changed.
func (e *Engine) Tell() { e.tell() }

// tell tells OnChange what there is. The list is made while no other is on its
// way, so that the newest arrives last.
func (e *Engine) tell() {
	if e.config.OnChange == nil {
		return
	}
	e.telling.Lock()
	defer e.telling.Unlock()
	list, _ := e.List(context.Background())
	e.config.OnChange(list)
}
