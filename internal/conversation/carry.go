package conversation

import (
	"context"
	"time"

	"github.com/harkvoice/hark/internal/device"
)

// Sender sends a request envelope to a skill and returns what was answered.
type Sender interface {
	Send(ctx context.Context, envelope []byte) (*device.Reply, error)
}

// Carry sends what a step asks for, and what follows from the answers, until it
// is the person's turn again. Each event is told as it comes.
func (c *Conversation) Carry(ctx context.Context, step Step, to Sender, tell func(Event)) error {
	for {
		for _, e := range step.Events {
			tell(e)
		}
		if step.Request == nil {
			return nil
		}
		reply, err := to.Send(ctx, step.Request)
		if err != nil {
			return err
		}
		if step, err = c.Answered(reply.Status, reply.Body, time.Now()); err != nil {
			return err
		}
	}
}
