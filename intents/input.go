package intents

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/harkvoice/hark/alexa"
)

// An environment is bounded by the kernel, and by the 64 kB that a watchdog
// takes of a header, in which a Swarm's functions get it: a request's share is
// bounded here, so that no request can keep a function from starting. What is
// left out is still on STDIN.
const (
	maxVariable    = 32 << 10
	maxEnvironment = 56 << 10 // as function.EncodeVoice writes it
)

// input is the environment of a function that answers req, as the function
// contract lists it. What comes first is there when not all fits.
func input(req *alexa.Request) map[string]string {
	env := environment{vars: make(map[string]string, 20+3*len(req.Body.Intent.Slots))}
	env.set("ALEXA_REQUEST_TYPE", req.Type())
	env.set("ALEXA_INTENT", req.Body.Intent.Name)
	env.set("ALEXA_INTENT_CONFIRMATION", confirmation(req.Body.Intent.Confirmation))
	env.set("ALEXA_LOCALE", req.Locale())
	env.set("ALEXA_DIALOG_STATE", req.Body.DialogState)
	env.set("ALEXA_SESSION_ID", req.Session.SessionID)
	env.set("ALEXA_USER_ID", req.UserID())
	env.person(req)
	env.slots(req.Body.Intent.Slots)
	return env.vars
}

type environment struct {
	vars map[string]string
	size int
}

// person sets what a function may personalise its answer with, and the tokens
// by which it asks others for more. Nothing of it is ever in a log.
func (e *environment) person(req *alexa.Request) {
	system := &req.Context.System
	e.set("ALEXA_PERSON_ID", system.Person.PersonID)
	e.set("ALEXA_PERSON_ACCESS_TOKEN", system.Person.AccessToken)
	e.set("ALEXA_ACCESS_TOKEN", req.AccessToken())
	e.set("ALEXA_CONSENT_TOKEN", req.ConsentToken())
	e.set("ALEXA_API_ENDPOINT", system.APIEndpoint)
	e.set("ALEXA_API_ACCESS_TOKEN", system.APIAccessToken)
	e.set("ALEXA_DEVICE_ID", system.Device.DeviceID)
	e.set("ALEXA_INTERFACES", strings.Join(slices.Sorted(maps.Keys(req.Interfaces())), ","))
	e.set("ALEXA_GEOLOCATION", req.Context.Geolocation.Position())
}

// set leaves out what is empty, too large, or ends in the middle for a
// process: a NUL byte. The first of a name stays.
func (e *environment) set(name, value string) {
	if value == "" || len(value) > maxVariable || strings.IndexByte(value, 0) >= 0 {
		return
	}
	size := e.size + len(name) + encodedLen(value) + len("=&")
	if _, taken := e.vars[name]; taken || size > maxEnvironment {
		return
	}
	e.size = size
	e.vars[name] = value
}

// encodedLen is at least the length of a value in a query string.
func encodedLen(value string) int {
	size := 3 * len(value)
	for i := range len(value) {
		switch c := value[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == ' ', c == '-', c == '.', c == '_', c == '~':
			size -= 2
		}
	}
	return size
}

// slots sets the variables of all slots by name, then those about their values:
// a slot called x_id goes before the id of x.
func (e *environment) slots(slots map[string]alexa.Slot) {
	if len(slots) == 0 {
		return
	}
	names := slices.Sorted(maps.Keys(slots))
	all := make([]namedSlot, len(names))
	for i, name := range names {
		slot := slots[name]
		all[i] = namedSlot{name: name, Values: slot.Heard(), Confirmation: confirmation(slot.Confirmation)}
		if variable, ok := slotVariable(name); ok {
			e.set(variable, all[i].heard())
		}
	}
	for _, slot := range all {
		if variable, ok := slotVariable(slot.name); ok {
			e.set(variable+"_ID", slot.ids())
			e.set(variable+"_CONFIRMATION", slot.Confirmation)
		}
	}
	e.set("ALEXA_SLOTS", slotsJSON(all))
}

// namedSlot is a slot as ALEXA_SLOTS has it. Value, ID, Name and Dynamic are of
// the first of Values.
type namedSlot struct {
	name string
	*alexa.Value
	Values       []alexa.Value `json:"values,omitempty"`
	Confirmation string        `json:"confirmation,omitempty"`
}

// heard has one line a value where there are several.
func (s namedSlot) heard() string {
	return s.lines(func(v alexa.Value) string { return v.Heard })
}

// ids has the id of each value on the value's line; it is empty when none was
// resolved.
func (s namedSlot) ids() string {
	ids := s.lines(func(v alexa.Value) string { return v.ID })
	if strings.Trim(ids, "\n") == "" {
		return ""
	}
	return ids
}

func (s namedSlot) lines(of func(alexa.Value) string) string {
	if len(s.Values) == 1 {
		return of(s.Values[0])
	}
	lines := make([]string, len(s.Values))
	for i, v := range s.Values {
		lines[i] = lineBreaks.Replace(of(v))
	}
	return strings.Join(lines, "\n")
}

// lineBreaks would shift the values after them against their ids.
var lineBreaks = strings.NewReplacer("\n", " ", "\r", " ")

// slotsJSON is one object of all slots in the order given, or empty when it is
// too large anyway.
func slotsJSON(all []namedSlot) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	separator := byte('{')
	for _, slot := range all {
		out.WriteByte(separator)
		separator = ','
		if len(slot.Values) > 0 {
			slot.Value = &slot.Values[0]
		}
		if e.Encode(slot.name) != nil {
			return ""
		}
		out.Truncate(out.Len() - 1) // Encode ends the line
		out.WriteByte(':')
		if e.Encode(slot) != nil {
			return ""
		}
		out.Truncate(out.Len() - 1)
		if out.Len() > maxVariable {
			return ""
		}
	}
	out.WriteByte('}')
	return out.String()
}

// confirmation is what the listener said to a question, or empty.
func confirmation(status string) string {
	if status == "NONE" {
		return ""
	}
	return status
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
