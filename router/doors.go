package router

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/harkvoice/hark/internal/door"
	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/webhook"
)

// The errors of calls that a door keeps out.
var (
	errShut       = errors.New("the function takes no calls for now: its labels or its secret need mending, and hark's log says which")
	errUnverified = errors.New("hark refused this call")
	errNoToken    = errors.New("this function wants a token: send Authorization: Bearer and one of its tokens")
	errLimited    = errors.New("there are too many calls")
	errInflight   = errors.New("as many calls of it are under way as may be")
	errOrigin     = errors.New("hark takes no such calls from web pages of this origin")
)

// The values of the labels "door" and "reason", besides the reasons of webhooks.
const (
	doorLabels, doorWebhook, doorToken, doorRate, doorCORS, doorInflight = "labels", "webhook", "token", "rate", "cors", "inflight"

	reasonUnreadable, reasonSecret, reasonMissing, reasonUnknown = "unreadable", "secret", "missing", "unknown"
	reasonFunction, reasonClient, reasonOrigin                   = "function", "client", "origin"
)

// doorReasons are why a door keeps a call out.
var doorReasons = map[string][]string{
	doorLabels: {reasonUnreadable}, doorWebhook: {reasonSecret}, doorToken: {reasonSecret, reasonMissing, reasonUnknown},
	doorRate: {reasonFunction, reasonClient}, doorCORS: {reasonOrigin}, doorInflight: {reasonFunction},
}

const (
	// maxSigned bounds a signed body: it is held whole, as nothing of it is to reach
	// a function before it is verified. GitHub's are of 25 MB at most.
	maxSigned = 26 << 20
	// signedTime is how long a body may take that nobody has verified.
	signedTime = 15 * time.Second
	// maxDoorways is a bound for functions that come and go, and whose labels change.
	maxDoorways = 10_000
)

// doorkeeper knows the doors of functions. It reads their labels once.
type doorkeeper struct {
	replays  *webhook.Replays
	inflight int // of a function whose labels do not say

	doorways sync.Map // by function: *doorway
	making   sync.Mutex
	made     int
}

func newDoorkeeper(inflight int) *doorkeeper {
	return &doorkeeper{replays: webhook.NewReplays(), inflight: inflight}
}

// doorway is what is before one function.
type doorway struct {
	*door.Doors
	limits *door.Limits
	labels map[string]string // that it was read from
	broken error             // its doors cannot be told
	odd    error             // another label of hark's may be meant for a door

	most   int64        // calls under way
	inside atomic.Int64 // that are
}

func (k *doorkeeper) doorway(f function.Status) *doorway {
	if d := k.known(f); d != nil {
		return d
	}
	k.making.Lock()
	defer k.making.Unlock()
	if d := k.known(f); d != nil { // just now
		return d
	}
	if k.made++; k.made > maxDoorways {
		k.doorways.Clear()
		k.made = 1
	}
	d := &doorway{labels: f.Labels, odd: function.CheckLabels(f.Labels)}
	if d.Doors, d.broken = door.Parse(f.Labels); d.broken == nil {
		d.limits = door.NewLimits(d.Doors)
		d.most = int64(cmp.Or(d.Inflight, k.inflight))
	}
	k.doorways.Store(f.Name, d)
	return d
}

// known is the doorway that was made of the labels that a function has now, or nil.
func (k *doorkeeper) known(f function.Status) *doorway {
	if d, ok := k.doorways.Load(f.Name); ok && maps.Equal(d.(*doorway).labels, f.Labels) {
		return d.(*doorway)
	}
	return nil
}

// shut is why nobody may call at all. What was meant to be a door must not be a
// hole: a misspelt label shuts the public listener.
func (d *doorway) shut(public bool) error {
	if d.broken == nil && public {
		return d.odd
	}
	return d.broken
}

