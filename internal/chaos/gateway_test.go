//go:build linux

package chaos

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/harkvoice/hark/alexa/alexatest"
)

// gateway is a process of hark, which can be ended and started again.
type gateway struct {
	name     string
	operator string // address
	public   string // address
	log      string // file
	start    func() *exec.Cmd
	dial     func(ctx context.Context, network, address string) (net.Conn, error)

	process *exec.Cmd
	ended   chan struct{}
}

// up starts it and returns when it answers.
func (g *gateway) up(t *testing.T) {
	t.Helper()
	log, err := os.OpenFile(g.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	g.process, g.ended = g.start(), make(chan struct{})
	g.process.Stdout, g.process.Stderr = log, log
	if err := g.process.Start(); err != nil {
		t.Fatal(err)
	}
	process, ended := g.process, g.ended
	go func() {
		_ = process.Wait()
		close(ended)
	}()
	g.answers(t)
}

// signal tells the process something and returns when it has ended.
func (g *gateway) signal(t *testing.T, what syscall.Signal) {
	t.Helper()
	_ = g.process.Process.Signal(what)
	select {
	case <-g.ended:
	case <-time.After(patience):
		t.Fatalf("%s does not end", g.name)
	}
}

// answers awaits that it is healthy.
func (g *gateway) answers(t *testing.T) {
	t.Helper()
	client := g.client(false)
	eventually(t, g.name+" answers", func() error {
		resp, err := client.Get("http://" + g.operator + "/healthz")
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return errors.New(resp.Status)
		}
		return nil
	})
}

// client is one of its clients, who keeps connections or does not.
func (g *gateway) client(keeps bool) *http.Client {
	return &http.Client{Timeout: callTime, Transport: &http.Transport{DialContext: g.dial, DisableKeepAlives: !keeps,
		MaxIdleConnsPerHost: 64, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
}

// eventually asks again until a thing holds.
func eventually(t *testing.T, what string, holds func() error) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		err := holds()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("it has not come to be: %s: %v", what, err)
		}
	}
}

// credentials are what gateways start with: the authority that signs voice, and
// a certificate.
func credentials(t *testing.T, hark string) (dir string, authority *alexatest.Authority) {
	t.Helper()
	dir = t.TempDir()
	authority, _, err := alexatest.Create(filepath.Join(dir, "authority"))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(hark, "certificate", "--state", dir, "--out", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir, authority
}
