package fine

import (
	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// Twin merges two versions of one thing that base lacks: both sides added it, or
// brought it from elsewhere; they begin alike, and most of the shorter is in the
// longer. Lines that are versions of one another stand once,
// as the target has them; lines of one side alone are all kept.
func Twin(c *conflict.Chunk) []conflict.Answer {
	s := sidesOf(c)
	if len(s.base) > 0 || !s.small() {
		return nil
	}
	lines, terms := textdiff.Numbering{}, textdiff.Numbering{}
	o, t := measured(s.ours, lines, terms), measured(s.theirs, lines, terms)
	v := versionOf(o, t)
	var out [][]byte
	weight, twins := 0.0, 0.0
	for i, l := range o {
		out = append(append(out, v.added[i]...), l.text)
		weight += l.weight
		if v.fate[i] != nil {
			twins += l.weight
		}
	}
	other := 0.0
	for _, l := range t {
		other += l.weight
	}
	if len(o) == 0 || v.fate[0] == nil || len(v.added[0]) > 0 || twins < 0.8*min(weight, other) {
		return nil
	}
	out = append(out, v.added[len(o)]...)
	return s.answer("twin", join(out), "both sides have a version of this; what they share stands as the target has it, what one adds is kept")
}
