package lint

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// node is a JSON value and where it stands. Methods are safe on nil, the value
// that is not there.
type node struct {
	kind   jsontext.Kind
	text   string // what a string says; of other values, how they are written
	at     int    // offset of the first byte
	parent *node
	key    string // in the parent, if that is an object
	keyAt  int    // offset of the key
	index  int    // in the parent
	of     []*node
}

// maxDepth bounds how deep values are nested; a model needs twelve levels.
const maxDepth = 100

var (
	errTooDeep = errors.New("values are nested too deeply")
	errMore    = errors.New("there is more after its end")
)

// parse reads the one JSON value that text is. With an error, root is what was
// read before it and at is where it is.
func parse(text []byte) (root *node, at int, err error) {
	d := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	var open *node // the object or list that is being read
	for {
		begin := start(text, int(d.InputOffset()))
		t, err := d.ReadToken()
		switch {
		case err == io.EOF && root != nil:
			return root, 0, nil
		case err != nil:
			return root, place(err, begin), err
		case t.Kind() == '}' || t.Kind() == ']':
			open = open.parent
			continue
		case d.StackDepth() > maxDepth:
			return root, begin, errTooDeep
		case root != nil && open == nil:
			return root, begin, errMore
		}
		n := &node{kind: t.Kind(), at: begin, keyAt: begin, parent: open}
		if n.kind != '{' && n.kind != '[' {
			n.text = t.String()
		}
		switch {
		case open == nil:
			root = n
		case open.kind == '{' && open.awaits(): // n is the value of the key before
			member := open.of[len(open.of)-1]
			n.key, n.keyAt, n.index = member.key, member.keyAt, member.index
			open.of[n.index] = n
		case open.kind == '{':
			open.of = append(open.of, &node{key: n.text, keyAt: begin, at: begin, index: len(open.of)})
			continue
		default:
			n.index = len(open.of)
			open.of = append(open.of, n)
		}
		if n.kind == '{' || n.kind == '[' {
			open = n
		}
	}
}

// awaits reports whether the last key has no value yet.
func (n *node) awaits() bool {
	return len(n.of) > 0 && n.of[len(n.of)-1].kind == 0
}

// start is where the token begins that comes after an offset.
func start(text []byte, at int) int {
	for at < len(text) && strings.IndexByte(" \t\r\n:,", text[at]) >= 0 {
		at++
	}
	return at
}

func place(err error, begin int) int {
	if syntax := (*jsontext.SyntacticError)(nil); errors.As(err, &syntax) {
		return int(syntax.ByteOffset)
	}
	return begin
}

// get is the member of that name, the last one if there are several, as JSON
// readers do.
func (n *node) get(key string) *node {
	if n == nil || n.kind != '{' {
		return nil
	}
	for i := len(n.of) - 1; i >= 0; i-- {
		if n.of[i].key == key {
			return n.of[i]
		}
	}
	return nil
}

// list is what a list holds.
func (n *node) list() []*node {
	if n == nil || n.kind != '[' {
		return nil
	}
	return n.of
}

// str is what a string says, empty if it is none.
func (n *node) str() string {
	if n == nil || n.kind != '"' {
		return ""
	}
	return n.text
}

// isTrue reports whether it is the literal true.
func (n *node) isTrue() bool { return n != nil && n.kind == 't' }

var plainKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// path is how to get there from the root, such as
// interactionModel.languageModel.intents[3].name; empty for the root.
func (n *node) path() string {
	var steps []string
	for ; n != nil && n.parent != nil; n = n.parent {
		switch {
		case n.parent.kind == '[':
			steps = append(steps, "["+strconv.Itoa(n.index)+"]")
		case plainKey.MatchString(n.key):
			steps = append(steps, "."+n.key)
		default:
			steps = append(steps, "["+strconv.Quote(n.key)+"]")
		}
	}
	var path strings.Builder
	for i := len(steps) - 1; i >= 0; i-- {
		path.WriteString(steps[i])
	}
	return strings.TrimPrefix(path.String(), ".")
}

// kindName is what a value is, in words.
func kindName(k jsontext.Kind) string {
	switch k {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "text"
	case '0':
		return "a number"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "nothing"
}
