package main

import (
	"bufio"
	"context"
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
	"time"
)

var behaviours = map[string]func(*call) error{
	"echo":        echo,
	"env":         env,
	"exit":        exit,
	"mortal":      mortal,
	"print":       printN,
	"stderr":      stderr,
	"gate":        gate,
	"stream":      stream,
	"sleep":       sleep,
	"ignore-term": ignoreTerm,
	"flood":       flood,
	"grandchild":  grandchild,
	"deserter":    deserter,
	"file":        file,
	"write":       write,
	"nap":         nap,
	"log":         log,
	"needs":       needs,
}

func echo(c *call) error {
	_, err := io.Copy(c.stdout, c.stdin)
	return err
}

func env(c *call) error {
	for _, pair := range slices.Sorted(slices.Values(os.Environ())) {
		fmt.Fprintln(c.stdout, pair)
	}
	return nil
}

// exit prints something and fails with the status it is given.
func exit(c *call) error {
	status, err := strconv.Atoi(c.args[0])
	if err != nil {
		return err
	}
	fmt.Fprintln(c.stdout, "half an answer")
	os.Exit(status)
	return nil
}

// mortal dies if it is told so.
func mortal(c *call) error {
	word, err := io.ReadAll(c.stdin)
	if err != nil {
		return err
	}
	if string(word) == "die" {
		os.Exit(3)
	}
	_, err = c.stdout.Write(word)
	return err
}

// printN prints a number of bytes and then fails, if it shall.
func printN(c *call) error {
	if err := c.print(c.args[0]); err != nil || len(c.args) == 1 {
		return err
	}
	c.args = c.args[1:]
	return exit(c)
}

func (c *call) print(number string) error {
	n, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	_, err = io.WriteString(c.stdout, strings.Repeat("x", n))
	return err
}

func stderr(c *call) error {
	fmt.Fprintln(os.Stderr, "a secret of the operator's")
	fmt.Fprintln(c.stdout, "the answer")
	return nil
}

// gate waits until it is let go, then prints its arguments and STDIN.
func gate(c *call) error {
	if err := <-c.connect(); err != nil {
		return err
	}
	fmt.Fprint(c.stdout, c.args)
	return echo(c)
}

// stream prints more than any engine holds back, and the end when it is let go.
func stream(c *call) error {
	released := c.connect()
	if err := c.print("200000"); err != nil {
		return err
	}
	if err := <-released; err != nil {
		return err
	}
	fmt.Fprint(c.stdout, "the end")
	return nil
}

// file prints a file.
func file(c *call) error {
	text, err := os.ReadFile(c.args[0])
	if err != nil {
		return err
	}
	_, err = c.stdout.Write(text)
	return err
}

// needs becomes the watchdog if a file has that content, and fails otherwise.
func needs(c *call) error {
	if text, err := os.ReadFile(c.args[0]); err != nil || string(text) != c.args[1] {
		return fmt.Errorf("%s is not as it has to be, error %w", c.args[0], err)
	}
	return syscall.Exec("/fwatchdog", []string{"/fwatchdog"}, os.Environ())
}

// write tells which of some files it could write.
func write(c *call) error {
	for _, path := range c.args {
		fmt.Fprintln(c.stdout, path, os.WriteFile(path, nil, 0o600) == nil)
	}
	return nil
}

// nap takes its time, and then does as echo.
func nap(c *call) error {
	d, err := time.ParseDuration(c.args[0])
	if err != nil {
		return err
	}
	time.Sleep(d)
	return echo(c)
}

// log logs what is on its STDIN.
func log(c *call) error {
	_, err := io.Copy(os.Stderr, c.stdin)
	return err
}

func sleep(c *call) error { return <-c.connect() }

func ignoreTerm(c *call) error {
	signal.Ignore(syscall.SIGTERM)
	return sleep(c)
}

func flood(c *call) error {
	released := c.connect()
	for {
		select {
		case err := <-released:
			return err
		default:
		}
		if err := c.print("10000"); err != nil {
			return err
		}
	}
}

// grandchild has a child that holds STDOUT as long as it lives.
func grandchild(c *call) error {
	if _, err := startChild(nil); err != nil {
		return err
	}
	return sleep(c)
}

// deserter moves into the process group of its child.
func deserter(c *call) error {
	child, err := startChild(&syscall.SysProcAttr{Setpgid: true})
	if err != nil {
		return err
	}
	if err := syscall.Setpgid(0, child); err != nil {
		return err
	}
	return sleep(c)
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

// connect tells the suite that this call is under way. The channel yields nil
// when the suite lets it go on, and an error when the suite is gone or nobody
// waits for the answer.
func (c *call) connect() <-chan error {
	conn, err := net.Dial("tcp", os.Getenv("ENGINETEST_ADDRESS"))
	if err != nil {
		fail(err)
	}
	context.AfterFunc(c, func() { conn.Close() })
	released := make(chan error, 1)
	go func() {
		_, err := bufio.NewReader(conn).ReadString('\n')
		released <- err
	}()
	return released
}
