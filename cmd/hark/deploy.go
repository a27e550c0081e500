package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/harkvoice/hark/internal/image"
	"github.com/harkvoice/hark/internal/near"
	"github.com/harkvoice/hark/internal/openfaas"
	"github.com/harkvoice/hark/internal/option"
	"github.com/harkvoice/hark/internal/stack"
)

// deployment is `hark deploy`.
type deployment struct {
	remote
	waiting
	File         string
	Build        bool
	RegistryAuth bool
}

func newDeployment() *deployment {
	return &deployment{remote: newRemote(), waiting: waiting{Timeout: time.Minute}, File: "."}
}

func (d *deployment) options() []option.Option {
	return append([]option.Option{
		{Name: "file", Short: "f", Usage: "the stack file, or the directory that it is in", Value: option.Text(&d.File, "file")},
		{Name: "build", Usage: "first make each function's image by docker build in its handler's directory", Value: option.Switch(&d.Build)},
		{Name: "registry-auth", Usage: "send along what docker login has kept for the images' registries, for the nodes to pull by", Value: option.Switch(&d.RegistryAuth)},
	}, append(d.waiting.options(), d.remote.options()...)...)
}

func (w *waiting) options() []option.Option {
	return []option.Option{
		{Name: "no-wait", Usage: "do not wait until it is ready", Value: option.Switch(&w.NoWait)},
		{Name: "timeout", Usage: "how long to wait until it is ready", Value: option.Duration(&w.Timeout, time.Second, time.Hour)},
	}
}

func deployCommand() *cobra.Command {
	d := newDeployment()
	return with(&cobra.Command{
		Use:   "deploy [-f FILE] [NAME…]",
		Short: "Deploy the functions of a stack file, all or those named",
		Long:  "deploy creates or updates the functions that a stack file declares and waits until\nthey are ready. ${NAME} and ${NAME:-DEFAULT} in the file are variables of the\nenvironment.",
		Example: `  hark deploy
  hark deploy -f samples/christmas-lights/stack.yaml --build
  hark deploy --gateway https://pi.local:8080 --password-file password ChangeColorIntent`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return d.run(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}, d.options())
}

func (d *deployment) run(ctx context.Context, names []string, out, errs io.Writer) error {
	functions, gateway, err := d.read(names)
	if err != nil {
		return err
	}
	if err := d.connect(gateway, errs); err != nil {
		return err
	}
	if d.Build {
		if err := build(ctx, functions, out, errs); err != nil {
			return err
		}
	}
	if d.RegistryAuth {
		if err := d.authorize(ctx, functions); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "deploying to %s\n", d.api.Address())
	return d.deploy(ctx, functions, out)
}

// read returns the functions that are to be deployed, and the gateway that the
// file names.
func (d *deployment) read(names []string) (functions []stack.Function, gateway string, err error) {
	path := d.File
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		if path, err = stack.Find(path); err != nil {
			return nil, "", hinted{err, "Name another one with --file, or -f."}
		}
	}
	f, err := stack.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", hinted{fmt.Errorf("there is no stack file %s", path), "Name one with --file, or -f."}
	}
	if err != nil {
		return nil, "", err
	}
	if len(names) == 0 {
		return f.Functions, f.Gateway, nil
	}
	for _, name := range names {
		i := slices.IndexFunc(f.Functions, func(fn stack.Function) bool { return fn.Name == name })
		if i < 0 {
			return nil, "", hinted{fmt.Errorf("%s declares no function %s", path, name), near.Hint(name, functionNames(f.Functions), "It declares: "+strings.Join(functionNames(f.Functions), ", "))}
		}
		if !slices.Contains(functionNames(functions), name) {
			functions = append(functions, f.Functions[i])
		}
	}
	return functions, f.Gateway, nil
}

func functionNames(functions []stack.Function) (names []string) {
	for _, f := range functions {
		names = append(names, f.Name)
	}
	return names
}

