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
const lookAgain = 20 * time.Millisecond

// Memory tells when there is little left of the memory that this process and its
// functions have: the machine's, or that of a control group that they are in. It is safe for concurrent use; nil has always enough.
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
// looks fifty times a second at most, when it is asked.
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
	for _, version := range versions {
		path, ok := version.path(groups)
		for dir := path; ok; dir = filepath.Dir(dir) {
			if left, limited := version.left(filepath.Join(version.root, dir)); limited {
				least = min(least, left)
			}
			ok = dir != "/" && dir != "."
		}
	}
	return least, nil
}

// version is one of the two of control groups: where they are, and what their
// files are called.
type version struct {
	prefix, root         string // prefix is of its line in /proc/PID/cgroup, after a number
	limit, used, reclaim string
}

var versions = []version{
	{"::", "/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"},
	{":memory:", "/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"},
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

// path is that of a process's group. A container may not have it: then its own is
// at the root.
func (v version) path(groups []byte) (string, bool) {
	for line := range bytes.Lines(groups) {
		if path, ok := strings.CutPrefix(strings.TrimLeft(strings.TrimSpace(string(line)), "0123456789"), v.prefix); ok {
			return path, true
		}
	}
	return "", false
}

// left is what is left below the limit of a group, if it has one. What it has
// cached of files can be had back, as long as nobody uses it.
func (v version) left(dir string) (left int64, limited bool) {
	limit, ok := number(filepath.Join(dir, v.limit))
	if !ok {
		return 0, false
	}
	used, ok := number(filepath.Join(dir, v.used))
	if !ok {
		return 0, false
	}
	stat, _ := os.ReadFile(filepath.Join(dir, "memory.stat"))
	cached, _ := field(stat, v.reclaim)
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
