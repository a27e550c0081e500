// Package acme has certificates issued and renewed by an ACME authority (RFC
// 8555), such as Let's Encrypt, and keeps them where several gateways find them.
//
//	issuer, err := acme.Open(ctx, acme.Config{Directory: acme.Directory("letsencrypt"), Names: names, Dir: dir, …})
//	server.TLSConfig = issuer.TLS() // answers TLS-ALPN-01 too
//	go issuer.Watch(ctx)            // has issued what is missing, and renews
//
// The protocol, its retries and the locks between gateways are certmagic's; what
// is told and counted of them is here.
package acme

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caddyserver/certmagic"
	"github.com/mholt/acmez/v3"
	"go.uber.org/zap"

	"github.com/harkvoice/hark/internal/certificate"
)

const (
	// renewTime is how often it is seen whether a certificate is due for renewal, or
	// another gateway has renewed it.
	renewTime = 10 * time.Minute
	// lookTime is how often what is served is compared with what was told.
	lookTime = 2 * time.Second
	// repairTime is until what has failed here, and not at the authority, is tried
	// again. What fails there is tried again by certmagic, ever more seldom.
	repairTime = time.Minute
)

// Config is what an Issuer is. All fields but those with a default are needed.
type Config struct {
	Directory string   // URL of the authority's directory
	Names     []string // domains, each of which has a certificate of its own
	Email     string   // for the authority; may be empty
	Dir       string   // shared by gateways; made if it is not there
	HTTPS     net.Addr // of the listener that has TLS()
	HTTP      net.Addr // of the listener that has Challenges(); nil: HTTP-01 is not used
	// Roots are those of the authority's own HTTPS; nil: the system's.
	Roots *x509.CertPool
	// Issued are those of what it issues, for the checks; nil: the system's.
	Issued *x509.CertPool
	Log    *slog.Logger

	// Of tests: how often to look for renewals, and how much of a life is left then.
	renewTime time.Duration
	window    float64
}

// Issuer has certificates, or has them issued. It is safe for concurrent use.
type Issuer struct {
	Config
	cache  *certmagic.Cache
	magic  *certmagic.Config
	acme   *certmagic.ACMEIssuer
	failed atomic.Uint64

	fresh chan struct{} // there is a certificate where there was none

	// Of who watches, by name.
	told map[string]*told
}

// told is what the log was told of a certificate, and when.
type told struct {
	leaf *x509.Certificate
	at   time.Time
}

// Open loads what was issued before. It asks nobody.
func Open(ctx context.Context, c Config) (*Issuer, error) {
	i := &Issuer{Config: c, fresh: make(chan struct{}, 1), told: make(map[string]*told)}
	if i.renewTime == 0 {
		i.renewTime = renewTime
	}
	quiet := zap.NewNop()
	i.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert:   func(certmagic.Certificate) (*certmagic.Config, error) { return i.magic, nil },
		RenewCheckInterval: i.renewTime,
		Logger:             quiet,
	})
	i.magic = certmagic.New(i.cache, certmagic.Config{
		Storage:            &certmagic.FileStorage{Path: c.Dir},
		RenewalWindowRatio: c.window,
		DisableARI:         c.window != 0,
		DefaultServerName:  c.Names[0], // for who names none
		FallbackServerName: c.Names[0],
		OnEvent:            i.happened,
		Logger:             quiet,
	})
	i.acme = certmagic.NewACMEIssuer(i.magic, i.template(quiet))
	i.magic.Issuers = []certmagic.Issuer{i.acme}
	for _, name := range c.Names {
		_, err := i.magic.CacheManagedCertificate(ctx, name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			i.cache.Stop()
			return nil, fmt.Errorf("the certificate of %s in %s: %w", name, c.Dir, err)
		}
	}
	return i, nil
}

// template is how certmagic asks. It opens listeners of its own unless it finds
// that there are some.
func (i *Issuer) template(quiet *zap.Logger) certmagic.ACMEIssuer {
	host, port := split(i.HTTPS)
	t := certmagic.ACMEIssuer{
		CA:                   i.Directory,
		Email:                i.Email,
		Agreed:               true, // or there would be no Issuer: see Terms
		TrustedRoots:         i.Roots,
		ListenHost:           host,
		AltTLSALPNPort:       port,
		DisableHTTPChallenge: i.HTTP == nil,
		Logger:               quiet,
	}
	if i.HTTP != nil {
		_, t.AltHTTPPort = split(i.HTTP)
	}
	return t
}

