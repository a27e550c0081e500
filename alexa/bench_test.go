package alexa_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/harkvoice/hark/alexa"
)

// bigResponse is a full response of about 100 kB, as a skill with a screen
// sends one: speech, and a document with its data.
func bigResponse() []byte {
	var items []string
	for size := 0; size < 92_000; size += 100 {
		items = append(items, `{"type":"Text","id":"line","text":"A line of the list, with \"quotes\" & signs","style":"textStyleBody"}`)
	}
	return []byte(`{"version":"1.0","sessionAttributes":{"turn":3},"response":{` +
		`"outputSpeech":{"type":"SSML","ssml":"<speak>` + strings.Repeat("<p>One of the things on the list.</p> ", 200) + `</speak>"},` +
		`"card":{"type":"Simple","title":"The list","content":"All of it"},` +
		`"reprompt":{"outputSpeech":{"type":"PlainText","text":"Which one?"}},` +
		`"directives":[{"type":"Alexa.Presentation.APL.RenderDocument","token":"list","document":{"type":"APL","items":[` + strings.Join(items, ",") + `]}}],` +
		`"shouldEndSession":false}}`)
}

// BenchmarkWrap wraps and checks a response of 100 kB. The floor is one pass of
// json.Valid over the same bytes. The goals are 1 ms and 3 copies.
func BenchmarkWrap(b *testing.B) {
	stdout, req := bigResponse(), ofType("IntentRequest")
	without := []byte(strings.Replace(string(stdout), `"version":"1.0",`, "", 1)) // so that it has to be changed
	for name, text := range map[string][]byte{"raw": stdout, "mended": without} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := alexa.Wrap(req, text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("floor", func(b *testing.B) {
		b.SetBytes(int64(len(stdout)))
		for b.Loop() {
			if !json.Valid(stdout) {
				b.Fatal("not JSON")
			}
		}
	})
}

// BenchmarkWrapManyDirectives is of the most directives that hark reads of a
// function, 1 MB of them: the time grows with their number, not with its square.
func BenchmarkWrapManyDirectives(b *testing.B) {
	req := ofType("IntentRequest")
	for _, size := range []int{100_000, 1_000_000} {
		for name, one := range map[string]string{"unknown": `{"type":"a"},`, "excluded": `{"type":"Dialog.Delegate"},`} {
			stdout := []byte(direct(strings.TrimSuffix(strings.Repeat(one, size/len(one)), ",")))
			b.Run(fmt.Sprint(name, size), func(b *testing.B) {
				b.SetBytes(int64(len(stdout)))
				for b.Loop() {
					_, _ = alexa.Wrap(req, stdout) // the larger is refused in the end
				}
			})
		}
	}
}
