package stack

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestExpand(t *testing.T) {
	variables := map[string]string{"TAG": "v1", "EMPTY": "", "NESTED": "${TAG}", "ALEXA_LOCALE": "mine", "Http_Host": "mine", "_a1": "x"}
	of := func(name string) (string, bool) { v, ok := variables[name]; return v, ok }
	for _, c := range []struct{ text, want, commandLine string }{
		{"plain", "plain", ""},
		{"a:${TAG}", "a:v1", ""},
		{"${TAG}${TAG}", "v1v1", ""},
		{"${_a1}", "x", ""},
		{"${TAG:-latest}", "v1", ""},
		{"${UNSET:-latest}", "latest", ""},
		{"${EMPTY:-latest}", "latest", ""},
		{"${UNSET:-}", "", ""},
		{"${UNSET:-http://a:1}", "http://a:1", ""},
		{"${UNSET:-${TAG}}x", "v1x", ""},
		{"${UNSET:-${NONE:-deep}}", "deep", ""},
		{"${EMPTY}x", "x", ""},
		{"${NESTED}", "${TAG}", ""}, // once
		// what a function's shell reads
		{"$TAG $$ $name", "$TAG $$ $name", ""},
		{"$${TAG}", "${TAG}", ""},
		{"${ALEXA_LOCALE} ${ALEXA_SLOT_X:-red} ${Http_Host}", "${ALEXA_LOCALE} ${ALEXA_SLOT_X:-red} ${Http_Host}", ""},
		{"${TAG%.*} ${#TAG} ${TAG:?no} ${1} ${}", "${TAG%.*} ${#TAG} ${TAG:?no} ${1} ${}", ""},
		{"${name}", "", "${name}"},
		// neither
		{"${TAG", "${TAG", ""},
		{"${UNSET:-${TAG}", "${UNSET:-${TAG}", ""},
		{"}", "}", ""},
	} {
		if got := expand(c.text, of, false); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
		want := c.want
		if c.commandLine != "" {
			want = c.commandLine
		}
		if got := expand(c.text, of, true); got != want {
			t.Errorf("%q as a command line: %q, want %q", c.text, got, want)
		}
	}
}

func TestExpand_IsQuick(t *testing.T) {
	begun := time.Now()
	for _, text := range []string{"${", "${A:-", "${A", "$${"} {
		expand(strings.Repeat(text, maxFile/len(text)), func(string) (string, bool) { return "", false }, false)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestRead_SubstitutesVariables(t *testing.T) {
	t.Setenv("HARK_TEST_IMAGE", "x: y\n  g: {}") // no structure
	t.Setenv("HARK_TEST_YES", "true")
	t.Setenv("HARK_TEST_NAME", "Named")
	dir := write(t, "stack.yaml", `# ${HARK_TEST_
provider: {gateway: "${HARK_TEST_GATEWAY:-http://pi:8080}"}
functions:
  ${HARK_TEST_NAME}:
    image: ${HARK_TEST_IMAGE}
    skip_build: ${HARK_TEST_YES}
    readonly_root_filesystem: ${HARK_TEST_NO:-false}
    environment: {A: "${HARK_TEST_YES}", fprocess: "echo ${i}"}
    fprocess: sh -c 'for i in 1 2; do echo "$i ${i} ${ALEXA_SLOT_COLOR:-red} ${HARK_TEST_YES}"; done'
`)
	f, err := Read(filepath.Join(dir, "stack.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Functions) != 1 || f.Gateway != "http://pi:8080" {
		t.Fatalf("%+v", f)
	}
	fn := f.Functions[0]
	if fn.Name != "Named" || fn.Image != "x: y\n  g: {}" || !fn.Build.Skip || fn.ReadOnly || fn.Environment["A"] != "true" || fn.Environment["fprocess"] != "echo ${i}" {
		t.Errorf("%+v", fn)
	}
	if want := `sh -c 'for i in 1 2; do echo "$i ${i} ${ALEXA_SLOT_COLOR:-red} true"; done'`; fn.Process != want {
		t.Errorf("fprocess %s, want %s", fn.Process, want)
	}
}
