package door

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxClients bounds a generation of clients of a function.
const maxClients = 4096

// Limits count the calls of a function. They are safe for concurrent use.
//
// Clients are kept in two generations. One who has not called for as long as a
// bucket takes to fill is as good as new, so that nothing is lost with a
// generation of that age. Only a flood of addresses ends one earlier: memory
// goes before it.
type Limits struct {
	all  *rate.Limiter // nil: no bound
	each *Rate         // nil: no bound

	mu              sync.Mutex
	current, before map[netip.Addr]*rate.Limiter
	since           time.Time
}

// NewLimits returns those of d with nothing counted yet.
func NewLimits(d *Doors) *Limits {
	l := &Limits{each: d.Client, current: make(map[netip.Addr]*rate.Limiter), before: make(map[netip.Addr]*rate.Limiter)}
	if d.Rate != nil {
		l.all = d.Rate.limiter()
	}
	return l
}

// Call counts a call, or tells how long until one may come.
func (l *Limits) Call(now time.Time) (wait time.Duration, ok bool) {
	if l.all == nil {
		return 0, true
	}
	return take(l.all, now)
}

// Client counts a call of the client at address, which is a host and a port.
func (l *Limits) Client(address string, now time.Time) (wait time.Duration, ok bool) {
	if l.each == nil {
		return 0, true
	}
	return take(l.client(ClientOf(address), now), now)
}

func (l *Limits) client(client netip.Addr, now time.Time) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.since) >= l.each.full() || len(l.current) >= maxClients {
		l.current, l.before = l.before, l.current
		clear(l.current)
		l.since = now
	}
	limiter, ok := l.current[client]
	if ok {
		return limiter
	}
	if limiter, ok = l.before[client]; !ok {
		limiter = l.each.limiter()
	}
	l.current[client] = limiter
	return limiter
}

// ClientOf is the address that a client is known by, of HOST:PORT: of IPv6 the
// network, as one client has all addresses of its own. Those that are none are all
// one client.
func ClientOf(address string) netip.Addr {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return netip.IPv6Unspecified()
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip
	}
	network, _ := ip.Prefix(64)
	return network.Addr()
}
