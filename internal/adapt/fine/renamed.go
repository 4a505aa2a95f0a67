package fine

import (
	"bytes"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// Renamed writes base and the fix in the target's names, then merges. What the
// target calls otherwise is learned from the lines that base and the target both
// have: those of the chunk, or those of all regions of the file that the target
// changed.
func Renamed(c *conflict.Chunk) []conflict.Answer {
	s := sidesOf(c)
	if !s.small() || bytes.Equal(c.Base, c.Ours) || bytes.Equal(c.Base, c.Theirs) {
		return nil
	}
	n := names{}
	n.learnLines(s.base, s.ours)
	out := s.renamed(n, "", "in names learned from these lines")
	return append(out, s.renamed(fileNames(c.File), "-file", "in names learned from the file")...)
}

// fileNames learns from where the target's file differs from base.
func fileNames(f *conflict.File) names {
	n := names{}
	left := maxLearned
	for _, r := range f.Merge.Regions {
		if r.Kind == textdiff.Same || r.Kind == textdiff.Theirs {
			continue
		}
		b, o, _ := f.Merge.Sides(r)
		if left -= len(b) + len(o); left < 0 {
			break
		}
		n.learnLines(b, o)
	}
	return n
}

func (s sides) renamed(n names, suffix, learned string) []conflict.Answer {
	fix, changed := n.rewrite(s.theirs)
	if !changed {
		return nil
	}
	var out []conflict.Answer
	if different(fix) == different(s.theirs) { // else two things have one name now
		out = s.answer("renamed-theirs"+suffix, fix, "the fix's lines, "+learned)
	}
	s.theirs = fix
	s.base, _ = n.rewrite(s.base)
	if text, _, ok := mergeWords(s.base, s.ours, s.theirs, no.side); ok {
		out = append(out, s.answer("renamed-tokens"+suffix, text, "merged word by word, "+learned)...)
	}
	m := s.merger()
	if text, _, ok := m.replay(policy{stranded: theirs}); ok {
		return append(out, s.answer("renamed"+suffix, text, "the fix's edits fit the target's lines, "+learned)...)
	}
	if text, _, ok := m.replay(likely()); ok {
		out = append(out, s.answer("renamed-mixed"+suffix, text, "the fix's edits that fit the target's lines, "+learned)...)
	}
	return out
}

// different counts the lines of a text that are not alike.
func different(text []byte) int {
	number := textdiff.Numbering{}
	number.All(textdiff.Lines(text))
	return len(number)
}
