package alexa

// Acknowledged reports whether the empty envelope is the only answer to this
// request, so that nothing is gained by waiting for a function: it tells what has
// happened, and nobody listens. A type that nobody knows may want another answer.
func (r *Request) Acknowledged() bool {
	t := typesByName[r.Type()]
	return t != nil && t.answer == acknowledged
}

// Repeated reports whether Amazon sends this event again, for an hour, until it is
// answered with HTTP 200: an answer says that nothing of it will be lost.
func (r *Request) Repeated() bool { return late[r.Type()] }
