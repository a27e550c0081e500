package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/door"
	"github.com/harkvoice/hark/internal/drain"
	"github.com/harkvoice/hark/internal/forwarded"
	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/local"
	"github.com/harkvoice/hark/internal/shelf"
	"github.com/harkvoice/hark/internal/spool"
	"github.com/harkvoice/hark/internal/trace"
	"github.com/harkvoice/hark/router"
)

// flushTime is how long the last traces may take to be sent.
const flushTime = 2 * time.Second

// gateway is a running hark: two listeners, an engine, skills.
type gateway struct {
	settings    *settings
	lines       *batch // of the log
	log         *slog.Logger
	skills      *intents.Skills
	entries     []*shelf.Entry          // what is served; once it serves, the watch's
	fixed       int                     // how many of them are no skill's below --skills
	shelf       *shelf.Shelf            // that of --skills, or nil
	shelves     []*shelf.Shelf          // that of DIR, and that
	clashing    map[string]shelf.Change // of skills that others stand in the way of
	told        func(line string)       // a person, of what changes; nil does not
	engine      engine
	local       *local.Engine // the same, if it is the embedded one
	catalogue   *intents.Catalogue
	credentials router.Credentials
	secrets     *door.Secrets      // of doors
	certificate keeper             // of the public listener
	proxies     forwarded.Proxies  // that are believed
	tracer      *trace.Tracer      // nil if there are no traces
	events      *spool.Spool       // that were acknowledged and not yet observed
	noted       func(shelf.Change) // what was taken up; may be nil

	serving atomic.Bool
	warned  string // of the catalogue, the last time
	hidden  hidden

	// The last three may be nil.
	operator, public, proxied, challenges *drain.Door
}

// engine is where functions run.
type engine interface {
	router.Engine
	// Close lets invocations under way finish until ctx ends, and returns when
	// nothing is left that has to end with hark.
	Close(ctx context.Context)
}

// load reads what is in dir, unless that is empty, and in the directory of
// skills.
func (s *settings) load(dir string, errs io.Writer) (*gateway, error) {
	g := &gateway{settings: s, catalogue: &intents.Catalogue{}, skills: &intents.Skills{}, clashing: make(map[string]shelf.Change)}
	g.lines = newBatch(errs)
	g.log = newLog(s.LogFormat, g.lines)
	if s.VoiceReserve >= s.MaxInflight {
		return nil, hinted{fmt.Errorf("--voice-reserve %d leaves nothing of --max-inflight %d for other calls", s.VoiceReserve, s.MaxInflight), "Make the one smaller or the other larger (HARK_VOICE_RESERVE, HARK_MAX_INFLIGHT)."}
	}
	if dir == "" && len(s.SkillIDs) > 0 {
		return nil, hinted{errors.New("--skill-id belongs to the skill in DIR, and none is named"),
			"Name the id of a skill below --skills in its skill-package/hark.json: {\"skillIds\": [\"amzn1.ask.skill.…\"]}"}
	}
	if dir != "" {
		g.shelves, g.fixed = append(g.shelves, s.own(dir)), 1
	}
	if s.Skills != "" {
		g.shelf = shelf.New(s.Skills, s.Engine == engineLocal)
		g.shelves = append(g.shelves, g.shelf)
	}
	for _, sh := range g.shelves {
		more, err := sh.Load()
		if err != nil {
			return nil, err
		}
		g.entries = append(g.entries, more...)
	}
	var err error
	if err := g.serves(g.entries); err != nil {
		return nil, err
	}
	g.secrets = s.doorSecrets()
	if g.credentials, err = s.credentials(); err != nil {
		return nil, err
	}
	if g.tracer, err = s.Traces.tracer(g.log); err != nil {
		return nil, err
	}
	return g, nil
}

// changed takes the functions that there are now, from one goroutine at a time.
// Two for one intent, and labels that are malformed, are told once, and stop hark
// only at its start.
func (g *gateway) changed(functions []function.Status) {
	functions, ok := g.hidden.seen(functions)
	if !ok {
		return
	}
	err := g.catalogue.Update(functions)
	if !g.serving.Load() {
		return
	}
	warning := ""
	if err != nil {
		warning = err.Error()
	}
	if warning != "" && warning != g.warned {
		g.log.Warn("catalogue", "cause", warning)
	}
	g.warned = warning
}

// open takes the two ports and starts the engine, and the functions of the
// embedded one, telling of each build. The gateway is to be closed afterwards,
// whatever open returns.
func (g *gateway) open(ctx context.Context, progress io.Writer) error {
	if err := g.listen(); err != nil {
		return err
	}
	if g.settings.Engine == engineSwarm {
		g.serving.Store(true) // functions are there already, and what is wrong with them is to be told
		engine, err := g.settings.swarm(ctx, g)
		if err == nil {
			g.engine = engine
		}
		return err
	}
	g.local = local.New(local.Config{Log: g.log, MaxBody: g.settings.MaxBody, Secrets: g.settings.secretsDir(), OnChange: g.changed})
	g.engine = g.local
	return g.deploy(ctx, progress)
}

