// Package forwarded tells who a request is from where proxies hand requests on.
//
//	proxies, err := forwarded.Parse([]string{"10.0.0.0/8"})
//	server.Handler = proxies.Handler(h) // h reads r.RemoteAddr, and nothing else
//
// A proxy appends to X-Forwarded-For whom it got the request from. What it appends
// is believed if the proxy is one of those that the operator has named, from the
// last backwards; what comes before that anybody could have written.
package forwarded

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Proxies are the networks of those who are believed. None believes nobody.
type Proxies []netip.Prefix

// Parse reads networks, such as 10.0.0.0/8, and addresses.
func Parse(networks []string) (Proxies, error) {
	var all Proxies
	for _, text := range networks {
		network, err := parse(text)
		if err != nil {
			return nil, err
		}
		all = append(all, network)
	}
	return all, nil
}

// Check says what is wrong with one network.
func Check(network string) error {
	_, err := parse(network)
	return err
}

func parse(text string) (netip.Prefix, error) {
	if ip, err := netip.ParseAddr(text); err == nil && ip.Zone() == "" {
		ip = ip.Unmap()
		return netip.PrefixFrom(ip, ip.BitLen()), nil
	}
	network, err := netip.ParsePrefix(text)
	if err != nil {
		return network, fmt.Errorf("%.60q is no network; write one such as 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32", text)
	}
	if network.Masked() != network {
		return network, fmt.Errorf("%s has bits beyond its length; did you mean %s?", text, network.Masked())
	}
	if network.Bits() == 0 {
		return network, fmt.Errorf("%s is everybody, so that anybody could say whose request it is; name the proxies' own networks", text)
	}
	return network, nil
}

// Trust reports whether an address, a host and a port, is one of them.
func (p Proxies) Trust(address string) bool {
	host, ok := addressOf(address)
	return ok && p.has(host)
}

func (p Proxies) has(ip netip.Addr) bool {
	for _, network := range p {
		if network.Contains(ip) {
			return true
		}
	}
	return false
}

// The headers that Handler leaves.
const (
	headerFor   = "X-Forwarded-For"
	headerProto = "X-Forwarded-Proto"
)

// Handler hands requests on whose RemoteAddr is the client's, with port 0 if a
// proxy has told it. The only headers about it are X-Forwarded-For, the client's
// address, and X-Forwarded-Proto; all others of that kind, which functions would
// read, are taken away.
func (p Proxies) Handler(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.settle(r)
		h.ServeHTTP(w, r)
	})
}

// Only hands on what one of them sends, and refuses the rest.
func (p Proxies) Only(h http.Handler, refused func()) http.Handler {
	inner := p.Handler(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !p.Trust(r.RemoteAddr) {
			refused()
			http.Error(w, "this address is for the proxies that hark is told of", http.StatusForbidden)
			return
		}
		inner.ServeHTTP(w, r)
	})
}

func (p Proxies) settle(r *http.Request) {
	proto := "http"
	if r.TLS != nil {
		proto = "https"
	}
	client, ok := addressOf(r.RemoteAddr)
	if ok && p.has(client) {
		if said := last(r.Header[headerProto]); said == "http" || said == "https" {
			proto = said
		}
		if told := p.client(client, r.Header[headerFor]); told != client {
			client = told
			r.RemoteAddr = net.JoinHostPort(client.String(), "0")
		}
	}
	for name := range r.Header {
		if tells(name) {
			delete(r.Header, name)
		}
	}
	if ok {
		r.Header[headerFor] = []string{client.String()}
	}
	r.Header[headerProto] = []string{proto}
}

// client follows the hops backwards, from a proxy that is trusted to the first that
// is not. What is no address tells nothing: then it is the proxy that said so.
func (p Proxies) client(from netip.Addr, lines []string) netip.Addr {
	for n := len(lines) - 1; n >= 0; n-- {
		for rest, more := lines[n], true; more; {
			var hop string
			rest, hop, more = cutLast(rest)
			ip, ok := addressOf(hop)
			if !ok {
				return from
			}
			if from = ip; !p.has(ip) {
				return from
			}
		}
	}
	return from
}

// cutLast takes the last of a list, and says whether there are others.
func cutLast(list string) (rest, item string, more bool) {
	n := strings.LastIndexByte(list, ',')
	if n < 0 {
		return "", strings.TrimSpace(list), false
	}
	return list[:n], strings.TrimSpace(list[n+1:]), true
}

// last is the last of a header's values, which the nearest proxy has set.
func last(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	_, item, _ := cutLast(lines[len(lines)-1])
	return strings.ToLower(item)
}

// addressOf reads an address, with a port or without.
func addressOf(text string) (netip.Addr, bool) {
	if both, err := netip.ParseAddrPort(text); err == nil { // as a connection has it
		return both.Addr().Unmap().WithZone(""), true
	}
	if ip, err := netip.ParseAddr(text); err == nil {
		return ip.Unmap().WithZone(""), true
	}
	if inner, ok := strings.CutPrefix(text, "["); ok { // [2001:db8::1] without a port
		if ip, err := netip.ParseAddr(strings.TrimSuffix(inner, "]")); err == nil {
			return ip.Unmap().WithZone(""), true
		}
	}
	return netip.Addr{}, false
}

// telling are the other headers by which proxies and their makers tell the client.
var telling = map[string]bool{
	"forwarded": true, "client-ip": true, "x-client-ip": true, "x-real-ip": true, "true-client-ip": true, "x-cluster-client-ip": true,
	"cf-connecting-ip": true, "cf-connecting-ipv6": true, "fastly-client-ip": true, "x-envoy-external-address": true,
	"x-original-forwarded-for": true, "x-remote-ip": true, "x-remote-addr": true,
}

// tells reports whether a header is of that kind. An underscore is as good as a
// hyphen: in the environment of a function they are the same.
func tells(name string) bool {
	switch { // names that a server has read begin with a capital
	case strings.HasPrefix(name, "Content-"), strings.IndexByte("XFCT", name[0]) < 0:
		return false
	}
	plain := strings.ToLower(strings.ReplaceAll(name, "_", "-"))
	return strings.HasPrefix(plain, "x-forwarded-") || telling[plain]
}
