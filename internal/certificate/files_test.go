package certificate

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestLoad_SaysWhatIsWrong(t *testing.T) {
	root := authority(t, "Root", nil)
	inter := authority(t, "Intermediate", root)
	good, other := leaf(t, inter, nil), leaf(t, inter, nil)
	key := keyPEM(t, good)
	for name, c := range map[string]struct {
		cert, key  []byte
		want, mend string // want empty: it loads
	}{
		"good":                {certPEM(good, inter), key, "", ""},
		"both in one file":    {append(keyPEM(t, good), certPEM(good)...), append(certPEM(good), key...), "", ""},
		"of two certificates": {certPEM(good, inter), keyPEM(t, other), "is not that of the certificate \"skill.example.org\"", "both files are new"},
		"upside down":         {certPEM(inter, good), key, "wrong order", "server's certificate first"},
		"interchanged":        {key, certPEM(good), "has a key and no certificate", "interchanged"},
		"no key":              {certPEM(good), certPEM(good), "has a certificate and no key", "interchanged"},
		"DER":                 {good.Raw, key, "no certificate in PEM", "-inform der"},
		"DER of the key":      {certPEM(good), []byte{48, 1}, "no key in PEM", "-inform der"},
		"empty":               {nil, key, "no certificate in PEM", ""},
		"cut off":             {certPEM(good)[:300], key, "no certificate in PEM", ""},
		"broken inside":       {pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: good.Raw[:100]}), key, "certificate 1 cannot be read", "anew"},
		"a broken key":        {certPEM(good), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}), "the key cannot be read", "anew"},
		"an encrypted key":    {certPEM(good), pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x")}), "is encrypted", "openssl pkey"},
	} {
		t.Run(name, func(t *testing.T) {
			certFile, keyFile := pairIn(t, c.cert, c.key)
			pair, chain, err := Load(certFile, keyFile)
			if c.want == "" {
				if err != nil || pair.Leaf == nil || len(chain) != len(pair.Certificate) {
					t.Fatalf("%v, %d certificates", err, len(chain))
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(MendOf(err), c.mend) {
				t.Errorf("error %v (%s), want %q (%q)", err, MendOf(err), c.want, c.mend)
			}
		})
	}
	if _, _, err := Load("none.pem", "none.pem"); err == nil || !strings.Contains(err.Error(), "open none.pem") {
		t.Errorf("error %v", err)
	}
}

// renewal is files that are served, and what they are changed into.
type renewal struct {
	*Files
	certFile, keyFile string
	log               *told
}

// told is a log that may be read meanwhile.
type told struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *told) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *told) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (r *renewal) write(t *testing.T, cert, key []byte) {
	write(t, r.certFile, cert)
	write(t, r.keyFile, key)
}

// later waits for two looks and one more.
func later() {
	time.Sleep(3*lookTime + time.Millisecond)
	synctest.Wait()
}

func renew(t *testing.T, now *made, root *made, test func(*renewal)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var log told
		certFile, keyFile := pairIn(t, certPEM(now), keyPEM(t, now))
		files, err := Open(Config{Cert: certFile, Key: keyFile, Names: []string{"skill.example.org"}, Roots: poolOf(root), Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { files.Watch(ctx); close(done) }()
		test(&renewal{files, certFile, keyFile, &log})
		stop()
		<-done
	})
}

// inBubble has an authority and leaves whose time is that of synctest's bubble.
func inBubble(t *testing.T) (root *made) {
	synctest.Test(t, func(t *testing.T) { root = authority(t, "Root", nil) })
	return root
}

func bubbleLeaf(t *testing.T, root *made, change func(*x509.Certificate)) (m *made) {
	synctest.Test(t, func(t *testing.T) { m = leaf(t, root, change) })
	return m
}

func TestFiles_TakeUpARenewal(t *testing.T) {
	root := inBubble(t)
	first, second := bubbleLeaf(t, root, nil), bubbleLeaf(t, root, nil)
	renew(t, first, root, func(r *renewal) {
		r.write(t, certPEM(second), keyPEM(t, second))
		later()
		if got, _ := r.get(nil); !got.Leaf.Equal(second.Certificate) {
			t.Errorf("the old one is served; log:\n%s", r.log)
		}
		if !strings.Contains(r.log.String(), "did=renewed") || strings.Contains(r.log.String(), "level=ERROR") {
			t.Errorf("log:\n%s", r.log)
		}
	})
}

