package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/harkvoice/hark/internal/image"
	"github.com/harkvoice/hark/internal/stack"
)

// build makes the images of functions, one after the other.
func build(ctx context.Context, functions []stack.Function, out, errs io.Writer) error {
	functions = slices.DeleteFunc(slices.Clone(functions), func(f stack.Function) bool { return f.Build.Skip })
	b := newBoard(out, functionNames(functions)...)
	for i, f := range functions {
		begun := time.Now()
		b.note(i, "building "+cmp.Or(f.Image, "an image"))
		if err := buildOne(ctx, f, b, i); err != nil {
			b.fail(i, "not built")
			var failed *image.BuildError
			if errors.As(err, &failed) {
				_, _ = errs.Write(failed.Output)
			}
			return err
		}
		b.end(i, "built in "+seconds(begun))
	}
	return nil
}

func buildOne(ctx context.Context, f stack.Function, b *board, i int) error {
	if f.Image == "" {
		return hinted{fmt.Errorf("function %s has no image: what is built needs a name", f.Name), "Give it one in the stack file, such as image: you/" + strings.ToLower(f.Name) + ":latest"}
	}
	err := image.Build(ctx, f.Image, f.Dir, f.Build.Args, func(line string) { b.passing(i, "building: "+shown(b.w, line)) })
	switch {
	case errors.Is(err, context.Canceled):
		return errors.New("interrupted")
	case errors.Is(err, image.ErrNoDocker):
		return hinted{err, "Install it, or build elsewhere and leave --build out."}
	case errors.Is(err, image.ErrNoDockerfile) && f.Build.Template != "":
		return hinted{fmt.Errorf("function %s: %w", f.Name, err), fmt.Sprintf("lang: %s is a template of faas-cli: make the image with `faas-cli build`, or write a Dockerfile.", f.Build.Template)}
	case errors.Is(err, image.ErrNoDockerfile):
		return hinted{fmt.Errorf("function %s: %w", f.Name, err), "Write one; samples/webhooks/catservice has one of four lines. Or set skip_build: true."}
	case err != nil:
		return fmt.Errorf("function %s: %w", f.Name, err)
	}
	return nil
}
