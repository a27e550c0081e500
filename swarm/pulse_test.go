package swarm

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// wires lead to tasks, which are all one server of the test.
type wires struct {
	server string
	mu     sync.Mutex
	gone   map[string]bool // hosts of which nothing is heard
	dialed []string
}

func (n *wires) dial(ctx context.Context, _, address string) (net.Conn, error) {
	host, port, _ := net.SplitHostPort(address)
	n.mu.Lock()
	n.dialed = append(n.dialed, address)
	gone := n.gone[host]
	n.mu.Unlock()
	switch {
	case gone:
		<-ctx.Done()
		return nil, os.ErrDeadlineExceeded
	case port == quietPort:
		return nil, syscall.ECONNREFUSED
	}
	return new(net.Dialer).DialContext(ctx, "tcp", n.server)
}

func (n *wires) lose(host string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.gone[host] = true
}

// served are wires, and what is told whenever its server has been asked.
func served(t *testing.T, answers bool) (*wires, <-chan net.Conn) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	asked := make(chan net.Conn, 10)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for buffer := make([]byte, 4096); ; {
					if _, err := conn.Read(buffer); err != nil {
						return
					}
					asked <- conn
					if answers {
						fmt.Fprint(conn, "HTTP/1.1 204 No Content\r\n\r\n")
					}
				}
			}()
		}
	}()
	return &wires{server: listener.Addr().String(), gone: map[string]bool{}}, asked
}

// knows is an engine that knows of a function "f", by the addresses of its tasks
// and their nodes.
func knows(t *testing.T, n *wires, tasks ...[2]string) (*Engine, *target) {
	e := &Engine{config: Config{Log: slog.New(slog.DiscardHandler)}, hints: make(chan string, 64)}
	e.table.chores.ctx, e.table.chores.stop = context.WithCancel(context.Background())
	f := newTarget("f", "id")
	var endpoints []*endpoint
	for _, task := range tasks {
		endpoints = append(endpoints, newEndpoint(task[0]+":8080", task[1], n.dial))
	}
	f.set(endpoints)
	e.table.functions.Store(&map[string]*target{"f": f})
	t.Cleanup(e.table.close)
	return e, f
}

func TestPulse_CallsOfALostNodeEnd(t *testing.T) {
	n, asked := served(t, false)
	e, f := knows(t, n, [2]string{"10.0.0.1", "node"})
	done := make(chan error, 1)
	go func() {
		_, err := e.Invoke(t.Context(), function.Invocation{Function: "f"})
		done <- err
	}()
	<-asked
	n.lose("10.0.0.1")
	lost := time.Now()
	if err := <-done; !errors.Is(err, function.ErrBroken) {
		t.Errorf("error %v", err)
	}
	t.Log("after", time.Since(lost))
	if ep, _ := f.pick(); ep != nil {
		t.Error("it is asked again")
	}
}

// A call that is slow goes on as long as there is a pulse, and is not told of it.
func TestPulse_ALongCallGoesOn(t *testing.T) {
	n, asked := served(t, false)
	e, _ := knows(t, n, [2]string{"10.0.0.1", "node"})
	done := make(chan error, 1)
	go func() {
		_, err := e.Invoke(t.Context(), function.Invocation{Function: "f"})
		done <- err
	}()
	conn := <-asked
	for felt := 0; felt < 3; time.Sleep(time.Millisecond) {
		n.mu.Lock()
		felt = len(n.dialed) - 1
		n.mu.Unlock()
	}
	fmt.Fprint(conn, "HTTP/1.1 204 No Content\r\n\r\n")
	if err := <-done; err != nil {
		t.Error(err)
	}
	if len(asked) > 0 || slices.Contains(n.dialed[1:], "10.0.0.1:8080") {
		t.Errorf("the function has heard of it: %v", n.dialed)
	}
}

// One call tries a node that is gone once, however many replicas it had there.
func TestSilence_SparesTheNeighbours(t *testing.T) {
	n, _ := served(t, true)
	e, f := knows(t, n, [2]string{"10.0.0.1", "gone"}, [2]string{"10.0.0.2", "gone"}, [2]string{"10.0.0.3", "gone"}, [2]string{"10.0.0.4", "here"})
	for i := range 3 {
		n.lose(fmt.Sprint("10.0.0.", i+1))
	}
	f.next.Store(^uint32(0)) // the first one is looked at first
	begun := time.Now()
	result, err := e.Invoke(t.Context(), function.Invocation{Function: "f", HTTP: &function.HTTP{Method: http.MethodPost}})
	if err != nil {
		t.Fatal(err)
	}
	result.Body.Close()
	if took := time.Since(begun); took > 2*dialTime {
		t.Errorf("it took %v", took)
	}
}

func TestEndpoint_Alive(t *testing.T) {
	const quiet, own = "10.0.0.1:" + quietPort, "10.0.0.1:8080"
	late, refused := os.ErrDeadlineExceeded, syscall.ECONNREFUSED
	for _, c := range []struct {
		why   string
		says  map[string][]error
		alive bool
	}{
		{"a system that refuses is there", map[string][]error{quiet: {refused}}, true},
		{"a firewall drops what is sent to the port", map[string][]error{quiet: {late}, own: {refused}}, true},
		{"two packets were lost", map[string][]error{quiet: {late, refused}, own: {late}}, true},
		{"nothing is heard", map[string][]error{quiet: {late, late}, own: {late}}, false},
		{"there is no way there", map[string][]error{quiet: {syscall.EHOSTUNREACH, syscall.EHOSTUNREACH}, own: {syscall.EHOSTUNREACH}}, false},
	} {
		ep := newEndpoint(own, "node", func(_ context.Context, _, address string) (net.Conn, error) {
			err := c.says[address][0]
			c.says[address] = c.says[address][1:]
			return nil, &net.OpError{Op: "dial", Err: err}
		})
		if err := ep.alive(t.Context()); (err == nil) != c.alive {
			t.Errorf("%s: error %v", c.why, err)
		}
	}
}

// A function that fails is there: whoever calls it does not keep Docker busy.
func TestInvoke_AsksDockerNothingAboutAFailure(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		function.SetFault(w.Header(), function.ErrFailed)
		w.WriteHeader(http.StatusInternalServerError)
	})}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Close() })
	e, _ := knows(t, &wires{server: listener.Addr().String(), gone: map[string]bool{}}, [2]string{"10.0.0.1", "node"})
	if _, err := e.Invoke(t.Context(), function.Invocation{Function: "f"}); !errors.Is(err, function.ErrFailed) {
		t.Errorf("error %v", err)
	}
	if n := len(e.hints); n > 0 {
		t.Errorf("%d hints", n)
	}
}

// A call that waits for a replica is answered by the function of that name that
// there is, though it was removed and made anew.
func TestInvoke_WaitsForAFunctionThatIsMadeAnew(t *testing.T) {
	n, _ := served(t, true)
	e, old := knows(t, n)
	done := make(chan error, 1)
	go func() {
		_, err := e.Invoke(t.Context(), function.Invocation{Function: "f"})
		done <- err
	}()
	eventually(t, "it is called", func() bool { return old.next.Load() > 0 })
	anew := newTarget("f", "another")
	anew.set([]*endpoint{newEndpoint("10.0.0.1:8080", "node", n.dial)})
	e.table.functions.Store(&map[string]*target{"f": anew})
	old.set(nil)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
