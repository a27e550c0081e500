package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// words is where a person's lines come from.
type words interface {
	// next waits for a line; io.EOF is after the last.
	next(ctx context.Context) (string, error)
	close()
}

// words reads a terminal with line editing, anything else as it is.
func (t *talker) words(in io.Reader) (words, error) {
	file := terminal(in)
	if file == nil {
		return piped{bufio.NewReader(in)}, nil
	}
	t.typed = true
	fmt.Fprintf(t.out, "speaking to %s in %s; /help lists what else can be done\n", cmp.Or(t.skill.Name, "the skill"), t.talk.Locale())
	h, err := openHistory(t.State)
	if err != nil {
		fmt.Fprintln(t.errs, "note: what is said is not kept:", err)
	}
	echo := file // where stdout goes elsewhere
	if screen := terminal(t.out); screen != nil {
		echo = screen
	}
	line := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{file, echo}, "> ")
	line.History = h
	line.AutoCompleteCallback = t.complete(func(text string) { fmt.Fprintln(line, text) })
	return &terminalWords{file: file, echo: echo, line: line, history: h}, nil
}

// piped are lines of a pipe or a file.
type piped struct{ *bufio.Reader }

func (p piped) close() {}

func (p piped) next(ctx context.Context) (string, error) {
	return await(ctx, func() (string, error) {
		line, err := p.ReadString('\n')
		if err == io.EOF && line != "" {
			err = nil
		}
		return line, err
	})
}

// await calls read, and does not wait for it longer than ctx lasts: a read of a
// terminal or a pipe cannot be broken off. Its goroutine ends with it, at the
// latest with the process.
func await(ctx context.Context, read func() (string, error)) (string, error) {
	type result struct {
		line string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		line, err := read()
		done <- result{line, err}
	}()
	select {
	case r := <-done:
		return r.line, r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// terminalWords are typed.
type terminalWords struct {
	file    *os.File // where it is typed
	echo    *os.File // where it is shown
	line    *term.Terminal
	history *history
}

func (w *terminalWords) close() { w.history.close() }

// next has the terminal in raw mode only while a line is typed, so that Ctrl-C
// breaks off a request as ever, and what is printed meanwhile comes out right.
func (w *terminalWords) next(ctx context.Context) (string, error) {
	state, err := term.MakeRaw(int(w.file.Fd()))
	if err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(int(w.file.Fd()), state) }()
	if width, height, err := term.GetSize(int(w.file.Fd())); err == nil && width > 0 {
		_ = w.line.SetSize(width, height)
	}
	line, err := await(ctx, w.line.ReadLine)
	if err != nil {
		_, _ = fmt.Fprint(w.echo, "\r\n")
	}
	return line, err
}
