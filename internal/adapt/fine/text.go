package fine

import "backstay.dev/backstay/internal/textdiff"

// Merge merges three texts: by line, where edits may touch, and where lines
// overlap word by word. It refuses where both sides changed the same words.
func Merge(base, ours, theirs []byte) ([]byte, bool) {
	text, _, ok := mergeLines(base, ours, theirs)
	return text, ok && !marked(text, base, ours, theirs)
}

// mergeLines is Merge, and says how often lines overlapped.
func mergeLines(base, ours, theirs []byte) (text []byte, overlaps int, ok bool) {
	if len(base)+len(ours)+len(theirs) > maxBytes {
		return nil, 0, false
	}
	number := textdiff.Numbering{}
	b, o, t := textdiff.Lines(base), textdiff.Lines(ours), textdiff.Lines(theirs)
	out, ok := weave(b, edits(b, o, number), edits(b, t, number), func(c clash) ([][]byte, bool) {
		overlaps++
		text, _, ok := mergeWords(join(b[c.start:c.end]), join(apply(nil, b, c.ours, c.start, c.end)), join(apply(nil, b, c.theirs, c.start, c.end)), no.side)
		return [][]byte{text}, ok
	})
	return join(out), overlaps, ok
}
