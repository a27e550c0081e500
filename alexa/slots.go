package alexa

import (
	"strings"

	alexago "github.com/arienmalec/alexa-go"
)

// Slot is alexa-go's view of a slot, and what it lacks: whether the listener
// has confirmed it, and more than one value.
type Slot struct {
	alexago.Slot
	Confirmation string      `json:"confirmationStatus"`
	Resolutions  Resolutions `json:"resolutions"`
	SlotValue    SlotValue   `json:"slotValue"`
}

// SlotValue is what a slot holds.
type SlotValue struct{ Held }

// Held is a value (its type is Simple) or a list of such (List), which may hold
// lists again.
type Held struct {
	Type        string      `json:"type"`
	Value       string      `json:"value"`
	Resolutions Resolutions `json:"resolutions"`
	Values      few[Held]   `json:"values"`
}

// Resolutions are what entity resolution made of a value, by authority.
type Resolutions struct {
	PerAuthority few[Resolution] `json:"resolutionsPerAuthority"`
}

// Resolution is what one authority made of a value.
type Resolution struct {
	Authority string `json:"authority"`
	Status    struct {
		Code string `json:"code"`
	} `json:"status"`
	Values few[struct {
		Value struct {
			Name string `json:"name"`
			ID   string `json:"id"`
		} `json:"value"`
	}] `json:"values"`
}

// UnmarshalJSON never fails; see leniently.
func (v *SlotValue) UnmarshalJSON(value []byte) error { return leniently(value, &v.Held) }

// UnmarshalJSON never fails; see leniently.
func (r *Resolutions) UnmarshalJSON(value []byte) error {
	type plain Resolutions
	return leniently(value, (*plain)(r))
}

// Value is one value of a slot.
type Value struct {
	// Heard is what was said.
	Heard string `json:"value"`
	// ID and Name are of the value of the slot's type that was meant; both are
	// empty where entity resolution found none.
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	// Dynamic tells that the value is one of those that the skill gave to the
	// session, not one of its model.
	Dynamic bool `json:"dynamic,omitempty"`
}

// Heard lists the values of the slot in the order in which they were said: none
// of an empty slot, more than one only of a slot that takes several.
func (s Slot) Heard() []Value {
	if s.Value != "" && s.SlotValue.Type != typeList {
		return []Value{s.Resolutions.value(s.Value)}
	}
	if values := s.SlotValue.appendTo(nil); len(values) > 0 || s.Value == "" {
		return values
	}
	return []Value{s.Resolutions.value(s.Value)}
}

const typeList = "List"

func (h Held) appendTo(values []Value) []Value {
	if h.Type == typeList {
		for _, one := range h.Values {
			values = one.appendTo(values)
		}
		return values
	}
	if h.Value == "" {
		return values
	}
	return append(values, h.Resolutions.value(h.Value))
}

// value is the first match for what was heard. Dynamic entities go before those
// of the model, which they are meant to complete for a session.
func (r Resolutions) value(heard string) Value {
	v := Value{Heard: heard}
	for _, by := range r.PerAuthority {
		if by.Status.Code != "ER_SUCCESS_MATCH" || len(by.Values) == 0 {
			continue
		}
		dynamic, found := by.dynamic(), v.ID != "" || v.Name != ""
		if match := by.Values[0].Value; !found || dynamic {
			v.ID, v.Name, v.Dynamic = match.ID, match.Name, dynamic
		}
		if v.Dynamic {
			break
		}
	}
	return v
}

// dynamic reports whether the authority knows what the skill gave to the
// session: amzn1.er-authority.echo-sdk.dynamic.<skill>.<type>.
func (r Resolution) dynamic() bool { return strings.Contains(r.Authority, ".dynamic.") }
