package upstream

import (
	"bufio"
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

// A server may close a connection while a request is on its way there. It has not
// read it, and that is known, whether the end comes as one or as a reset.
func TestClient_KnowsThatAClosingServerHasNotReadARequest(t *testing.T) {
	for name, reset := range map[string]bool{"closed": false, "reset": true} {
		t.Run(name, func(t *testing.T) {
			ready := make(chan *net.TCPConn, 1)
			c := served(t, func(_ int, conn *net.TCPConn, in *bufio.Reader) {
				if _, ok := asked(in); !ok {
					return
				}
				_, _ = io.WriteString(conn, okay)
				ready <- conn
				_, _ = in.ReadByte() // until the test closes it
			})
			c.Lost = time.Second
			resp, err := c.Do(t.Context(), postOf("x"))
			told(t, resp, err)
			conn := receive(t, ready)
			l := c.kept()
			l.used = true
			if reset {
				_ = conn.SetLinger(0)
			}
			conn.Close()
			_, err = l.exchange(postOf("y"))
			if err == nil || !l.undelivered() && !errors.Is(err, errClosed) {
				t.Errorf("%v, as if it was read", err)
			}
			l.Close()
		})
	}
}

// What was read before the connection ended may have been acted on.
func TestClient_KnowsThatARequestWasRead(t *testing.T) {
	c := served(t, func(_ int, conn *net.TCPConn, in *bufio.Reader) {
		_, _ = asked(in)
		conn.Close()
	})
	c.Lost = time.Second
	for range 20 {
		if _, err := c.Do(t.Context(), postOf("x")); err == nil || errors.Is(err, ErrNotSent) {
			t.Fatalf("%v, as if it was not", err)
		}
	}
}
