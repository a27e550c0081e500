package router

import (
	"fmt"
	"net/http"
	"net/netip"

	"golang.org/x/sync/semaphore"

	"github.com/harkvoice/hark/internal/crowd"
	"github.com/harkvoice/hark/internal/door"
	"github.com/harkvoice/hark/internal/function"
)

// maxOperators bounds the requests to /system that are under way, logs that are
// followed among them. Calls do not take these places: who is to mend an overload
// has to get in.
const maxOperators = 128

// maxVoiceHeld is for request envelopes, beyond the first freeEnvelope bytes of
// each. Nearly all are shorter than that.
const (
	maxVoiceHeld = 32 << 20
	freeEnvelope = 64 << 10
)

// Why a request was shed, as metrics have it.
const (
	shedFull, shedShare, shedMemory, shedBodies = "full", "address", "memory", "bodies"
)

var shedReasons = []string{shedFull, shedShare, shedMemory, shedBodies}

// errMemory is the error of calls that come when there is too little memory.
var errMemory = fmt.Errorf("%w: there is too little memory", crowd.ErrFull)

// places bound what the gateway takes on at once.
type places struct {
	*crowd.Crowd
	operators *crowd.Crowd
	memory    *crowd.Memory
	signed    *semaphore.Weighted // bytes of bodies that are held until they are verified
	envelopes *semaphore.Weighted
}

func newPlaces(c Config) *places {
	return &places{
		Crowd:     crowd.New(c.MaxInflight, c.VoiceReserve),
		operators: crowd.New(maxOperators, 0),
		memory:    crowd.NewMemory(c.MinMemory),
		signed:    semaphore.NewWeighted(c.MaxSigned),
		envelopes: semaphore.NewWeighted(maxVoiceHeld),
	}
}

// take notes the place that a request has got, in which it is until the record is
// released, or why it got none.
func (r *record) take(place crowd.Place, err error) error {
	r.place.Leave()
	switch {
	case err == nil:
		r.place = place
	case err == crowd.ErrShare:
		r.shed = shedShare
	default:
		r.shed = shedFull
	}
	return err
}

// admitCall has a generic call under way, if there is a place, and memory.
func (rt *Router) admitCall(r *http.Request, rec *record, public bool) error {
	if rt.places.memory.Short(rec.start) {
		rec.shed = shedMemory
		return errMemory
	}
	var from netip.Addr
	if public {
		from = caller(r)
	}
	return rec.take(rt.places.Call(from))
}

// admitArrival has what may be a voice request under way until it is verified.
// Who only looks like it does not take voice's places.
func (rt *Router) admitArrival(w http.ResponseWriter, r *http.Request, rec *record) error {
	err := rec.take(rt.places.Arrive(caller(r)))
	if err != nil {
		rec.body = function.NewBody(w, r, maxEnvelope) // which nobody will read
	}
	return err
}

// admitVoice has a verified request under way.
func (rt *Router) admitVoice(rec *record) error { return rec.take(rt.places.Voice()) }

// caller is who sends a request; the zero address for this machine, where proxies
// are.
func caller(r *http.Request) netip.Addr {
	from := door.ClientOf(r.RemoteAddr)
	if from.IsLoopback() {
		return netip.Addr{}
	}
	return from
}
