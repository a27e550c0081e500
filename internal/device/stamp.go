package device

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Stamp makes a stored request envelope one that was not sent before: dated
// now, with a fresh id. It leaves everything else in it as it is.
func Stamp(envelope []byte, now time.Time) ([]byte, error) {
	var whole, request map[string]json.RawMessage
	if err := json.Unmarshal(envelope, &whole); err != nil {
		return nil, fmt.Errorf("not a request envelope: %w", err)
	}
	if err := json.Unmarshal(whole["request"], &request); err != nil || request == nil {
		return nil, errors.New(`not a request envelope: it has no object "request"`)
	}
	var err error
	if request["timestamp"], err = encode(now.UTC().Format(time.RFC3339)); err != nil {
		return nil, err
	}
	if request["requestId"], err = encode(requestID()); err != nil {
		return nil, err
	}
	if whole["request"], err = encode(request); err != nil {
		return nil, err
	}
	return encode(whole)
}

func requestID() string { return "amzn1.echo-api.request." + uuid() }

func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // does not fail
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
