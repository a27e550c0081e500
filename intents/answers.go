package intents

import "strings"

// answers say who answers a request.
type answers struct {
	intents  map[string]claim // by the normal form of an intent or of a type's last part
	types    map[string]claim // by a whole type, in lower case
	prefixes map[string]claim // by what stands before ".*", in lower case; by "" if that is all
}

// claim says who answers: a function, or none because two would.
type claim struct {
	name string
	err  error
}

func (c claim) decided() bool { return c.name != "" || c.err != nil }

// maxIntent is the longest name that is looked up. No function has one nearly
// as long.
const maxIntent = 128

// intent finds who answers an intent.
func (a answers) intent(name string) claim {
	if len(name) > maxIntent {
		return claim{}
	}
	var key [maxIntent]byte
	return a.intents[string(appendNormal(key[:0], name))]
}

// request finds who answers a request type, the most specific first: who is
// labelled with it, who is named like its last part, the longest prefix.
func (a answers) request(requestType string) claim {
	if len(requestType) > maxIntent {
		return a.prefixes[""]
	}
	var buffer [maxIntent]byte
	key := appendLower(buffer[:0], requestType)
	if c := a.types[string(key)]; c.decided() {
		return c
	}
	if c := a.intents[string(key)]; c.decided() {
		return c
	}
	if c := a.intent(requestType[strings.LastIndexByte(requestType, '.')+1:]); c.decided() {
		return c
	}
	for end := len(key); end > 0; {
		end = max(strings.LastIndexByte(requestType[:end], '.'), 0)
		if c := a.prefixes[string(key[:end])]; c.decided() {
			return c
		}
	}
	return claim{}
}

// normal is the form in which names of intents and functions are compared:
// lower case, without "AMAZON.".
func normal(name string) string { return string(appendNormal(nil, name)) }

func appendNormal(to []byte, name string) []byte {
	const vendor = "AMAZON."
	if len(name) > len(vendor) && strings.EqualFold(name[:len(vendor)], vendor) {
		name = name[len(vendor):]
	}
	return appendLower(to, name)
}

func appendLower(to []byte, name string) []byte {
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		to = append(to, c)
	}
	return to
}
