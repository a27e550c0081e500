package swarm

import (
	"context"
	"errors"
	"net"
	"syscall"
	"time"
)

const (
	// pulseTime is how long a call is under way before its task's pulse is felt,
	// and how long it is until that is felt again.
	pulseTime = 250 * time.Millisecond
	// pulseWait is what each of the tries gets, which take together with pulseTime
	// less than a second.
	pulseWait = 200 * time.Millisecond
	// quietPort is one that nobody listens on: the task's system refuses there at
	// once, and no function hears of it.
	quietPort = "1"
)

// feel has calls end that wait for a task whose node is gone: of what was
// delivered there, TCP says nothing until there is more to send. It goes on as
// long as calls are under way.
func (e *Engine) feel(t *target, ep *endpoint) {
	if !ep.felt.CompareAndSwap(false, true) {
		return
	}
	e.table.chores.start(func(ctx context.Context) {
		defer ep.felt.Store(false)
		for ep.inflight.Load() > 0 && ctx.Err() == nil {
			if err := ep.alive(ctx); err != nil && ctx.Err() == nil {
				e.silence(t, ep, err) // before its calls are sent again
				ep.lose(errNodeLost)
				return
			}
			select {
			case <-time.After(pulseTime):
			case <-ctx.Done():
			}
		}
	})
}

// alive returns an error unless the task's system says anything. A network that
// drops what is sent to the quiet port is no reason to give a task up, nor is a
// lost packet.
func (ep *endpoint) alive(ctx context.Context) (err error) {
	host, own, _ := net.SplitHostPort(ep.client.Address)
	for _, port := range []string{quietPort, own, quietPort} {
		var conn net.Conn
		begun := time.Now()
		trying, cancel := context.WithTimeout(ctx, pulseWait)
		conn, err = ep.client.Dial(trying, "tcp", net.JoinHostPort(host, port))
		cancel()
		if err == nil {
			conn.Close()
		}
		if !unreachable(err) || time.Since(begun) > 2*pulseWait { // it was this process that was late
			return nil
		}
	}
	return err
}

// unreachable reports whether an error is nobody's answer: it took too long, or
// there is no way there.
func unreachable(err error) bool {
	var slow net.Error
	return errors.As(err, &slow) && slow.Timeout() || errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETUNREACH)
}
