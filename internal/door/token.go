package door

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
)

const headerAuthorization = "Authorization"

// Bearer is the token of a request. There must be one header of it only: of two,
// others might read the other one.
func Bearer(h http.Header) (token string, ok bool) {
	values := h[headerAuthorization]
	if len(values) != 1 {
		return "", false
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "Bearer") && token != ""
}

// Knows compares a token with each that is known, in the same time whatever is
// wrong.
func Knows(tokens []string, token string) bool {
	given, known := sha256.Sum256([]byte(token)), 0
	for _, t := range tokens {
		of := sha256.Sum256([]byte(t))
		known |= subtle.ConstantTimeCompare(given[:], of[:])
	}
	return known == 1
}
