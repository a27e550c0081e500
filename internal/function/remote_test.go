package function

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVoice_CrossesInAHeader(t *testing.T) {
	voice := map[string]string{"ALEXA_INTENT": "ChangeColor", "ALEXA_SLOT_A": "grün; a=b & c\r\nX-Evil: 1", "ALEXA_EMPTY": ""}
	text := EncodeVoice(voice)
	if text == "" || strings.ContainsAny(text, "\r\n \x00") {
		t.Errorf("%q is no value of a header", text)
	}
	if diff := cmp.Diff(voice, DecodeVoice(text)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A voice request without variables is one all the same.
func TestVoice_IsToldWithoutVariables(t *testing.T) {
	if text := EncodeVoice(nil); text == "" || len(DecodeVoice(text)) > 0 {
		t.Errorf("%q", text)
	}
}

func TestVoice_LetsOnlyItsOwnVariablesCross(t *testing.T) {
	text := EncodeVoice(map[string]string{"LD_PRELOAD": "/evil.so", "ALEXA_a": "x", "PATH": "/"})
	if strings.Contains(text, "evil") {
		t.Errorf("%q", text)
	}
	if got := DecodeVoice("LD_PRELOAD=x&ALEXA_a=x&PATH=x&ALEXA_A=%zz&ALEXA_B=ok"); len(got) != 1 || got["ALEXA_B"] != "ok" {
		t.Errorf("%v", got)
	}
}

func FuzzDecodeVoice(f *testing.F) {
	f.Add(EncodeVoice(map[string]string{"ALEXA_INTENT": "a"}))
	f.Add("a=%&;=ALEXA_")
	f.Fuzz(func(t *testing.T, text string) {
		for name := range DecodeVoice(text) {
			if !VoiceVariable(name) {
				t.Errorf("%q crosses", name)
			}
		}
	})
}

func TestFault_CrossesInAHeader(t *testing.T) {
	for _, want := range []error{
		ErrNotTaken, ErrTimeout, ErrOverloaded, ErrInputTooLarge, ErrInputSlow, ErrInputBroken, ErrInputInvalid,
		ErrOutputTooLarge, ErrBroken, ErrFailed, ErrUnavailable,
	} {
		h := http.Header{}
		SetFault(h, fmt.Errorf("inside: %w", want))
		if got := Fault(h); !errors.Is(got, want) {
			t.Errorf("%v becomes %v", want, got)
		}
		if !errors.Is(want, ErrNotTaken) && errors.Is(Fault(h), ErrNotTaken) {
			t.Errorf("%v passes for a call that was not taken", want)
		}
	}
}

func TestFault_KeepsAnExitStatus(t *testing.T) {
	h := http.Header{}
	err := error(&ExitError{Status: 3})
	SetFault(h, err)
	SetExitStatus(h, err)
	var exit *ExitError
	if got := Fault(h); !errors.As(got, &exit) || exit.Status != 3 {
		t.Errorf("%v", got)
	}
}

func TestFault_IsNoneWithoutItsHeader(t *testing.T) {
	if err := Fault(http.Header{HeaderExitStatus: {"3"}}); err != nil {
		t.Error(err)
	}
	if err := Fault(http.Header{HeaderFault: {"of a later version"}}); !errors.Is(err, ErrFailed) {
		t.Error(err)
	}
}
