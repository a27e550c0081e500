package device

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"time"
)

// maxDirective bounds what is read of a directive.
const maxDirective = 64 << 10

// Directives stands in for the part of Alexa's API by which a skill speaks while
// its answer is being made. It listens on loopback.
type Directives struct {
	// Endpoint and Token are for the envelopes: where it is, and what it asks for.
	Endpoint, Token string

	server *http.Server
}

// ListenDirectives calls heard with the speech of each directive, from one
// goroutine at a time, until Close.
func ListenDirectives(heard func(speech string)) (*Directives, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d := &Directives{Endpoint: "http://" + listener.Addr().String(), Token: "hark-development-" + uuid()}
	one := make(chan struct{}, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/directives", func(w http.ResponseWriter, r *http.Request) {
		speech, status := d.read(r)
		if status == http.StatusNoContent {
			one <- struct{}{}
			heard(speech)
			<-one
		}
		w.WriteHeader(status)
	})
	d.server = &http.Server{Handler: mux, ReadTimeout: patience, WriteTimeout: patience}
	go func() { _ = d.server.Serve(listener) }() // ends with Close
	return d, nil
}

// read is strict: what Alexa would not take shall not seem to work.
func (d *Directives) read(r *http.Request) (speech string, status int) {
	if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+d.Token)) == 0 {
		return "", http.StatusUnauthorized
	}
	var sent struct {
		Header    struct{ RequestID string }
		Directive struct{ Type, Speech string }
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, maxDirective)).Decode(&sent); err != nil || sent.Header.RequestID == "" || sent.Directive.Type != "VoicePlayer.Speak" {
		return "", http.StatusBadRequest
	}
	return sent.Directive.Speech, http.StatusNoContent
}

// Close returns when nothing is heard any more.
func (d *Directives) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if d.server.Shutdown(ctx) != nil {
		_ = d.server.Close()
	}
}
