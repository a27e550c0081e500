package main

import (
	"fmt"
	"net"
	"net/url"
	"sync"

	"github.com/harkvoice/hark/internal/device"
)

// progress is what a skill says before its answer.
type progress struct {
	directives *device.Directives // nil where it cannot be heard

	mutex sync.Mutex
	kept  []string // until it is taken
}

// hearProgress has a device hear what the skill at target says before its
// answer; tell is called with it, or it is kept where tell is nil. A gateway on
// another machine would not find the way here.
func hearProgress(echo *device.Device, target string, tell func(ssml string)) (p *progress, err error) {
	p = &progress{}
	if u, err := url.Parse(target); err != nil || !loopback(u.Hostname()) {
		return p, nil
	}
	p.directives, err = device.ListenDirectives(func(speech string) {
		if tell != nil {
			tell(speech)
			return
		}
		p.mutex.Lock()
		defer p.mutex.Unlock()
		p.kept = append(p.kept, speech)
	})
	if err != nil {
		return nil, fmt.Errorf("listening for progressive responses: %w", err)
	}
	echo.Endpoint, echo.Token = p.directives.Endpoint, p.directives.Token
	return p, nil
}

// take returns what was kept, once.
func (p *progress) take() []string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	kept := p.kept
	p.kept = nil
	return kept
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
