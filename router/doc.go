// Package router is hark's front door. It holds the line that every request
// goes along, and reads it out in one place each:
//
//	edge → verify → decode → route → invoke → wrap → respond   skill.go
//	edge → lookup → invoke → respond                           function.go
//
// Handlers return an error, and one table (faults.go) turns it into an HTTP
// status, a sentence to speak, a word for logs and metrics. Every request ends
// as one access record (record.go).
package router
