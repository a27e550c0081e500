package drain

import "net/http"

// Handler is h whose answers say that they are the last on their connection, once
// the door is about to be shut.
func (d *Door) Handler(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last := &lastWords{ResponseWriter: w, door: d}
		h.ServeHTTP(last, r)
		last.say() // of an answer that has nothing in it
	})
}

// lastWords decides when an answer begins: it may have taken long.
type lastWords struct {
	http.ResponseWriter
	door *Door
	said bool
}

// WriteHeader implements http.ResponseWriter.
func (w *lastWords) WriteHeader(status int) {
	if status >= http.StatusOK {
		w.say()
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements io.Writer.
func (w *lastWords) Write(part []byte) (int, error) {
	w.say()
	return w.ResponseWriter.Write(part)
}

// FlushError is for http.ResponseController, and begins the answer too.
func (w *lastWords) FlushError() error {
	w.say()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap is for http.ResponseController.
func (w *lastWords) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// say has HTTP/1 end the connection, and HTTP/2 take no further requests on it.
func (w *lastWords) say() {
	if !w.said && w.door.leaving.Load() {
		w.Header().Set("Connection", "close")
	}
	w.said = true
}
