package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func serveHTTP(behave func(*call) error) error {
	return http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex()
		if err := behave(&call{Context: r.Context(), stdin: bufio.NewReader(r.Body), stdout: flushed{w}}); err != nil {
			panic(http.ErrAbortHandler)
		}
	}))
}

// flushed does not sit on what is written.
type flushed struct{ http.ResponseWriter }

func (f flushed) Write(p []byte) (int, error) {
	n, err := f.ResponseWriter.Write(p)
	_ = http.NewResponseController(f.ResponseWriter).Flush()
	return n, err
}

// serveLambda takes events, which are JSON strings of what is on STDIN, and
// streams its answers.
func serveLambda(behave func(*call) error) error {
	base := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
	for {
		next, err := http.Get(base + "next")
		if err != nil {
			return err
		}
		var stdin string
		err = json.NewDecoder(next.Body).Decode(&stdin)
		next.Body.Close()
		if err != nil {
			return fmt.Errorf("an event that is no JSON string: %w", err)
		}
		id := next.Header.Get("Lambda-Runtime-Aws-Request-Id")
		if err := answerEvent(base+id+"/response", stdin, behave); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}

func answerEvent(url, stdin string, behave func(*call) error) error {
	reader, writer := io.Pipe()
	req, err := http.NewRequest(http.MethodPost, url, reader)
	if err != nil {
		return err
	}
	req.Header.Set("Lambda-Runtime-Function-Response-Mode", "streaming")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		err := behave(&call{Context: ctx, stdin: bufio.NewReader(strings.NewReader(stdin)), stdout: writer})
		writer.CloseWithError(errors.Join(err)) // nil is io.EOF
	}()
	resp, err := http.DefaultClient.Do(req)
	_ = reader.CloseWithError(io.ErrClosedPipe) // nobody reads what is left
	if err != nil {
		return err
	}
	resp.Body.Close()
	return nil
}
