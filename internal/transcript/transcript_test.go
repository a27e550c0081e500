package transcript

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/internal/conversation"
)

func TestSpeech_IsReadableAsItSounds(t *testing.T) {
	for ssml, want := range map[string][]string{
		`<speak>Hello <break time="1s"/>there.</speak>`:                                               {"Hello … there."},
		`<speak>a<break strength="none"/>b <break time="0s"/>c</speak>`:                               {"ab c"},
		`<speak>This is <emphasis level="strong">big</emphasis>.</speak>`:                             {"This is *big*."},
		`<speak><amazon:effect name="whispered">a secret</amazon:effect></speak>`:                     {"(whispers: a secret)"},
		`<speak>Listen: <audio src="https://x/y.mp3"/> Nice?</speak>`:                                 {"Listen:", "♪ https://x/y.mp3", "Nice?"},
		`<speak><p>One.</p><p>Two.</p></speak>`:                                                       {"One.", "Two."},
		"<speak>\n  <s>One.</s><s>Two.</s>\n</speak>":                                                 {"One. Two."},
		`<speak><sub alias="World Wide Web Consortium">W3C</sub></speak>`:                             {"World Wide Web Consortium"},
		`<speak><voice name="Hans">Guten Tag</voice> &amp; <lang xml:lang="fr-FR">bye</lang></speak>`: {"(Hans: Guten Tag) & bye"},
		`<speak><say-as interpret-as="digits">42</say-as><prosody rate="slow">!</prosody></speak>`:    {"42!"},
		`<speak>Tom & <b>Jerry</speak>`:                                                               {"Tom & Jerry"},
		`<speak></speak>`:                                                                             nil,
	} {
		if d := cmp.Diff(want, Speech(ssml, true)); d != "" {
			t.Errorf("%s (-want +got):\n%s", ssml, d)
		}
	}
	if d := cmp.Diff([]string{"a <b>", "c"}, Speech(" a <b>\n\n c\n", false)); d != "" {
		t.Error(d)
	}
}

func TestWrite_ShowsEachEvent(t *testing.T) {
	var out strings.Builder
	w := Writer{Out: &out, Dim: func(s string) string { return "~" + s }}
	for _, e := range []conversation.Event{
		conversation.Speech{Text: "Hi\x1b[2J"},
		conversation.Card{Type: "Standard", Title: "夕食", Text: "one\ntwo", Image: "https://x/i.png"},
		conversation.Card{Type: "AskForPermissionsConsent", Permissions: []string{"alexa::profile:email:read"}},
		conversation.Card{Type: "LinkAccount"},
		conversation.Directive{Type: "AudioPlayer.Stop", JSON: json.RawMessage(`{"type":"AudioPlayer.Stop"}`)},
		conversation.Directive{Type: "X.Y", JSON: json.RawMessage(`{"type":"X.Y","url":"a&b"}`)},
		conversation.Listening{}, conversation.Ended{}, conversation.Ended{Reason: "ERROR"}, conversation.Note{Text: "n"},
	} {
		w.Write(e)
	}
	want := `Hi�[2J
┌ card: Standard ───┐
│ 夕食              │
│ one               │
│ two               │
│ ▣ https://x/i.png │
└───────────────────┘
┌ card: AskForPermissionsConsent ────┐
│ asks for alexa::profile:email:read │
└────────────────────────────────────┘
┌ card: LinkAccount ──┐
└─────────────────────┘
~· AudioPlayer.Stop
~· X.Y {"url":"a&b"}
~(listening)
~(session ended)
~(session ended: ERROR)
~note: n
`
	if d := cmp.Diff(want, out.String()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestWrite_KeepsToItsWidth(t *testing.T) {
	var out strings.Builder
	w := Writer{Out: &out}
	long := strings.Repeat("word ", 40) + strings.Repeat("x", 200) + strings.Repeat("語", 60)
	w.Write(conversation.Card{Title: "t", Text: long})
	w.Write(conversation.Directive{Type: "A.B", JSON: json.RawMessage(`{"type":"A.B","x":"` + long + `"}`)})
	shown := 0
	for line := range strings.Lines(out.String()) {
		if n := columns(strings.TrimSuffix(line, "\n")); n > Width+2 {
			t.Errorf("%d columns: %s", n, line)
		}
		shown += strings.Count(line, "語")
	}
	if shown != 60 {
		t.Errorf("%d of 60 characters are shown", shown)
	}
}

func FuzzSpeech(f *testing.F) {
	f.Add(`<speak><sub alias="a">b<p></sub></speak>`)
	f.Add(`<speak><audio src="x"`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, line := range Speech(text, true) {
			if strings.ContainsAny(line, "\n") && !strings.HasPrefix(line, "♪") {
				t.Errorf("%q has a line break", line)
			}
		}
	})
}
