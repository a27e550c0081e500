package intents

import (
	"fmt"
	"strings"
	"testing"

	"github.com/harkvoice/hark/internal/function"
)

func status(name string, labels ...string) function.Status {
	s := function.Status{Spec: function.Spec{Name: name, Labels: map[string]string{}}}
	for i := 0; i < len(labels); i += 2 {
		s.Labels[labels[i]] = labels[i+1]
	}
	return s
}

func catalogue(t testing.TB, functions ...function.Status) *Catalogue {
	t.Helper()
	c := &Catalogue{}
	if err := c.Update(functions, "lights"); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCatalogue_FindsTheFunctionOfAnIntent(t *testing.T) {
	c := catalogue(t,
		status("ChangeColorIntent"),
		status("helpintent"),
		status("colours", function.LabelIntents, "PaintIntent, AMAZON.RepeatIntent"),
		status("lights_HostnameIntent", function.LabelStack, "lights"),
		status("other_Kept", function.LabelStack, "lights"),
		status("Elsewhere", function.LabelSkill, "radio"),
		status("Here", function.LabelSkill, "lights"),
		status("NamedIntent"),
		status("labelled", function.LabelIntents, "NamedIntent"),
	)
	tests := []struct{ intent, want string }{
		{"ChangeColorIntent", "ChangeColorIntent"},
		{"changecolorINTENT", "ChangeColorIntent"}, // without case
		{"AMAZON.HelpIntent", "helpintent"},        // AMAZON. dropped
		{"amazon.HelpIntent", "helpintent"},
		{"PaintIntent", "colours"}, // by label
		{"AMAZON.RepeatIntent", "colours"},
		{"RepeatIntent", "colours"},
		{"colours", "colours"}, // the name stays besides
		{"HostnameIntent", "lights_HostnameIntent"},
		{"lights_HostnameIntent", ""}, // the prefix is no part of the name
		{"other_Kept", "other_Kept"},  // not this stack's prefix
		{"Elsewhere", ""},             // another skill's
		{"Here", "Here"},
		{"NamedIntent", "labelled"}, // a label goes before a name
		{"", ""},
		{"AMAZON.", ""},
		{"../../etc", ""},
		{"a b", ""},
		{"AMAZON.AddAction<object@Book,x@Y>", ""},
		{strings.Repeat("x", 10_000), ""},
		{"ChangeColorIntent\x00", ""},
	}
	for _, tt := range tests {
		if got, ok := c.Answering(tt.intent); got != tt.want || ok != (tt.want != "") {
			t.Errorf("Answering(%.40q) = %q, %v; want %q", tt.intent, got, ok, tt.want)
		}
	}
}

func TestCatalogue_RefusesTwoCandidatesAndKeepsWhatItKnew(t *testing.T) {
	tests := map[string][]function.Status{
		"names alike without case": {status("colour"), status("Colour")},
		"two labels":               {status("a", function.LabelIntents, "X"), status("b", function.LabelIntents, "Y,x")},
		"stack prefix":             {status("s_HelpIntent", function.LabelStack, "s"), status("HelpIntent")},
		"AMAZON. dropped":          {status("a", function.LabelIntents, "AMAZON.HelpIntent"), status("b", function.LabelIntents, "HelpIntent")},
	}
	for name, functions := range tests {
		t.Run(name, func(t *testing.T) {
			c := catalogue(t, status("Before"))
			err := c.Update(functions, "lights")
			if err == nil {
				t.Fatal("two candidates were accepted")
			}
			for _, f := range functions {
				if !strings.Contains(err.Error(), f.Name) {
					t.Errorf("the error %q does not name %s", err, f.Name)
				}
			}
			if _, ok := c.Answering("Before"); !ok {
				t.Error("the catalogue lost what it knew")
			}
		})
	}
}

func TestCatalogue_OneFunctionMayListAnIntentTwice(t *testing.T) {
	c := catalogue(t, status("HelpIntent", function.LabelIntents, "HelpIntent,AMAZON.HelpIntent,,"))
	if got, _ := c.Answering("AMAZON.HelpIntent"); got != "HelpIntent" {
		t.Errorf("got %q", got)
	}
}

func TestCatalogue_IsEmptyAtFirst(t *testing.T) {
	var c Catalogue
	if _, ok := c.Answering("X"); ok {
		t.Error("an empty catalogue answers")
	}
	if _, ok := c.Function("X"); ok {
		t.Error("an empty catalogue knows functions")
	}
}

func TestCatalogue_KnowsFunctionsByTheirExactName(t *testing.T) {
	c := catalogue(t, status("b", function.LabelPublic, "true"), status("a"))
	if f, ok := c.Function("b"); !ok || !f.Public() {
		t.Errorf("got %v, %v", f, ok)
	}
	if _, ok := c.Function("A"); ok {
		t.Error("generic calls name a function exactly")
	}
}

// BenchmarkCatalogue shows that a lookup costs the same among 10 functions and
// among 10,000, and allocates nothing.
func BenchmarkCatalogue(b *testing.B) {
	for _, size := range []int{10, 10_000} {
		functions := make([]function.Status, size)
		for i := range functions {
			functions[i] = status(fmt.Sprintf("Number%dIntent", i), function.LabelIntents, fmt.Sprintf("Also%dIntent", i))
		}
		c := catalogue(b, functions...)
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := c.Answering("AMAZON.Number7Intent"); !ok {
					b.Fatal("not found")
				}
			}
		})
	}
}
