package watchdog

import (
	"bytes"
	"fmt"
)

// maxLine is the longest part of a line that is logged at once.
const maxLine = 64 << 10

// lineCost is what a line counts for besides its bytes: a record of the log has
// many more than an empty line.
const lineCost = 128

// logStderr passes STDERR on line by line, without ever holding the program up.
func (p *process) logStderr() {
	l := lines{log: p.log}
	_ = p.read(p.stderr, func(chunk []byte) error {
		l.write(chunk)
		return nil
	})
	l.end()
}

// lines splits a stream into lines.
type lines struct {
	log     func([]byte)
	partial []byte
	logged  int // bytes
	dropped int
}

func (l *lines) write(chunk []byte) {
	for l.log != nil && len(chunk) > 0 {
		left := MaxStderr - l.logged
		if left <= 0 {
			l.dropped += len(chunk)
			return
		}
		line, rest, ended := bytes.Cut(chunk, []byte{'\n'})
		if room := min(maxLine-len(l.partial), left); len(line) > room {
			line, rest, ended = chunk[:room], chunk[room:], false
		}
		l.partial, chunk = append(l.partial, line...), rest
		l.logged += len(line)
		if ended || len(l.partial) == maxLine {
			l.flush()
			l.logged += lineCost
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
