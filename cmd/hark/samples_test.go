package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// need returns the path of a program that a test cannot do without. Where it
// is missing the test is skipped, in CI it fails.
func need(t *testing.T, program string) string {
	t.Helper()
	for _, name := range []string{program, "/usr/sbin/" + program} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed; `make test` installs it", program)
	}
	t.Skipf("skipped: %s is not installed; `make test` installs it as root on Debian", program)
	return ""
}

// up runs `hark up` on a sample until the test ends.
func up(t *testing.T, sample string) (*settings, running) {
	t.Helper()
	return upIn(t, filepath.Join("..", "..", "samples", sample))
}

// upIn runs `hark up` on a directory until the test ends.
func upIn(t *testing.T, dir string, change ...func(*settings)) (*settings, running) {
	t.Helper()
	return upUntil(t.Context(), t, dir, change...)
}

// upUntil is upIn that may end before.
func upUntil(ctx context.Context, t *testing.T, dir string, change ...func(*settings)) (*settings, running) {
	t.Helper()
	s := defaults()
	s.State, s.Listen, s.HTTPS = t.TempDir(), "127.0.0.1:0", "127.0.0.1:0"
	for _, f := range change {
		f(s)
	}
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	progress, told := io.Pipe()
	var log bytes.Buffer
	go func() {
		err := s.up(ctx, dir, told, &log)
		told.CloseWithError(err)
		ended <- err
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the log:\n%s", &log)
		}
	})
	awaitLine(t, bufio.NewScanner(progress), "Ctrl-C stops it")
	go func() { _, _ = io.Copy(io.Discard, progress) }()
	here, err := readRunning(s.State)
	if err != nil {
		t.Fatal(err)
	}
	return s, here
}

// awaitLine reads until a line has text in it.
func awaitLine(t *testing.T, lines *bufio.Scanner, text string) {
	t.Helper()
	var seen []string
	for lines.Scan() {
		seen = append(seen, lines.Text())
		if strings.Contains(lines.Text(), text) {
			return
		}
	}
	t.Fatalf("%q did not come: %v\n%s", text, lines.Err(), strings.Join(seen, "\n"))
}

func saying(t *testing.T, s *settings, locale, utterance string) string {
	t.Helper()
	s.Locale = locale
	var out, errs bytes.Buffer
	if err := s.say(t.Context(), []string{utterance}, &out, &errs); err != nil {
		t.Fatalf("%q: %v %s", utterance, err, &errs)
	}
	return strings.TrimSpace(out.String())
}

func TestSample_ChristmasLights(t *testing.T) {
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `<li class="captain">A</li><li class="big captain">B</li><li class="other">C</li>`)
	}))
	defer page.Close()
	broker, told := startBroker(t)
	t.Setenv("MQTT_URL", "tcp://"+broker)
	t.Setenv("CAPTAINS_URL", page.URL)
	s, _ := up(t, "christmas-lights")
	hostname, err := os.ReadFile("/etc/hostname")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ locale, said, want string }{
		{"en-US", "ask christmas lights to turn the tree red", "OK, red."},
		{"en-GB", "change the colour to emerald", "OK, emerald."},
		{"fr-FR", "demande à lumières de noël de mettre le sapin en bleu", "OK, bleu."},
		{"en-US", "turn the tree pink", "I heard pink but can only do: red, green, blue."},
		{"fr-FR", "mettre le sapin en rose", "J'ai entendu rose, mais je ne connais que : rouge, vert, bleu."},
		{"en-US", "what is your hostname", "Your hostname is " + strings.TrimSpace(string(hostname)) + "."},
		{"en-US", "how many captains are there", "There are currently 2 Docker captains."},
	} {
		if got := saying(t, s, tt.locale, tt.said); got != tt.want {
			t.Errorf("%s %q: %q, want %q", tt.locale, tt.said, got, tt.want)
		}
	}
	for _, want := range []map[string]int{{"r": 255, "g": 0, "b": 0}, {"r": 0, "g": 255, "b": 0}, {"r": 0, "g": 0, "b": 255}} {
		var got map[string]int
		if err := told.Decode(&got); err != nil || !maps.Equal(got, want) {
			t.Errorf("the lights were told %v (%v), want %v", got, err, want)
		}
	}
}

func TestSample_ChristmasLightsMeansWhatItsTestsSay(t *testing.T) {
	test := newTableTest()
	test.dir = filepath.Join("..", "..", "samples", "christmas-lights")
	var out bytes.Buffer
	if err := test.run(t.Context(), nil, &out, &out); err != nil {
		t.Errorf("%v\n%s", err, &out)
	}
}

