// Package watchdog runs a function behind a request. It is the fifth stage of
// the line, on both of its sides:
//
//	edge → verify → decode → route → [invoke] → wrap → respond
//
// internal/local uses it for functions that are processes of this machine, and
// cmd/fwatchdog puts it behind HTTP in a function's container. A Watchdog has
// one of three modes:
//
//	settings := watchdog.Defaults()
//	settings.Process = `jq -r .request.type`
//	dog, err := watchdog.New(settings, watchdog.Site{Log: log})
//	result, err := dog.Invoke(ctx, function.Invocation{Body: body})
//
// In mode stdio (stdio.go, on a Runner) each request has a process: the body on
// its STDIN, its STDOUT as the answer; warm.go starts processes ahead. In mode
// http (server.go) the function is an HTTP server, in mode lambda (lambda.go) an
// AWS Lambda runtime; service.go keeps those running.
//
// A process of mode stdio ends with its request. When the deadline passes, the
// client goes away or the program's own process exits, everything that it started
// and that is still in its process group ends too. A program that means to leave
// work behind starts it in a session of its own (setsid).
package watchdog
