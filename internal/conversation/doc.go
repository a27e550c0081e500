// Package conversation is Alexa's side of a conversation with a skill: sessions,
// the dialogs of the interaction model, and what becomes of what the skill
// answers. It does what the test page of the developer console does.
//
// A Conversation is a state machine without input or output. Each call is told
// what happened and returns a Step: what the person hears and sees, and the
// request that goes to the skill, if one does.
//
//	c := conversation.New(skill, echo, time.Now)
//	step, err := c.Hear("open christmas lights", time.Now())
//	for err == nil && step.Request != nil {
//		reply := … send step.Request …
//		step, err = c.Answered(reply.Status, reply.Body, time.Now())
//	}
//
// Carry is that loop.
package conversation
