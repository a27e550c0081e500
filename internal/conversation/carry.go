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
func (c *Conversation) Carry(ctx context.Context, step Step, to Sender, now func() time.Time, tell func(Event)) error {
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
		if step, err = c.Answered(reply.Status, reply.Body, now()); err != nil {
			return err
		}
	}
}

// Suggest lists what the person can say next, of what the model knows: for a
// slot that Alexa asks for, what answers that.
func (c *Conversation) Suggest() []string {
	m := c.model()
	if m == nil {
		return nil
	}
	if d := c.dialog(); d != nil && d.asked.kind == forSlot {
		return m.Answers(d.meaning.Intent, d.asked.slot)
	}
	return c.live.Sayings(c.echo.Locale, !c.Open())
}
