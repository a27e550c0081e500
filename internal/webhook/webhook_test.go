package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// mac is the algorithm of all providers, written once more.
func mac(secret, signed string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(signed))
	return hex.EncodeToString(m.Sum(nil))
}

// verified reads and verifies a call.
func verified(t testing.TB, c Config, header map[string]string, body string, now time.Time, secrets ...string) error {
	t.Helper()
	hook, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	for name, value := range header {
		h.Set(name, value)
	}
	claim, err := hook.Read(h, now)
	if err != nil {
		return err
	}
	return claim.Verify([]byte(body), secrets)
}

func reason(err error) Reason {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return refusal.Reason
	}
	return ""
}

// The examples that GitHub and Slack publish.
func TestVerify_TakesThePublishedExamples(t *testing.T) {
	if err := verified(t, Config{Scheme: GitHub}, map[string]string{
		"X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"},
		"Hello, World!", time.Now(), "It's a Secret to Everybody"); err != nil {
		t.Errorf("GitHub's: %v", err)
	}
	body := "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	if err := verified(t, Config{Scheme: Slack}, map[string]string{
		"X-Slack-Request-Timestamp": "1531420618",
		"X-Slack-Signature":         "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"},
		body, time.Unix(1531420618, 0), "8f742231b10e8888abcd99yyyzzz85a5"); err != nil {
		t.Errorf("Slack's: %v", err)
	}
}

