package watchdog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/harkvoice/hark/internal/function"
)

func init() {
	if os.Getenv("test_program") == "first process" {
		firstProcess()
		os.Exit(0)
	}
}

// The first process of a container inherits what programs leave behind: it
// must collect that, and no process whose exit status somebody waits for.
func TestReapOrphans_CollectsThoseOfOthersOnly(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), "test_program=first process", "GORACE=atexit_sleep_ms=0")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
	out, err := cmd.CombinedOutput()
	if (errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC)) && os.Getenv("CI") != "true" {
		t.Skipf("SKIPPED, nothing is known of orphans: a process namespace of its own takes root: %v", err)
	}
	if err != nil || string(out) != "no process is left\n" {
		t.Errorf("error %v\n%s", err, out)
	}
}

// firstProcess runs programs as the first process of a namespace, and prints
// what went wrong.
func firstProcess() {
	if os.Getpid() != 1 {
		fmt.Println("it is not the first process, but", os.Getpid())
	}
	ctx, cancel := context.WithCancel(context.Background())
	go ReapOrphans(ctx)
	orElseExit("it does not reap", reaps)
	var clients sync.WaitGroup
	for _, warm := range []int{0, 2} {
		r, err := NewRunner(Config{Process: sh(leavingOrphans), Env: []string{"PATH=" + os.Getenv("PATH")}, Warm: warm})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		for client := range 4 {
			clients.Go(func() { runAll(r, client) })
		}
		clients.Wait()
		r.Close(context.Background())
	}
	// Its orphans run on for a while; then nothing is left, no zombie either.
	orElseExit("a process is left", func() bool { return exited(unix.P_ALL, 0) < 0 })
	cancel()
	fmt.Println("no process is left")
}

// leavingOrphans leaves processes behind that are no part of its group, one of
// them by forking twice, and ends with the status that it is told.
const leavingOrphans = `read status
setsid sleep 0.01 </dev/null >/dev/null 2>&1 &
(setsid sh -c "sleep 0.01 & exit 9" </dev/null >/dev/null 2>&1 &)
exit $status`

// reaps reports whether ReapOrphans has begun: processes may be started.
func reaps() bool {
	children.mu.Lock()
	defer children.mu.Unlock()
	return children.known != nil
}

func orElseExit(what string, holds func() bool) {
	for end := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			fmt.Println(what)
			os.Exit(1)
		}
	}
}

// runAll runs a program 63 times: with eight clients, 504 exit statuses.
func runAll(r *Runner, client int) {
	for i := range 63 {
		want := (client*63 + i) % 256
		var stderr bytes.Buffer
		err := r.Run(context.Background(), Request{
			Stdin:  strings.NewReader(fmt.Sprintln(want)),
			Stderr: func(line []byte) { stderr.Write(line) },
		}, io.Discard)
		var exit *function.ExitError
		switch {
		case want == 0 && err == nil:
		case errors.As(err, &exit) && *exit == function.ExitError{Status: want}:
		default:
			fmt.Printf("exit status %d became %v; STDERR %q\n", want, err, &stderr)
		}
	}
}
