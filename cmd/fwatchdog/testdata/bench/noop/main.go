// Command noop gives back what it is given, as a program, an HTTP server or a
// Lambda function: what is measured around it is not its own work.
package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
)

var modes = map[string]func() error{"stdio": stdio, "http": serve, "lambda": lambda}

func main() {
	if len(os.Args) != 2 || modes[os.Args[1]] == nil {
		log.Fatal("usage: noop stdio|http|lambda")
	}
	if err := modes[os.Args[1]](); err != nil {
		log.Fatal(err)
	}
}

func stdio() error {
	_, err := io.Copy(os.Stdout, os.Stdin)
	return err
}

func serve() error {
	return http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Whole: net/http lets go of a body once an answer has begun.
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write(body)
	}))
}

// lambda is the loop of a Lambda runtime: take the next invocation, answer it.
func lambda() error {
	base := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
	for {
		id, event, err := next(base)
		if err != nil {
			return err
		}
		if err := respond(base, id, event); err != nil {
			return err
		}
	}
}

func next(base string) (id string, event []byte, err error) {
	resp, err := http.Get(base + "next")
	if err != nil {
		return "", nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", nil, fmt.Errorf("next: %s", resp.Status)
	}
	event, err = io.ReadAll(resp.Body)
	return resp.Header.Get("Lambda-Runtime-Aws-Request-Id"), event, err
}

func respond(base, id string, event []byte) error {
	resp, err := http.Post(base+id+"/response", "application/json", bytes.NewReader(event))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		return fmt.Errorf("response: %s", resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body) // so that the connection serves on
	return err
}
