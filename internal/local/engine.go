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
	"sync"
	"time"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/watchdog"
)

// inflightPerCPU is how many processes of a function may run at once for each
// CPU, unless the function's max_inflight says otherwise; a quarter of them is for
// voice alone.
const inflightPerCPU = 4

// Config configures an Engine.
type Config struct {
	// Log takes what functions print on STDERR.
	Log *slog.Logger
	// MaxBody bounds the body of an invocation and its answer, in bytes, for
	// functions that set no bound; 0 means the watchdog's default for both.
	MaxBody int64
	// Secrets is the directory in which secrets are files; empty: there are none.
	Secrets string
	// OnChange is told what there is now, after each change of it and before the
	// change returns: one call at a time, the newest last. It must not change
	// functions itself. It may be nil.
	OnChange func([]function.Status)
}

// Engine runs functions on this machine. It is safe for concurrent use.
type Engine struct {
	config  Config
	secrets vault

	changing sync.Mutex // held by who replaces a function, from reading it on
	telling  sync.Mutex // held while OnChange runs

	mu        sync.RWMutex
	functions map[string]deployed
}

type deployed struct {
	spec     function.Spec
	labels   map[string]string
	settings watchdog.Settings
	watchdog *watchdog.Watchdog // nil while it sleeps
	replicas uint64
	created  time.Time
	journal  *journal
}

// New returns an engine without functions.
func New(c Config) *Engine {
	return &Engine{config: c, secrets: newVault(c.Secrets), functions: make(map[string]deployed)}
}

// Deploy makes a function callable, in place of one of the same name, whose
// invocations under way finish. A Spec without Dir keeps the one of the function
// that it replaces, and its Process if it has none either. The error names the
// function and what to mend.
func (e *Engine) Deploy(ctx context.Context, spec function.Spec) error {
	old, err := e.replace(spec)
	if err != nil {
		return fmt.Errorf("function %.64s: %w", spec.Name, err)
	}
	e.tell()
	if old != nil {
		old.Close(ctx)
	}
	return nil
}

func (e *Engine) replace(spec function.Spec) (old *watchdog.Watchdog, err error) {
	e.changing.Lock()
	defer e.changing.Unlock()
	if err := function.CheckName(spec.Name); err != nil {
		return nil, function.Invalid(err)
	}
	before, known := e.function(spec.Name)
	if spec, err = declared(spec, before.spec); err != nil {
		return nil, err
	}
	new := deployed{spec: spec, replicas: max(before.replicas, 1), created: before.created, journal: before.journal}
	if !known {
		new.created, new.journal = time.Now(), &journal{}
	}
	if err := e.prepare(&new); err != nil {
		return nil, err
	}
	if new.watchdog, err = e.start(new); err != nil {
		return nil, function.Invalid(err)
	}
	e.set(new)
	return before.watchdog, nil
}

// declared completes what comes by the API, where nobody can name a directory of
// this machine.
func declared(spec, before function.Spec) (function.Spec, error) {
	switch {
	case spec.Dir != "":
		return spec, nil
	case before.Dir == "":
		return spec, function.Invalid(errors.New("the local engine runs programs of this machine: declare it in stack.yaml and start hark again, or deploy images with hark serve --engine swarm"))
	}
	spec.Dir = before.Dir
	if spec.Process == "" {
		spec.Process = before.Process
	}
	return spec, nil
}

// prepare checks what is deployed and finds how it runs.
func (e *Engine) prepare(f *deployed) (err error) {
	if info, err := os.Stat(f.spec.Dir); err != nil {
		return function.Invalid(fmt.Errorf("its handler: %w", err))
	} else if !info.IsDir() {
		return function.Invalid(fmt.Errorf("its handler %s is not a directory", f.spec.Dir))
	}
	if f.spec.Process == "" {
		return function.Invalid(errors.New("it has no fprocess, which the local engine runs"))
	}
	if err := e.secrets.check(f.spec.Secrets); err != nil {
		return err
	}
	if f.settings, err = e.settings(f.spec); err != nil {
		return function.Invalid(err)
	}
	f.labels = labels(f.spec, f.settings)
	return nil
}

func (e *Engine) start(f deployed) (*watchdog.Watchdog, error) {
	log := e.config.Log.With("function", f.spec.Name)
	return watchdog.New(f.settings, watchdog.Site{
		Name: f.spec.Name,
		Dir:  f.spec.Dir,
		Env:  watchdog.Inherit(os.Environ(), e.secrets.environment(f.spec)),
		Log:  slog.New(&notes{Handler: log.Handler(), function: f.spec.Name, journal: f.journal}),
	})
}

func (e *Engine) function(name string) (f deployed, ok bool) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	f, ok = e.functions[name]
	return f, ok
}

func (e *Engine) set(f deployed) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.functions[f.spec.Name] = f
}

// settings are the watchdog's as the function's environment has them, or its
// labels.
func (e *Engine) settings(spec function.Spec) (watchdog.Settings, error) {
	s := watchdog.Defaults()
	s.MaxInflight, s.VoiceReserve = inflightPerCPU*runtime.NumCPU(), runtime.NumCPU()
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
	if named(lookup, "max_inflight") { // exactly as many, of whatever kind
		s.VoiceReserve = 0
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
	old, err := e.forget(name)
	if err != nil {
		return err
	}
	e.tell()
	if old != nil {
		old.Close(ctx)
	}
	return nil
}

func (e *Engine) forget(name string) (old *watchdog.Watchdog, err error) {
	e.changing.Lock()
	defer e.changing.Unlock()
	e.mu.Lock()
	f, ok := e.functions[name]
	delete(e.functions, name)
	e.mu.Unlock()
	if !ok {
		return nil, fmt.Errorf("function %.64q: %w", name, function.ErrNotFound)
	}
	f.journal.end()
	return f.watchdog, nil
}

// Invoke runs a function once; ctx bounds the whole answer, its body included.
// A watchdog that was closed since it was looked up has a successor, or the
// function sleeps, or is gone.
func (e *Engine) Invoke(ctx context.Context, inv function.Invocation) (function.Result, error) {
	for {
		f, ok := e.function(inv.Function)
		result, err := function.Result{}, function.ErrNotFound
		switch {
		case ok && f.watchdog != nil:
			result, err = f.watchdog.Invoke(ctx, inv)
		case ok:
			if err = e.wake(inv.Function); err == nil {
				continue
			}
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
	e.mu.RLock()
	names := slices.Collect(maps.Keys(e.functions))
	e.mu.RUnlock()
	var closing sync.WaitGroup
	for _, name := range names {
		closing.Go(func() {
			if old, _ := e.forget(name); old != nil {
				old.Close(ctx)
			}
		})
	}
	closing.Wait()
}
