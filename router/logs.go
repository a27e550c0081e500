package router

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/openfaas"
)

// logs writes a function's log, one JSON object a line, each as it comes. It ends
// when the client goes, or hark.
func (rt *Router) logs(w http.ResponseWriter, r *http.Request, rec *record) error {
	query, err := rt.logQuery(rec, r.URL.Query())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(rt.Until, cancel)()

	rec.enter(stageApply)
	lines, err := rt.Engine.Logs(ctx, query)
	if err != nil {
		return err
	}

	rec.enter(stageRespond)
	w.Header().Set("Content-Type", "application/x-ndjson")
	rec.status = http.StatusOK
	w.WriteHeader(http.StatusOK)
	out := newLineWriter(w)
	for line, err := range lines {
		if err == nil {
			err = out.write(line)
		}
		if err != nil && ctx.Err() == nil {
			return &cutShort{err}
		}
		if err != nil {
			return nil
		}
	}
	return nil
}

// lineWriter writes log lines to a client who may wait for long, but must not let
// one wait.
type lineWriter struct {
	control *http.ResponseController
	encoder *json.Encoder
}

func newLineWriter(w http.ResponseWriter) lineWriter {
	l := lineWriter{http.NewResponseController(w), json.NewEncoder(w)}
	l.encoder.SetEscapeHTML(false)
	_ = l.control.SetWriteDeadline(time.Time{}) // the server's are for short answers
	_ = l.control.SetReadDeadline(time.Time{})
	_ = l.control.Flush()
	return l
}

func (l lineWriter) write(line function.LogLine) error {
	_ = l.control.SetWriteDeadline(time.Now().Add(requestTime))
	err := l.encoder.Encode(openfaas.LogLine{
		Name: line.Name, Namespace: openfaas.Namespace, Instance: line.Instance, Timestamp: line.Time, Text: line.Text,
	})
	if err == nil {
		err = l.control.Flush()
	}
	_ = l.control.SetWriteDeadline(time.Time{})
	return err
}

func (rt *Router) logQuery(rec *record, from url.Values) (q function.LogQuery, err error) {
	if q.Name, err = rt.known(rec, "name=", from.Get("name"), from.Get("namespace")); err != nil {
		return q, err
	}
	q.Instance = from.Get("instance")
	if text := from.Get("since"); text != "" {
		if q.Since, err = time.Parse(time.RFC3339, text); err != nil {
			return q, function.Invalid(fmt.Errorf("since=%.40q is no time such as 2026-01-31T15:04:05Z", text))
		}
	}
	if text := from.Get("tail"); text != "" {
		if q.Tail, err = strconv.Atoi(text); err != nil {
			return q, function.Invalid(fmt.Errorf("tail=%.40q is no number of lines", text))
		}
		q.Tail = max(q.Tail, 0) // faas-cli says -1 for all
	}
	if text := from.Get("follow"); text != "" {
		if q.Follow, err = strconv.ParseBool(text); err != nil {
			return q, function.Invalid(fmt.Errorf("follow=%.40q is neither true nor false", text))
		}
	}
	return q, nil
}
