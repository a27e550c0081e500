// Package crowd bounds what a gateway takes on at once, so that it refuses before
// it breaks, and so that voice is heard when all else is too much:
//
//	c := crowd.New(512, 64)            // 64 of 512 places are for voice alone
//	place, err := c.Call(from)         // ErrFull, ErrShare
//	defer place.Leave()
//
// What is not verified yet is nobody's voice: it arrives, in places of its own,
// and takes one of voice's when it is. Nothing here locks.
package crowd

import (
	"errors"
	"hash/maphash"
	"math"
	"net/netip"
	"sync/atomic"
)

// The errors of a request that finds no place.
var (
	ErrFull  = errors.New("hark is busy: it has as many requests under way as it takes")
	ErrShare = errors.New("there are too many calls under way from this address")
)

const (
	// share is the part that one address may have of the places of calls, and of
	// arrivals: one slow client is not to have them all.
	share = 4
	// rows of buckets are what addresses are counted in: memory is bounded, however
	// many come. An address has as many as the least of its buckets, one a row, so
	// that who meets a flood in one of them by chance is none of it.
	rows, buckets = 2, 256
)

// shares counts by address.
type shares [rows][buckets]atomic.Int64

// Crowd counts the requests under way. It is safe for concurrent use.
type Crowd struct {
	most, reserve int64
	seed          maphash.Seed

	inside, arriving atomic.Int64
	calls, arrivals  shares
}

// New returns a crowd of at most so many requests, of which the reserve is for
// voice alone. As many more may be arriving.
func New(most, reserve int) *Crowd {
	return &Crowd{most: int64(most), reserve: int64(reserve), seed: maphash.MakeSeed()}
}

// Place is one that was taken; the zero value is none.
type Place struct {
	of  *atomic.Int64
	own [rows]*atomic.Int64 // of the address
}

// Leave gives the place back, once.
func (p *Place) Leave() {
	for _, n := range [...]*atomic.Int64{p.own[0], p.own[1], p.of} {
		if n != nil {
			n.Add(-1)
		}
	}
	*p = Place{}
}

// Call takes a place for what is not voice. An address that is not the zero one
// gets a quarter of them at most.
func (c *Crowd) Call(from netip.Addr) (Place, error) {
	return c.enter(&c.inside, c.most-c.reserve, &c.calls, from)
}

// Arrive takes a place for what may come to be voice, a quarter of them at most
// for an address.
func (c *Crowd) Arrive(from netip.Addr) (Place, error) {
	return c.enter(&c.arriving, c.most, &c.arrivals, from)
}

// Voice takes a place for a voice request that was verified.
func (c *Crowd) Voice() (Place, error) {
	return c.enter(&c.inside, c.most, nil, netip.Addr{})
}

func (c *Crowd) enter(of *atomic.Int64, most int64, by *shares, from netip.Addr) (place Place, err error) {
	if from.IsValid() {
		least := int64(math.MaxInt64)
		for row, bucket := range c.buckets(from) {
			place.own[row] = &by[row][bucket]
			least = min(least, place.own[row].Add(1))
		}
		if least > max(most/share, 1) {
			place.Leave()
			return Place{}, ErrShare
		}
	}
	if !take(of, most) {
		place.Leave()
		return Place{}, ErrFull
	}
	place.of = of
	return place, nil
}

// buckets are those of an address, one a row.
func (c *Crowd) buckets(from netip.Addr) [rows]uint64 {
	hash := maphash.Comparable(c.seed, from)
	return [rows]uint64{hash % buckets, hash >> 32 % buckets}
}

// take counts one more, unless there are as many as may be. It never counts too
// many, not for a moment: those who are refused are not to stand in voice's way.
func take(n *atomic.Int64, most int64) bool {
	for {
		now := n.Load()
		if now >= most {
			return false
		}
		if n.CompareAndSwap(now, now+1) {
			return true
		}
	}
}
