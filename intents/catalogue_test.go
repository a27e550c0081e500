package intents

import (
	"errors"
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
	if err := c.Update(functions); err != nil {
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
		if got, err := c.Answering("lights", tt.intent); got != tt.want || err != nil {
			t.Errorf("Answering(%.40q) = %q, %v; want %q", tt.intent, got, err, tt.want)
		}
	}
}

var clashes = map[string]struct {
	intent    string
	functions []function.Status
}{
	"names alike without case": {"COLOUR", []function.Status{status("colour"), status("Colour")}},
	"two labels":               {"X", []function.Status{status("a", function.LabelIntents, "X"), status("b", function.LabelIntents, "Y,x")}},
	"stack prefix":             {"AMAZON.HelpIntent", []function.Status{status("s_HelpIntent", function.LabelStack, "s"), status("HelpIntent")}},
	"AMAZON. dropped":          {"HelpIntent", []function.Status{status("a", function.LabelIntents, "AMAZON.HelpIntent"), status("b", function.LabelIntents, "HelpIntent")}},
	"three of them":            {"x", []function.Status{status("x"), status("X"), status("s_x", function.LabelStack, "s")}},
}

func TestCatalogue_LeavesAnIntentOfTwoFunctionsToNone(t *testing.T) {
	for name, tt := range clashes {
		t.Run(name, func(t *testing.T) {
			c := catalogue(t, status("Before"))
			updated := c.Update(append(tt.functions, status("After")))
			got, answered := c.Answering("lights", tt.intent)
			for _, err := range []error{updated, answered} {
				if !errors.Is(err, ErrAmbiguous) || got != "" {
					t.Fatalf("answered by %q, error %v", got, err)
				}
				for _, f := range tt.functions {
					if !strings.Contains(err.Error(), f.Name) {
						t.Errorf("the error %q does not name %s", err, f.Name)
					}
				}
			}
			if got, err := c.Answering("lights", "After"); got != "After" || err != nil {
				t.Errorf("another intent: %q, %v", got, err)
			}
			if _, ok := c.Function(tt.functions[0].Name); !ok {
				t.Error("a function of an ambiguous intent is not known by name")
			}
			if got, _ := c.Answering("lights", "Before"); got != "" {
				t.Error("a function that is gone answers")
			}
			if err := c.Update(tt.functions[:1]); err != nil {
				t.Errorf("one of them alone: %v", err)
			}
		})
	}
}

func TestCatalogue_UpdateTellsEveryAmbiguity(t *testing.T) {
	var c Catalogue
	err := c.Update([]function.Status{status("b"), status("B"), status("a"), status("A")})
	if err == nil || strings.Count(err.Error(), "two functions answer") != 2 {
		t.Errorf("error %v", err)
	}
}

func TestCatalogue_ALabelSettlesWhoOfTwoNamesakesAnswers(t *testing.T) {
	c := catalogue(t, status("colour"), status("Colour"), status("paint", function.LabelIntents, "Colour"))
	if got, err := c.Answering("lights", "colour"); got != "paint" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestCatalogue_ClashNamesBothAndChangesNothing(t *testing.T) {
	for name, tt := range clashes {
		t.Run(name, func(t *testing.T) {
			first, second := tt.functions[0], tt.functions[1]
			c := catalogue(t, first)
			err := c.Clash(second)
			if !errors.Is(err, ErrAmbiguous) || !strings.Contains(err.Error(), first.Name) || !strings.Contains(err.Error(), second.Name) {
				t.Errorf("error %v", err)
			}
			if f, _ := c.Function(second.Name); f.Name == second.Name {
				t.Error("the catalogue has it now")
			}
			if err := c.Clash(first); err != nil {
				t.Errorf("a function clashes with itself: %v", err)
			}
			first.Labels[function.LabelSkill], second.Labels[function.LabelSkill] = "lights", "radio"
			if err := catalogue(t, first).Clash(second); err != nil {
				t.Errorf("another skill's: %v", err)
			}
		})
	}
	c := &Catalogue{}
	_ = c.Update([]function.Status{status("x"), status("X")})
	if err := c.Clash(status("other")); err != nil {
		t.Errorf("other people's ambiguity: %v", err)
	}
}

func TestCatalogue_OneFunctionMayListAnIntentTwice(t *testing.T) {
	c := catalogue(t, status("HelpIntent", function.LabelIntents, "HelpIntent,AMAZON.HelpIntent,,"))
	if got, _ := c.Answering("lights", "AMAZON.HelpIntent"); got != "HelpIntent" {
		t.Errorf("got %q", got)
	}
}

func TestCatalogue_IsEmptyAtFirst(t *testing.T) {
	var c Catalogue
	if name, err := c.Answering("lights", "X"); name != "" || err != nil {
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
				if name, _ := c.Answering("lights", "AMAZON.Number7Intent"); name == "" {
					b.Fatal("not found")
				}
			}
		})
	}
}

// The prefix of a stack need not be said, unless two have what follows it.
func TestCatalogue_KnowsAFunctionWithoutTheNameOfItsStack(t *testing.T) {
	c := catalogue(t,
		status("garden_Bird", function.LabelStack, "garden"),
		status("lights_Red", function.LabelStack, "lights", function.LabelSkill, "radio"),
		status("Red", function.LabelSkill, "lights"),
		status("a_twice", function.LabelStack, "a", function.LabelSkill, "one"),
		status("b_twice", function.LabelStack, "b", function.LabelSkill, "other"),
	)
	for name, want := range map[string]string{"Bird": "garden_Bird", "garden_Bird": "garden_Bird", "Red": "Red", "lights_Red": "lights_Red", "twice": "", "garden": ""} {
		if f, ok := c.Function(name); f.Name != want || ok != (want != "") {
			t.Errorf("%s is %q, %v", name, f.Name, ok)
		}
	}
}
