// Package swarm is the distributed engine: functions are services on an overlay
// network of a Docker Swarm.
//
//	engine, err := swarm.New(ctx, swarm.Config{Network: "functions", Log: log})
//	…
//	err = engine.Deploy(ctx, function.Spec{Name: "HelloIntent", Image: "hello:1"})
//	result, err := engine.Invoke(ctx, function.Invocation{Function: "HelloIntent", Body: body})
//
// It has two halves that meet in a table. The one that changes things goes
// observe → plan → apply: what is there and what is wanted make a plan, which is
// pure and prints as lines; applying it decides nothing (deploy.go, plan.go).
// The other one watches (watch.go, tasks.go): it follows Docker's events and the tasks of
// what changes, and keeps a table of functions and of the addresses at which
// their tasks answer. Invoke (invoke.go) reads that table and asks Docker nothing,
// so that what is known goes on answering when Docker's API does not.
//
// A service on the network is a function, whoever created it, unless its label
// hark.function is "false".
package swarm
