package crowd

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var nobody netip.Addr

// fill takes places until there are none.
func fill(take func(netip.Addr) (Place, error), from netip.Addr) (places []Place, err error) {
	for {
		p, err := take(from)
		if err != nil {
			return places, err
		}
		places = append(places, p)
	}
}

func TestCrowd_CallsCannotTakeWhatIsVoices(t *testing.T) {
	c := New(10, 3)
	calls, err := fill(c.Call, nobody)
	if len(calls) != 7 || !errors.Is(err, ErrFull) {
		t.Errorf("%d calls, then %v", len(calls), err)
	}
	voices, err := fill(func(netip.Addr) (Place, error) { return c.Voice() }, nobody)
	if len(voices) != 3 || !errors.Is(err, ErrFull) {
		t.Errorf("%d voices, then %v", len(voices), err)
	}
	calls[0].Leave()
	calls[0].Leave() // counts once
	if _, err := c.Call(nobody); !errors.Is(err, ErrFull) {
		t.Errorf("a call where voice may be: %v", err)
	}
	if _, err := c.Voice(); err != nil {
		t.Errorf("voice where a call was: %v", err)
	}
}

func TestCrowd_OneAddressHasAShare(t *testing.T) {
	c := New(80, 40)
	one, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.1")
	for c.buckets(one) == c.buckets(other) {
		other = other.Next()
	}
	calls, err := fill(c.Call, one)
	if len(calls) != 10 || !errors.Is(err, ErrShare) {
		t.Errorf("%d calls, then %v", len(calls), err)
	}
	arrivals, err := fill(c.Arrive, one)
	if len(arrivals) != 20 || !errors.Is(err, ErrShare) {
		t.Errorf("%d arrivals, then %v", len(arrivals), err)
	}
	for _, take := range []func(netip.Addr) (Place, error){c.Call, c.Arrive} {
		if _, err := take(other); err != nil {
			t.Errorf("another address: %v", err)
		}
	}
	calls[0].Leave()
	if _, err := c.Call(one); err != nil {
		t.Errorf("a place that was left: %v", err)
	}
	if calls, err := fill(New(3, 2).Call, one); len(calls) != 1 {
		t.Errorf("of one place, %d, then %v", len(calls), err)
	}
}

func TestCrowd_NeverCountsTooMany(t *testing.T) {
	c := New(8, 2)
	var over atomic.Bool
	var callers sync.WaitGroup
	for i := range 16 {
		callers.Go(func() {
			for range 2000 {
				var p Place
				if i%2 == 0 {
					p, _ = c.Call(netip.AddrFrom4([4]byte{byte(i)}))
				} else {
					p, _ = c.Voice()
				}
				if c.inside.Load() > 8 {
					over.Store(true)
				}
				p.Leave()
			}
		})
	}
	callers.Wait()
	if n := c.inside.Load(); over.Load() || n != 0 {
		t.Errorf("too many: %t; left over: %d", over.Load(), n)
	}
	for row := range c.calls {
		for i := range c.calls[row] {
			if n := c.calls[row][i].Load(); n != 0 {
				t.Errorf("left over of an address: %d", n)
			}
		}
	}
}

func TestMemory_IsShortBelowItsBound(t *testing.T) {
	available, looks := int64(100), 0
	m := NewMemory(50)
	var err error
	m.available = func() (int64, error) { looks++; return available, err }
	now := time.Unix(1700000000, 0)
	for i, step := range []struct {
		after     time.Duration
		available int64
		err       error
		want      bool
	}{
		{0, 100, nil, false},
		{lookAgain / 2, 10, nil, false}, // not looked at yet
		{lookAgain, 10, nil, true},
		{lookAgain, 60, nil, false},
		{lookAgain, 10, nil, true},
		{lookAgain, 10, errNoMemory, false},
	} {
		now, available, err = now.Add(step.after), step.available, step.err
		if got := m.Short(now); got != step.want {
			t.Errorf("step %d: %t", i, got)
		}
	}
	if looks != 5 {
		t.Errorf("it has looked %d times", looks)
	}
	if NewMemory(0).Short(now) {
		t.Error("without a bound it is short")
	}
}

func TestAvailable_IsPartOfTheMachines(t *testing.T) {
	n, err := Available()
	if err != nil {
		t.Skip(err)
	}
	if n < 1<<20 || n > 1<<46 {
		t.Errorf("%d bytes", n)
	}
}

func TestMemory_OfAGroupCountsWhatCanBeHadBack(t *testing.T) {
	for _, v := range versions {
		dir := t.TempDir()
		write := func(name, text string) {
			t.Helper()
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, limited := v.left(dir); limited {
			t.Error("no group has a limit")
		}
		write(v.limit, "max\n")
		write(v.used, "70\n")
		write("memory.stat", "anon 40\ninactive_anon 5\n"+v.reclaim+" 20\nactive_file 10\n")
		if _, limited := v.left(dir); limited {
			t.Error("max is a limit")
		}
		write(v.limit, "100\n")
		if left, limited := v.left(dir); left != 50 || !limited {
			t.Errorf("%s: %d are left", v.root, left)
		}
	}
	groups := []byte("12:cpu:/a\n4:memory:/m/n\n0::/b/c\n")
	for i, want := range []string{"/b/c", "/m/n"} {
		if path, ok := versions[i].path(groups); path != want || !ok {
			t.Errorf("%q, want %q", path, want)
		}
	}
}
