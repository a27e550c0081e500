package main

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/internal/option"
	"github.com/harkvoice/hark/watchdog"
)

var update = flag.Bool("update", false, "write docs/options.md, and the session in docs/simulator.md, anew")

// TestOptions_AreDocumented keeps docs/options.md true to the tables.
func TestOptions_AreDocumented(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", "/STATE") // not this machine's
	up, serve, say, send, fwatchdog := defaults(), defaults(), defaults(), defaults(), watchdog.Defaults()
	serve.HTTPS = serveHTTPS
	remove := newRemote()
	want := "# Options\n\n" +
		"Made by `go test ./cmd/hark -run Options -update` from the tables that the programs use.\n" +
		"A flag goes before its variable, a variable before the default; a value that is not\nvalid is an error. `/STATE` stands for `$XDG_STATE_HOME`, by default `~/.local/state`.\n"
	for _, s := range []struct {
		title   string
		options []option.Option
	}{
		{"hark new", newProject().options()},
		{"hark up", up.upOptions()},
		{"hark serve", serve.serveOptions()},
		{"hark say", say.sayOptions()},
		{"hark send", send.sendOptions()},
		{"hark test", newTableTest().options()},
		{"hark check", (&check{requestType: "IntentRequest"}).options()},
		{"hark model lint", (&linting{}).options()},
		{"hark model generate", (&generation{}).options()},
		{"hark deploy", newDeployment().options()},
		{"hark list, hark describe", (&listing{newRemote()}).options()},
		{"hark top", newTop().options()},
		{"hark logs", (&logs{remote: newRemote()}).options()},
		{"hark scale", newScaling().options()},
		{"hark remove, hark secret remove", remove.options()},
		{"hark secret create, hark secret update", newSecret().valueOptions()},
		{"hark secret list", (&listing{newRemote()}).options()},
		{"hark certificate", send.certificateOptions()},
		{"hark doctor", (&examination{remote: newRemote()}).options()},
		{"fwatchdog", fwatchdog.Options()},
	} {
		want += "\n## " + s.title + "\n\n" + option.Markdown(s.options)
	}
	const file = "../../docs/options.md"
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("docs/options.md is not what the tables say (-want +got); run this test with -update:\n%s", d)
	}
}
