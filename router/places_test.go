package router

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/harkvoice/hark/internal/function"
)

// crowded is a house of few places whose functions other than Voice answer once
// they are let go.
func crowded(t *testing.T, change ...func(*Config)) (h *house, began chan string, letGo context.CancelFunc) {
	t.Helper()
	until, letGo := context.WithCancel(t.Context())
	began = make(chan string, 100)
	slow := func(ctx context.Context, inv function.Invocation) (function.Result, error) {
		began <- inv.Function
		select {
		case <-until.Done():
		case <-ctx.Done():
		}
		return function.Result{Status: 200, Body: io.NopCloser(strings.NewReader("slow"))}, nil
	}
	change = append([]func(*Config){func(c *Config) { c.MaxInflight, c.VoiceReserve, c.MaxCalls = 8, 2, 4 }}, change...)
	return build(t, map[string]body{"public-a": slow, "public-b": slow, "Slow": slow, "Voice": prints("heard")}, change...), began, letGo
}

// flood begins calls and returns when they are under way.
func flood(face http.Handler, name string, times int, began <-chan string) (answered chan int) {
	answered = make(chan int, times)
	for range times {
		go func() {
			w := httptest.NewRecorder()
			face.ServeHTTP(w, httptest.NewRequest("POST", "/function/"+name, strings.NewReader("x")))
			answered <- w.Code
		}()
	}
	for range times {
		<-began
	}
	return answered
}

func post(face http.Handler, name string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	face.ServeHTTP(w, httptest.NewRequest("POST", "/function/"+name, strings.NewReader("x")))
	return w
}

// turnedAway checks an answer to who came too much.
func turnedAway(t *testing.T, w *httptest.ResponseRecorder, status int, text string) {
	t.Helper()
	if w.Code != status || w.Header().Get("Retry-After") != "1" || !strings.Contains(w.Body.String(), text) {
		t.Errorf("%d, Retry-After %q: %s; want %d with %q", w.Code, w.Header().Get("Retry-After"), w.Body, status, text)
	}
}

func TestPlaces_AFloodOfCallsIsRefusedAndVoiceAnswers(t *testing.T) {
	h, began, letGo := crowded(t)
	defer letGo()
	first := flood(h.Operator(), "public-a", 4, began)
	turnedAway(t, post(h.Operator(), "public-a"), http.StatusTooManyRequests, "public-a: as many calls of it are under way as may be")
	second := flood(h.Operator(), "public-b", 2, began)
	turnedAway(t, post(h.Operator(), "public-b"), http.StatusServiceUnavailable, "hark is busy")
	turnedAway(t, post(h.Public(), "public-b"), http.StatusServiceUnavailable, "hark is busy")
	if got := spoken(t, h.say(t, envelope("Voice"))); !strings.Contains(got, "heard") {
		t.Errorf("in the flood voice hears %q", got)
	}
	if w := h.ask("GET", "/system/info", "", "Host", "localhost"); w.Code != http.StatusOK {
		t.Errorf("in the flood the operator hears %d", w.Code)
	}
	for name, want := range map[[2]string]float64{{routeFunction, shedFull}: 2, {routeSkill, shedFull}: 0} {
		if got := h.metric(t, "hark_shed_total", "route", name[0], "reason", name[1]); got != want {
			t.Errorf("%v is counted %v times, want %v", name, got, want)
		}
	}
	if got := h.metric(t, "hark_door_refused_total", "door", doorInflight); got != 1 {
		t.Errorf("the function's bound is counted %v times", got)
	}
	letGo()
	for range 4 {
		if status := <-first; status != http.StatusOK {
			t.Errorf("a call of the flood: %d", status)
		}
	}
	<-second
	<-second
	if w := post(h.Operator(), "public-b"); w.Code != http.StatusOK {
		t.Errorf("after the flood: %d", w.Code)
	}
}

func TestPlaces_ALabelBoundsItsFunction(t *testing.T) {
	h, began, letGo := crowded(t)
	defer letGo()
	_ = h.Catalogue.Update([]function.Status{{Spec: function.Spec{Name: "public-a", Labels: map[string]string{function.LabelInflight: "1"}}}})
	flood(h.Operator(), "public-a", 1, began)
	turnedAway(t, post(h.Operator(), "public-a"), http.StatusTooManyRequests, "as many calls")
}

func TestPlaces_OneAddressDoesNotGetAll(t *testing.T) {
	h, began, letGo := crowded(t, func(c *Config) { c.MaxInflight, c.VoiceReserve = 10, 2 })
	defer letGo()
	flood(h.Public(), "public-a", 2, began)
	turnedAway(t, post(h.Public(), "public-a"), http.StatusTooManyRequests, "too many calls under way from this address")
	flood(h.Operator(), "public-a", 1, began)
	if got := h.metric(t, "hark_shed_total", "route", routeFunction, "reason", shedShare); got != 1 {
		t.Errorf("it is counted %v times", got)
	}
}

