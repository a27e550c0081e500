package main

import (
	"slices"
	"testing"

	"github.com/harkvoice/hark/internal/function"
)

func TestHidden_ShowsChangesTogether(t *testing.T) {
	all := []function.Status{{Spec: function.Spec{Name: "old"}}, {Spec: function.Spec{Name: "new"}}}
	names := func(h *hidden) (names []string, ok bool) {
		seen, ok := h.seen(slices.Clone(all))
		for _, f := range seen {
			names = append(names, f.Name)
		}
		return names, ok
	}
	var h hidden
	if got, ok := names(&h); !ok || len(got) != 2 {
		t.Errorf("at first: %v, %v", got, ok)
	}
	h.hold()
	if got, ok := names(&h); ok || got != nil {
		t.Errorf("while it is held: %v, %v", got, ok)
	}
	h.release("old")
	if got, ok := names(&h); !ok || !slices.Equal(got, []string{"new"}) {
		t.Errorf("while one leaves: %v, %v", got, ok)
	}
	h.release()
	if got, ok := names(&h); !ok || len(got) != 2 {
		t.Errorf("in the end: %v, %v", got, ok)
	}
}

func TestTarget_GoesToTheAddressOfASkill(t *testing.T) {
	for url, want := range map[string]string{
		"https://h:1/alexa":   "https://h:1/alexa/radio",
		"https://h:1/alexa/":  "https://h:1/alexa/radio",
		"https://h:1/":        "https://h:1/alexa/radio",
		"https://h:1":         "https://h:1/alexa/radio",
		"https://h/x/alexa?a": "https://h/x/alexa/radio?a",
	} {
		to := target{url: url}
		if err := to.narrow("radio"); err != nil || to.url != want {
			t.Errorf("%s: %s, %v", url, to.url, err)
		}
	}
}
