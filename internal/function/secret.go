package function

import (
	"fmt"
	"strings"
)

// MaxSecret is the longest value of a secret in bytes, which is Docker's bound.
const MaxSecret = 500 * 1000

// SecretDir is the directory in which a function in a container finds its secrets,
// each a file of the secret's name, as OpenFaaS has it.
const SecretDir = "/var/openfaas/secrets"

// maxSecretName is Docker's bound as well.
const maxSecretName = 63

// CheckSecret returns an ErrInvalid unless name can be a secret on every engine
// and the name of a file: letters and digits, with ".", "-" and "_" between them,
// and no "..".
func CheckSecret(name string) error {
	if len(name) > maxSecretName {
		return Invalid(fmt.Errorf("secret name %.20q… has %d characters, at most %d are allowed", name, len(name), maxSecretName))
	}
	if !isSecret(name) {
		return Invalid(fmt.Errorf("secret name %q: use letters and digits, with . - or _ only between them, and no two dots in a row", name))
	}
	return nil
}

func isSecret(name string) bool {
	alphanumeric := false
	for i := range len(name) {
		switch c := name[i]; {
		case '0' <= c && c <= '9', 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z':
			alphanumeric = true
		case (c == '.' || c == '-' || c == '_') && i > 0:
			alphanumeric = false
		default:
			return false
		}
	}
	return alphanumeric /* at the end */ && !strings.Contains(name, "..")
}
