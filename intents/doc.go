// Package intents is the voice model. It decides which function answers a
// request, and with what input; it is the fourth stage of the line:
//
//	edge → verify → decode → [route] → invoke → wrap → respond
//
// A Skill is an ASK CLI skill package: its ids and its interaction models. A
// Catalogue is the set of functions that are deployed. Between them,
//
//	route, err := skill.Route(catalogue, req)
//
// names a function, or brings the answer that hark gives itself.
//
// The same models also run the other way: Skill.Understand finds the intent
// and the slots of an utterance, for trying a skill without Amazon.
package intents
