package watchdog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/watchdog/lambda"
)

// lambdas is the mode of long-lived AWS Lambda runtimes: they ask for events.
type lambdas struct {
	*Watchdog
	gate       *gate
	dispatcher *lambda.Dispatcher
	atOnce     int // events for each process
	workers    []*worker

	mu     sync.Mutex
	queue  context.Context // of the events that no process has taken yet
	reject context.CancelCauseFunc
}

// lambdaDeadline is what a function has for an event without any other
// deadline: the longest that AWS allows.
const lambdaDeadline = 15 * time.Minute

func newLambda(w *Watchdog) (*lambdas, error) {
	program, err := w.config().program()
	if err != nil {
		return nil, err
	}
	m := &lambdas{Watchdog: w, gate: newGate(w.settings.MaxInflight, w.settings.VoiceReserve), atOnce: 1,
		dispatcher: lambda.NewDispatcher(lambda.Config{ARN: arn(w.site), MaxStream: w.settings.MaxOutput})}
	if text, _ := variable(w.site.Env, "AWS_LAMBDA_MAX_CONCURRENCY"); text != "" {
		if m.atOnce, err = strconv.Atoi(text); err != nil || m.atOnce < 1 || m.atOnce > 1000 {
			return nil, fmt.Errorf("AWS_LAMBDA_MAX_CONCURRENCY=%q: want a number of events from 1 to 1000", text)
		}
	}
	m.queue, m.reject = context.WithCancelCause(context.Background())
	for range w.settings.Processes {
		worker := &worker{lambdas: m}
		worker.service = newService(program, w, worker.life)
		worker.service.fell = m.fell
		m.workers = append(m.workers, worker)
	}
	for _, worker := range m.workers {
		worker.service.start()
	}
	return m, nil
}

// arn is what the function is told that it is called as.
func arn(at Site) string {
	name, _ := variable(at.Env, "AWS_LAMBDA_FUNCTION_NAME")
	return "arn:aws:lambda:local:000000000000:function:" + cmp.Or(name, at.Name, "function")
}

// fell is called when a process is down: once all are, there is no use in
// waiting for one.
func (m *lambdas) fell() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.health(); err != nil {
		m.reject(fmt.Errorf("%w: %w", errNotReady, err))
		m.queue, m.reject = context.WithCancelCause(context.Background())
	}
}

func (m *lambdas) invoke(ctx context.Context, inv function.Invocation) (function.Result, error) {
	if err := m.gate.enter(ctx, inv.HTTP == nil); err != nil {
		return function.Result{}, err
	}
	ctx, stop := context.WithTimeout(ctx, lambdaDeadline)
	ctx, cancel := m.gate.within(ctx)
	at := &taken{}
	leave := func() {
		cancel()
		stop()
		m.awaitNext(ctx, at)
		m.gate.leave()
	}
	answer, err := m.answer(ctx, inv, at)
	if err != nil {
		leave()
		return function.Result{}, err
	}
	result := function.Result{Status: answer.Status, Header: answer.Header, Body: answer.Body}
	result.Header.Set("Content-Type", cmp.Or(m.settings.ContentType, result.Header.Get("Content-Type"), "application/json"))
	result.OnClose(leave)
	return result, nil
}

