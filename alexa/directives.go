package alexa

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// directive is one of a response's.
type directive struct {
	name string // its type
	path string
	keys []member
}

// directiveTypes has what each of them cannot do without. A type that is not
// here may be a new one, and is passed on.
//
// Clause: the references of the interfaces.
var directiveTypes = map[string][]string{
	"AudioPlayer.Play":       {"playBehavior", "audioItem"},
	"AudioPlayer.Stop":       nil,
	"AudioPlayer.ClearQueue": {"clearBehavior"},
	"VideoApp.Launch":        {"videoItem"},
	"Display.RenderTemplate": {"template"},
	"Hint":                   {"hint"},

	"Dialog.Delegate":              nil,
	"Dialog.DelegateRequest":       {"target"},
	"Dialog.ElicitSlot":            {"slotToElicit"},
	"Dialog.ConfirmSlot":           {"slotToConfirm"},
	"Dialog.ConfirmIntent":         nil,
	"Dialog.UpdateDynamicEntities": {"updateBehavior"},

	"Alexa.Presentation.APL.RenderDocument":      {"document"},
	"Alexa.Presentation.APL.ExecuteCommands":     {"token", "commands"},
	"Alexa.Presentation.APL.UpdateIndexListData": {"listId", "operations"},
	"Alexa.Presentation.APL.SendIndexListData":   {"listId", "startIndex"},
	"Alexa.Presentation.APL.SendTokenListData":   {"listId", "pageToken"},
	"Alexa.Presentation.APLA.RenderDocument":     {"document"},
	"Alexa.Presentation.APLT.RenderDocument":     {"document"},
	"Alexa.Presentation.APLT.ExecuteCommands":    {"token", "commands"},
	"Alexa.Presentation.HTML.Start":              {"request", "configuration"},
	"Alexa.Presentation.HTML.HandleMessage":      {"message"},

	"Connections.StartConnection": {"uri"},
	"Connections.SendRequest":     {"name", "payload"},
	"Connections.SendResponse":    {"status"},
	"Tasks.CompleteTask":          {"status"},

	"GameEngine.StartInputHandler":                {"timeout", "recognizers", "events"},
	"GameEngine.StopInputHandler":                 {"originatingRequestId"},
	"GadgetController.SetLight":                   {"parameters"},
	"CustomInterfaceController.StartEventHandler": {"token", "expiration"},
	"CustomInterfaceController.StopEventHandler":  {"token"},
	"CustomInterfaceController.SendDirective":     {"header", "endpoint", "payload"},
}

// needs is the interface that a device must have for a directive; empty is none,
// or one that requests do not tell of, as those of gadgets.
func needs(directive string) string {
	for _, name := range []string{
		"Alexa.Presentation.APLT", "Alexa.Presentation.APL", "Alexa.Presentation.HTML",
		"AudioPlayer", "VideoApp", "Display",
	} {
		if strings.HasPrefix(directive, name+".") {
			return name
		}
	}
	if directive == "Hint" {
		return "Display"
	}
	return ""
}

// exclusions are pairs of directives that are not sent together; one with
// itself is not sent twice.
var exclusions = []struct{ a, b, why string }{
	{"AudioPlayer.Play", "AudioPlayer.Play", "one stream plays at a time"},
	{"AudioPlayer.Play", "AudioPlayer.Stop", "Stop would end what Play begins"},
	{"AudioPlayer.Play", "VideoApp.Launch", "the device plays the one or the other"},
	{"VideoApp.Launch", "VideoApp.Launch", "one video plays at a time"},
	{"VideoApp.Launch", "Display.RenderTemplate", "the screen shows the one or the other"},
	{"VideoApp.Launch", "Alexa.Presentation.APL.RenderDocument", "the screen shows the one or the other"},
	{"Display.RenderTemplate", "Display.RenderTemplate", "the screen shows one template"},
	{"Display.RenderTemplate", "Alexa.Presentation.APL.RenderDocument", "the screen shows the one or the other"},
	{"Connections.StartConnection", "Connections.StartConnection", "one task is handed over at a time"},
}

