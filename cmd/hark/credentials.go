package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/harkvoice/hark/router"
)

// dockerSecrets is where Docker has secrets. Those of OpenFaaS stacks are taken up
// there without an option.
const dockerSecrets = "/run/secrets"

// credentials reads who may use the operator's API.
func (s *settings) credentials() (c router.Credentials, err error) {
	user, password := s.basicAuthFiles(dockerSecrets)
	switch {
	case (user == "") != (password == ""):
		return c, hinted{errors.New("one of the two files of Basic auth is named"), "Name both: --basic-auth-user-file and --basic-auth-password-file."}
	case user != "":
		if c.User, err = readCredential("--basic-auth-user-file", user); err != nil {
			return c, err
		}
		if strings.Contains(c.User, ":") {
			return c, fmt.Errorf("--basic-auth-user-file %s: a user's name has no colon, which ends it in Basic auth", user)
		}
		if c.Password, err = readCredential("--basic-auth-password-file", password); err != nil {
			return c, err
		}
	}
	if s.TokenFile != "" {
		c.Tokens, err = readTokens(s.TokenFile)
	}
	return c, err
}

// basicAuthFiles are those that were named, else those of a directory if both are
// there.
func (s *settings) basicAuthFiles(dir string) (user, password string) {
	if s.BasicAuthUserFile != "" || s.BasicAuthPasswordFile != "" {
		return s.BasicAuthUserFile, s.BasicAuthPasswordFile
	}
	user, password = filepath.Join(dir, "basic-auth-user"), filepath.Join(dir, "basic-auth-password")
	for _, file := range []string{user, password} {
		if _, err := os.Stat(file); err != nil {
			return "", ""
		}
	}
	return user, password
}

// readCredential reads a file of one line.
func readCredential(option, file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", option, err)
	}
	value := strings.TrimSpace(string(text))
	switch {
	case value == "":
		return "", fmt.Errorf("%s: %s is empty; write one line into it", option, file)
	case strings.ContainsAny(value, "\r\n"):
		return "", fmt.Errorf("%s: %s has more than one line", option, file)
	}
	return value, nil
}

// readTokens reads a file of one token a line, besides comments.
func readTokens(file string) (tokens []string, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--token-file: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			tokens = append(tokens, line)
		}
	}
	if len(tokens) == 0 {
		return nil, fmt.Errorf("--token-file: %s has no token; write one a line", file)
	}
	return tokens, nil
}

// guarded refuses an operator's listener that others reach and nobody guards.
func guarded(operator net.Listener, c router.Credentials) error {
	address, ok := operator.Addr().(*net.TCPAddr)
	if !c.None() || ok && address.IP.IsLoopback() {
		return nil
	}
	return hinted{fmt.Errorf("the operator's listener %s would let everybody deploy who reaches it", operator.Addr()),
		"Listen on 127.0.0.1 (--listen), or ask for credentials: --token-file, or --basic-auth-user-file and --basic-auth-password-file."}
}
