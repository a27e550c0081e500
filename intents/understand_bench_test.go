package intents

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// benchModel is a model and what is said to it: half of it fits, half does not.
type benchModel struct {
	name, locale string
	file         []byte
	said         []string
}

// benchIntent is one as a model file has it.
type benchIntent struct {
	Name    string              `json:"name"`
	Samples []string            `json:"samples"`
	Slots   []map[string]string `json:"slots"`
}

// benchFile writes a model with one type of values, and slots V of it, and of
// built-in types N, D and Q.
func benchFile(samples, values []string) []byte {
	var intents []benchIntent
	slots := []map[string]string{{"name": "V", "type": "VALUE"}, {"name": "N", "type": "AMAZON.NUMBER"}, {"name": "D", "type": "AMAZON.DATE"}, {"name": "Q", "type": "AMAZON.SearchQuery"}}
	for i := 0; i < len(samples); i += 20 {
		intents = append(intents, benchIntent{fmt.Sprintf("Intent%d", i), samples[i:min(i+20, len(samples))], slots})
	}
	var list []map[string]any
	for i, v := range values {
		list = append(list, map[string]any{"id": fmt.Sprint(i), "name": map[string]any{"value": v, "synonyms": []string{"the " + v, v + " too"}}})
	}
	file, err := json.MarshalIndent(map[string]any{"languageModel": map[string]any{"invocationName": "bench house", "intents": intents,
		"types": []map[string]any{{"name": "VALUE", "values": list}}}}, "", "  ")
	if err != nil {
		panic(err)
	}
	return file
}

// mixed lists n phrases of parts, each as a number in another base.
func mixed(n int, parts ...string) (all []string) {
	for i := range n {
		var words []string
		for _, part := range parts {
			choices := strings.Split(part, "|")
			words = append(words, choices[i%len(choices)])
			i /= len(choices)
		}
		all = append(all, strings.Join(words, " "))
	}
	return all
}

// benchModels are models of our own, and those of the directory HARK_MODELS with
// what its utterances.tsv says to them.
func benchModels(tb testing.TB) []benchModel {
	return append(madeModels(), givenModels(tb, os.Getenv("HARK_MODELS"))...)
}

func givenModels(tb testing.TB, dir string) (all []benchModel) {
	if dir == "" {
		return nil
	}
	lines, err := os.ReadFile(filepath.Join(dir, "utterances.tsv"))
	if err != nil {
		tb.Fatal(err)
	}
	for line := range strings.Lines(string(lines)) {
		cells := strings.Split(line, "\t") // model, utterance, intent, slots, kind, locale
		if cells[0] == "model" {
			continue
		}
		i := slices.IndexFunc(all, func(m benchModel) bool { return m.name == cells[0] })
		if i < 0 {
			file, err := os.ReadFile(filepath.Join(dir, cells[0]+".json"))
			if err != nil {
				tb.Fatal(err)
			}
			i, all = len(all), append(all, benchModel{name: cells[0], locale: cells[5], file: file})
		}
		all[i].said = append(all[i].said, cells[1], "zwölf "+cells[1]+" qwertz uiop")
	}
	return all
}

func madeModels() []benchModel {
	colors, things := "red|green|blue|dark|pale|old|new|tiny|huge|wooden", "lamp|door|chair|table|shelf|window|carpet|bed|desk|stove"
	values := mixed(5000, colors, things, "one|two|three|four|five|six|seven", "upstairs|downstairs|outside|inside|next door|abroad|at home|at work")
	verbs := mixed(600, "please|now|then|and|so", "paint|move|sell|buy|clean|repair|find|hide", "the {V}|my {V}|{N} of {V}|{V} on {D}", "for {N} and {N} and {N}|in {N} days|{D}|again")
	no := []string{"purple elephants juggle quietly in the attic", "please could somebody paint everything that is upstairs in the house", "table lamp of nobody and so on"}
	return []benchModel{
		{"small", "en-US", benchFile(verbs[:40], values[:50]), append(slices.Clone(no), "please paint the red lamp one upstairs for two and twenty one and seven", "now move the green door one upstairs for one and two and three")},
		{"600 samples", "en-US", benchFile(verbs, values[:50]), append(slices.Clone(no), "so repair my blue chair one upstairs for a hundred and five and eighty and twelve", "and sell 5 of green lamp one upstairs in nine days")},
		{"5,000 values", "en-US", benchFile(verbs[:40], values), append(slices.Clone(no), "then clean the huge stove seven outside for one and two and three", "please paint the tiny carpet five next door too for two and twenty one and seven")},
		{"searches", "en-US", benchFile(mixed(40, "find|search|look for|play", "{Q}|{Q} on {D}|{N} {Q}|{V} {Q}|{Q} by {Q}", "now|please"), values[:50]), append(slices.Clone(no), "find the best shoes for winter on monday please", "play songs from the eighties by somebody with a guitar now")},
		{"Japanese", "ja-JP", benchFile(mixed(60, "{V}の|{D}の|{N}番の", "値段を|天気を|時間を|場所を", "教えて|調べて|見せて|知りたい"), mixed(3000, "赤い|青い|黒い|白い|大きな|小さな|古い|新しい|高い|安い", "帽子|靴|机|椅子|窓|扉|棚|皿|本|傘", "一号|二号|三号|カード|セット")),
			[]string{"紫の象が静かに踊っているらしい", "自転車はスープの夢を見るのですか", "赤い 帽子 三号の値段を教えて", "明日の天気を見せて", "十二番の場所を調べて"}},
	}
}

