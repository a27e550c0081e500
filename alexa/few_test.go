package alexa_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/harkvoice/hark/alexa"
)

// What an envelope takes in memory is bounded by its size, however many parts
// it has.
func TestDecode_ReadsManyPartsUpToABound(t *testing.T) {
	// Not parallel: others would allocate too.
	intent := func(slots string) string {
		return `{"request":{"type":"IntentRequest","intent":{"name":"A","slots":{` + slots + `}}}}`
	}
	var slots strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&slots, `"s%d":{"value":"v"},`, i)
	}
	many := func(of string) string { return strings.TrimSuffix(strings.Repeat(of+",", 1<<20/len(of)), ",") }
	for name, envelope := range map[string]string{
		"slots":     intent(slots.String() + `"s1":{"value":"last"}`),
		"values":    intent(`"s1":{"value":"last","slotValue":{"type":"List","values":[` + many("{}") + `]}}`),
		"lists":     intent(`"s1":{"value":"last","slotValue":{"type":"List","values":[` + many(`{"type":"List","values":[{},{}]}`) + `]}}`),
		"authority": intent(`"s1":{"value":"last","resolutions":{"resolutionsPerAuthority":[` + many("{}") + `]}}`),
		"matches":   intent(`"s1":{"value":"last","resolutions":{"resolutionsPerAuthority":[{"values":[` + many("{}") + `]}]}}`),
	} {
		before := allocated()
		req, err := alexa.Decode([]byte(envelope))
		took := allocated() - before
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := req.Body.Intent.Slots["s1"].Value; got != "last" {
			t.Errorf("%s: the slot is %q", name, got)
		}
		if most := 4 * len(envelope); took > uint64(most) {
			t.Errorf("%s: %d bytes for an envelope of %d", name, took, len(envelope))
		}
	}
}

// allocated is how much memory this goroutine's program has asked for so far.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}
