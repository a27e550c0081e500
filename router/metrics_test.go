package router

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/harkvoice/hark/internal/function"
)

var update = flag.Bool("update", false, "write the tables of docs/observability.md anew")

// TestMetrics_AreDocumented holds the table of docs/observability.md to what is
// registered and told. `go test ./router -run Metrics -update` writes it.
func TestMetrics_AreDocumented(t *testing.T) {
	h := build(t, map[string]body{"ChangeColorIntent": prints("OK, red.")})
	h.say(t, envelope("ChangeColorIntent"))
	families, err := h.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{}
	for _, f := range families {
		kinds[f.GetName()] = strings.ToLower(f.GetType().String())
	}
	var rows []string
	for _, d := range described(h.Registry) {
		if kinds[d.name] == "" {
			t.Errorf("%s is told of nothing after a voice request", d.name)
		}
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s | %s |", d.name, kinds[d.name], d.labels, d.help))
	}
	slices.Sort(rows)
	const file, begin, end = "../docs/observability.md", "| metric | type | labels | meaning |\n|---|---|---|---|\n", "\n\n"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, after, _ := strings.Cut(string(text), begin)
	table, after, ok := strings.Cut(after, end)
	if !ok {
		t.Fatalf("%s has no table of metrics", file)
	}
	want := strings.Join(rows, "\n")
	if *update {
		if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if table != want {
		t.Errorf("%s is not of today; go test ./router -run Metrics -update writes it:\n%s", file, want)
	}
}

type description struct{ name, labels, help string }

// described are the metrics of a registry, Go's and the process's left out.
func described(r *prometheus.Registry) (all []description) {
	form := regexp.MustCompile(`^Desc\{fqName: "([^"]+)", help: "([^"]+)", unit: "[^"]*", constLabels: \{(.*)\}, variableLabels: \{(.*)\}\}$`)
	found := make(chan *prometheus.Desc)
	go func() { defer close(found); r.Describe(found) }()
	for d := range found {
		part := form.FindStringSubmatch(d.String())
		if part == nil {
			panic("not of the form that is expected: " + d.String())
		}
		labels := append(regexp.MustCompile(`\w+="`).FindAllString(part[3], -1), strings.Split(part[4], ",")...)
		told := ""
		for _, l := range labels {
			if l = strings.Trim(l, `="`); l != "" {
				told += ", `" + l + "`"
			}
		}
		all = append(all, description{part[1], strings.TrimPrefix(told, ", "), part[2]})
	}
	return all
}

func TestMetrics_TellTheSameByOpenFaaSNames(t *testing.T) {
	h := build(t, map[string]body{"ChangeColorIntent": prints("OK, red."), "slow": fails(function.ErrTimeout), "odd": answers(799)})
	h.say(t, envelope("ChangeColorIntent"))
	for _, target := range []string{"/function/slow", "/function/slow", "/function/odd", "/function/evil"} {
		h.Operator().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", target, nil))
	}
	for _, want := range []struct {
		function, code string
		calls          float64
	}{{"ChangeColorIntent", "200", 1}, {"slow", "504", 2}, {"odd", "7xx", 1}, {"evil", "404", 0}} {
		theirs := want.function + ".openfaas-fn"
		for _, got := range []float64{
			h.metric(t, "hark_invocation_duration_seconds", "function", want.function, "code", want.code),
			h.metric(t, "gateway_functions_seconds", "function_name", theirs, "code", want.code),
			h.metric(t, "gateway_function_invocation_total", "function_name", theirs, "code", want.code),
			h.metric(t, "gateway_function_invocation_started", "function_name", theirs),
			h.metric(t, "hark_invocations_started_total", "function", want.function),
		} {
			if got != want.calls {
				t.Errorf("%s: counted %v, want %v", want.function, got, want.calls)
			}
		}
	}
	if n := h.metric(t, "gateway_service_count", "function_name", "slow.openfaas-fn"); n != 1 {
		t.Errorf("%v replicas", n)
	}
}

func TestMetrics_CountWhatIsUnderWay(t *testing.T) {
	until := make(chan struct{})
	h := build(t, map[string]body{"slow": blocks(until)})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		h.Operator().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/function/slow", nil))
	}()
	for len(h.engine.called()) == 0 {
		runtime.Gosched()
	}
	mine := func() float64 { return h.metric(t, "hark_invocations_in_flight", "function", "slow") }
	theirs := func() float64 {
		return h.metric(t, "gateway_function_invocation_inflight", "function_name", "slow.openfaas-fn")
	}
	if mine() != 1 || theirs() != 1 {
		t.Errorf("%v and %v are under way", mine(), theirs())
	}
	close(until)
	<-ended
	if mine() != 0 || theirs() != 0 {
		t.Errorf("%v and %v are under way after its end", mine(), theirs())
	}
}

func TestMetrics_OfAFunctionGoWithIt(t *testing.T) {
	h := build(t, map[string]body{"passing": echo, "staying": echo})
	for _, name := range []string{"passing", "staying"} {
		h.Operator().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/function/"+name, nil))
	}
	count := func(name string) float64 {
		return h.metric(t, "hark_invocation_duration_seconds", "function", name) + h.metric(t, "hark_invocations_started_total", "function", name) +
			h.metric(t, "gateway_functions_seconds", "function_name", name+".openfaas-fn")
	}
	if n := count("passing"); n != 3 {
		t.Fatalf("counted %v", n)
	}
	if err := h.Catalogue.Update([]function.Status{{Spec: function.Spec{Name: "staying"}}}); err != nil {
		t.Fatal(err)
	}
	if gone, left := count("passing"), count("staying"); gone != 0 || left != 3 {
		t.Errorf("of the function that was removed %v are told, of the other %v", gone, left)
	}
}

func TestMetrics_SurviveAnEngineThatSaysNothing(t *testing.T) {
	h := build(t, map[string]body{"hello": echo}, func(c *Config) { c.Engine = mute{} })
	synctest.Test(t, func(t *testing.T) { // so that its time is not ours
		if up, n := h.metric(t, "hark_engine_up"), h.metric(t, "hark_function_replicas", "function", "hello"); up != 0 || n != 0 {
			t.Errorf("the engine is up: %v; replicas %v", up, n)
		}
		if h.metric(t, "hark_build_info", "engine", "test") != 1 {
			t.Error("other metrics are not there")
		}
	})
}

// mute is an engine that does not answer.
type mute struct{ Engine }

func (mute) List(ctx context.Context) ([]function.Status, error) {
	<-ctx.Done()
	return nil, function.ErrEngine
}

func answers(status int) body {
	return func(context.Context, function.Invocation) (function.Result, error) {
		return function.Result{Status: status, Body: http.NoBody}, nil
	}
}
