package lambda

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// maxPrelude is the longest prelude in bytes, without what ends it.
const maxPrelude = 64 << 10

// preludeEnd separates the prelude from the body. No JSON has a NUL in it.
var preludeEnd = make([]byte, 8)

var errPreludeEnd = fmt.Errorf("the answer has no end of its prelude within %d bytes", maxPrelude)

// splitPrelude reads a prelude, and what of the body came along with it.
func splitPrelude(from io.Reader) (head, rest []byte, err error) {
	buffer := make([]byte, 0, 4<<10)
	for {
		buffer = slices.Grow(buffer, 1<<10)
		n, err := from.Read(buffer[len(buffer):cap(buffer)])
		seen := max(0, len(buffer)-len(preludeEnd)+1)
		buffer = buffer[:len(buffer)+n]
		if at := bytes.Index(buffer[seen:], preludeEnd); at >= 0 {
			if at += seen; at > maxPrelude {
				return nil, nil, errPreludeEnd
			}
			return buffer[:at], buffer[at+len(preludeEnd):], nil
		}
		switch {
		case errors.Is(err, io.EOF), len(buffer) > maxPrelude+len(preludeEnd):
			return nil, nil, errPreludeEnd
		case err != nil:
			return nil, nil, err
		}
	}
}

// prelude is the status and header of an answer. API Gateway reads
// multiValueHeaders, function URLs the rest.
type prelude struct {
	Status  scalar              `json:"statusCode"`
	Headers map[string]scalar   `json:"headers"`
	Multi   map[string][]scalar `json:"multiValueHeaders"`
	Cookies []scalar            `json:"cookies"`
}

// scalar is a string, or a number or boolean as it is written: JavaScript makes
// numbers of many a header. Null is the empty string.
type scalar string

// UnmarshalJSON refuses lists and objects.
func (s *scalar) UnmarshalJSON(text []byte) error {
	switch text[0] {
	case '"':
		return json.Unmarshal(text, (*string)(s))
	case '[', '{':
		return fmt.Errorf("a status, header or cookie is a string, not %.20s", text)
	case 'n':
		return nil
	}
	*s = scalar(text)
	return nil
}

// parsePrelude returns an error for what is not one JSON object, and for a
// status or header that no answer can have.
func parsePrelude(text []byte) (status int, h http.Header, err error) {
	var p prelude
	if err := json.Unmarshal(text, &p); err != nil {
		return 0, nil, fmt.Errorf("its prelude: %w", err)
	}
	if text = bytes.TrimSpace(text); text[0] != '{' {
		return 0, nil, errors.New("its prelude is no JSON object")
	}
	status = http.StatusOK
	if p.Status != "" {
		// 1xx announce an answer, and are none.
		if status, err = strconv.Atoi(string(p.Status)); err != nil || status < 200 || status > 599 {
			return 0, nil, fmt.Errorf("its prelude has the status %.20q", p.Status)
		}
	}
	h, err = p.header()
	return status, h, err
}

func (p *prelude) header() (http.Header, error) {
	h := http.Header{}
	for _, name := range slices.Sorted(maps.Keys(p.Headers)) {
		if err := add(h, name, p.Headers[name]); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Multi)) {
		if err := add(h, name, p.Multi[name]...); err != nil {
			return nil, err
		}
	}
	if err := add(h, "Set-Cookie", p.Cookies...); err != nil {
		return nil, err
	}
	return h, nil
}

func add(h http.Header, name string, values ...scalar) error {
	if !validName(name) {
		return fmt.Errorf("its prelude has a header named %.40q", name)
	}
	name = http.CanonicalHeaderKey(name)
	if hopByHop(name) {
		return nil
	}
	for _, value := range values {
		if !validValue(string(value)) {
			return fmt.Errorf("its prelude has a line end or the like in %s", name)
		}
		h[name] = append(h[name], string(value))
	}
	return nil
}
