package swarm

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/harkvoice/hark/internal/dockertest"
	"github.com/harkvoice/hark/internal/function"
)

func TestLook_SeesTheSwarm(t *testing.T) {
	dockertest.Need(t)
	e := engine(t)
	if err := e.PutSecret(t.Context(), "surveyed", []byte("x"), true); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.RemoveSecret(context.Background(), "surveyed"); err != nil {
			t.Error(err)
		}
	})
	config := Config{Host: site.Nodes[0].Socket()}
	before, err := Look(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	n := before.Network
	if !before.Manager || before.State != "active" || before.Version == "" || before.Managers < 1 || before.Reachable != before.Managers || len(before.Away) > 0 ||
		!n.Found || !n.Overlay || n.Name != DefaultNetwork || n.Room < 200 || !slices.Contains(before.Secrets, "surveyed") {
		t.Errorf("%+v", before)
	}
	start(t, byHand(t, "surveyed"))
	eventually(t, "one task more on the network", func() bool {
		now, err := Look(t.Context(), config)
		return err == nil && now.Network.Taken == n.Taken+1
	})
	config.Network = "nowhere"
	if s, err := Look(t.Context(), config); err != nil || s.Network.Found {
		t.Errorf("%+v, %v", s, err)
	}
	config.Host = "unix:///nowhere/docker.sock"
	if _, err := Look(t.Context(), config); err == nil || !strings.Contains(err.Error(), function.ErrEngine.Error()) {
		t.Error(err)
	}
}
