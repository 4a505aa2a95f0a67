package fine

import (
	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// Tokens merges word by word: the chunk as a whole ("tokens"), and only where
// lines overlap ("line-tokens"). Where both sides changed the same words, the
// whole chunk is merged with the words of one side there ("tokens-ours" and
// "tokens-theirs").
func Tokens(c *conflict.Chunk) []conflict.Answer {
	s := sidesOf(c)
	if !s.small() {
		return nil
	}
	out := s.lineTokens()
	if text, _, ok := mergeWords(s.base, s.ours, s.theirs, no); ok {
		return append(out, s.answer("tokens", text, "the two sides changed different words")...)
	}
	if text, _, ok := mergeWords(s.base, s.ours, s.theirs, ours); ok {
		out = append(out, s.answer("tokens-ours", text, "merged word by word; the target's words stay where both sides changed the same")...)
	}
	if text, _, ok := mergeWords(s.base, s.ours, s.theirs, theirs); ok {
		out = append(out, s.answer("tokens-theirs", text, "merged word by word; the fix's words are taken where both sides changed the same")...)
	}
	return out
}

func (s sides) lineTokens() []conflict.Answer {
	number := numbering{}
	b, o, t := textdiff.Lines(s.base), textdiff.Lines(s.ours), textdiff.Lines(s.theirs)
	clashes := 0
	out, ok := weave(b, edits(b, o, number), edits(b, t, number), func(c clash) ([][]byte, bool) {
		clashes++
		text, _, ok := mergeWords(join(b[c.start:c.end]), join(apply(nil, b, c.ours, c.start, c.end)), join(apply(nil, b, c.theirs, c.start, c.end)), no)
		return [][]byte{text}, ok
	})
	if !ok || clashes == 0 {
		return nil
	}
	return s.answer("line-tokens", join(out), "the two sides changed different words of the same lines")
}
