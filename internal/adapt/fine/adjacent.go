package fine

import (
	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// Adjacent merges line by line as git does, but lets edits touch as long as they
// do not overlap.
func Adjacent(c *conflict.Chunk) []conflict.Answer {
	s := sidesOf(c)
	number := textdiff.Numbering{}
	b, o, t := textdiff.Lines(s.base), textdiff.Lines(s.ours), textdiff.Lines(s.theirs)
	out, ok := weave(b, edits(b, o, number), edits(b, t, number), refuse)
	if !ok {
		return nil
	}
	return s.answer("adjacent", join(out), "the two sides changed neighbouring lines, and none of them both")
}
