package alexa

// Acknowledged reports whether the empty envelope is the only answer to this
// request, so that nothing is gained by waiting for a function: it tells what has
// happened, and nobody listens. A type that nobody knows may want another answer.
func (r *Request) Acknowledged() bool {
	t := typesByName[r.Type()]
	return t != nil && t.answer == acknowledged
}
