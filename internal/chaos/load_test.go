//go:build linux

package chaos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/harkvoice/hark/alexa/alexatest"
)

const (
	// patience bounds what a scenario waits for; none takes that long unless it fails.
	patience = time.Minute
	// callTime is what a call may take in all: what Amazon grants a skill.
	callTime = 8 * time.Second
	// callers of each kind call one time after the other, and pause between.
	callers, pause = 6, 5 * time.Millisecond
	// outcomeHeader tells how hark fared with a voice request.
	outcomeHeader = "X-Hark-Outcome"
)

// load is a steady stream of calls, as users make them: who finds nobody at a gateway
// goes to another one, and so does a GET that got no answer.
type load struct {
	gateways  []*gateway
	authority *alexatest.Authority
	into      atomic.Pointer[scenario]

	stop    context.CancelFunc
	running sync.WaitGroup
}

var ids atomic.Int64

// begin starts a load.
func begin(authority *alexatest.Authority, into *scenario, kinds []string, gateways ...*gateway) *load {
	ctx, stop := context.WithCancel(context.Background())
	l := &load{gateways: gateways, authority: authority, stop: stop}
	l.into.Store(into)
	for _, kind := range kinds {
		for i := range callers {
			l.running.Go(func() { l.run(ctx, kind, i) })
		}
	}
	return l
}

// end returns when the last call has ended.
func (l *load) end() {
	l.stop()
	l.running.Wait()
}

func (l *load) run(ctx context.Context, kind string, caller int) {
	clients := make([]*http.Client, len(l.gateways))
	for i, g := range l.gateways {
		clients[i] = g.client(caller%2 == 0)
	}
	for n := caller; ctx.Err() == nil; n++ {
		into := l.into.Load()
		into.add(kind, l.call(kind, clients, n))
		time.Sleep(pause)
	}
}

// call makes one call, with the tries that its client may make.
func (l *load) call(kind string, clients []*http.Client, n int) (o outcome) {
	begun := time.Now()
	defer func() { o.took = time.Since(begun) }()
	word := fmt.Sprintf("word-%d-", ids.Add(1))
	for {
		at := (n + o.retries) % len(clients)
		o.told, o.wrong, o.err = l.try(kind, word, l.gateways[at], clients[at])
		refused := errors.Is(o.err, syscall.ECONNREFUSED)
		again := refused || kind == kindGet && o.err != nil && !o.told && !o.wrong
		if !again || time.Since(begun) > callTime {
			return o
		}
		o.retries++
		time.Sleep(pause)
	}
}

// try makes a call of one gateway and checks its answer.
func (l *load) try(kind, word string, g *gateway, client *http.Client) (told, wrong bool, err error) {
	r, err := l.request(kind, word, g)
	if err != nil {
		return false, true, err
	}
	resp, err := client.Do(r)
	if err != nil {
		return false, false, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return false, false, err
	}
	outcome := resp.Header.Get(outcomeHeader)
	switch {
	case resp.StatusCode == http.StatusTooManyRequests && resp.Header.Get("Retry-After") == "", resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") == "":
		return false, true, fmt.Errorf("%s without Retry-After: %.200s", resp.Status, text)
	case resp.StatusCode != http.StatusOK || outcome != "" && outcome != "ok":
		return true, false, fmt.Errorf("%s %s: %.200s", resp.Status, outcome, text)
	case !strings.Contains(string(text), word):
		return false, true, fmt.Errorf("the answer is %.200q, and should have %q", text, word)
	}
	return false, false, nil
}

func (l *load) request(kind, word string, g *gateway) (*http.Request, error) {
	if kind == kindVoice {
		return voice(l.authority, "https://"+g.public+"/alexa", word, time.Now())
	}
	method := http.MethodPost
	if kind == kindGet {
		method = http.MethodGet
	}
	return http.NewRequest(method, "http://"+g.operator+"/function/Echo", strings.NewReader(word))
}

// voice is a signed request for the function Echo, dated at.
func voice(authority *alexatest.Authority, url, word string, at time.Time) (*http.Request, error) {
	envelope := fmt.Sprintf(`{"version":"1.0","session":{"sessionId":"s"},"request":{"type":"IntentRequest","requestId":"%s","locale":"en-US","timestamp":"%s","intent":{"name":"EchoIntent"}}}`,
		word, at.UTC().Format(time.RFC3339))
	return signed(authority, url, envelope)
}

// signed is an envelope as Amazon sends it.
func signed(authority *alexatest.Authority, url, envelope string) (*http.Request, error) {
	r, err := http.NewRequest(http.MethodPost, url, strings.NewReader(envelope))
	if err != nil {
		return nil, err
	}
	r.Header, err = authority.Sign([]byte(envelope))
	return r, err
}
