//go:build linux

package chaos

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// api stands between gateways and Docker's API, and can take it away.
type api struct {
	path, docker string

	mu       sync.Mutex
	listener net.Listener
	conns    map[net.Conn]bool
	frozen   chan struct{} // nil, or closed when it thaws
}

// newAPI is a way to the engine whose socket that is.
func newAPI(t *testing.T, docker string) *api {
	t.Helper()
	dir, err := os.MkdirTemp("", "hark") // short: the path of a socket has 107 bytes at most
	if err != nil {
		t.Fatal(err)
	}
	a := &api{path: filepath.Join(dir, "docker.sock"), docker: docker, conns: map[net.Conn]bool{}}
	a.restore(t)
	t.Cleanup(func() {
		a.cut()
		_ = os.RemoveAll(dir)
	})
	return a
}

// cut has nobody listen, and ends all connections.
func (a *api) cut() {
	a.thaw()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.listener.Close()
	for c := range a.conns {
		c.Close()
	}
	clear(a.conns)
}

// restore has it listen.
func (a *api) restore(t *testing.T) {
	t.Helper()
	l, err := net.Listen("unix", a.path)
	if err != nil {
		t.Fatal(err)
	}
	a.mu.Lock()
	a.listener = l
	a.mu.Unlock()
	go func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			go a.serve(from)
		}
	}()
}

// freeze has what is asked, and what is answered, get stuck.
func (a *api) freeze() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.frozen = make(chan struct{})
}

func (a *api) thaw() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.frozen != nil {
		close(a.frozen)
		a.frozen = nil
	}
}

func (a *api) serve(from net.Conn) {
	to, err := net.Dial("unix", a.docker)
	if err != nil {
		from.Close()
		return
	}
	a.mu.Lock()
	a.conns[from], a.conns[to] = true, true
	a.mu.Unlock()
	var both sync.WaitGroup
	for in, out := range map[net.Conn]net.Conn{from: to, to: from} {
		both.Go(func() {
			a.pass(in, out)
			in.Close()
			out.Close()
		})
	}
	both.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.conns, from)
	delete(a.conns, to)
}

func (a *api) pass(in io.Reader, out io.Writer) {
	for buffer := make([]byte, 32<<10); ; {
		n, err := in.Read(buffer)
		if err != nil {
			return
		}
		a.mu.Lock()
		frozen := a.frozen
		a.mu.Unlock()
		if frozen != nil {
			<-frozen
		}
		if _, err := out.Write(buffer[:n]); err != nil {
			return
		}
	}
}
