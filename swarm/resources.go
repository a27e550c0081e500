package swarm

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/docker/docker/api/types/swarm"
	"github.com/docker/go-units"

	"github.com/harkvoice/hark/internal/function"
)

// minMemory is Docker's: a container is not created with less.
const minMemory = 6 << 20

// amounts are resources as Docker counts them: bytes, and billionths of a core.
func amounts(r function.Resources) (memory, cpu int64, err error) {
	if r.Memory != "" {
		if memory, err = bytes(r.Memory); err != nil {
			return 0, 0, err
		}
	}
	if r.CPU != "" {
		if cpu, err = nanoCPUs(r.CPU); err != nil {
			return 0, 0, err
		}
	}
	return memory, cpu, nil
}

// resources are the limits and reservations of a container.
func resources(want function.Spec) (*swarm.ResourceRequirements, error) {
	memory, cpu, err := amounts(want.Limits)
	if err != nil {
		return nil, fmt.Errorf("limits: %w", err)
	}
	if memory > 0 && memory < minMemory {
		return nil, fmt.Errorf("%w: limits: memory %s is less than Docker allows; give it 6Mi or more", function.ErrInvalid, want.Limits.Memory)
	}
	pids, err := pids(want.Labels[function.LabelPids])
	if err != nil {
		return nil, err
	}
	kept, share, err := amounts(want.Requests)
	if err != nil {
		return nil, fmt.Errorf("requests: %w", err)
	}
	if memory > 0 && kept > memory {
		return nil, fmt.Errorf("%w: requests: memory %s is more than its limit of %s", function.ErrInvalid, want.Requests.Memory, want.Limits.Memory)
	}
	if cpu > 0 && share > cpu {
		return nil, fmt.Errorf("%w: requests: cpu %s is more than its limit of %s", function.ErrInvalid, want.Requests.CPU, want.Limits.CPU)
	}
	r := &swarm.ResourceRequirements{Limits: &swarm.Limit{MemoryBytes: memory, NanoCPUs: cpu, Pids: pids}}
	if kept > 0 || share > 0 {
		r.Reservations = &swarm.Resources{MemoryBytes: kept, NanoCPUs: share}
	}
	return r, nil
}

func pids(label string) (int64, error) {
	if label == "" {
		return defaultPids, nil
	}
	n, err := strconv.ParseInt(label, 10, 32)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%w: label %s=%q: want a number of processes", function.ErrInvalid, function.LabelPids, label)
	}
	return n, nil
}

// maxMemory is more than any node has. It keeps sums of amounts countable.
const maxMemory = 1 << 50

// bytes takes an amount as Docker writes it (64m) or Kubernetes (64Mi).
func bytes(text string) (int64, error) {
	unit := text
	if strings.HasSuffix(text, "i") {
		unit += "B" // go-units knows MiB and not Mi
	}
	n, err := units.RAMInBytes(unit)
	if err != nil || n <= 0 || n > maxMemory {
		return 0, fmt.Errorf("%w: memory %q: want an amount such as 64m or 128Mi", function.ErrInvalid, text)
	}
	return n, nil
}

func nanoCPUs(text string) (int64, error) {
	number, unit := text, 1e9
	if thousandths, ok := strings.CutSuffix(text, "m"); ok {
		number, unit = thousandths, 1e6
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !(n*unit >= 1e6 && n*unit < 1e15) { // which NaN is not
		return 0, fmt.Errorf("%w: cpu %q: want cores, such as 0.5, or thousandths of them, such as 500m", function.ErrInvalid, text)
	}
	return int64(n * unit), nil
}