// admit lets a call pass the doors of its function, in the order of what they
// cost. It returns the body for the function; nil without an error is a preflight
// that has been answered.
func (rt *Router) admit(w http.ResponseWriter, r *http.Request, rec *record, f function.Status, public bool) (io.Reader, error) {
	rec.function = f.Name
	d := rt.doorkeeper.doorway(f)
	if err := d.shut(public); err != nil {
		return nil, rec.keepOut(doorLabels, reasonUnreadable, errShut, err)
	}
	rec.origins = d.Origins
	if d.Origins.Preflight(r) {
		return nil, preflight(w, r, rec)
	}
	d.Origins.Allow(w.Header(), r)
	now := rt.Now()
	if wait, ok := d.limits.Client(r.RemoteAddr, now); !ok {
		return nil, rec.limit(w, reasonClient, wait)
	}
	if public && d.Token != "" {
		if err := rt.checkToken(w, r, rec, d); err != nil {
			return nil, err
		}
	}
	var body io.Reader = rec.body
	if d.Webhook != nil {
		signed, err := rt.checkSigned(r, rec, d)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(signed)
	}
	// Counted last: strangers do not use up what is others'.
	if wait, ok := d.limits.Call(now); !ok {
		return nil, rec.limit(w, reasonFunction, wait)
	}
	if d.inside.Add(1) > d.most {
		d.inside.Add(-1)
		return nil, rec.keepOut(doorInflight, reasonFunction, errInflight, nil)
	}
	rec.inside = &d.inside
	return body, nil
}

// preflight answers a browser's question for the function.
func preflight(w http.ResponseWriter, r *http.Request, rec *record) error {
	if !rec.origins.Answer(w.Header(), r) {
		return rec.keepOut(doorCORS, reasonOrigin, errOrigin, nil)
	}
	rec.status = http.StatusNoContent
	rec.body.Settle(w.Header())
	w.WriteHeader(rec.status)
	return nil
}

// checkToken takes a token that is good out of the request: it has done what it
// is for.
func (rt *Router) checkToken(w http.ResponseWriter, r *http.Request, rec *record, d *doorway) error {
	tokens, err := rt.Secrets.Lines(d.Token, rt.Now())
	if err != nil {
		return rec.keepOut(doorToken, reasonSecret, errShut, err)
	}
	token, ok := door.Bearer(r.Header)
	switch {
	case !ok:
		w.Header().Set("WWW-Authenticate", `Bearer realm="hark"`)
		return rec.keepOut(doorToken, reasonMissing, errNoToken, nil)
	case !door.Knows(tokens, token):
		w.Header().Set("WWW-Authenticate", `Bearer realm="hark", error="invalid_token"`)
		return rec.keepOut(doorToken, reasonUnknown, errNoToken, nil)
	}
	r.Header.Del("Authorization")
	return nil
}

// checkSigned returns the verified body of a webhook. Forgeries that their header
// gives away cost no body.
func (rt *Router) checkSigned(r *http.Request, rec *record, d *doorway) ([]byte, error) {
	secrets, err := rt.Secrets.Lines(d.WebhookSecret, rt.Now())
	if err != nil {
		return nil, rec.keepOut(doorWebhook, reasonSecret, errShut, err)
	}
	claim, err := d.Webhook.Read(r.Header, rt.Now())
	if err != nil {
		return nil, rec.unverified(err)
	}
	body, err := rt.hold(rec, r.ContentLength)
	if err != nil {
		return nil, err
	}
	if err := claim.Verify(body, secrets); err != nil {
		return nil, rec.unverified(err)
	}
	rec.forget, err = rt.doorkeeper.replays.Check(claim, rec.function, body, rt.Now())
	if err != nil {
		return nil, rec.unverified(err)
	}
	r.ContentLength = int64(len(body))
	return body, nil
}

// hold reads a body whole.
func (rt *Router) hold(rec *record, announced int64) ([]byte, error) {
	limit := min(rt.MaxBody, maxSigned)
	rec.body.Within(min(signedTime, rt.FunctionTimeout))
	rec.held = held{room: rt.places.signed}
	body, err := rec.held.read(function.Bounded(rec.body, limit), announced)
	if errors.Is(err, errBodies) {
		rec.shed = shedBodies
	}
	return body, err
}

// keepOut notes which door kept a call out, and why. The inside is for the log.
func (r *record) keepOut(door, reason string, err, inside error) error {
	r.door, r.reason = door, reason
	if inside != nil {
		return fmt.Errorf("%w: %v", err, inside) // whose own kind does not count
	}
	return err
}

func (r *record) unverified(err error) error {
	reason := string(webhook.ReasonMalformed)
	var refusal *webhook.Refusal
	if errors.As(err, &refusal) {
		reason = string(refusal.Reason)
	}
	return r.keepOut(doorWebhook, reason, errUnverified, err)
}

func (r *record) limit(w http.ResponseWriter, reason string, wait time.Duration) error {
	w.Header().Set(headerRetryAfter, strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	return r.keepOut(doorRate, reason, errLimited, nil)
}

const headerRetryAfter = "Retry-After"
