package alexa

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	speakOpen  = "<speak>"
	speakClose = "</speak>"
)

// IsSSML reports whether text is meant as SSML: it begins with a speak tag. It
// may still not be well formed; see CheckSSML.
func IsSSML(text string) bool {
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), "<speak")
	return ok && rest != "" && strings.IndexByte("> \t\r\n/", rest[0]) >= 0
}

// CheckSSML returns an error that names the place unless ssml is one well
// formed speak element.
func CheckSSML(ssml string) error {
	return walkSSML(ssml, func(xml.Token) error { return nil })
}

// SpokenText is the text of ssml without its tags: what is left to say when
// the markup is of no use. It takes ill-formed SSML too.
func SpokenText(ssml string) string {
	var text strings.Builder
	if err := walkSSML(ssml, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.CharData:
			text.Write(t)
		case xml.StartElement:
			text.WriteString(pauses[tagName(t.Name)])
		case xml.EndElement:
			text.WriteString(pauses[tagName(t.Name)])
		}
		return nil
	}); err != nil {
		text.Reset()
		text.WriteString(stripTags(ssml))
	}
	return strings.Join(strings.Fields(text.String()), " ")
}

// pauses are the tags that part words, as a space does in text.
var pauses = map[string]string{"p": " ", "s": " ", "break": " ", "audio": " "}

// EscapeSSML makes text fit to stand between SSML tags.
func EscapeSSML(text string) string { return ssmlEscaper.Replace(text) }

var ssmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;")

// walkSSML calls visit with each token and checks that the tags match, that
// the root is speak, and that nothing but white space surrounds it.
func walkSSML(ssml string, visit func(xml.Token) error) error {
	d := xml.NewDecoder(strings.NewReader(ssml))
	var open []string
	rooted := false
	for {
		token, err := d.RawToken() // raw: prefixes such as amazon: are names here, not name spaces
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("the SSML is not well formed at byte %d: %w", d.InputOffset(), plainXMLError(err))
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) == 0 && (rooted || tagName(t.Name) != "speak") {
				return fmt.Errorf("the SSML has <%s> outside <speak>", tagName(t.Name))
			}
			rooted = true
			open = append(open, tagName(t.Name))
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1] != tagName(t.Name) {
				return fmt.Errorf("the SSML closes </%s> at byte %d, which is not the open tag", tagName(t.Name), d.InputOffset())
			}
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) == 0 && len(strings.TrimSpace(string(t))) > 0 {
				return errors.New("the SSML has text outside <speak>")
			}
		case xml.ProcInst, xml.Directive:
			return errors.New("the SSML has a declaration; only elements are allowed")
		}
		if err := visit(token); err != nil {
			return err
		}
	}
	if len(open) > 0 {
		return fmt.Errorf("the SSML leaves <%s> open", open[len(open)-1])
	}
	if !rooted {
		return errors.New("the SSML has no <speak>")
	}
	return nil
}

func tagName(n xml.Name) string {
	if n.Space != "" {
		return n.Space + ":" + n.Local
	}
	return n.Local
}

// plainXMLError leaves out the line number that encoding/xml adds; speech is
// one line.
func plainXMLError(err error) error {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return errors.New(syntax.Msg)
	}
	return err
}

// stripTags drops whatever looks like a tag and resolves the five entities.
func stripTags(s string) string {
	return ssmlUnescaper.Replace(looksLikeTag.ReplaceAllString(s, " "))
}

// looksLikeTag does not match the signs of "5 < 7 and 8 > 7".
var looksLikeTag = regexp.MustCompile(`<[/!?]?[A-Za-z-][^<>]*>`)

var ssmlUnescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&amp;", "&")

// cutText shortens text to at most limit characters, at the end of a word
// where there is one near.
func cutText(text string, limit int) string {
	if len(text) <= limit || utf8.RuneCountInString(text) <= limit {
		return text
	}
	at := 0
	for range limit {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	head := text[:at]
	if strings.HasPrefix(text[at:], " ") {
		return head
	}
	if space := strings.LastIndexAny(head, " \t\n"); space > len(head)-200 && space > 0 {
		head = head[:space]
	}
	return strings.TrimRight(head, " \t\n")
}

// errCut ends the walk of cutSSML.
var errCut = errors.New("cut")

// cutSSML shortens well formed ssml to at most limit characters, tags counted:
// it cuts the text at a word's end and closes the tags that are open there. The
// error says why what comes before the cut is not well formed.
func cutSSML(ssml string, limit int) (string, error) {
	if utf8.RuneCountInString(ssml) <= limit {
		return ssml, nil
	}
	var out strings.Builder
	var open []string
	used, closing := 0, 0
	write := func(s string) bool {
		n := utf8.RuneCountInString(s)
		if used+n+closing > limit {
			return false
		}
		used += n
		out.WriteString(s)
		return true
	}
	err := walkSSML(ssml, func(token xml.Token) error {
		switch t := token.(type) {
		case xml.StartElement:
			name := tagName(t.Name)
			closing += len(name) + 3
			// The root can be had without its attributes.
			if !write(startTag(t)) && (len(open) > 0 || !write(speakOpen)) {
				closing -= len(name) + 3
				return errCut
			}
			open = append(open, name)
		case xml.EndElement:
			name := open[len(open)-1]
			open = open[:len(open)-1]
			closing -= len(name) + 3
			write("</" + name + ">") // its room was reserved when it was opened
		case xml.CharData:
			if !write(EscapeSSML(string(t))) {
				write(cutEscaped(string(t), limit-used-closing))
				return errCut
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, errCut) {
		return "", err
	}
	for len(open) > 0 {
		out.WriteString("</" + open[len(open)-1] + ">")
		open = open[:len(open)-1]
	}
	return out.String(), nil
}

func startTag(t xml.StartElement) string {
	var b strings.Builder
	b.WriteString("<" + tagName(t.Name))
	for _, a := range t.Attr {
		b.WriteString(" " + tagName(a.Name) + `="` + EscapeSSML(a.Value) + `"`)
	}
	b.WriteString(">")
	return b.String()
}

// cutEscaped cuts text so that it has at most room characters once escaped.
func cutEscaped(text string, room int) string {
	fit := 0
	for _, r := range text {
		if room -= utf8.RuneCountInString(EscapeSSML(string(r))); room < 0 {
			break
		}
		fit++
	}
	return EscapeSSML(cutText(text, fit))
}
