package main

import (
	"slices"
	"testing"
)

func TestNearest(t *testing.T) {
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
		if got := nearest(name, names); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := nearest("aaaa", []string{"aaab", "aaac", "aaad", "aaae"}); len(got) != 3 {
		t.Errorf("%q, want three", got)
	}
}

func TestSuggest(t *testing.T) {
	if got := suggest("Ech", []string{"Echo", "Tech"}, "List them."); got != "Did you mean Echo or Tech? List them." {
		t.Error(got)
	}
	if got := suggest("x", nil, "List them."); got != "List them." {
		t.Error(got)
	}
}
