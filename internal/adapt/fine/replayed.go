package fine

import (
	"bytes"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// Replay lays the fix's own edits, the difference between base and theirs, over
// the target's lines: each line is paired with its version in the target, edits
// of lines that the target has are made there, added lines follow the lines that
// they follow in the source.
//
// If nothing has to be decided, there is one answer, named after what was met.
// If one thing has, each way to decide has its name. If several have, all are
// decided in the likely way.
func Replay(c *conflict.Chunk) []conflict.Answer {
	s := sidesOf(c)
	m := s.merger()
	var out []conflict.Answer
	if text, met, ok := m.replay(policy{stranded: theirs}); ok && met&stranded == 0 {
		out = s.plain(text, met)
		if text, met, _ := m.replay(policy{stranded: theirs, indent: true}); met&indented != 0 {
			out = append(out, s.answer("replay-indented", text, "the fix's edits fit the target's lines; lines added by one side are indented as the other indents those around")...)
		}
		if text, ok := s.trimmed(text); ok {
			out = append(out, s.answer("replay-trimmed", text, "the fix's edits fit the target's lines; blanks at the ends of lines that it adds are left out")...)
		}
		if met&attached == 0 {
			return out
		}
	}
	text, met, ok := m.replay(likely())
	if met &= decided; met&(met-1) != 0 {
		return append(out, s.mixed(m, text, ok, met)...)
	}
	for _, w := range ways() {
		if met&w.what == 0 || w.what == inserted && c.Halved() {
			continue
		}
		p := likely()
		w.decide(&p)
		if text, _, ok := m.replay(p); ok {
			out = append(out, s.answer(w.rung, text, w.why)...)
		}
	}
	return out
}

// mixed decides several things at once in the likely way; text is what comes of
// it.
func (s sides) mixed(m *merger, text []byte, ok bool, met event) []conflict.Answer {
	if !ok {
		return nil
	}
	out := s.answer("mixed", text, "of the fix's edits those to lines that the target has are taken, with the target's words where both changed the same")
	if met&stranded == 0 {
		return out
	}
	p := likely()
	p.stranded = no
	if text, _, ok := m.replay(p); ok {
		out = append(out, s.answer("mixed-outer", text, "of the fix's edits those to lines that the target has are taken, and what it adds at the outermost level")...)
	}
	return out
}

// plain is the answer where nothing had to be decided.
func (s sides) plain(text []byte, met event) []conflict.Answer {
	switch {
	case met&attached != 0:
		return s.answer("replay-attached", text, "both sides added lines at one place; one side's belong to the line beside them")
	case met&seamed != 0:
		return s.answer("replay-seamed", text, "the fix's edits fit the target's lines; a blank line parts them from what stands beside")
	case met&rotated != 0:
		return s.answer("replay-rotated", text, "the fix's edits fit the target's lines; the added block is cut where it reads best")
	case met&tokens != 0:
		return s.answer("replay-tokens", text, "the fix's edits fit the target's lines; in some both sides changed different words")
	}
	return s.answer("replay", text, "the fix's edits fit the target's lines")
}

// trimmed leaves out blanks at the ends of lines that the fix brings. Where the
// fix alone changed something it stands as it is.
func (s sides) trimmed(text []byte) ([]byte, bool) {
	if bytes.Equal(s.base, s.ours) {
		return nil, false
	}
	lines := textdiff.Lines(text)
	old := map[string]bool{}
	for _, l := range textdiff.Lines(s.ours) {
		old[string(l)] = true
	}
	changed := false
	for i, l := range lines {
		body := bytes.TrimSuffix(l, []byte{'\n'})
		if cut := bytes.TrimRight(body, " \t"); len(cut) < len(body) && !old[string(l)] {
			lines[i] = append(cut[:len(cut):len(cut)], '\n')
			changed = true
		}
	}
	return join(lines), changed
}

// likely decides as people do most often.
func likely() policy {
	return policy{insert: ours, absent: true, removed: true, overlap: ours, stranded: ours, indent: true}
}

// way is one way to decide something.
type way struct {
	what      event
	rung, why string
	decide    func(*policy)
}

func ways() []way {
	return []way{
		{inserted, "ours-theirs", "both sides added lines here; the target's come first", func(p *policy) { p.insert = ours }},
		{inserted, "theirs-ours", "both sides added lines here; the fix's come first", func(p *policy) { p.insert = theirs }},
		{absent, "absent-dropped", "the fix also edits lines that the target lacks; these edits are left out", func(*policy) {}},
		{stranded, "stranded-kept", "the fix adds lines amid others that the target lacks; only the added ones are taken", func(p *policy) { p.stranded = theirs }},
		{stranded, "stranded-outer", "the fix adds lines amid others that the target lacks; of the added ones those at the outermost level are taken", func(p *policy) { p.stranded = no }},
		{stranded, "stranded-dropped", "the fix adds lines amid others that the target lacks; they are left out", func(p *policy) { p.stranded = ours }},
		{removed, "removed-gone", "the fix deletes lines that the target has in another version; they go", func(*policy) {}},
		{overlap, "overlap-ours", "both sides changed the same words of a line; the target's stay", func(p *policy) { p.overlap = ours }},
		{overlap, "overlap-theirs", "both sides changed the same words of a line; the fix's are taken", func(p *policy) { p.overlap = theirs }},
	}
}
