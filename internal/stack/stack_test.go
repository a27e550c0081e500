package stack

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/internal/function"
)

// write makes a directory with one file.
func write(t testing.TB, name, text string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// everything is a file as faas-cli takes it, fields that hark does not read
// included.
const everything = `
version: 1.0
provider:
  name: openfaas
  gateway: http://127.0.0.1:8080
functions:
  WhatLights:
    lang: dockerfile
    handler: ./captains
    image: ghcr.io/harkvoice/captains:latest
    fprocess: sh -c 'echo "$ALEXA_LOCALE"'
    environment:
      exec_timeout: 5
      RATIO: 0.50
      DEBUG: true
      COUNTRY: no
      MODE: 0o644
      NOTHING:
      QUOTED: "true"
    labels:
      hark.public: true
      hark.intents: AMAZON.HelpIntent, Captains
      com.example.weight: 10
    annotations: {topic: lights, com.example.weight: 10}
    secrets: [api-key]
    limits: {memory: 20Mi, cpu: 0.50}
    requests: {memory: 64000000, cpu: 100m}
    constraints: ["node.role == worker"]
    readonly_root_filesystem: true
    build_args: {GO_VERSION: 1.10}
    build_options: [dev]
    skip_build: true
  ChangeColor:
    lang: python3
    handler: /srv/changecolor
  bare: {}
`

func TestLoad_ReadsWhatFaasCliReads(t *testing.T) {
	dir := write(t, "stack.yaml", everything)
	got, err := LoadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []function.Spec{
		{Name: "ChangeColor", Dir: "/srv/changecolor"},
		{
			Name:    "WhatLights",
			Image:   "ghcr.io/harkvoice/captains:latest",
			Process: `sh -c 'echo "$ALEXA_LOCALE"'`,
			Dir:     filepath.Join(dir, "captains"),
			Environment: map[string]string{
				"exec_timeout": "5", "RATIO": "0.50", "DEBUG": "true", "COUNTRY": "no", "MODE": "0o644", "NOTHING": "", "QUOTED": "true",
			},
			Labels:      map[string]string{"hark.public": "true", "hark.intents": "AMAZON.HelpIntent, Captains", "com.example.weight": "10"},
			Annotations: map[string]string{"topic": "lights", "com.example.weight": "10"},
			Secrets:     []string{"api-key"},
			Constraints: []string{"node.role == worker"},
			Limits:      function.Resources{Memory: "20Mi", CPU: "0.50"},
			Requests:    function.Resources{Memory: "64000000", CPU: "100m"},
			ReadOnly:    true,
		},
		{Name: "bare", Dir: dir},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRead_SaysHowToBuildAndWhere(t *testing.T) {
	dir := write(t, "stack.yaml", everything)
	f, err := Read(filepath.Join(dir, "stack.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if f.Gateway != "http://127.0.0.1:8080" || f.Path != filepath.Join(dir, "stack.yaml") {
		t.Errorf("gateway %q, path %q", f.Gateway, f.Path)
	}
	var got []Build
	for _, fn := range f.Functions {
		got = append(got, fn.Build)
	}
	want := []Build{{Template: "python3"}, {Args: map[string]string{"GO_VERSION": "1.10"}, Skip: true}, {}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRead_EnvironmentFilesGoOverTheEnvironment(t *testing.T) {
	dir := write(t, "stack.yaml", `functions: {f: {environment: {A: stack, B: stack, C: stack}, environment_file: [one.yaml, two.yaml]}, g: {environment_file: [one.yaml]}}`)
	for name, text := range map[string]string{"one.yaml": "environment: {B: one, C: one}", "two.yaml": "environment: {C: two, D: '${HOME}'}\nother: 1"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := LoadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"A": "stack", "B": "one", "C": "two", "D": "${HOME}"}
	if diff := cmp.Diff(want, got[0].Environment); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got[1].Environment["B"] != "one" {
		t.Errorf("without an environment: %v", got[1].Environment)
	}
}

func TestRead_EnvironmentFilesAreBelowTheStackFile(t *testing.T) {
	outside := filepath.Join(write(t, "secret.yaml", "environment: {A: secret}"), "secret.yaml")
	for name, message := range map[string]string{
		"../x.yaml":   "environment_file ../x.yaml: it has to be below the directory",
		outside:       "it has to be below the directory",
		"link.yaml":   "environment_file link.yaml:",
		"none.yaml":   "environment_file none.yaml: openat none.yaml: no such file",
		"list.yaml":   "environment_file list.yaml: yaml: line 1: cannot unmarshal !!seq",
		"broken.yaml": "environment_file broken.yaml: yaml: line 1",
	} {
		dir := write(t, "stack.yaml", "functions: {f: {environment_file: ["+name+"]}}")
		_ = os.WriteFile(filepath.Join(dir, "list.yaml"), []byte("environment: [a]"), 0o600)
		_ = os.WriteFile(filepath.Join(dir, "broken.yaml"), []byte("environment: ["), 0o600)
		if err := os.Symlink(outside, filepath.Join(dir, "link.yaml")); err != nil {
			t.Fatal(err)
		}
		if specs, err := LoadDir(dir); err == nil || !strings.Contains(err.Error(), message) || !strings.Contains(err.Error(), "function f") {
			t.Errorf("%s: %v, error %v, want %q", name, specs, err, message)
		}
	}
}

func TestLoad_TakesJSON(t *testing.T) {
	dir := write(t, "stack.yml", `{"functions": {"f": {"handler": "f", "fprocess": "cat"}}}`)
	got, err := LoadDir(dir)
	want := []function.Spec{{Name: "f", Process: "cat", Dir: filepath.Join(dir, "f")}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

func TestLoadDir_PrefersTheFirstName(t *testing.T) {
	dir := write(t, "stack.yml", "functions: {second: {}}")
	if err := os.WriteFile(filepath.Join(dir, "stack.yaml"), []byte("functions: {first: {}}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := LoadDir(dir); err != nil || got[0].Name != "first" {
		t.Errorf("%v, error %v", got, err)
	}
}

func TestLoadDir_SaysWhatIsMissing(t *testing.T) {
	empty := t.TempDir()
	file := filepath.Join(write(t, "file", ""), "file")
	for dir, message := range map[string]string{
		empty:           "no stack.yaml in " + empty,
		empty + "/nope": "nope is not a directory",
		file:            file,
	} {
		if _, err := LoadDir(dir); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("error %v, want %q in it", err, message)
		}
	}
	if _, err := Load(filepath.Join(empty, "stack.yaml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load: %v, want fs.ErrNotExist", err)
	}
}

func TestLoad_RefusesAFaultyFileByName(t *testing.T) {
	// Each level merges ten times what is below it: 10^9 maps.
	bomb := "a: &a {x: y}\n"
	for c := 'b'; c <= 'j'; c++ {
		below := strings.Repeat(",*"+string(c-1), 10)
		bomb += string(c) + ": &" + string(c) + " {<<: [" + below[1:] + "]}\n"
	}
	for _, c := range []struct{ name, text, message string }{
		{"nothing", "", "declares no functions"},
		{"no functions", "functions: {}", "declares no functions"},
		{"no functions at all", "services: {web: {image: nginx}}", "declares no functions"},
		{"a name with a path", "functions: {../up: {}}", `function name "../up"`},
		{"a name with blanks", "functions: {change color: {}}", `function name "change color"`},
		{"a name that is too long", "functions: {" + strings.Repeat("a", 64) + ": {}}", "at most 63"},
		{"no YAML", "functions: [", "did not find"},
		{"tabs", "functions:\n\tf: {}", "line 2"},
		{"a list for a map", "functions: [a, b]", "line 1"},
		{"a list for a value", "functions: {f: {environment: {A: [1, 2]}}}", "line 1"},
		{"a word for a function", "functions:\n  f: x", "line 2: cannot unmarshal !!str `x` into a function (NAME: {fprocess: …})"},
		{"a list of functions", "functions: [f]", "into functions by name (NAME: {fprocess: …})"},
		{"a word for a bool", "functions:\n  f:\n    skip_build: perhaps", "line 3: cannot unmarshal !!str"},
		{"a word for a list", "functions:\n  f:\n    secrets: x", "line 3"},
		{"a variable that is no name", "functions:\n  \"${HARK_TEST_UNSET:-a b}\": {}", `function name "a b"`},
		{"a bare variable within braces", "functions: {f: {image: ${X}}}", "quotes belong around"},
		{"two wrong types", "functions:\n  f:\n    secrets: x\n    limits: y", "into []string; line 4"},
		{"a name twice", "functions:\n  f: {}\n  f: {}", "already defined"},
		{"more than a stack file has", "functions: {f: {}}\n#" + strings.Repeat("x", maxFile), "at most 1048576 bytes"},
		{"an alias bomb", bomb + "functions: {f: {labels: *j}}", "excessive aliasing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(write(t, "stack.yaml", c.text), "stack.yaml")
			specs, err := Load(path)
			if err == nil {
				t.Fatalf("it is taken: %v", specs)
			}
			if !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), c.message) {
				t.Errorf("message %q, want the path and %q in it", err, c.message)
			}
		})
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(everything)
	f.Add("functions: {a: &a {labels: {x: y}}, b: *a}")
	f.Add("functions: {a: {<<: {handler: x}}}")
	f.Add("functions:\n  ? [a]\n  : b")
	f.Add("functions: {a: {fprocess: '${HOME:-${x', image: \"$${HOME}\", environment_file: [x.yaml, ../x]}}")
	f.Fuzz(func(t *testing.T, text string) {
		specs, err := Load(filepath.Join(write(t, "stack.yaml", text), "stack.yaml"))
		if (err == nil) != (len(specs) > 0) {
			t.Fatalf("%d functions and error %v", len(specs), err)
		}
		if !slices.IsSortedFunc(specs, func(a, b function.Spec) int { return strings.Compare(a.Name, b.Name) }) {
			t.Errorf("out of order: %v", specs)
		}
		for _, s := range specs {
			if err := function.CheckName(s.Name); err != nil || !filepath.IsAbs(s.Dir) {
				t.Errorf("%+v: %v", s, err)
			}
		}
	})
}
