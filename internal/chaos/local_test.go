//go:build linux

package chaos

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/harkvoice/hark/alexa/alexatest"
)

// house is one hark that runs functions itself, with its state and its log on a small
// disk of their own.
type house struct {
	*gateway
	disk      string
	functions string // their directory
	authority *alexatest.Authority
}

const (
	// Observe notes the id of its request when it has taken its time.
	stackFile = `functions:
  Observe: {fprocess: "sh -c 'id=$(grep -o word-[0-9]*-); sleep 0.3; echo $id >> observed'", environment: {max_inflight: "0"}, labels: {hark.requests: SessionEndedRequest}}
  Echo: {fprocess: cat, environment: {max_inflight: "0"}, labels: {hark.intents: EchoIntent}}
  Hook: {fprocess: cat, labels: {hark.public: "true", hark.webhook: hmac, hark.webhook.secret: hook-key, hark.webhook.header: X-Signature, hark.webhook.time: X-Time}}
`
	hookKey  = "hook-key"
	diskSize = 16 << 20
)

func newHouse(t *testing.T) *house {
	if os.Geteuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("a disk of its own needs root")
		}
		t.Skip("a disk of its own needs root")
	}
	bin := t.TempDir()
	hark := filepath.Join(bin, "hark")
	if out, err := exec.Command("go", "build", "-o", hark, "github.com/harkvoice/hark/cmd/hark").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	h := &house{disk: t.TempDir()}
	must(t, unix.Mount("tmpfs", h.disk, "tmpfs", 0, fmt.Sprint("size=", diskSize)))
	t.Cleanup(func() { _ = unix.Unmount(h.disk, unix.MNT_DETACH) })
	must(t, os.Mkdir(filepath.Join(h.disk, "secrets"), 0o700))
	must(t, os.WriteFile(h.secret(hookKey), []byte("hook-secret\n"), 0o600))
	h.functions = t.TempDir()
	must(t, os.WriteFile(filepath.Join(h.functions, "stack.yaml"), []byte(stackFile), 0o644))
	dir, authority := credentials(t, hark)
	h.authority = authority
	h.gateway = &gateway{name: "hark", operator: free(t), public: free(t), log: filepath.Join(h.disk, "log"), dial: new(net.Dialer).DialContext}
	h.start = func() *exec.Cmd {
		return exec.Command(hark, "serve", h.functions, "--state", h.disk, "--listen", h.operator, "--https", h.public,
			"--dev-authority", filepath.Join(dir, "authority", alexatest.PublicFile), "--tls-cert", filepath.Join(dir, "tls-cert.pem"), "--tls-key", filepath.Join(dir, "tls-key.pem"))
	}
	h.up(t)
	t.Cleanup(func() {
		_ = h.process.Process.Kill()
		<-h.ended
		if text, _ := os.ReadFile(h.log); t.Failed() {
			t.Logf("%s", warnings(text))
		}
	})
	return h
}

// free is an address that nobody listened on a moment ago.
func free(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().String()
}

func (h *house) secret(name string) string { return filepath.Join(h.disk, "secrets", name) }

// put keeps a secret by the operator's API.
func (h *house) put(method, name, value string) (o outcome) {
	begun := time.Now()
	defer func() { o.took = time.Since(begun) }()
	body, err := json.Marshal(map[string]string{"name": name, "value": value})
	if err != nil {
		return outcome{err: err, wrong: true}
	}
	r, err := http.NewRequest(method, "http://"+h.operator+"/system/secrets", bytes.NewReader(body))
	if err != nil {
		return outcome{err: err, wrong: true}
	}
	return answered(h.client(false).Do(r))
}

