package router

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/openfaas"
)

// Bounds of a request to the operator's API.
const (
	maxRequest  = 1 << 20 // bytes of its body
	requestTime = 10 * time.Second
	applyTime   = time.Minute // for the engine to do it
)

// action is what one method does at one address. Its name goes into the record.
type action struct {
	name    string
	line    handler
	follows bool // for as long as the client wants
}

// system is the operator's API, that of OpenFaaS:
//
//	edge → guard → apply → respond
func (rt *Router) system(mux *chi.Mux) {
	for path, by := range map[string]map[string]action{
		"/system/functions": {
			http.MethodGet: {name: "list", line: rt.list}, http.MethodDelete: {name: "remove", line: rt.remove},
			http.MethodPost: {name: "deploy", line: rt.deploy}, http.MethodPut: {name: "update", line: rt.update},
		},
		"/system/function/{name}":       {http.MethodGet: {name: "describe", line: rt.describe}},
		"/system/scale-function/{name}": {http.MethodPost: {name: "scale", line: rt.scale}},
		"/system/secrets": {
			http.MethodGet: {name: "list-secrets", line: rt.listSecrets}, http.MethodDelete: {name: "remove-secret", line: rt.removeSecret},
			http.MethodPost: {name: "create-secret", line: rt.createSecret}, http.MethodPut: {name: "update-secret", line: rt.updateSecret},
		},
		"/system/logs":       {http.MethodGet: {name: "logs", line: rt.logs, follows: true}},
		"/system/namespaces": {http.MethodGet: {name: "namespaces", line: rt.namespaces}},
		"/system/namespace/*": {
			http.MethodGet: {name: "namespace", line: rt.namespace}, http.MethodDelete: {name: "namespace", line: ends(errNamespaces)},
			http.MethodPost: {name: "namespace", line: ends(errNamespaces)}, http.MethodPut: {name: "namespace", line: ends(errNamespaces)},
		},
		"/system/info":  {http.MethodGet: {name: "info", line: rt.info}},
		"/system/alert": {http.MethodPost: {name: "alert", line: rt.alert}},
		"/system/*":     nil,
	} {
		mux.HandleFunc(path, rt.observe(false, routeSystem, rt.operate(by)))
	}
}

// operate admits a request and does what its method says. What changes something
// is done to its end, whether or not the client waits for it.
func (rt *Router) operate(by map[string]action) handler {
	allowed := strings.Join(slices.Sorted(maps.Keys(by)), ", ")
	return func(w http.ResponseWriter, r *http.Request, rec *record) error {
		rec.enter(stageGuard)
		if err := rt.guard.admit(r); err != nil {
			if errors.Is(err, errUnauthorized) {
				w.Header().Set("WWW-Authenticate", `Basic realm="hark"`)
			}
			return err
		}
		rec.enter(stageEdge)
		if err := rec.take(rt.places.operators.Call(netip.Addr{})); err != nil {
			return err
		}
		act, ok := by[r.Method]
		switch {
		case len(by) == 0:
			return errNoSystem
		case !ok:
			w.Header().Set("Allow", allowed)
			return fmt.Errorf("%w: %s", errSystemMethod, allowed)
		}
		rec.action = act.name
		if act.follows {
			return act.line(w, r, rec)
		}
		ctx := r.Context()
		if r.Method != http.MethodGet {
			ctx = context.WithoutCancel(ctx)
		}
		ctx, cancel := context.WithTimeout(ctx, applyTime)
		defer cancel()
		control, end := http.NewResponseController(w), time.Now().Add(applyTime+requestTime)
		_ = control.SetWriteDeadline(end)
		_ = control.SetReadDeadline(end) // or it would pass meanwhile, and cancel
		err := act.line(w, r.WithContext(ctx), rec)
		if errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, function.ErrEngine) {
			err = fmt.Errorf("%w within %s; look whether it was done: %w", function.ErrEngine, applyTime, err)
		}
		return err
	}
}

// read reads the JSON of a request. The error names the field that is wrong.
func read(w http.ResponseWriter, r *http.Request, rec *record, into any) error {
	rec.body = function.NewBody(w, r, maxRequest)
	rec.body.Within(requestTime)
	text, err := io.ReadAll(rec.body)
	if err != nil {
		return err
	}
	if err := decodeJSON(text, into); err != nil {
		return function.Invalid(err)
	}
	return nil
}

