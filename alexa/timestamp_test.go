package alexa_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/harkvoice/hark/alexa"
)

// decodeAt is the request of a type whose timestamp is the JSON value at.
func decodeAt(t *testing.T, requestType, at string) *alexa.Request {
	t.Helper()
	req, err := alexa.Decode(fmt.Appendf(nil, `{"request":{"type":%q,"timestamp":%s}}`, requestType, at))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func TestCheckTime_KeepsTheTolerance(t *testing.T) {
	t.Parallel()
	const tooOld, tooNew = "old, more than", "from now, more than"
	tests := []struct {
		age         int // seconds
		requestType string
		want        string // the refusal, or nothing
	}{
		{0, "LaunchRequest", ""},
		{10, "IntentRequest", ""},
		{150, "IntentRequest", ""}, // the boundary is in
		{151, "IntentRequest", tooOld},
		{200, "LaunchRequest", tooOld},
		{200, "SessionEndedRequest", tooOld},
		{3600, "IntentRequest", tooOld},

		{-1, "IntentRequest", ""}, // Amazon's clock and ours differ by a second in the field
		{-75, "IntentRequest", ""},
		{-150, "IntentRequest", ""},
		{-151, "IntentRequest", tooNew}, // four public verifiers do not look at the future
		{-151, "AlexaSkillEvent.SkillEnabled", tooNew},

		{1800, "AlexaSkillEvent.SkillEnabled", ""},
		{3600, "AlexaSkillEvent.SkillEnabled", ""},
		{3601, "AlexaSkillEvent.SkillEnabled", tooOld},
		{3660, "AlexaSkillEvent.SkillEnabled", tooOld},
		{7200, "AlexaSkillEvent.SkillEnabled", tooOld},
		{3600, "AlexaSkillEvent.SkillDisabled", ""},
		{3600, "AlexaSkillEvent.SkillPermissionChanged", ""},
		{3600, "AlexaSkillEvent.SkillPermissionAccepted", ""},
		{3600, "AlexaSkillEvent.SkillAccountLinked", ""},

		// The hour is for exactly those five.
		{1800, "AlexaSkillEvent.ProactiveSubscriptionChanged", tooOld},
		{1800, "AlexaHouseholdListEvent.ItemsCreated", tooOld},
		{1800, "SkillEnabled", tooOld},

		// Some verifiers allow 140 or 30 seconds; the rule is 150.
		{140, "IntentRequest", ""},
		{30, "IntentRequest", ""},
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, tt := range tests {
		at := now.Add(-time.Duration(tt.age) * time.Second)
		for _, form := range []string{at.Format(`"` + time.RFC3339 + `"`), fmt.Sprint(at.UnixMilli())} {
			err := decodeAt(t, tt.requestType, form).CheckTime(now)
			switch {
			case tt.want != "":
				wantRefusal(t, err, alexa.ReasonTimestamp, tt.want)
			case err != nil:
				t.Errorf("%s, %d s old, %s: %v", tt.requestType, tt.age, form, err)
			}
		}
	}
}

func TestCheckTime_CountsFractionsOfASecond(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 2, 30, 1e6, time.UTC)
	err := decodeAt(t, "IntentRequest", `"2026-03-01T12:00:00Z"`).CheckTime(now)
	wantRefusal(t, err, alexa.ReasonTimestamp, "more than 2m30s")
	if err := decodeAt(t, "IntentRequest", `"2026-03-01T12:00:00.001Z"`).CheckTime(now); err != nil {
		t.Error(err)
	}
}

func TestCheckTime_ReadsAllFormsOfATimestamp(t *testing.T) {
	t.Parallel()
	tests := []struct{ value, at string }{
		{`"2019-05-23T18:03:54Z"`, "2019-05-23T18:03:54Z"},
		{`"2017-08-18T01:29:40.027Z"`, "2017-08-18T01:29:40.027Z"}, // fraction
		{`1499513033284`, "2017-07-08T11:23:53.284Z"},              // milliseconds, which alexa-go fails on
		{`"2015-05-13T12:34:56Z"`, "2015-05-13T12:34:56Z"},
		{`"2020-05-24T00:02:56+00:00"`, "2020-05-24T00:02:56Z"}, // offset
		{`"2020-05-24T02:02:56+02:00"`, "2020-05-24T00:02:56Z"},
		{`"2020-05-24T00:02:56\u005a"`, "2020-05-24T00:02:56Z"}, // a JSON escape
	}
	for _, tt := range tests {
		at, err := time.Parse(time.RFC3339, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		req := decodeAt(t, "IntentRequest", tt.value)
		// It is that moment and no other: the tolerance ends on both sides of it.
		for _, now := range []time.Time{at.Add(alexa.Tolerance), at.Add(-alexa.Tolerance)} {
			if err := req.CheckTime(now); err != nil {
				t.Errorf("%s: %v", tt.value, err)
			}
		}
		wantRefusal(t, req.CheckTime(at.Add(alexa.Tolerance+1)), alexa.ReasonTimestamp, "old")
		wantRefusal(t, req.CheckTime(at.Add(-alexa.Tolerance-1)), alexa.ReasonTimestamp, "from now")
	}
}

// The comparison of an unreadable time with now is false both ways: the Node
// SDK and alexa-verifier accept such requests.
func TestCheckTime_RefusesWhatIsNoTimestamp(t *testing.T) {
	t.Parallel()
	const notRFC, neither, none = "is not RFC 3339", "neither RFC 3339 nor milliseconds", "has no timestamp"
	tests := []struct{ value, want string }{
		{`"BAADBEEF"`, notRFC},
		{`"not-a-date"`, notRFC},
		{`""`, notRFC},
		{`"2020-02-30T00:00:00Z"`, notRFC},
		{`"2020-02-20"`, notRFC},
		{`"2020-02-20T00:00:00"`, notRFC}, // no offset: of which place?
		{`"1499513033284"`, notRFC},
		{`null`, none},
		{`true`, neither},
		{`{}`, neither},
		{`["2019-05-23T18:03:54Z"]`, neither},
		{`1499513033284.5`, neither},
		{`1e12`, neither},
		{`99999999999999999999`, neither},
		{`9223372036854775807`, "from now"},
		{`-9223372036854775808`, "old"},
		{`0`, "old"},
	}
	for _, tt := range tests {
		err := decodeAt(t, "IntentRequest", tt.value).CheckTime(time.Now())
		wantRefusal(t, err, alexa.ReasonTimestamp, tt.want)
	}
	req, err := alexa.Decode([]byte(`{"request":{"type":"LaunchRequest"}}`))
	if err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, req.CheckTime(time.Now()), alexa.ReasonTimestamp, none)
}
