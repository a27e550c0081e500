package router

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/crowd"
	"github.com/harkvoice/hark/internal/door"
	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/trace"
)

// The stages of the lines.
const (
	stageEdge    = "edge"
	stageVerify  = "verify"
	stageDecode  = "decode"
	stageRoute   = "route"
	stageLookup  = "lookup"
	stageDoors   = "doors"
	stageInvoke  = "invoke"
	stageWrap    = "wrap"
	stageRespond = "respond"
	stageGuard   = "guard"
	stageApply   = "apply"
)

const outcomeOK = "ok"

// record is what becomes of one request: the access record. It holds no slot
// value, no user, no token, no body.
type record struct {
	id       string
	route    string
	method   string
	client   string       // its address, without the port
	trace    *trace.Trace // nil if there is none
	start    time.Time
	stage    string
	req      *alexa.Request // once it was verified and decoded
	skill    *intents.Skill // that it is for
	signer   alexa.Signer
	intent   string
	function string
	action   string         // on /system
	secret   string         // the name of the one that it is about
	body     *function.Body // of a generic call, or of one to /system
	origins  door.Origins   // whose pages may read the answer of a generic call
	held     held           // in place of body, of a webhook or an envelope
	place    crowd.Place    // among the requests under way
	inside   *atomic.Int64  // the calls of the function, which it is one of
	shed     string         // why there was no place
	forget   func()         // has a webhook that failed be no replay when it comes again
	door     string         // that kept the call out
	reason   string         // why it did
	dropped  int            // bytes that an observer has printed
	sent     int64          // bytes of the answer
	status   int
	fault    fault
	err      error
}

func (r *record) enter(stage string) {
	r.stage = stage
	r.trace.Enter(stage)
}

// heard notes that somebody waits for speech.
func (r *record) heard(req *alexa.Request, skill *intents.Skill, signer alexa.Signer) {
	r.req, r.skill, r.signer = req, skill, signer
}

// handler is a line. It returns the error that ended it.
type handler func(w http.ResponseWriter, r *http.Request, rec *record) error

// observe runs a line for a request, renders its error, and writes the record. A
// caller on the public listener is not believed where traces are concerned.
func (rt *Router) observe(public bool, route string, line handler) http.HandlerFunc {
	inflight := rt.metrics.inflight.WithLabelValues(route)
	return func(w http.ResponseWriter, r *http.Request) {
		inflight.Inc()
		defer inflight.Dec()
		rec := &record{id: newID(), route: route, method: r.Method, client: host(r.RemoteAddr), start: time.Now(), fault: fault{outcome: outcomeOK}}
		rec.trace = rt.Tracer.Start(route, r.Header, !public, rec.start)
		w.Header().Set(function.HeaderRequestID, rec.id)
		defer rt.close(rec)
		defer rec.release()
		if rec.err = safely(line, w, r, rec); rec.err != nil {
			rt.fail(w, rec)
		}
	}
}

// release lets go of a body that nobody reads any more, and of its place.
func (r *record) release() {
	if r.body != nil {
		r.body.Finish()
	}
	r.held.release()
	r.place.Leave()
	if r.inside != nil {
		r.inside.Add(-1)
	}
}

// safely turns a panic into an error. Outside bytes must not cause one; should
// they all the same, one request is lost and not the house.
func safely(line handler, w http.ResponseWriter, r *http.Request, rec *record) (err error) {
	defer func() {
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler {
				panic(v)
			}
			err = panicked(v)
		}
	}()
	return line(w, r, rec)
}

// panicked is the error of a panic that was just recovered.
func panicked(v any) error { return fmt.Errorf("panic: %v\n%s", v, debug.Stack()) }

// fail answers with the error that ended a line: an apology where somebody
// listens, a status and one readable line elsewhere.
func (rt *Router) fail(w http.ResponseWriter, rec *record) {
	var text string
	to := anyone
	if rec.route == routeSystem {
		to = operators
	}
	rec.fault, text = explain(rec.err, to)
	var cut *cutShort
	if errors.As(rec.err, &cut) {
		panic(http.ErrAbortHandler) // the record is written on the way out
	}
	if rec.req != nil {
		if rec.signer == alexa.Development {
			w.Header().Set(function.HeaderReason, strconv.QuoteToASCII(rec.named(developerText(rec.err, text))))
		}
		_ = rt.respond(w, rec, alexa.Say(rec.req, alexa.Speech{Text: rec.skill.Settings.Phrases.Say(rec.fault.spoken, rec.req.Locale())}))
		return
	}
	var refusal *alexa.Refusal
	if errors.As(rec.err, &refusal) {
		rt.metrics.refused.WithLabelValues(string(refusal.Reason)).Inc()
	}
	rec.status, rec.sent = rec.fault.status, 0
	if rec.body != nil {
		rec.body.Settle(w.Header())
	}
	function.SetExitStatus(w.Header(), rec.err)
	busy := rec.status == http.StatusTooManyRequests || rec.shed != "" || errors.Is(rec.err, function.ErrUnavailable)
	if h := w.Header(); busy && h.Get(headerRetryAfter) == "" {
		h.Set(headerRetryAfter, "1")
	}
	if rec.route != routeSystem { // where the error names it
		text = rec.named(text)
	}
	rec.sent = int64(len(text) + 1)
	http.Error(w, text, rec.status)
}

// named is a text about the function of a request, if it has come to one.
func (r *record) named(text string) string {
	if r.function == "" {
		return text
	}
	return r.function + ": " + text
}

// respond is the one writer of Alexa's responses.
func (rt *Router) respond(w http.ResponseWriter, rec *record, answer alexa.Answer) error {
	h := w.Header()
	for _, f := range answer.Findings {
		rt.Log.Warn("finding", "request_id", rec.id, "function", rec.function, "path", f.Path, "rule", f.Rule, "text", f.Text, "done", f.Done)
		if rec.signer == alexa.Development {
			h.Add(function.HeaderNote, strconv.QuoteToASCII(rec.function+": "+f.String()))
		}
	}
	h.Set(function.HeaderOutcome, rec.fault.outcome)
	h.Set("Content-Type", "application/json;charset=UTF-8")
	h.Set("Content-Length", strconv.Itoa(len(answer.JSON)))
	rec.status = http.StatusOK
	w.WriteHeader(http.StatusOK)
	n, err := w.Write(answer.JSON)
	if rec.sent = int64(n); err != nil {
		return &cutShort{err}
	}
	return nil
}

// newID makes an id that tells requests apart; it is no secret.
func newID() string {
	const digits = "0123456789abcdef"
	var id [16]byte
	for i, n := 0, rand.Uint64(); i < len(id); i, n = i+1, n>>4 {
		id[i] = digits[n&15]
	}
	return string(id[:])
}