// decodeJSON repeats nothing of the text but names of fields: there may be a
// secret in it.
func decodeJSON(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	if err == nil {
		if _, rest := decoder.Token(); rest != io.EOF {
			return errors.New("the request's body goes on after its JSON object")
		}
		return nil
	}
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("the request has no body: it takes a JSON object")
	case errors.As(err, &kind):
		got, _, _ := strings.Cut(kind.Value, " ") // without the value
		if kind.Field == "" {
			return fmt.Errorf("the request's body is a JSON %s: it takes an object", got)
		}
		return fmt.Errorf("field %s: want %s, not a JSON %s", clip(oneLine(kind.Field), 80), wanted(kind.Type.String()), got)
	case errors.As(err, &syntax):
		return fmt.Errorf("the request's body is no JSON: it is wrong at byte %d", syntax.Offset)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the request's body is no JSON: it ends in the midst of it")
	}
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("there is no field %s", clip(oneLine(field), 80))
	}
	return errors.New("the request's body cannot be read: where bytes are wanted, they come as base64")
}

// wanted names a type of Go's for those who write JSON.
func wanted(kind string) string {
	switch {
	case kind == "string", kind == "bool":
		return "a " + kind
	case strings.HasPrefix(kind, "uint"):
		return "a whole number from 0 on"
	case kind == "[]uint8":
		return "a string, of base64"
	case strings.HasPrefix(kind, "[]"):
		return "an array of strings"
	}
	return "an object"
}

// answer writes a JSON answer.
func answer(w http.ResponseWriter, rec *record, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	return accept(w, rec, http.StatusOK, append(text, '\n')...)
}

// accept writes an answer that says all by its status.
func accept(w http.ResponseWriter, rec *record, status int, body ...byte) error {
	rec.enter(stageRespond)
	rec.status = status
	if rec.body != nil {
		rec.body.Settle(w.Header())
	}
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		return &cutShort{err}
	}
	return nil
}

// subject is the function that a request is about, which may be named with its
// namespace.
func subject(rec *record, field, name string, namespaces ...string) (string, error) {
	name, space, _ := strings.Cut(name, ".")
	if name == "" {
		return "", function.Invalid(fmt.Errorf("%s is missing: it names the function", field))
	}
	if err := inNamespace(append(namespaces, space)...); err != nil {
		return "", err
	}
	if err := function.CheckName(name); err != nil {
		return "", function.Invalid(err)
	}
	rec.function = name
	return name, nil
}

// known is subject for a function that there is, which may be named without the
// prefix of its stack.
func (rt *Router) known(rec *record, field, name string, namespaces ...string) (string, error) {
	name, err := subject(rec, field, name, namespaces...)
	if f, ok := rt.Catalogue.Function(name); err == nil && ok {
		name, rec.function = f.Name, f.Name
	}
	return name, err
}

func inNamespace(names ...string) error {
	for _, name := range names {
		if name != "" && name != openfaas.Namespace {
			return function.Invalid(fmt.Errorf("there is no namespace %.64q: there is one only, %s", name, openfaas.Namespace))
		}
	}
	return nil
}

func (rt *Router) namespaces(w http.ResponseWriter, _ *http.Request, rec *record) error {
	return answer(w, rec, []string{openfaas.Namespace})
}

func (rt *Router) namespace(w http.ResponseWriter, r *http.Request, rec *record) error {
	if name := chi.URLParam(r, "*"); name != openfaas.Namespace {
		return fmt.Errorf("%w, not %.64q", errNoNamespace, name)
	}
	return answer(w, rec, map[string]string{"name": openfaas.Namespace})
}

func (rt *Router) info(w http.ResponseWriter, _ *http.Request, rec *record) error {
	version := openfaas.Version{Release: rt.Release, SHA: rt.Commit}
	return answer(w, rec, openfaas.Info{
		Provider: openfaas.Provider{Provider: "hark", Version: version, Orchestration: rt.EngineName},
		Version:  version,
		Arch:     runtime.GOARCH,
	})
}

// alert takes what Prometheus says to OpenFaaS. hark scales by itself.
func (rt *Router) alert(w http.ResponseWriter, _ *http.Request, rec *record) error {
	return accept(w, rec, http.StatusOK)
}
