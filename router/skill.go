package router

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/crowd"
	"github.com/harkvoice/hark/internal/function"
)

// skill is the straight line: a voice request in, speech out. It returns the
// error that ended the line; from rec.heard on, the listener hears an apology.
func (rt *Router) skill(w http.ResponseWriter, r *http.Request, rec *record) error {
	ctx, cancel := context.WithTimeout(r.Context(), rt.VoiceTimeout)
	defer cancel()

	rec.enter(stageEdge)
	only, err := rt.addressed(r)
	if err != nil {
		return err
	}
	if err := rt.admitArrival(w, r, rec); err != nil {
		return err
	}
	body, err := rt.readEnvelope(ctx, w, r, rec)
	if err != nil {
		return err
	}

	rec.enter(stageVerify)
	signer, err := rt.Verifier.Verify(ctx, r.Header, body)
	if err != nil {
		return err
	}

	rec.enter(stageDecode)
	req, skill, err := rt.decode(body, signer, only)
	if err != nil {
		return err
	}
	rec.heard(req, skill, signer)
	if err := rt.admitVoice(rec); err != nil {
		return err
	}

	rec.enter(stageRoute)
	route, err := skill.Route(rt.Catalogue, req)
	rec.intent = route.Intent
	if err != nil {
		return err
	}

	answer := route.Answer
	switch {
	case route.Observe:
		rt.notify(rec, route, req)
	case route.Function != "":
		rec.enter(stageInvoke)
		stdout, err := rt.invokeVoice(ctx, rec, route, req)
		if err != nil {
			return err
		}

		rec.enter(stageWrap)
		if answer, err = alexa.Wrap(req, stdout); err != nil {
			return err
		}
	}

	rec.enter(stageRespond)
	return rt.respond(w, rec, answer)
}

// skillPath is where a skill is found by its application id; below it, by its
// name.
const skillPath = "/alexa"

// addressed is the skill that the request's address names, or nil if it names none.
func (rt *Router) addressed(r *http.Request) (*intents.Skill, error) {
	name := chi.URLParam(r, "skill")
	if name == "" {
		return nil, nil
	}
	skill := rt.Skills.Named(name)
	if skill == nil {
		return nil, fmt.Errorf("skill %.64q: %w", name, errNoSkill)
	}
	return skill, nil
}

// readEnvelope reads the raw body once, under a limit and the deadline of ctx.
func (rt *Router) readEnvelope(ctx context.Context, w http.ResponseWriter, r *http.Request, rec *record) ([]byte, error) {
	control := http.NewResponseController(w)
	if deadline, ok := ctx.Deadline(); ok {
		_ = control.SetReadDeadline(deadline) // a test's recorder has none
	}
	rec.held = held{room: rt.places.envelopes, free: freeEnvelope}
	body, err := rec.held.read(http.MaxBytesReader(w, r.Body, maxEnvelope), r.ContentLength)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, errBodies):
		w.Header().Set("Connection", "close")
		_ = control.SetReadDeadline(time.Now()) // for the rest of it
		rec.shed = shedBodies
		return nil, crowd.ErrFull
	case errors.As(err, &tooLarge):
		return nil, alexa.Refuse(alexa.ReasonTooLarge, "the request envelope has more than %d bytes", tooLarge.Limit)
	case err != nil:
		w.Header().Set("Connection", "close") // who knows what would come next on it
		return nil, &alexa.Refusal{Reason: alexa.ReasonUnreadable, Err: errCutOff, Inside: err}
	}
	// Were it to pass, the server would take the connection for broken.
	_ = control.SetReadDeadline(time.Time{})
	return body, nil
}

var errCutOff = errors.New("the request envelope did not arrive whole")

// decode reads the verified bytes, checks when they were sent and that it was
// once, and finds the skill that they are for: only, if that is not nil.
func (rt *Router) decode(body []byte, signer alexa.Signer, only *intents.Skill) (*alexa.Request, *intents.Skill, error) {
	req, err := alexa.Decode(body)
	if err != nil {
		return nil, nil, err
	}
	now := rt.Now()
	if err := req.CheckTime(now); err != nil {
		return nil, nil, err
	}
	skill, err := rt.Skills.For(req, only, signer)
	if err != nil {
		return nil, nil, err
	}
	if err := rt.Replays.Check(req, now); err != nil {
		return nil, nil, err
	}
	return req, skill, nil
}

// invoke runs a function for a request.
func (rt *Router) invoke(ctx context.Context, rec *record, inv function.Invocation) (function.Result, error) {
	rec.function, inv.RequestID = inv.Function, rec.id
	return rt.run(ctx, inv)
}

// run runs a function and measures it.
func (rt *Router) run(ctx context.Context, inv function.Invocation) (function.Result, error) {
	start := time.Now()
	result, err := rt.Engine.Invoke(ctx, inv)
	rt.metrics.invocations.WithLabelValues(inv.Function).Observe(time.Since(start).Seconds())
	return result, err
}