// answer gives the event to a process, once one takes it.
func (m *lambdas) answer(ctx context.Context, inv function.Invocation, at *taken) (*lambda.Answer, error) {
	most := int64(lambda.MaxPayload)
	if m.settings.MaxBody > 0 {
		most = min(most, m.settings.MaxBody)
	}
	payload, err := function.ReadAll(ctx, inv.Body, most)
	if err != nil {
		return nil, err
	}
	ctx, unqueue := m.enqueue(ctx)
	defer unqueue()
	if err := m.health(); err != nil { // which the queue has not been told
		return nil, fmt.Errorf("%w: %w", errNotReady, err)
	}
	event := lambda.Event{ID: inv.RequestID, Payload: payload, Taken: func(by *lambda.Runtime, answered <-chan struct{}) {
		unqueue()
		at.by, at.answered = by, answered
	}}
	if inv.HTTP != nil {
		event.TraceID = inv.HTTP.Header.Get("X-Amzn-Trace-Id")
		event.ClientContext = inv.HTTP.Header.Get("X-Amz-Client-Context")
	}
	answer, err := m.dispatcher.Invoke(ctx, event)
	switch {
	case err == nil:
		if known, ok := answer.Body.(interface{ Len() int }); ok {
			answer.Header.Set("Content-Length", strconv.Itoa(known.Len()))
			return answer, nil
		}
		answer.Body = &eventBody{ReadCloser: answer.Body, late: func() { m.abandon(ctx, at) }, ctx: ctx}
	case ctx.Err() != nil && at.by != nil:
		go m.abandon(ctx, at)
	}
	return answer, err
}

// eventBody is the body of an answer that may be streamed, and late.
type eventBody struct {
	io.ReadCloser
	ctx   context.Context
	late  func()
	ended bool
}

// Read implements io.Reader.
func (b *eventBody) Read(to []byte) (int, error) {
	n, err := b.ReadCloser.Read(to)
	b.ended = b.ended || errors.Is(err, io.EOF)
	return n, err
}

// Close implements io.Closer.
func (b *eventBody) Close() error {
	if !b.ended && errors.Is(b.ctx.Err(), context.DeadlineExceeded) {
		b.late()
	}
	return b.ReadCloser.Close()
}

// taken is who has an event, and until when.
type taken struct {
	by       *lambda.Runtime
	answered <-chan struct{} // closed when it has it no more
}

// enqueue ends ctx if no process can be started, until it is unqueued.
func (m *lambdas) enqueue(ctx context.Context) (context.Context, func() bool) {
	m.mu.Lock()
	queue := m.queue
	m.mu.Unlock()
	ctx, cancel := context.WithCancelCause(ctx)
	return ctx, context.AfterFunc(queue, func() { cancel(context.Cause(queue)) })
}

// abandon is called when nobody waits for an event any more. A process that let
// its deadline pass is replaced; one whose caller left has until then.
func (m *lambdas) abandon(ctx context.Context, at *taken) {
	deadline, bounded := ctx.Deadline()
	if bounded && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		timer := time.NewTimer(time.Until(deadline))
		defer timer.Stop()
		select {
		case <-at.answered:
			return
		case <-timer.C:
		}
	}
	if w := m.worker(at.by); w != nil {
		w.overdue(at)
	}
}

// worker has the process of that API now; nil if it is gone.
func (m *lambdas) worker(r *lambda.Runtime) *worker {
	for _, w := range m.workers {
		w.mu.Lock()
		mine := w.runtime == r
		w.mu.Unlock()
		if mine {
			return w
		}
	}
	return nil
}

// awaitNext is called when the call of an event is over. Until its deadline the
// process has time to ask for the next one: it may still hang in this one, when
// its answer began as a stream that nobody wants any more.
func (m *lambdas) awaitNext(ctx context.Context, at *taken) {
	if at.by == nil {
		return
	}
	w := m.worker(at.by)
	if w == nil {
		return
	}
	if m.atOnce > 1 { // otherwise overdue has done so
		w.relieve()
	}
	deadline, _ := ctx.Deadline()
	w.wakeAt(deadline)
}

func (m *lambdas) ready(context.Context) error {
	if err := m.gate.refuses(); err != nil {
		return err
	}
	err := errors.New("no process")
	for _, w := range m.workers {
		if err = w.service.ready(); err == nil {
			return nil
		}
	}
	return err
}

// health returns what is wrong if every process is down.
func (m *lambdas) health() (err error) {
	for _, w := range m.workers {
		if err = w.service.health(); err == nil {
			return nil
		}
	}
	return err
}

func (m *lambdas) close(ctx context.Context) {
	m.gate.close(ctx)
	var closing sync.WaitGroup
	for _, w := range m.workers {
		closing.Go(w.end)
	}
	closing.Wait()
}
