// Package alexa speaks the Alexa Skills Kit protocol. It holds three of the
// seven stages of the line,
//
//	edge → [verify] → [decode] → route → invoke → [wrap] → respond
//
// and no others: it opens no listener and runs no function.
//
//	signer, err := verifier.Verify(ctx, r.Header, body) // the raw bytes, before anything parses them
//	req, err := alexa.Decode(body)                      // a typed view beside the same bytes
//	err = req.CheckTime(time.Now())
//	id, err := req.ApplicationID()                      // for which skill
//	err = replays.Check(req, time.Now())
//	answer, err := alexa.Wrap(req, stdout)              // what a function printed → a legal response
//
// Every request that must not be answered yields a *Refusal, whose Reason is a
// metric label and whose text tells a person what was wrong.
//
// The typed view is that of github.com/arienmalec/alexa-go. It is for reading
// only: decoding and encoding again would lose what it does not know, so the
// verified bytes stay the source of truth and go to functions unchanged.
package alexa
