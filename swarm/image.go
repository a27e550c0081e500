package swarm

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/distribution/reference"
	"github.com/docker/docker/api/types/registry"

	"github.com/harkvoice/hark/internal/function"
)

// credentials are those of a registry as Docker's API takes them. faas-cli sends
// USER:PASSWORD in base64, as docker login keeps it. What is neither is refused, and
// not repeated.
func credentials(auth string) (string, error) {
	if auth == "" {
		return "", nil
	}
	if _, err := registry.DecodeAuthConfig(auth); err == nil {
		return auth, nil
	}
	if plain, err := base64.StdEncoding.DecodeString(auth); err == nil {
		if user, password, ok := strings.Cut(string(plain), ":"); ok {
			return registry.EncodeAuthConfig(registry.AuthConfig{Username: user, Password: password})
		}
	}
	return "", fmt.Errorf("%w: registryAuth: want base64 of USER:PASSWORD, or of Docker's JSON as in its header X-Registry-Auth", function.ErrInvalid)
}

// registryTime bounds the question to a registry.
const registryTime = 5 * time.Second

// image is an image as the nodes are to be told it. One that was built here goes
// by its id, or each node would ask a registry for it at every start; one of a
// registry by its digest, so that all nodes run the same.
func (e *Engine) image(ctx context.Context, name, auth string) (string, error) {
	if name == "" {
		return "", fmt.Errorf("%w: it has no image; name one", function.ErrInvalid)
	}
	if strings.HasPrefix(name, "sha256:") {
		return name, e.here(ctx, name)
	}
	ref, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return "", fmt.Errorf("%w: image %q: %w", function.ErrInvalid, name, err)
	}
	ref = reference.TagNameOnly(ref)
	if _, fixed := ref.(reference.Digested); fixed {
		return ref.String(), nil
	}
	inspecting, cancel := patient(ctx)
	defer cancel()
	here, err := e.docker.ImageInspect(inspecting, name)
	if err != nil && !errdefs.IsNotFound(err) {
		return "", explain(err)
	}
	known := digestOf(here.RepoDigests, ref)
	if here.ID != "" && known == "" {
		return here.ID, nil
	}
	asking, cancel := context.WithTimeout(ctx, registryTime)
	defer cancel()
	there, err := e.docker.DistributionInspect(asking, ref.String(), auth)
	switch {
	case err == nil:
		return ref.String() + "@" + there.Descriptor.Digest.String(), nil
	case here.ID != "": // the registry cannot be asked now
		return known, nil
	}
	return "", fmt.Errorf("%w: image %s is not on this manager, and no registry has it (%s); build it here, or push it", function.ErrInvalid, name, words(err))
}

// digestOf is the one of an image's digests that it has in the repository that ref
// names, or empty: it may have been pushed to others, or pulled from there.
func digestOf(digests []string, ref reference.Named) string {
	for _, d := range digests {
		if in, err := reference.ParseNormalizedNamed(d); err == nil && in.Name() == ref.Name() {
			return d
		}
	}
	return ""
}

// here wants the image of an id on this manager: no registry knows it.
func (e *Engine) here(ctx context.Context, id string) error {
	ctx, cancel := patient(ctx)
	defer cancel()
	_, err := e.docker.ImageInspect(ctx, id)
	if errdefs.IsNotFound(err) {
		return fmt.Errorf("%w: image %s is not on this manager; build it here, or name one that a registry has", function.ErrInvalid, id)
	}
	return explain(err)
}
