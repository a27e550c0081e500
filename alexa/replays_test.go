package alexa_test

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/harkvoice/hark/alexa"
)

// numbered is a request with an id.
func numbered(requestType, id string) *alexa.Request {
	r := &alexa.Request{Raw: []byte("the same of each")}
	r.Body.Type, r.Body.RequestID = requestType, id
	return r
}

func TestReplays_RefusesTheSameAgain(t *testing.T) {
	t.Parallel()
	r, now := alexa.NewReplays(), time.Now()
	bare := func(raw string) *alexa.Request { return &alexa.Request{Raw: []byte(raw)} }
	for _, req := range []*alexa.Request{numbered("IntentRequest", "a"), numbered("IntentRequest", "b"), numbered("Never.Heard.Of", "c"), bare("{}"), bare("{ }")} {
		if err := r.Check(req, now); err != nil {
			t.Fatalf("%q: %v", req.Body.RequestID, err)
		}
	}
	for _, again := range []*alexa.Request{numbered("IntentRequest", "a"), numbered("LaunchRequest", "b"), bare("{}")} {
		wantRefusal(t, r.Check(again, now), alexa.ReasonReplay, "each is answered once")
	}
}

func TestReplays_LetsPassWhatAmazonSendsAgain(t *testing.T) {
	t.Parallel()
	r, now := alexa.NewReplays(), time.Now()
	for range 3 {
		for _, event := range []string{"SkillEnabled", "SkillDisabled", "SkillPermissionChanged", "SkillPermissionAccepted", "SkillAccountLinked"} {
			if err := r.Check(numbered("AlexaSkillEvent."+event, "a"), now); err != nil {
				t.Errorf("%s: %v", event, err)
			}
		}
	}
	if err := r.Check(numbered("AlexaSkillEvent.ProactiveSubscriptionChanged", "a"), now); err != nil {
		t.Errorf("the first of another type: %v", err)
	}
	wantRefusal(t, r.Check(numbered("AlexaSkillEvent.ProactiveSubscriptionChanged", "a"), now), alexa.ReasonReplay, "")
}

func TestReplays_NilRemembersNothing(t *testing.T) {
	t.Parallel()
	var r *alexa.Replays
	for range 2 {
		if err := r.Check(numbered("IntentRequest", "a"), time.Now()); err != nil {
			t.Error(err)
		}
	}
}

// A request may come up to the tolerance before its time, and passes CheckTime
// until the tolerance after it.
func TestReplays_RemembersForAsLongAsTheTimestampPasses(t *testing.T) {
	t.Parallel()
	for offset := time.Duration(0); offset < 11*time.Minute; offset += 20 * time.Second {
		r, start := alexa.NewReplays(), time.Now()
		_ = r.Check(numbered("IntentRequest", "first"), start)
		first := start.Add(offset)
		if err := r.Check(numbered("IntentRequest", "a"), first); err != nil {
			t.Fatal(err)
		}
		for step := time.Duration(0); step <= 2*alexa.Tolerance; step += 10 * time.Second {
			_ = r.Check(numbered("IntentRequest", fmt.Sprint(step)), first.Add(step))
			if r.Check(numbered("IntentRequest", "a"), first.Add(step)) == nil {
				t.Fatalf("%s after the start: forgotten after %s", offset, step)
			}
		}
	}
}

func TestReplays_ForgetsAtLast(t *testing.T) {
	t.Parallel()
	for _, gap := range []time.Duration{4*alexa.Tolerance + time.Second, 24 * time.Hour} {
		r, now := alexa.NewReplays(), time.Now()
		_ = r.Check(numbered("IntentRequest", "a"), now)
		if err := r.Check(numbered("IntentRequest", "a"), now.Add(gap)); err != nil {
			t.Errorf("after %s without a request: %v", gap, err)
		}
	}
	r, now := alexa.NewReplays(), time.Now()
	for i := range 20 {
		_ = r.Check(numbered("IntentRequest", fmt.Sprint(i)), now.Add(time.Duration(i)*time.Minute))
	}
	if err := r.Check(numbered("IntentRequest", "0"), now.Add(20*time.Minute)); err != nil {
		t.Errorf("with requests in between: %v", err)
	}
}

func TestReplays_IsBounded(t *testing.T) {
	const promised, ids = 5 << 20, 1 << 16
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, r, now := heap(), alexa.NewReplays(), time.Now()
	req := numbered("IntentRequest", "")
	for i := range 5 * ids {
		req.Body.RequestID = fmt.Sprint("amzn1.echo-api.request.", i)
		if err := r.Check(req, now); err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
		if i%ids != 0 {
			continue
		}
		req.Body.RequestID = fmt.Sprint("amzn1.echo-api.request.", max(0, i-ids+1))
		if r.Check(req, now) == nil {
			t.Fatalf("of the last %d requests the first is forgotten", ids)
		}
	}
	if used := int64(heap()) - int64(before); used > promised {
		t.Errorf("%d bytes, %d were promised", used, promised)
	}
	runtime.KeepAlive(r)
}

func TestReplays_OneOfManyAtOnceIsTheFirst(t *testing.T) {
	t.Parallel()
	r, now := alexa.NewReplays(), time.Now()
	var passed [100]atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range passed {
				if r.Check(numbered("IntentRequest", fmt.Sprint(i)), now) == nil {
					passed[i].Add(1)
				}
			}
		})
	}
	all.Wait()
	for i := range passed {
		if n := passed[i].Load(); n != 1 {
			t.Errorf("request %d passed %d times", i, n)
		}
	}
}

func BenchmarkReplays(b *testing.B) {
	r, req := alexa.NewReplays(), numbered("IntentRequest", "")
	ids := make([]string, 1<<17)
	for i := range ids {
		ids[i] = fmt.Sprint("amzn1.echo-api.request.00000000-0000-4000-8000-", i)
	}
	now, i := time.Now(), 0
	b.ReportAllocs()
	for b.Loop() {
		req.Body.RequestID = ids[i&(len(ids)-1)]
		_ = r.Check(req, now)
		i++
	}
}
