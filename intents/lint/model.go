package lint

import (
	"strings"

	"github.com/harkvoice/hark/alexa"
)

// model is the interaction model that is being checked.
type model struct {
	*document
	locale   string
	language string
	parts    *node // what has the languageModel

	intents map[string]*intent // by the lower case of the name
	types   map[string]*node   // by name
	samples map[string]*sample // of all intents, by what makes them the same
}

// intent is one of the model's, and where its parts are.
type intent struct {
	node  *node
	name  string
	slots map[string]*slot // by the lower case of the name
}

// slot is one of an intent's.
type slot struct {
	node *node
	name string
	kind string // its type
	used bool   // in a sample or in a dialog
}

var modelShape = shape{kind: '{', keys: []member{
	need("languageModel", languageShape),
	may("dialog", dialogShape),
	may("prompts", list(object(
		need("id", text),
		may("variations", list(object(need("type", word("PlainText", "SSML")), need("value", text)))),
	))),
}}

var languageShape = object(
	need("invocationName", text),
	may("modelConfiguration", object(
		may("fallbackIntentSensitivity", object(need("level", word("LOW", "MEDIUM", "HIGH")))),
	)),
	need("intents", list(object(
		may("name", text), // its absence has a code of its own
		may("slots", list(object(
			may("name", text),
			may("type", text),
			may("multipleValues", object(need("enabled", boolean))),
			may("samples", list(text)),
		))),
		may("samples", list(text)),
	))),
	may("types", list(object(
		may("name", text),
		may("values", list(object(
			may("id", text),
			need("name", object(need("value", text), may("synonyms", list(text)))),
		))),
		may("valueSupplier", object(
			need("type", word("CatalogValueSupplier")),
			need("valueCatalog", object(need("catalogId", text), need("version", text))),
		)),
	))),
)

var (
	delegation = may("delegationStrategy", word("ALWAYS", "SKILL_RESPONSE"))
	confirmed  = may("confirmationRequired", boolean)

	dialogShape = object(
		delegation,
		need("intents", list(object(
			need("name", text),
			delegation,
			confirmed,
			may("prompts", object(may("confirmation", text), may("elicitation", text))),
			may("slots", list(object(
				need("name", text),
				need("type", text),
				confirmed,
				may("elicitationRequired", boolean),
				may("prompts", object(may("confirmation", text), may("elicitation", text))),
				may("validations", list(object(
					need("type", text),
					may("prompt", text),
					may("value", anything), may("values", list(anything)), may("start", anything), may("end", anything),
				))),
			))),
		))),
	)
)

// amazonsModel is the largest model that Amazon builds.
const amazonsModel = 1_500_000

// checkModel holds the file of a locale against the rules.
func checkModel(file, locale string, text []byte) *model {
	m := &model{
		document: read(file, text), locale: locale, language: alexa.Language(locale),
		intents: make(map[string]*intent), types: make(map[string]*node), samples: make(map[string]*sample),
	}
	if len(text) > amazonsModel {
		m.findAt(0, ModelTooLarge, "give long lists of values to a catalog of Amazon's", "the file has %.1f MB; Amazon builds models of 1.5", float64(len(text))/1e6)
	}
	if m.root == nil {
		return m
	}
	m.parts = m.root
	if wrapped := m.root.get("interactionModel"); wrapped != nil {
		m.parts = wrapped
		m.holdWrapper()
	} else if m.root.get("languageModel") == nil && m.root.get("intents") != nil {
		m.find(m.root, InvalidModelDefinitionSchema, `put {"interactionModel": {"languageModel": …}} around it`, "the file has only what belongs into a \"languageModel\"")
	} else {
		m.hold(m.root, &modelShape, InvalidModelDefinitionSchema)
	}
	lm := m.parts.get("languageModel")
	m.checkInvocation(lm.get("invocationName"))
	m.declareTypes(lm)
	m.declareIntents(lm)
	m.checkTypes(lm)
	m.checkIntents()
	m.checkDialog()
	m.checkUnused()
	return m
}

// holdWrapper leaves alone what tools of Amazon's note beside the model.
func (m *model) holdWrapper() {
	wrapper := object(need("interactionModel", modelShape), may("version", anything), may("skillLinks", anything), may("_links", anything))
	m.hold(m.root, &wrapper, InvalidModelDefinitionSchema)
}

// wake and opening are words that no invocation name may have: Alexa hears them
// as her own.
var (
	wake    = []string{"alexa", "amazon", "echo", "computer", "skill", "app"}
	opening = []string{"launch", "ask", "tell", "load", "begin", "enable"}
)

func (m *model) checkInvocation(n *node) {
	if n == nil || n.kind != '"' {
		return
	}
	name := n.text
	if strings.TrimSpace(name) == "" {
		m.find(n, InvalidInvocationName, "give the skill a name of two words or more", "the invocation name is empty")
		return
	}
	if bad := invalidIn(name, invocationRune); bad != "" {
		m.find(n, InvalidInvocationName, "write it as it is spoken, in lower case: twenty one, b. b. c.", "the invocation name %s has %s", quote(name), bad)
	}
	words := strings.Fields(strings.ToLower(name))
	for _, w := range words {
		if contains(wake, w) || contains(opening, w) {
			m.find(n, InvalidInvocationName, "leave the word out", "the invocation name %s has the word %q, which Alexa hears as her own", quote(name), w)
			return
		}
	}
	if len(words) == 1 && m.language != "ja" {
		m.find(n, OneWordInvocationName, "add a word, unless it is a brand of yours", "the invocation name %s is one word", quote(name))
	}
}
