package fine

import (
	"bytes"

	"backstay.dev/backstay/internal/textdiff"
)

// version is what one side made of the lines of base.
type version struct {
	// fate has for each line of base the side's line, or nil if it is gone.
	fate [][]byte
	// added has for each gap, that before line i at i and that at the end, the
	// lines that the side has there and base has not.
	added [][][]byte
}

// versionOf reads an alignment. Lines that replace others stand behind those.
func versionOf(base, side []line) version {
	v := version{make([][]byte, len(base)), make([][][]byte, len(base)+1)}
	at := 0
	for i, j := range align(base, side) {
		if j < 0 {
			continue
		}
		v.fate[i] = side[j].text
		for ; at < j; at++ {
			v.added[i] = append(v.added[i], side[at].text)
		}
		at = j + 1
	}
	for ; at < len(side); at++ {
		v.added[len(base)] = append(v.added[len(base)], side[at].text)
	}
	return v
}

// choice is what a policy does where a merge alone does not know.
type choice int

const (
	no     choice = iota // refuse
	ours                 // side with the target
	theirs               // side with the fix
)

// policy says what to do where a line-by-line merge alone does not know.
type policy struct {
	insert   choice // both added lines at one place: whose come first
	absent   bool   // edits by the fix of lines that the target lacks are left out; else it refuses
	removed  bool   // lines that the fix deletes go though the target edited them; else it refuses
	overlap  choice // both edited the same words of a line
	indent   bool   // indent added lines as the other side indents those around
	stranded choice // the fix adds lines amid lines that the target lacks: ours drops them, theirs keeps them, no those at the outermost level
}

// event is something that a merge met.
type event uint

const (
	inserted event = 1 << iota // see policy
	absent                     // see policy
	removed                    // see policy
	overlap                    // see policy
	stranded                   // see policy
	tokens                     // both edited a line, in different words
	indented                   // added lines were indented as the target is
	rotated                    // added lines begin elsewhere than diff says
	seamed                     // added lines brought the blank line beside them
	attached                   // of lines that both sides added, one side's belong to the line above or below that it edited
)

// decided are the events that a policy decides.
const decided = inserted | absent | removed | overlap | stranded

// merger lays the fix's edits of base over the target's, line by line: lines are
// paired with the versions of them on either side, and where both changed one,
// their words are merged.
type merger struct {
	base         []line
	ours, theirs version
	outermost    int      // see there; of base
	small        bool     // words may be merged, blocks moved
	above, below [][]byte // see neighbours

	policy
	out    [][]byte
	events event
}

func (s sides) merger() *merger {
	lines, terms := textdiff.Numbering{}, textdiff.Numbering{}
	m := &merger{base: measured(s.base, lines, terms)}
	m.ours = versionOf(m.base, measured(s.ours, lines, terms))
	m.theirs = versionOf(m.base, measured(s.theirs, lines, terms))
	m.outermost, m.small = outermost(m.base), s.small()
	m.neighbours(join(s.chunk.Before(1)), join(s.chunk.After(1)))
	return m
}

// replay merges. The events say what was met, as far as the policy went.
func (m *merger) replay(p policy) ([]byte, event, bool) {
	m.policy, m.out, m.events = p, nil, 0
	for i := range m.base {
		if !m.gap(i) || !m.line(i) {
			return nil, m.events, false
		}
	}
	if !m.gap(len(m.base)) {
		return nil, m.events, false
	}
	return join(m.out), m.events, true
}

// gap adds what the sides have added before line i of base.
func (m *merger) gap(i int) bool {
	mine, other := m.ours.added[i], m.theirs.added[i]
	mine = m.shift(i, mine, m.ours, m.theirs)
	if len(other) == 0 || equal(mine, other) {
		m.out = append(m.out, mine...)
		return true
	}
	if m.small && (m.lacks(i-1) || m.lacks(i)) {
		other = m.rotate(i, other)
	}
	if m.lacks(i-1) && m.lacks(i) {
		m.events |= stranded
		if m.stranded == ours || m.stranded == no && outermost(lineless(other)) > m.outermost {
			other = nil
		}
	}
	other = m.shift(i, m.seam(i, other), m.theirs, m.ours)
	if len(mine) == 0 || len(other) == 0 {
		m.out = append(append(m.out, mine...), other...)
		return true
	}
	m.events |= inserted
	insert := m.insert
	if side := m.attached(i); side != no {
		m.events |= attached
		if insert == no {
			insert = side
		}
	}
	switch insert {
	case ours:
		m.out = append(append(m.out, mine...), other...)
	case theirs:
		m.out = append(append(m.out, other...), mine...)
	}
	return insert != no
}

// attached tells whose added lines come first where both sides added some: a
// side's stand beside a line if it edited that line and the other did not.
func (m *merger) attached(i int) choice {
	edited := func(v version, k int) bool {
		return k >= 0 && k < len(m.base) && v.fate[k] != nil && !bytes.Equal(v.fate[k], m.base[k].text)
	}
	switch mine, other := edited(m.ours, i-1), edited(m.theirs, i-1); {
	case mine && !other:
		return ours
	case other && !mine:
		return theirs
	}
	switch mine, other := edited(m.ours, i), edited(m.theirs, i); {
	case mine && !other:
		return theirs
	case other && !mine:
		return ours
	}
	return no
}

// lacks says whether base has line i, and the target has no version of it.
func (m *merger) lacks(i int) bool { return i >= 0 && i < len(m.base) && m.ours.fate[i] == nil }

// line adds what becomes of line i of base.
func (m *merger) line(i int) bool {
	base, mine, other := m.base[i].text, m.ours.fate[i], m.theirs.fate[i]
	take := func(l []byte, ok bool) bool {
		if ok && l != nil {
			m.out = append(m.out, l)
		}
		return ok
	}
	switch {
	case mine == nil && (other == nil || bytes.Equal(base, other)), other == nil && bytes.Equal(base, mine):
		return true
	case mine == nil:
		m.events |= absent
		return m.absent
	case other == nil:
		m.events |= removed
		return m.removed
	case bytes.Equal(mine, other), bytes.Equal(base, other):
		return take(mine, true)
	case bytes.Equal(base, mine):
		return take(other, true)
	}
	m.events |= tokens
	if !m.small {
		m.events |= overlap
		return take(map[choice][]byte{ours: mine, theirs: other}[m.overlap], m.overlap != no)
	}
	text, clashed, ok := mergeWords(base, mine, other, m.overlap.side)
	if clashed {
		m.events |= overlap
	}
	return take(text, ok)
}

// umpire says what stands where edits of words overlap, or refuses. It is given
// the words of base.
type umpire func(c clash, base [][]byte) ([][]byte, bool)

// side lets one side win.
func (w choice) side(c clash, base [][]byte) ([][]byte, bool) {
	switch w {
	case ours:
		return apply(nil, base, c.ours, c.start, c.end), true
	case theirs:
		return apply(nil, base, c.theirs, c.start, c.end), true
	}
	return nil, false
}

// mergeWords merges word by word; clashed says whether the umpire was asked.
func mergeWords(base, mine, other []byte, decide umpire) (text []byte, clashed, ok bool) {
	number := textdiff.Numbering{}
	b, o, t := words(base), words(mine), words(other)
	out, ok := weave(b, edits(b, o, number), edits(b, t, number), func(c clash) ([][]byte, bool) {
		clashed = true
		return decide(c, b)
	})
	text = join(out)
	// A side may have deleted the end of a line to which the other added.
	return text, clashed, ok && !ends(text)
}

func equal(a, b [][]byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}
