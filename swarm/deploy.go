package swarm

import (
	"context"
	"fmt"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/swarm"

	"github.com/harkvoice/hark/internal/function"
)

// Deploy makes a function a service, or changes the service that it is, and
// returns when the Swarm has taken that and calls find the function: its replicas
// are started or replaced, one after the other, from then on. The errors name the
// function and what to mend; then nothing has changed.
func (e *Engine) Deploy(ctx context.Context, want function.Spec) error {
	if err := e.deploy(ctx, want); err != nil {
		return fmt.Errorf("function %.64s: %w", want.Name, err)
	}
	return nil
}

func (e *Engine) deploy(ctx context.Context, want function.Spec) error {
	if err := function.CheckName(want.Name); err != nil {
		return fmt.Errorf("%w: %w", function.ErrInvalid, err)
	}
	if want.Network != "" && want.Network != e.config.Network {
		return fmt.Errorf("%w: network %.64q: functions of this gateway are on %s only; leave it out", function.ErrInvalid, want.Network, e.config.Network)
	}
	var err error
	if want.RegistryAuth, err = credentials(want.RegistryAuth); err != nil {
		return err
	}
	image, err := e.image(ctx, want.Image, want.RegistryAuth)
	if err != nil {
		return err
	}
	for range tries {
		if done, err := e.attempt(ctx, want, image); done || err != nil {
			return err
		}
	}
	return function.ErrConflict
}

// attempt is observe, plan, apply. It is not done if others have changed the same
// meanwhile.
func (e *Engine) attempt(ctx context.Context, want function.Spec, image string) (done bool, err error) {
	secrets, err := e.find(ctx, want.Secrets)
	if err != nil {
		return false, err
	}
	now, err := e.observe(ctx, want.Name)
	if err != nil {
		return false, err
	}
	to, err := service(want, specOf(now), surroundings{network: e.network, image: image, secrets: secrets, maxCall: e.config.MaxCall})
	if err != nil {
		return false, err
	}
	p := planFor(now, to, want.RegistryAuth)
	e.config.Log.Info("deploy", "plan", p.String())
	id, err := e.apply(ctx, p)
	switch {
	case isOvertaken(p, err) && now == nil:
		return false, e.likeNone(ctx, want.Name)
	case isOvertaken(p, err):
		return false, nil
	case err != nil:
		return false, explain(err)
	}
	return true, e.refresh(ctx, id)
}

// likeNone returns an error if there is a service whose name differs by case only:
// Docker takes that for the same, and would never create this one.
func (e *Engine) likeNone(ctx context.Context, name string) error {
	ctx, cancel := patient(ctx)
	defer cancel()
	all, err := e.docker.ServiceList(ctx, swarm.ServiceListOptions{})
	if err != nil {
		return explain(err)
	}
	for _, s := range all {
		if s.Spec.Name != name && strings.EqualFold(s.Spec.Name, name) {
			return fmt.Errorf("%w: there is a service %s, whose name is the same to Docker; choose another", function.ErrInvalid, s.Spec.Name)
		}
	}
	return nil
}

// tries is how often a change is begun anew since others were faster. Of those who
// change a service at once, one gets through each time.
const tries = 30

// isOvertaken reports whether what a plan was made for is not so any more.
func isOvertaken(p plan, err error) bool {
	switch p.do {
	case create:
		return errdefs.IsAlreadyExists(err) || errdefs.IsConflict(err)
	case update:
		return isConflict(err) || errdefs.IsNotFound(err)
	}
	return false
}

func specOf(s *swarm.Service) *swarm.ServiceSpec {
	if s == nil {
		return nil
	}
	return &s.Spec
}

