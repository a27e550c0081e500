package intents

import (
	"strings"

	"github.com/harkvoice/hark/alexa"
)

// An environment is bounded by the kernel: a request's share of it is bounded
// here, so that no request can keep a function from starting. What is left out
// is still on STDIN.
const (
	maxVariable    = 32 << 10
	maxEnvironment = 128 << 10
)

// input is the environment of a function that answers req, as the function
// contract lists it.
func input(req *alexa.Request) map[string]string {
	env := environment{vars: make(map[string]string, 8+2*len(req.Body.Intent.Slots))}
	env.set("ALEXA_REQUEST_TYPE", req.Type())
	env.set("ALEXA_INTENT", req.Body.Intent.Name)
	env.set("ALEXA_LOCALE", req.Locale())
	env.set("ALEXA_DIALOG_STATE", req.Body.DialogState)
	env.set("ALEXA_SESSION_ID", req.Session.SessionID)
	env.set("ALEXA_USER_ID", req.UserID())
	slots := req.Body.Intent.Slots
	for name, slot := range slots {
		if variable, ok := slotVariable(name); ok && slot.Value != "" {
			env.set(variable+"_ID", resolvedID(slot))
		}
	}
	for name, slot := range slots { // a slot called x_id goes before the id of x
		if variable, ok := slotVariable(name); ok {
			env.set(variable, slot.Value)
		}
	}
	return env.vars
}

type environment struct {
	vars map[string]string
	size int
}

// set leaves out what is empty, too large, or ends in the middle for a
// process: a NUL byte.
func (e *environment) set(name, value string) {
	if value == "" || len(value) > maxVariable || e.size+len(value) > maxEnvironment || strings.IndexByte(value, 0) >= 0 {
		return
	}
	e.size += len(name) + len(value) + 2
	e.vars[name] = value
}

// slotVariable is the variable of a slot: ALEXA_SLOT_ and its name in upper
// case, with "_" for dots and hyphens. Other names have none.
func slotVariable(slot string) (string, bool) {
	if slot == "" || len(slot) > 64 {
		return "", false
	}
	name := []byte("ALEXA_SLOT_" + slot)
	for i, c := range name {
		switch {
		case 'a' <= c && c <= 'z':
			name[i] = c - 'a' + 'A'
		case c == '.' || c == '-':
			name[i] = '_'
		case c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z'):
			return "", false
		}
	}
	return string(name), true
}

// resolvedID is the id of the first value that entity resolution found.
func resolvedID(slot alexa.Slot) string {
	for _, authority := range slot.Resolutions.ResolutionPerAuthority {
		for _, v := range authority.Values {
			return v.Value.Id
		}
	}
	return ""
}
