package watchdog

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var startedAgain = regexp.MustCompile(`started_again_in=(\S+)`)

// delays are those before each start, as the log tells them.
func delays(log *chronicle) (all []string) {
	for _, match := range startedAgain.FindAllStringSubmatch(log.String(), -1) {
		all = append(all, match[1])
	}
	return all
}

func TestService_BackoffDoublesUpToABound(t *testing.T) {
	for failures, want := range map[int]time.Duration{
		0: 0, 1: 100 * time.Millisecond, 2: 200 * time.Millisecond, 5: 1600 * time.Millisecond,
		7: 6400 * time.Millisecond, 8: 10 * time.Second, 9: 10 * time.Second, 63: 10 * time.Second, 1 << 40: 10 * time.Second,
	} {
		if got := backoff(failures); got != want {
			t.Errorf("after %d failures: %v, want %v", failures, got, want)
		}
	}
}

func TestService_WaitsLongerForAProcessThatKeepsDying(t *testing.T) {
	for _, mode := range []string{ModeHTTP, ModeLambda} {
		t.Run(mode, func(t *testing.T) {
			var log chronicle
			server := serve(t, env{"mode": mode, "fprocess": sh("exit 3")}, &log)
			eventually(t, "it died four times", func() bool { return len(delays(&log)) >= 4 })
			want := []string{"100ms", "200ms", "400ms", "800ms"}
			if diff := cmp.Diff(want, delays(&log)[:4]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			log.expect(t, "exit status 3")
			eventually(t, "it is ill", func() bool { return answerOf(t, server, "GET", HealthPath, nil).StatusCode == 503 })
			answerOf(t, server, "GET", ReadyPath, nil).want(t, 503, "*")
		})
	}
}

// One that has served for a while is started again at once; only those that
// follow and do not live are waited for.
func TestService_ForgivesAProcessThatHasLived(t *testing.T) {
	var log chronicle
	starts := filepath.Join(t.TempDir(), "starts")
	server := serve(t, modeFunction(t, ModeLambda, env{"MODE_STARTS_WITH": starts}), &log)
	eventually(t, "it has failed twice", func() bool { return len(delays(&log)) >= 2 })
	if err := os.WriteFile(starts, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	awaitReady(t, server)
	time.Sleep(settledAfter) // it lives
	failed := len(delays(&log))
	if err := os.Remove(starts); err != nil {
		t.Fatal(err)
	}
	receive(t, post(t, server, event{Do: "die"})).want(t, 502, "*")
	eventually(t, "it has failed again", func() bool { return len(delays(&log)) >= failed+3 })
	if diff := cmp.Diff([]string{"0s", "100ms", "200ms"}, delays(&log)[failed:failed+3]); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, &log)
	}
}

func TestService_EndsWithStatus0AndSaysThatItIsToRunOn(t *testing.T) {
	var log chronicle
	server := serve(t, env{"mode": ModeHTTP, "fprocess": "true", "upstream_url": "http://127.0.0.1:" + quietPort(t)}, &log)
	log.expect(t, "it ended with exit status 0, but is to run on and on")
	eventually(t, "requests fail fast", func() bool {
		got := answerOf(t, server, "GET", "/", nil)
		if got.StatusCode == 503 && got.Header.Get("Retry-After") == "" {
			t.Error("503 without Retry-After")
		}
		return got.StatusCode == 503
	})
}

func TestService_IsNotIllWhileItStarts(t *testing.T) {
	with := newMeetings(t)
	server := serve(t, modeFunction(t, ModeHTTP, env{"MODE_MEET": with.at()}), io.Discard)
	starting := with.guest(t)
	answerOf(t, server, "GET", HealthPath, nil).want(t, 200, "OK\n")
	answerOf(t, server, "GET", ReadyPath, nil).want(t, 503, "*")
	early := request(t, server, "GET", "/do/pid", nil)
	starting.release()
	receive(t, early).want(t, 200, starting.pid)
	answerOf(t, server, "GET", ReadyPath, nil).want(t, 200, "OK\n")
}

func TestService_LogsWhatTheProcessPrints(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	for _, stream := range []string{"stdout", "stderr"} {
		t.Run(stream, func(t *testing.T) {
			var log chronicle
			to := map[string]string{"stdout": "", "stderr": ">&2"}[stream]
			serve(t, env{"mode": ModeHTTP, "upstream_url": "http://127.0.0.1:" + quietPort(t), "fprocess": sh(
				"{ echo first; echo; head -c 200000 /dev/zero | tr '\\0' x; echo; echo last; printf unended; } " + to + "; exec >&- 2>&-; sleep 1000")}, &log)
			log.expect(t, "unended")
			text := log.String()
			for _, record := range []string{"line=first", `line=""`, "line=last", "line=unended"} {
				if !strings.Contains(text, "msg="+stream+" "+record) {
					t.Errorf("no record %s", record)
				}
			}
			if got := strings.Count(text, "x"); got < len(long) {
				t.Errorf("%d bytes of the long line were logged", got)
			}
		})
	}
}

func TestService_LogsMoreThanARequestMay(t *testing.T) {
	var log chronicle
	serve(t, env{"mode": ModeHTTP, "upstream_url": "http://127.0.0.1:" + quietPort(t), "fprocess": sh(
		"head -c 3000000 /dev/zero | tr '\\0' x >&2; echo >&2; echo last >&2; sleep 1000")}, &log)
	log.expect(t, "line=last")
	if n := strings.Count(log.String(), "x"); n < 3_000_000 {
		t.Errorf("%d bytes were logged", n)
	}
}

func TestService_ClosesWhateverItIsAt(t *testing.T) {
	for name, script := range map[string]string{
		"a process that starts":           "echo begun >&2; sleep 1000",
		"one that does not want to end":   "trap '' TERM; echo begun >&2; sleep 1000; sleep 1000",
		"one with children":               "sleep 1000 & echo begun >&2; wait",
		"one that is to be started again": "echo begun >&2; exit 3",
	} {
		t.Run(name, func(t *testing.T) {
			for _, mode := range []string{ModeHTTP, ModeLambda} {
				leaving(t, func(t *testing.T) {
					var log chronicle
					dog := newWatchdog(t, env{"mode": mode, "fprocess": sh(script), "upstream_url": "http://127.0.0.1:" + quietPort(t)}, &log)
					log.expect(t, "begun")
					dog.Close(context.Background())
					if got := dog.Health(); got == nil {
						t.Error("it is well after its end")
					}
					_, err := invokeEmpty(t, dog)
					wantError(t, err, ErrClosed)
				})
			}
		})
	}
}

func TestService_StartsNothingOnceItIsClosed(t *testing.T) {
	for _, mode := range []string{ModeHTTP, ModeLambda} {
		var log chronicle
		starts := filepath.Join(t.TempDir(), "starts")
		dog := newWatchdog(t, env{"mode": mode, "fprocess": sh("echo x >>" + starts + "; exit 3"), "upstream_url": "http://127.0.0.1:" + quietPort(t)}, &log)
		log.expect(t, "started_again_in=1.6s") // time enough to be closed in
		before, _ := os.ReadFile(starts)
		dog.Close(context.Background())
		// What is started after all is ended at once: it may print or not.
		if after, _ := os.ReadFile(starts); len(after) != len(before) {
			t.Errorf("%s: started %d times before it was closed, %d after", mode, len(before)/2, len(after)/2)
		}
		if n := strings.Count(log.String(), "the function's process has ended"); n != len(delays(&log)) {
			t.Errorf("the log is %s", &log)
		}
	}
}
