package alexatest

import (
	"crypto"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/harkvoice/hark/alexa"
)

// The authority that most tests share; making one takes long.
var shared = sync.OnceValue(func() *Authority {
	a, err := New()
	if err != nil {
		panic(err)
	}
	return a
})

var body = []byte(`{"request":{"type":"LaunchRequest"}}`)

// stored is a directory that holds the shared authority.
func stored(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "authority")
	if err := shared().store(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// wantUsable fails unless a gateway that trusts the public file in dir accepts
// what a signs.
func wantUsable(t *testing.T, dir string, a *Authority) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(dir, PublicFile))
	if err != nil {
		t.Fatal(err)
	}
	url, err := PublicURL(file)
	if err != nil {
		t.Fatal(err)
	}
	v, err := alexa.NewVerifier(alexa.VerifierConfig{Development: file, DevelopmentURL: url})
	if err != nil {
		t.Fatal(err)
	}
	header, err := a.Sign(body)
	if err != nil {
		t.Fatal(err)
	}
	if signer, err := v.Verify(t.Context(), header, body); err != nil || signer != alexa.Development {
		t.Errorf("Verify: signer %d, error %v", signer, err)
	}
}

func wantError(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("error %v, want …%s…", err, text)
	}
}

func TestNew_MakesAChainOfAmazonsForm(t *testing.T) {
	t.Parallel()
	chain, err := parse(shared().PEM())
	if err != nil {
		t.Fatal(err)
	}
	if len(chain) != 3 || chain[0].IsCA || !chain[1].IsCA || !chain[2].IsCA {
		t.Fatalf("the public file holds %d certificates, want a leaf, an intermediate and a root", len(chain))
	}
	key, ok := chain[0].PublicKey.(*rsa.PublicKey)
	if !ok || key.N.BitLen() < 2048 {
		t.Errorf("the key is %T", chain[0].PublicKey)
	}
	intermediates := x509.NewCertPool()
	intermediates.AddCert(chain[1])
	if _, err := chain[0].Verify(x509.VerifyOptions{DNSName: SigningName, Roots: shared().Pool(), Intermediates: intermediates}); err != nil {
		t.Error(err)
	}
	if strings.Contains(string(shared().PEM()), "KEY") {
		t.Error("the public file holds a key")
	}
}

func TestAuthority_NamesAnAddressThatVerifiersTake(t *testing.T) {
	t.Parallel()
	if got, err := alexa.CertificateURL(shared().URL()); got != shared().URL() {
		t.Errorf("CertificateURL(%s) = %s, %v", shared().URL(), got, err)
	}
	if got, err := PublicURL(shared().PEM()); got != shared().URL() {
		t.Errorf("PublicURL = %s, %v; want %s", got, err, shared().URL())
	}
	if _, err := PublicURL([]byte("garbage")); err == nil {
		t.Error("PublicURL took garbage")
	}
}

func TestIssue_DoesAsTheLeafSays(t *testing.T) {
	t.Parallel()
	from, to := time.Unix(1_700_000_000, 0).UTC(), time.Unix(1_800_000_000, 0).UTC()
	key := shared().signing.Key
	c, err := shared().Issue(Leaf{Key: key, Names: []string{"example.com"}, CommonName: "name", NotBefore: from, NotAfter: to})
	if err != nil {
		t.Fatal(err)
	}
	leaf := c.Chain[0]
	if !leaf.NotBefore.Equal(from) || !leaf.NotAfter.Equal(to) || leaf.Subject.CommonName != "name" {
		t.Errorf("the leaf is %s, from %s to %s", leaf.Subject, leaf.NotBefore, leaf.NotAfter)
	}
	if leaf.VerifyHostname("example.com") != nil || leaf.VerifyHostname(SigningName) == nil {
		t.Errorf("the names are %v", leaf.DNSNames)
	}
	if c.Key != key {
		t.Error("the key is another")
	}
}

func TestServerCertificate_IsGoodForTLS(t *testing.T) {
	t.Parallel()
	certificate, err := shared().ServerCertificate("localhost", "127.0.0.1", "::1")
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		client, server := net.Pipe()
		go func() {
			defer server.Close()
			_ = tls.Server(server, &tls.Config{Certificates: []tls.Certificate{certificate}}).Handshake()
		}()
		if err := tls.Client(client, &tls.Config{RootCAs: shared().Pool(), ServerName: host}).Handshake(); err != nil {
			t.Errorf("%s: %v", host, err)
		}
		client.Close()
	}
}

func TestCreate_StoresKeysForTheOwnerAlone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state", "authority") + "/"
	a, created, err := Create(dir)
	if err != nil || !created {
		t.Fatalf("Create: created %t, error %v", created, err)
	}
	for path, want := range map[string]fs.FileMode{"..": 0o700, ".": 0o700, rootKey: 0o600, signingKey: 0o600} {
		info, err := os.Stat(filepath.Join(dir, path))
		if err != nil {
			t.Error(err)
		} else if info.Mode().Perm() != want {
			t.Errorf("%s has mode %04o, want %04o", path, info.Mode().Perm(), want)
		}
	}
	wantUsable(t, dir, a)
	if left, _ := filepath.Glob(filepath.Join(dir, "..", ".authority-*")); len(left) > 0 {
		t.Errorf("it left %v", left)
	}
}

