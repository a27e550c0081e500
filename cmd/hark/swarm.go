package main

import (
	"context"
	"errors"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/swarm"
)

// The engines.
const (
	engineLocal = "local"
	engineSwarm = "swarm"
)

// swarm is the engine of a Swarm, whose functions are there already.
func (s *settings) swarm(ctx context.Context, g *gateway) (*swarm.Engine, error) {
	engine, err := swarm.New(ctx, swarm.Config{
		Network:  s.Network,
		Log:      g.log,
		MaxBody:  s.MaxBody,
		MaxCall:  max(s.VoiceTimeout, s.FunctionTimeout),
		OnChange: g.changed,
	})
	switch {
	case errors.Is(err, function.ErrEngine):
		err = hinted{err, "Start Docker, or name the API of a manager in DOCKER_HOST."}
	case errors.Is(err, swarm.ErrNotManager):
		err = hinted{err, "Make it one with `docker swarm init`, or name a manager's API in DOCKER_HOST."}
	case errors.Is(err, swarm.ErrNoNetwork):
		err = hinted{err, "Make it with: docker network create -d overlay --attachable " + s.Network}
	case errors.Is(err, swarm.ErrOutside):
		err = hinted{err, "Run the gateway on it, as a service: docker stack deploy -c deploy/stack.yml hark"}
	}
	return engine, err
}
