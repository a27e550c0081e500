package watchdog

import (
	"errors"
	"time"

	"github.com/harkvoice/hark/internal/option"
)

// Settings are what the environment of fwatchdog configures. The local engine
// reads the same ones from a function's environment in stack.yaml.
type Settings struct {
	Port        int           // of the HTTP listener
	Process     string        // the command line of the function
	Timeout     time.Duration // of a request; 0 is without bound
	MaxInflight int           // requests at once; 0 is without bound
}

// Options is the table of the settings in s, which holds their defaults.
func (s *Settings) Options() []option.Option {
	return []option.Option{
		{Env: "fprocess", Usage: "command line of the function, split into words as a shell would; no shell runs it", Value: option.Text(&s.Process, "command")},
		{Env: "port", Usage: "port of the HTTP listener", Value: option.Int(&s.Port, 0, 1<<16-1)},
		{Env: "exec_timeout", Usage: "how long a request may run; 0 is without bound", Value: option.Seconds(&s.Timeout, 0, 24*time.Hour)},
		{Env: "max_inflight", Usage: "requests that run at once, others get 429; 0 is without bound", Value: option.Int(&s.MaxInflight, 0, 1<<20)},
	}
}

// Load reads the settings that lookup knows over those in s.
func (s *Settings) Load(lookup func(string) (string, bool)) error {
	return option.FromEnvironment(nil, s.Options(), lookup)
}

// ErrNoProcess says that there is no program to run.
var ErrNoProcess = errors.New("fprocess is not set; it is the program to run for each request, such as fprocess=cat")
