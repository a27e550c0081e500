package lint

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/harkvoice/hark/internal/near"
)

// document is a file of the package that is being checked.
type document struct {
	file     string // as findings name it
	text     []byte
	lines    []int // where lines begin; made at the first need
	root     *node // nil if it is not JSON
	findings []Finding
	left     int
	hints    int // work that went into them
}

// read makes a document of a file's text, and tells what keeps it from being
// JSON.
func read(file string, text []byte) *document {
	d := &document{file: file, text: text}
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		d.findAt(0, NotUTF8, "save it as UTF-8", "the file is UTF-16")
		return d
	}
	if bytes.HasPrefix(text, bom) {
		d.findAt(0, ByteOrderMark, "save it as UTF-8 without a signature", "the file begins with a byte order mark")
		d.text = slices.Concat([]byte("   "), text[len(bom):]) // offsets stay
	}
	if bad := invalidUTF8(d.text); bad >= 0 {
		d.findAt(bad, NotUTF8, "save the file as UTF-8", "the byte 0x%02x is not UTF-8", d.text[bad])
	}
	root, at, err := parse(d.text)
	if err != nil {
		d.findAt(at, NotJSON, "mend it here or just before", "the file is not JSON: %s", reason(err))
		return d
	}
	d.root = root
	d.duplicates(root)
	return d
}

var bom = []byte("\xef\xbb\xbf")

// reason is what a JSON reader complains of, without where.
func reason(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return "it ends too early"
	}
	if syntax := (*jsontext.SyntacticError)(nil); errors.As(err, &syntax) {
		return syntax.Err.Error()
	}
	return err.Error()
}

func invalidUTF8(text []byte) int {
	for at := 0; at < len(text); {
		if text[at] < utf8.RuneSelf {
			at++
			continue
		}
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

// duplicates tells of keys that stand in an object twice.
func (d *document) duplicates(n *node) {
	if n.kind == '{' && len(n.of) > 1 {
		seen := make(map[string]*node, len(n.of))
		for _, member := range n.of {
			if first := seen[member.key]; first != nil {
				d.findAt(member.keyAt, DuplicateKey, "leave one of them out", "the key %s is there twice, first in line %d; only this one counts", quote(member.key), d.line(first.keyAt))
			}
			seen[member.key] = member
		}
	}
	for _, member := range n.of {
		if len(member.of) > 0 {
			d.duplicates(member)
		}
	}
}

// find notes what is wrong with a value, and how to mend it.
func (d *document) find(n *node, code Code, mend, format string, args ...any) {
	if f := d.note(code, mend, format, args...); f != nil && n != nil {
		f.Path = cut(n.path(), longestText)
		f.Line, f.Column = d.position(n.at)
	}
}

// maxHints bounds the search for names that may have been meant, in comparisons of
// characters: it takes as long as names are, and as there are.
const maxHints = 20_000_000

// hint asks for the names that may have been meant, while that is not too much
// work.
func (d *document) hint(name string, names func() []string, otherwise string) string {
	if d.hints > maxHints {
		return otherwise
	}
	among := names()
	for _, n := range among {
		d.hints += 1 + len(name)*len(n)
	}
	if d.hints > maxHints {
		return otherwise
	}
	meant := near.Names(name, among)
	if len(meant) == 0 {
		return otherwise
	}
	return "did you mean " + strings.Join(meant, " or ") + "? Else " + otherwise
}

// findAt notes what is wrong at an offset.
func (d *document) findAt(at int, code Code, mend, format string, args ...any) {
	if f := d.note(code, mend, format, args...); f != nil {
		f.Line, f.Column = d.position(at)
	}
}

// note returns nil where enough was found.
func (d *document) note(code Code, mend, format string, args ...any) *Finding {
	if len(d.findings) >= maxFindings {
		d.left++
		return nil
	}
	d.findings = append(d.findings, Finding{
		Severity: severities[code], Code: code, File: d.file,
		Text: cut(fmt.Sprintf(format, args...), longestText), Mend: cut(mend, longestText),
	})
	return &d.findings[len(d.findings)-1]
}

func (d *document) line(at int) int {
	line, _ := d.position(at)
	return line
}

func (d *document) position(at int) (line, column int) {
	if d.lines == nil {
		d.lines = []int{0}
		for i, c := range d.text {
			if c == '\n' {
				d.lines = append(d.lines, i+1)
			}
		}
	}
	at = min(max(at, 0), len(d.text))
	line = sort.SearchInts(d.lines, at+1)
	return line, 1 + utf8.RuneCount(d.text[d.lines[line-1]:at])
}

// sorted are the findings by line.
func (d *document) sorted() []Finding {
	slices.SortStableFunc(d.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return d.findings
}
