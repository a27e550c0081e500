package watchdog

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplitCommand(t *testing.T) {
	for _, c := range []struct {
		name, line string
		want       []string
	}{
		{"one word", `cat`, []string{"cat"}},
		{"words between any white space", " jq\t-r \n .intent ", []string{"jq", "-r", ".intent"}},
		{"single quotes keep everything", `sh -c 'echo "$HOME" \ | wc'`, []string{"sh", "-c", `echo "$HOME" \ | wc`}},
		{"double quotes keep blanks", `echo "a  b"`, []string{"echo", "a  b"}},
		{"quotes within a word", `--name='a b'"c d"e`, []string{"--name=a bc de"}},
		{"an empty word", `printf '' ""`, []string{"printf", "", ""}},
		{"a backslash keeps a blank", `my\ program a\\b \'`, []string{"my program", `a\b`, "'"}},
		{"a backslash in double quotes, before what it escapes", `echo "\$ \" \\"`, []string{"echo", `$ " \`}},
		{"a backslash in double quotes, before anything else", `echo "\d\n\'"`, []string{"echo", `\d\n\'`}},
		{"a backslash in single quotes is itself", `echo 'a\'`, []string{"echo", `a\`}},
		{"a continued line", "echo a\\\nb \\\n c", []string{"echo", "ab", "c"}},
		{"nothing is expanded", `echo $HOME * ~ # {a,b}`, []string{"echo", "$HOME", "*", "~", "#", "{a,b}"}},
		{"an operator inside a word", `grep a|b x>y`, []string{"grep", "a|b", "x>y"}},
		{"an operator in quotes", `grep "|" ';'`, []string{"grep", "|", ";"}},
		{"one beside a word that has it", `echo "a | b" '|'`, []string{"echo", "a | b", "|"}},
		{"an escaped operator", `find . -exec rm {} \;`, []string{"find", ".", "-exec", "rm", "{}", ";"}},
		{"other scripts", `echo ü 犬`, []string{"echo", "ü", "犬"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := SplitCommand(c.line)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%q (-want +got):\n%s", c.line, diff)
			}
		})
	}
}

func TestSplitCommand_Refuses(t *testing.T) {
	for _, c := range []struct{ name, line, message string }{
		{"nothing", ``, "empty"},
		{"blanks only", " \t\n", "empty"},
		{"an open single quote", `echo 'a`, "unterminated single-quoted"},
		{"an open double quote", `echo "a`, "unterminated double-quoted"},
		{"a backslash at the end", `echo a\`, "unterminated backslash"},
		{"a pipe", `cat | tr a b`, `sh -c 'cat | tr a b'`},
		{"a pipe, with quotes to keep", `cat | tr a 'b c'`, `sh -c 'cat | tr a '\''b c'\'`},
		{"a redirection", `cat > out`, `sh -c 'cat > out'`},
		{"another", `prog 2>&1`, "sh -c"},
		{"a list", `a && b`, "sh -c"},
		{"background", `a & b`, "sh -c"},
		{"one behind a word that has it", `echo "a | b" | wc`, "sh -c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			words, err := SplitCommand(c.line)
			if err == nil {
				t.Fatalf("%q is split into %q", c.line, words)
			}
			if !strings.Contains(err.Error(), c.message) {
				t.Errorf("message %q, want %q in it", err, c.message)
			}
		})
	}
}

// What the error advises must itself be a command line that means the same.
func TestSplitCommand_AdvisesALineThatSplits(t *testing.T) {
	line := `grep 'a b' | wc -l`
	_, err := SplitCommand(line)
	_, advice, _ := strings.Cut(err.Error(), "write it as: ")
	got, err := SplitCommand(advice)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"sh", "-c", line}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzSplitCommand(f *testing.F) {
	for _, seed := range []string{`cat`, `sh -c 'a | b'`, `a "b\"c" \\`, `a | b`, "'", "\\", "a\\\nb", "\xff'\x00'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words, err := SplitCommand(line)
		if (err == nil) != (len(words) > 0) {
			t.Fatalf("%q: words %q and error %v", line, words, err)
		}
		total := 0
		for _, word := range words {
			total += len(word)
		}
		if total > len(line) {
			t.Errorf("%q: %d bytes in %q", line, total, words)
		}
	})
}

func TestNewRunner_FindsTheProgram(t *testing.T) {
	dir := t.TempDir()
	for name, mode := range map[string]fs.FileMode{"run": 0o755, "data": 0o644} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\necho found\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(filepath.Dir(dir))
	for _, c := range []struct{ name, process, dir, message string }{
		{"in PATH", "echo found", "", ""},
		{"by its path", dir + "/run", "", ""},
		{"from Dir on", "./run", dir, ""},
		{"from Dir on, in a directory above", "../" + filepath.Base(dir) + "/run", dir, ""},
		{"from a Dir that is itself relative", "./run", filepath.Base(dir), ""},
		{"from the present directory on", "./" + filepath.Base(dir) + "/run", "", ""},
		{"not in PATH", "no-such-program", "", "no-such-program cannot be run: executable file not found"},
		{"not there", "./missing", dir, "missing cannot be run: "},
		{"not executable", "./data", dir, "data cannot be run: permission denied"},
		{"a directory", dir, "", "cannot be run"},
		{"in Dir, but not in PATH", "run", dir, "run cannot be run: executable file not found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := NewRunner(Config{Process: c.process, Dir: c.dir})
			if c.message != "" {
				if err == nil || !strings.Contains(err.Error(), c.message) {
					t.Fatalf("error %v, want %q in it", err, c.message)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, err := output(t, Config{Process: c.process, Dir: c.dir}, ""); err != nil || got != "found\n" {
				t.Errorf("output %q, error %v", got, err)
			}
		})
	}
}
