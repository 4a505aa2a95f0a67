package fine

import (
	"bytes"
	"slices"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// maxBytes is the size of three texts together up to which words are merged.
const maxBytes = 128 << 10

// sides are the texts of a chunk, each with a newline at its end. Where the lines
// of base and the fix end otherwise than the target's, in all of their files,
// they are written as the target's.
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
	s := sides{ended(c.Base), ended(c.Ours), ended(c.Theirs), c, bare}
	if f := c.File; !bytes.Equal(c.Base, c.Ours) && !bytes.Equal(c.Base, c.Theirs) {
		switch ours, theirs := lineEnds(f.Ours), lineEnds(f.Theirs); {
		case theirs != lineEnds(f.Base) || ours == theirs:
		case ours == crlf:
			s.base, s.theirs = withCR(s.base), withCR(s.theirs)
		case theirs == crlf && ours == lf:
			s.base, s.theirs = withoutCR(s.base), withoutCR(s.theirs)
		}
	}
	return s
}

// endings is how the lines of a text end.
type endings int

const (
	mixed endings = iota
	lf
	crlf
)

func lineEnds(text []byte) endings {
	switch all, cr := bytes.Count(text, []byte("\n")), bytes.Count(text, []byte("\r\n")); {
	case cr == 0 && all > 0:
		return lf
	case cr == all && all > 0:
		return crlf
	}
	return mixed
}

func withCR(text []byte) []byte {
	return bytes.ReplaceAll(withoutCR(text), []byte("\n"), []byte("\r\n"))
}
func withoutCR(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")) }

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
// markers that no side has, or opens brackets that none does.
func (s sides) answer(rung string, text []byte, why string) []conflict.Answer {
	if marked(text, s.base, s.ours, s.theirs) || !s.chunk.Fits(text) {
		return nil
	}
	if s.bare {
		text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte{'\n'}), []byte{'\r'})
	}
	return []conflict.Answer{{Rung: rung, Text: text, Why: why}}
}

// marked says whether a text has conflict markers that no side has.
func marked(text []byte, sides ...[]byte) bool {
	for _, l := range textdiff.Lines(text) {
		if marker(l) && !slices.ContainsFunc(sides, func(s []byte) bool { return bytes.Contains(s, l) }) {
			return true
		}
	}
	return false
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
