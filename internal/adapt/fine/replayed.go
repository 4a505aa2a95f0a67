package fine

import "backstay.dev/backstay/internal/adapt/conflict"

// likely decides as people do most often, where one thing is asked and others
// come up as well.
func likely() policy {
	return policy{insert: ours, absent: ours, removed: theirs, overlap: ours, stranded: theirs}
}

// Replay lays the fix's own edits, the difference between base and theirs, over
// the target's lines: each line is paired with its version in the target, edits
// of lines that the target has are made there, added lines follow the lines that
// they follow in the source. It answers if nothing had to be decided.
func Replay(c *conflict.Chunk) []conflict.Answer {
	s := sidesOf(c)
	text, met, ok := s.replay(policy{stranded: theirs})
	if !ok {
		return nil
	}
	switch {
	case met&stranded != 0:
		return nil
	case met&indented != 0:
		return s.answer("replay-indented", text, "the fix's edits fit the target's lines, indented as these are")
	case met&seamed != 0:
		return s.answer("replay-seamed", text, "the fix's edits fit the target's lines; a blank line parts them from what stands beside")
	case met&rotated != 0:
		return s.answer("replay-rotated", text, "the fix's edits fit the target's lines; the added block is cut where it reads best")
	case met&tokens != 0:
		return s.answer("replay-tokens", text, "the fix's edits fit the target's lines; in some both sides changed different words")
	}
	return s.answer("replay", text, "the fix's edits fit the target's lines")
}

// way is one way to decide something.
type way struct {
	rung, why string
	policy    func(*policy)
}

// ways replays the fix in some ways, if the event comes up at all.
func ways(c *conflict.Chunk, what event, list ...way) []conflict.Answer {
	s := sidesOf(c)
	var out []conflict.Answer
	for _, w := range list {
		p := likely()
		w.policy(&p)
		text, met, ok := s.replay(p)
		if !ok || met&what == 0 {
			return nil
		}
		if met&decided&^what != 0 {
			w.rung += "-mixed"
		}
		out = append(out, s.answer(w.rung, text, w.why)...)
	}
	return out
}

// Both keeps the lines that both sides added at one place.
func Both(c *conflict.Chunk) []conflict.Answer {
	return ways(c, inserted,
		way{"ours-theirs", "both sides added lines here; the target's come first", func(p *policy) { p.insert = ours }},
		way{"theirs-ours", "both sides added lines here; the fix's come first", func(p *policy) { p.insert = theirs }})
}

// Absent decides over edits to lines that the target lacks.
func Absent(c *conflict.Chunk) []conflict.Answer {
	return ways(c, absent,
		way{"absent-dropped", "the fix also edits lines that the target lacks; these edits are left out", func(p *policy) { p.absent = ours }},
		way{"absent-kept", "the fix edits lines that the target lacks; they are added as the fix leaves them", func(p *policy) { p.absent = theirs }})
}

// Stranded decides over lines that the fix adds amid lines that the target lacks.
func Stranded(c *conflict.Chunk) []conflict.Answer {
	return ways(c, stranded,
		way{"stranded-kept", "the fix adds lines amid others that the target lacks; only the added ones are taken", func(p *policy) { p.stranded = theirs }},
		way{"stranded-outer", "the fix adds lines amid others that the target lacks; of the added ones those at the outermost level are taken", func(p *policy) { p.stranded = no }},
		way{"stranded-dropped", "the fix adds lines amid others that the target lacks; they are left out", func(p *policy) { p.stranded = ours }})
}

// Removed decides over the target's edits to lines that the fix deletes.
func Removed(c *conflict.Chunk) []conflict.Answer {
	return ways(c, removed,
		way{"removed-gone", "the fix deletes lines that the target has in another version; they go", func(p *policy) { p.removed = theirs }},
		way{"removed-kept", "the fix deletes lines that the target has in another version; they stay", func(p *policy) { p.removed = ours }})
}

// Overlap decides over words that both sides changed, in lines that are paired.
func Overlap(c *conflict.Chunk) []conflict.Answer {
	if !sidesOf(c).small() {
		return nil
	}
	return ways(c, overlap,
		way{"overlap-ours", "both sides changed the same words of a line; the target's stay", func(p *policy) { p.overlap = ours }},
		way{"overlap-theirs", "both sides changed the same words of a line; the fix's are taken", func(p *policy) { p.overlap = theirs }})
}
