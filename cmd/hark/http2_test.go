package main

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/harkvoice/hark/alexa/alexatest"
)

// Over HTTP/2, streams of one connection have the same bounds, and the connection
// that is for nothing else goes too.
func TestServer_EndsWithSlowStreams(t *testing.T) {
	for name, c := range map[string]struct {
		path   string
		window uint32 // of what the client takes
		header bool   // to its end
		within time.Duration
	}{
		"an answer that nobody takes": {"/much", 0, true, 65 * time.Second},
		"a body that nobody wants":    {"/unwanted", 1 << 16, true, lingerTime},
		"a body that is read":         {"/read", 1 << 16, true, 70 * time.Second},
		"half a header":               {"/much", 1 << 16, false, 2 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := slowTLS(t)
				begun := time.Now()
				f := beginHTTP2(t, client, c.window)
				ask(t, f, c.path, c.header)
				_ = client.SetReadDeadline(begun.Add(time.Hour))
				for {
					frame, err := f.ReadFrame()
					if err != nil || over(frame) {
						break
					}
				}
				if took := time.Since(begun); took > c.within+time.Second {
					t.Errorf("it was there for %s, want at most %s", took, c.within)
				}
			})
		})
	}
}

// over reports whether a frame ends the stream or the connection.
func over(f http2.Frame) bool {
	switch f := f.(type) {
	case *http2.RSTStreamFrame, *http2.GoAwayFrame:
		return true
	case *http2.DataFrame:
		return f.StreamEnded()
	case *http2.HeadersFrame:
		return f.StreamEnded()
	}
	return false
}

// beginHTTP2 begins a connection by a client that takes that much of an answer.
func beginHTTP2(t *testing.T, c net.Conn, window uint32) *http2.Framer {
	t.Helper()
	if _, err := io.WriteString(c, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	f := http2.NewFramer(c, c)
	if err := f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: window}); err != nil {
		t.Fatal(err)
	}
	return f
}

// ask sends a request whose body does not end.
func ask(t *testing.T, f *http2.Framer, path string, whole bool) {
	t.Helper()
	var header bytes.Buffer
	e := hpack.NewEncoder(&header)
	for _, h := range [][2]string{{":method", "POST"}, {":scheme", "https"}, {":authority", "x"}, {":path", path}, {"content-length", "1000"}} {
		if err := e.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: header.Bytes(), EndHeaders: whole}); err != nil {
		t.Fatal(err)
	}
}

// slowTLS is slowServer over TLS, with HTTP/2.
func slowTLS(t *testing.T) net.Conn {
	t.Helper()
	authority, err := alexatest.New()
	if err != nil {
		t.Fatal(err)
	}
	pair, err := authority.ServerCertificate("x")
	if err != nil {
		t.Fatal(err)
	}
	client := tls.Client(slowServer(t, &tls.Config{Certificates: []tls.Certificate{pair}}), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	if err := client.Handshake(); err != nil {
		t.Fatal(err)
	}
	if got := client.ConnectionState().NegotiatedProtocol; got != "h2" {
		t.Fatalf("negotiated %q", got)
	}
	return client
}
