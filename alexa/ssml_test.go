package alexa

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestIsSSML_LooksAtTheFirstTag(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"<speak>Hello</speak>":                    true,
		" \n<speak>Hello</speak>\n":               true,
		"<speak\n  version=\"1.1\">Hello</speak>": true,
		"<speak/>":                   true,
		"<speak>Hello":               true, // meant so; CheckSSML says what is wrong
		"<speak>Hello</speak> there": true,
		"":                           false,
		"<speak":                     false,
		"Hello":                      false,
		"Hello <speak>there</speak>": false,
		"<speaker>Hello</speaker>":   false,
		"<SPEAK>Hello</SPEAK>":       false, // XML minds the case
		"<?xml version=\"1.0\"?><speak>Hello</speak>": false,
	} {
		if got := IsSSML(text); got != want {
			t.Errorf("IsSSML(%q) = %t", text, got)
		}
	}
}

func TestCheckSSML_AcceptsWellFormed(t *testing.T) {
	t.Parallel()
	for _, ssml := range []string{
		"<speak></speak>",
		"<speak/>",
		" <speak>Hello</speak>\n",
		`<speak>A <amazon:effect name="whispered">secret</amazon:effect>.</speak>`,
		`<speak><audio src="https://example.com/a.mp3?x=1&amp;y=2"/></speak>`,
		`<speak><audio src='soundbank://soundlibrary/a'/><break time="1s"/></speak>`,
		"<speak>Tom &amp; Jerry &#38; 3 &lt; 4 <![CDATA[<raw>]]></speak>",
		"<speak><!-- a comment -->図鑑</speak>",
		`<speak version="1.1" xml:lang="en-US"><p><s>One.</s><s>Two.</s></p></speak>`,
	} {
		if err := CheckSSML(ssml); err != nil {
			t.Errorf("CheckSSML(%q): %v", ssml, err)
		}
	}
}

func TestCheckSSML_NamesTheFault(t *testing.T) {
	t.Parallel()
	tests := []struct{ ssml, want string }{
		{"", "has no <speak>"},
		{"  ", "has no <speak>"},
		{"Hello", "text outside <speak>"},
		{"<speak>Tom & Jerry</speak>", "not well formed at byte 12: invalid character entity"},
		{"<speak>3 < 4</speak>", "not well formed"},
		{"<speak>caf&eacute;</speak>", "invalid character entity &eacute;"}, // an entity of HTML
		{"<speak>Hello", "leaves <speak> open"},
		{"<speak><emphasis>Hello</emphasis>", "leaves <speak> open"},
		{"<speak>Hello <emphasis>there</speak>", "closes </speak> at byte 36, which is not the open tag"},
		{"<speak>Hello</emphasis></speak>", "closes </emphasis>"},
		{"<speak>Hello</SPEAK>", "closes </SPEAK>"},
		{"<speak>Hello</speak> there", "text outside <speak>"},
		{"<speak>Hello</speak><p>there</p>", "<p> outside <speak>"},
		{"<speak>Hello</speak><speak>there</speak>", "<speak> outside <speak>"},
		{"<p>Hello</p>", "<p> outside <speak>"},
		{"<a:speak>Hello</a:speak>", "<a:speak> outside <speak>"},
		{`<?xml version="1.0"?><speak>Hello</speak>`, "has a declaration"},
		{`<!DOCTYPE speak [<!ENTITY a "b">]><speak>Hello</speak>`, "has a declaration"},
		{`<speak><break time=1s/></speak>`, "unquoted or missing attribute value"},
		{"<speak>\x01</speak>", "illegal character code"},
		{"<speak>\xff</speak>", "invalid UTF-8"},
	}
	for _, tt := range tests {
		err := CheckSSML(tt.ssml)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("CheckSSML(%q): %v, want …%s…", tt.ssml, err, tt.want)
		}
	}
}

func TestSpokenText_LeavesOutTheTags(t *testing.T) {
	t.Parallel()
	for ssml, want := range map[string]string{
		"<speak>Hello <emphasis>there</emphasis>.</speak>":  "Hello there.",
		"<speak>un<emphasis>believ</emphasis>able</speak>":  "unbelievable",
		"<speak><p>One.</p><p>Two.</p>Three.</speak>":       "One. Two. Three.",
		`<speak>One<break time="1s"/>two</speak>`:           "One two",
		"<speak>\n  Tom &amp; Jerry,\n  3 &lt; 4\n</speak>": "Tom & Jerry, 3 < 4",
		"<speak/>":                               "",
		"":                                       "",
		"<speak>Tom & Jerry</speak>":             "Tom & Jerry", // ill formed from here on
		"<speak>Tom & Jerry &amp; Spike</speak>": "Tom & Jerry & Spike",
		"<speak>3 < 4 and 4 > 3</speak>":         "3 < 4 and 4 > 3",
		"<speak>3 <4</speak>":                    "3 <4",
		"<speak>Hello <emphasis>there":           "Hello there",
		"<speak><p>One.</p><p>Two.<p></speak>":   "One. Two.",
		"<speak>Hello <emph":                     "Hello <emph",
		"<speak>&amp;lt;</speak> & so on":        "&lt; & so on",
		`<speak><audio src="https://e.example/a?b&c"/>Hi<br>.`: "Hi .",
		"plain": "plain",
	} {
		if got := SpokenText(ssml); got != want {
			t.Errorf("SpokenText(%q) = %q, want %q", ssml, got, want)
		}
	}
}

