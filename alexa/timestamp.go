package alexa

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Tolerance is how far a request's timestamp may be from now, both ways.
// Clause: "Checking the timestamp of the request".
const Tolerance = 150 * time.Second

// eventTolerance is how old the events named in late may be. They are sent
// again when the first try failed.
const eventTolerance = time.Hour

var late = map[string]bool{
	"AlexaSkillEvent.SkillEnabled":            true,
	"AlexaSkillEvent.SkillDisabled":           true,
	"AlexaSkillEvent.SkillPermissionChanged":  true,
	"AlexaSkillEvent.SkillPermissionAccepted": true,
	"AlexaSkillEvent.SkillAccountLinked":      true,
}

// timestamp is the JSON value as received; time reads it.
type timestamp []byte

// UnmarshalJSON keeps the value whatever it is: a bad timestamp is a refusal
// of its own and not a malformed envelope.
func (t *timestamp) UnmarshalJSON(value []byte) error {
	*t = append((*t)[:0], value...)
	return nil
}

// time reads RFC 3339 with or without fraction and offset, or a number of
// milliseconds since 1970.
func (t timestamp) time() (time.Time, error) {
	if len(t) == 0 || string(t) == "null" {
		return time.Time{}, errors.New("the request has no timestamp")
	}
	if t[0] != '"' {
		ms, err := strconv.ParseInt(string(t), 10, 64)
		if err != nil {
			return time.Time{}, errors.New("the request's timestamp is neither RFC 3339 nor milliseconds since 1970")
		}
		return time.UnixMilli(ms), nil
	}
	var text string
	if err := json.Unmarshal(t, &text); err != nil {
		return time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339, text) // takes fractions as well
	if err != nil {
		return time.Time{}, errors.New("the request's timestamp is not RFC 3339")
	}
	return at, nil
}

// CheckTime refuses a request whose timestamp is missing, unreadable, more
// than Tolerance away from now, or, for five events that Amazon sends again,
// more than an hour old.
func (r *Request) CheckTime(now time.Time) error {
	at, err := r.Body.Timestamp.time()
	if err != nil {
		return &Refusal{Reason: ReasonTimestamp, Err: err}
	}
	oldest := Tolerance
	if late[r.Type()] {
		oldest = eventTolerance
	}
	switch age := now.Sub(at); {
	case age > oldest:
		return &Refusal{Reason: ReasonTimestamp, Err: fmt.Errorf("the request is %s old, more than %s", age.Round(time.Second), oldest)}
	case age < -Tolerance:
		return &Refusal{Reason: ReasonTimestamp, Err: fmt.Errorf("the request is dated %s from now, more than %s; is this machine's clock right?", (-age).Round(time.Second), Tolerance)}
	}
	return nil
}
