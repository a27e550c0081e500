// Package function is the leaf that every part of hark shares: what a function
// is (Spec), what a call of it is (Invocation, Result), what an engine tells
// about it (Status) and the errors that engines return.
//
// It stands below the whole line: router and the engines import it, it imports
// nothing of hark. An engine is anything that can
//
//	Invoke(ctx context.Context, inv function.Invocation) (function.Result, error)
//
// and internal/enginetest says what that has to mean.
package function

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Labels that hark reads from a function.
const (
	// LabelIntents lists, separated by commas, the intents and request types
	// that the function answers besides the one it is named after.
	LabelIntents = "hark.intents"
	// LabelRequests lists, separated by commas, request types that the function
	// answers, prefixes of types (AudioPlayer.*), or * for every type.
	LabelRequests = "hark.requests"
	// LabelDelegate set to "true" leaves a dialog that is not complete to Alexa,
	// without the function; to "IN_PROGRESS", one that has gone on for a turn.
	LabelDelegate = "hark.delegate"
	// LabelSkill ties the function to the skill of that name.
	LabelSkill = "hark.skill"
	// LabelPublic set to "true" opens /function/NAME on the public listener.
	LabelPublic = "hark.public"
	// LabelWebhook has calls of /function/NAME be signed: github, slack, stripe or
	// hmac, with a line of the secret that LabelWebhookSecret names. The other four
	// are of hmac alone. Package internal/door reads these and those up to LabelCORS.
	LabelWebhook          = "hark.webhook"
	LabelWebhookSecret    = "hark.webhook.secret"
	LabelWebhookHeader    = "hark.webhook.header"
	LabelWebhookAlgorithm = "hark.webhook.algorithm"
	LabelWebhookTime      = "hark.webhook.time"
	LabelWebhookReplays   = "hark.webhook.replays"
	// LabelToken names a secret whose lines are the bearer tokens that open
	// /function/NAME on the public listener.
	LabelToken = "hark.token"
	// LabelRate is how many calls of /function/NAME are taken, such as 10/s;
	// LabelRateClient, how many from each address.
	LabelRate       = "hark.rate"
	LabelRateClient = "hark.rate.client"
	// LabelInflight is how many calls of /function/NAME may be under way at once.
	LabelInflight = "hark.inflight"
	// LabelCORS lists, separated by commas, the origins whose web pages may call
	// /function/NAME.
	LabelCORS = "hark.cors"
	// LabelBuild is a command line that the local engine runs once in the
	// function's directory before the function is first started.
	LabelBuild = "hark.build"
	// LabelMode and LabelWarm are the watchdog's settings mode and warm. The
	// gateway reads from them whether a request's environment reaches the
	// function.
	LabelMode = "hark.mode"
	LabelWarm = "hark.warm"
	// LabelProgress is what hark says while the function is slow, text or SSML. The
	// same with "." and a locale or language after it goes before it.
	LabelProgress = "hark.progress"
	// LabelSamples is what people say for the function's intent, utterances with |
	// or line breaks between them, and LabelSlots is what the slots in them can be
	// filled with; see package intents/draft. The same with "." and a locale or
	// language after it goes before it.
	LabelSamples = "hark.samples"
	LabelSlots   = "hark.slots"
	// LabelFunction set to "false" says that a service on the functions' network
	// is none.
	LabelFunction = "hark.function"
	// LabelUser is the user that the function's container runs as: a name or
	// number, with :GROUP if wanted.
	LabelUser = "hark.user"
	// LabelCapabilities lists the Linux capabilities that its container keeps,
	// separated by commas; without it, it has none.
	LabelCapabilities = "hark.capabilities"
	// LabelPids is how many processes and threads its container may have.
	LabelPids = "hark.pids"
	// LabelStack is the stack that `docker stack deploy` created the function
	// in; the function's name then starts with the stack's name and "_".
	LabelStack = "com.docker.stack.namespace"
)

// Spec describes a function as its owner declares it.
type Spec struct {
	// Name is unique in an engine; see CheckName.
	Name string
	// Image is the container image; the local engine ignores it.
	Image string
	// Process is the command line of the program. It is split into words as
	// a shell would and is never given to a shell. Empty leaves it to the image.
	Process string
	// Dir is the directory in which the local engine runs Process.
	Dir string
	// Environment is added to the program's environment. The watchdog's own
	// settings (exec_timeout, max_inflight) are read from it too.
	Environment map[string]string
	// Labels are free; the ones above have a meaning to hark.
	Labels map[string]string
	// Annotations are free and have no meaning to hark.
	Annotations map[string]string
	// Secrets are names of secrets, each a file for the program.
	Secrets []string

	// What follows is for engines that run containers.

	// Constraints say on which nodes the function may run, as Docker has them:
	// node.labels.arch==arm64.
	Constraints []string
	// Limits are what a replica may use at most, Requests what is kept free for it.
	Limits, Requests Resources
	// ReadOnly has the container's root filesystem be read-only, but for /tmp.
	ReadOnly bool
	// Network is the overlay network to be on; empty is the engine's, and so is no other.
	Network string
	// RegistryAuth lets the nodes pull the image: base64 of Docker's AuthConfig.
	// It is a secret, and no engine tells it.
	RegistryAuth string
}

