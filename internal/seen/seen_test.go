package seen

import (
	"testing"
	"time"
)

func TestKeys_RememberForTheWindowAtLeast(t *testing.T) {
	k, begun := New(time.Hour, 100), time.Unix(1700000000, 0)
	for i, step := range []struct {
		key   uint64
		after time.Duration
		isNew bool
	}{
		{1, 0, true}, {1, time.Second, false}, {2, time.Minute, true},
		{1, 59 * time.Minute, false}, {1, 61 * time.Minute, false}, // a generation later
		{2, 90 * time.Minute, false},
		{1, 4 * time.Hour, true},  // nobody came for long
		{1, 3 * time.Hour, false}, // a clock that was put back
	} {
		if got := k.Add(step.key, begun.Add(step.after)); got != step.isNew {
			t.Errorf("step %d: new %t", i, got)
		}
	}
	k.Forget(1)
	if !k.Add(1, begun.Add(4*time.Hour)) {
		t.Error("one that was forgotten is not new")
	}
}

func TestKeys_AreBounded(t *testing.T) {
	const most = 100
	k, now := New(time.Hour, most), time.Unix(1700000000, 0)
	for i := range uint64(5 * most) {
		k.Add(i, now)
	}
	if n := k.Len(); n > 2*most {
		t.Errorf("%d are remembered", n)
	}
	for i := uint64(4 * most); i < 5*most; i++ {
		if k.Add(i, now) {
			t.Fatalf("%d of the last %d is not remembered", i, most)
		}
	}
}
