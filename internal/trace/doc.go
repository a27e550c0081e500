// Package trace tells a tracing backend how requests went, by OpenTelemetry's
// protocol: OTLP over HTTP, in protobuf. A trace has a span for the request and
// one for each stage of its line; functions are told where they stand in it by
// W3C's Trace Context.
//
//	tracer := trace.New(trace.Config{URL: "http://127.0.0.1:4318/v1/traces", Ratio: 1, Log: log})
//	t := tracer.Start("skill", r.Header, false, time.Now())
//	t.Enter("verify")
//	…
//	t.Enter("invoke")
//	… t.Context() …
//	t.End(attributes, false)
//	tracer.Close(ctx)
//
// A nil Tracer makes nil Traces, whose methods do nothing. What a request pays is
// the time of each stage and one allocation; all else is done in batches beside
// it, and what the backend does not take in time is dropped and counted.
//
// It is written by hand since OpenTelemetry's SDK takes a fifth of the CPU of a
// voice request, and brings gRPC (docs/decisions/0023).
package trace
