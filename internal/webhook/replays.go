package webhook

import (
	"hash/maphash"
	"time"

	"github.com/harkvoice/hark/internal/seen"
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
	keys *seen.Keys
}

// NewReplays returns an empty memory.
func NewReplays() *Replays {
	return &Replays{seed: maphash.MakeSeed(), keys: seen.New(replayWindow, maxReplays)}
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
	if !r.keys.Add(key, now) {
		return nil, refuse(ReasonReplay, "the call was here before: each is answered once")
	}
	return func() { r.keys.Forget(key) }, nil
}
