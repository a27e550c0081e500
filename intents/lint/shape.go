package lint

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// shape is how a value has to look.
type shape struct {
	kind  jsontext.Kind // 0: anything
	keys  []member      // of an object; nil: any
	of    *shape        // what a list holds
	words []string      // what a text may say; nil: anything
}

// member is a key of an object.
type member struct {
	key  string
	of   shape
	must bool
}

var (
	anything = shape{}
	text     = shape{kind: '"'}
	boolean  = shape{kind: 't'}
)

func object(keys ...member) shape      { return shape{kind: '{', keys: keys} }
func list(of shape) shape              { return shape{kind: '[', of: &of} }
func word(of ...string) shape          { return shape{kind: '"', words: of} }
func need(key string, of shape) member { return member{key, of, true} }
func may(key string, of shape) member  { return member{key, of, false} }

// hold tells where a value has another shape, under the code of its schema.
func (d *document) hold(n *node, s *shape, code Code) {
	kind := n.kind
	if kind == 'f' {
		kind = 't'
	}
	if s.kind != 0 && kind != s.kind {
		d.find(n, code, "make it "+kindName(s.kind), "%s is %s, not %s", named(n), kindName(n.kind), kindName(s.kind))
		return
	}
	if s.words != nil && !slices.Contains(s.words, n.text) {
		d.find(n, code, "make it "+strings.Join(s.words, " or "), "%s is %s", named(n), quote(n.text))
	}
	if s.of != nil {
		for _, element := range n.of {
			d.hold(element, s.of, code)
		}
	}
	if s.keys != nil {
		d.holdKeys(n, s, code)
	}
}

func (d *document) holdKeys(n *node, s *shape, code Code) {
	for _, m := range s.keys {
		if m.must && n.get(m.key) == nil {
			d.find(n, code, "add it", "%s has no %s", named(n), quote(m.key))
		}
	}
	for _, value := range n.of {
		i := slices.IndexFunc(s.keys, func(m member) bool { return m.key == value.key })
		switch {
		case i >= 0 && value.kind == 'n' && !s.keys[i].must: // as good as absent
		case i >= 0:
			d.hold(value, &s.keys[i].of, code)
		default:
			d.find(value, UnknownKey, d.hint(value.key, s.names, "leave it out: it is without effect"), "nobody knows the key %s here", quote(value.key))
		}
	}
}

func (s *shape) names() []string {
	names := make([]string, len(s.keys))
	for i, m := range s.keys {
		names[i] = m.key
	}
	return names
}

// named is what a text calls a value.
func named(n *node) string {
	switch {
	case n.parent == nil:
		return "the file"
	case n.parent.kind == '[':
		return "this element of " + named(n.parent)
	}
	return quote(n.key)
}
