package swarm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/swarm"

	"github.com/harkvoice/hark/internal/function"
)

// labelSecret of a Docker secret is the name that functions know it by. Docker
// cannot change a secret: what functions take for one is, over time, several.
const labelSecret = "hark.secret"

// secret is a secret of Docker's.
type secret struct {
	id, name string // Docker's
}

// reference has a container find the secret by the functions' name for it.
func (s secret) reference(name string) *swarm.SecretReference {
	file := &swarm.SecretReferenceFileTarget{Name: function.SecretDir + "/" + name, UID: "0", GID: "0", Mode: 0o444}
	return &swarm.SecretReference{File: file, SecretID: s.id, SecretName: s.name}
}

// Secrets are the names of the secrets that were made for functions.
func (e *Engine) Secrets(ctx context.Context) ([]string, error) {
	all, err := e.ownSecrets(ctx)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(all))
	for _, s := range all {
		names = append(names, s.Spec.Labels[labelSecret])
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// PutSecret makes a secret, or gives one another value: then the functions that
// have it are updated, one replica after the other.
func (e *Engine) PutSecret(ctx context.Context, name string, value []byte, create bool) error {
	if err := function.CheckSecret(name); err != nil {
		return err
	}
	if len(value) == 0 || len(value) > function.MaxSecret {
		return fmt.Errorf("%w: secret %s has %d bytes; Docker takes 1 to %d bytes", function.ErrInvalid, name, len(value), function.MaxSecret)
	}
	old, err := e.versions(ctx, name)
	switch {
	case err != nil:
		return err
	case create && len(old) > 0:
		return fmt.Errorf("secret %s: %w; update it", name, function.ErrExists)
	case !create && len(old) == 0:
		return fmt.Errorf("secret %s: %w; create it", name, function.ErrNoSecret)
	}
	made, err := e.createSecret(ctx, name, value, old)
	if err != nil || create {
		return err
	}
	before, err := e.replaceSecret(ctx, name, made)
	if err != nil {
		return err
	}
	old = slices.DeleteFunc(old, func(s swarm.Secret) bool { return before[s.ID] }) // an update may go back to them
	return e.removeSecrets(ctx, name, old)
}

// createSecret makes the next version of a secret. The first has its plain name,
// so that those who know Docker find it.
func (e *Engine) createSecret(ctx context.Context, name string, value []byte, old []swarm.Secret) (secret, error) {
	ctx, cancel := patient(ctx)
	defer cancel()
	spec := swarm.SecretSpec{Annotations: swarm.Annotations{Name: name, Labels: map[string]string{labelSecret: name}}, Data: value}
	taken := func(s swarm.Secret) bool { return s.Spec.Name == spec.Name }
	for n := 2; n < maxVersions; n++ {
		if !slices.ContainsFunc(old, taken) {
			made, err := e.docker.SecretCreate(ctx, spec)
			switch {
			case err == nil:
				return secret{made.ID, spec.Name}, nil
			case !errdefs.IsAlreadyExists(err) && !errdefs.IsConflict(err):
				return secret{}, fmt.Errorf("secret %s: %w", name, explain(err))
			case len(old) == 0:
				return secret{}, fmt.Errorf("secret %s: %w, made by hand: functions can use it; docker secret rm removes it", name, function.ErrExists)
			}
		}
		suffix := "." + strconv.Itoa(n)
		spec.Name = name[:min(len(name), maxDockerName-len(suffix))] + suffix
	}
	return secret{}, fmt.Errorf("secret %s: %w", name, function.ErrConflict)
}

const (
	// maxDockerName bounds the names of Docker's secrets.
	maxDockerName = 64
	// maxVersions is more than there are of a secret: those that are not the last
	// two are removed.
	maxVersions = 1000
)

// replaceSecret has every function that has the secret take another version, and
// returns the ids of those that they had.
func (e *Engine) replaceSecret(ctx context.Context, name string, by secret) (before map[string]bool, err error) {
	all, err := e.services(ctx)
	if err != nil {
		return nil, err
	}
	before = map[string]bool{}
	for _, s := range all {
		if !slices.Contains(declared(s.Spec).Secrets, name) {
			continue
		}
		err := e.change(ctx, s.Spec.Name, func(spec *swarm.ServiceSpec) error {
			for _, r := range spec.TaskTemplate.ContainerSpec.Secrets {
				if own, ok := secretName(r); ok && own == name {
					before[r.SecretID] = true
					r.SecretID, r.SecretName = by.id, by.name
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, function.ErrNotFound) { // it was removed meanwhile
			return nil, err
		}
	}
	return before, nil
}

// RemoveSecret removes a secret that no function has.
func (e *Engine) RemoveSecret(ctx context.Context, name string) error {
	if err := function.CheckSecret(name); err != nil {
		return err
	}
	all, err := e.versions(ctx, name)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fmt.Errorf("secret %s: %w", name, function.ErrNoSecret)
	}
	functions, err := e.services(ctx)
	if err != nil {
		return err
	}
	for _, f := range functions {
		if slices.Contains(declared(f.Spec).Secrets, name) {
			return fmt.Errorf("secret %s: %w: function %s has it; remove that first, or deploy it without", name, function.ErrInvalid, f.Spec.Name)
		}
	}
	return e.removeSecrets(ctx, name, all)
}

func (e *Engine) removeSecrets(ctx context.Context, name string, all []swarm.Secret) error {
	ctx, cancel := patient(ctx)
	defer cancel()
	var failed error
	for _, s := range all {
		if err := e.docker.SecretRemove(ctx, s.ID); err != nil && !errdefs.IsNotFound(err) {
			failed = fmt.Errorf("secret %s: %w", name, explain(err))
		}
	}
	return failed
}

func (e *Engine) ownSecrets(ctx context.Context) ([]swarm.Secret, error) {
	ctx, cancel := patient(ctx)
	defer cancel()
	all, err := e.docker.SecretList(ctx, swarm.SecretListOptions{Filters: filters.NewArgs(filters.Arg("label", labelSecret))})
	return all, explain(err)
}

// versions are those of one secret, the newest last.
func (e *Engine) versions(ctx context.Context, name string) ([]swarm.Secret, error) {
	all, err := e.ownSecrets(ctx)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(s swarm.Secret) bool { return s.Spec.Labels[labelSecret] != name })
	slices.SortFunc(all, func(a, b swarm.Secret) int { return cmp.Compare(a.Version.Index, b.Version.Index) })
	return all, nil
}

// find has the secrets that a function names: those made for functions, else
// Docker's of that name.
func (e *Engine) find(ctx context.Context, names []string) (map[string]secret, error) {
	if len(names) == 0 {
		return nil, nil
	}
	ctx, cancel := patient(ctx)
	defer cancel()
	all, err := e.docker.SecretList(ctx, swarm.SecretListOptions{})
	if err != nil {
		return nil, explain(err)
	}
	slices.SortFunc(all, func(a, b swarm.Secret) int { return cmp.Compare(a.Version.Index, b.Version.Index) })
	found := make(map[string]secret, len(names))
	for _, own := range []bool{false, true} {
		for _, s := range all {
			name, labelled := s.Spec.Labels[labelSecret]
			if !own {
				name = s.Spec.Name
			}
			if own == labelled && slices.Contains(names, name) {
				found[name] = secret{s.ID, s.Spec.Name}
			}
		}
	}
	for _, name := range names {
		if _, ok := found[name]; !ok {
			return nil, fmt.Errorf("%w: there is no secret %s; create it first", function.ErrInvalid, strconv.Quote(name))
		}
	}
	return found, nil
}
