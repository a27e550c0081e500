package main

import (
	"errors"
	"fmt"
	"net"
	"syscall"

	"github.com/harkvoice/hark/internal/drain"
)

// listen opens the listeners that are asked for.
func (g *gateway) listen() (err error) {
	if g.operator, err = listen(g.settings.Listen, "--listen", "HARK_LISTEN"); err != nil {
		return err
	}
	if err = guarded(g.operator, g.credentials); err != nil {
		return err
	}
	for _, l := range []struct {
		at                      **drain.Door
		address, flag, variable string
	}{
		{&g.public, g.settings.HTTPS, "--https", "HARK_HTTPS"},
		{&g.proxied, g.settings.HTTP, "--http", "HARK_HTTP"},
		{&g.challenges, g.settings.ACME.HTTP, "--acme-http", "HARK_ACME_HTTP"},
	} {
		if l.address == "" {
			continue
		}
		if *l.at, err = listen(l.address, l.flag, l.variable); err != nil {
			return err
		}
	}
	return nil
}

func listen(address, flag, variable string) (*drain.Door, error) {
	l, err := drain.Open(address)
	if err == nil {
		return l, nil
	}
	_, port, _ := net.SplitHostPort(address)
	next := fmt.Sprintf("Choose another address with %s or %s.", flag, variable)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, hinted{fmt.Errorf("port %s is taken: something listens on %s already", port, address), next}
	case errors.Is(err, syscall.EACCES):
		return nil, hinted{fmt.Errorf("port %s is not for everybody: ports below 1024 need a privilege", port), next}
	}
	return nil, hinted{fmt.Errorf("listening on %s: %w", address, err), next}
}