// dialogTurns are the directives that say how a dialog goes on; one response
// has one of them.
//
// Clause: "Dialog Interface Reference".
var dialogTurns = map[string]bool{
	"Dialog.Delegate": true, "Dialog.DelegateRequest": true,
	"Dialog.ElicitSlot": true, "Dialog.ConfirmSlot": true, "Dialog.ConfirmIntent": true,
}

// directed holds the directives of the body against the rules, and leaves out
// those that are not legal in answer to the request.
func (r *response) directed() error {
	const path = "response.directives"
	v, ok := r.part("directives")
	if !ok {
		return nil
	}
	all, err := elements(v)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	spans, gone := make([]span, len(all)), make([]bool, len(all))
	for i, v := range all {
		spans[i] = v.span
		gone[i] = !r.directive(fmt.Sprintf("%s[%d]", path, i), v)
	}
	r.edits.prune(spans, func(i int) bool { return gone[i] })
	r.together()
	r.turn()
	return nil
}

// directive holds one against the rules for it alone, and reports whether it
// stays.
func (r *response) directive(path string, v value) (stays bool) {
	keys, err := members(v)
	kind, _ := get(keys, "type")
	name, ok := kind.text()
	if !r.row.takes(name) {
		r.find(path, RuleNotHere, leftOut, "a directive of type %.80q is not legal in answer to %s", name, r.req.Type())
		return false
	}
	keys = r.unique(path, keys)
	switch {
	case err != nil:
		r.find(path, RuleDirective, "", "%v", err)
		return true
	case len(kind.raw) == 0:
		r.find(path+".type", RuleDirective, "", "it is missing, and each directive has one")
		return true
	case !ok || name == "":
		r.find(path+".type", RuleDirective, "", "it is %s, not the type of a directive", kindOf(kind.raw))
		return true
	}
	for _, key := range directiveTypes[name] {
		if m, ok := get(keys, key); !ok || absent(m.raw) {
			r.find(join(path, key), RuleDirective, "", "it is missing, and %s needs it", name)
		}
	}
	if name := needs(name); name != "" && !r.req.supports(name) {
		r.find(path, RuleInterface, "", "the device has no %s", name)
	}
	d := directive{name, path, keys}
	switch name {
	case "AudioPlayer.Play":
		r.play(d)
	case "AudioPlayer.ClearQueue":
		r.word(path, keys, "clearBehavior", RuleForm, false, "CLEAR_ENQUEUED", "CLEAR_ALL")
	case "VideoApp.Launch":
		r.source(path+".videoItem", keys, "videoItem", "source")
	}
	r.directives = append(r.directives, d)
	return true
}

// supports reports whether the device has an interface, as far as the request
// tells.
func (r *Request) supports(name string) bool {
	all := r.Interfaces()
	if all == nil {
		return true
	}
	_, ok := all[name]
	return ok
}

// play holds a stream against the rules.
//
// Clause: "AudioPlayer Interface Reference".
func (r *response) play(d directive) {
	r.word(d.path, d.keys, "playBehavior", RuleForm, false, "REPLACE_ALL", "ENQUEUE", "REPLACE_ENQUEUED")
	item, _ := get(d.keys, "audioItem")
	path := d.path + ".audioItem"
	parts, err := r.object(path, item.value)
	if err != nil {
		return // that it is missing was told
	}
	stream, _ := get(parts, "stream")
	path += ".stream"
	of, err := r.object(path, stream.value)
	if err != nil {
		r.find(path, RuleDirective, "", "%v", errors.Unwrap(err))
		return
	}
	r.source(path, parts, "stream", "url")
	behavior, _ := get(d.keys, "playBehavior")
	enqueues := string(behavior.raw) == `"ENQUEUE"`
	previous, ok := get(of, "expectedPreviousToken")
	switch ok = ok && !absent(previous.raw); {
	case enqueues && !ok:
		r.find(join(path, "expectedPreviousToken"), RuleDirective, "", "it is missing, and ENQUEUE needs it")
	case !enqueues && ok:
		r.find(join(path, "expectedPreviousToken"), RuleDirective, "", "only ENQUEUE takes it")
	}
	if token, _ := get(of, "token"); absent(token.raw) {
		r.find(join(path, "token"), RuleDirective, "", "it is missing, and AudioPlayer.Play needs it")
	}
}

