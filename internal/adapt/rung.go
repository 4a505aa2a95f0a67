package adapt

import (
	"cmp"
	"slices"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/adapt/fileclass"
	"backstay.dev/backstay/internal/adapt/fine"
	"backstay.dev/backstay/internal/adapt/structure"
	"backstay.dev/backstay/internal/git"
)

// rung is one method of the ladder for conflicting regions.
type rung func(*conflict.Chunk) []conflict.Answer

// ladder lists the rungs that look at a chunk and nothing else, the most
// cautious first.
func ladder() []rung {
	rungs := []rung{ours, theirs}
	for _, r := range fine.Rungs() {
		rungs = append(rungs, r.Answers)
	}
	for _, r := range structure.Rungs() {
		rungs = append(rungs, r.Answers)
	}
	for _, r := range fileclass.Rungs() {
		rungs = append(rungs, r.Answers)
	}
	return rungs
}

// ours leaves what the target has: the fix's change of this region is dropped.
func ours(c *conflict.Chunk) []conflict.Answer {
	return []conflict.Answer{{Rung: "ours", Text: c.Ours, Why: "the target's lines stay as they are"}}
}

// theirs takes what the fix has.
func theirs(c *conflict.Chunk) []conflict.Answer {
	return []conflict.Answer{{Rung: "theirs", Text: c.Theirs, Why: "the fix's lines replace the target's"}}
}

// option is one text, or one fate of a file, with all evidence for it.
type option struct {
	text []byte
	// fate is what becomes of a file that one side lacks; nil for a chunk.
	fate *fate
	// answers are the rungs that gave it, each once, by name.
	answers []conflict.Answer
	// person says that somebody resolved the same region so before.
	person bool
	odds   float64
	row    []float32
	right  bool // where the truth is known
}

// fate is what is at a path in the end: nothing if mode is 0.
type fate struct {
	mode git.Mode
	id   string
}

// options asks the rungs about a chunk and joins equal answers. Their order is
// that of the ladder.
func options(c *conflict.Chunk, rungs []rung) []*option {
	var out []*option
	byText := map[string]*option{}
	for _, r := range rungs {
		for _, a := range r(c) {
			o := byText[string(a.Text)]
			if o == nil {
				o = &option{text: a.Text}
				byText[string(a.Text)] = o
				out = append(out, o)
			}
			o.add(a)
		}
	}
	return out
}

// add keeps an answer as evidence.
func (o *option) add(a conflict.Answer) {
	a.Text = nil
	at, known := slices.BinarySearchFunc(o.answers, a, func(x, y conflict.Answer) int { return cmp.Compare(x.Rung, y.Rung) })
	if !known {
		o.answers = slices.Insert(o.answers, at, a)
	}
}
