package alexa

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	fetchTimeout  = 2 * time.Second // one attempt
	fetchAttempts = 2
	maxFetches    = 4 // at once; each is for an address of its own

	badChainTTL = time.Minute     // a file that is no good is not looked at again for so long
	badFetchTTL = 3 * time.Second // nor is an address that did not answer
	maxEntries  = 256
)

// certificates gives the verified chain of an address. An address is fetched
// once however many requests wait for it; a good chain is kept for as long as
// it is valid, a bad one is refused again from memory for a while.
type certificates struct {
	client *http.Client
	roots  *x509.CertPool
	now    func() time.Time

	flights  singleflight.Group
	fetching chan struct{} // a place for each fetch under way

	mu      sync.RWMutex
	entries map[string]entry
}

// entry is a chain, or the reason why there is none.
type entry struct {
	chain *chain
	err   error
	until time.Time
}

// get returns the chain for a normal form that CertificateURL returned.
func (c *certificates) get(ctx context.Context, url string) (*chain, error) {
	if e, ok := c.known(url); ok {
		return e.chain, e.err
	}
	flight := c.flights.DoChan(url, func() (any, error) {
		e, ok := c.known(url) // from a flight that has landed since
		if !ok {
			// The fetch outlives the request that started it: others wait too.
			e = c.load(context.WithoutCancel(ctx), url)
			c.keep(url, e)
		}
		return e.chain, e.err
	})
	select {
	case r := <-flight:
		return r.Val.(*chain), r.Err
	case <-ctx.Done():
		return nil, Refuse(ReasonFetch, "the signing certificate did not arrive in time")
	}
}

// known returns what is remembered of an address.
func (c *certificates) known(url string) (e entry, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e, ok = c.entries[url]
	return e, ok && !c.now().After(e.until)
}

func (c *certificates) load(ctx context.Context, url string) entry {
	select {
	case c.fetching <- struct{}{}:
		defer func() { <-c.fetching }()
	default:
		err := Refuse(ReasonFetch, "too many signing certificates are being fetched at once")
		return entry{err: err} // not kept: the next request may find a place
	}
	file, err := c.fetch(ctx, url)
	now := c.now()
	if err != nil {
		return entry{err: &Refusal{Reason: ReasonFetch, Err: errUnfetched, Inside: err}, until: now.Add(badFetchTTL)}
	}
	chain, err := verifyChain(file, c.roots, now)
	if err != nil {
		return entry{err: &Refusal{Reason: ReasonChain, Err: err}, until: now.Add(badChainTTL)}
	}
	return entry{chain: chain, until: chain.notAfter}
}

// keep remembers an entry. When the memory is full the bad and the outlived
// ones go: somebody who invents addresses cannot push out Amazon's.
func (c *certificates) keep(url string, e entry) {
	if e.until.IsZero() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.entries) >= maxEntries {
		for u, old := range c.entries {
			if old.err != nil || c.now().After(old.until) {
				delete(c.entries, u)
			}
		}
	}
	if len(c.entries) < maxEntries {
		c.entries[url] = e
	}
}

func (c *certificates) fetch(ctx context.Context, url string) (file []byte, err error) {
	for range fetchAttempts {
		var again bool
		if file, again, err = c.fetchOnce(ctx, url); err == nil || !again {
			return file, err
		}
	}
	return nil, err
}

var errUnfetched = errors.New("the signing certificate could not be fetched")

// fetchOnce reports in again whether another attempt may help.
func (c *certificates) fetchOnce(ctx context.Context, url string) (file []byte, again bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, false, err
	}
	resp, err := c.client.Do(req)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return nil, true, fmt.Errorf("it did not arrive within %s", fetchTimeout)
		}
		return nil, true, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK { // a redirect too: none is followed
		return nil, resp.StatusCode >= 500, fmt.Errorf("the answer was %s", resp.Status)
	}
	file, err = io.ReadAll(io.LimitReader(resp.Body, maxPEM+1)) // verifyChain refuses the one byte too many
	if err != nil {
		return nil, true, err
	}
	return file, false, nil
}

// direct returns a copy of client that follows no redirect.
func direct(client *http.Client) *http.Client {
	c := *client
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}
