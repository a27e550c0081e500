package alexa_test

import (
	"testing"

	"github.com/harkvoice/hark/alexa"
)

// What is acknowledged can have no answer but the empty one, so that nothing is
// lost by not waiting for a function; and every type of which Amazon says so is.
func TestAcknowledged_AreTheTypesWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	for _, requestType := range allTypes() {
		r := &alexa.Request{}
		r.Body.Type = requestType
		known := false
		for _, row := range requestTypes {
			for _, one := range row.types {
				known = known || one == requestType && row.keys == nil
			}
		}
		if r.Acknowledged() != known {
			t.Errorf("%s: acknowledged %v", requestType, r.Acknowledged())
		}
	}
}