func TestPlaces_FullOfVoiceTheListenerHearsThatHarkIsBusy(t *testing.T) {
	h, began, letGo := crowded(t)
	defer letGo()
	heard := make(chan int, 8)
	for range 8 {
		go func() { heard <- h.say(t, envelope("Slow")).Code }()
	}
	for range 8 {
		<-began
	}
	if got := spoken(t, h.say(t, envelope("Voice"))); !strings.Contains(got, "not ready yet") {
		t.Errorf("the listener hears %q", got)
	}
	if got := h.metric(t, "hark_shed_total", "route", routeSkill, "reason", shedFull); got != 1 {
		t.Errorf("it is counted %v times", got)
	}
	letGo()
	for range 8 {
		<-heard
	}
	if got := spoken(t, h.say(t, envelope("Voice"))); !strings.Contains(got, "heard") {
		t.Errorf("afterwards the listener hears %q", got)
	}
}

// Who only looks like voice, and is slow, keeps neither voice nor others out.
func TestPlaces_WhoIsNotVerifiedTakesNoneOfVoices(t *testing.T) {
	h, _, letGo := crowded(t, func(c *Config) { c.MaxInflight, c.VoiceReserve = 40, 2 })
	defer letGo()
	arriving := make(chan struct{}, 100)
	ended := make(chan int, 100)
	for range 10 {
		from, to := io.Pipe()
		defer to.Close()
		go func() {
			r := httptest.NewRequest("POST", "/alexa", from)
			w := httptest.NewRecorder()
			h.Public().ServeHTTP(w, r)
			ended <- w.Code
		}()
		go func() {
			_, _ = to.Write([]byte("{")) // returns once it is read
			arriving <- struct{}{}
		}()
	}
	for range 10 {
		<-arriving
	}
	w := h.send(t, envelope("Voice"), nil)
	turnedAway(t, w, http.StatusTooManyRequests, "from this address")
	other := func(r *http.Request) { r.RemoteAddr = "198.51.100.7:1" }
	if got := spoken(t, h.send(t, envelope("Voice"), other)); !strings.Contains(got, "heard") {
		t.Errorf("from another address: %q", got)
	}
}

func TestPlaces_WithoutMemoryCallsAreRefusedAndVoiceAnswers(t *testing.T) {
	h, _, letGo := crowded(t, func(c *Config) { c.MinMemory = 1 << 50 })
	letGo()
	w := post(h.Public(), "public-a")
	turnedAway(t, w, http.StatusServiceUnavailable, "hark is busy")
	if got := spoken(t, h.say(t, envelope("Voice"))); !strings.Contains(got, "heard") {
		t.Errorf("voice hears %q", got)
	}
	if got := h.metric(t, "hark_shed_total", "route", routeFunction, "reason", shedMemory); got != 1 {
		t.Errorf("it is counted %v times", got)
	}
}

func TestPlaces_LongEnvelopesShareARoom(t *testing.T) {
	h, _, letGo := crowded(t)
	letGo()
	long := envelope("Voice", strings.Repeat(" ", 4*freeEnvelope))
	if got := spoken(t, h.say(t, long)); !strings.Contains(got, "heard") {
		t.Errorf("a long envelope: %q", got)
	}
	if !h.places.envelopes.TryAcquire(maxVoiceHeld) {
		t.Fatal("it has kept its room")
	}
	turnedAway(t, h.say(t, long), http.StatusServiceUnavailable, "hark is busy")
	if got := spoken(t, h.say(t, envelope("Voice"))); !strings.Contains(got, "heard") {
		t.Errorf("a usual one: %q", got)
	}
}

func TestHeld_CountsWhatIsTaken(t *testing.T) {
	for _, c := range []struct{ bytes, announced, free, room, peak int64 }{
		{0, 0, 0, 100, 1}, {10, 10, 0, 100, 11}, {10, -1, 0, 5000, 4096}, {10, 1 << 40, 0, 5000, 4096}, {5000, -1, 0, 20000, 8192},
		{5000, 5000, 0, 20000, 5001}, {5000, -1, 8192, 0, 0}, {5000, 5000, 5000, 1, 1},
	} {
		room := semaphore.NewWeighted(c.room)
		h := held{room: room, free: c.free}
		body, err := h.read(io.LimitReader(neverEnds{}, c.bytes), c.announced)
		if err != nil || int64(len(body)) != c.bytes || h.taken != c.peak {
			t.Errorf("%+v: %d bytes, %d taken, %v", c, len(body), h.taken, err)
		}
		h.release()
		if !room.TryAcquire(c.room) {
			t.Errorf("%+v: it has kept some", c)
		}
	}
	h := held{room: semaphore.NewWeighted(10_000)}
	if _, err := h.read(neverEnds{}, -1); !errors.Is(err, errBodies) {
		t.Errorf("without room: %v", err)
	}
	h = held{room: semaphore.NewWeighted(10_000)}
	if _, err := h.read(io.MultiReader(bytes.NewReader(nil), unreadable{}), -1); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("its error is %v", err)
	}
}

type neverEnds struct{}

func (neverEnds) Read(p []byte) (int, error) { return len(p), nil }

type unreadable struct{}

func (unreadable) Read([]byte) (int, error) { return 0, io.ErrNoProgress }

// What a call pays for its place.
func BenchmarkPlaces(b *testing.B) {
	h := build(b, nil)
	now := time.Now()
	r := httptest.NewRequest("POST", "/", nil)
	for b.Loop() {
		rec := &record{start: now}
		_ = h.admitCall(r, rec, true)
		rec.release()
	}
}
