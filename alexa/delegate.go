package alexa

// The states of a dialog.
const (
	DialogStarted    = "STARTED"
	DialogInProgress = "IN_PROGRESS"
	DialogCompleted  = "COMPLETED"
)

// Delegate makes the response to req that leaves the next turn of the dialog to
// Alexa, by the dialog model of the skill. The session stays open and keeps its
// attributes.
//
// Clause: "Dialog Interface Reference", Delegate.
func Delegate(req *Request) Answer {
	turn := shorthand{turn: delegate}
	if kept := req.Session.Attributes; !absent(kept) && kept[0] != '{' {
		turn.Attributes = []byte("{}")
	}
	a, err := Answer{}.say(req, turn)
	if err == nil {
		return a
	}
	// Of its size: Alexa does not send as many attributes.
	turn.Attributes = []byte("{}")
	if a, err = (Answer{}).say(req, turn); err != nil {
		return Acknowledge(req)
	}
	a.find("sessionAttributes", RuleAttributes, leftOut, "the response would have more than %d bytes with those of the request", MaxResponse)
	return a
}
