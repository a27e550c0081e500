package router

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/openfaas"
)

func (rt *Router) list(w http.ResponseWriter, r *http.Request, rec *record) error {
	if err := inNamespace(r.URL.Query().Get("namespace")); err != nil {
		return err
	}
	rec.enter(stageApply)
	all, err := rt.Engine.List(r.Context())
	if err != nil {
		return err
	}
	counts := rt.metrics.invocations.total()
	told := make([]openfaas.Status, len(all))
	for i, f := range all {
		told[i] = openfaas.StatusOf(f, counts[f.Name])
	}
	return answer(w, rec, told)
}

func (rt *Router) describe(w http.ResponseWriter, r *http.Request, rec *record) error {
	name, err := rt.known(rec, "the path", chi.URLParam(r, "name"), r.URL.Query().Get("namespace"))
	if err != nil {
		return err
	}
	rec.enter(stageApply)
	f, err := rt.Engine.Describe(r.Context(), name)
	if err != nil {
		return err
	}
	return answer(w, rec, openfaas.StatusOf(f, rt.metrics.invocations.total()[name]))
}

func (rt *Router) deploy(w http.ResponseWriter, r *http.Request, rec *record) error {
	spec, err := rt.declared(w, r, rec)
	if err != nil {
		return err
	}
	rec.enter(stageApply)
	if err := rt.put(r, spec); err != nil {
		return err
	}
	return accept(w, rec, http.StatusAccepted)
}

// update is deploy for what is there: faas-cli goes by the 404.
func (rt *Router) update(w http.ResponseWriter, r *http.Request, rec *record) error {
	spec, err := rt.declared(w, r, rec)
	if err != nil {
		return err
	}
	rec.enter(stageApply)
	if _, err := rt.Engine.Describe(r.Context(), spec.Name); err != nil {
		return err
	}
	if err := rt.put(r, spec); err != nil {
		return err
	}
	return accept(w, rec, http.StatusOK)
}

// put deploys a function unless another one answers the same, or its doors would
// stay shut.
func (rt *Router) put(r *http.Request, spec function.Spec) error {
	if err := rt.Catalogue.Clash(function.Status{Spec: spec}); err != nil {
		return err
	}
	if err := rt.Secrets.Check(spec.Labels, rt.Now()); err != nil {
		return function.Invalid(err)
	}
	return rt.Engine.Deploy(r.Context(), spec)
}

// declared reads the function that a request declares.
func (rt *Router) declared(w http.ResponseWriter, r *http.Request, rec *record) (function.Spec, error) {
	var d openfaas.Deployment
	if err := read(w, r, rec, &d); err != nil {
		return function.Spec{}, err
	}
	name, err := subject(rec, "field service", d.Service, d.Namespace, r.URL.Query().Get("namespace"))
	if err != nil {
		return function.Spec{}, err
	}
	d.Service = name
	spec := d.Spec()
	return spec, checkSpec(spec)
}

// checkSpec refuses what no engine could pass on.
func checkSpec(spec function.Spec) error {
	for field, pairs := range map[string]map[string]string{"envVars": spec.Environment, "labels": spec.Labels, "annotations": spec.Annotations} {
		for _, key := range slices.Sorted(maps.Keys(pairs)) {
			if key == "" || strings.ContainsAny(key, "=\x00") {
				return function.Invalid(fmt.Errorf("field %s: %.64q is no name: it is empty or has a = or a zero byte", field, key))
			}
			if strings.Contains(pairs[key], "\x00") {
				return function.Invalid(fmt.Errorf("field %s: the value of %.64q has a zero byte", field, key))
			}
		}
	}
	for _, secret := range spec.Secrets {
		if err := function.CheckSecret(secret); err != nil {
			return err
		}
	}
	return nil
}

func (rt *Router) remove(w http.ResponseWriter, r *http.Request, rec *record) error {
	var removal openfaas.Removal
	if err := read(w, r, rec, &removal); err != nil {
		return err
	}
	name, err := rt.known(rec, "field functionName", removal.FunctionName, removal.Namespace, r.URL.Query().Get("namespace"))
	if err != nil {
		return err
	}
	rec.enter(stageApply)
	if err := rt.Engine.Remove(r.Context(), name); err != nil {
		return err
	}
	return accept(w, rec, http.StatusAccepted)
}

func (rt *Router) scale(w http.ResponseWriter, r *http.Request, rec *record) error {
	var scaling struct {
		openfaas.Scaling
		Replicas *uint64 `json:"replicas"` // forgotten, it must not be none
	}
	if err := read(w, r, rec, &scaling); err != nil {
		return err
	}
	name, err := rt.known(rec, "the path", chi.URLParam(r, "name"), scaling.Namespace, r.URL.Query().Get("namespace"))
	if err != nil {
		return err
	}
	named, _, _ := strings.Cut(scaling.ServiceName, ".")
	switch {
	case named != "" && named != name:
		return function.Invalid(fmt.Errorf("the path names %s, field serviceName %.64q", name, named))
	case scaling.Replicas == nil:
		return function.Invalid(fmt.Errorf("field replicas is missing: say how many, 0 is none"))
	case *scaling.Replicas > function.MaxReplicas:
		return function.Invalid(fmt.Errorf("field replicas: %d are more than the %d that are allowed", *scaling.Replicas, function.MaxReplicas))
	}
	rec.enter(stageApply)
	if err := rt.Engine.Scale(r.Context(), name, *scaling.Replicas); err != nil {
		return err
	}
	return accept(w, rec, http.StatusAccepted)
}
