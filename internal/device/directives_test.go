package device

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
)

func TestDirectives_HearsWhatAlexaWouldSay(t *testing.T) {
	var heard []string
	d, err := ListenDirectives(func(speech string) { heard = append(heard, speech) })
	if err != nil {
		t.Fatal(err)
	}
	raw, err := Device{SkillID: DevelopmentID, Locale: "en-US", Endpoint: d.Endpoint, Token: d.Token}.Envelope(NewSession(), Wants(intents.Meaning{Launch: true}), now)
	if err != nil {
		t.Fatal(err)
	}
	req, err := alexa.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	p, err := alexa.Progressive(req, alexa.Development, "One moment.")
	if err != nil || !req.Progresses() {
		t.Fatalf("%v; %s", err, raw)
	}
	post := func(url, token, body string) int {
		t.Helper()
		r, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	for _, tt := range []struct {
		url, token, body string
		want             int
	}{
		{p.URL, p.Token, string(p.JSON), 204},
		{p.URL, "another", string(p.JSON), 401},
		{p.URL, p.Token, "{", 400},
		{p.URL, p.Token, strings.Replace(string(p.JSON), "VoicePlayer", "AudioPlayer", 1), 400},
		{p.URL, p.Token, strings.Replace(string(p.JSON), "requestId", "id", 1), 400},
		{p.URL + "/more", p.Token, string(p.JSON), 404},
	} {
		if got := post(tt.url, tt.token, tt.body); got != tt.want {
			t.Errorf("%s %.60s: %d, want %d", tt.url, tt.body, got, tt.want)
		}
	}
	d.Close()
	if diff := cmp.Diff([]string{"<speak>One moment.</speak>"}, heard); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := http.Post(p.URL, "", nil); err == nil {
		t.Error("it still listens")
	}
}
