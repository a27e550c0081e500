package certificate

import (
	"context"
	"log/slog"
	"time"
)

// TellTime is how often what is wrong with what is served is told again.
const TellTime = day

// Status is how what keeps a server's certificate is doing.
type Status struct {
	NotAfter time.Time // when what is served expires; zero if nothing is
	Failures uint64    // renewals that have failed
}

// Tell logs findings, as errors those that keep Amazon away.
func Tell(log *slog.Logger, found []Finding) {
	for _, f := range found {
		level := slog.LevelWarn
		if f.Grave {
			level = slog.LevelError
		}
		log.Log(context.Background(), level, "certificate", "rule", f.Rule, "cause", f.Text, "mend", f.Mend)
	}
}