// BenchmarkUnderstand is one utterance after another, and what making a model
// ready costs: in time for a megabyte of the file, and in memory for a byte.
func BenchmarkUnderstand(b *testing.B) {
	for _, m := range benchModels(b) {
		b.Run(m.name, func(b *testing.B) {
			skill, ratio := measured(b, m)
			var took, missed []time.Duration
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				h, err := skill.Understand(m.locale, m.said[i%len(m.said)], now)
				took = append(took, time.Since(start))
				if err != nil || h.How == HowFallback {
					missed = append(missed, took[i])
				}
			}
			slices.Sort(took)
			slices.Sort(missed)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(took[len(took)/2].Seconds()*1e6, "p50-µs")
			if len(missed) > 0 {
				b.ReportMetric(missed[len(missed)/2].Seconds()*1e6, "missed-p50-µs")
			}
			b.ReportMetric(took[len(took)*99/100].Seconds()*1e6, "p99-µs")
			b.ReportMetric(ratio, "memory/file")
			b.ReportMetric(compileRate(b, m), "compiled-MB/s")
		})
	}
}

// measured is a skill with the model, and how much memory it takes for each
// byte of the file.
func measured(b *testing.B, m benchModel) (*Skill, float64) {
	var before, after runtime.MemStats
	compileRate(b, m) // the language itself is ready
	runtime.GC()
	runtime.ReadMemStats(&before)
	model, err := ParseModel(m.locale, m.file)
	if err != nil {
		b.Fatal(err)
	}
	skill := &Skill{Models: map[string]*Model{m.locale: model}}
	_, _ = skill.Understand(m.locale, m.said[0], now) // the grammar is compiled
	runtime.GC()
	runtime.ReadMemStats(&after)
	return skill, (float64(after.HeapAlloc) - float64(before.HeapAlloc)) / float64(len(m.file))
}

// compileRate is how many megabytes of file a second become a model that
// understands: the best of a few times.
func compileRate(b *testing.B, m benchModel) float64 {
	best := time.Hour
	for range 5 {
		start := time.Now()
		model, err := ParseModel(m.locale, m.file)
		if err != nil {
			b.Fatal(err)
		}
		model.grammar()
		best = min(best, time.Since(start))
	}
	return float64(len(m.file)) / 1e6 / best.Seconds()
}

// BenchmarkUnderstandHostile is what nobody says, to models that fit everything:
// each prints its median and its slowest in milliseconds.
func BenchmarkUnderstandHostile(b *testing.B) {
	long := func(words string, n int) string { return strings.Repeat(words+" ", n) }
	slots := benchFile(mixed(400, "{V}|{N}|{D}|{Q}", "{Q}|{V}|{N}|{D}", "{D}|{Q}|{V}|{N}", "{V}|{Q}"), []string{"one", "one one", "one one one", "red"})
	for _, c := range []struct{ name, said string }{
		{"300 words", long("one", 300)}, {"10,000 words", long("one", 10_000)},
		{"300 unknown", long("qwert", 300)}, {"300 of dates", long("march twenty twenty", 100)},
	} {
		b.Run(c.name, func(b *testing.B) {
			model, err := ParseModel("en-US", slots)
			if err != nil {
				b.Fatal(err)
			}
			skill := &Skill{Models: map[string]*Model{"en-US": model}}
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				_, _ = skill.Understand("en-US", c.said, now)
				took = append(took, time.Since(start))
			}
			b.ReportMetric(slices.Sorted(slices.Values(took))[len(took)/2].Seconds()*1e3, "p50-ms")
			b.ReportMetric(slices.Max(took).Seconds()*1e3, "slowest-ms")
		})
	}
}