func (d *deployment) authorize(ctx context.Context, functions []stack.Function) error {
	for i := range functions {
		f := &functions[i]
		if f.Image == "" {
			continue
		}
		auth, err := image.RegistryAuth(ctx, f.Image)
		if err != nil {
			return fmt.Errorf("the credentials for %s: %w", f.Image, err)
		}
		if auth == "" {
			return hinted{fmt.Errorf("there are no credentials for %s, the registry of %s", image.Registry(f.Image), f.Image), "Log in with docker login, or leave --registry-auth out."}
		}
		f.RegistryAuth = auth
	}
	return nil
}

// outcome is what has come of one function.
type outcome struct {
	name    string
	err     error // the gateway's
	trouble string
}

func (o outcome) failed() bool { return o.err != nil || o.trouble != "" }

// deploy sends one function after the other and waits for all of them at once.
func (d *deployment) deploy(ctx context.Context, functions []stack.Function, out io.Writer) error {
	b := newBoard(out, functionNames(functions)...)
	outcomes := make([]outcome, len(functions))
	var pending sync.WaitGroup
	for i, f := range functions {
		b.passing(i, "deploying")
		begun := time.Now()
		created, err := d.api.Deploy(ctx, openfaas.DeploymentOf(f.Spec))
		if err != nil {
			outcomes[i] = outcome{name: f.Name, err: err}
			if !refused(err) { // nor would the others be taken
				b.fail(i, "not deployed")
				break
			}
			b.fail(i, "not deployed: "+shown(out, err.Error()))
			continue
		}
		doing, done := "updating", "updated"
		if created {
			doing, done = "creating", "created"
		}
		if d.NoWait {
			outcomes[i] = outcome{name: f.Name}
			b.end(i, done)
			continue
		}
		b.passing(i, doing)
		pending.Go(func() { outcomes[i] = d.settle(ctx, b, i, begun, doing, done) })
	}
	pending.Wait()
	return d.sum(outcomes)
}

// settle waits for a function that was sent.
func (d *deployment) settle(ctx context.Context, b *board, i int, begun time.Time, doing, done string) outcome {
	o := outcome{name: b.rows[i].name}
	version, takenBack := "", false
	last, ok, err := d.await(ctx, d.api, b, i, doing, func(s openfaas.Status) bool {
		version = cmp.Or(version, s.Version)
		takenBack = s.Version != version
		return takenBack || ready(s)
	})
	switch {
	case takenBack:
		o.trouble = cmp.Or(last.Trouble, "it failed, and the version before is back")
		b.fail(i, fmt.Sprintf("not %s, after %s: %s", done, seconds(begun), shown(b.w, o.trouble)))
	case err != nil:
		o.err = err
		b.fail(i, done+", but: "+shown(b.w, d.explain(err).Error()))
	case !ok:
		o.trouble = missing(last)
		b.fail(i, fmt.Sprintf("%s, not ready after %s: %s", done, seconds(begun), shown(b.w, o.trouble)))
	case last.Replicas == 0:
		b.end(i, done+", scaled to 0")
	default:
		b.end(i, fmt.Sprintf("%s, ready in %s", done, seconds(begun)))
	}
	return o
}

// refused reports whether the gateway answers for this one function only.
func refused(err error) bool {
	var e *openfaas.Error
	return errors.As(err, &e) && e.Status != 401 && e.Status != 403
}

// sum is the error of a deployment, if it is one.
func (d *deployment) sum(outcomes []outcome) error {
	var failed []string
	next := ""
	for _, o := range outcomes {
		switch {
		case !o.failed():
			continue
		case o.err != nil && !refused(o.err):
			return d.explain(o.err)
		case o.err != nil:
			failed = append(failed, o.name+": "+o.err.Error())
			next = cmp.Or(next, "Mend it in the stack file and deploy again.")
		default:
			failed = append(failed, o.name+": "+o.trouble)
			next = fmt.Sprintf("`hark describe %s` tells more, `hark logs %[1]s` what it prints; it may still become ready.", o.name)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return hinted{fmt.Errorf("not ready, %d of %d: %s", len(failed), len(outcomes), strings.Join(failed, "; ")), next}
}
