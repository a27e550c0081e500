package watchdog

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

func enter(t *testing.T, g *gate, voice bool) {
	t.Helper()
	if err := g.enter(t.Context(), voice); err != nil {
		t.Fatal(err)
	}
}

func TestGate_KeepsPlacesForVoice(t *testing.T) {
	g := newGate(4, 1)
	for range 3 {
		enter(t, g, false)
	}
	if err := g.enter(t.Context(), false); !errors.Is(err, function.ErrOverloaded) {
		t.Errorf("another call: %v", err)
	}
	enter(t, g, true)
}

func TestGate_KeepsNeverAll(t *testing.T) {
	enter(t, newGate(1, 5), false)
}

func TestGate_VoiceWaitsForTheNextPlaceAndOthersDoNotGetIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 0)
		enter(t, g, false)
		heard := make(chan error)
		go func() { heard <- g.enter(t.Context(), true) }()
		synctest.Wait()
		g.leave()
		if err := g.enter(t.Context(), false); !errors.Is(err, function.ErrOverloaded) {
			t.Errorf("a call that came later: %v", err)
		}
		if err := <-heard; err != nil {
			t.Error(err)
		}
		g.leave()
		enter(t, g, false)
	})
}

func TestGate_VoiceWaitsNoLongerThanItsAnswerCanWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 0)
		enter(t, g, false)
		for limit, want := range map[time.Duration]time.Duration{0: maxWait, time.Minute: maxWait, 2 * time.Second: time.Second} {
			ctx := t.Context()
			if limit > 0 {
				c, cancel := context.WithTimeout(ctx, limit)
				defer cancel()
				ctx = c
			}
			begun := time.Now()
			if err := g.enter(ctx, true); !errors.Is(err, function.ErrOverloaded) || time.Since(begun) != want {
				t.Errorf("with %s: %v after %s, want %s", limit, err, time.Since(begun), want)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if err := g.enter(ctx, true); !errors.Is(err, context.Canceled) {
			t.Errorf("who does not wait any more: %v", err)
		}
		g.leave()
		enter(t, g, false)
	})
}

func TestGate_ClosesOnThoseThatWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 0)
		enter(t, g, false)
		heard := make(chan error)
		go func() { heard <- g.enter(t.Context(), true) }()
		synctest.Wait()
		go g.close(context.Background())
		if err := <-heard; !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
		g.leave() // or close would not return
	})
}

func TestGate_BoundsThoseThatWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 0)
		enter(t, g, false)
		for range maxWaiting {
			go func() { _ = g.enter(t.Context(), true) }()
		}
		synctest.Wait()
		begun := time.Now()
		if err := g.enter(t.Context(), true); !errors.Is(err, function.ErrOverloaded) || time.Since(begun) > 0 {
			t.Errorf("%v after %s", err, time.Since(begun))
		}
	})
}
