package function_test

import (
	"strings"
	"testing"

	"github.com/harkvoice/hark/internal/function"
)

func TestCheckLabels_NamesWhatWouldHaveNoEffect(t *testing.T) {
	for label, want := range map[string]string{
		"hark.requests=*":              "",
		"hark.progress.de-DE=Moment.":  "",
		"hark.samples.de=brau {Drink}": "",
		"hark.slots.de-DE=Drink=Tee":   "",
		"hark.samplesde=brau":          "label hark.samplesde: there is no such label",
		"com.example.hark.request=*":   "",
		"harkness=1":                   "",
		"hark.public=true":             "",
		"hark.request=*":               "label hark.request: there is no such label; there are hark.build, ",
		"hark.=x":                      "label hark.: there is no such label",
		"hark.progression=x":           "label hark.progression: there is no such label",
		"hark.public=yes":              `label hark.public: "yes" is neither "true" nor "false"`,
		"hark.function=no":             `label hark.function: "no" is neither`,
	} {
		name, value, _ := strings.Cut(label, "=")
		err := function.CheckLabels(map[string]string{"x": "y", name: value})
		switch {
		case want == "" && err != nil, want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: error %v, want %q", label, err, want)
		}
	}
}