func TestCreate_ReturnsTheOneThatIsThere(t *testing.T) {
	t.Parallel()
	dir := stored(t)
	a, created, err := Create(dir)
	if err != nil || created {
		t.Fatalf("Create: created %t, error %v", created, err)
	}
	if !a.Root().Equal(shared().Root()) {
		t.Error("the root is another")
	}
	wantUsable(t, dir, a)
}

func TestCreate_RepairsHalfWrittenDirectory(t *testing.T) {
	t.Parallel()
	for _, missing := range []string{PublicFile, rootKey, signingKey, "*"} {
		t.Run(missing, func(t *testing.T) {
			t.Parallel()
			dir := stored(t)
			paths, err := filepath.Glob(filepath.Join(dir, missing))
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range paths {
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			}
			a, created, err := Create(dir)
			if err != nil || !created {
				t.Fatalf("Create: created %t, error %v", created, err)
			}
			wantUsable(t, dir, a)
		})
	}
}

func TestCreate_RenewsAuthorityNearItsEnd(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		left time.Duration
		want bool
	}{
		{-time.Minute, true},
		{29 * 24 * time.Hour, true},
		{31 * 24 * time.Hour, false},
	} {
		old := &Authority{root: shared().root, rootKey: shared().rootKey}
		var err error
		if old.signing, err = old.Issue(Leaf{Key: shared().signing.Key, NotAfter: time.Now().Add(tt.left)}); err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "authority")
		if err := old.store(dir); err != nil {
			t.Fatal(err)
		}
		a, created, err := Create(dir)
		if err != nil || created != tt.want {
			t.Errorf("%s before its end: created %t, error %v", tt.left, created, err)
			continue
		}
		wantUsable(t, dir, a)
	}
}

// All who create at once end with what is in the directory: a gateway trusts
// its own, and `hark say` signs with the stored one.
func TestCreate_GivesOneAuthorityToAllAtOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "authority")
	var authorities [4]*Authority
	var made [4]bool
	var errs [4]error
	var all sync.WaitGroup
	for i := range authorities {
		all.Go(func() { authorities[i], made[i], errs[i] = Create(dir) })
	}
	all.Wait()
	count := 0
	for i, a := range authorities {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		if made[i] {
			count++
		}
		wantUsable(t, dir, a)
	}
	if count != 1 {
		t.Errorf("%d say that they made it", count)
	}
}

func TestCreate_ReportsDirectoryThatCannotBe(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Create(filepath.Join(file, "state", "authority")); err == nil {
		t.Error("Create made a directory below a file")
	}
}

func TestOpen_SaysThatThereIsNone(t *testing.T) {
	t.Parallel()
	if _, err := Open(filepath.Join(t.TempDir(), "authority")); !os.IsNotExist(err) {
		t.Errorf("error %v, want fs.ErrNotExist", err)
	}
}

func TestOpen_RefusesKeyThatOthersMayRead(t *testing.T) {
	t.Parallel()
	for _, name := range []string{rootKey, signingKey} {
		for _, mode := range []fs.FileMode{0o640, 0o604, 0o666, 0o620} {
			dir := stored(t)
			path := filepath.Join(dir, name)
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir)
			wantError(t, err, path+" may be read by others")
			wantError(t, err, "chmod 600 it, or remove its directory to have it made anew")
			// Create does not paper over it: somebody may have read the key.
			_, _, err = Create(dir)
			wantError(t, err, "may be read by others")
		}
	}
}

func TestOpen_RefusesFilesThatAreNoAuthority(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, file, content, want string }{
		{"empty public file", PublicFile, "", "not the public file of a development authority"},
		{"a certificate too few", PublicFile, string(encode(shared().root)), "not the public file of a development authority"},
		{"garbage in armour", PublicFile, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", PublicFile + ": "},
		{"empty key", signingKey, "", "is not a PEM file; remove its directory to have it made anew"},
		{"garbage key", rootKey, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", rootKey + ": "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := stored(t)
			if err := os.WriteFile(filepath.Join(dir, tt.file), []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir)
			wantError(t, err, tt.want)
		})
	}
}

func TestOpen_ReadsWhatWasStored(t *testing.T) {
	t.Parallel()
	a, err := Open(stored(t))
	if err != nil {
		t.Fatal(err)
	}
	type key interface{ Equal(crypto.PrivateKey) bool }
	if !a.rootKey.(key).Equal(shared().rootKey) || !a.signing.Key.(key).Equal(shared().signing.Key) {
		t.Error("the keys are others")
	}
	if string(a.PEM()) != string(shared().PEM()) || a.URL() != shared().URL() {
		t.Error("the public file or the address is another")
	}
	if _, err := a.ServerCertificate("localhost"); err != nil {
		t.Error(err)
	}
}
