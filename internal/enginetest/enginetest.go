// Package enginetest says what an engine has to do, as tests that every engine
// passes:
//
//	func TestEngine(t *testing.T) {
//		enginetest.Run(t, func(t *testing.T) enginetest.Engine { return newEngine(t) })
//	}
//
// The functions that it deploys are one program, in testfn. A Spec names it
// both as a process, ./testfn in Spec.Dir, and as an Image, which has it in its
// working directory.
package enginetest

import (
	"context"
	"iter"
	"net"
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/harkvoice/hark/internal/function"
)

// Engine is what the suite tests.
type Engine interface {
	Deploy(ctx context.Context, spec function.Spec) error
	Remove(ctx context.Context, name string) error
	List(ctx context.Context) ([]function.Status, error)
	Invoke(ctx context.Context, inv function.Invocation) (function.Result, error)
	Describe(ctx context.Context, name string) (function.Status, error)
	Scale(ctx context.Context, name string, replicas uint64) error
	Logs(ctx context.Context, q function.LogQuery) (iter.Seq2[function.LogLine, error], error)
	Secrets(ctx context.Context) ([]string, error)
	PutSecret(ctx context.Context, name string, value []byte, create bool) error
	RemoveSecret(ctx context.Context, name string) error
}

// Listener is an Engine whose functions do not reach this machine's loopback
// interface: they connect to where it listens instead.
type Listener interface {
	Listen(t *testing.T) net.Listener
}

// Image is the container image that Specs name.
const Image = "hark-enginetest:latest"

// mode is a way for functions to run.
type mode string

// The modes, which a function's environment chooses.
const (
	stdio  mode = "stdio"
	warm   mode = "warm" // stdio with processes started ahead
	serves mode = "http"
	lambda mode = "lambda"
)

// Run runs the suite in every mode. Each case gets an engine of its own,
// without functions, which engine cleans up after the test.
func Run(t *testing.T, engine func(t *testing.T) Engine) {
	dir := t.TempDir()
	Build(t, dir)
	for _, m := range []mode{stdio, warm, serves, lambda} {
		t.Run(string(m), func(t *testing.T) {
			for _, c := range cases {
				if slices.Contains(c.modes, m) {
					t.Run(c.name, func(t *testing.T) { c.test(newWorld(t, engine(t), dir, m)) })
				}
			}
		})
	}
}

// Build puts the program into a directory, as testfn.
func Build(t *testing.T, dir string) {
	t.Helper()
	build := exec.Command("go", "build", "-o", dir+"/testfn", "github.com/harkvoice/hark/internal/enginetest/testfn")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the function of the suite: %v\n%s", err, out)
	}
}

// The modes of cases.
var (
	each       = []mode{stdio, warm, serves, lambda}
	ownProcess = []mode{stdio, warm} // each call has one
	longLived  = []mode{serves, lambda}
	// A runtime takes events of at most 6 MiB that are JSON, so never none,
	// and answers in its own time: nobody tells it that its caller hung up.
	notLambda = []mode{stdio, warm, serves}
)

// cases in the order of a reader who does not know engines yet.
var cases = []struct {
	name  string
	modes []mode
	test  func(w *world)
}{
	{"a function that is deployed answers until it is removed", each, deployInvokeRemove},
	{"the list is sorted and has image and labels", each, list},
	{"names that no engine could take are refused", each, badNames},
	{"a function nobody deployed is not found", each, notFound},
	{"what nobody deployed is not there for its owner either", []mode{stdio}, notThere},
	{"a function that sleeps wakes up when it is called", each, wakes},
	{"what a function logs can be read", []mode{stdio, serves}, logs},
	{"a secret is made once, and not removed while it is in use", []mode{stdio}, secrets},
	{"a function that is replaced finishes the call under way", each, replace},
	{"what an answer's body holds is STDOUT, not STDERR", each, stderrApart},
	{"10 MB cross both ways", notLambda, largeBodies},
	{"a call without a body has an empty STDIN", notLambda, noBody},
	{"a long answer begins before the function ends", each, streaming},
	{"an exit status is an error that has it", ownProcess, exitStatus},
	{"an exit status after a long answer has begun cuts it short", each, lateExitStatus},
	{"a process that died is started again", each, mortal},
	{"the deadline ends the function", each, deadline("sleep", 1)},
	{"the deadline ends a function that ignores SIGTERM", each, deadline("ignore-term", 1)},
	{"the deadline ends the children of a function", each, deadline("grandchild", 2)},
	{"the deadline ends a function that left its process group", ownProcess, deserted},
	{"the deadline cuts an answer that has begun", notLambda, deadlineWhileStreaming},
	{"a caller who hangs up ends the function", notLambda, hangUp},
	{"an answer closed early ends the function", each, closedEarly},
	{"no more calls run at once than max_inflight", each, overload},
	{"the environment of the spec reaches the function", each, specEnvironment},
	{"the environment of a voice request crosses, and nothing else", []mode{stdio}, voiceEnvironment},
	{"a generic call is told by its Http_ variables", []mode{stdio}, httpEnvironment},
	{"a trace reaches a program by its variables", []mode{stdio}, traceEnvironment},
	{"no header of a generic call is a voice variable", each, forgedVoice},
	{"no request's environment reaches a process that runs already", append(longLived, warm), ownEnvironment},
}
