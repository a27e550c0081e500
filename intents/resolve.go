package intents

import (
	"crypto/md5"
	"encoding/hex"
	"strings"

	"github.com/harkvoice/hark/intents/grammar"
)

// resolve finds the value that a text is the name or a synonym of, or nil.
func (t SlotType) resolve(text string) *SlotValue { return t.index[asSaid(text)] }

// indexed returns the type ready for resolve. Names go before synonyms, earlier
// values before later ones.
func (t SlotType) indexed() SlotType {
	t.index = make(map[string]*SlotValue, len(t.Values))
	add := func(name string, v *SlotValue) {
		key := asSaid(name)
		if _, taken := t.index[key]; !taken && key != "" {
			t.index[key] = v
		}
	}
	for i := range t.Values {
		add(t.Values[i].Name.Value, &t.Values[i])
	}
	for i := range t.Values {
		for _, s := range t.Values[i].Name.Synonyms {
			add(s, &t.Values[i])
		}
	}
	return t
}

// asSaid is the form in which texts are compared.
func asSaid(text string) string {
	var b strings.Builder
	for _, w := range grammar.Words(text) {
		b.WriteString(w.Key())
		b.WriteByte(' ')
	}
	return b.String()
}

// EntityID is the id that Alexa sends of a value: its own, or the MD5 of its
// name.
func (v *SlotValue) EntityID() string {
	if v.ID != "" {
		return v.ID
	}
	sum := md5.Sum([]byte(v.Name.Value))
	return hex.EncodeToString(sum[:])
}