// observe is the service of a function, or nil. That of a name which is taken by
// something else is an error.
func (e *Engine) observe(ctx context.Context, name string) (*swarm.Service, error) {
	ctx, cancel := patient(ctx)
	defer cancel()
	all, err := e.docker.ServiceList(ctx, swarm.ServiceListOptions{Filters: named(name), Status: true})
	if err != nil {
		return nil, explain(err)
	}
	for _, s := range all {
		switch {
		case s.Spec.Name != name: // the filter takes the beginning of a name
		case !e.isFunction(s.Spec):
			return nil, fmt.Errorf("%w: the Swarm has a service of that name that is no function; choose another", function.ErrInvalid)
		default:
			return &s, nil
		}
	}
	return nil, nil
}

// known is the service of a function that there is.
func (e *Engine) known(ctx context.Context, name string) (*swarm.Service, error) {
	s, err := e.observe(ctx, name)
	if err == nil && s == nil {
		err = function.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("function %.64q: %w", name, err)
	}
	return s, nil
}

// apply carries a plan out and returns the id of the service.
func (e *Engine) apply(ctx context.Context, p plan) (id string, err error) {
	ctx, cancel := patient(ctx)
	defer cancel()
	switch p.do {
	case create:
		made, err := e.docker.ServiceCreate(ctx, p.spec, swarm.ServiceCreateOptions{EncodedRegistryAuth: p.auth})
		return made.ID, err
	case update:
		options := swarm.ServiceUpdateOptions{EncodedRegistryAuth: p.auth}
		if p.auth == "" {
			options.RegistryAuthFrom = swarm.RegistryAuthFromSpec
		}
		_, err := e.docker.ServiceUpdate(ctx, p.id, p.version, p.spec, options)
		return p.id, err
	}
	return p.id, nil
}

// change changes the service of a function that there is, by f, which may be
// called again when others were faster.
func (e *Engine) change(ctx context.Context, name string, f func(*swarm.ServiceSpec) error) error {
	for range tries {
		now, err := e.known(ctx, name)
		if err != nil {
			return err
		}
		to := clone(now.Spec)
		if err := f(&to); err != nil {
			return fmt.Errorf("function %s: %w", name, err)
		}
		p := planFor(now, to, "")
		id, err := e.apply(ctx, p)
		switch {
		case isOvertaken(p, err):
			continue
		case err != nil:
			return fmt.Errorf("function %s: %w", name, explain(err))
		}
		return e.refresh(ctx, id)
	}
	return fmt.Errorf("function %s: %w", name, function.ErrConflict)
}

// Scale has a function run in so many copies; 0 are none until it is called. It
// returns when the Swarm has taken that.
func (e *Engine) Scale(ctx context.Context, name string, replicas uint64) error {
	return e.change(ctx, name, func(s *swarm.ServiceSpec) error {
		switch {
		case s.Mode.Replicated == nil:
			return fmt.Errorf("%w: it runs in a mode of its own (docker service create --mode) and is not scaled", function.ErrInvalid)
		case replicas > function.MaxReplicas:
			return fmt.Errorf("%w: at most %d replicas", function.ErrInvalid, function.MaxReplicas)
		}
		s.Mode.Replicated.Replicas = &replicas
		return nil
	})
}

// Remove removes a function. Its replicas finish the calls that they have.
func (e *Engine) Remove(ctx context.Context, name string) error {
	now, err := e.known(ctx, name)
	if err != nil {
		return err
	}
	removing, cancel := patient(ctx)
	defer cancel()
	err = e.docker.ServiceRemove(removing, now.ID)
	switch {
	case errdefs.IsNotFound(err):
		err = function.ErrNotFound
	case err != nil:
		err = explain(err)
	}
	if err != nil {
		return fmt.Errorf("function %.64q: %w", name, err)
	}
	return e.refresh(ctx, now.ID)
}

// isFunction reports whether a service is one.
func (e *Engine) isFunction(s swarm.ServiceSpec) bool {
	if s.Labels[function.LabelFunction] == "false" {
		return false
	}
	for _, n := range s.TaskTemplate.Networks {
		if n.Target == e.network || n.Target == e.config.Network {
			return true
		}
	}
	return false
}
