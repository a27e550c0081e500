package upstream

import (
	"net/http"
	"strings"
)

// HopByHop are the headers that are about one connection and go no further
// (RFC 9110, section 7.6.1).
var HopByHop = []string{"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

// DropHopByHop takes them out of a header.
func DropHopByHop(h http.Header) {
	for _, name := range listed(h["Connection"]) {
		h.Del(name)
	}
	for _, name := range HopByHop {
		delete(h, name)
	}
}

// listed are the words of a header that is a list.
func listed(lines []string) (words []string) {
	for _, line := range lines {
		for word := range strings.SplitSeq(line, ",") {
			words = append(words, strings.TrimSpace(word))
		}
	}
	return words
}
