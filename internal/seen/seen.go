// Package seen remembers what was here, in bounded memory, so that a request that
// somebody has recorded is not answered again.
package seen

import (
	"sync"
	"time"
)

// Keys remembers at least the last most keys of the last window. It is safe for
// concurrent use.
//
// Keys are kept in two generations: what is in neither is new. They are to be
// hashes with a secret seed, of requests that are verified: strangers cannot fill the
// memory then.
type Keys struct {
	window time.Duration
	most   int // of a generation

	mu              sync.Mutex
	current, before map[uint64]struct{}
	since           time.Time // the beginning of current
}

// New returns an empty memory.
func New(window time.Duration, most int) *Keys {
	return &Keys{window: window, most: most, current: make(map[uint64]struct{}), before: make(map[uint64]struct{})}
}

// Add remembers a key and reports whether it is new.
func (k *Keys) Add(key uint64, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	age := now.Sub(k.since)
	if age >= k.window || len(k.current) >= k.most {
		k.current, k.before = k.before, k.current
		clear(k.current)
		k.since = now
	}
	if age >= 2*k.window { // nobody came for long
		clear(k.before)
	}
	_, here := k.current[key]
	_, earlier := k.before[key]
	if here || earlier {
		return false
	}
	k.current[key] = struct{}{}
	return true
}

// Forget has a key be new again.
func (k *Keys) Forget(key uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.current, key)
	delete(k.before, key)
}

// Len is how many keys are remembered.
func (k *Keys) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.current) + len(k.before)
}
