//go:build linux

package chaos

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// The kinds of calls.
const (
	kindGet     = "GET"
	kindPost    = "POST"
	kindVoice   = "voice"
	kindWebhook = "webhook"
	kindFlood   = "flood"
	kindSecret  = "secret"
	kindEvent   = "event"
)

// tally is what became of the calls of one kind in one scenario.
type tally struct {
	sent     int
	answered int // rightly
	retried  int // tries after the first of a call, by its client
	told     int // an error: a status, or an apology
	lost     int // no answer at all came
	wrong    int // the answer is another's, or what was told is not so
	longest  time.Duration
	first    error // of those that were told or lost
}

func (t *tally) add(o outcome) {
	t.sent++
	t.retried += o.retries
	t.longest = max(t.longest, o.took)
	switch {
	case o.err == nil:
		t.answered++
		return
	case o.wrong:
		t.wrong++
	case o.told:
		t.told++
	default:
		t.lost++
	}
	if t.first == nil {
		t.first = o.err
	}
}

// outcome is what became of one call; err is nil if it was answered rightly.
type outcome struct {
	err         error
	told, wrong bool
	retries     int
	took        time.Duration
}

// scenario is a fault and what was heard of it.
type scenario struct {
	name string
	mu   sync.Mutex
	by   map[string]*tally
}

func newScenario(name string) *scenario { return &scenario{name: name, by: map[string]*tally{}} }

func (s *scenario) add(kind string, o outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by[kind] == nil {
		s.by[kind] = &tally{}
	}
	s.by[kind].add(o)
}

// of is the tally of a kind, which may be empty.
func (s *scenario) of(kind string) tally {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.by[kind]; t != nil {
		return *t
	}
	return tally{}
}

// String is for the log.
func (s *scenario) String() string {
	return s.name + "\n" + strings.Join(s.rows(), "\n")
}

const heads = "| fault | calls | sent | answered | retried | told | lost | wrong | longest |\n|---|---|---|---|---|---|---|---|---|\n"

func (s *scenario) rows() (rows []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := s.name
	for _, kind := range []string{kindGet, kindPost, kindVoice, kindWebhook, kindFlood, kindSecret, kindEvent} {
		t := s.by[kind]
		if t == nil {
			continue
		}
		longest := fmt.Sprint(t.longest.Milliseconds(), " ms")
		rows = append(rows, fmt.Sprintf("| %s | %s | %d | %d | %d | %d | %d | %d | %s |", name, kind, t.sent, t.answered, t.retried, t.told, t.lost, t.wrong, longest))
		name = ""
	}
	return rows
}

// table is scenarios as Markdown.
func table(all []*scenario) string {
	var lines []string
	for _, s := range all {
		lines = slices.Concat(lines, s.rows())
	}
	return heads + strings.Join(lines, "\n") + "\n"
}
