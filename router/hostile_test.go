package router

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// hostile is an envelope with every field that hark reads.
func hostile() map[string]any {
	application := map[string]any{"applicationId": "skill-1"}
	user := map[string]any{"userId": "u", "accessToken": "a", "permissions": map[string]any{"consentToken": "c"}}
	resolutions := map[string]any{"resolutionsPerAuthority": []any{map[string]any{
		"authority": "amzn1.er-authority.echo-sdk.skill-1.COLOR", "status": map[string]any{"code": "ER_SUCCESS_MATCH"},
		"values": []any{map[string]any{"value": map[string]any{"name": "red", "id": "r"}}}}}}
	return map[string]any{
		"version": "1.0",
		"session": map[string]any{"new": true, "sessionId": "s", "application": application, "attributes": map[string]any{"n": 1}, "user": user},
		"context": map[string]any{
			"System": map[string]any{"application": application, "user": user, "person": map[string]any{"personId": "p", "accessToken": "pa"},
				"device":      map[string]any{"deviceId": "d", "supportedInterfaces": map[string]any{"AudioPlayer": map[string]any{}}},
				"apiEndpoint": "https://api.amazonalexa.com", "apiAccessToken": "t"},
			"Geolocation": map[string]any{"coordinate": map[string]any{"latitudeInDegrees": 1.5, "longitudeInDegrees": 2.5, "accuracyInMeters": 3}},
		},
		"request": map[string]any{"type": "IntentRequest", "requestId": "r", "timestamp": time.Now().UTC().Format(time.RFC3339), "locale": "en-US",
			"dialogState": "STARTED", "intent": map[string]any{"name": "A", "confirmationStatus": "NONE", "slots": map[string]any{
				"Color": map[string]any{"name": "Color", "value": "red", "confirmationStatus": "NONE", "source": "USER", "resolutions": resolutions,
					"slotValue": map[string]any{"type": "List", "values": []any{map[string]any{"type": "Simple", "value": "red", "resolutions": resolutions}}}}}}},
	}
}

// paths lists the ways to each field below v.
func paths(v any, at []string) (all [][]string) {
	visit := func(key string, of any) {
		path := append(append([]string{}, at...), key)
		all = append(append(all, path), paths(of, path)...)
	}
	switch v := v.(type) {
	case map[string]any:
		for key, of := range v {
			visit(key, of)
		}
	case []any:
		for i, of := range v {
			visit(fmt.Sprint(i), of)
		}
	}
	return all
}

// put replaces what is at path in v.
func put(v any, path []string, by any) {
	last := len(path) == 1
	switch v := v.(type) {
	case map[string]any:
		if last {
			v[path[0]] = by
			return
		}
		put(v[path[0]], path[1:], by)
	case []any:
		i := int(path[0][0] - '0')
		if last {
			v[i] = by
			return
		}
		put(v[i], path[1:], by)
	}
}

// A field of any kind that it should not be of makes a 400 or a legal answer,
// and nothing else.
func TestSkill_TakesAnyKindInAnyField(t *testing.T) {
	h := build(t, map[string]body{"A": prints("Hello.")})
	outcomes := map[int]int{}
	for _, path := range paths(hostile(), nil) {
		for _, kind := range []any{nil, true, 1e300, -1, "", "text", []any{}, []any{[]any{}}, map[string]any{}, map[string]any{"x": []any{nil}}} {
			envelope := hostile()
			put(envelope, path, kind)
			text, err := json.Marshal(envelope)
			if err != nil {
				t.Fatal(err)
			}
			w := h.say(t, string(text))
			outcomes[w.Code]++
			if legal := w.Code == http.StatusOK && json.Valid(w.Body.Bytes()); !legal && w.Code != http.StatusBadRequest {
				t.Errorf("%v as %v: %d %s", path, kind, w.Code, w.Body)
			}
		}
	}
	if outcomes[http.StatusOK] == 0 || outcomes[http.StatusBadRequest] == 0 {
		t.Errorf("statuses %v", outcomes)
	}
	if strings.Contains(h.log.String(), "panic") {
		t.Error("something has panicked")
	}
}

// What is large, deep or strange within the limit of a body is answered, or
// refused with 400.
func TestSkill_TakesLargeAndStrangeEnvelopes(t *testing.T) {
	h := build(t, map[string]body{"A": prints("Hello.")})
	intent := func(slots string) string {
		return fmt.Sprintf(`{"request":{"type":"IntentRequest","requestId":"%d","timestamp":%q,"locale":"en-US","intent":{"name":"A","slots":{%s}}}}`,
			time.Now().UnixNano(), time.Now().UTC().Format(time.RFC3339), slots)
	}
	var many strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&many, `"s%d":{"name":"s%[1]d","value":"v"},`, i)
	}
	const most = maxEnvelope - 400
	for name, c := range map[string]struct {
		envelope string
		want     int
	}{
		"a slot value of nearly 1 MB":    {intent(`"s":{"name":"s","value":"` + strings.Repeat("x", most) + `"}`), 200},
		"a slot value of over 1 MB":      {intent(`"s":{"name":"s","value":"` + strings.Repeat("x", maxEnvelope) + `"}`), 400},
		"a value of escapes":             {intent(`"s":{"name":"s","value":"` + strings.Repeat(`\u0000`, most/6) + `"}`), 200},
		"thousands of slots":             {intent(strings.TrimSuffix(many.String(), ",")), 200},
		"a slot of a long name":          {intent(`"` + strings.Repeat("n", most) + `":{"value":"v"}`), 200},
		"half a surrogate pair":          {intent(`"s":{"name":"s","value":"\ud83d"}`), 200},
		"half a surrogate pair in a key": {intent(`"\ud83d":{"name":"s","value":"v"}`), 200},
		"a slot twice":                   {intent(`"s":{"value":"a"},"s":{"value":"b"}`), 200},
		"the request twice":              {strings.Replace(intent(``), `{"request"`, `{"request":{"type":"Other"},"request"`, 1), 200},
		"deep lists in a slot":           {intent(`"s":{"x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`), 200},
		"deeper lists in a slot":         {intent(`"s":{"x":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`), 400},
		"deep values in a slot":          {intent(`"s":{"slotValue":` + strings.Repeat(`{"type":"List","values":[`, 3000) + strings.Repeat("]}", 3000) + `}`), 200},
		"deeper values in a slot":        {intent(`"s":{"slotValue":` + strings.Repeat(`{"type":"List","values":[`, 20_000) + strings.Repeat("]}", 20_000) + `}`), 400},
		"bytes that are not UTF-8":       {intent(`"s":{"value":"` + "\xff\xfe" + `"}`), 200},
		"a type of nearly 1 MB":          {strings.Replace(intent(``), "IntentRequest", strings.Repeat("T.", most/2), 1), 200},
		"a locale of nearly 1 MB":        {strings.Replace(intent(``), "en-US", strings.Repeat("e-", most/2), 1), 200},
	} {
		w := h.say(t, c.envelope)
		if w.Code != c.want || c.want == 200 && !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: %d %.200s", name, w.Code, w.Body)
		}
	}
	if log := h.log.String(); strings.Contains(log, "panic") || len(log) > 100_000 {
		t.Errorf("the log has %d bytes", len(log))
	}
}
