package image

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// hub is the name that Docker's own registry has in config.json.
const hub = "https://index.docker.io/v1/"

// config is what is read of Docker's config.json.
type config struct {
	Auths map[string]struct {
		Auth          string `json:"auth"` // base64 of USER:PASSWORD
		IdentityToken string `json:"identitytoken"`
	} `json:"auths"`
	Store   string            `json:"credsStore"`
	Helpers map[string]string `json:"credHelpers"`
}

// authConfig is Docker's AuthConfig.
type authConfig struct {
	Username      string `json:"username,omitempty"`
	Password      string `json:"password,omitempty"`
	ServerAddress string `json:"serveraddress,omitempty"`
	IdentityToken string `json:"identitytoken,omitempty"`
}

// RegistryAuth returns what `docker login` has kept for the registry of an
// image, as the header X-Registry-Auth carries it, or "" if there is nothing.
// Errors never hold any of it.
func RegistryAuth(ctx context.Context, image string) (string, error) {
	c, err := readConfig()
	if err != nil {
		return "", err
	}
	registry := Registry(image)
	auth, err := c.auth(ctx, registry)
	if err != nil || auth == (authConfig{}) {
		return "", err
	}
	auth.ServerAddress = registry
	text, err := json.Marshal(auth)
	if err != nil {
		return "", errors.New("its credentials cannot be encoded")
	}
	return base64.URLEncoding.EncodeToString(text), nil
}

// Registry is the key of an image's registry in config.json.
func Registry(image string) string {
	host, _, found := strings.Cut(image, "/")
	if !found || !strings.ContainsAny(host, ".:") && host != "localhost" || host == "docker.io" || host == "index.docker.io" {
		return hub
	}
	return host
}

func readConfig() (c config, err error) {
	dir := os.Getenv("DOCKER_CONFIG")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return c, nil
		}
		dir = filepath.Join(home, ".docker")
	}
	path := filepath.Join(dir, "config.json")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	if json.Unmarshal(text, &c) != nil { // its error may quote what it has read
		return c, fmt.Errorf("%s is not Docker's config.json", path)
	}
	return c, nil
}

func (c config) auth(ctx context.Context, registry string) (authConfig, error) {
	if helper := c.Helpers[registry]; helper != "" {
		return ask(ctx, helper, registry)
	}
	entry := c.Auths[registry]
	if entry.Auth == "" && entry.IdentityToken == "" {
		if c.Store != "" {
			return ask(ctx, c.Store, registry)
		}
		return authConfig{}, nil
	}
	pair, err := base64.StdEncoding.DecodeString(entry.Auth)
	user, password, ok := strings.Cut(strings.TrimRight(string(pair), "\x00"), ":")
	if entry.Auth != "" && (err != nil || !ok) {
		return authConfig{}, fmt.Errorf("what config.json has for %s is not USER:PASSWORD in base64", registry)
	}
	return authConfig{Username: user, Password: password, IdentityToken: entry.IdentityToken}, nil
}

// helperName keeps the name of a helper from being a path.
var helperName = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// ask gets credentials from one of Docker's helpers: the registry on STDIN, JSON
// on STDOUT.
func ask(ctx context.Context, helper, registry string) (authConfig, error) {
	if !helperName.MatchString(helper) {
		return authConfig{}, fmt.Errorf("config.json names the credential helper %q", helper)
	}
	program := "docker-credential-" + helper
	cmd := exec.CommandContext(ctx, program, "get")
	cmd.Stdin = strings.NewReader(registry)
	out, err := cmd.Output()
	if err != nil {
		if bytes.Contains(out, []byte("credentials not found")) {
			return authConfig{}, nil
		}
		return authConfig{}, fmt.Errorf("%s get: %w", program, err)
	}
	var got struct{ Username, Secret string }
	if json.Unmarshal(out, &got) != nil {
		return authConfig{}, fmt.Errorf("%s get: its answer is not JSON", program)
	}
	if got.Username == "<token>" {
		return authConfig{IdentityToken: got.Secret}, nil
	}
	return authConfig{Username: got.Username, Password: got.Secret}, nil
}