func TestSample_ChristmasLightsAnswersWithoutABroker(t *testing.T) {
	t.Setenv("MQTT_URL", "tcp://127.0.0.1:1")
	s, _ := up(t, "christmas-lights")
	if got := saying(t, s, "en-US", "turn the tree red"); got != "OK, red." {
		t.Errorf("said %q", got)
	}
}

// TestSample_TableBooking holds docs/simulator.md to what really happens.
func TestSample_TableBooking(t *testing.T) {
	const page, begin, end = "../../docs/simulator.md", "```text\n", "```\n"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(text), begin)
	recorded, after, ok := strings.Cut(rest, end)
	if !ok {
		t.Fatalf("%s has no session", page)
	}
	var said []string
	for line := range strings.Lines(recorded) {
		if utterance, ok := strings.CutPrefix(line, "> "); ok {
			said = append(said, utterance)
		}
	}
	s, _ := up(t, "table-booking")
	s.At = "2026-03-04T10:00:00Z"
	var out, errs bytes.Buffer
	if err := s.converse(t.Context(), strings.NewReader(strings.Join(said, "")), &out, &errs); err != nil || errs.Len() > 0 {
		t.Fatalf("%v %s", err, &errs)
	}
	if *update {
		if err := os.WriteFile(page, []byte(before+begin+out.String()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(recorded, out.String()); d != "" {
		t.Errorf("docs/simulator.md is not what happens (-want +got); run this test with -update:\n%s", d)
	}
}

func TestSample_TableBookingIsWhatItsTestsSay(t *testing.T) {
	s, _ := up(t, "table-booking")
	test := &tableTest{dir: filepath.Join("..", "..", "samples", "table-booking"), client: s}
	var out, errs bytes.Buffer
	if err := test.run(t.Context(), nil, &out, &errs); err != nil {
		t.Errorf("%v\n%s%s", err, &out, &errs)
	}
}

// startBroker starts a Mosquitto on loopback and returns what is published to
// the lights: three messages, once they are there.
func startBroker(t *testing.T) (address string, told *json.Decoder) {
	t.Helper()
	mosquitto, sub := need(t, "mosquitto"), need(t, "mosquitto_sub")
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "mosquitto.conf")
	if err := os.WriteFile(config, []byte("listener "+port+" 127.0.0.1\nallow_anonymous true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	broker := exec.Command(mosquitto, "-v", "-c", config)
	log := bufio.NewScanner(start(t, broker, broker.StderrPipe))
	awaitLine(t, log, "running")
	subscriber := exec.Command(sub, "-h", "127.0.0.1", "-p", port, "-q", "1", "-t", "christmas-lights", "-C", "3", "-W", "60")
	messages := start(t, subscriber, subscriber.StdoutPipe)
	awaitLine(t, log, "Sending SUBACK")
	go func() {
		for log.Scan() { // on with it: a full pipe would hold the broker up
		}
	}()
	return "127.0.0.1:" + port, json.NewDecoder(messages)
}

// start runs a program until the test ends and returns one of its outputs.
func start(t *testing.T, cmd *exec.Cmd, output func() (io.ReadCloser, error)) io.Reader {
	t.Helper()
	out, err := output()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return out
}

func TestSample_Webhooks(t *testing.T) {
	stash := t.TempDir()
	t.Setenv("STASH_DIR", stash)
	_, here := up(t, "webhooks")
	post := func(name, body string) string {
		resp, err := http.Post(here.Operator+"/function/"+name, "text/plain", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s %s %v", name, resp.Status, text, err)
		}
		return string(text)
	}
	if got := post("catservice", "meow"); got != "meow" {
		t.Errorf("catservice: %q", got)
	}
	if got := post("WebhookStash", `{"ref":"main"}`); got != "Stashing request\n" {
		t.Errorf("WebhookStash: %q", got)
	}
	files, err := filepath.Glob(filepath.Join(stash, "*.txt"))
	if err != nil || len(files) != 1 {
		t.Fatalf("stashed %v, %v", files, err)
	}
	if text, err := os.ReadFile(files[0]); err != nil || string(text) != `{"ref":"main"}` {
		t.Errorf("stashed %q, %v", text, err)
	}
	info := post("NodeInfo", "")
	for _, part := range []string{"Platform: ", "Architecture: ", "CPUs: ", "Uptime: ", "User: "} {
		if !strings.Contains(info, part) {
			t.Errorf("NodeInfo has no %q: %s", part, info)
		}
	}
}
