package router

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/harkvoice/hark/internal/function"
)

// HeaderFunction names the function of a request to "/".
const HeaderFunction = "X-Function"

// function is the shorter line, of generic calls: any method, with path, query
// and body, to the functions that may be called.
func (rt *Router) function(may func(function.Status) bool) handler {
	return func(w http.ResponseWriter, r *http.Request, rec *record) error {
		ctx, cancel := context.WithTimeout(r.Context(), rt.FunctionTimeout)
		defer cancel()

		rec.enter(stageEdge)
		name, path := target(r)
		if r.ContentLength > rt.MaxBody {
			return fmt.Errorf("%w: %d bytes, at most %d are taken", function.ErrInputTooLarge, r.ContentLength, rt.MaxBody)
		}
		// A function may answer while it still reads: both ways at once.
		_ = http.NewResponseController(w).EnableFullDuplex()

		rec.enter(stageLookup)
		if f, ok := rt.Catalogue.Function(name); !ok || !may(f) {
			return fmt.Errorf("function %.64q: %w", name, function.ErrNotFound)
		}

		rec.enter(stageInvoke)
		result, err := rt.invoke(ctx, rec, function.Invocation{
			Function: name,
			Body:     http.MaxBytesReader(w, r.Body, rt.MaxBody),
			HTTP:     function.NewHTTP(r, path),
		})
		if err != nil {
			return err
		}

		rec.enter(stageRespond)
		rec.status = result.Status
		if err := result.Send(w); err != nil {
			return &cutShort{err}
		}
		return nil
	}
}

// target is the function that a request names and the path below it.
func target(r *http.Request) (name, path string) {
	if name = chi.URLParam(r, "name"); name == "" {
		return r.Header.Get(HeaderFunction), r.URL.Path
	}
	return name, strings.TrimPrefix(r.URL.Path, "/function/"+name)
}
