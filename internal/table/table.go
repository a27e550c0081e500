// Package table holds a skill to tables of utterances: what people say, and the
// intent and the slots that it has to be understood as. It stands beside the
// line: nothing is sent anywhere.
//
// A table is a file of tab-separated columns with a header:
//
//	utterance   what is said
//	intent      the intent, LaunchRequest, or AMAZON.FallbackIntent
//	slots_json  {"SlotName": {"value": …, "resolved": …, "id": …, "type": …}}; empty is none
//	locale      by default the skill's own
//	ref_now     the time that dates go by, in RFC 3339; by default DefaultTime
//	model       the file of the interaction model, without .json, where one table is for several
//
// Other columns are free.
package table

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/harkvoice/hark/intents"
)

// DefaultTime is what dates go by in rows that do not say.
var DefaultTime = time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)

// Row is one utterance and what it means.
type Row struct {
	Line      int
	Model     string
	Utterance string
	Intent    string
	Slots     map[string]Slot
	Locale    string
	At        time.Time
}

// Slot is what a slot is expected to hold. Parts that are empty are not looked
// at.
type Slot struct {
	Value    string   `json:"value"`
	Resolved string   `json:"resolved"`
	ID       string   `json:"id"`
	Also     []Answer `json:"also_resolves"`
	Type     string   `json:"type"`
	Spoken   string   `json:"spoken"` // for the reader
}

// Answer is another value that is right too.
type Answer struct {
	Resolved string `json:"resolved"`
	ID       string `json:"id"`
}

// Read reads a table. The error names the line.
func Read(from io.Reader) ([]Row, error) {
	r := csv.NewReader(from)
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = '\t', -1, true
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the table is empty; its first line names the columns")
	}
	if err != nil {
		return nil, err
	}
	for i, name := range header {
		header[i] = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
	}
	for _, needed := range []string{"utterance", "intent"} {
		if !slices.Contains(header, needed) {
			return nil, fmt.Errorf("the table has no column %q; its first line names the columns, separated by tabs", needed)
		}
	}
	var rows []Row
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		row, err := newRow(header, cells)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		row.Line = line
		rows = append(rows, row)
	}
}

func newRow(header, cells []string) (Row, error) {
	cell := make(map[string]string, len(cells))
	for i, c := range cells {
		if i < len(header) {
			cell[header[i]] = strings.TrimSpace(c)
		}
	}
	row := Row{Model: cell["model"], Utterance: cell["utterance"], Intent: cell["intent"], Locale: cell["locale"], At: DefaultTime}
	if row.Utterance == "" || row.Intent == "" {
		return row, errors.New("the utterance or the intent is empty")
	}
	if text := cell["slots_json"]; text != "" {
		slots := json.NewDecoder(strings.NewReader(text))
		slots.DisallowUnknownFields()
		if err := slots.Decode(&row.Slots); err != nil {
			return row, notSlots(err)
		}
		if _, err := slots.Token(); !errors.Is(err, io.EOF) {
			return row, errors.New("slots_json goes on behind its last }")
		}
	}
	if text := cell["ref_now"]; text != "" {
		at, err := readTime(text)
		if err != nil {
			return row, err
		}
		row.At = at
	}
	return row, nil
}

// notSlots tells what slots_json has to look like where it is JSON of another
// kind.
func notSlots(err error) error {
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		return fmt.Errorf(`slots_json has a JSON %s out of place; write {"Color": {"value": "red", "id": "RED"}}`, wrong.Value)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("slots_json: a slot has no %s; it has value, resolved, id, also_resolves, type and spoken", name)
	}
	return fmt.Errorf("slots_json: %w", err)
}

func readTime(text string) (time.Time, error) {
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if at, err := time.Parse(form, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("ref_now: %q is not a time such as 2026-03-04T10:00:00Z", text)
}

// Differs tells how what was understood differs from the row, one line each:
// what was expected, what came. Nil is right.
func (r Row) Differs(h intents.Heard, err error) []string {
	if err != nil {
		h.Intent = "nothing: " + err.Error()
	}
	got := h.Intent
	if h.Launch {
		got = "LaunchRequest"
	}
	if !strings.EqualFold(got, r.Intent) {
		return []string{"- " + r.Intent, "+ " + got}
	}
	var lines []string
	for _, s := range h.Slots {
		want, expected := r.Slots[s.Name]
		switch {
		case s.Value == "" && expected:
			lines = append(lines, "- "+want.text(s.Name))
		case s.Value != "" && !expected:
			lines = append(lines, "+ "+text(s))
		case s.Value != "" && !want.fits(s):
			lines = append(lines, "- "+want.text(s.Name), "+ "+text(s))
		case s.Value != "" && want.Type != "" && want.Type != s.Type:
			lines = append(lines, "- "+s.Name+" of type "+want.Type, "+ "+s.Name+" of type "+s.Type)
		}
	}
	for name, want := range r.Slots {
		if !slices.ContainsFunc(h.Slots, func(s intents.Slot) bool { return s.Name == name }) {
			lines = append(lines, "- "+want.text(name))
		}
	}
	return lines
}

// fits reports whether a slot holds what is expected of it.
func (w Slot) fits(s intents.Slot) bool {
	if w.Value != "" && !strings.EqualFold(w.Value, s.Value) {
		return false
	}
	if w.Resolved == "" && w.ID == "" {
		return true
	}
	if s.Resolved == nil {
		return false
	}
	for _, a := range append([]Answer{{w.Resolved, w.ID}}, w.Also...) {
		named := a.Resolved == "" || strings.EqualFold(strings.TrimSpace(a.Resolved), strings.TrimSpace(s.Resolved.Name.Value))
		if named && (a.ID == "" || a.ID == s.Resolved.EntityID()) {
			return true
		}
	}
	return false
}

func (w Slot) text(name string) string {
	out := name + "=" + w.Value
	if w.Resolved != "" {
		out += " → " + w.Resolved
	}
	return out + id(w.ID)
}

func text(s intents.Slot) string {
	out := s.Name + "=" + s.Value
	if s.Resolved != nil {
		out += " → " + s.Resolved.Name.Value + id(s.Resolved.EntityID())
	}
	return out
}

func id(id string) string {
	if id == "" {
		return ""
	}
	return " (" + id + ")"
}
