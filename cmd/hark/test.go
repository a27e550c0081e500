package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/option"
	"github.com/harkvoice/hark/internal/replay"
	"github.com/harkvoice/hark/internal/table"
)

// tableTest is what `hark test` is told.
type tableTest struct {
	dir, models, junit string
	json               bool
	client             *settings // for replays
}

func newTableTest() *tableTest { return &tableTest{dir: ".", client: defaults()} }

func (t *tableTest) options() []option.Option {
	return append([]option.Option{
		{Name: "dir", Env: "HARK_DIR", Usage: "directory of the skill package that is tested", Value: option.Text(&t.dir, "directory")},
		{Name: "models", Usage: "directory of the models that a table's column model names, without .json", Value: option.Text(&t.models, "directory")},
		{Name: "junit", Usage: "also write a report as JUnit XML", Value: option.Text(&t.junit, "file")},
		{Name: "json", Usage: "print the results", Value: option.Switch(&t.json)},
	}, t.client.clientOptions()...)
}

func testCommand() *cobra.Command {
	t := newTableTest()
	return with(&cobra.Command{
		Use:   "test [FILES]",
		Short: "Hold a skill to tables of utterances, and to conversations that were saved",
		Long: "test understands each utterance of the tables in FILES (*.tsv), which needs no hark\nthat is up, and tells where the intent or a slot is another than the table says. A\n" +
			"table has tab-separated columns, with a header: utterance, intent, slots_json,\nlocale, ref_now, model. Conversations (*.json), saved by /save in hark say or by the\nASK CLI, it holds again with the hark that is up, and tells what Alexa says otherwise.\nWithout FILES, it takes all in tests/ of the skill package.",
		Example: "  hark test\n  hark test --junit report.xml tests/colors.tsv\n  hark test tests/booking.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.run(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}, t.options())
}

// tested is what came of one row.
type tested struct {
	File      string   `json:"file"`
	Line      int      `json:"line"`
	Model     string   `json:"model"`
	Utterance string   `json:"utterance"`
	Differs   []string `json:"differs,omitempty"`
	Seconds   float64  `json:"seconds"`
}

// run is `hark test`.
func (t *tableTest) run(ctx context.Context, files []string, out, errs io.Writer) error {
	if len(files) == 0 {
		root := os.DirFS(t.dir) // in which Glob takes no name of a directory above for a pattern
		for _, pattern := range []string{"tests/*.tsv", "tests/*.json"} {
			found, _ := fs.Glob(root, pattern)
			for _, file := range found {
				files = append(files, filepath.Join(t.dir, filepath.FromSlash(file)))
			}
		}
	}
	if len(files) == 0 {
		return hinted{fmt.Errorf("there is nothing to test: %s has no tests/*.tsv and no tests/*.json", t.dir), "Name the files: hark test FILE…"}
	}
	models := t.newModels()
	var results []tested
	for _, file := range files {
		hold := t.file
		if filepath.Ext(file) == ".json" {
			hold = func(_ *testModels, file string) ([]tested, error) { return t.replay(ctx, file, errs) }
		}
		of, err := hold(models, file)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		results = append(results, of...)
	}
	if err := t.report(out, results); err != nil {
		return err
	}
	wrong := len(slices.DeleteFunc(slices.Clone(results), func(r tested) bool { return r.Differs == nil }))
	if wrong > 0 {
		return fmt.Errorf("%d of %s not as it is to be", wrong, counted(len(results), "utterance"))
	}
	return nil
}

func (t *tableTest) file(models *testModels, file string) ([]tested, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := table.Read(f)
	if err != nil {
		return nil, err
	}
	results := make([]tested, len(rows))
	for i, row := range rows {
		skill, name, err := models.of(row)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", row.Line, err)
		}
		start := time.Now()
		heard, err := skill.Understand(cmp.Or(row.Locale, skill.DefaultLocale()), row.Utterance, row.At)
		results[i] = tested{File: file, Line: row.Line, Model: name, Utterance: row.Utterance, Seconds: time.Since(start).Seconds(), Differs: row.Differs(heard, err)}
	}
	return results, nil
}

// replay holds a conversation again with the hark that is up.
func (t *tableTest) replay(ctx context.Context, file string, errs io.Writer) ([]tested, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	r, err := replay.Parse(text)
	if err != nil {
		return nil, err
	}
	s := *t.client
	s.Locale, s.At = r.Locale, r.At
	s.Screen, s.Person, s.Location, s.Consent = r.Device.Screen, r.Device.Person, r.Device.Location, r.Device.Consent
	target, err := s.target()
	if err != nil {
		return nil, err
	}
	skill, err := s.choose(&target, r.Input[:1])
	if err != nil {
		return nil, err
	}
	sim, err := s.simulate(target, skill, io.Discard, errs, func(string) {})
	if err != nil {
		return nil, err
	}
	defer sim.progress.close()
	var results []tested
	start := time.Now()
	err = sim.replay(ctx, r, func(i int, now replay.Turn) {
		results = append(results, tested{File: file, Line: i + 1, Model: skill.Name, Utterance: r.Input[i], Seconds: time.Since(start).Seconds(), Differs: r.Differs(i, now)})
		start = time.Now()
	})
	return results, err
}

// testModels finds the skill that a row is about, each loaded once.
type testModels struct {
	load  func(model, locale string) (*intents.Skill, error)
	known map[string]*intents.Skill
}

func (t *tableTest) newModels() *testModels {
	return &testModels{known: make(map[string]*intents.Skill), load: func(model, locale string) (*intents.Skill, error) {
		if model == "" || t.models == "" {
			return intents.LoadSkill(t.dir)
		}
		if model != filepath.Base(model) {
			return nil, fmt.Errorf("model %q is not the name of a file", model)
		}
		return loadModel(filepath.Join(t.models, model+".json"), model, locale)
	}}
}

func loadModel(file, name, locale string) (*intents.Skill, error) {
	if locale == "" {
		return nil, errors.New("a row that names a model needs a locale")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	m, err := intents.ParseModel(locale, text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &intents.Skill{Name: name, Models: map[string]*intents.Model{locale: m}}, nil
}

func (m *testModels) of(row table.Row) (skill *intents.Skill, name string, err error) {
	key := row.Model + " " + row.Locale
	if skill = m.known[key]; skill == nil {
		if skill, err = m.load(row.Model, row.Locale); err != nil {
			return nil, "", err
		}
		m.known[key] = skill
	}
	return skill, cmp.Or(row.Model, skill.Name), nil
}

// report tells what differs, and how much is right of each model.
func (t *tableTest) report(out io.Writer, results []tested) error {
	if t.junit != "" {
		if err := writeJUnit(t.junit, results); err != nil {
			return err
		}
	}
	if t.json {
		return printJSON(out, results)
	}
	var names []string
	right, all := make(map[string]int), make(map[string]int)
	for _, r := range results {
		if all[r.Model] == 0 {
			names = append(names, r.Model)
		}
		all[r.Model]++
		if r.Differs == nil {
			right[r.Model]++
			continue
		}
		fmt.Fprintf(out, "%s:%d: %s\n", r.File, r.Line, shown(out, r.Utterance))
		for _, line := range r.Differs {
			color := red
			if strings.HasPrefix(line, "+") {
				color = green
			}
			fmt.Fprintf(out, "  %s\n", inColor(out, color, shown(out, line)))
		}
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "MODEL\tRIGHT\tOF\t")
	total := 0
	for _, name := range names {
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\n", name, right[name], all[name], percent(right[name], all[name]))
		total += right[name]
	}
	if len(names) > 1 {
		fmt.Fprintf(w, "all\t%d\t%d\t%s\n", total, len(results), percent(total, len(results)))
	}
	return w.Flush()
}

// percent is exact at its end: 100% is all of them.
func percent(part, of int) string {
	if part == of {
		return "100%"
	}
	return fmt.Sprintf("%.1f%%", min(99.9, 100*float64(part)/float64(of)))
}
