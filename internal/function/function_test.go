package function

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestCheckName(t *testing.T) {
	for _, name := range []string{"f", "F", "7", "ChangeColor", "christmas-lights_2", "a--b", "a_-b", strings.Repeat("a", MaxName)} {
		if err := CheckName(name); err != nil {
			t.Errorf("%q is refused: %v", name, err)
		}
	}
	for _, name := range []string{
		"", ".", "..", "../etc", "/f", "a/b", `a\b`, "a.b", "a b", "a%2fb", "-a", "a-", "_a", "a_", "a\n", "\na", "a\x00", "ä", "a?b=c",
		strings.Repeat("a", MaxName+1),
	} {
		if err := CheckName(name); err == nil {
			t.Errorf("%q is taken", name)
		}
	}
}

func TestCheckName_DoesNotRepeatALongName(t *testing.T) {
	if err := CheckName(strings.Repeat("a", 1<<20)); err == nil || len(err.Error()) > 200 {
		t.Errorf("%.300v", err)
	}
}

func TestVoiceVariable(t *testing.T) {
	for name, want := range map[string]bool{
		"ALEXA_INTENT": true, "ALEXA_SLOT_LEDCOLOR_ID": true, "ALEXA_2": true, "ALEXA__": true,
		"": false, "ALEXA_": false, "ALEXA": false, "alexa_intent": false, "ALEXA_Intent": false, "XALEXA_A": false, "PATH": false,
		"ALEXA_A=B": false, "ALEXA_A B": false, "ALEXA_A\n": false, "ALEXA_A\nPATH": false, "ALEXA_Ä": false, "ALEXA_A\x00": false,
	} {
		if got := VoiceVariable(name); got != want {
			t.Errorf("VoiceVariable(%q) = %v", name, got)
		}
	}
}

func TestExitError(t *testing.T) {
	var exit *ExitError
	err := fmt.Errorf("function f: %w", &ExitError{Status: 3})
	if !errors.As(err, &exit) || exit.Error() != "the function ended with exit status 3" {
		t.Errorf("%v", err)
	}
	killed := &ExitError{Status: 137, Signal: "killed"}
	if killed.Error() != "the function was ended by a signal: killed" {
		t.Errorf("%v", killed)
	}
}

func TestStatus_PublicOnlyIfItsLabelSaysTrue(t *testing.T) {
	for value, want := range map[string]bool{"true": true, "false": false, "": false, "yes": false, "TRUE": false} {
		if got := (Status{Spec: Spec{Labels: map[string]string{LabelPublic: value}}}).Public(); got != want {
			t.Errorf("%q: %v", value, got)
		}
	}
	if (Status{}).Public() {
		t.Error("public without any label")
	}
}
