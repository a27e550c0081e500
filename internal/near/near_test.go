package near

import (
	"slices"
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	names := []string{"ChangeColorIntent", "CaptainsIntent", "HostnameIntent", "cat", "my_ChangeColorIntent", "Échö"}
	for name, want := range map[string][]string{
		"changecolorintent": {"ChangeColorIntent", "my_ChangeColorIntent"},
		"ChangeColourInent": {"ChangeColorIntent", "my_ChangeColorIntent"},
		"hostname":          {"HostnameIntent"},
		"ca":                {"cat"},
		"bat":               {"cat"},
		"x":                 nil,
		"":                  nil,
		"Nothing":           nil,
	} {
		if got := Names(name, names); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := Names(strings.Repeat("a", 1<<20), []string{strings.Repeat("a", 1<<20)}); got != nil {
		t.Errorf("%d names of a megabyte", len(got))
	}
	if got := Names("aaaa", []string{"aaab", "aaac", "aaad", "aaae"}); len(got) != 3 {
		t.Errorf("%q, want three", got)
	}
}

func TestHint(t *testing.T) {
	if got := Hint("Ech", []string{"Echo", "Tech"}, "List them."); got != "Did you mean Echo or Tech? List them." {
		t.Error(got)
	}
	if got := Hint("x", nil, "List them."); got != "List them." {
		t.Error(got)
	}
}

func TestWithin_AgreesWithDistance(t *testing.T) {
	words := []string{"", "a", "ab", "ba", "kitten", "kittens", "mitten", "sitting", "kitchen", "lamp", "lump", "lampe", "clamp", "palm", strings.Repeat("long", 30), strings.Repeat("long", 29) + "lung"}
	for _, a := range words {
		for _, b := range words {
			for most := range 5 {
				if got, want := Within(most, a, b), Distance(a, b) <= most; got != want {
					t.Errorf("%q and %q within %d: %v, want %v", a, b, most, got, want)
				}
			}
		}
	}
	if d := Distance("kitten", "sitting"); d != 3 {
		t.Error(d)
	}
}
