package intents

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/harkvoice/hark/intents/grammar"
)

// Model is the interaction model of a skill in one locale: what people can say
// to it. It does not change after it is loaded.
type Model struct {
	Locale     string
	Invocation string // the name by which people call the skill
	// Fallback is how readily AMAZON.FallbackIntent is taken: LOW, MEDIUM, HIGH,
	// or empty.
	Fallback string
	Intents  []Intent
	Types    map[string]SlotType // by name; built-in types are not listed, but for those that are extended
	Dialog   Dialog
	Prompts  map[string]Prompt // by id

	grammar  func() *grammar.Grammar // compiled when something is first said
	samples  []int                   // the intent of each of its samples
	calls    func() *calls
	elicited *elicited

	byName map[string]int // the intents
	hints  []string
}

// Intent is one thing that people can want, and how they say it.
type Intent struct {
	Name    string     `json:"name"`
	Slots   []SlotSpec `json:"slots"`
	Samples []string   `json:"samples"`
}

// SlotSpec is a slot that an intent has.
type SlotSpec struct {
	Name string `json:"name"`
	Type string `json:"type"` // empty if the model leaves it out
	// Samples are what people answer when they are asked for the slot.
	Samples []string `json:"samples"`
	// MultipleValues: one utterance can fill the slot several times over.
	MultipleValues struct {
		Enabled bool `json:"enabled"`
	} `json:"multipleValues"`
}

// SlotType is a custom slot type, or what a skill adds to a built-in one.
type SlotType struct {
	Name   string      `json:"name"`
	Values []SlotValue `json:"values"`
	// ValueSupplier is where Amazon has the values from if they are not here.
	ValueSupplier struct {
		Type         string `json:"type"` // CatalogValueSupplier
		ValueCatalog struct {
			CatalogID string `json:"catalogId"`
			Version   string `json:"version"`
		} `json:"valueCatalog"`
	} `json:"valueSupplier"`

	// Entities are values that the skill gave to the session: Model.With.
	Entities []SlotValue `json:"-"`

	index, entities map[string][]*SlotValue // by name and synonym
}

// SlotValue is one value of a custom slot type.
type SlotValue struct {
	ID   string `json:"id"` // may be empty
	Name struct {
		Value    string   `json:"value"`
		Synonyms []string `json:"synonyms"`
	} `json:"name"`
}

// modelFile is a file as the ASK CLI stores it: bare, or in a wrapper.
type modelFile struct {
	modelParts
	Wrapped *modelParts `json:"interactionModel"`
}

type modelParts struct {
	LanguageModel *languageModel `json:"languageModel"`
	Dialog        Dialog         `json:"dialog"`
	Prompts       []Prompt       `json:"prompts"`
}

type languageModel struct {
	InvocationName string     `json:"invocationName"`
	Intents        []Intent   `json:"intents"`
	Types          []SlotType `json:"types"`
	Configuration  struct {
		Fallback struct {
			Level string `json:"level"`
		} `json:"fallbackIntentSensitivity"`
	} `json:"modelConfiguration"`
}

// untidy lets files load that other readers of JSON would take; package lint is
// the strict one.
var untidy = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// ParseModel reads an interaction model as the ASK CLI stores it, with or
// without the "interactionModel" wrapper. Parts that hark does not know, or that
// lack what they should have, are no error: package lint tells of them.
func ParseModel(locale string, file []byte) (*Model, error) {
	if len(file) > MaxModel {
		return nil, tooLarge(int64(len(file)))
	}
	var f modelFile
	file, err := plainText(file)
	if err == nil {
		err = json.Unmarshal(file, &f, untidy)
	}
	if err != nil {
		return nil, fmt.Errorf("not an interaction model: %w", explain(file, err))
	}
	parts := &f.modelParts
	if f.Wrapped != nil {
		parts = f.Wrapped
	}
	if parts.LanguageModel == nil {
		return nil, errors.New(`not an interaction model: it has no "languageModel"`)
	}
	return newModel(locale, parts), nil
}

func newModel(locale string, parts *modelParts) *Model {
	lm := parts.LanguageModel
	m := &Model{
		Locale: locale, Invocation: lm.InvocationName, Fallback: strings.ToUpper(lm.Configuration.Fallback.Level),
		Intents: lm.Intents, Types: make(map[string]SlotType, len(lm.Types)),
		Dialog: parts.Dialog, Prompts: make(map[string]Prompt, len(parts.Prompts)),
		byName: make(map[string]int, len(lm.Intents)),
	}
	for i := range m.Intents {
		in := &m.Intents[i]
		in.Name = CanonicalIntent(in.Name)
		if _, taken := m.byName[in.Name]; !taken {
			m.byName[in.Name] = i
		}
	}
	for i := range m.Dialog.Intents {
		m.Dialog.Intents[i].Name = CanonicalIntent(m.Dialog.Intents[i].Name)
	}
	for _, t := range lm.Types {
		if t.Name != "" {
			m.Types[t.Name] = t.indexed()
		}
	}
	for _, p := range parts.Prompts {
		m.Prompts[p.ID] = p
	}
	m.hints = m.makeHints()
	m.grammar = sync.OnceValue(m.compile)
	m.elicited = newElicited(m)
	m.calls = sync.OnceValue(func() *calls { return newCalls(m.Locale, m.Invocation) })
	return m
}

// plainText takes the mark off the front of a text that some editors leave
// there.
func plainText(file []byte) ([]byte, error) {
	if bytes.HasPrefix(file, []byte("\xff\xfe")) || bytes.HasPrefix(file, []byte("\xfe\xff")) {
		return nil, errors.New("it is UTF-16; save it as UTF-8")
	}
	return bytes.TrimPrefix(file, []byte("\xef\xbb\xbf")), nil
}

// longestPlace bounds the path that an error names.
const longestPlace = 200

// explain puts an error of the JSON decoder into the words of somebody who wrote
// the file.
func explain(file []byte, err error) error {
	var wrong *json.SemanticError
	var syntax *jsontext.SyntacticError
	switch {
	case errors.As(err, &wrong):
		place := "its root"
		if wrong.JSONPointer != "" {
			place = strings.ReplaceAll(string(wrong.JSONPointer[1:]), "/", ".")
		}
		return fmt.Errorf("it has a JSON %s at %.*s (line %d)", kinds[wrong.JSONKind], longestPlace, place, line(file, wrong.ByteOffset))
	case errors.As(err, &syntax):
		return fmt.Errorf("%w (line %d)", syntax.Err, line(file, syntax.ByteOffset))
	}
	return err
}

var kinds = map[jsontext.Kind]string{'n': "null", 'f': "false", 't': "true", '"': "string", '0': "number", '{': "object", '[': "array"}

func line(file []byte, offset int64) int {
	return 1 + bytes.Count(file[:min(max(offset, 0), int64(len(file)))], []byte("\n"))
}

// Intent returns the intent of that name, or nil.
func (m *Model) Intent(name string) *Intent {
	if i, ok := m.byName[name]; ok {
		return &m.Intents[i]
	}
	return nil
}

// Uses reports whether a slot of the model has that type.
func (m *Model) Uses(slotType string) bool {
	return slices.ContainsFunc(m.Intents, func(i Intent) bool {
		return slices.ContainsFunc(i.Slots, func(s SlotSpec) bool { return s.Type == slotType })
	})
}

// Slot returns the slot of that name, compared without case, or nil.
func (i *Intent) Slot(name string) *SlotSpec {
	for s := range i.Slots {
		if strings.EqualFold(i.Slots[s].Name, name) {
			return &i.Slots[s]
		}
	}
	return nil
}
