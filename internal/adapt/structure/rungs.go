package structure

import (
	"bytes"

	"backstay.dev/backstay/internal/adapt/conflict"
)

// Rung is a method of this package.
type Rung struct {
	// Name is that of the method. Answers of some methods have names of their
	// own that begin with it.
	Name string
	// Answers gives what the method has to say of a chunk, often nothing.
	Answers func(*conflict.Chunk) []conflict.Answer
}

// Rungs are the methods of this package, the most cautious first.
func Rungs() []Rung {
	return []Rung{
		{"imports", Imports},
		{"inserted", Inserted},
		{"entries", Entries},
	}
}

// maxLines and maxBytes are the size of chunks, all sides together, up to which
// they are read.
const maxLines, maxBytes = 2000, 128 << 10

// open says whether there is something to decide: both sides changed base, and
// not too much.
func open(c *conflict.Chunk) bool {
	lines := 0
	for _, side := range [3][]byte{c.Base, c.Ours, c.Theirs} {
		lines += bytes.Count(side, []byte{'\n'})
		if len(side) > 0 && side[len(side)-1] != '\n' {
			return false
		}
	}
	return lines <= maxLines && len(c.Base)+len(c.Ours)+len(c.Theirs) <= maxBytes && !bytes.Equal(c.Base, c.Ours) && !bytes.Equal(c.Base, c.Theirs)
}

// answer is a list of one.
func answer(rung string, text []byte, why string) []conflict.Answer {
	return []conflict.Answer{{Rung: rung, Text: text, Why: why}}
}

// around are the lines above and below a chunk.
func around(c *conflict.Chunk) (above, below []byte) {
	return bytes.Join(c.Before(1), nil), bytes.Join(c.After(1), nil)
}
