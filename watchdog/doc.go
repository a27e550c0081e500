// Package watchdog runs the program of a function behind a request: the body
// on its STDIN, its STDOUT as the answer, one process per request. It is the
// fifth stage of the line, on both of its sides:
//
//	edge → verify → decode → route → [invoke] → wrap → respond
//
// internal/local uses it for functions that are processes of this machine, and
// cmd/fwatchdog puts it behind HTTP in a function's container.
//
//	runner, err := watchdog.NewRunner(watchdog.Config{Process: `jq -r .request.type`})
//	err = runner.Run(ctx, watchdog.Request{Stdin: body, Stdout: &out})
//
// A process ends with its request. When the deadline passes, the client goes
// away or the program's own process exits, everything that it started and that
// is still in its process group ends too. A program that means to leave work
// behind starts it in a session of its own (setsid).
package watchdog
