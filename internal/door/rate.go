package door

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// Rate is how many calls may come.
type Rate struct {
	Every time.Duration // one more each
	Burst int           // as many at once
}

const maxCount = 1_000_000

var units = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}

// parseRate reads COUNT/UNIT, or COUNT/UNIT,burst=COUNT. Without a burst, a unit's
// calls may all come at once.
func parseRate(text string) (*Rate, error) {
	amount, burst, hasBurst := strings.Cut(text, ",burst=")
	count, unit, _ := strings.Cut(amount, "/")
	n, ok := parseCount(count)
	per, known := units[unit]
	if !ok || !known {
		return nil, fmt.Errorf("%.40q is no rate; write how many a second, minute or hour, such as 10/s, 100/m or 100/m,burst=5", text)
	}
	r := &Rate{Every: per / time.Duration(n), Burst: n}
	if hasBurst {
		if r.Burst, ok = parseCount(burst); !ok {
			return nil, fmt.Errorf("%.40q: the burst is how many calls may come at once, from 1 to %d", text, maxCount)
		}
	}
	return r, nil
}

func parseCount(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && 1 <= n && n <= maxCount && text[0] != '+'
}

// limiter is a bucket of r that is full.
func (r *Rate) limiter() *rate.Limiter { return rate.NewLimiter(rate.Every(r.Every), r.Burst) }

// full is how long an empty bucket takes to be full.
func (r *Rate) full() time.Duration { return r.Every * time.Duration(r.Burst) }

// take takes one call from a bucket, or tells how long until it has one.
func take(l *rate.Limiter, now time.Time) (wait time.Duration, ok bool) {
	reservation := l.ReserveN(now, 1)
	if wait = reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)
		return wait, false
	}
	return 0, true
}
