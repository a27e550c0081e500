package drain

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestHandler_SaysThatAnAnswerIsTheLast(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"nothing":  func(http.ResponseWriter, *http.Request) {},
		"a body":   func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "x") },
		"a status": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"a flush":  func(w http.ResponseWriter, _ *http.Request) { _ = http.NewResponseController(w).Flush() },
	} {
		door := &Door{}
		for _, leaving := range []bool{false, true} {
			door.leaving.Store(leaving)
			w := httptest.NewRecorder()
			door.Handler(answer).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
			if said := w.Result().Header.Get("Connection") == "close"; said != leaving {
				t.Errorf("%s, leaving %t: said %t", name, leaving, said)
			}
		}
	}
}

// An answer that takes long learns of the end before it begins.
func TestStop_EndsTheConnectionOfARequestUnderWay(t *testing.T) {
	door, err := Open("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	begun, goOn := make(chan struct{}), make(chan struct{})
	server := &http.Server{ConnState: door.Note, Handler: door.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-goOn
		_, _ = io.WriteString(w, "done")
	}))}
	served := make(chan error, 1)
	go func() { served <- server.Serve(door) }()
	answered := make(chan *http.Response, 1)
	go func() {
		resp, err := http.Get("http://" + door.Addr().String())
		if err != nil {
			t.Error(err)
		}
		answered <- resp
	}()
	<-begun
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		door.Stop(t.Context(), server)
	}()
	<-served
	select {
	case <-stopped:
		t.Error("it has stopped during a request")
	case <-time.After(20 * time.Millisecond):
	}
	close(goOn)
	resp := <-answered
	if resp == nil || !resp.Close {
		t.Fatal("the answer does not say that it is the last")
	}
	if text, err := io.ReadAll(resp.Body); string(text) != "done" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	resp.Body.Close()
	<-stopped
}

// Who takes longer than there is time is cut off.
func TestStop_EndsWithItsTime(t *testing.T) {
	door, err := Open("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	begun, until := make(chan struct{}), make(chan struct{})
	server := &http.Server{ConnState: door.Note, Handler: door.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(begun)
		<-until
	}))}
	go func() { _ = server.Serve(door) }()
	failed := make(chan error, 1)
	go func() {
		_, err := http.Get("http://" + door.Addr().String())
		failed <- err
	}()
	<-begun
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	door.Stop(ctx, server)
	if err := <-failed; err == nil {
		t.Error("it was answered")
	}
	close(until)
}
