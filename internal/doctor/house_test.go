package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/internal/openfaas"
	"github.com/harkvoice/hark/swarm"
)

// gateway answers the operator's API with what a test says.
type gateway struct {
	engine    string
	functions []openfaas.Status
	secrets   []openfaas.Secret
	broken    int // the status of the list of functions
	guarded   bool
}

func (g gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var answer any
	switch {
	case g.guarded:
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return
	case r.URL.Path == "/system/info":
		answer = openfaas.Info{Provider: openfaas.Provider{Provider: "hark", Orchestration: g.engine}, Version: openfaas.Version{Release: "1.2"}}
	case r.URL.Path == "/system/functions" && g.broken != 0:
		http.Error(w, "the engine does not answer: the Swarm has no leader", g.broken)
		return
	case r.URL.Path == "/system/functions":
		answer = g.functions
	case r.URL.Path == "/system/secrets":
		answer = g.secrets
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// skill is a package with intents On and Off.
func skill(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "lights")
	model := filepath.Join(dir, "skill-package", "interactionModels", "custom")
	if err := os.MkdirAll(model, 0o700); err != nil {
		t.Fatal(err)
	}
	text := `{"interactionModel": {"languageModel": {"invocationName": "my lights", "types": [], "intents": [
		{"name": "On", "slots": [], "samples": ["on"]}, {"name": "Off", "slots": [], "samples": ["off"]},
		{"name": "AMAZON.StopIntent", "samples": []}, {"name": "AMAZON.CancelIntent", "samples": []}, {"name": "AMAZON.HelpIntent", "samples": []}]}}}`
	if err := os.WriteFile(filepath.Join(model, "en-US.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func ready(name string, labels map[string]string, secrets ...string) openfaas.Status {
	return openfaas.Status{Name: name, Labels: labels, Secrets: secrets, Replicas: 1, AvailableReplicas: 1}
}

func TestInspect_FindsWhatIsWrongInside(t *testing.T) {
	dir := skill(t)
	healthy := swarm.Survey{Version: "28.5.2", State: "active", Manager: true, Managers: 3, Reachable: 3,
		Network: swarm.Network{Name: "functions", Found: true, Overlay: true, Room: 253, Taken: 4}, Secrets: []string{"by-hand"}}
	both := []openfaas.Status{ready("On", nil), ready("Off", nil)}
	surveyed := func(change func(*swarm.Survey)) func(context.Context) (swarm.Survey, error) {
		return func(context.Context) (swarm.Survey, error) {
			s := healthy
			change(&s)
			return s, nil
		}
	}
	unseen := func(context.Context) (swarm.Survey, error) { return swarm.Survey{}, errors.New("no socket") }
	same := surveyed(func(*swarm.Survey) {})
	for name, c := range map[string]struct {
		gateway gateway
		survey  func(context.Context) (swarm.Survey, error)
		want    []string
		text    string
	}{
		"a good one":                        {gateway{engine: "swarm", functions: both}, same, nil, ""},
		"without Docker":                    {gateway{engine: "local", functions: both}, nil, nil, ""},
		"somebody else's":                   {gateway{guarded: true}, unseen, []string{"gateway!"}, "asks who you are"},
		"no leader":                         {gateway{engine: "swarm", broken: http.StatusServiceUnavailable}, same, []string{"engine!"}, "no leader"},
		"Docker not here":                   {gateway{engine: "swarm", functions: both}, unseen, []string{"docker"}, "no socket"},
		"on a worker":                       {gateway{engine: "swarm", functions: both}, surveyed(func(s *swarm.Survey) { s.Manager = false }), []string{"docker"}, "is no manager"},
		"two managers":                      {gateway{engine: "swarm", functions: both}, surveyed(func(s *swarm.Survey) { s.Managers, s.Reachable = 2, 2 }), []string{"managers"}, "if one of two goes"},
		"one manager away of five":          {gateway{engine: "swarm", functions: both}, surveyed(func(s *swarm.Survey) { s.Managers, s.Reachable = 5, 4 }), []string{"managers"}, "4 of 5"},
		"two managers left of three":        {gateway{engine: "swarm", functions: both}, surveyed(func(s *swarm.Survey) { s.Reachable = 2 }), []string{"managers!"}, "with one less"},
		"a node away":                       {gateway{engine: "swarm", functions: both}, surveyed(func(s *swarm.Survey) { s.Away = []string{"pi2 is down"} }), []string{"nodes"}, "pi2 is down"},
		"no network":                        {gateway{engine: "swarm", functions: both}, surveyed(func(s *swarm.Survey) { s.Network.Found = false }), []string{"network!"}, "there is no network functions"},
		"a bridge":                          {gateway{engine: "swarm", functions: both}, surveyed(func(s *swarm.Survey) { s.Network.Overlay = false }), []string{"network!"}, "of one node only"},
		"a full network":                    {gateway{engine: "swarm", functions: both}, surveyed(func(s *swarm.Survey) { s.Network.Taken = 240 }), []string{"network"}, "253 tasks, and 240"},
		"no functions":                      {gateway{engine: "local"}, nil, []string{"engine", "intents!", "intents!"}, "no function is deployed"},
		"an intent without":                 {gateway{engine: "local", functions: both[:1]}, nil, []string{"intents!"}, `no function answers "Off"`},
		"two for one":                       {gateway{engine: "local", functions: append(both[1:2:2], ready("Other", map[string]string{"hark.intents": "On"}), ready("More", map[string]string{"hark.intents": "On"}))}, nil, []string{"intents!"}, "two functions answer On: More and Other"},
		"one that nothing reaches":          {gateway{engine: "local", functions: append(both[:2:2], ready("Lost", nil))}, nil, []string{"unused"}, "function Lost"},
		"a public one that nothing reaches": {gateway{engine: "local", functions: append(both[:2:2], ready("Hook", map[string]string{"hark.public": "true"}))}, nil, nil, ""},
		"a label that says what is not":     {gateway{engine: "local", functions: append(both[:2:2], ready("Dim", map[string]string{"hark.intents": "Dim"}))}, nil, []string{"labels"}, `names "Dim"`},
		"a function that is not ready": {gateway{engine: "local", functions: []openfaas.Status{both[0], {Name: "Off", Replicas: 2, Trouble: "no such image"}}}, nil,
			[]string{"functions!"}, "Off has 0 of 2 replicas: no such image"},
		"a replica that is missing": {gateway{engine: "local", functions: []openfaas.Status{both[0], {Name: "Off", Replicas: 2, AvailableReplicas: 1}}}, nil, []string{"functions"}, "1 of 2"},
		"a secret that is missing":  {gateway{engine: "local", functions: []openfaas.Status{both[0], ready("Off", nil, "key")}}, nil, []string{"secrets!"}, "Off names the secret key"},
		"a door's secret that is missing": {gateway{engine: "local", functions: append(both[:2:2], ready("Hook", map[string]string{"hark.public": "true", "hark.token": "shop"}))}, nil,
			[]string{"secrets!"}, "Hook names the secret shop"},
		"a secret that is there": {gateway{engine: "local", functions: []openfaas.Status{both[0], ready("Off", nil, "key")}, secrets: []openfaas.Secret{{Name: "key"}}}, nil,
			nil, ""},
		"a secret of Docker's":          {gateway{engine: "swarm", functions: []openfaas.Status{both[0], ready("Off", nil, "by-hand")}}, same, nil, ""},
		"a secret that may be Docker's": {gateway{engine: "swarm", functions: []openfaas.Status{both[0], ready("Off", nil, "by-hand")}}, unseen, []string{"docker", "secrets"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(c.gateway)
			defer server.Close()
			client, err := openfaas.NewClient(server.URL, openfaas.Credentials{})
			if err != nil {
				t.Fatal(err)
			}
			r := &Report{}
			Inspect(t.Context(), House{Gateway: client, Skills: []string{dir}, Survey: c.survey}, r)
			if d := cmp.Diff(c.want, failed(r)); d != "" {
				t.Fatalf("(-want +got):\n%s%+v", d, r.Checks)
			}
			holdsUp(t, r, c.text)
		})
	}
}

// Where no gateway answers, Docker is looked at if it is here.
func TestInspect_WithoutAGateway(t *testing.T) {
	client, err := openfaas.NewClient("http://127.0.0.1:"+closedPort(t), openfaas.Credentials{})
	if err != nil {
		t.Fatal(err)
	}
	for survey, want := range map[swarm.Network][]string{{}: {"gateway!", "network!"}, {Name: "-"}: {"gateway!"}} {
		r := &Report{}
		Inspect(t.Context(), House{Gateway: client, Survey: func(context.Context) (s swarm.Survey, err error) {
			if survey.Name == "-" {
				return s, errors.New("no Docker")
			}
			return swarm.Survey{Manager: true, Managers: 1, Reachable: 1, Network: survey}, nil
		}}, r)
		if d := cmp.Diff(want, failed(r)); d != "" || r.OK {
			t.Errorf("ok %t (-want +got):\n%s", r.OK, d)
		}
	}
}

func TestInspect_OfSeveralSkillsAFunctionServesOne(t *testing.T) {
	one, other := skill(t), skill(t)
	server := httptest.NewServer(gateway{engine: "local", functions: []openfaas.Status{ready("On", nil), ready("Off", nil), ready("Lost", nil)}})
	defer server.Close()
	client, _ := openfaas.NewClient(server.URL, openfaas.Credentials{})
	r := &Report{}
	Inspect(t.Context(), House{Gateway: client, Skills: []string{one, other}}, r)
	if d := cmp.Diff([]string{"unused"}, failed(r)); d != "" {
		t.Errorf("(-want +got):\n%s%+v", d, r.Checks)
	}
	if !strings.HasSuffix(r.Gateway, server.Listener.Addr().String()) || !r.OK {
		t.Errorf("%+v", r)
	}
	r = &Report{}
	Inspect(t.Context(), House{Gateway: client}, r)
	if last := r.Checks[len(r.Checks)-2]; last.Name != "intents" || last.State != Warning {
		t.Errorf("%+v", r.Checks)
	}
}
