// Package local is the embedded engine: it runs functions as processes of this
// machine under the same watchdog that is in every function image.
package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/watchdog"
)

// inflightPerCPU is how many processes of a function may run at once for each
// CPU, unless the function's max_inflight says otherwise.
const inflightPerCPU = 4

// Config configures an Engine.
type Config struct {
	// Log takes what functions print on STDERR.
	Log *slog.Logger
	// MaxBody bounds the body of an invocation and its answer, in bytes, for
	// functions that set no bound; 0 means the watchdog's default for both.
	MaxBody int64
}

// Engine runs functions on this machine. It is safe for concurrent use.
type Engine struct {
	config Config

	mu        sync.RWMutex
	functions map[string]deployed
}

type deployed struct {
	spec     function.Spec
	labels   map[string]string
	watchdog *watchdog.Watchdog
}

// New returns an engine without functions.
func New(c Config) *Engine {
	return &Engine{config: c, functions: make(map[string]deployed)}
}

// Deploy makes a function callable, in place of one of the same name, whose
// invocations under way finish. The error names the function and what to mend.
func (e *Engine) Deploy(ctx context.Context, spec function.Spec) error {
	new, err := e.start(spec)
	if err != nil {
		return fmt.Errorf("function %.64s: %w", spec.Name, err)
	}
	e.mu.Lock()
	old := e.functions[spec.Name]
	e.functions[spec.Name] = new
	e.mu.Unlock()
	if old.watchdog != nil {
		old.watchdog.Close(ctx)
	}
	return nil
}

func (e *Engine) start(spec function.Spec) (deployed, error) {
	if err := function.CheckName(spec.Name); err != nil {
		return deployed{}, err
	}
	if info, err := os.Stat(spec.Dir); err != nil {
		return deployed{}, fmt.Errorf("its handler: %w", err)
	} else if !info.IsDir() {
		return deployed{}, fmt.Errorf("its handler %s is not a directory", spec.Dir)
	}
	if spec.Process == "" {
		return deployed{}, fmt.Errorf("it has no fprocess, which the local engine runs")
	}
	settings, err := e.settings(spec)
	if err != nil {
		return deployed{}, err
	}
	dog, err := watchdog.New(settings, watchdog.Site{
		Name: spec.Name,
		Dir:  spec.Dir,
		Env:  watchdog.Inherit(os.Environ(), spec.Environment),
		Log:  e.config.Log.With("function", spec.Name),
	})
	return deployed{spec, labels(spec, settings), dog}, err
}

// settings are the watchdog's as the function's environment has them, or its
// labels.
func (e *Engine) settings(spec function.Spec) (watchdog.Settings, error) {
	s := watchdog.Defaults()
	s.MaxInflight = inflightPerCPU * runtime.NumCPU()
	if e.config.MaxBody > 0 {
		s.MaxBody = e.config.MaxBody
	}
	s.MaxOutput = s.MaxBody
	lookup := func(name string) (string, bool) {
		if value, ok := spec.Environment[name]; ok {
			return value, true
		}
		label, ok := settingLabels[name]
		value := spec.Labels[label]
		return value, ok && value != ""
	}
	if err := s.Load(lookup); err != nil {
		return s, fmt.Errorf("its environment or labels: %w", err)
	}
	s.Process = spec.Process
	if s.Mode == watchdog.ModeHTTP && !named(lookup, "upstream_url", "http_upstream_url") {
		port, err := freePort()
		if err != nil {
			return s, err
		}
		s.Upstream = "http://127.0.0.1:" + port // functions share this machine's ports
	}
	return s, nil
}

func named(lookup func(string) (string, bool), names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { _, ok := lookup(name); return ok })
}

// settingLabels are the settings that labels may choose too.
var settingLabels = map[string]string{"mode": function.LabelMode, "warm": function.LabelWarm}

func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, err
}

// labels are the function's, which tell its mode however it was chosen.
func labels(spec function.Spec, s watchdog.Settings) map[string]string {
	all := maps.Clone(spec.Labels)
	delete(all, function.LabelMode)
	delete(all, function.LabelWarm)
	if s.PerRequest() {
		return all
	}
	if all == nil {
		all = map[string]string{}
	}
	all[function.LabelMode], all[function.LabelWarm] = s.Mode, strconv.Itoa(s.Warm)
	return all
}

// Remove makes a function unknown and returns when none of its processes is
// left; ctx bounds how long they may take to finish.
func (e *Engine) Remove(ctx context.Context, name string) error {
	e.mu.Lock()
	f, ok := e.functions[name]
	delete(e.functions, name)
	e.mu.Unlock()
	if !ok {
		return fmt.Errorf("function %.64q: %w", name, function.ErrNotFound)
	}
	f.watchdog.Close(ctx)
	return nil
}

// List tells the functions by name.
func (e *Engine) List(context.Context) ([]function.Status, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	list := make([]function.Status, 0, len(e.functions))
	for _, f := range e.functions {
		list = append(list, f.status())
	}
	slices.SortFunc(list, func(a, b function.Status) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// status tells the labels that hold, whatever chose the mode.
func (f deployed) status() function.Status {
	spec := f.spec
	spec.Labels = f.labels
	return function.Status{Spec: spec, Replicas: 1, Available: 1}
}

// Invoke runs a function once; ctx bounds the whole answer, its body included.
// A watchdog that was closed since it was looked up has a successor, or the
// function is gone.
func (e *Engine) Invoke(ctx context.Context, inv function.Invocation) (function.Result, error) {
	for {
		e.mu.RLock()
		f, ok := e.functions[inv.Function]
		e.mu.RUnlock()
		result, err := function.Result{}, function.ErrNotFound
		if ok {
			result, err = f.watchdog.Invoke(ctx, inv)
		}
		switch {
		case errors.Is(err, watchdog.ErrClosed):
			continue
		case err != nil:
			return function.Result{}, fmt.Errorf("function %.64q: %w", inv.Function, err)
		}
		return result, nil
	}
}

// Close removes every function. Invocations under way may finish until ctx
// ends; no process is left when it returns.
func (e *Engine) Close(ctx context.Context) {
	list, _ := e.List(ctx)
	var removing sync.WaitGroup
	for _, f := range list {
		removing.Go(func() { _ = e.Remove(ctx, f.Name) })
	}
	removing.Wait()
}
