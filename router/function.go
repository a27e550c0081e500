package router

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/openfaas"
)

// HeaderFunction names the function of a request to "/".
const HeaderFunction = "X-Function"

// function is the shorter line, of generic calls: any method, with path, query
// and body, to the functions that may be called: on the public listener, those
// that are labelled so.
func (rt *Router) function(public bool) handler {
	return func(w http.ResponseWriter, r *http.Request, rec *record) error {
		ctx, cancel := context.WithTimeout(r.Context(), rt.FunctionTimeout)
		defer cancel()

		rec.enter(stageEdge)
		tellCall(w.Header(), rec)
		name, path := target(r)
		if r.ContentLength > rt.MaxBody {
			return fmt.Errorf("%w: %d bytes, at most %d are taken", function.ErrInputTooLarge, r.ContentLength, rt.MaxBody)
		}
		rec.body = function.NewBody(w, r, rt.MaxBody)
		if err := rt.admitCall(r, rec, public); err != nil {
			return err
		}

		rec.enter(stageLookup)
		f, ok := rt.lookup(name)
		if !ok || public && !f.Public() {
			return fmt.Errorf("function %.64q: %w", name, function.ErrNotFound)
		}

		rec.enter(stageDoors)
		body, err := rt.admit(w, r, rec, f, public)
		if err != nil || body == nil {
			return err
		}

		rec.enter(stageInvoke)
		defer rt.metrics.invocations.begin(f.Name)()
		result, err := rt.invoke(ctx, rec, function.Invocation{
			Function: f.Name,
			Body:     body,
			HTTP:     function.NewHTTP(r, path),
			Trace:    rec.passOn(r.Header),
		})
		if err != nil {
			return err
		}

		rec.enter(stageRespond)
		rec.status = result.Status
		rec.origins.Rule(result.Header)
		rec.body.Settle(w.Header())
		if err := rec.counted(result).Send(w); err != nil {
			return &cutShort{err}
		}
		return nil
	}
}

// passOn has a header say where a call of a function stands: in the trace of the
// request, if it has one.
func (r *record) passOn(h http.Header) function.Trace {
	r.trace.Context().Set(h)
	return function.TraceOf(h)
}

// tellCall tells what OpenFaaS tells of a call: its id, which is the request's,
// and when it began, in nanoseconds since 1970.
func tellCall(h http.Header, rec *record) {
	h[headerCallID] = h[function.HeaderRequestID]
	h[headerStartTime] = []string{strconv.FormatInt(rec.start.UnixNano(), 10)}
}

const headerCallID, headerStartTime = "X-Call-Id", "X-Start-Time"

// lookup finds a function by its name, or by that and the namespace.
func (rt *Router) lookup(name string) (function.Status, bool) {
	f, ok := rt.Catalogue.Function(name)
	if ok {
		return f, true
	}
	plain, _ := strings.CutSuffix(name, "."+openfaas.Namespace)
	return rt.Catalogue.Function(plain)
}

// functionPath is what the paths of functions start with.
const functionPath = "/function/"

// target is the function that a request names and the path below it, with its
// escapes: an escaped slash is no slash, and no part of a name.
func target(r *http.Request) (name, path string) {
	whole := r.URL.EscapedPath()
	below, ok := strings.CutPrefix(whole, functionPath)
	if !ok {
		return r.Header.Get(HeaderFunction), whole
	}
	name, _, _ = strings.Cut(below, "/")
	path = below[len(name):]
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	return name, path
}
