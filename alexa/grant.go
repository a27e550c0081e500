package alexa

import (
	"errors"
	"fmt"
)

// event is the answer to Alexa.Authorization.Grant.
//
// Clause: "Alexa.Authorization Interface".
func (r *response) event(v value) {
	parts, err := r.object("event", v)
	if err != nil {
		r.find("event", RuleEvent, "", "%v", errors.Unwrap(err))
		return
	}
	header, _ := get(parts, "header")
	of, err := r.object("event.header", header.value)
	if err != nil {
		r.find("event.header", RuleEvent, "", "%v", errors.Unwrap(err))
		return
	}
	r.word("event.header", of, "namespace", RuleEvent, true, "Alexa.Authorization")
	r.word("event.header", of, "name", RuleEvent, true, "AcceptGrant.Response", "ErrorResponse")
}

// acceptGrant and refuseGrant answer Alexa.Authorization.Grant: somebody keeps
// the grant, or nobody does.
//
// Clause: "Alexa.Authorization Interface".
func acceptGrant(req *Request) []byte { return grant(req, "AcceptGrant.Response", `{}`) }

func refuseGrant(req *Request) []byte {
	return grant(req, "ErrorResponse", `{"type":"ACCEPT_GRANT_FAILED","message":"no function has accepted the grant"}`)
}

func grant(req *Request, name, payload string) []byte {
	id := req.Body.RequestID // as unique as the message has to be
	if id == "" {
		id = "hark"
	}
	return fmt.Appendf(nil, `{"event":{"header":{"namespace":"Alexa.Authorization","name":%q,"messageId":%s,"payloadVersion":"3"},"payload":%s}}`, name, quote(id), payload)
}
