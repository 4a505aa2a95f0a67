package fine

import (
	"bytes"
	"slices"

	"backstay.dev/backstay/internal/adapt/conflict"
)

// Tokens merges word by word: the chunk as a whole ("tokens"), and only where
// lines overlap ("line-tokens"). Where both sides changed the same words, the
// whole chunk is merged with the words of one side there ("tokens-ours" and
// "tokens-theirs"), and with both if they are insertions that begin or end with
// the same sign, elements of a list for instance ("tokens-both").
func Tokens(c *conflict.Chunk) []conflict.Answer {
	s := sidesOf(c)
	if !s.small() {
		return nil
	}
	out := s.lineTokens()
	if text, _, ok := mergeWords(s.base, s.ours, s.theirs, no.side); ok {
		return append(out, s.answer("tokens", text, "the two sides changed different words")...)
	}
	if text, _, ok := mergeWords(s.base, s.ours, s.theirs, bothInsert); ok && !c.Halved() {
		out = append(out, s.answer("tokens-both", text, "merged word by word; where both sides inserted words, both stand, the target's first")...)
	}
	if text, _, ok := mergeWords(s.base, s.ours, s.theirs, ours.side); ok {
		out = append(out, s.answer("tokens-ours", text, "merged word by word; the target's words stay where both sides changed the same")...)
	}
	if text, _, ok := mergeWords(s.base, s.ours, s.theirs, theirs.side); ok {
		out = append(out, s.answer("tokens-theirs", text, "merged word by word; the fix's words are taken where both sides changed the same")...)
	}
	return out
}

// bothInsert keeps what both sides insert at one point, elements of a list for
// instance: what begins or ends with the same sign.
func bothInsert(c clash, _ [][]byte) ([][]byte, bool) {
	if c.start != c.end || len(c.ours) != 1 || len(c.theirs) != 1 {
		return nil, false
	}
	o, t := c.ours[0].new, c.theirs[0].new
	if !bytes.Equal(o[0], t[0]) && !bytes.Equal(o[len(o)-1], t[len(t)-1]) || equal(o, t) {
		return nil, false
	}
	return append(slices.Clone(o), t...), true
}

func (s sides) lineTokens() []conflict.Answer {
	text, overlaps, ok := mergeLines(s.base, s.ours, s.theirs)
	if !ok || overlaps == 0 {
		return nil
	}
	return s.answer("line-tokens", text, "the two sides changed different words of the same lines")
}
