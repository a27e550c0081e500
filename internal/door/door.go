// Package door has what stands before a function on its way from the internet:
// who may call it, how often, and from which web pages. Labels of the function
// say so:
//
//	hark.webhook: github            # signed calls only, by
//	hark.webhook.secret: gh-secret  # the lines of this secret
//	hark.token: shop-tokens         # bearers of a line of this secret
//	hark.rate: 10/s                 # of all callers; hark.rate.client: of each
//	hark.inflight: 16               # calls under way at once
//	hark.cors: https://example.com  # web pages that may call it
//
// Voice passes none of them.
package door

import (
	"fmt"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/webhook"
)

// Doors are those of a function; nil and empty fields are open.
type Doors struct {
	// Webhook verifies calls with the secret named WebhookSecret.
	Webhook       *webhook.Hook
	WebhookSecret string
	// Token names a secret whose lines are bearers' tokens.
	Token string
	// Rate bounds all calls, Client those of each address.
	Rate, Client *Rate
	// Inflight bounds the calls under way at once.
	Inflight int
	// Origins may call from a browser.
	Origins Origins
}

// Parse reads the doors that labels describe. An error says what is wrong with
// which label; the function is to be shut then.
func Parse(labels map[string]string) (*Doors, error) {
	d := &Doors{}
	if err := d.parseWebhook(labels); err != nil {
		return nil, err
	}
	if err := d.parseToken(labels); err != nil {
		return nil, err
	}
	for label, rate := range map[string]**Rate{function.LabelRate: &d.Rate, function.LabelRateClient: &d.Client} {
		if text, ok := labels[label]; ok {
			parsed, err := parseRate(text)
			if err != nil {
				return nil, fmt.Errorf("label %s: %w", label, err)
			}
			*rate = parsed
		}
	}
	if text, ok := labels[function.LabelInflight]; ok {
		if d.Inflight, ok = parseCount(text); !ok {
			return nil, fmt.Errorf("label %s: %.40q is not how many calls may be under way at once, from 1 to %d", function.LabelInflight, text, maxCount)
		}
	}
	if text, ok := labels[function.LabelCORS]; ok {
		origins, err := parseOrigins(text)
		if err != nil {
			return nil, fmt.Errorf("label %s: %w", function.LabelCORS, err)
		}
		d.Origins = origins
	}
	return d, nil
}

func (d *Doors) parseWebhook(labels map[string]string) error {
	scheme, ok := labels[function.LabelWebhook]
	if !ok {
		for _, of := range []string{function.LabelWebhookSecret, function.LabelWebhookHeader, function.LabelWebhookAlgorithm, function.LabelWebhookTime, function.LabelWebhookReplays} {
			if _, ok := labels[of]; ok {
				return fmt.Errorf("label %s belongs to %s, which is missing: github, slack, stripe or hmac", of, function.LabelWebhook)
			}
		}
		return nil
	}
	hook, err := webhook.New(webhook.Config{Scheme: scheme, Header: labels[function.LabelWebhookHeader], Algorithm: labels[function.LabelWebhookAlgorithm],
		Time: labels[function.LabelWebhookTime], Replays: labels[function.LabelWebhookReplays]})
	if err != nil {
		return fmt.Errorf("label %s: %w", function.LabelWebhook, err)
	}
	d.Webhook, d.WebhookSecret = hook, labels[function.LabelWebhookSecret]
	if d.WebhookSecret == "" {
		return fmt.Errorf("label %s needs %s, the name of the secret that calls are signed with", function.LabelWebhook, function.LabelWebhookSecret)
	}
	return checkSecret(function.LabelWebhookSecret, d.WebhookSecret)
}

func (d *Doors) parseToken(labels map[string]string) (err error) {
	name, ok := labels[function.LabelToken]
	if !ok {
		return nil
	}
	d.Token = name
	return checkSecret(function.LabelToken, name)
}

func checkSecret(label, name string) error {
	if err := function.CheckSecret(name); err != nil {
		return fmt.Errorf("label %s: %w", label, err)
	}
	return nil
}