func TestVerify_TakesWhatWasSignedAndNothingElse(t *testing.T) {
	const at, body, secret = "1700000000", `{"a":1}`, "s3cret"
	now := time.Unix(1700000000, 0)
	github, slack, stripe := "sha256="+mac(secret, body), "v0="+mac(secret, "v0:"+at+":"+body), mac(secret, at+"."+body)
	wrong := strings.Repeat("0", 64)
	m512 := hmac.New(sha512.New, []byte(secret))
	m512.Write([]byte(body))
	raw, _ := hex.DecodeString(mac(secret, body))
	own, timed := Config{Scheme: HMAC, Header: "x-own", Algorithm: "sha512"}, Config{Scheme: HMAC, Header: "X-Own", Time: "x-time"}
	slackOf := func(signature, at string) map[string]string {
		return map[string]string{"X-Slack-Signature": signature, "X-Slack-Request-Timestamp": at}
	}
	for name, c := range map[string]struct {
		config Config
		header map[string]string
		want   Reason
	}{
		"github":                       {Config{Scheme: GitHub}, map[string]string{"X-Hub-Signature-256": github}, ""},
		"github in capitals":           {Config{Scheme: GitHub}, map[string]string{"X-Hub-Signature-256": "sha256=" + strings.ToUpper(mac(secret, body))}, ""},
		"github without one":           {Config{Scheme: GitHub}, nil, ReasonUnsigned},
		"github's old one":             {Config{Scheme: GitHub}, map[string]string{"X-Hub-Signature": "sha1=x"}, ReasonUnsigned},
		"github, an empty one":         {Config{Scheme: GitHub}, map[string]string{"X-Hub-Signature-256": ""}, ReasonUnsigned},
		"github without a prefix":      {Config{Scheme: GitHub}, map[string]string{"X-Hub-Signature-256": mac(secret, body)}, ReasonMalformed},
		"github by sha1":               {Config{Scheme: GitHub}, map[string]string{"X-Hub-Signature-256": "sha1=" + strings.Repeat("0", 40)}, ReasonMalformed},
		"github, half of it":           {Config{Scheme: GitHub}, map[string]string{"X-Hub-Signature-256": github[:39]}, ReasonMalformed},
		"github, no digits":            {Config{Scheme: GitHub}, map[string]string{"X-Hub-Signature-256": "sha256=" + strings.Repeat("g", 64)}, ReasonMalformed},
		"github in base64":             {Config{Scheme: GitHub}, map[string]string{"X-Hub-Signature-256": "sha256=" + base64.StdEncoding.EncodeToString(raw)}, ReasonMalformed},
		"github, another":              {Config{Scheme: GitHub}, map[string]string{"X-Hub-Signature-256": "sha256=" + wrong}, ReasonSignature},
		"github by no secret":          {Config{Scheme: GitHub}, map[string]string{"X-Hub-Signature-256": "sha256=" + mac("", body)}, ReasonSignature},
		"github of a long header":      {Config{Scheme: GitHub}, map[string]string{"X-Hub-Signature-256": github + strings.Repeat(" ", 5000)}, ReasonMalformed},
		"slack":                        {Config{Scheme: Slack}, slackOf(slack, at), ""},
		"slack without a time":         {Config{Scheme: Slack}, map[string]string{"X-Slack-Signature": slack}, ReasonUnsigned},
		"slack of another time":        {Config{Scheme: Slack}, slackOf(slack, "1700000001"), ReasonSignature},
		"slack, later":                 {Config{Scheme: Slack}, slackOf(slack, "1700000301"), ReasonTime},
		"slack, earlier":               {Config{Scheme: Slack}, slackOf(slack, "1699999699"), ReasonTime},
		"slack, on the edge":           {Config{Scheme: Slack}, slackOf("v0="+mac(secret, "v0:1699999700:"+body), "1699999700"), ""},
		"slack with a sign":            {Config{Scheme: Slack}, slackOf(slack, "+1700000000"), ReasonMalformed},
		"slack below zero":             {Config{Scheme: Slack}, slackOf(slack, "-1"), ReasonMalformed},
		"slack, far off":               {Config{Scheme: Slack}, slackOf(slack, strings.Repeat("9", 30)), ReasonMalformed},
		"slack, the last":              {Config{Scheme: Slack}, slackOf(slack, strings.Repeat("9", 11)), ReasonTime},
		"slack v1":                     {Config{Scheme: Slack}, slackOf("v1="+slack[3:], at), ReasonMalformed},
		"stripe":                       {Config{Scheme: Stripe}, map[string]string{"Stripe-Signature": "t=" + at + ",v1=" + stripe + ",v0=x"}, ""},
		"stripe with spaces":           {Config{Scheme: Stripe}, map[string]string{"Stripe-Signature": "t=" + at + ", v1=" + stripe}, ""},
		"stripe, the second":           {Config{Scheme: Stripe}, map[string]string{"Stripe-Signature": "v1=" + wrong + ",v1=" + stripe + ",t=" + at}, ""},
		"stripe, two times":            {Config{Scheme: Stripe}, map[string]string{"Stripe-Signature": "t=1,t=" + at + ",v1=" + stripe}, ReasonMalformed},
		"stripe, no time":              {Config{Scheme: Stripe}, map[string]string{"Stripe-Signature": "v1=" + stripe}, ReasonMalformed},
		"stripe v0 alone":              {Config{Scheme: Stripe}, map[string]string{"Stripe-Signature": "t=" + at + ",v0=" + stripe}, ReasonMalformed},
		"stripe, too many":             {Config{Scheme: Stripe}, map[string]string{"Stripe-Signature": "t=" + at + strings.Repeat(",v1="+stripe, 17)}, ReasonMalformed},
		"stripe of yesterday":          {Config{Scheme: Stripe}, map[string]string{"Stripe-Signature": "t=1699913600,v1=" + stripe}, ReasonTime},
		"stripe, another":              {Config{Scheme: Stripe}, map[string]string{"Stripe-Signature": "t=" + at + ",v1=" + wrong}, ReasonSignature},
		"hmac":                         {Config{Scheme: HMAC}, map[string]string{"X-Hub-Signature-256": github}, ""},
		"hmac without a prefix":        {Config{Scheme: HMAC}, map[string]string{"X-Hub-Signature-256": mac(secret, body)}, ""},
		"hmac in base64":               {Config{Scheme: HMAC}, map[string]string{"X-Hub-Signature-256": base64.StdEncoding.EncodeToString(raw)}, ""},
		"hmac by sha512 in its header": {own, map[string]string{"X-Own": "sha512=" + hex.EncodeToString(m512.Sum(nil))}, ""},
		"hmac by a weaker one":         {own, map[string]string{"X-Own": github}, ReasonMalformed},
		"hmac with a time":             {timed, map[string]string{"X-Own": stripe, "X-Time": at}, ""},
		"hmac without its time":        {timed, map[string]string{"X-Own": stripe}, ReasonUnsigned},
		"hmac, another time":           {timed, map[string]string{"X-Own": stripe, "X-Time": "1700000001"}, ReasonSignature},
		"hmac, later":                  {timed, map[string]string{"X-Own": stripe, "X-Time": "1700000301"}, ReasonTime},
		"hmac, the body alone":         {timed, map[string]string{"X-Own": github, "X-Time": at}, ReasonSignature},
		"hmac, a time that is none":    {timed, map[string]string{"X-Own": stripe, "X-Time": "now"}, ReasonMalformed},
	} {
		// Another secret before the one that signed: they are being changed.
		if got := verified(t, c.config, c.header, body, now, "", "other", secret); (got != nil) != (c.want != "") || reason(got) != c.want {
			t.Errorf("%s: %v, want %q", name, got, c.want)
		} else if got != nil && (strings.Contains(got.Error(), secret) || strings.Contains(got.Error(), "\n")) {
			t.Errorf("%s tells %q", name, got)
		}
		if c.want == "" {
			if err := verified(t, c.config, c.header, body+" ", now, secret); reason(err) != ReasonSignature {
				t.Errorf("%s with a space more: %v", name, err)
			}
			if err := verified(t, c.config, c.header, body, now, "other"); reason(err) != ReasonSignature {
				t.Errorf("%s by another secret: %v", name, err)
			}
			if err := verified(t, c.config, c.header, body, now); reason(err) != ReasonSignature {
				t.Errorf("%s by none: %v", name, err)
			}
		}
	}
}

