package draft

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Slot is a slot of an intent, and what it can be filled with.
type Slot struct {
	Name string
	// Type is empty where the label has values only: then it is the one that the
	// slot has in the model, or one named after the slot.
	Type   string
	Values []Value // none for a type that is declared elsewhere, or Amazon's
}

// Value is a value of a slot type.
type Value struct {
	ID       string // may be empty
	Value    string
	Synonyms []string
}

// amazons is what the names of Amazon's types and intents start with.
const amazons = "AMAZON."

var (
	typeForm = regexp.MustCompile(`^(AMAZON\.)?[A-Za-z][A-Za-z0-9_]*$`)
	idForm   = regexp.MustCompile(`^[A-Za-z0-9_.-]*$`)
)

// slotMend tells how a slot is written in the label.
func slotMend(slot string) string {
	return fmt.Sprintf("write %s=red,green or %[1]s=AMAZON.NUMBER, with ; between slots", slot)
}

// parseSlots reads the label hark.slots: SLOT[:TYPE][=VALUE,…] with ; or line
// breaks between them, where a VALUE is [ID:]NAME[|SYNONYM…], or one of Amazon's
// types alone.
func parseSlots(label string) (all []Slot, err error) {
	for text := range strings.FieldsFuncSeq(label, func(r rune) bool { return r == ';' || r == '\n' || r == '\r' }) {
		if strings.TrimSpace(text) == "" {
			continue
		}
		s, err := parseSlot(text)
		if err != nil {
			return nil, err
		}
		if find(all, s.Name) != nil {
			return nil, fmt.Errorf("slot %s is there twice", s.Name)
		}
		all = append(all, s)
	}
	return all, nil
}

func parseSlot(text string) (s Slot, err error) {
	head, list, _ := strings.Cut(text, "=")
	name, kind, typed := strings.Cut(head, ":")
	s.Name, s.Type = strings.TrimSpace(name), strings.TrimSpace(kind)
	if one := strings.TrimSpace(list); !typed && strings.HasPrefix(one, amazons) {
		s.Type, list, typed = one, "", true
	}
	switch {
	case !nameForm.MatchString(s.Name):
		return s, fmt.Errorf("no slot can be called %.40q: use letters, and _ between them; %s", s.Name, slotMend("Color"))
	case typed && !typeForm.MatchString(s.Type):
		return s, fmt.Errorf("slot %s: no type can be called %.60q; %s", s.Name, s.Type, slotMend(s.Name))
	}
	seen := make(map[string]bool)
	for text := range strings.SplitSeq(list, ",") {
		if strings.TrimSpace(text) == "" {
			continue
		}
		v, err := parseValue(text)
		if err != nil {
			return s, fmt.Errorf("slot %s: %w", s.Name, err)
		}
		if seen[key(v.Value)] {
			return s, fmt.Errorf("slot %s: the value %.60q is there twice", s.Name, v.Value)
		}
		seen[key(v.Value)] = true
		s.Values = append(s.Values, v)
	}
	if s.Type == "" && len(s.Values) == 0 {
		return s, fmt.Errorf("slot %s has neither values nor a type; %s", s.Name, slotMend(s.Name))
	}
	return s, nil
}

func parseValue(text string) (v Value, err error) {
	id, names, has := strings.Cut(text, ":")
	if !has {
		id, names = "", text
	}
	if v.ID = strings.TrimSpace(id); !idForm.MatchString(v.ID) {
		return v, fmt.Errorf("no value can have the id %.60q: use letters, digits, - _ and . (what stands before the : is the id)", v.ID)
	}
	for name := range strings.SplitSeq(names, "|") {
		switch name = tidy(name); {
		case name == "":
			return v, fmt.Errorf("a value or synonym is empty in %.60q", strings.TrimSpace(text))
		case v.Value == "":
			v.Value = name
		case key(name) != key(v.Value) && !slices.Contains(v.Synonyms, name):
			v.Synonyms = append(v.Synonyms, name)
		}
	}
	return v, nil
}

// find returns the slot of that name, compared without case, or nil.
func find(slots []Slot, name string) *Slot {
	for i := range slots {
		if strings.EqualFold(slots[i].Name, name) {
			return &slots[i]
		}
	}
	return nil
}

// typeName is what a type is called after a slot: LED_COLOR after LedColor.
func typeName(slot string) string {
	var b strings.Builder
	for i, r := range slot {
		upper := 'A' <= r && r <= 'Z'
		if upper && i > 0 && slot[i-1] >= 'a' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToUpper(b.String())
}
