package router

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/function"
)

// twoSkills are two skills with a function of the same name each, and one of its
// own.
func twoSkills(t *testing.T) *house {
	h := build(t, map[string]body{
		"lights_Paint": prints("lights paint"), "radio_Paint": prints("radio paints"),
		"lights_Glow": prints("glowing"), "radio_Tune": prints("tuned"),
	})
	var functions []function.Status
	for name := range h.engine.run {
		skill, _, _ := strings.Cut(name, "_")
		functions = append(functions, function.Status{Spec: function.Spec{Name: name, Labels: map[string]string{function.LabelSkill: skill}}})
	}
	if err := h.Catalogue.Update(functions); err != nil {
		t.Fatal(err)
	}
	h.serves(t, &intents.Skill{Name: "lights", IDs: []string{"id-lights"}}, &intents.Skill{Name: "radio", IDs: []string{"id-radio"}})
	return h
}

func (h *house) serves(t *testing.T, skills ...*intents.Skill) {
	t.Helper()
	if err := h.Skills.Replace(skills...); err != nil {
		t.Fatal(err)
	}
}

// askSkill has a skill asked at an address.
func (h *house) askSkill(t *testing.T, path, id, intent string) *httptest.ResponseRecorder {
	t.Helper()
	text := strings.Replace(envelope(intent), `"session":{`, `"session":{"application":{"applicationId":"`+id+`"},`, 1)
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(text))
	var err error
	if r.Header, err = h.authority.Sign([]byte(text)); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.Public().ServeHTTP(w, r)
	return w
}

func TestSkills_EachIsFoundByItsIDAndAnsweredByItsOwnFunctions(t *testing.T) {
	h := twoSkills(t)
	for _, path := range []string{"/", "/alexa"} {
		for id, want := range map[string]string{"id-lights": "lights paint", "id-radio": "radio paints"} {
			if got := spoken(t, h.askSkill(t, path, id, "Paint")); got != want {
				t.Errorf("%s %s: said %q", path, id, got)
			}
			if got := h.record(t)["skill"]; "id-"+got.(string) != id {
				t.Errorf("%s: the record has the skill %v", id, got)
			}
		}
	}
	for _, intent := range []string{"Glow", "lights_Glow", "lights_Paint"} {
		calls := len(h.engine.called())
		w := h.askSkill(t, "/alexa", "id-radio", intent)
		if got := spoken(t, w); got != apology || w.Header().Get(function.HeaderOutcome) != "not_found" || len(h.engine.called()) != calls {
			t.Errorf("a function of lights answers radio's %s: %q", intent, got)
		}
	}
}

func TestSkills_AnAddressIsForItsSkillAlone(t *testing.T) {
	h := twoSkills(t)
	if got := spoken(t, h.askSkill(t, "/alexa/radio", "id-radio", "Tune")); got != "tuned" {
		t.Errorf("said %q", got)
	}
	calls := len(h.engine.called())
	for _, tt := range []struct {
		path, id string
		status   int
		says     string
	}{
		{"/alexa/radio", "id-lights", 400, `the application id "id-lights" is not that of the skill radio`},
		{"/alexa/lights", "id-radio", 400, "not that of the skill lights"},
		{"/alexa/radio", "id-other", 400, "is not served here"},
		{"/alexa", "id-other", 400, "is not served here"},
		{"/alexa/other", "id-radio", 404, `skill "other": there is no such skill here`},
		{"/alexa/Radio", "id-radio", 404, "no such skill"},
		{"/alexa/radio/x", "id-radio", 404, "POST Alexa requests to /alexa"},
		{"/alexa/" + strings.Repeat("x", 10_000), "id-radio", 404, "no such skill"},
	} {
		w := h.askSkill(t, tt.path, tt.id, "Tune")
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.says) || w.Body.Len() > 300 {
			t.Errorf("%.40s %s: %d %.400s", tt.path, tt.id, w.Code, w.Body)
		}
	}
	if len(h.engine.called()) != calls {
		t.Error("a function was run")
	}
	if rec := h.record(t); rec["outcome"] != "no_skill" || rec["stage"] != "edge" || rec["skill"] != nil {
		t.Errorf("record %v", rec)
	}
	if h.metric(t, "hark_alexa_refused_total", "reason", "skill") != 4 {
		t.Error("the refusals are not counted")
	}
}

func TestSkills_AnUnknownAddressReadsNoBody(t *testing.T) {
	h := twoSkills(t)
	r := httptest.NewRequest(http.MethodPost, "/alexa/other", io.MultiReader(unread{t}))
	w := httptest.NewRecorder()
	h.Public().ServeHTTP(w, r)
	if w.Code != http.StatusNotFound {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, path := range []string{"/alexa", "/alexa/radio", "/alexa/other"} {
		w := httptest.NewRecorder()
		h.Public().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "POST" {
			t.Errorf("GET %s: %d", path, w.Code)
		}
	}
}

type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body is read")
	return 0, io.EOF
}

func TestSkills_ComeAndGoWithoutARestart(t *testing.T) {
	h := twoSkills(t)
	face := h.Skills.All()
	h.serves(t, face[0])
	if w := h.askSkill(t, "/alexa", "id-radio", "Tune"); w.Code != http.StatusBadRequest {
		t.Errorf("a skill that is gone: %d", w.Code)
	}
	if w := h.askSkill(t, "/alexa/radio", "id-radio", "Tune"); w.Code != http.StatusNotFound {
		t.Errorf("its address: %d", w.Code)
	}
	h.serves(t, face...)
	if got := spoken(t, h.askSkill(t, "/alexa/radio", "id-radio", "Tune")); got != "tuned" {
		t.Errorf("back again: %q", got)
	}
}

// Without an id, a skill that is developed is found where it is the only one, or
// by its address.
func TestSkills_DevelopmentNeedsNoID(t *testing.T) {
	h := twoSkills(t)
	h.serves(t, &intents.Skill{Name: "lights", IDs: []string{"id-lights"}}, &intents.Skill{Name: "radio"})
	for path, want := range map[string]int{"/alexa": 200, "/alexa/radio": 200, "/alexa/lights": 400} {
		if w := h.askSkill(t, path, "id-any", "Tune"); w.Code != want {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	h.serves(t, &intents.Skill{Name: "lights"}, &intents.Skill{Name: "radio"})
	for path, want := range map[string]int{"/alexa": 400, "/alexa/radio": 200, "/alexa/lights": 200} {
		if w := h.askSkill(t, path, "id-any", "Paint"); w.Code != want {
			t.Errorf("two without ids: %s: %d %s", path, w.Code, w.Body)
		}
	}
}