func TestEscapeSSML_StandsBetweenTags(t *testing.T) {
	t.Parallel()
	const text = `Tom & "Jerry" aren't <tags>`
	ssml := "<speak>" + EscapeSSML(text) + "</speak>"
	if err := CheckSSML(ssml); err != nil {
		t.Error(err)
	}
	if got := SpokenText(ssml); got != text {
		t.Errorf("%q came back as %q", text, got)
	}
}

func TestCutText_EndsAtAWord(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text  string
		limit int
		want  string
	}{
		{"one two three", 20, "one two three"},
		{"one two three", 13, "one two three"},
		{"one two three", 12, "one two"},
		{"one two three", 8, "one two"},
		{"one two three", 7, "one two"}, // the word just ends there
		{"one\ntwo\tthree", 9, "one\ntwo"},
		{"one", 2, "on"}, // no word ends before
		{"one", 0, ""},
		{"日本語のテキスト", 4, "日本語の"}, // characters, not bytes; and no spaces
		{"日本語 テキスト", 6, "日本語"},
		{"🎄🎄🎄", 2, "🎄🎄"},
		{"x " + strings.Repeat("y", 1000), 500, "x " + strings.Repeat("y", 498)}, // the last space is too far back
	}
	for _, tt := range tests {
		if got := cutText(tt.text, tt.limit); got != tt.want {
			t.Errorf("cutText(%.40q, %d) = %.40q, want %.40q", tt.text, tt.limit, got, tt.want)
		}
	}
}

func TestCutSSML_ClosesWhatIsOpen(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, ssml string
		limit      int
		want       string
	}{
		{"fits", "<speak>one two</speak>", 22, "<speak>one two</speak>"},
		{"at a word", "<speak>one two three</speak>", 24, "<speak>one two</speak>"},
		{"in an element", "<speak>one <p>two <s>three four</s></p></speak>", 44, "<speak>one <p>two <s>three</s></p></speak>"},
		{"no room for the element", "<speak>one <prosody>two</prosody></speak>", 36, "<speak>one </speak>"},
		{"no room for its text", "<speak>one <prosody>two</prosody></speak>", 40, "<speak>one <prosody>tw</prosody></speak>"},
		{"attributes stay", `<speak><say-as interpret-as="date">2026 03 01</say-as></speak>`, 60, `<speak><say-as interpret-as="date">2026 03</say-as></speak>`},
		{"prefixes stay", `<speak><amazon:effect name="whispered">one two</amazon:effect></speak>`, 68, `<speak><amazon:effect name="whispered">one</amazon:effect></speak>`},
		{"escapes stay whole", "<speak>one &amp; &lt;two&gt; three</speak>", 30, "<speak>one &amp;</speak>"},
		{"escapes alone", "<speak>" + strings.Repeat("&amp;", 10) + "</speak>", 30, "<speak>&amp;&amp;&amp;</speak>"},
		{"without spaces", "<speak>" + strings.Repeat("語", 20) + "</speak>", 25, "<speak>" + strings.Repeat("語", 10) + "</speak>"},
		{"nothing but the root", "<speak>one two</speak>", 15, "<speak></speak>"},
		{"attributes of the root go", `<speak xmlns="https://www.w3.org/2001/10/synthesis">one two</speak>`, 22, "<speak>one two</speak>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := cutSSML(tt.ssml, tt.limit); err != nil || got != tt.want {
				t.Errorf("cutSSML(%q, %d) = %q, %v, want %q", tt.ssml, tt.limit, got, err, tt.want)
			}
		})
	}
}

// A cut keeps as much as there is room for, however much must be escaped.
func TestCutSSML_KeepsAsMuchAsFits(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"apostrophes": strings.Repeat("don't ", 2000),
		"quotes":      strings.Repeat(`"`, 8000),
		"Japanese":    strings.Repeat("語", 9000),
	} {
		cut, err := cutSSML("<speak>"+EscapeSSML(text)+"</speak>", MaxSpeech)
		if n := utf8.RuneCountInString(cut); err != nil || n > MaxSpeech || n < MaxSpeech-20 {
			t.Errorf("%s: %d characters are left of at most %d", name, n, MaxSpeech)
		}
	}
}

func FuzzSSML(f *testing.F) {
	for _, seed := range []string{
		"<speak>Hello <emphasis level='strong'>there</emphasis> Tom &amp; Jerry</speak>",
		"<speak>Tom & Jerry < <p>",
		`<speak a="1"><amazon:effect name="x">日本語</amazon:effect><![CDATA[<&>]]><!-- c --></speak>`,
		"<speak><語>語</語><a:b:c/></speak>",
	} {
		f.Add(seed, 30)
	}
	f.Fuzz(func(t *testing.T, ssml string, limit int) {
		_ = SpokenText(ssml)
		if CheckSSML(ssml) != nil {
			return
		}
		if limit < len(speakOpen+speakClose) { // less than that is no SSML
			limit = len(speakOpen + speakClose)
		}
		cut, err := cutSSML(ssml, limit)
		if err != nil {
			t.Errorf("%q cannot be cut: %v", ssml, err)
		}
		if err := CheckSSML(cut); err != nil {
			t.Errorf("%q was cut to %d as %q: %v", ssml, limit, cut, err)
		}
		if n := utf8.RuneCountInString(cut); n > limit {
			t.Errorf("%q was cut to %d as %q, which has %d characters", ssml, limit, cut, n)
		}
	})
}
