package draft

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// document is the text of a model, which is added to in place: what was there
// stays to the byte, and what is new looks like what is beside it. The text is
// known to be a model.
type document struct {
	text   []byte
	unit   string // of indentation
	line   string // what ends a line
	space  string // what follows a colon
	insert []insertion
}

// insertion is text to put in at a place, in place of so many bytes.
type insertion struct {
	at, over int
	text     string
}

// span is where a value stands. The zero span is no value.
type span struct{ from, to int }

// member is one of an object's.
type member struct {
	key  string
	from int // of the key
	span
}

func newDocument(text []byte) *document {
	d := &document{text: text, unit: "  ", line: "\n"}
	if bytes.Contains(text, []byte("\r\n")) {
		d.line = "\r\n"
	}
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		if indented := bytes.TrimLeft(line, " \t"); len(indented) > 0 && len(indented) < len(line) {
			d.unit = string(line[:len(line)-len(indented)])
			break
		}
	}
	if bytes.Contains(text, []byte(`": `)) {
		d.space = " "
	}
	return d
}

// bom is what some editors put before a text.
const bom = "\xef\xbb\xbf"

// root is the whole value.
func (d *document) root() span {
	from := 0
	if bytes.HasPrefix(d.text, []byte(bom)) {
		from = len(bom)
	}
	body := d.text[from:]
	from += len(body) - len(bytes.TrimLeft(body, " \t\r\n"))
	return span{from, len(bytes.TrimRight(d.text, " \t\r\n"))}
}

func (d *document) raw(s span) []byte { return d.text[s.from:s.to] }

// untidy is as package intents reads models.
var untidy = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

// decoder reads what is within a value of a kind; nil if it is of another.
func (d *document) decoder(s span, kind jsontext.Kind) *jsontext.Decoder {
	in := jsontext.NewDecoder(bytes.NewBuffer(d.raw(s)), untidy...)
	if in.PeekKind() != kind {
		return nil
	}
	if _, err := in.ReadToken(); err != nil {
		return nil
	}
	return in
}

func next(in *jsontext.Decoder, within span) (span, []byte, bool) {
	raw, err := in.ReadValue()
	to := within.from + int(in.InputOffset())
	return span{to - len(raw), to}, raw, err == nil
}

// members are those of an object; none of another value.
func (d *document) members(s span) (all []member) {
	in := d.decoder(s, '{')
	for in != nil && in.PeekKind() != '}' {
		at, key, ok := next(in, s)
		if !ok {
			break
		}
		name := unquoted(key)
		of, _, ok := next(in, s)
		if !ok {
			break
		}
		all = append(all, member{key: name, from: at.from, span: of})
	}
	return all
}

// elements are those of a list; none of another value.
func (d *document) elements(s span) (all []span) {
	in := d.decoder(s, '[')
	for in != nil && in.PeekKind() != ']' {
		of, _, ok := next(in, s)
		if !ok {
			break
		}
		all = append(all, of)
	}
	return all
}

// get is the value of a key, the last one as that counts; the zero span if it
// is not there.
func (d *document) get(s span, key string) span {
	found := span{}
	for _, m := range d.members(s) {
		if m.key == key {
			found = m.span
		}
	}
	return found
}

// str is the text of a string, empty for another value.
func (d *document) str(s span) string { return unquoted(d.raw(s)) }

func unquoted(raw []byte) string {
	text, _ := jsontext.AppendUnquote(nil, raw)
	return string(text)
}

// add puts values at the end of the list that an object has under a key; both the
// key and the list may be missing.
func (d *document) add(object span, key string, values ...any) {
	if len(values) == 0 {
		return
	}
	list := d.get(object, key)
	if list == (span{}) {
		d.set(object, key, values)
		return
	}
	elements := d.elements(list)
	if len(elements) == 0 {
		d.replace(object, list, values)
		return
	}
	last := elements[len(elements)-1]
	before := list.from + 1
	if len(elements) > 1 {
		before = elements[len(elements)-2].to
	}
	gap := d.gap(before, last.from)
	lines := slices.ContainsFunc(elements, func(e span) bool { return multiline(d.raw(e)) })
	var b strings.Builder
	for _, v := range values {
		b.WriteString("," + gap + d.render(v, d.indent(last.from), lines))
	}
	d.insert = append(d.insert, insertion{at: last.to, text: b.String()})
}

// set gives an object a key that it has not, or has with another value.
func (d *document) set(object span, key string, value any) {
	if old := d.get(object, key); old != (span{}) {
		d.replace(object, old, value)
		return
	}
	quoted, _ := jsontext.AppendQuote(nil, key)
	members := d.members(object)
	if len(members) == 0 { // nothing to look like
		comma := ""
		if slices.ContainsFunc(d.insert, func(in insertion) bool { return in.at == object.from+1 }) {
			comma = "," + d.space
		}
		d.insert = append(d.insert, insertion{at: object.from + 1, text: comma + string(quoted) + ":" + d.space + d.render(value, "", false)})
		return
	}
	last, before := members[len(members)-1], object.from+1
	if len(members) > 1 {
		before = members[len(members)-2].to
	}
	gap := d.gap(before, last.from)
	text := "," + gap + string(quoted) + ":" + d.space + d.render(value, d.indent(last.from), multiline(d.raw(object)))
	d.insert = append(d.insert, insertion{at: last.to, text: text})
}

// replace puts a value in the place of one of an object's.
func (d *document) replace(object, old span, value any) {
	d.insert = append(d.insert, insertion{old.from, old.to - old.from, d.render(value, d.indent(old.from), multiline(d.raw(object)))})
}

// indent is what the line of a place begins with.
func (d *document) indent(at int) string {
	line := d.text[bytes.LastIndexAny(d.text[:at], "\r\n")+1:]
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}

// gap is the white space before a value, the comma left out.
func (d *document) gap(from, to int) string {
	between := string(d.text[from:to])
	if i := strings.LastIndexByte(between, ','); i >= 0 {
		return between[i+1:]
	}
	return cmp.Or(between, d.space)
}

func multiline(text []byte) bool { return bytes.IndexByte(text, '\n') >= 0 }

// render writes a value as it shall stand in the text: on lines of its own that
// begin with indent, or all on one.
func (d *document) render(v any, indent string, lines bool) string {
	options := []json.Options{jsontext.SpaceAfterColon(d.space != ""), jsontext.SpaceAfterComma(d.space != ""), json.Deterministic(true)}
	if lines {
		options = []json.Options{jsontext.WithIndentPrefix(indent), jsontext.WithIndent(d.unit), json.Deterministic(true)}
	}
	text, err := json.Marshal(v, append(options, jsontext.AllowInvalidUTF8(true))...)
	if err != nil {
		panic(err) // strings and lists of them
	}
	return strings.ReplaceAll(string(text), "\n", d.line)
}

// apply makes the changed text.
func (d *document) apply() []byte {
	slices.SortStableFunc(d.insert, func(a, b insertion) int { return cmp.Compare(a.at, b.at) })
	var out []byte
	at := 0
	for _, in := range d.insert {
		out = append(append(out, d.text[at:in.at]...), in.text...)
		at = in.at + in.over
	}
	return append(out, d.text[at:]...)
}
