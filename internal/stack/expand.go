package stack

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/harkvoice/hark/internal/function"
)

type lookup func(name string) (value string, ok bool)

// substitute expands the scalars below a node. A value can thus not become
// structure, whatever is in it. What a command line has of variables that are
// not set is its own shell's.
func substitute(n *yaml.Node, of lookup, commandLine bool) {
	if n.Kind == yaml.ScalarNode {
		if text := expand(n.Value, of, commandLine); text != n.Value {
			n.Value = text
			if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) == 0 {
				n.Tag = "" // it may be a number or a bool now
			}
		}
		return
	}
	for i, child := range n.Content {
		value := n.Kind == yaml.MappingNode && i%2 == 1
		substitute(child, of, value && n.Content[i-1].Value == "fprocess")
	}
}

// expand replaces ${NAME} by a variable, which is empty if it is not set, and
// ${NAME:-DEFAULT} by DEFAULT if it is not set or empty. $${ stands for ${.
// Everything else stays, $NAME too, and so do variables that only a request
// sets: ALEXA_… and Http_…. With keep, ${NAME} stays as well if it is not set.
func expand(text string, of lookup, keep bool) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		inner, after, closed := cutBrace(rest)
		switch {
		case strings.HasSuffix(before, "$"): // $${: the second $ went with the cut
			out.WriteString("{")
			text = rest
			continue
		case !closed:
			return out.String() + "${" + rest
		}
		if value, ok := variable(inner, of, keep); ok {
			out.WriteString(value)
		} else {
			out.WriteString("${" + inner + "}")
		}
		text = after
	}
}

// variable is what stands for ${inner}, if anything does.
func variable(inner string, of lookup, keep bool) (string, bool) {
	name, fallback, hasFallback := strings.Cut(inner, ":-")
	if !isVariable(name) || function.VoiceVariable(name) || strings.HasPrefix(name, "Http_") {
		return "", false
	}
	value, set := of(name)
	switch {
	case hasFallback && value == "":
		return expand(fallback, of, keep), true
	case !set && keep:
		return "", false
	}
	return value, true
}

// maxNesting bounds defaults within defaults.
const maxNesting = 10

// cutBrace cuts text at the brace that closes one which was opened before it.
func cutBrace(text string) (inner, after string, closed bool) {
	depth := 1
	for i := range len(text) {
		switch {
		case strings.HasPrefix(text[i:], "${"):
			if depth++; depth > maxNesting {
				return "", "", false
			}
		case text[i] == '}':
			if depth--; depth == 0 {
				return text[:i], text[i+1:], true
			}
		}
	}
	return "", "", false
}

func isVariable(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}
