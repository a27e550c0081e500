// Package device stands in for an Echo and the cloud behind it: it makes the
// request envelope that Alexa would send for an utterance, signs it with a
// development authority and sends it to a gateway over HTTPS.
package device

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
)

// Device is an Echo without a screen on which a skill is enabled. It plays audio,
// as every Echo does.
type Device struct {
	// SkillID is the application id that requests are for.
	SkillID string
	// Locale is what the device is set to.
	Locale string
	// Endpoint and Token are of Alexa's API, such as Directives has; empty are
	// Amazon's and one that is good for nothing.
	Endpoint, Token string
}

// DevelopmentID is the application id of a skill that Amazon does not know.
const DevelopmentID = "amzn1.ask.skill.00000000-0000-4000-8000-000000000000"

type object = map[string]any

// Envelope makes the request envelope for a meaning in a new session, dated
// now.
func (d Device) Envelope(m intents.Meaning, now time.Time) ([]byte, error) {
	application := object{"applicationId": d.SkillID}
	user := object{"userId": "amzn1.ask.account.HARKDEVELOPMENT"}
	request := object{
		"type":      alexa.LaunchRequest,
		"requestId": requestID(),
		"timestamp": now.UTC().Format(time.RFC3339),
		"locale":    d.Locale,
	}
	if !m.Launch {
		request["type"] = alexa.IntentRequest
		request["intent"] = d.intent(m)
	} else {
		request["shouldLinkResultBeReturned"] = false
	}
	return encode(object{
		"version": "1.0",
		"session": object{
			"new":         true,
			"sessionId":   "amzn1.echo-api.session." + uuid(),
			"application": application,
			"attributes":  object{},
			"user":        user,
		},
		"context": object{
			"System": object{
				"application":    application,
				"user":           user,
				"device":         object{"deviceId": "amzn1.ask.device.HARKDEVELOPMENT", "supportedInterfaces": object{"AudioPlayer": object{}}},
				"apiEndpoint":    cmp.Or(d.Endpoint, "https://api.amazonalexa.com"),
				"apiAccessToken": cmp.Or(d.Token, "hark-development"),
			},
		},
		"request": request,
	})
}

func (d Device) intent(m intents.Meaning) object {
	intent := object{"name": m.Intent, "confirmationStatus": "NONE"}
	slots := object{}
	for _, s := range m.Slots {
		slots[s.Name] = d.slot(s)
	}
	if len(slots) > 0 {
		intent["slots"] = slots
	}
	return intent
}

// slot is what Alexa sends for a slot: an unfilled one has only its name, one
// of several values has them in a list alone.
func (d Device) slot(s intents.Slot) object {
	slot := object{"name": s.Name, "confirmationStatus": "NONE"}
	if s.Value == "" {
		return slot
	}
	slot["source"] = "USER"
	if len(s.Values) > 1 {
		list := make([]any, len(s.Values))
		for i, v := range s.Values {
			list[i] = d.value(s, v.Value, v.Resolved)
		}
		slot["slotValue"] = object{"type": "List", "values": list}
		return slot
	}
	value := d.value(s, s.Value, s.Resolved)
	slot["value"], slot["slotValue"] = s.Value, value
	if resolutions, ok := value["resolutions"]; ok {
		slot["resolutions"] = resolutions
	}
	return slot
}

// value is one of a slot.
func (d Device) value(s intents.Slot, said string, resolved *intents.SlotValue) object {
	value := object{"type": "Simple", "value": said}
	if s.Custom {
		value["resolutions"] = object{"resolutionsPerAuthority": []any{d.resolution(s.Type, resolved)}}
	}
	return value
}

func (d Device) resolution(slotType string, v *intents.SlotValue) object {
	r := object{
		"authority": "amzn1.er-authority.echo-sdk." + d.SkillID + "." + slotType,
		"status":    object{"code": "ER_SUCCESS_NO_MATCH"},
	}
	if v != nil {
		r["status"] = object{"code": "ER_SUCCESS_MATCH"}
		r["values"] = []any{object{"value": object{"name": v.Name.Value, "id": v.EntityID()}}}
	}
	return r
}

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
