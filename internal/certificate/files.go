package certificate

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// lookTime is how often the files are looked at. A change takes two looks, for
	// two files are not written at once.
	lookTime = 2 * time.Second
	// tellTime is how often what is wrong is told again.
	tellTime = day
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
	pair atomic.Pointer[tls.Certificate]

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

// Get is for tls.Config.GetCertificate.
func (f *Files) Get(*tls.ClientHelloInfo) (*tls.Certificate, error) { return f.pair.Load(), nil }

// NotAfter is when what is served expires.
func (f *Files) NotAfter() time.Time { return f.pair.Load().Leaf.NotAfter }

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
	switch due := time.Since(f.checked) >= tellTime; {
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
	if old := f.pair.Load().Leaf; err == nil && valid(old) && !valid(pair.Leaf) {
		err = &Fault{fmt.Errorf("%s is valid from %s to %s only", Title(pair.Leaf), date(pair.Leaf.NotBefore), date(pair.Leaf.NotAfter)),
			"Put a certificate there that is valid."}
	}
	if err != nil {
		f.checked = time.Now()
		f.Log.Error("certificate", "did", "nothing", "cause", err.Error(), "mend", MendOf(err), "not_after", f.NotAfter().UTC())
		return
	}
	if !pair.Leaf.Equal(f.pair.Load().Leaf) || len(pair.Certificate) != len(f.pair.Load().Certificate) {
		f.Log.Info("certificate", "did", "renewed", "names", Names(pair.Leaf), "not_after", pair.Leaf.NotAfter.UTC())
	}
	f.pair.Store(&pair)
	f.tell(chain)
}

func valid(c *x509.Certificate) bool {
	now := time.Now()
	return !now.Before(c.NotBefore) && !now.After(c.NotAfter)
}

// tell logs what is wrong with a chain.
func (f *Files) tell(chain []*x509.Certificate) {
	f.checked = time.Now()
	for _, found := range Check(chain, Want{f.Names, f.Roots, f.checked}) {
		level := slog.LevelWarn
		if found.Grave {
			level = slog.LevelError
		}
		f.Log.Log(context.Background(), level, "certificate", "rule", found.Rule, "cause", found.Text, "mend", found.Mend)
	}
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
