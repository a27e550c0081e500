package crowd

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// lookAgain is how old what is known of the memory may be.
const lookAgain = 100 * time.Millisecond

// Memory tells when there is little left of the memory that this process and its
// functions have: the machine's, or that of a control group (version 2) that they
// are in. It is safe for concurrent use; nil has always enough.
type Memory struct {
	least     int64
	available func() (int64, error)

	look  atomic.Int64 // when to look again, in nanoseconds since 1970
	short atomic.Bool
}

// NewMemory returns one that is short when less than so many bytes are available;
// 0 is never.
func NewMemory(least int64) *Memory {
	if least <= 0 {
		return nil
	}
	return &Memory{least: least, available: Available}
}

// Short reports whether there is too little memory for what can be refused. It
// looks ten times a second at most, when it is asked.
func (m *Memory) Short(now time.Time) bool {
	if m == nil {
		return false
	}
	if look := m.look.Load(); now.UnixNano() >= look && m.look.CompareAndSwap(look, now.Add(lookAgain).UnixNano()) {
		available, err := m.available()
		m.short.Store(err == nil && available < m.least) // who cannot tell does not refuse
	}
	return m.short.Load()
}

// Available is how many bytes may yet be used before something is ended for want
// of memory. It is an error where that cannot be told.
func Available() (int64, error) {
	least, err := machine("/proc/meminfo")
	if err != nil {
		return 0, err
	}
	groups, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return least, nil
	}
	path, ok := unified(groups)
	for dir := path; ok; dir = filepath.Dir(dir) {
		if left, limited := group(filepath.Join("/sys/fs/cgroup", dir)); limited {
			least = min(least, left)
		}
		ok = dir != "/" && dir != "."
	}
	return least, nil
}

var errNoMemory = errors.New("the system does not tell how much memory is available")

func machine(file string) (int64, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	if kilobytes, ok := field(text, "MemAvailable:"); ok {
		return kilobytes << 10, nil
	}
	return 0, errNoMemory
}

// unified is the path of the process in the hierarchy of version 2.
func unified(groups []byte) (string, bool) {
	for line := range bytes.Lines(groups) {
		if path, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("0::")); ok {
			return string(path), true
		}
	}
	return "", false
}

// group is what is left below the limit of a control group, if it has one. What
// it has cached of files can be had back, as long as nobody uses it.
func group(dir string) (left int64, limited bool) {
	limit, ok := number(filepath.Join(dir, "memory.max"))
	if !ok {
		return 0, false
	}
	used, ok := number(filepath.Join(dir, "memory.current"))
	if !ok {
		return 0, false
	}
	stat, _ := os.ReadFile(filepath.Join(dir, "memory.stat"))
	cached, _ := field(stat, "inactive_file")
	return limit - used + cached, true
}

func number(file string) (int64, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil // "max" is no number
}

// field is the number after a name that begins a line.
func field(text []byte, name string) (int64, bool) {
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if words := strings.Fields(lines.Text()); len(words) > 1 && words[0] == name {
			n, err := strconv.ParseInt(words[1], 10, 64)
			return n, err == nil
		}
	}
	return 0, false
}
