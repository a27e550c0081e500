package function

import (
	"errors"
	"strings"
	"testing"
)

func TestCheckSecret(t *testing.T) {
	for _, name := range []string{"a", "A9", "api-key", "api_key", "tls.key", "a-_b", strings.Repeat("x", 63)} {
		if err := CheckSecret(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"", ".", "..", "a..b", "../a", "a/b", ".a", "-a", "a.", "a-", "_a", "a b", "a\x00", "a\n", "ä", strings.Repeat("x", 64)} {
		if err := CheckSecret(name); !errors.Is(err, ErrInvalid) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestInvalid_ReadsAsItsCause(t *testing.T) {
	cause := errors.New("no fprocess")
	if err := Invalid(cause); err.Error() != "no fprocess" || !errors.Is(err, ErrInvalid) || !errors.Is(err, cause) {
		t.Error(err)
	}
}
