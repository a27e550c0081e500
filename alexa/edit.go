package alexa

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// A response is read in place and changed in place: what hark has no reason to
// touch stays as the function wrote it, to the byte. See
// docs/decisions/0015-responses-are-edited-in-place.md.

// span is a part of a text.
type span struct{ from, to int }

// value is a JSON value and where it stands in the text.
type value struct {
	raw  []byte
	span // of the value
}

// member is one of an object's.
type member struct {
	key string
	value
	whole span // from the key's first byte to the value's last
}

// lenient lets the checks see what other readers of JSON would: a function's
// output is judged by Alexa's rules and not by those of this library.
var lenient = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

// members reads the one object that v is. The error tells the place.
func members(v value) ([]member, error) {
	d := jsontext.NewDecoder(bytes.NewBuffer(v.raw), lenient...)
	if d.PeekKind() != '{' {
		return nil, fmt.Errorf("it is %s, not an object", kindOf(v.raw))
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	var all []member
	for d.PeekKind() != '}' {
		key, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		name, err := jsontext.AppendUnquote(nil, key)
		if err != nil && len(name) == 0 {
			return nil, err
		}
		from := v.from + int(d.InputOffset()) - len(key)
		of, err := next(d, v)
		if err != nil {
			return nil, err
		}
		all = append(all, member{key: string(name), value: of, whole: span{from, of.to}})
	}
	return all, end(d)
}

// elements reads the one list that v is.
func elements(v value) ([]value, error) {
	d := jsontext.NewDecoder(bytes.NewBuffer(v.raw), lenient...)
	if d.PeekKind() != '[' {
		return nil, fmt.Errorf("it is %s, not a list", kindOf(v.raw))
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	var all []value
	for d.PeekKind() != ']' {
		of, err := next(d, v)
		if err != nil {
			return nil, err
		}
		all = append(all, of)
	}
	return all, end(d)
}

// next reads the value that comes next within in.
func next(d *jsontext.Decoder, in value) (value, error) {
	raw, err := d.ReadValue()
	if err != nil {
		return value{}, err
	}
	to := int(d.InputOffset())
	from := to - len(raw)
	return value{in.raw[from:to:to], span{in.from + from, in.from + to}}, nil
}

// end reads the closing bracket, after which there must be nothing.
func end(d *jsontext.Decoder) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return errors.New("there is more after its end")
	}
	return nil
}

// kindOf is what a JSON value is, in words.
func kindOf(raw []byte) string {
	if len(raw) == 0 {
		return "nothing"
	}
	return kindNames[jsontext.Value(raw).Kind()]
}

var kindNames = map[jsontext.Kind]string{
	'n': "null", 't': "a boolean", 'f': "a boolean", '"': "a string", '0': "a number", '{': "an object", '[': "a list", 0: "no JSON",
}

// absent reports whether a value is not there, or null.
func absent(raw []byte) bool { return len(raw) == 0 || string(raw) == "null" }

// get returns the last member of that key, which is the one that counts.
func get(of []member, key string) (m member, ok bool) {
	for i := len(of) - 1; i >= 0; i-- {
		if of[i].key == key {
			return of[i], true
		}
	}
	return member{}, false
}

// text is a value that is a string. One with half a surrogate pair, which
// other readers take, has U+FFFD in its place.
func (v value) text() (s string, ok bool) {
	if len(v.raw) == 0 || v.raw[0] != '"' {
		return "", false
	}
	b, err := jsontext.AppendUnquote(nil, v.raw)
	if err != nil && len(b) == 0 {
		return "", false
	}
	return string(b), true
}

// quote makes a JSON string. What is not UTF-8 becomes U+FFFD.
func quote(s string) []byte {
	b, err := jsontext.AppendQuote(nil, s)
	if err != nil {
		b, _ = jsontext.AppendQuote(nil, string(bytes.ToValidUTF8([]byte(s), []byte("\uFFFD"))))
	}
	return b
}

// edit replaces a part of a text.
type edit struct {
	span
	by []byte
}

// edits are changes to a text. What two of them take out is taken out once.
type edits []edit

// replace puts something in the place of a part; an empty part is a place to
// put it into.
func (e *edits) replace(at span, by []byte) { *e = append(*e, edit{at, by}) }

// prune takes those parts of a list or of an object out that go says, with a
// comma each.
func (e *edits) prune(parts []span, gone func(i int) bool) {
	kept := -1 // the last one that stays
	for i, p := range parts {
		switch {
		case !gone(i):
			kept = i
		case kept >= 0: // with the comma before it
			*e = append(*e, edit{span{parts[i-1].to, p.to}, nil})
		case i+1 < len(parts): // with the comma after it
			*e = append(*e, edit{span{p.from, parts[i+1].from}, nil})
		default:
			*e = append(*e, edit{p, nil})
		}
	}
}

// apply makes the changed text; without edits it is the text itself.
func (e edits) apply(text []byte) []byte {
	if len(e) == 0 {
		return text
	}
	slices.SortStableFunc(e, func(a, b edit) int { return cmp.Or(a.from-b.from, a.to-b.to) }) // what is put in goes before what is taken out
	size := len(text)
	for _, c := range e {
		size += len(c.by)
	}
	out, at := make([]byte, 0, size), 0
	for _, c := range e {
		if c.from > at {
			out = append(out, text[at:c.from]...)
		}
		out = append(out, c.by...)
		at = max(at, c.to)
	}
	return append(out, text[at:]...)
}
