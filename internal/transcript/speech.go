package transcript

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/harkvoice/hark/alexa"
)

// Speech is what is said as lines to read: pauses as …, emphasis between stars,
// what is whispered and whose voice it is in brackets, audio and paragraphs as
// lines of their own. SSML that is not well formed loses its tags.
func Speech(text string, ssml bool) []string {
	if !ssml {
		return split(text)
	}
	r := reading{}
	if err := r.read(text); err != nil {
		return split(alexa.SpokenText(text))
	}
	r.flush()
	return r.lines
}

func split(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// reading is SSML on its way to lines.
type reading struct {
	lines []string
	line  strings.Builder
	open  []element
}

// element is an open tag, and what ends it in text.
type element struct {
	name, end string
	mute      bool // something else was written in place of its text
}

func (r *reading) read(ssml string) error {
	d := xml.NewDecoder(strings.NewReader(ssml))
	for {
		token, err := d.RawToken() // raw: prefixes such as amazon: are names here
		if errors.Is(err, io.EOF) {
			if len(r.open) > 0 {
				return errors.New("a tag is left open")
			}
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			r.start(t)
		case xml.EndElement:
			if err := r.close(name(t.Name)); err != nil {
				return err
			}
		case xml.CharData:
			if n := len(r.open); n == 0 || !r.open[n-1].mute {
				r.say(string(t))
			}
		}
	}
}

func name(n xml.Name) string {
	if n.Space != "" {
		return n.Space + ":" + n.Local
	}
	return n.Local
}

func (r *reading) start(t xml.StartElement) {
	e := element{name: name(t.Name), mute: len(r.open) > 0 && r.open[len(r.open)-1].mute}
	attribute := func(key string) string {
		for _, a := range t.Attr {
			if a.Name.Local == key {
				return a.Value
			}
		}
		return ""
	}
	begin := ""
	switch e.name {
	case "break":
		if s, length := attribute("strength"), attribute("time"); s != "none" && length != "0s" && length != "0ms" {
			begin = " … "
		}
	case "emphasis":
		if attribute("level") != "none" {
			begin, e.end = "*", "*"
		}
	case "amazon:effect":
		if attribute("name") == "whispered" {
			begin, e.end = "(whispers: ", ")"
		}
	case "voice":
		begin, e.end = "("+attribute("name")+": ", ")"
	case "sub":
		begin, e.mute = attribute("alias"), true
	case "s":
		e.end = " "
	case "p":
		r.flush()
	case "audio":
		r.flush()
		r.lines = append(r.lines, "♪ "+attribute("src"))
	}
	r.line.WriteString(begin)
	r.open = append(r.open, e)
}

func (r *reading) close(tag string) error {
	last := len(r.open) - 1
	if last < 0 || r.open[last].name != tag {
		return errors.New("a tag is closed that is not open")
	}
	r.line.WriteString(r.open[last].end)
	r.open = r.open[:last]
	if tag == "p" || tag == "audio" {
		r.flush()
	}
	return nil
}

// say adds text, whose white space is one space.
func (r *reading) say(text string) {
	words := strings.Fields(text)
	if len(words) == 0 {
		r.line.WriteString(" ")
		return
	}
	if text[0] <= ' ' {
		r.line.WriteString(" ")
	}
	r.line.WriteString(strings.Join(words, " "))
	if text[len(text)-1] <= ' ' {
		r.line.WriteString(" ")
	}
}

// flush ends a line.
func (r *reading) flush() {
	if line := strings.Join(strings.Fields(r.line.String()), " "); line != "" {
		r.lines = append(r.lines, line)
	}
	r.line.Reset()
}
