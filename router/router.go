package router

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/door"
	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/spool"
	"github.com/harkvoice/hark/internal/trace"
)

// Defaults of a Config.
const (
	DefaultVoiceTimeout    = 7500 * time.Millisecond // Alexa gives up after about 8 s
	DefaultFunctionTimeout = time.Minute
	DefaultProgressAfter   = 1500 * time.Millisecond
	DefaultMaxBody         = 32 << 20
	DefaultMaxInflight     = 512
	DefaultVoiceReserve    = 64
	DefaultMaxCalls        = 128
	DefaultMaxSigned       = 96 << 20 // two of GitHub's largest, and what moving one takes
)

// maxEnvelope bounds a request envelope; real ones have a few kilobytes.
const maxEnvelope = 1 << 20

// Config is what a Router is made of. All fields but those with a default are
// needed.
type Config struct {
	Engine     Engine
	EngineName string // for the access record
	Verifier   *alexa.Verifier
	// Skills may be replaced while they are served.
	Skills    *intents.Skills
	Catalogue *intents.Catalogue
	// Replays refuses requests that were here before; nil lets them pass.
	Replays *alexa.Replays
	// Events keeps those that were acknowledged until they are observed; nil keeps
	// none over a crash.
	Events *spool.Spool
	// Secrets are for the doors of functions that need one; nil has none, and keeps
	// those shut.
	Secrets  *door.Secrets
	Log      *slog.Logger
	Registry *prometheus.Registry
	// Tracer is told of requests; nil is none.
	Tracer *trace.Tracer

	VoiceTimeout    time.Duration // 0: DefaultVoiceTimeout
	FunctionTimeout time.Duration // 0: DefaultFunctionTimeout
	ProgressAfter   time.Duration // until a slow function's progressive response; 0: DefaultProgressAfter
	MaxBody         int64         // bytes of a generic call's body; 0: DefaultMaxBody
	Now             func() time.Time

	// MaxInflight bounds the requests under way, to /system apart; VoiceReserve of
	// them are for voice alone. 0: the defaults.
	MaxInflight, VoiceReserve int
	// MaxCalls bounds the generic calls of one function that are under way, unless
	// its label says otherwise; 0: DefaultMaxCalls.
	MaxCalls int
	// MaxSigned bounds the bodies of webhooks together, in bytes, which are held
	// until they are verified; 0: DefaultMaxSigned.
	MaxSigned int64
	// MinMemory is how many bytes have to be available for generic calls to be taken;
	// 0 takes them always.
	MinMemory int64

	// Credentials guard the operator's API, /system. Without any, a request's Host
	// has to be loopback's, or Host, the listener's name.
	Credentials Credentials
	Host        string
	// Until ends logs that are followed; nil never does.
	Until context.Context
	// Release and Commit are the version that the API tells.
	Release, Commit string
}

// Router answers requests. Public and Operator are its two faces. Once neither
// serves any more, it is to be closed.
type Router struct {
	Config
	metrics    *metrics
	places     *places
	doorkeeper *doorkeeper
	guard      *guard
	speaker    *speaker
	observers  *observers
}

// New returns a Router. It registers its metrics with c.Registry.
func New(c Config) *Router {
	c.VoiceTimeout = cmp.Or(c.VoiceTimeout, DefaultVoiceTimeout)
	c.FunctionTimeout = cmp.Or(c.FunctionTimeout, DefaultFunctionTimeout)
	c.ProgressAfter = cmp.Or(c.ProgressAfter, DefaultProgressAfter)
	c.MaxBody = cmp.Or(c.MaxBody, DefaultMaxBody)
	c.MaxInflight = cmp.Or(c.MaxInflight, DefaultMaxInflight)
	c.VoiceReserve = cmp.Or(c.VoiceReserve, DefaultVoiceReserve)
	c.MaxCalls = cmp.Or(c.MaxCalls, DefaultMaxCalls)
	c.MaxSigned = cmp.Or(c.MaxSigned, DefaultMaxSigned)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Until == nil {
		c.Until = context.Background()
	}
	c.Registry.MustRegister(&replicas{list: c.Engine.List}, spanCounts{c.Tracer}, about(c))
	return &Router{Config: c, metrics: newMetrics(c.Registry, c.deployed), places: newPlaces(c), doorkeeper: newDoorkeeper(c.MaxCalls), guard: newGuard(c.Credentials, c.Host), speaker: newSpeaker(), observers: newObservers()}
}

// deployed reports whether there is a function of exactly that name.
func (c Config) deployed(name string) bool {
	f, ok := c.Catalogue.Function(name)
	return ok && f.Name == name
}

// Public is the face for the internet: the skill, and the functions that are
// labelled public.
func (rt *Router) Public() http.Handler {
	face := rt.face(true)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del(function.HeaderTimeout) // after one that has passed, processes are replaced
		face.ServeHTTP(w, r)
	})
}

// Operator is the face for the machine's owner: the skill, every function, what
// shows how hark is doing, and the API that deploys.
func (rt *Router) Operator() http.Handler {
	mux := rt.face(false)
	mux.Handle("/metrics", promhttp.HandlerFor(rt.Registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("ok\n"))
	})
	rt.system(mux)
	return mux
}

// face is what both have: the skill, and the functions that may be called, by
// any method.
func (rt *Router) face(public bool) *chi.Mux {
	skill, call := rt.observe(public, routeSkill, rt.skill), rt.observe(public, routeFunction, rt.function(public))
	nowhere, wrongMethod := rt.observe(public, routeOther, ends(errNoRoute)), rt.observe(public, routeOther, ends(errMethod))
	root := func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get(HeaderFunction) != "":
			call(w, r)
		case r.Method == http.MethodPost:
			skill(w, r)
		default:
			nowhere(w, r)
		}
	}
	mux := chi.NewRouter()
	mux.HandleFunc("/", root)
	mux.Post(skillPath, skill)
	mux.Post(skillPath+"/{skill}", skill)
	mux.HandleFunc(functionPath+"*", call)
	mux.NotFound(nowhere)
	mux.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; { // chi knows the usual methods, functions take others too
		case strings.HasPrefix(path, functionPath):
			call(w, r)
		case path == "/":
			root(w, r)
		case path == skillPath, strings.HasPrefix(path, skillPath+"/"):
			w.Header().Set("Allow", http.MethodPost)
			wrongMethod(w, r)
		default:
			nowhere(w, r)
		}
	})
	return mux
}

// ends is the line of a request that no line is for.
func ends(err error) handler {
	return func(_ http.ResponseWriter, _ *http.Request, rec *record) error {
		rec.enter(stageEdge)
		return err
	}
}
