package swarm

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/docker/docker/api/types/swarm"

	"github.com/harkvoice/hark/internal/function"
)

// whatIsWrong says what keeps a function from having all its replicas, or that it
// did not take its last update.
func whatIsWrong(s swarm.Service, tasks []swarm.Task) string {
	task := worst(tasks)
	if update := refused(s); update != "" {
		return strings.TrimSuffix(update+": "+task, ": ")
	}
	if task == "" && changing(s) {
		return "its replicas are being started, or replaced"
	}
	return task
}

// refused says that a service did not take its last update.
func refused(s swarm.Service) string {
	switch u := s.UpdateStatus; {
	case u == nil:
		return ""
	case u.State == swarm.UpdateStatePaused:
		return "its last update failed and has stopped"
	case u.State == swarm.UpdateStateRollbackPaused:
		return "its last update failed, and so did the way back to the version before"
	case strings.HasPrefix(string(u.State), "rollback"):
		return "its last update failed and was rolled back to the version before"
	}
	return ""
}

// worst is what tasks say is wrong: the newest failure, or else what keeps them
// waiting.
func worst(tasks []swarm.Task) (found string) {
	slices.SortFunc(tasks, func(a, b swarm.Task) int { return a.Status.Timestamp.Compare(b.Status.Timestamp) })
	for _, t := range tasks {
		text := trouble(t)
		if text == "" && found == "" && t.Status.State == swarm.TaskStatePreparing {
			text = "its container is being prepared, its image fetched if it is not there"
		}
		found = cmp.Or(text, found)
	}
	return found
}

// trouble is what a task says about itself, in the task's own words.
func trouble(t swarm.Task) string {
	text := strings.Join(strings.Fields(t.Status.Err), " ")
	when := t.Status.Timestamp.UTC().Format(time.TimeOnly)
	switch t.Status.State {
	case swarm.TaskStateComplete:
		if t.DesiredState == swarm.TaskStateShutdown { // that of a job is to be complete
			return fmt.Sprintf("ended at %s UTC, without an error: does its health check fail (then it may need a start period), or does its CMD end by itself?", when)
		}
	case swarm.TaskStateFailed, swarm.TaskStateRejected, swarm.TaskStateOrphaned:
		return fmt.Sprintf("%s at %s UTC: %s%s", t.Status.State, when, cmp.Or(text, t.Status.Message), hint(text))
	case swarm.TaskStatePending:
		if text != "" {
			return "no node takes it: " + text + hint(text)
		}
	}
	return ""
}

// hint is what to do about an error of a task's.
func hint(text string) string {
	for _, h := range hints {
		if strings.Contains(text, h.part) {
			return "; " + h.what
		}
	}
	return ""
}

var hints = []struct{ part, what string }{
	{"No such image", "the node has no such image: push it to a registry, or load it there"},
	{"executable file not found", "does the image's CMD name a program that is in it?"},
	{"no such file or directory", "does the image's CMD name a program that is in it?"},
	{"Minimum memory limit", "raise its memory limit"},
	{"unable to find user", "its label " + function.LabelUser + " names a user that the image does not have; a number needs none"},
	{"apability", "its label " + function.LabelCapabilities + " names what Linux does not have"},
	{"no space left", "free space on the node: docker system prune"},
	{"unhealthy", "its health check fails; it may need a start period"},
	{"insufficient resources", "lower its requests, or add a node"},
	{"constraints not satisfied", "change its constraints, or label a node"},
	{"max replicas", "lower its replicas, or add a node"},
	{"non-zero exit", "its log tells more"},
}
