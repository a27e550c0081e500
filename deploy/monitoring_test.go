//go:build linux

package deploy

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// promtool runs Prometheus' own checker of its files.
func promtool(t *testing.T, args ...string) {
	t.Helper()
	tool, err := exec.LookPath("promtool")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("promtool is not here: install the package prometheus")
		}
		t.Skip("promtool is not here: the package prometheus has it")
	}
	if out, err := exec.CommandContext(t.Context(), tool, args...).CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func TestMonitoring_AlertsGoOffWhenTheyShould(t *testing.T) {
	promtool(t, "check", "rules", "prometheus/hark.rules.yml")
	promtool(t, "test", "rules", "prometheus/hark.rules.test.yml")
}

// TestMonitoring_PrometheusTakesItsFile as it is, and with the job that is left to
// the operator.
func TestMonitoring_PrometheusTakesItsFile(t *testing.T) {
	text, err := os.ReadFile("prometheus/prometheus.yml")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := filepath.Abs("prometheus")
	if err != nil {
		t.Fatal(err)
	}
	here := strings.Replace(string(text), "/etc/prometheus", rules, 1)
	for name, text := range map[string]string{"as it is": here, "with functions": strings.ReplaceAll(here, "  #functions ", "  ")} {
		if strings.Contains(text, "\n  - job_name: functions") != (name == "with functions") {
			t.Errorf("%s: the job functions is not what this test takes it for", name)
		}
		file := filepath.Join(t.TempDir(), "prometheus.yml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		promtool(t, "check", "config", file)
	}
}

// TestMonitoring_PrometheusUnderstandsTheDashboard: its queries are tried as rules.
func TestMonitoring_PrometheusUnderstandsTheDashboard(t *testing.T) {
	text, err := os.ReadFile("grafana/hark.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			ID      int
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	var rules strings.Builder
	rules.WriteString("groups:\n  - name: dashboard\n    rules:\n")
	ids, queries := map[int]string{}, 0
	for _, p := range dashboard.Panels {
		if ids[p.ID] != "" || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("%s is drawn over another, or has its id", p.Title)
		}
		ids[p.ID] = p.Title
		for _, q := range p.Targets {
			queries++
			expr := strings.NewReplacer("$__rate_interval", "5m", "$function", ".*").Replace(q.Expr)
			fmt.Fprintf(&rules, "      - {record: \"q%d\", expr: %q}\n", queries, expr)
		}
	}
	if queries < 25 {
		t.Errorf("only %d queries", queries)
	}
	file := filepath.Join(t.TempDir(), "rules.yml")
	if err := os.WriteFile(file, []byte(rules.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, "check", "rules", file)
}
