package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pen notes what is written at once.
type pen struct {
	mu     sync.Mutex
	writes []string
	hold   chan struct{} // if there is one, a write waits for it
}

func (p *pen) Write(text []byte) (int, error) {
	if p.hold != nil {
		<-p.hold
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writes = append(p.writes, string(text))
	return len(text), nil
}

func TestBatch_WritesManyLinesAtOnceAndSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pen{}
		b := newBatch(p)
		for i := range 3 {
			fmt.Fprintln(b, i)
		}
		time.Sleep(logDelay)
		synctest.Wait()
		if len(p.writes) != 1 || p.writes[0] != "0\n1\n2\n" {
			t.Errorf("%q", p.writes)
		}
		fmt.Fprintln(b, "later")
		b.Close()
		if len(p.writes) != 2 || p.writes[1] != "later\n" {
			t.Errorf("%q", p.writes)
		}
		b.Close()
	})
}

// Who logs more than is read waits, and nothing is lost.
func TestBatch_WaitsWhenNobodyReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pen{hold: make(chan struct{})}
		b := newBatch(p)
		line := strings.Repeat("x", 1<<10) + "\n"
		const lines = 3000
		done := make(chan struct{})
		go func() {
			defer close(done)
			for range lines {
				_, _ = b.Write([]byte(line))
			}
		}()
		time.Sleep(time.Minute)
		select {
		case <-done:
			t.Error("nobody had to wait")
		default:
		}
		close(p.hold)
		<-done
		b.Close()
		if got := len(strings.Join(p.writes, "")); got != lines*len(line) {
			t.Errorf("%d bytes of %d", got, lines*len(line))
		}
	})
}