// answered is the outcome of a request that no certain text answers.
func answered(resp *http.Response, err error) outcome {
	if err != nil {
		return outcome{err: err}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode/100 != 2 {
		return outcome{err: fmt.Errorf("%s: %.200s", resp.Status, text), told: true}
	}
	return outcome{err: err}
}

func TestLocal(t *testing.T) {
	h := newHouse(t)
	l := begin(h.authority, newScenario("before"), kinds, h.gateway)
	defer l.end()
	time.Sleep(time.Second)
	during(t, "the disk is full, of secrets and the log", l, func(t *testing.T) { h.fillDisk(t, l.into.Load()) }, all(kinds...))
	l.end()
	clocks(t, h)
	t.Run("killed while it keeps secrets", func(t *testing.T) { h.killedWhileKeeping(t) })
	t.Run("killed while functions observe", func(t *testing.T) { h.killedWhileObserving(t) })
}

// fillDisk leaves no byte free for a while.
func (h *house) fillDisk(t *testing.T, s *scenario) {
	keep := func(method, value string) error {
		o := h.put(method, "key", value)
		s.add(kindSecret, o)
		return o.err
	}
	must(t, keep(http.MethodPost, "one"))
	ballast := filepath.Join(h.disk, "ballast")
	f, err := os.Create(ballast)
	must(t, err)
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	if err := keep(http.MethodPut, strings.Repeat("two", 10_000)); err == nil {
		t.Error("a secret was kept where there is no room")
	} else {
		t.Log(err)
	}
	time.Sleep(3 * time.Second)
	if text, err := os.ReadFile(h.secret("key")); string(text) != "one" {
		t.Errorf("what was acknowledged is %.20q, %v", text, err)
	}
	must(t, os.Remove(ballast))
	must(t, f.Close())
	must(t, keep(http.MethodPut, "three"))
	if text, err := os.ReadFile(h.secret("key")); string(text) != "three" {
		t.Errorf("then it is %.20q, %v", text, err)
	}
	before, err := os.Stat(h.log)
	must(t, err)
	eventually(t, "the log goes on", func() error {
		if now, err := os.Stat(h.log); err != nil || now.Size() == before.Size() {
			return errors.New("it does not")
		}
		return nil
	})
}

// clocks are requests of senders whose clock is off, which is the same to hark as
// its own being off the other way.
func clocks(t *testing.T, h *house) {
	for _, c := range []struct {
		off     time.Duration
		kind    string
		refused bool
	}{
		{-145 * time.Second, kindVoice, false}, {145 * time.Second, kindVoice, false}, {-160 * time.Second, kindVoice, true}, {160 * time.Second, kindVoice, true},
		{-290 * time.Second, kindWebhook, false}, {290 * time.Second, kindWebhook, false}, {-310 * time.Second, kindWebhook, true}, {310 * time.Second, kindWebhook, true},
		{-24 * 365 * time.Hour, kindVoice, true}, {-24 * 365 * time.Hour, kindWebhook, true},
	} {
		name := fmt.Sprint("a clock is off by ", c.off)
		s := newScenario(name)
		for range 10 {
			s.add(c.kind, h.dated(c.kind, time.Now().Add(c.off)))
		}
		if of := s.of(c.kind); c.refused && of.told != 10 || !c.refused && of.answered != 10 {
			t.Errorf("%s: %+v", name, of)
		}
		results = append(results, s)
	}
}

// dated is a request with that time on it.
func (h *house) dated(kind string, at time.Time) (o outcome) {
	begun := time.Now()
	defer func() { o.took = time.Since(begun) }()
	word := fmt.Sprintf("word-%d-", ids.Add(1))
	if kind == kindVoice {
		r, err := voice(h.authority, "https://"+h.public+"/alexa", word, at)
		if err != nil {
			return outcome{err: err, wrong: true}
		}
		return answered(h.client(false).Do(r))
	}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "https://"+h.public+"/function/Hook", strings.NewReader(word))
	if err != nil {
		return outcome{err: err, wrong: true}
	}
	stamp := fmt.Sprint(at.Unix())
	mac := hmac.New(sha256.New, []byte("hook-secret"))
	mac.Write([]byte(stamp + "." + word))
	r.Header.Set("X-Time", stamp)
	r.Header.Set("X-Signature", hex.EncodeToString(mac.Sum(nil)))
	return answered(h.client(false).Do(r))
}

// killedWhileKeeping kills hark while secrets change: what is there then is what was
// acknowledged last, or what was on its way, and whole.
func (h *house) killedWhileKeeping(t *testing.T) {
	s := newScenario("hark is killed 10 times while it keeps secrets")
	must(t, h.put(http.MethodPost, "changing", "0").err)
	acknowledged := 0
	for round := range 10 {
		killed := make(chan struct{})
		time.AfterFunc(time.Duration(100+17*round)*time.Millisecond, func() {
			_ = h.process.Process.Kill()
			close(killed)
		})
		sent := acknowledged
		for {
			sent++
			o := h.put(http.MethodPut, "changing", value(sent))
			s.add(kindSecret, o)
			if o.err != nil {
				break
			}
			acknowledged = sent
		}
		<-killed
		<-h.ended
		text, err := os.ReadFile(h.secret("changing"))
		if got := string(text); err != nil || got != value(acknowledged) && got != value(sent) && acknowledged > 0 {
			t.Errorf("after %d was acknowledged there is %.20q, %v", acknowledged, got, err)
			s.add(kindSecret, outcome{err: errors.New("another value"), wrong: true})
		} else if got == value(sent) {
			acknowledged = sent
		}
		h.up(t)
	}
	t.Log(s)
	results = append(results, s)
	if acknowledged < 100 {
		t.Errorf("only %d were kept", acknowledged)
	}
}

// killedWhileObserving kills hark while functions observe events: those that were
// acknowledged are all observed in the end.
func (h *house) killedWhileObserving(t *testing.T) {
	s := newScenario("hark is killed 5 times while functions observe events")
	client := h.client(true)
	var acknowledged []string
	for range 5 {
		kill := time.AfterFunc(600*time.Millisecond, func() { _ = h.process.Process.Kill() })
		for {
			word := fmt.Sprintf("word-%d-", ids.Add(1))
			o := h.sessionEnded(client, word)
			s.add(kindEvent, o)
			if o.err != nil {
				break
			}
			acknowledged = append(acknowledged, word)
			time.Sleep(20 * time.Millisecond)
		}
		kill.Stop()
		<-h.ended
		h.up(t)
	}
	observed := filepath.Join(h.functions, "observed")
	eventually(t, "all are observed", func() error {
		text, err := os.ReadFile(observed)
		for _, word := range acknowledged {
			if err == nil && !strings.Contains(string(text), word) {
				err = fmt.Errorf("%s of %d was acknowledged, and is not observed", word, len(acknowledged))
			}
		}
		return err
	})
	t.Log(s)
	results = append(results, s)
	if len(acknowledged) < 20 {
		t.Errorf("only %d were acknowledged", len(acknowledged))
	}
}

// sessionEnded sends an event.
func (h *house) sessionEnded(client *http.Client, word string) (o outcome) {
	begun := time.Now()
	defer func() { o.took = time.Since(begun) }()
	envelope := fmt.Sprintf(`{"version":"1.0","session":{"sessionId":"s"},"request":{"type":"SessionEndedRequest","requestId":"%s","locale":"en-US","timestamp":"%s","reason":"USER_INITIATED"}}`,
		word, time.Now().UTC().Format(time.RFC3339))
	r, err := signed(h.authority, "https://"+h.public+"/alexa", envelope)
	if err != nil {
		return outcome{err: err, wrong: true}
	}
	return answered(client.Do(r))
}

// value is long, to be written in parts if it were not whole.
func value(n int) string { return strings.Repeat(fmt.Sprint(n, " "), 2000) }
