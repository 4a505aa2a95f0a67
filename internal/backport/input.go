package backport

// InputError is a wrong use or a bad input: the user has to change what was
// asked. Nothing was done.
type InputError struct {
	// What is one line: what is wrong, and where.
	What string
	// Hint is one line: what to do about it; "" where What says it.
	Hint string
	// Err is the reason underneath, where a caller may want to branch on it.
	Err error
}

func (e *InputError) Error() string { return e.What }

func (e *InputError) Unwrap() error { return e.Err }
