// Command testfn is the function that enginetest deploys. Its first argument
// says how it behaves, after "http" or "lambda" if it is to serve one request
// after the other in that mode. Where that can be watched it first connects to
// the address in ENGINETEST_ADDRESS: the connection tells the suite that it
// runs, a line on it lets it go on, and its end tells that it is gone.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fail(err)
	}
}

func run(args []string) error {
	serve := once
	switch args[0] {
	case "http":
		serve, args = serveHTTP, args[1:]
	case "lambda":
		serve, args = serveLambda, args[1:]
	}
	behave, ok := behaviours[args[0]]
	if !ok {
		return fmt.Errorf("no behaviour %q", args[0])
	}
	return serve(func(c *call) error {
		c.args = args[1:]
		return behave(c)
	})
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(99)
}

// call is one request.
type call struct {
	context.Context // ends when nobody waits for the answer, if that is told
	stdin           *bufio.Reader
	stdout          io.Writer
	args            []string
}

// once is the mode of one process for each request. It waits for its STDIN, as
// one that was started ahead does nothing before.
func once(behave func(*call) error) error {
	stdin := bufio.NewReader(os.Stdin)
	_, _ = stdin.Peek(1)
	return behave(&call{Context: context.Background(), stdin: stdin, stdout: os.Stdout})
}
