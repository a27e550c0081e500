package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/harkvoice/hark/internal/near"
	"github.com/harkvoice/hark/internal/openfaas"
	"github.com/harkvoice/hark/internal/option"
)

// remote is what the commands that call a gateway's API have in common.
type remote struct {
	*settings
	Gateway, User, PasswordFile string

	api *openfaas.Client // once connected
}

func newRemote() remote { return remote{settings: defaults()} }

// defaultUser is OpenFaaS's.
const defaultUser = "admin"

func (r *remote) options() []option.Option {
	return []option.Option{
		{Name: "gateway", Short: "g", Env: "HARK_GATEWAY", Usage: "address of the gateway's operator's listener; without it OPENFAAS_URL, else the hark that is up here, else http://" + r.Listen, Value: option.Text(&r.Gateway, "url")},
		{Name: "user", Env: "HARK_USER", Usage: "user of --password-file, by default " + defaultUser, Value: option.Text(&r.User, "name")},
		{Name: "password-file", Env: "HARK_PASSWORD_FILE", Usage: "file with the user's password", Value: option.Text(&r.PasswordFile, "file")},
		{Name: "token-file", Env: "HARK_TOKEN_FILE", Usage: "file with a bearer token, in place of a user: its first line but for comments", Value: option.Text(&r.TokenFile, "file")},
		r.stateOption(),
	}
}

// connect finds the gateway; that of the stack file is the last but one to be
// taken. It does not call it.
func (r *remote) connect(ofFile string, errs io.Writer) error {
	c, err := r.credentials()
	if err != nil {
		return err
	}
	address, source := r.address(ofFile)
	if r.api, err = openfaas.NewClient(address, c); err != nil {
		return fmt.Errorf("%s %q: %w", source, address[strings.LastIndex(address, "@")+1:], err) // before it may be a password
	}
	if r.api.Exposed() {
		fmt.Fprintln(errs, inRed(errs, fmt.Sprintf("warning: the credentials for %s are sent unencrypted over the network; everybody on the way can read them. https:// or an SSH tunnel hides them.", r.api.Address())))
	}
	return nil
}

// address is where the gateway is, and who says so.
func (r *remote) address(ofFile string) (address, source string) {
	if r.Gateway != "" {
		return r.Gateway, "--gateway"
	}
	if address := os.Getenv("OPENFAAS_URL"); address != "" {
		return address, "OPENFAAS_URL"
	}
	if here, err := readRunning(r.State); err == nil && here.alive() && here.Operator != "" {
		return here.Operator, "the hark that is up here:"
	}
	if ofFile != "" {
		return ofFile, "provider.gateway"
	}
	return "http://" + defaults().Listen, "the default"
}

func (r *remote) credentials() (c openfaas.Credentials, err error) {
	switch {
	case r.TokenFile != "" && (r.User != "" || r.PasswordFile != ""):
		return c, errors.New("--token-file and a user are two ways to log in; give one of them")
	case r.TokenFile != "":
		var tokens []string // the file may be the gateway's own
		if tokens, err = readTokens(r.TokenFile); err == nil {
			c.Token = tokens[0]
		}
	case r.PasswordFile != "":
		c.User = cmp.Or(r.User, defaultUser)
		c.Password, err = readCredential("--password-file", r.PasswordFile)
	case r.User != "":
		return c, hinted{fmt.Errorf("--user %s has no password", r.User), "Name the file that holds it with --password-file or HARK_PASSWORD_FILE."}
	}
	return c, err
}

// explain adds the next step to an error of the API.
func (r *remote) explain(err error) error {
	var away *openfaas.Unreachable
	var distrust *tls.CertificateVerificationError
	switch {
	case errors.Is(err, context.Canceled):
		return errors.New("interrupted")
	case errors.As(err, &distrust):
		return hinted{err, "If the certificate is your own, name the file of its authority in SSL_CERT_FILE."}
	case errors.As(err, &away):
		return hinted{err, "Start hark with `hark up DIR` or `hark serve DIR`, or name its address with --gateway or HARK_GATEWAY."}
	case openfaas.IsStatus(err, http.StatusUnauthorized):
		if r.TokenFile == "" && r.PasswordFile == "" {
			return hinted{fmt.Errorf("%s asks who you are", r.api.Address()),
				"Give --user and --password-file (HARK_USER, HARK_PASSWORD_FILE), or --token-file (HARK_TOKEN_FILE)."}
		}
		return hinted{fmt.Errorf("%s does not take these credentials", r.api.Address()), "Check " + r.given() + "."}
	}
	return err
}

// given names the options by which there are credentials.
func (r *remote) given() string {
	if r.TokenFile != "" {
		return "the token in " + r.TokenFile
	}
	return fmt.Sprintf("the user %s and the password in %s", cmp.Or(r.User, defaultUser), r.PasswordFile)
}

// explainFunction explains an error about a function; if there is none of that
// name, it says which come near.
func (r *remote) explainFunction(ctx context.Context, name string, err error) error {
	if !openfaas.IsStatus(err, http.StatusNotFound) {
		return r.explain(err)
	}
	var names []string
	if all, err := r.api.Functions(ctx); err == nil {
		for _, f := range all {
			names = append(names, f.Name)
		}
	}
	return hinted{fmt.Errorf("there is no function %s at %s", name, r.api.Address()), near.Hint(name, names, "`hark list` lists what there is.")}
}
