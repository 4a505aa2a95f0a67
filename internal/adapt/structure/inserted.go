package structure

import (
	"slices"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// Inserted keeps what both sides inserted at one place, each of it whole:
// functions, tests, cases.
//
// Git takes out of a conflict what the two have in common: the bracket and blank
// line that end both, the annotation that begins both. Put one after the other
// they need these lines twice.
func Inserted(c *conflict.Chunk) []conflict.Answer {
	if !open(c) || len(c.Base) > 0 {
		return nil
	}
	head, above := common(c, -1)
	tail, below := common(c, 1)
	if len(head)+len(tail) == 0 || above || below {
		return nil
	}
	text := func(a, b []byte) []byte {
		return slices.Concat(a, tail, head, b)
	}
	return append(
		answer("inserted-ours-theirs", text(c.Ours, c.Theirs), "both sides inserted here; the target's part stands first, each is whole"),
		answer("inserted-theirs-ours", text(c.Theirs, c.Ours), "both sides inserted here; the fix's part stands first, each is whole")...)
}

// common is what both sides inserted directly above or below a chunk; more says
// that another chunk follows, so that what was inserted goes on there.
func common(c *conflict.Chunk, step int) (lines []byte, more bool) {
	m := c.File.Merge
	i := c.Region + step
	if i < 0 || i >= len(m.Regions) {
		return nil, false
	}
	r := m.Regions[i]
	if r.Kind == textdiff.Conflict {
		return nil, true
	}
	if r.Kind != textdiff.Both || r.Base.Len() > 0 {
		return nil, false
	}
	_, lines, _ = m.Sides(r)
	i += step
	return lines, i >= 0 && i < len(m.Regions) && m.Regions[i].Kind == textdiff.Conflict
}
