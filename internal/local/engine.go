// Package local is the embedded engine: it runs functions as processes of this
// machine, one for each invocation, under the same watchdog that is in every
// function image.
package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"slices"
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
	// MaxBody bounds the body of an invocation and its answer, in bytes; 0
	// means the watchdog's default.
	MaxBody int64
}

// Engine runs functions on this machine. It is safe for concurrent use.
type Engine struct {
	config Config

	mu        sync.RWMutex
	functions map[string]deployed
}

type deployed struct {
	spec   function.Spec
	runner *watchdog.Runner
}

// New returns an engine without functions.
func New(c Config) *Engine {
	return &Engine{config: c, functions: make(map[string]deployed)}
}

// Deploy makes a function callable, in place of one of the same name, whose
// invocations under way finish. The error names the function and what to mend.
func (e *Engine) Deploy(ctx context.Context, spec function.Spec) error {
	runner, err := e.newRunner(spec)
	if err != nil {
		return fmt.Errorf("function %.64s: %w", spec.Name, err)
	}
	e.mu.Lock()
	old := e.functions[spec.Name]
	e.functions[spec.Name] = deployed{spec, runner}
	e.mu.Unlock()
	if old.runner != nil {
		old.runner.Close(ctx)
	}
	return nil
}

func (e *Engine) newRunner(spec function.Spec) (*watchdog.Runner, error) {
	if err := function.CheckName(spec.Name); err != nil {
		return nil, err
	}
	if info, err := os.Stat(spec.Dir); err != nil {
		return nil, fmt.Errorf("its handler: %w", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("its handler %s is not a directory", spec.Dir)
	}
	if spec.Process == "" {
		return nil, fmt.Errorf("it has no fprocess, which the local engine runs")
	}
	s := watchdog.Settings{MaxInflight: inflightPerCPU * runtime.NumCPU()}
	if err := s.Load(func(name string) (string, bool) { v, ok := spec.Environment[name]; return v, ok }); err != nil {
		return nil, fmt.Errorf("its environment: %w", err)
	}
	return watchdog.NewRunner(watchdog.Config{
		Process:     spec.Process,
		Dir:         spec.Dir,
		Env:         watchdog.Inherit(os.Environ(), spec.Environment),
		Timeout:     s.Timeout,
		MaxInflight: s.MaxInflight,
		MaxInput:    e.config.MaxBody,
		MaxOutput:   e.config.MaxBody,
	})
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
	f.runner.Close(ctx)
	return nil
}

// List tells the functions by name.
func (e *Engine) List(context.Context) ([]function.Status, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	list := make([]function.Status, 0, len(e.functions))
	for _, f := range e.functions {
		list = append(list, function.Status{Name: f.spec.Name, Image: f.spec.Image, Labels: f.spec.Labels})
	}
	slices.SortFunc(list, func(a, b function.Status) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// Invoke runs a function once; ctx bounds the whole answer, its body included.
func (e *Engine) Invoke(ctx context.Context, inv function.Invocation) (function.Result, error) {
	env := watchdog.VoiceEnviron(inv.Voice)
	if inv.HTTP != nil {
		env = watchdog.HTTPEnviron(inv.HTTP)
	}
	body, err := e.reply(ctx, inv.Function, watchdog.Request{
		Stdin: inv.Body,
		Env:   env,
		Stderr: func(line []byte) {
			e.config.Log.Info("stderr", "function", inv.Function, "request_id", inv.RequestID, "line", string(line))
		},
	})
	if err != nil {
		return function.Result{}, fmt.Errorf("function %.64q: %w", inv.Function, err)
	}
	return function.Result{Status: http.StatusOK, Body: body}, nil
}

// reply runs the function as it is deployed now. A runner that was closed since
// it was looked up has a successor, or the function is gone.
func (e *Engine) reply(ctx context.Context, name string, req watchdog.Request) (io.ReadCloser, error) {
	for {
		e.mu.RLock()
		f, ok := e.functions[name]
		e.mu.RUnlock()
		if !ok {
			return nil, function.ErrNotFound
		}
		if body, err := f.runner.Reply(ctx, req); !errors.Is(err, watchdog.ErrClosed) {
			return body, err
		}
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
