package watchdog

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/kballard/go-shellquote"
)

// SplitCommand splits a command line into words as a shell would, with its
// quotes and backslashes. No shell is involved: variables and patterns stay as
// they are, and an operator such as "|" that stands alone is an error, since
// whoever wrote it expects a shell.
func SplitCommand(line string) ([]string, error) {
	words, err := shellquote.Split(line)
	if err != nil {
		return nil, fmt.Errorf("the command %q: %s", line, strings.ToLower(err.Error()))
	}
	if len(words) == 0 {
		return nil, errors.New("the command is empty; it is the program to run for each request, such as: cat")
	}
	if operator := shellOperator(line); operator != "" {
		return nil, fmt.Errorf("the command %q has %s, but no shell runs it; write it as: %s", line, operator, shellquote.Join("sh", "-c", line))
	}
	return words, nil
}

// shellOperator is the first operator that stands alone and is not quoted. What
// is before one within quotes cannot be split.
func shellOperator(line string) string {
	at := 0
	for _, word := range strings.Fields(line) {
		at += strings.Index(line[at:], word)
		switch word {
		case "|", "||", "&", "&&", ";", ">", ">>", "<", "2>", "2>&1", "<<":
			if _, err := shellquote.Split(line[:at]); err == nil {
				return word
			}
		}
		at += len(word)
	}
	return ""
}

// lookUp finds a program as a process started in dir would: a name in PATH, a
// path from dir on. It fails unless the program is there and executable.
func lookUp(program, dir string) (string, error) {
	if strings.ContainsRune(program, filepath.Separator) && !filepath.IsAbs(program) {
		program = filepath.Join(dir, program)
		if !filepath.IsAbs(program) { // so that LookPath sees a path
			program = "." + string(filepath.Separator) + program
		}
	}
	path, err := exec.LookPath(program)
	if err != nil {
		var detail *exec.Error
		if errors.As(err, &detail) {
			err = detail.Err
		}
		return "", fmt.Errorf("the program %s cannot be run: %w", program, err)
	}
	return filepath.Abs(path)
}
