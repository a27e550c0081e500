package alexatest

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// The files of an authority in its directory. Keys have mode 0600.
const (
	PublicFile = "authority.pem" // what a gateway is told to trust
	rootKey    = "root.key"
	signingKey = "signing.key"
)

// renewBefore is how long before its end a stored authority is made anew.
const renewBefore = 30 * 24 * time.Hour

// Create makes an authority and stores it in dir, or returns the one that is
// there already and good for another month. Its parent directory is created.
// Of several processes that create one at once, all get the same.
func Create(dir string) (a *Authority, created bool, err error) {
	dir = filepath.Clean(dir)
	if a, err = Open(dir); err == nil && a.lasts() {
		return a, false, nil
	}
	unlock, err := lock(dir)
	if err != nil {
		return nil, false, err
	}
	defer unlock()
	a, err = Open(dir)
	switch {
	case err == nil && a.lasts(): // somebody else made it meanwhile
		return a, false, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, false, err
	}
	if a, err = New(); err != nil {
		return nil, false, err
	}
	return a, true, a.store(dir)
}

// lasts reports whether a stored authority need not be made anew yet.
func (a *Authority) lasts() bool {
	return time.Until(a.signing.Chain[0].NotAfter) > renewBefore
}

// lock makes the directory above dir and waits there until no one else makes
// an authority in dir. It ends with the process at the latest; what stays
// behind is an empty file that locks nothing.
func lock(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(dir+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, fmt.Errorf("locking %s: %w", f.Name(), err)
	}
	return func() { f.Close() }, nil
}

// store writes the files beside dir first, so that dir is whole or absent.
func (a *Authority) store(dir string) error {
	fresh, err := os.MkdirTemp(filepath.Dir(dir), ".authority-*") // mode 0700
	if err != nil {
		return err
	}
	defer os.RemoveAll(fresh)
	if err := os.WriteFile(filepath.Join(fresh, PublicFile), a.PEM(), 0o644); err != nil {
		return err
	}
	for name, key := range map[string]crypto.Signer{rootKey: a.rootKey, signingKey: a.signing.Key} {
		if err := writeKey(filepath.Join(fresh, name), key); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(dir); err != nil { // there is none, or an outlived one
		return err
	}
	return os.Rename(fresh, dir)
}

func writeKey(path string, key crypto.Signer) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
}

// Open reads the authority stored in dir. The error is fs.ErrNotExist when
// there is none.
func Open(dir string) (*Authority, error) {
	file, err := os.ReadFile(filepath.Join(dir, PublicFile))
	if err != nil {
		return nil, err
	}
	chain, err := parse(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, PublicFile), err)
	}
	last := len(chain) - 1
	a := &Authority{root: chain[last], signing: Credential{Chain: chain[:last]}}
	if a.rootKey, err = readKey(filepath.Join(dir, rootKey)); err != nil {
		return nil, err
	}
	if a.signing.Key, err = readKey(filepath.Join(dir, signingKey)); err != nil {
		return nil, err
	}
	return a, nil
}

// PublicURL is the certificate URL of the authority whose public file this is.
func PublicURL(file []byte) (string, error) {
	chain, err := parse(file)
	if err != nil {
		return "", err
	}
	return DevelopmentURL(chain[len(chain)-1]), nil
}

func parse(file []byte) ([]*x509.Certificate, error) {
	var chain []*x509.Certificate
	for block, rest := pem.Decode(file); block != nil; block, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		chain = append(chain, c)
	}
	if len(chain) < 2 {
		return nil, errors.New("not the public file of a development authority: it holds a signing certificate, an intermediate and a root")
	}
	return chain, nil
}

func readKey(path string) (crypto.Signer, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s may be read by others (mode %04o); chmod 600 it, or remove its directory to have it made anew", path, info.Mode().Perm())
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(file)
	if block == nil {
		return nil, fmt.Errorf("%s is not a PEM file; remove its directory to have it made anew", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%s is not a signing key", path)
	}
	return signer, nil
}
