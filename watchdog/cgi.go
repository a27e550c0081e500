package watchdog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"strconv"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/upstream"
)

// takeHead takes the CGI header block off the answer and lets it set status
// and headers of the result (RFC 3875, section 6).
func (a *Answer) takeHead(result *function.Result) error {
	n, status, header, err := parseHead(a.head)
	if err != nil {
		return fmt.Errorf("%w: no CGI header block in the first %d bytes: %w", function.ErrBroken, len(a.head), err)
	}
	a.head, result.Status = a.head[n:], status
	for name, values := range header {
		result.Header[name] = values
	}
	return nil
}

// The refusals of a header block.
var (
	errNoHead     = errors.New("it does not end in an empty line")
	errNoCGIField = errors.New("it has none of Content-Type, Location and Status")
	errStatus     = errors.New("its Status is none from 200 to 599")
)

// parseHead reads the header block at the head of text and returns its length.
// Lines may end in LF or CRLF. Status: 302 is implied by a Location.
func parseHead(text []byte) (n, status int, header http.Header, err error) {
	if n = endOfHead(text); n < 0 {
		return 0, 0, nil, errNoHead
	}
	fields, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(text[:n]))).ReadMIMEHeader()
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, 0, nil, err
	}
	header = http.Header(fields)
	if header.Get("Status") == "" && header.Get("Location") == "" && header.Get("Content-Type") == "" {
		return 0, 0, nil, errNoCGIField
	}
	if status, err = headStatus(header); err != nil {
		return 0, 0, nil, err
	}
	header.Del("Status")
	header.Del("Content-Length") // hark counts what comes
	upstream.DropHopByHop(header)
	return n, status, header, nil
}

func headStatus(header http.Header) (int, error) {
	text := header.Get("Status")
	if text == "" && header.Get("Location") != "" {
		return http.StatusFound, nil
	}
	if text == "" {
		return http.StatusOK, nil
	}
	if len(text) < 3 || len(text) > 3 && text[3] != ' ' {
		return 0, errStatus
	}
	status, err := strconv.Atoi(text[:3])
	if err != nil || status < 200 || status > 599 {
		return 0, errStatus
	}
	return status, nil
}

// endOfHead is where the body begins, after the first empty line, or -1.
func endOfHead(text []byte) int {
	for at := 0; ; {
		line := bytes.IndexByte(text[at:], '\n')
		if line < 0 {
			return -1
		}
		empty := line == 0 || line == 1 && text[at] == '\r'
		at += line + 1
		if empty {
			return at
		}
	}
}
