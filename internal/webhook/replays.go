package webhook

import (
	"hash/maphash"
	"sync"
	"time"
)

const (
	// replayWindow is longer than a timestamp passes, which is 2*Tolerance. Calls of
	// GitHub have none, nor may those of HMAC: for them it is the whole protection.
	replayWindow = time.Hour
	// maxReplays bounds a generation.
	maxReplays = 1 << 15
)

// Replays remembers which calls were here, at least the last 32,768 of the last
// hour. It is safe for concurrent use.
//
// What is signed tells a call from others, never a header that is not signed:
// X-GitHub-Delivery is whatever a thief writes.
type Replays struct {
	seed maphash.Seed

	mu              sync.Mutex
	current, before map[uint64]struct{}
	since           time.Time // the beginning of current
}

// NewReplays returns an empty memory.
func NewReplays() *Replays {
	return &Replays{seed: maphash.MakeSeed(), current: make(map[uint64]struct{}), before: make(map[uint64]struct{})}
}

// Check refuses a call of a function that was here before, and remembers it
// otherwise. It is to be called with verified claims only, so that strangers
// cannot fill the memory. Forget lets the call be sent again: whose function
// failed is not to lose it.
func (r *Replays) Check(c *Claim, function string, body []byte, now time.Time) (forget func(), err error) {
	if c.hook.repeats {
		return func() {}, nil
	}
	var h maphash.Hash
	h.SetSeed(r.seed)
	for _, part := range []string{function, "\n", c.prefix} {
		_, _ = h.WriteString(part)
	}
	_, _ = h.Write(body)
	key := h.Sum64()
	if !r.remember(key, now) {
		return nil, refuse(ReasonReplay, "the call was here before: each is answered once")
	}
	return func() { r.forget(key) }, nil
}

// remember reports whether key is new.
func (r *Replays) remember(key uint64, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	age := now.Sub(r.since)
	if age >= replayWindow || len(r.current) >= maxReplays {
		r.current, r.before = r.before, r.current
		clear(r.current)
		r.since = now
	}
	if age >= 2*replayWindow { // nobody came for long
		clear(r.before)
	}
	_, here := r.current[key]
	_, earlier := r.before[key]
	if here || earlier {
		return false
	}
	r.current[key] = struct{}{}
	return true
}

func (r *Replays) forget(key uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.current, key)
	delete(r.before, key)
}
