package fine

import "backstay.dev/backstay/internal/adapt/conflict"

// Rung is a method of this package.
type Rung struct {
	// Name is that of the method. Answers of some methods have names of their
	// own that begin with it or tell more.
	Name string
	// Answers gives what the method has to say of a chunk, often nothing.
	Answers func(*conflict.Chunk) []conflict.Answer
}

// Rungs are the methods of this package, the most cautious first.
func Rungs() []Rung {
	return []Rung{
		{"adjacent", Adjacent},
		{"tokens", Tokens},
		{"replay", Replay},
		{"twin", Twin},
		{"increment", Increment},
		{"renamed", Renamed},
	}
}
