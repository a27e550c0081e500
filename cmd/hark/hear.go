package main

import (
	"fmt"
	"io"
	"net"
	"net/url"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/internal/device"
)

// progress is what a skill says before its answer.
type progress struct {
	directives *device.Directives // nil where it cannot be heard
	heard      []string           // with --json; else it is printed as it comes
}

// hearProgress has a device hear what the skill at target says before its
// answer. A gateway on another machine would not find the way here.
func (s *settings) hearProgress(echo *device.Device, target string, out io.Writer) (p *progress, err error) {
	p = &progress{}
	if u, err := url.Parse(target); err != nil || !loopback(u.Hostname()) {
		return p, nil
	}
	p.directives, err = device.ListenDirectives(func(speech string) {
		if s.JSON {
			p.heard = append(p.heard, speech)
			return
		}
		fmt.Fprintln(out, shownLines(out, alexa.SpokenText(speech)))
	})
	if err != nil {
		return nil, fmt.Errorf("listening for progressive responses: %w", err)
	}
	echo.Endpoint, echo.Token = p.directives.Endpoint, p.directives.Token
	return p, nil
}

func (p *progress) close() {
	if p.directives != nil {
		p.directives.Close()
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
