// Package lambda is the server side of the AWS Lambda Runtime API, by which an
// unmodified Lambda function asks for events and answers them:
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
//
// It starts no process and opens no listener. A Dispatcher hands events to
// whichever process asks next; each process has a Runtime, an http.Handler
// that is served on an address of its own, which the process is told by
// AWS_LAMBDA_RUNTIME_API:
//
//	d := lambda.NewDispatcher(lambda.Config{})
//	r := d.NewRuntime(1)
//	go http.Serve(listener, r) // and start the process
//	answer, err := d.Invoke(ctx, lambda.Event{Payload: body})
//
// Deadlines are the caller's: an event whose context ends is abandoned, what
// its process says to it later is taken and dropped, and whether that process
// is ended is up to whoever started it, who then calls Runtime.Close.
package lambda
