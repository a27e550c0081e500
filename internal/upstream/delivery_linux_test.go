package upstream

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// cutOff has the system of a connection drop all that comes, unacknowledged.
func cutOff(t *testing.T, conn *net.TCPConn) {
	t.Helper()
	raw, err := conn.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	drop := []unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: 0}}
	_ = raw.Control(func(fd uintptr) {
		err = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &drop[0]})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// heard tells when something was written.
type heard struct {
	*net.TCPConn
	wrote chan struct{}
}

func (h heard) Write(p []byte) (int, error) {
	n, err := h.TCPConn.Write(p)
	h.wrote <- struct{}{}
	return n, err
}

// What a server that is gone has not seen may be sent to another, whoever notices
// that it is gone.
func TestUpstream_KnowsWhatWasNotDelivered(t *testing.T) {
	for _, c := range []struct {
		name                      string
		cut, interrupted, notSent bool
	}{
		{"the system gives up", true, false, true},
		{"the caller gives up on a server that is gone", true, true, true},
		{"the caller gives up on a server that is silent", false, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, conns, wrote := silent(t)
			if u.Lost = time.Minute; !c.interrupted {
				u.Lost = 50 * time.Millisecond
			}
			resp, err := u.Do(t.Context(), postOf("answer"))
			told(t, resp, err)
			receive(t, wrote)
			conn := receive(t, conns)
			if c.cut {
				cutOff(t, conn)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go func() {
				<-wrote
				if !c.cut {
					<-conns                            // it has read the request, and its system
					time.Sleep(100 * time.Millisecond) // acknowledges that within 40
				}
				if c.interrupted {
					cancel()
				}
			}()
			if _, err := u.Do(ctx, postOf("x")); err == nil || errors.Is(err, ErrNotSent) != c.notSent {
				t.Errorf("error %v", err)
			}
		})
	}
}

// silent is an upstream whose server answers "answer" only. It tells the
// connection of each request, and when one was written.
func silent(t *testing.T) (u *Client, conns <-chan *net.TCPConn, wrote <-chan struct{}) {
	asks, writes := make(chan *net.TCPConn, 2), make(chan struct{}, 2)
	u = served(t, func(_ int, conn *net.TCPConn, in *bufio.Reader) {
		for {
			body, ok := asked(in)
			if !ok {
				return
			}
			asks <- conn
			if body == "answer" {
				_, _ = io.WriteString(conn, okay)
			}
		}
	})
	u.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return heard{conn.(*net.TCPConn), writes}, nil
	}
	return u, asks, writes
}
