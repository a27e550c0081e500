package watchdog

import (
	"bytes"
	"fmt"
)

// maxLine is the longest part of a line that is logged at once.
const maxLine = 64 << 10

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
	if l.log == nil {
		return
	}
	if room := MaxStderr - l.logged; len(chunk) > room {
		l.dropped += len(chunk) - room
		chunk = chunk[:room]
	}
	l.logged += len(chunk)
	for len(chunk) > 0 {
		line, rest, ended := bytes.Cut(chunk, []byte{'\n'})
		if room := maxLine - len(l.partial); len(line) > room {
			line, rest, ended = chunk[:room], chunk[room:], true
		}
		l.partial, chunk = append(l.partial, line...), rest
		if ended {
			l.flush()
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
