package alexa

import "errors"

// fulfillment holds canFulfillIntent against its words, and is NO where there
// is nothing.
//
// Clause: "Implement CanFulfillIntentRequest for Name-free Interaction".
func (r *response) fulfillment(body value) {
	const path = "response.canFulfillIntent"
	r.add(body, "canFulfillIntent", `{"canFulfill":"NO"}`)
	v, ok := r.part("canFulfillIntent")
	if !ok {
		return
	}
	parts, err := r.object(path, v)
	if err != nil {
		r.find(path, RuleFulfillment, "", "%v", errors.Unwrap(err))
		return
	}
	r.word(path, parts, "canFulfill", RuleFulfillment, true, "YES", "NO", "MAYBE")
	slots, ok := get(parts, "slots")
	if !ok || absent(slots.raw) {
		return
	}
	all, err := r.object(path+".slots", slots.value)
	if err != nil {
		r.find(path+".slots", RuleFulfillment, "", "%v", errors.Unwrap(err))
		return
	}
	for _, slot := range all {
		at := path + ".slots." + slot.key
		of, err := r.object(at, slot.value)
		if err != nil {
			r.find(at, RuleFulfillment, "", "%v", errors.Unwrap(err))
			continue
		}
		r.word(at, of, "canUnderstand", RuleFulfillment, true, "YES", "NO", "MAYBE")
		r.word(at, of, "canFulfill", RuleFulfillment, false, "YES", "NO")
	}
}
