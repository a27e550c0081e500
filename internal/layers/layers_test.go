// Package layers holds the lines between hark's packages: imports point down
// only, and each outside library has one place.
package layers

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/harkvoice/hark"

// below lists, for each package of hark, which others it may import. Tests may
// import more.
var below = map[string][]string{
	"internal/option":       {},
	"internal/function":     {},
	"internal/stack":        {"internal/function"},
	"internal/openfaas":     {"internal/function"},
	"internal/upstream":     {"internal/function"},
	"internal/webhook":      {"internal/seen"},
	"internal/seen":         {},
	"internal/crowd":        {},
	"internal/trace":        {"internal/function"},
	"internal/drain":        {},
	"internal/spool":        {},
	"internal/door":         {"internal/function", "internal/webhook"},
	"internal/image":        {},
	"internal/certificate":  {},
	"internal/acme":         {"internal/certificate"},
	"internal/forwarded":    {},
	"internal/connections":  {},
	"internal/doctor":       {"internal/certificate", "internal/function", "internal/openfaas", "intents/lint", "swarm"},
	"internal/near":         {},
	"internal/reading":      {},
	"internal/starter":      {},
	"watchdog":              {"internal/function", "internal/option", "internal/upstream", "watchdog/lambda"},
	"watchdog/lambda":       {"internal/function"},
	"alexa":                 {"internal/seen"},
	"alexa/alexatest":       {"alexa"},
	"intents":               {"alexa", "internal/door", "internal/function", "intents/grammar", "intents/slottype"}, // reads requests through alexa's view; see docs/decisions
	"intents/grammar":       {"intents/slottype", "internal/near"},
	"intents/slottype":      {},
	"internal/table":        {"intents"},
	"internal/replay":       {},
	"internal/shelf":        {"intents", "internal/function", "internal/stack"},
	"intents/draft":         {"alexa", "intents", "internal/function"},
	"intents/lint":          {"alexa", "intents", "internal/function", "internal/near"},
	"internal/local":        {"internal/function", "watchdog"},
	"swarm":                 {"internal/function", "internal/upstream"},
	"router":                {"alexa", "intents", "internal/crowd", "internal/door", "internal/function", "internal/openfaas", "internal/spool", "internal/trace", "internal/webhook"}, // and no engine: those come through Engine
	"internal/device":       {"alexa", "alexa/alexatest", "intents", "internal/function"},
	"internal/voice":        {"alexa"},
	"internal/conversation": {"alexa", "intents", "internal/device"},
	"internal/transcript":   {"alexa", "internal/conversation"},
	"cmd/fwatchdog":         {"internal/drain", "internal/option", "watchdog"},
	"cmd/hark": {"alexa", "alexa/alexatest", "intents", "intents/draft", "intents/lint", "internal/acme", "internal/certificate", "internal/connections", "internal/conversation", "internal/device", "internal/doctor", "internal/door", "internal/drain", "internal/forwarded", "internal/function", "internal/image",
		"internal/local", "internal/near", "internal/openfaas", "internal/option", "internal/reading", "internal/replay", "internal/shelf", "internal/spool", "internal/stack", "internal/starter", "internal/table", "internal/trace", "internal/transcript", "internal/voice", "router", "swarm"},
	"internal/enginetest":        {"internal/function"},
	"internal/enginetest/testfn": {},
	"internal/acmetest":          {"alexa/alexatest"},
	"internal/trace/tracetest":   {},
	"internal/dockertest":        {},
	"internal/dockertest/pause":  {},
}