func split(a net.Addr) (host string, port int) {
	host, text, _ := net.SplitHostPort(a.String())
	port, _ = strconv.Atoi(text)
	return host, port
}

// TLS serves the certificates, and answers the challenges of TLS-ALPN-01.
func (i *Issuer) TLS() *tls.Config {
	return &tls.Config{GetCertificate: i.magic.GetCertificate, NextProtos: []string{"h2", "http/1.1", acmez.ACMETLS1Protocol}}
}

// Challenges answers those of HTTP-01, and hands on what is none.
func (i *Issuer) Challenges(otherwise http.Handler) http.Handler {
	return i.acme.HTTPChallengeHandler(otherwise)
}

// Status is that of the certificate that expires first; one that is missing has
// done so at the zero time.
func (i *Issuer) Status() certificate.Status {
	s := certificate.Status{Failures: i.failed.Load()}
	for n, name := range i.Names {
		var end time.Time
		if c := i.served(name); c != nil {
			end = c.Leaf.NotAfter
		}
		if n == 0 || end.Before(s.NotAfter) {
			s.NotAfter = end
		}
	}
	return s
}

// served is what a name has; nil if there is nothing yet.
func (i *Issuer) served(name string) *tls.Certificate {
	for _, c := range i.cache.AllMatchingCertificates(name) {
		return &c.Certificate
	}
	return nil
}

// Watch has certificates issued and renewed until ctx ends.
func (i *Issuer) Watch(ctx context.Context) {
	defer certmagic.CleanUpOwnLocks(context.WithoutCancel(ctx), zap.NewNop())
	defer i.cache.Stop()
	defer i.look() // what came at the last moment
	var missing sync.WaitGroup
	defer missing.Wait()
	for _, name := range i.Names {
		if i.served(name) == nil {
			missing.Go(func() { i.obtain(ctx, name) })
		}
	}
	tick := time.NewTicker(lookTime)
	defer tick.Stop()
	for {
		i.look()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-i.fresh:
		}
	}
}

// obtain returns once there is a certificate, issued to this gateway or to
// another.
func (i *Issuer) obtain(ctx context.Context, name string) {
	for ctx.Err() == nil {
		err := i.magic.ObtainCertAsync(ctx, name) // which waits, and tries again
		if err == nil {
			_, err = i.magic.CacheManagedCertificate(ctx, name)
		}
		if err == nil {
			select {
			case i.fresh <- struct{}{}:
			default:
			}
			return
		}
		if ctx.Err() != nil {
			return
		}
		i.fail(name, err)
		select {
		case <-ctx.Done():
		case <-time.After(repairTime):
		}
	}
}

// happened takes what certmagic says of its work.
func (i *Issuer) happened(_ context.Context, event string, data map[string]any) error {
	if event != "cert_failed" {
		return nil
	}
	name, _ := data["identifier"].(string)
	err, _ := data["error"].(error)
	if err != nil && !errors.Is(err, context.Canceled) {
		i.fail(name, err)
	}
	return nil
}

// fail counts and tells a failure, after which what is served stays so.
func (i *Issuer) fail(name string, err error) {
	i.failed.Add(1)
	cause, mend := explain(err, i.Config)
	attrs := []any{"did", "nothing", "name", name, "authority", i.Directory, "cause", cause, "mend", mend}
	if c := i.served(name); c != nil {
		attrs = append(attrs, "not_after", c.Leaf.NotAfter.UTC())
	}
	i.Log.Error("certificate", attrs...)
}

// look tells of what is new, and once a day of what is wrong.
func (i *Issuer) look() {
	for _, name := range i.Names {
		c := i.served(name)
		if c == nil {
			continue
		}
		before, now := i.told[name], time.Now()
		renewed := before == nil || !c.Leaf.Equal(before.leaf)
		if !renewed && now.Sub(before.at) < certificate.TellTime {
			continue
		}
		i.told[name] = &told{c.Leaf, now}
		if renewed {
			i.Log.Info("certificate", "did", did(before), "name", name, "issuer", c.Leaf.Issuer.CommonName, "not_after", c.Leaf.NotAfter.UTC())
		}
		if chain, err := certificate.Parse(c.Certificate); err == nil {
			certificate.Tell(i.Log, certificate.Check(chain, certificate.Want{Names: []string{name}, Roots: i.Issued, Now: now}))
		}
	}
}

func did(before *told) string {
	if before == nil {
		return "served"
	}
	return "renewed"
}
