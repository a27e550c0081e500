package router

import (
	"context"
	"iter"

	"github.com/harkvoice/hark/internal/function"
)

// Engine is where functions run. The errors of all its methods are those of
// package function. Everything that changes something is done when it returns,
// and told to whoever keeps the Catalogue.
type Engine interface {
	Invoker
	Deployer
	Scaler
	Vault
	Logger
}

// Invoker is an engine, as far as the line needs one.
type Invoker interface {
	Invoke(ctx context.Context, inv function.Invocation) (function.Result, error)
}

// Deployer changes which functions there are.
type Deployer interface {
	// Deploy creates a function, or updates the one of that name.
	Deploy(ctx context.Context, spec function.Spec) error
	// Remove returns ErrNotFound if there is none.
	Remove(ctx context.Context, name string) error
	// List tells the functions as they are now, by name.
	List(ctx context.Context) ([]function.Status, error)
}

// Scaler looks after one function.
type Scaler interface {
	Describe(ctx context.Context, name string) (function.Status, error)
	Scale(ctx context.Context, name string, replicas uint64) error
}

// Vault keeps secrets. Nothing reads their values out of it but functions.
type Vault interface {
	Secrets(ctx context.Context) ([]string, error)
	// PutSecret with create returns ErrExists if there is one of that name, without
	// it ErrNoSecret if there is none.
	PutSecret(ctx context.Context, name string, value []byte, create bool) error
	RemoveSecret(ctx context.Context, name string) error
}

// Logger tells what functions have logged. Following ends with ctx.
type Logger interface {
	Logs(ctx context.Context, q function.LogQuery) (iter.Seq2[function.LogLine, error], error)
}
