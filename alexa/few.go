package alexa

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// An envelope of the largest size could hold hundreds of thousands of slots or
// values of a few bytes each, each of which would take a hundred here. What is
// beyond these numbers is not seen; it is in the envelope that functions get.
const (
	maxSlots  = 1000 // of an intent; models have some dozens
	maxValues = 500  // of a list
)

// few is a list that is read up to maxValues.
type few[T any] []T

// UnmarshalJSONFrom reads a list; what is none is an error.
func (f *few[T]) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() != '[' {
		var none []T // null, or what has no place here
		return json.UnmarshalDecode(d, &none, lenient...)
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != ']' {
		if len(*f) == maxValues {
			if err := d.SkipValue(); err != nil {
				return err
			}
			continue
		}
		var one T
		if err := json.UnmarshalDecode(d, &one, lenient...); err != nil {
			return err
		}
		*f = append(*f, one)
	}
	_, err := d.ReadToken()
	return err
}

// Slots are an intent's by name, of which up to maxSlots are read.
type Slots map[string]Slot

// UnmarshalJSONFrom reads an object; what is none is an error.
func (s *Slots) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() != '{' {
		var none map[string]Slot
		return json.UnmarshalDecode(d, &none, lenient...)
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for *s = make(Slots); d.PeekKind() != '}'; {
		var name string
		if err := json.UnmarshalDecode(d, &name, lenient...); err != nil {
			return err
		}
		if _, known := (*s)[name]; !known && len(*s) == maxSlots {
			if err := d.SkipValue(); err != nil {
				return err
			}
			continue
		}
		var slot Slot
		if err := json.UnmarshalDecode(d, &slot, lenient...); err != nil {
			return err
		}
		(*s)[name] = slot
	}
	_, err := d.ReadToken()
	return err
}
