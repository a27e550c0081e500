package alexa

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// docs/request-types.md and docs/responses.md are made from the tables:
//
//	go test ./alexa -run Docs -update
func TestDocs_AreMadeFromTheTables(t *testing.T) {
	for file, want := range map[string]string{
		"../docs/request-types.md": typesPage(),
		"../docs/responses.md":     rulesPage(),
	} {
		if flag.Lookup("update").Value.String() == "true" {
			if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(got), want); diff != "" {
			t.Errorf("%s is not what the tables say; go test ./alexa -run Docs -update (-file +tables):\n%s", file, diff)
		}
	}
}

const made = "<!-- made from the tables of package alexa: go test ./alexa -run Docs -update -->\n\n"

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func typesPage() string {
	var b strings.Builder
	b.WriteString("# Request types\n\n" + made)
	b.WriteString(`What Alexa sends, and what it takes in answer. What a function prints that is not legal in answer to the type is left
out, and told of (see [responses.md](responses.md)); what is legal goes through as it was printed. Which function answers a type is in
[functions.md](functions.md), "Which function answers".

| type | answer | directives | observed |
|---|---|---|---|
`)
	for _, r := range requestTypes {
		directives, observed := "—", ""
		if keeps := r.answer.keeps("directives"); keeps && r.directives == nil {
			directives = "any"
		} else if keeps {
			directives = "`" + strings.Join(r.directives, "`, `") + "`"
		}
		if r.answer == acknowledged {
			observed = "yes"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.name, kinds[r.answer].name, directives, observed)
	}
	b.WriteString(`| any other | carried | any | |

*Observed*: nothing that a function prints can be in the answer, so the answer does not wait for it. The function runs all the same, with
the time of a call of ` + "`/function`" + `.

| answer | what "response" may hold | session attributes | without a function |
|---|---|---|---|
`)
	for _, k := range kinds {
		holds := "nothing"
		if len(k.keys) > 0 {
			holds = "`" + strings.Join(k.keys, "`, `") + "`"
		}
		if k.open && len(k.keys) > 0 {
			holds += ", and keys that hark does not know"
		} else if k.open {
			holds = "whatever a function prints as a full response; nothing is spoken of text and shorthand"
		}
		if k.event && !k.open {
			holds = "there is none, but `event`: AcceptGrant.Response or ErrorResponse. Whatever else a function prints that succeeds is the first"
		}
		attributes := "no"
		if k.session {
			attributes = "yes"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", k.name, holds, attributes, k.without)
	}
	return b.String()
}

func rulesPage() string {
	var b strings.Builder
	b.WriteString("# Rules for responses\n\n" + made)
	b.WriteString(`What a function prints is held against these rules before it goes to Alexa. Each finding names the place, what is wrong, what hark did,
and the rule; the log has it with the function's name, and ` + "`hark say` and `hark send`" + ` print it:

    note: PaintIntent: response.directives[0].audioItem.stream.url: it is "http://…"; what is played comes over https [audio]

` + "`hark check FILE`" + ` holds a stored response, or anything that a function prints, against the same rules. Where hark *passes it on*, the response
is not touched: Alexa decides.

| rule | what it asks | what hark does otherwise |
|---|---|---|
`)
	for _, r := range Rules {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.Rule, r.Asks, r.Does)
	}
	fmt.Fprintf(&b, "\nOf one response, the first %d findings are told.\n\n## SSML\n\n| tag | attributes | holds |\n|---|---|---|\n", maxFindings)
	for _, name := range sorted(ssmlTags) {
		t := ssmlTags[name]
		var attributes []string
		for _, key := range sorted(t.has) {
			a := "`" + key + "`"
			if known := t.has[key].String(); known != "" {
				a += ": " + known
			}
			attributes = append(attributes, a)
		}
		holds := [...]string{anything: "text and tags", text: "text", nothing: "nothing"}[t.holds]
		if len(t.never) > 0 {
			holds += "; not in `" + strings.Join(t.never, "`, `") + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, strings.Join(attributes, "; "), holds)
	}
	b.WriteString("\n## Directives\n\n| directive | needs | interface of the device |\n|---|---|---|\n")
	for _, name := range sorted(directiveTypes) {
		keys := "—"
		if of := directiveTypes[name]; len(of) > 0 {
			keys = "`" + strings.Join(of, "`, `") + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, keys, needs(name))
	}
	b.WriteString("\nNot together: ")
	for i, x := range exclusions {
		if i > 0 {
			b.WriteString("; ")
		}
		if x.a == x.b {
			fmt.Fprintf(&b, "two `%s`", x.a)
		} else {
			fmt.Fprintf(&b, "`%s` and `%s`", x.a, x.b)
		}
	}
	b.WriteString("; two ways for a dialog to go on.\n")
	return b.String()
}