// homes says where an outside library may be imported, and why only there.
var homes = map[string]struct {
	packages []string
	why      string
}{
	"github.com/docker/docker":               {[]string{"swarm", "internal/dockertest"}, "the Docker API stays behind the engine; tests bring up engines"},
	"github.com/arienmalec/alexa-go":         {[]string{"alexa"}, "its types are the read view of package alexa"},
	"github.com/go-json-experiment/json":     {[]string{"alexa", "intents", "intents/draft", "intents/lint"}, "responses and models are changed in place, models are large, findings have places"},
	"golang.org/x/net":                       {nil, "only tests speak HTTP/2 frame by frame"},
	"golang.org/x/time":                      {[]string{"internal/door"}, "rates are counted at doors"},
	"github.com/caddyserver/certmagic":       {[]string{"internal/acme"}, "certificates are issued in one place"},
	"github.com/mholt/acmez":                 {[]string{"internal/acme"}, "certificates are issued in one place"},
	"go.uber.org/zap":                        {[]string{"internal/acme"}, "hark logs by log/slog; certmagic wants one of these"},
	"github.com/letsencrypt/pebble":          {[]string{"internal/acmetest"}, "an ACME server is for tests"},
	"github.com/miekg/dns":                   {[]string{"internal/acmetest"}, "a DNS server is for tests"},
	"golang.org/x/text":                      {[]string{"intents/grammar", "internal/transcript"}, "what is said is compared in one place, and what is shown is measured in one"},
	"github.com/go-chi/chi":                  {[]string{"router"}, "routes are the router's"},
	"github.com/prometheus/client_golang":    {[]string{"router", "cmd/hark"}, "metrics are defined in one place and wired in another"},
	"github.com/prometheus/client_model":     {[]string{"router", "internal/reading"}, "metrics are read back where they are defined, and by hark top"},
	"github.com/prometheus/common":           {[]string{"internal/reading"}, "metrics are read by hark top alone"},
	"google.golang.org/protobuf":             {[]string{"internal/trace", "internal/trace/tracetest"}, "traces alone are sent in protobuf"},
	"go.opentelemetry.io":                    {[]string{"internal/trace/tracetest"}, "only tests read what is sent by OpenTelemetry's own types; the wire is internal/trace"},
	"github.com/openfaas":                    {nil, "only tests are clients of OpenFaaS's making; the wire is internal/openfaas"},
	"github.com/spf13/cobra":                 {[]string{"cmd/hark"}, "only the command line has commands"},
	"github.com/spf13/pflag":                 {[]string{"internal/option"}, "options come from tables"},
	"go.yaml.in/yaml":                        {[]string{"internal/stack"}, "stack.yaml is the only YAML that hark reads"},
	"github.com/kballard/go-shellquote":      {[]string{"watchdog"}, "command lines are split in one place"},
	"golang.org/x/crypto/x509roots/fallback": {[]string{"cmd/hark"}, "the program brings roots, packages do not"},
	"github.com/eclipse/paho.mqtt.golang":    {nil, "only samples speak MQTT, and they are modules of their own"},
	"os/exec": {[]string{"watchdog", "internal/local", "internal/dockertest", "internal/enginetest", "internal/enginetest/testfn", "internal/image", "internal/voice"},
		"programs are run by the watchdog, docker build and Docker's credential helpers by internal/image: the docker client has neither; and espeak-ng by internal/voice"},
}

func TestLayers_ImportsPointDown(t *testing.T) {
	for dir, imports := range packages(t) {
		allowed, known := below[dir]
		if !known {
			t.Errorf("package %s has no place in the layers; give it one in this test", dir)
		}
		for _, path := range imports {
			if own, ok := strings.CutPrefix(path, module+"/"); ok && !slices.Contains(allowed, own) {
				t.Errorf("%s imports %s, which is not below it", dir, own)
			}
			for library, home := range homes {
				if (path == library || strings.HasPrefix(path, library+"/")) && !slices.Contains(home.packages, dir) {
					t.Errorf("%s imports %s: %s", dir, path, home.why)
				}
			}
		}
	}
}

func TestLayers_NoPackageIsABag(t *testing.T) {
	bags := []string{"util", "utils", "common", "types", "helpers", "handlers", "models"}
	for dir := range packages(t) {
		if slices.Contains(bags, filepath.Base(dir)) {
			t.Errorf("%s is not named after what it holds", dir)
		}
	}
}

// packages lists the imports of every package of the module, tests left out.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	root := filepath.Join("..", "..")
	found := make(map[string][]string)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "samples" || name == "bin") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		dir = filepath.ToSlash(dir)
		for _, i := range file.Imports {
			imported, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			found[dir] = append(found[dir], imported)
		}
		return nil
	})
	if err != nil || len(found) == 0 {
		t.Fatalf("found %d packages: %v", len(found), err)
	}
	return found
}