// certbot writes one file after the other; between them the two do not go
// together.
func TestFiles_KeepTheOldPairUntilBothAreNew(t *testing.T) {
	root := inBubble(t)
	first, second := bubbleLeaf(t, root, nil), bubbleLeaf(t, root, nil)
	renew(t, first, root, func(r *renewal) {
		write(t, r.certFile, certPEM(second))
		later()
		later()
		if got, _ := r.get(nil); !got.Leaf.Equal(first.Certificate) || strings.Count(r.log.String(), "did=nothing") != 1 {
			t.Errorf("half a pair is served, or told of more than once:\n%s", r.log)
		}
		write(t, r.keyFile, keyPEM(t, second))
		later()
		if got, _ := r.get(nil); !got.Leaf.Equal(second.Certificate) {
			t.Errorf("the old one is served; log:\n%s", r.log)
		}
	})
}

func TestFiles_KeepTheOldPairForAWorseOne(t *testing.T) {
	root := inBubble(t)
	first := bubbleLeaf(t, root, nil)
	expired := bubbleLeaf(t, root, func(c *x509.Certificate) { c.NotBefore, c.NotAfter = c.NotBefore.Add(-9*day), c.NotBefore })
	other := bubbleLeaf(t, root, func(c *x509.Certificate) { c.DNSNames = []string{"other.example.org"} })
	stranger := bubbleLeaf(t, inBubble(t), nil)
	for name, c := range map[string][2][]byte{
		"expired":              {certPEM(expired), keyPEM(t, expired)},
		"for another name":     {certPEM(other), keyPEM(t, other)},
		"of an unknown issuer": {certPEM(stranger), keyPEM(t, stranger)},
		"nothing":              {nil, nil},
		"nonsense":             {[]byte("x"), []byte("y")},
	} {
		renew(t, first, root, func(r *renewal) {
			r.write(t, c[0], c[1])
			later()
			if got, _ := r.get(nil); !got.Leaf.Equal(first.Certificate) || !strings.Contains(r.log.String(), "did=nothing") {
				t.Errorf("%s: served; log:\n%s", name, r.log)
			}
			if got := r.Status(); got.Failures != 1 || !got.NotAfter.Equal(first.NotAfter) {
				t.Errorf("%s: %+v", name, got)
			}
		})
	}
}

// Where Amazon takes neither, the new one is what its owner wants.
func TestFiles_TakeWhatIsNoWorse(t *testing.T) {
	root := inBubble(t)
	bad := func(c *x509.Certificate) { c.DNSNames = []string{"other.example.org"} }
	first, second := bubbleLeaf(t, root, bad), bubbleLeaf(t, root, bad)
	renew(t, first, root, func(r *renewal) {
		r.write(t, certPEM(second), keyPEM(t, second))
		later()
		if got, _ := r.get(nil); !got.Leaf.Equal(second.Certificate) {
			t.Errorf("the old one is served; log:\n%s", r.log)
		}
	})
}

// What runs for months tells of the end of its certificate each day.
func TestFiles_TellAgainEachDay(t *testing.T) {
	root := inBubble(t)
	first := bubbleLeaf(t, root, func(c *x509.Certificate) { c.NotAfter = c.NotBefore.Add(9 * day) })
	renew(t, first, root, func(r *renewal) {
		time.Sleep(5*day + day/2)
		synctest.Wait()
		if r.log.String() != "" {
			t.Errorf("too early:\n%s", r.log)
		}
		time.Sleep(3 * day)
		synctest.Wait()
		if n := strings.Count(r.log.String(), "expires in"); n < 2 || n > 4 {
			t.Errorf("told %d times:\n%s", n, r.log)
		}
	})
}

func TestFiles_TellAtTheStartWhatIsWrong(t *testing.T) {
	root := authority(t, "Root", nil)
	inter := authority(t, "Intermediate", root)
	m := leaf(t, inter, nil)
	var log bytes.Buffer
	certFile, keyFile := pairIn(t, certPEM(m), keyPEM(t, m))
	if _, err := Open(Config{Cert: certFile, Key: keyFile, Roots: poolOf(root), Log: slog.New(slog.NewTextHandler(&log, nil))}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "level=ERROR msg=certificate rule=chain") || !strings.Contains(log.String(), "fullchain.pem") {
		t.Errorf("log:\n%s", &log)
	}
	if _, err := Open(Config{Cert: filepath.Join(t.TempDir(), "none"), Key: keyFile}); err == nil {
		t.Error("opened what is not there")
	}
}