// source holds the address of something that is played, at of.holder.key, to
// https.
func (r *response) source(path string, of []member, holder, key string) {
	m, _ := get(of, holder)
	parts, err := members(m.value)
	if err != nil {
		return
	}
	url, _ := get(parts, key)
	if s, _ := url.text(); !isHTTPS(s) {
		r.find(join(path, key), RuleAudio, "", "it is %s; what is played comes over https", schemeOf(s))
	}
}

// excludes has for each type what it is not sent with, and why.
var excludes = func() map[string]map[string]string {
	all := make(map[string]map[string]string)
	exclude := func(a, b, why string) {
		if all[a] == nil {
			all[a] = make(map[string]string)
		}
		all[a][b] = why
	}
	for _, x := range exclusions {
		exclude(x.a, x.b, x.why)
		exclude(x.b, x.a, x.why)
	}
	for a := range dialogTurns {
		for b := range dialogTurns {
			exclude(a, b, "a dialog goes on in one way")
		}
	}
	return all
}()

// together holds the directives against each other: each against the types that
// are there before it, of which there are few, whatever a function prints.
func (r *response) together() {
	var before []string
	for _, d := range r.directives {
		excluded := excludes[d.name]
		if excluded == nil {
			continue
		}
		for _, name := range before {
			if why, ok := excluded[name]; ok {
				r.find(d.path, RuleExclusive, "", "%s is not sent with %s: %s", d.name, name, why)
			}
		}
		if !slices.Contains(before, d.name) {
			before = append(before, d.name)
		}
	}
}

// sends reports whether a directive of a type is there.
func (r *response) sends(name string) bool {
	for _, d := range r.directives {
		if d.name == name {
			return true
		}
	}
	return false
}

// dialog is the directive that says how the dialog goes on, or nil.
func (r *response) dialog() *directive {
	for i := range r.directives {
		if dialogTurns[r.directives[i].name] {
			return &r.directives[i]
		}
	}
	return nil
}

// turn holds the dialog's next turn against the request.
//
// Clause: "Dialog Interface Reference".
func (r *response) turn() {
	d := r.dialog()
	if d == nil || r.row.answer != spoken {
		return
	}
	if m, ok := get(d.keys, "UpdatedIntent"); ok && !absent(m.raw) {
		r.find(join(d.path, "UpdatedIntent"), RuleDialog, "", "Alexa reads it as updatedIntent only")
	}
	updated, ok := get(d.keys, "updatedIntent")
	ok = ok && !absent(updated.raw)
	if !ok && r.req.Type() != IntentRequest && d.name != "Dialog.DelegateRequest" {
		r.find(d.path, RuleDialog, "", "%s in answer to %s needs an updatedIntent: there is no intent to go on with", d.name, r.req.Type())
	}
	if d.name == "Dialog.Delegate" {
		r.silent(d)
	}
	for _, key := range []string{"slotToElicit", "slotToConfirm"} {
		m, there := get(d.keys, key)
		if name, _ := m.text(); there && !ok && !r.req.hasSlot(name) {
			r.find(join(d.path, key), RuleDialog, "", "the intent %.64s has no slot %.40q", r.req.Body.Intent.Name, name)
		}
	}
}

// silent holds what is said beside Dialog.Delegate: Alexa has the prompts of
// the dialog model to say.
func (r *response) silent(d *directive) {
	for _, key := range []string{"outputSpeech", "reprompt"} {
		if _, says := r.part(key); says {
			r.find("response."+key, RuleDialog, "", "%s has Alexa say what the dialog model has, and nothing beside it", d.name)
		}
	}
}

// hasSlot reports whether the request's intent has a slot of that name, as far
// as the request tells.
func (r *Request) hasSlot(name string) bool {
	slots := r.Body.Intent.Slots
	if len(slots) == 0 {
		return r.Body.Intent.Name == ""
	}
	_, ok := slots[name]
	return ok
}
