// Package lint holds a skill package against what Amazon asks of interaction
// models and manifests, under Amazon's own codes where there are such, and
// against the functions that are to answer it, which only hark knows.
//
//	report, err := lint.Check("samples/christmas-lights", nil)
//	for _, f := range report.Findings {
//		fmt.Println(f)
//	}
//
// Where package intents is lenient in reading, this one is strict: it reads the
// same files by itself, with the place of everything in them. It never changes
// them. docs/lint.md is made from the table Rules.
package lint
