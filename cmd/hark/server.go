package main

import (
	"errors"
	"log/slog"
	"net/http"
	"time"
)

const (
	// graceTime is what is left to a client beyond what a request may take.
	graceTime = 5 * time.Second
	// lingerTime is that of function.Body.
	lingerTime = 500 * time.Millisecond
)

// server answers slow clients for so long and no longer: headers, and before them
// the TLS handshake, in graceTime; bodies as their handlers say, which is less than
// ReadTimeout.
func (g *gateway) server(h http.Handler) *http.Server {
	longest := max(g.settings.VoiceTimeout, g.settings.FunctionTimeout) + graceTime // to say that it took too long
	return &http.Server{
		Handler:           unread(h),
		ReadHeaderTimeout: graceTime,
		ReadTimeout:       longest + graceTime, // it starts earlier, and cancels who is under way
		WriteTimeout:      longest,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(g.log.Handler(), slog.LevelDebug), // other people's broken connections
	}
}

// unread bounds the time for what a handler has left of a body: the server reads
// on, so as to keep the connection, and without a bound would wait for ever.
func unread(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r)
		if r.Body != http.NoBody {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(lingerTime)) // until the next request
		}
	})
}

// served takes the end that was asked for as none.
func served(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
