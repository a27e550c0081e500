package function

// Invalid makes err an ErrInvalid that reads as err does.
func Invalid(err error) error { return invalid{err} }

type invalid struct{ error }

func (i invalid) Unwrap() error      { return i.error }
func (invalid) Is(target error) bool { return target == ErrInvalid }
