// Command testfn is the function that enginetest deploys. Its first argument
// says how it behaves. Where that can be watched it first connects to the
// address in ENGINETEST_ADDRESS: the connection tells the suite that it runs,
// a line on it lets it go on, and its end tells that it is gone.
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

func main() {
	behave, ok := behaviours[os.Args[1]]
	if !ok {
		fail(fmt.Errorf("no behaviour %q", os.Args[1]))
	}
	if err := behave(os.Args[2:]); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(99)
}

var behaviours = map[string]func(args []string) error{
	"echo":        echo,
	"env":         env,
	"exit":        exit,
	"print":       printN,
	"stderr":      stderr,
	"gate":        gate,
	"stream":      stream,
	"sleep":       sleep,
	"ignore-term": ignoreTerm,
	"flood":       flood,
	"grandchild":  grandchild,
	"deserter":    deserter,
}

func echo([]string) error {
	_, err := io.Copy(os.Stdout, os.Stdin)
	return err
}

func env([]string) error {
	for _, pair := range slices.Sorted(slices.Values(os.Environ())) {
		fmt.Println(pair)
	}
	return nil
}

// exit prints something and fails with the status it is given.
func exit(args []string) error {
	status, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	fmt.Println("half an answer")
	os.Exit(status)
	return nil
}

// printN prints a number of bytes and then fails, if it shall.
func printN(args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	if _, err := io.WriteString(os.Stdout, strings.Repeat("x", n)); err != nil || len(args) == 1 {
		return err
	}
	return exit(args[1:])
}

func stderr([]string) error {
	fmt.Fprintln(os.Stderr, "a secret of the operator's")
	fmt.Println("the answer")
	return nil
}

// gate waits until it is let go, then prints its arguments and STDIN.
func gate(args []string) error {
	if err := <-connect(); err != nil {
		return err
	}
	fmt.Print(args)
	return echo(nil)
}

// stream prints more than any engine holds back, and the end when it is let go.
func stream([]string) error {
	released := connect()
	if err := printN([]string{"200000"}); err != nil {
		return err
	}
	if err := <-released; err != nil {
		return err
	}
	fmt.Print("the end")
	return nil
}

func sleep([]string) error { return <-connect() }

func ignoreTerm([]string) error {
	signal.Ignore(syscall.SIGTERM)
	return sleep(nil)
}

func flood([]string) error {
	released := connect()
	for {
		select {
		case err := <-released:
			return err
		default:
		}
		if err := printN([]string{"10000"}); err != nil {
			return err
		}
	}
}

// grandchild has a child that holds STDOUT as long as it lives.
func grandchild([]string) error {
	if _, err := startChild(nil); err != nil {
		return err
	}
	return sleep(nil)
}

// deserter moves into the process group of its child.
func deserter([]string) error {
	child, err := startChild(&syscall.SysProcAttr{Setpgid: true})
	if err != nil {
		return err
	}
	if err := syscall.Setpgid(0, child); err != nil {
		return err
	}
	return sleep(nil)
}

func startChild(attr *syscall.SysProcAttr) (pid int, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	child := exec.Command(self, "sleep")
	child.Stdout, child.SysProcAttr = os.Stdout, attr
	if err := child.Start(); err != nil {
		return 0, err
	}
	return child.Process.Pid, nil
}

// connect tells the suite that this process runs. The channel yields nil when
// the suite lets it go on, and an error when the suite is gone.
func connect() <-chan error {
	conn, err := net.Dial("tcp", os.Getenv("ENGINETEST_ADDRESS"))
	if err != nil {
		fail(err)
	}
	released := make(chan error, 1)
	go func() {
		_, err := bufio.NewReader(conn).ReadString('\n')
		released <- err
	}()
	return released
}