// close gives the ports back, and ends what functions were started if they are
// not served.
func (g *gateway) close() {
	at, once := context.WithCancel(context.Background())
	once()
	if g.engine != nil {
		g.engine.Close(at)
	}
	for _, l := range []*drain.Door{g.operator, g.public, g.proxied, g.challenges} {
		if l != nil {
			l.Close()
		}
	}
	flush, stop := context.WithTimeout(context.Background(), flushTime)
	defer stop()
	g.tracer.Close(flush)
	g.lines.Close()
}

func (g *gateway) deploy(ctx context.Context, progress io.Writer) error {
	g.unfamiliar(g.specs())
	for _, spec := range g.specs() {
		if line := spec.Labels[function.LabelBuild]; line != "" {
			start := time.Now()
			fmt.Fprintf(progress, "building %s: %s … ", spec.Name, line)
			if err := local.Build(ctx, spec, progress); err != nil {
				fmt.Fprintln(progress)
				return err
			}
			fmt.Fprintf(progress, "%.1f s\n", time.Since(start).Seconds())
		}
		if err := g.secrets.Check(spec.Labels, time.Now()); err != nil {
			return fmt.Errorf("function %s: %w", spec.Name, err)
		}
		if err := g.engine.Deploy(ctx, spec); err != nil {
			return err
		}
	}
	deployed, err := g.engine.List(ctx)
	if err != nil {
		return err
	}
	return g.catalogue.Update(deployed)
}

// serve answers requests until ctx ends, then lets those under way finish. It
// returns when no process of a function is left.
func (g *gateway) serve(ctx context.Context, verifier *alexa.Verifier) error {
	g.serving.Store(true)
	// The first server that fails ends the other too.
	servers, failed := errgroup.WithContext(ctx)
	g.events = g.keepEvents()
	defer g.events.Close()
	registry := g.registry()
	rt := g.router(failed, verifier, registry)
	faces := g.faces(rt, registry)
	for _, f := range faces {
		servers.Go(func() error { return served(f.serve()) })
	}
	servers.Go(func() error { g.watch(failed); return nil })
	servers.Go(func() error { rt.TakeUp(failed); return nil })
	if g.certificate != nil {
		servers.Go(func() error { g.certificate.Watch(failed); return nil })
	}
	<-failed.Done()

	patience, stop := hurried(ctx)
	defer stop()
	patience, cancel := context.WithTimeout(patience, g.settings.DrainTime)
	defer cancel()
	g.drain(patience, rt, faces)
	return servers.Wait()
}

// keepEvents is where events are kept that were acknowledged, over a crash; nil if
// there is nowhere.
func (g *gateway) keepEvents() *spool.Spool {
	if g.settings.State == "" {
		return nil
	}
	events, err := spool.Open(filepath.Join(g.settings.State, "events"))
	if err != nil {
		g.log.Warn("events are not kept over a crash: name a directory that can be written with --state or HARK_STATE", "cause", err.Error())
		return nil
	}
	return events
}

// router is the front door, whose followed logs end with until.
func (g *gateway) router(until context.Context, verifier *alexa.Verifier, registry *prometheus.Registry) *router.Router {
	host, _, _ := net.SplitHostPort(g.settings.Listen)
	return router.New(router.Config{
		Engine:          g.engine,
		EngineName:      g.settings.Engine,
		Verifier:        verifier,
		Skills:          g.skills,
		Catalogue:       g.catalogue,
		Replays:         g.settings.replays(),
		Events:          g.events,
		Secrets:         g.secrets,
		Log:             g.log,
		Registry:        registry,
		Tracer:          g.tracer,
		VoiceTimeout:    g.settings.VoiceTimeout,
		FunctionTimeout: g.settings.FunctionTimeout,
		ProgressAfter:   g.settings.ProgressAfter,
		MaxBody:         g.settings.MaxBody,
		MaxInflight:     g.settings.MaxInflight,
		VoiceReserve:    g.settings.VoiceReserve,
		MaxCalls:        g.settings.MaxCalls,
		MaxSigned:       g.settings.MaxSigned,
		MinMemory:       g.settings.MinMemory,
		Credentials:     g.credentials,
		Host:            host,
		Until:           until,
		Release:         versionText(),
		Commit:          commit(),
	})
}

// drain lets the requests under way finish while patience lasts, and what they
// have functions observe, then ends their processes, and returns when none is
// left.
func (g *gateway) drain(patience context.Context, rt *router.Router, faces []*face) {
	g.log.Info("draining")
	ended := make(chan struct{})
	stop := context.AfterFunc(patience, func() {
		defer close(ended)
		g.engine.Close(patience)
	})
	var draining sync.WaitGroup
	for _, f := range faces {
		draining.Go(func() { f.door.Stop(patience, f.Server) })
	}
	draining.Wait()
	rt.Close(patience)
	if stop() { // there was time enough
		g.engine.Close(patience)
		return
	}
	<-ended
}
