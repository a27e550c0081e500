//go:build linux

// Package deploy has no code: its test runs the files here as an operator does, on an
// engine of its own.
package deploy

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/dockertest"
)

// patience bounds a command; none takes that long unless it fails.
const patience = 3 * time.Minute

// operator runs commands on a node, from the top of the project.
type operator struct {
	*testing.T
	node *dockertest.Node
	env  []string
}

// does runs a command line and returns what it prints, which is to match a pattern.
func (o *operator) does(line, want string) string {
	o.Helper()
	out, err := o.run(line)
	if err != nil {
		o.Fatalf("%s: %v\n%s", line, err, out)
	}
	if !regexp.MustCompile(want).MatchString(out) {
		o.Errorf("%s: want %s, but:\n%s", line, want, out)
	}
	return out
}

// cannot runs a command line that is to fail, and to say why.
func (o *operator) cannot(line, want string) {
	o.Helper()
	if out, err := o.run(line); err == nil || !regexp.MustCompile(want).MatchString(out) {
		o.Errorf("%s: want a failure with %s, but %v:\n%s", line, want, err, out)
	}
}

// eventually runs a command line until what it prints matches.
func (o *operator) eventually(within time.Duration, line, want string) {
	o.Helper()
	matches := regexp.MustCompile(want)
	for end := time.Now().Add(within); ; time.Sleep(20 * time.Millisecond) {
		out, err := o.run(line)
		if err == nil && matches.MatchString(out) {
			return
		}
		if time.Now().After(end) {
			o.Fatalf("%s: not %s within %s, but %v:\n%s", line, want, within, err, out)
		}
	}
}

func (o *operator) run(line string) (string, error) {
	ctx, cancel := context.WithTimeout(o.Context(), patience)
	defer cancel()
	cmd := o.node.Command(ctx, "sh", "-c", line)
	cmd.Dir, cmd.Env = "..", append(cmd.Env, o.env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestRunSwarm goes from nothing to a spoken answer, and on as an operator does:
// the four ways to deploy, the commands, a gateway that is killed.
func TestRunSwarm(t *testing.T) {
	dockertest.Need(t)
	if _, err := exec.LookPath("docker"); err != nil {
		t.Skip("there is no docker command")
	}
	state := t.TempDir()
	o := &operator{t, dockertest.Start(t, 1, 0).Nodes[0], []string{"XDG_STATE_HOME=" + state, "NO_COLOR=1"}}
	o.does("deploy/run-swarm", `(?s)HostnameIntent +created, ready in.*Your hostname is [0-9a-f]{12}\.`)
	kept := filepath.Join(state, "hark", "run-swarm")
	o.env = append(o.env, "HARK_GATEWAY=http://127.0.0.1:8080", "HARK_USER=admin", "HARK_PASSWORD_FILE="+kept+"/basic-auth-password",
		"HARK_URL=https://127.0.0.1:8443/alexa", "HARK_DIR=samples/christmas-lights", "PATH="+filepath.Join(top(t), "bin")+":"+os.Getenv("PATH"))

	o.does("hark describe HostnameIntent", `(?i)ready`)
	o.does("hark deploy -f samples/christmas-lights/stack.yaml HostnameIntent", `ready in`) // nothing to change
	o.does("hark scale HostnameIntent 2", `2`)
	o.does("hark list", `HostnameIntent +\S+ +2/2`)
	o.does("hark list --json", `"name": ?"HostnameIntent"`)
	o.does("hark logs HostnameIntent", `fwatchdog serves`)
	o.does("printf s3cret | hark secret create api-key", `api-key`)
	o.does("hark secret list", `api-key`)
	o.does("hark secret remove api-key", `api-key`)
	o.cannot("HARK_USER=eve hark list", `(?i)password|credentials|401`)
	o.does("curl -sS http://127.0.0.1:8080/system/functions -o /dev/null -w '%{http_code}'", `401`)

	// What crashes is told, and what was there answers on.
	o.cannot("hark deploy -f deploy/testdata/crash.yaml HostnameIntent", `(?s)not updated, after.*rolled back|version before is back`)
	o.does(`hark say "ask christmas lights what is your hostname"`, `Your hostname is`)
	o.cannot("hark deploy -f deploy/testdata/crash.yaml --timeout 3s CrashIntent", `(?s)not ready after.*non-zero exit \(1\)`)
	o.does("hark remove CrashIntent", `CrashIntent`)

	// By hand and as a stack: there at once.
	id := strings.TrimSpace(o.does("docker image inspect -f '{{.Id}}' harkvoice/sample-hostname", `sha256:`))
	o.does("docker service create -d --no-resolve-image --network functions --name echo --env fprocess=cat "+id, `\w+`)
	o.eventually(10*time.Second, "curl -fsS -d hello http://127.0.0.1:8080/function/echo", `hello`)
	o.does("IMAGE="+id+" docker stack deploy --resolve-image never -c deploy/testdata/compose.yml garden", `garden_BirdIntent`)
	o.eventually(10*time.Second, "hark say --intent BirdIntent", `A robin\.`)
	o.does("curl -fsS http://127.0.0.1:8080/function/BirdIntent", `A robin\.`) // without the stack's prefix
	o.does("hark describe BirdIntent", `garden_BirdIntent`)
	o.does("hark remove echo", `echo`)
	o.does("curl -sS -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/function/echo", `404`)

	// A gateway that is killed is back, and knows all.
	o.does("docker kill $(docker ps -q -f name=hark_gateway)", `\w+`)
	o.eventually(30*time.Second, `hark say "ask christmas lights what is your hostname"`, `Your hostname is`)
	o.cannot("bin/hark serve --engine swarm --skill-id amzn1.ask.skill.x --listen 127.0.0.1:0 --https 127.0.0.1:0 --tls-cert "+kept+"/tls-cert.pem --tls-key "+kept+"/tls-key.pem",
		`(?s)cannot be reached from here.*docker stack deploy`)
	o.does("deploy/stop-swarm", ``)
}

func top(t *testing.T) string {
	dir, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