// Resources are amounts as Docker and OpenFaaS write them; empty is none.
type Resources struct {
	Memory string // bytes, with a unit: 64m, 128Mi, 1G
	CPU    string // cores: 0.5, or thousandths of them: 500m
}

// Status is what an engine knows about a deployed function.
type Status struct {
	// Spec is what was deployed, without what only its owner knows: Dir,
	// RegistryAuth.
	Spec
	// Replicas is how many copies are asked for, Available how many take calls.
	Replicas, Available uint64
	// Created is when the function was first deployed.
	Created time.Time
	// Version tells one deployment from another; empty if an engine has but one. It
	// goes back to what it was when an update is taken back.
	Version string
	// Trouble says, in one line for its owner, why less copies are available than
	// are asked for; empty if there is nothing to tell.
	Trouble string
}

// Public reports whether the function may be called on the public listener.
func (s Status) Public() bool { return s.Labels[LabelPublic] == "true" }

// PerRequest reports whether a process of its own runs for each request and is
// started after it: only then is there a way for the environment of a request.
func (s Status) PerRequest() bool {
	mode, warm := s.Labels[LabelMode], s.Labels[LabelWarm]
	return (mode == "" || mode == "stdio") && (warm == "" || warm == "0")
}

// Progress is what hark says to a listener in locale while the function is slow:
// of the label for the locale, else of that for its language, else of the one for
// all. Empty is nothing.
func (s Spec) Progress(locale string) string {
	language, _, _ := strings.Cut(locale, "-")
	for _, place := range []string{"." + locale, "." + language} {
		if text, ok := s.Labels[LabelProgress+place]; ok {
			return text
		}
	}
	return s.Labels[LabelProgress]
}

// Invocation is one call of a function.
type Invocation struct {
	// Function is the name of the function to call.
	Function string
	// RequestID ties the function's log lines to the access record.
	RequestID string
	// Body becomes the program's STDIN. It may be nil.
	Body io.Reader
	// Voice is the environment of a voice request. Engines let only names
	// matching VoiceVariable cross to the program, and none to one that runs
	// already.
	Voice map[string]string
	// HTTP describes a generic call; it is nil for a voice request.
	HTTP *HTTP
	// Trace is where the call stands in a trace. A generic call's header says the same.
	Trace Trace
	// Timeout is what HeaderTimeout says, for a call whose deadline the context
	// does not have.
	Timeout string
}

// HTTP is the request line and header of a generic call. Path is what follows
// /function/NAME: empty or starting with a slash.
type HTTP struct {
	Method string
	Path   string
	// RawPath is Path with the escapes that it was sent with, if it is not
	// empty; see Escaped.
	RawPath string
	Query   string
	Host    string
	Header  http.Header
	// ContentLength is the length of the body in bytes, -1 when not known.
	ContentLength int64
}

// MaxName is the longest name of a function in bytes, which is Docker's bound
// for services.
const MaxName = 63

// MaxReplicas is beyond what any Swarm runs, and below what a slip of the finger
// asks for.
const MaxReplicas = 10_000

// CheckName returns an error unless name can be a function on every engine:
// letters, digits, and "-" or "_" between them, at most MaxName bytes, which is
// what Docker accepts as the name of a service.
func CheckName(name string) error {
	if len(name) > MaxName {
		return fmt.Errorf("function name %.20q… has %d characters, at most %d are allowed", name, len(name), MaxName)
	}
	if !isName(name) {
		return fmt.Errorf("function name %q: use letters and digits, with - or _ only between them", name)
	}
	return nil
}

// isName is by hand, as VoiceVariable is: package regexp would be a part of
// every function image for it.
func isName(name string) bool {
	alphanumeric := false
	for i := range len(name) {
		switch c := name[i]; {
		case '0' <= c && c <= '9', 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z':
			alphanumeric = true
		case (c == '-' || c == '_') && i > 0:
			alphanumeric = false
		default:
			return false
		}
	}
	return alphanumeric // at the end
}

// VoiceVariable reports whether an environment variable of this name may cross
// from the gateway to a program.
func VoiceVariable(name string) bool {
	name, ok := strings.CutPrefix(name, "ALEXA_")
	for i := range len(name) {
		if c := name[i]; c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return ok && name != ""
}
