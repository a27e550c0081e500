package watchdog

import (
	"bytes"
	"fmt"
	"math"
)

// MaxLine is the longest part of a line that is logged at once, in bytes,
// unless Config.LogPart says otherwise.
const MaxLine = 64 << 10

// lineCost is what a line counts for besides its bytes: a record of the log has
// many more than an empty line.
const lineCost = 128

// everything is the bound of what is logged of a process that lives on and on.
const everything = math.MaxInt

// logStderr passes STDERR on line by line, without ever holding the program up.
func (p *process) logStderr() { p.lines.drain(&p.stderr) }

// lines splits a stream into lines.
type lines struct {
	log  logger
	part int // the longest part of a line, in bytes
	left int // what may still be logged, in bytes

	partial []byte
	dropped int
}

// drain reads a pipe to its end.
func (l *lines) drain(from *outlet) {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	for {
		n, err := from.Read(*buffer)
		l.write((*buffer)[:n])
		if err != nil {
			break
		}
	}
	l.end()
}

func (l *lines) write(chunk []byte) {
	for len(chunk) > 0 {
		if l.left <= 0 {
			l.dropped += len(chunk)
			return
		}
		line, rest, ended := bytes.Cut(chunk, []byte{'\n'})
		if room := min(l.part-len(l.partial), l.left); len(line) > room {
			line, rest, ended = chunk[:room], chunk[room:], false
		}
		l.partial, chunk = append(l.partial, line...), rest
		l.left -= len(line)
		if ended || len(l.partial) == l.part {
			l.flush()
			l.left -= lineCost
		}
	}
}

func (l *lines) flush() {
	l.log(bytes.TrimSuffix(l.partial, []byte{'\r'}))
	l.partial = l.partial[:0]
}

func (l *lines) end() {
	if len(l.partial) > 0 {
		l.flush()
	}
	if l.dropped > 0 {
		l.log(fmt.Appendf(nil, "… %d more bytes on STDERR were not logged", l.dropped))
	}
}
