package function

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// Result is the answer of a function. Body must be closed; closing it early
// ends the function. A Body that ends with an error other than io.EOF was cut
// short and must not be passed on as whole. The Body of an answer with status
// 101 is an io.ReadWriteCloser, the connection that the request asked for; if
// it has a method CloseWrite() error, that ends one way of it.
type Result struct {
	// Status is the HTTP status, 200 unless the function chose another.
	Status int
	Header http.Header
	Body   io.ReadCloser
	// Until ends the connection of an answer with status 101; nil never does.
	Until context.Context
}

// OnClose has f called after Body was closed, besides what is called already.
func (r *Result) OnClose(f func()) {
	f = sync.OnceFunc(f) // a Body may be closed again
	if both, ok := r.Body.(io.ReadWriteCloser); ok {
		r.Body = &closingBoth{both, f}
		return
	}
	r.Body = &closing{r.Body, f}
}

type closing struct {
	io.ReadCloser
	then func()
}

func (c *closing) Close() error { defer c.then(); return c.ReadCloser.Close() }

type closingBoth struct {
	io.ReadWriteCloser
	then func()
}

func (c *closingBoth) Close() error      { defer c.then(); return c.ReadWriteCloser.Close() }
func (c *closingBoth) CloseWrite() error { return closeWrite(c.ReadWriteCloser) }

// Send writes the answer to w and closes it. An answer whose length is known
// (Content-Length) is written in large parts, any other as it comes. An error
// means that the answer was cut short: the caller must not let it pass for
// whole, and ends the connection by http.ErrAbortHandler.
func (r Result) Send(w http.ResponseWriter) error {
	defer r.Body.Close()
	for name, values := range r.Header {
		w.Header()[name] = values
	}
	if r.Status == http.StatusSwitchingProtocols {
		return r.join(w)
	}
	if r.Status != 0 {
		w.WriteHeader(r.Status)
	}
	flush := http.NewResponseController(w).Flush
	streams := w.Header().Get("Content-Length") == ""
	if streams && r.Status != 0 {
		_ = flush() // a client may wait for the header before it sends more
	}
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	for {
		n, err := r.Body.Read(*buffer)
		if n > 0 {
			if failed := write(w, (*buffer)[:n]); failed != nil {
				return failed
			}
		}
		if errors.Is(err, io.EOF) {
			if !streams {
				_ = flush() // the answer is on its way before Body is closed
			}
			return nil
		}
		if err != nil {
			return err
		}
		if streams { // perhaps slowly: do not sit on it
			_ = flush()
		}
	}
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 16<<10); return &b }}

func write(w io.Writer, part []byte) error {
	_, err := w.Write(part)
	if errors.Is(err, http.ErrBodyNotAllowed) { // its status has none: so it is left out
		return nil
	}
	return err
}

// join connects the client with what the function has made of the connection,
// until the function ends it, or the client without closing it by halves.
func (r Result) join(w http.ResponseWriter) error {
	function, ok := r.Body.(io.ReadWriter)
	if !ok {
		return errors.New("a connection that goes one way only cannot be another protocol's")
	}
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return fmt.Errorf("the client's connection cannot change its protocol: %w", err)
	}
	defer client.Close()
	if r.Until != nil {
		defer context.AfterFunc(r.Until, func() { client.Close(); r.Body.Close() })()
	}
	fmt.Fprintf(buffered, "HTTP/1.1 %d %s\r\n", r.Status, http.StatusText(r.Status))
	_ = w.Header().Write(buffered)
	_, _ = buffered.WriteString("\r\n")
	if err := buffered.Flush(); err != nil {
		return err
	}
	var hearing sync.WaitGroup
	hearing.Go(func() { // who has said all there is to say may still listen
		if _, err := io.Copy(function, buffered); err != nil || closeWrite(function) != nil {
			r.Body.Close()
		}
	})
	_, _ = io.Copy(client, function) // when the function has ended, nobody is left to talk to
	client.Close()
	r.Body.Close()
	hearing.Wait()
	return nil
}

// closeWrite ends one way of a connection, whose other way may go on.
func closeWrite(conn any) error {
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}
