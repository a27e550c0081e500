package swarm

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/swarm"

	"github.com/harkvoice/hark/internal/function"
)

// Logs are the lines that the replicas of a function have logged, as far as their
// nodes have them, by time; with q.Follow they come as they come, those to come
// too, until ctx ends. A query for the last lines has so many of each replica. The
// sequence ends with an error if Docker breaks it off.
func (e *Engine) Logs(ctx context.Context, q function.LogQuery) (iter.Seq2[function.LogLine, error], error) {
	s, err := e.known(ctx, q.Name)
	if err != nil {
		return nil, err
	}
	all, err := e.logs(ctx, s.ID, q)
	if err != nil {
		return nil, fmt.Errorf("function %s: %w", q.Name, err)
	}
	return all, nil
}

func (e *Engine) logs(ctx context.Context, service string, q function.LogQuery) (iter.Seq2[function.LogLine, error], error) {
	options := container.LogsOptions{ShowStdout: true, ShowStderr: true, Timestamps: true, Details: true, Follow: q.Follow}
	if !q.Since.IsZero() {
		options.Since = fmt.Sprintf("%d.%09d", q.Since.Unix(), q.Since.Nanosecond())
	}
	if q.Tail > 0 {
		options.Tail = strconv.Itoa(q.Tail)
	}
	if q.Follow { // so that replicas to come are heard
		stream, err := e.docker.ServiceLogs(ctx, service, options)
		return lines(ctx, q, stream), explain(err)
	}
	ids, err := e.replicas(ctx, service, q.Instance)
	if err != nil {
		return nil, err
	}
	streams := make([]iter.Seq2[function.LogLine, error], len(ids))
	for i, id := range ids {
		stream, err := e.docker.TaskLogs(ctx, id, options)
		if err != nil {
			return nil, explain(err)
		}
		streams[i] = lines(ctx, q, stream)
	}
	return merged(streams), nil
}

// replicas are the tasks that have had a container, or that one of them. Their logs
// are read one by one: of several at once the engine loses lines, and then never
// comes to the end (moby 20.10).
func (e *Engine) replicas(ctx context.Context, service, instance string) (ids []string, err error) {
	ctx, cancel := patient(ctx)
	defer cancel()
	tasks, err := e.docker.TaskList(ctx, swarm.TaskListOptions{Filters: filters.NewArgs(filters.Arg("service", service))})
	for _, t := range tasks {
		began := t.Status.ContainerStatus != nil && t.Status.ContainerStatus.ContainerID != ""
		if began && (instance == "" || instance == t.ID) {
			ids = append(ids, t.ID)
		}
	}
	return ids, explain(err)
}

// lines reads a stream of Docker's.
func lines(ctx context.Context, q function.LogQuery, stream io.ReadCloser) iter.Seq2[function.LogLine, error] {
	return func(yield func(function.LogLine, error) bool) {
		defer stream.Close()
		frames := frames{from: bufio.NewReader(stream), parts: map[string]string{}}
		for {
			line, err := frames.line()
			switch {
			case errors.Is(err, io.EOF) || ctx.Err() != nil:
				return
			case err != nil:
				yield(function.LogLine{}, explain(err))
				return
			case q.Instance != "" && line.Instance != q.Instance:
				continue
			}
			line.Name = q.Name
			if !yield(line, nil) {
				return
			}
		}
	}
}

// merged has the lines of all sequences by time, as each has its own.
func merged(all []iter.Seq2[function.LogLine, error]) iter.Seq2[function.LogLine, error] {
	return func(yield func(function.LogLine, error) bool) {
		var heads []*head
		for _, seq := range all {
			next, stop := iter.Pull2(seq)
			defer stop()
			if h := (&head{next: next}); h.advance() {
				heads = append(heads, h)
			}
		}
		for len(heads) > 0 {
			first := slices.MinFunc(heads, func(a, b *head) int { return a.line.Time.Compare(b.line.Time) })
			if !yield(first.line, first.err) {
				return
			}
			if !first.advance() {
				heads = slices.DeleteFunc(heads, func(h *head) bool { return h == first })
			}
		}
	}
}

// head is the first line of a sequence that is left.
type head struct {
	line function.LogLine
	err  error
	next func() (function.LogLine, error, bool)
}

func (h *head) advance() (ok bool) {
	h.line, h.err, ok = h.next()
	return ok
}

// frames is Docker's stream of logs: frames of a header of eight bytes and a
// message, which is a timestamp, details and a line, or a part of one. The
// streams of the tasks are mixed.
type frames struct {
	from  *bufio.Reader
	parts map[string]string // of lines that have not come whole, by task and stream
}

// systemError is the stream of frames that are Docker's own word on what it lacks.
const systemError = 3

// maxFrame is more than Docker's longest part of a line.
const maxFrame = 1 << 20

// maxLine bounds a line that is put together.
const maxLine = 1 << 20

func (f *frames) line() (function.LogLine, error) {
	for {
		var header [8]byte
		if _, err := io.ReadFull(f.from, header[:]); err != nil {
			return function.LogLine{}, err
		}
		length := binary.BigEndian.Uint32(header[4:])
		if length > maxFrame {
			return function.LogLine{}, fmt.Errorf("a frame of %d bytes in Docker's logs", length)
		}
		message := make([]byte, length)
		if _, err := io.ReadFull(f.from, message); err != nil {
			return function.LogLine{}, err
		}
		if header[0] == systemError {
			return function.LogLine{}, errors.New(strings.TrimSpace(string(message)))
		}
		line, whole := parseMessage(string(message))
		key := line.Instance + strconv.Itoa(int(header[0]))
		line.Text = f.parts[key] + line.Text
		if !whole && len(line.Text) < maxLine {
			f.parts[key] = line.Text
			continue
		}
		delete(f.parts, key)
		return line, nil
	}
}

// parseMessage reads a message: TIMESTAMP KEY=VALUE,… TEXT. It is whole if it ends
// in a newline.
func parseMessage(message string) (line function.LogLine, whole bool) {
	message, whole = strings.CutSuffix(message, "\n")
	stamp, rest, _ := strings.Cut(message, " ")
	line.Time, _ = time.Parse(time.RFC3339Nano, stamp)
	details, text, _ := strings.Cut(rest, " ")
	line.Text = strings.TrimSuffix(text, "\r")
	for pair := range strings.SplitSeq(details, ",") {
		if id, ok := strings.CutPrefix(pair, "com.docker.swarm.task.id="); ok {
			line.Instance, _ = url.QueryUnescape(id)
		}
	}
	return line, whole
}
