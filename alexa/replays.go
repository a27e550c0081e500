package alexa

import (
	"hash/maphash"
	"time"

	"github.com/harkvoice/hark/internal/seen"
)

const (
	// replayWindow is how long a request passes CheckTime: from Tolerance before
	// its timestamp until Tolerance after it.
	replayWindow = 2 * Tolerance
	// maxReplays bounds a generation.
	maxReplays = 1 << 16
)

// Replays remembers which requests have been here, so that one that somebody has
// recorded is not answered again while its timestamp would still let it pass. It
// knows at least the last 65,536 requests of the last five minutes, and takes
// at most 5 MB. It is safe for concurrent use; nil remembers nothing.
//
// Ids are kept as hashes of 64 bits with a secret seed.
type Replays struct {
	seed maphash.Seed
	keys *seen.Keys
}

// NewReplays returns an empty memory.
func NewReplays() *Replays {
	return &Replays{seed: maphash.MakeSeed(), keys: seen.New(replayWindow, maxReplays)}
}

// Check refuses a request whose id was here before, and remembers it otherwise.
// A request without an id is known by its bytes. It is to be called last, with
// requests that are verified and of now: strangers cannot fill the memory.
//
// The five events that Amazon sends again when it saw no answer pass: they come
// with the same id, and the first may be what was lost.
func (r *Replays) Check(req *Request, now time.Time) error {
	if r == nil || late[req.Type()] {
		return nil
	}
	if r.keys.Add(r.hash(req), now) {
		return nil
	}
	return Refuse(ReasonReplay, "the request was here before: its id is not new, and each is answered once")
}

func (r *Replays) hash(req *Request) uint64 {
	if req.Body.RequestID == "" {
		return maphash.Bytes(r.seed, req.Raw)
	}
	return maphash.String(r.seed, req.Body.RequestID)
}
