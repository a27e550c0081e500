package device

import (
	"cmp"

	"github.com/harkvoice/hark/intents"
)

func (d Device) intent(m intents.Meaning) object {
	intent := object{"name": m.Intent, "confirmationStatus": status(m.Confirmation)}
	slots := object{}
	for _, s := range m.Slots {
		slots[s.Name] = d.slot(s)
	}
	if len(slots) > 0 {
		intent["slots"] = slots
	}
	return intent
}

func status(c intents.Confirmation) intents.Confirmation { return cmp.Or(c, "NONE") }

// slot is what Alexa sends for a slot: an unfilled one has only its name, one
// of several values has them in a list alone.
func (d Device) slot(s intents.Slot) object {
	slot := object{"name": s.Name, "confirmationStatus": status(s.Confirmation)}
	switch len(s.Values) {
	case 0:
		return slot
	case 1:
		value := d.value(s, s.Values[0])
		slot["value"], slot["slotValue"] = s.Values[0].Value, value
		if resolutions, ok := value["resolutions"]; ok {
			slot["resolutions"] = resolutions
		}
	default:
		list := make([]any, len(s.Values))
		for i, v := range s.Values {
			list[i] = d.value(s, v)
		}
		slot["slotValue"] = object{"type": "List", "values": list}
	}
	slot["source"] = "USER"
	return slot
}

// value is one of a slot, and what each authority makes of it.
func (d Device) value(s intents.Slot, v intents.Value) object {
	const authority = "amzn1.er-authority.echo-sdk."
	value := object{"type": "Simple", "value": v.Value}
	var by []any
	if s.Custom {
		by = append(by, resolution(authority+d.SkillID+"."+s.Type, v.Matches))
	}
	if s.Dynamic {
		by = append(by, resolution(authority+"dynamic."+d.SkillID+"."+s.Type, v.Entities))
	}
	if s.Listed {
		by = append(by, resolution("AlexaEntities", []*intents.SlotValue{amazons(v.Value)}))
	}
	if by != nil {
		value["resolutions"] = object{"resolutionsPerAuthority": by}
	}
	return value
}

// resolution is what one authority makes of a value.
func resolution(authority string, matches []*intents.SlotValue) object {
	if len(matches) == 0 {
		return object{"authority": authority, "status": object{"code": "ER_SUCCESS_NO_MATCH"}}
	}
	values := make([]any, len(matches))
	for i, m := range matches {
		values[i] = object{"value": object{"name": m.Name.Value, "id": m.EntityID()}}
	}
	return object{"authority": authority, "status": object{"code": "ER_SUCCESS_MATCH"}, "values": values}
}

// amazons is a value of one of Amazon's lists. Amazon knows them by addresses;
// that of its own entity only Amazon knows, so there stands one made of the name.
func amazons(name string) *intents.SlotValue {
	v := &intents.SlotValue{}
	v.Name.Value = name
	v.ID = "https://ld.amazonalexa.com/entities/v1/hark-" + v.EntityID()[:16]
	return v
}