func TestRead_RefusesAHeaderThatComesTwice(t *testing.T) {
	hook, _ := New(Config{Scheme: GitHub})
	signature := "sha256=" + mac("s", "x")
	if _, err := hook.Read(http.Header{"X-Hub-Signature-256": {signature, signature}}, time.Now()); reason(err) != ReasonMalformed {
		t.Error(err)
	}
}

func TestNew_SaysWhatIsWrong(t *testing.T) {
	for want, c := range map[string]Config{
		`"gitlab" is no scheme; there are github`: {Scheme: "gitlab"},
		`"" is no scheme`:                         {},
		`"md5" is no algorithm`:                   {Scheme: HMAC, Algorithm: "md5"},
		`"a b" is no name of a header`:            {Scheme: HMAC, Header: "a b"},
		`"x\r\ny: z" is no name`:                  {Scheme: HMAC, Header: "x\r\ny: z"},
		"stripe has a header, an algorithm":       {Scheme: Stripe, Header: "x"},
		"slack has a header, an algorithm":        {Scheme: Slack, Algorithm: "sha1"},
		"github has a header, an algorithm":       {Scheme: GitHub, Time: "X-Time"},
		`"b c" is no name of a header`:            {Scheme: HMAC, Time: "b c"},
		`"maybe": replays are refused (refuse)`:   {Scheme: HMAC, Replays: "maybe"},
	} {
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestReplays_AnswerACallOnce(t *testing.T) {
	r, now := NewReplays(), time.Unix(1700000000, 0)
	claimOf := func(scheme, prefix string) *Claim { return &Claim{hook: &Hook{scheme: scheme}, prefix: prefix} }
	check := func(c *Claim, function, body string, after time.Duration) (func(), Reason) {
		forget, err := r.Check(c, function, []byte(body), now.Add(after))
		return forget, reason(err)
	}
	for i, step := range []struct {
		claim          *Claim
		function, body string
		after          time.Duration
		want           Reason
	}{
		{claimOf(GitHub, ""), "f", "a", 0, ""},
		{claimOf(GitHub, ""), "f", "a", time.Second, ReasonReplay},
		{claimOf(GitHub, ""), "g", "a", time.Second, ""}, // two hooks of one repository
		{claimOf(GitHub, ""), "f", "a", 59 * time.Minute, ReasonReplay},
		{claimOf(GitHub, ""), "f", "a", 61 * time.Minute, ReasonReplay},
		{claimOf(GitHub, ""), "f", "a", 4 * time.Hour, ""},
		{claimOf(Stripe, "1."), "f", "a", 4 * time.Hour, ""},
		{claimOf(Stripe, "2."), "f", "a", 4 * time.Hour, ""}, // sent again by Stripe
		{claimOf(Stripe, "2."), "f", "a", 4 * time.Hour, ReasonReplay},
		{claimOf(HMAC, ""), "f", "b", 4 * time.Hour, ""},
		{claimOf(HMAC, ""), "f", "b", 4 * time.Hour, ReasonReplay},
		{&Claim{hook: &Hook{scheme: HMAC, repeats: true}}, "f", "b", 4 * time.Hour, ""},
	} {
		if _, got := check(step.claim, step.function, step.body, step.after); got != step.want {
			t.Errorf("step %d: %q, want %q", i, got, step.want)
		}
	}
	forget, _ := check(claimOf(Slack, "v0:1:"), "f", "c", 5*time.Hour)
	forget()
	if _, got := check(claimOf(Slack, "v0:1:"), "f", "c", 5*time.Hour); got != "" {
		t.Errorf("one that was forgotten: %q", got)
	}
}

func TestReplays_AreBounded(t *testing.T) {
	r := NewReplays()
	for i := range uint64(5 * maxReplays) {
		r.keys.Add(i, time.Unix(1700000000, 0))
	}
	if n := r.keys.Len(); n > 2*maxReplays {
		t.Errorf("%d are remembered", n)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"sha256=" + mac("s", ""), "v0=" + mac("s", "v0:1:"), "t=1,v1=" + mac("s", "1."), "t=,v1=", ",=,", "\x00"} {
		f.Add(seed, "1700000000", []byte("body"))
	}
	f.Fuzz(func(t *testing.T, signature, stamp string, body []byte) {
		header := http.Header{headerSlackTime: {stamp}}
		for _, c := range []Config{{Scheme: GitHub}, {Scheme: Slack}, {Scheme: Stripe}, {Scheme: HMAC}} {
			hook, err := New(c)
			if err != nil {
				t.Fatal(err)
			}
			header[hook.header] = []string{signature}
			claim, err := hook.Read(header, time.Unix(1700000000, 0))
			if err == nil {
				err = claim.Verify(body, []string{fmt.Sprintf("a secret %p that no corpus has", hook)})
			}
			if reason(err) == "" || strings.ContainsAny(err.Error(), "\r\n") {
				t.Errorf("%s %q: %v", c.Scheme, signature, err)
			}
		}
	})
}
