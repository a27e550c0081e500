package router

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/openfaas"
)

func (rt *Router) listSecrets(w http.ResponseWriter, r *http.Request, rec *record) error {
	if err := inNamespace(r.URL.Query().Get("namespace")); err != nil {
		return err
	}
	rec.enter(stageApply)
	names, err := rt.Engine.Secrets(r.Context())
	if err != nil {
		return err
	}
	secrets := make([]openfaas.Secret, len(names))
	for i, name := range names {
		secrets[i] = openfaas.Secret{Name: name, Namespace: openfaas.Namespace}
	}
	return answer(w, rec, secrets)
}

func (rt *Router) createSecret(w http.ResponseWriter, r *http.Request, rec *record) error {
	return rt.putSecret(w, r, rec, true)
}

func (rt *Router) updateSecret(w http.ResponseWriter, r *http.Request, rec *record) error {
	return rt.putSecret(w, r, rec, false)
}

func (rt *Router) putSecret(w http.ResponseWriter, r *http.Request, rec *record, create bool) error {
	secret, err := readSecret(w, r, rec)
	if err != nil {
		return err
	}
	value := secret.RawValue
	if len(value) == 0 {
		value = []byte(secret.Value)
	}
	switch {
	case len(value) == 0:
		return function.Invalid(errors.New("the secret has no value: set the field value, or rawValue in base64"))
	case len(value) > function.MaxSecret:
		return function.Invalid(fmt.Errorf("the secret has %d bytes, at most %d are allowed", len(value), function.MaxSecret))
	}
	rec.enter(stageApply)
	if err := rt.Engine.PutSecret(r.Context(), secret.Name, value, create); err != nil {
		return err
	}
	if create {
		return accept(w, rec, http.StatusCreated)
	}
	return accept(w, rec, http.StatusOK)
}

func (rt *Router) removeSecret(w http.ResponseWriter, r *http.Request, rec *record) error {
	secret, err := readSecret(w, r, rec)
	if err != nil {
		return err
	}
	rec.enter(stageApply)
	if err := rt.Engine.RemoveSecret(r.Context(), secret.Name); err != nil {
		return err
	}
	return accept(w, rec, http.StatusOK) // faas-cli takes 204 for a failure
}

// readSecret reads the secret that a request is about. Its value goes to the
// engine and nowhere else.
func readSecret(w http.ResponseWriter, r *http.Request, rec *record) (secret openfaas.Secret, err error) {
	if err := read(w, r, rec, &secret); err != nil {
		return secret, err
	}
	if err := inNamespace(secret.Namespace, r.URL.Query().Get("namespace")); err != nil {
		return secret, err
	}
	if secret.Name == "" {
		return secret, function.Invalid(errors.New("field name is missing: it names the secret"))
	}
	if err := function.CheckSecret(secret.Name); err != nil {
		return secret, err
	}
	rec.secret = secret.Name
	return secret, nil
}
