package main

import (
	"crypto/tls"
	"os"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/harkvoice/hark/internal/acmetest"
)

// pebble is the ACME server of a script, which looks for challenges of TLS-ALPN-01
// at $PORT.
type pebble struct {
	port string
	*acmetest.Server
	ordered <-chan struct{}
	release func()
}

type pebbleKey struct{}

// pebbleCommand has a script's ACME server do something:
//
//	pebble start             run it; $ACME is its address, roots.pem its own authority,
//	                         issued.pem that of what it issues
//	pebble break STATUS      answer with that HTTP status; 0 mends it
//	pebble hold | release    keep orders waiting | let them on
//	pebble ordered           wait for an order that waits
//	pebble served PORT NAME  wait until a certificate of its own is served there
//	pebble issued NUMBER     check how many it has issued
func pebbleCommand(ts *testscript.TestScript, _ bool, args []string) {
	p := ts.Value(pebbleKey{}).(*pebble)
	switch args[0] {
	case "start":
		p.start(ts)
	case "break":
		status, err := strconv.Atoi(args[1])
		ts.Check(err)
		p.Break(status)
	case "hold":
		p.ordered, p.release = p.Hold()
	case "release":
		p.release()
	case "ordered":
		poll(ts, "an order", func() bool {
			select {
			case <-p.ordered:
				return true
			default:
				return false
			}
		})
	case "served":
		poll(ts, "an issued certificate on port "+args[1], func() bool { return p.serves(args[1], args[2]) })
	case "issued":
		if got := strconv.Itoa(p.Count()); got != args[1] {
			ts.Fatalf("%s certificates were issued", got)
		}
	default:
		ts.Fatalf("pebble does not know %s", args[0])
	}
}

func (p *pebble) start(ts *testscript.TestScript) {
	port, err := strconv.Atoi(p.port)
	ts.Check(err)
	p.Server, err = acmetest.Start(acmetest.Config{TLS: port, HTTP: port})
	ts.Check(err)
	ts.Defer(p.Close)
	ts.Setenv("ACME", p.Directory)
	ts.Check(os.WriteFile(ts.MkAbs("roots.pem"), p.RootsPEM, 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("issued.pem"), p.IssuedPEM, 0o600))
}

func (p *pebble) serves(port, name string) bool {
	c, err := tls.Dial("tcp", "127.0.0.1:"+port, &tls.Config{ServerName: name, RootCAs: p.Issued})
	if err != nil {
		return false
	}
	c.Close()
	return true
}
