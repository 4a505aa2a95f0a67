package fine

import (
	"bytes"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// maxBytes is the size of three texts together up to which words are merged.
const maxBytes = 128 << 10

// sides are the texts of a chunk, each with a newline at its end.
type sides struct {
	base, ours, theirs []byte

	chunk *conflict.Chunk
	bare  bool // the merged text has no newline at its end
}

func sidesOf(c *conflict.Chunk) sides {
	bare := ends(c.Ours)
	if bare == ends(c.Base) {
		bare = ends(c.Theirs)
	}
	return sides{ended(c.Base), ended(c.Ours), ended(c.Theirs), c, bare}
}

// ends says whether a text lacks the newline at its end.
func ends(text []byte) bool { return len(text) > 0 && text[len(text)-1] != '\n' }

// ended is the text with a newline at its end.
func ended(text []byte) []byte {
	if !ends(text) {
		return text
	}
	return append(text[:len(text):len(text)], '\n')
}

// small says whether the texts are small enough to be merged by word.
func (s sides) small() bool { return len(s.base)+len(s.ours)+len(s.theirs) <= maxBytes }

// answer is a text under the name of a rung: none if the text has conflict
// markers that no side has.
func (s sides) answer(rung string, text []byte, why string) []conflict.Answer {
	for _, l := range textdiff.Lines(text) {
		if marker(l) && !bytes.Contains(s.base, l) && !bytes.Contains(s.ours, l) && !bytes.Contains(s.theirs, l) {
			return nil
		}
	}
	if s.bare {
		text = bytes.TrimSuffix(text, []byte{'\n'})
	}
	return []conflict.Answer{{Rung: rung, Text: text, Why: why}}
}

// marker says whether a line looks like a conflict marker.
func marker(line []byte) bool {
	if len(line) < 7 {
		return false
	}
	switch line[0] {
	case '<', '|', '=', '>':
		return bytes.Count(line[:7], line[:1]) == 7
	}
	return false
}
