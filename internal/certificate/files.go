package certificate

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// lookTime is how often the files are looked at. A change takes two looks, for
	// two files are not written at once.
	lookTime = 2 * time.Second
)

// Config is what Files are.
type Config struct {
	Cert, Key string         // files in PEM: the chain, the key of its first
	Names     []string       // by which Amazon connects, as far as they are known
	Roots     *x509.CertPool // nil: the system's
	Log       *slog.Logger
}

// Files is a certificate in two files, whose renewal is taken up.
type Files struct {
	Config
	pair   atomic.Pointer[tls.Certificate]
	failed atomic.Uint64

	// Of who watches.
	told, latest string // signatures: of what was tried, of the last look
	checked      time.Time
}

// Open reads the files, and tells the log what is wrong with what is in them.
// The error is a *Fault.
func Open(c Config) (*Files, error) {
	f := &Files{Config: c}
	f.told = f.signature()
	f.latest = f.told
	pair, chain, err := Load(c.Cert, c.Key)
	if err != nil {
		return nil, err
	}
	f.pair.Store(&pair)
	f.tell(chain)
	return f, nil
}

// TLS serves what the files have.
func (f *Files) TLS() *tls.Config { return &tls.Config{GetCertificate: f.get} }

func (f *Files) get(*tls.ClientHelloInfo) (*tls.Certificate, error) { return f.pair.Load(), nil }

// Status is that of what is served.
func (f *Files) Status() Status { return Status{f.notAfter(), f.failed.Load()} }

func (f *Files) notAfter() time.Time { return f.pair.Load().Leaf.NotAfter }

// Watch takes up what becomes of the files until ctx ends.
func (f *Files) Watch(ctx context.Context) {
	tick := time.NewTicker(lookTime)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			f.look()
		}
	}
}

// look takes up a change that is the same as at the last look.
func (f *Files) look() {
	now, before := f.signature(), f.latest
	f.latest = now
	switch due := time.Since(f.checked) >= TellTime; {
	case now != before:
		return
	case now != f.told, due:
		f.told = now
		f.take()
	}
}

// take serves what the files have now, unless it is worse than what is served.
func (f *Files) take() {
	pair, chain, err := Load(f.Cert, f.Key)
	if err == nil {
		err = f.worse(chain)
	}
	if err != nil {
		f.checked = time.Now()
		f.failed.Add(1)
		f.Log.Error("certificate", "did", "nothing", "cause", err.Error(), "mend", MendOf(err), "not_after", f.notAfter().UTC())
		return
	}
	if old := f.pair.Swap(&pair); !slices.EqualFunc(old.Certificate, pair.Certificate, slices.Equal) {
		f.Log.Info("certificate", "did", "renewed", "names", Names(pair.Leaf), "not_after", pair.Leaf.NotAfter.UTC())
	}
	f.tell(chain)
}

// worse is a fault for which Amazon would leave that what is served does not have,
// while Amazon takes that.
func (f *Files) worse(chain []*x509.Certificate) error {
	served, err := Parse(f.pair.Load().Certificate)
	if err != nil || len(f.grave(served)) > 0 {
		return nil
	}
	if grave := f.grave(chain); len(grave) > 0 {
		return &Fault{fmt.Errorf("the new one is not served: %s", grave[0].Text), grave[0].Mend}
	}
	return nil
}

func (f *Files) grave(chain []*x509.Certificate) []Finding {
	return slices.DeleteFunc(Check(chain, Want{f.Names, f.Roots, time.Now()}), func(found Finding) bool { return !found.Grave })
}

// tell logs what is wrong with a chain.
func (f *Files) tell(chain []*x509.Certificate) {
	f.checked = time.Now()
	Tell(f.Log, Check(chain, Want{f.Names, f.Roots, f.checked}))
}

// signature tells one state of the files from another without reading them. Links
// are followed: certbot and mounted volumes move those.
func (f *Files) signature() (all string) {
	for _, file := range []string{f.Cert, f.Key} {
		info, err := os.Stat(file)
		if err != nil {
			all += "-\n"
			continue
		}
		all += fmt.Sprintf("%d %d %d\n", info.Size(), info.ModTime().UnixNano(), inode(info))
	}
	return all
}

func inode(info fs.FileInfo) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Ino)
	}
	return 0
}
