package place

import (
	"bytes"
	"cmp"
	"slices"

	"backstay.dev/backstay/internal/textdiff"
)

// fix is one file's change, cut into the parts that find their places one by
// one.
type fix struct {
	base   *source
	theirs lines
	hunks  []textdiff.Hunk
	parts  []part
	units  []unit // of theirs, see bringsUnit
}

// lines is a text with its lines.
type lines struct {
	path  string
	text  []byte
	lines [][]byte
}

// part is all that the fix changes in one unit, in several that one hunk joins,
// or in one hunk that lies between units.
type part struct {
	first, last int // of base.units; -1 between them
	hunks       []textdiff.Hunk
}

func newFix(path string, base, theirs []byte) *fix {
	f := &fix{base: sourceOf(path, base), theirs: lines{path, theirs, textdiff.Lines(theirs)}, hunks: textdiff.Diff(base, theirs)}
	for _, h := range f.hunks {
		p := part{first: -1, last: -1, hunks: []textdiff.Hunk{h}}
		p.first, p.last = f.base.touched(h, f.theirs.lines[h.NewStart:h.NewStart+h.NewCount])
		if n := len(f.parts) - 1; n >= 0 && p.first >= 0 && f.parts[n].last >= p.first {
			f.parts[n].last = max(f.parts[n].last, p.last)
			f.parts[n].hunks = append(f.parts[n].hunks, h)
			continue
		}
		f.parts = append(f.parts, p)
	}
	return f
}

// split divides the hunks: those in units that a home lacks, and the rest.
func (f *fix) split(left []Left) (gone, stays []textdiff.Hunk) {
	for _, h := range f.hunks {
		if slices.ContainsFunc(left, func(l Left) bool { return l.Absent && slices.Contains(l.Hunks, h) }) {
			gone = append(gone, h)
		} else {
			stays = append(stays, h)
		}
	}
	return gone, stays
}

// with is the base with some of the hunks applied, in order.
func (f *fix) with(hunks []textdiff.Hunk) []byte {
	var out [][]byte
	line := 0
	for _, h := range hunks {
		out = append(append(out, f.base.lines[line:h.OldStart]...), f.theirs.lines[h.NewStart:h.NewStart+h.NewCount]...)
		line = h.OldStart + h.OldCount
	}
	return join(append(out, f.base.lines[line:]...))
}

// edit replaces lines of a home. base and theirs are what the fix's two sides
// have in their place.
type edit struct {
	start, end   int
	base, theirs []byte
	parts        []int
	how          how
	family       bool // the neighbour stands in the same type as in the base
}

// how says what an edit's place rests on, best first.
type how int

const (
	byUnit   how = iota // the unit's counterpart
	byBeside            // that of a unit next to it
	byLine              // equal lines
)

// place finds where a part belongs in a home.
func (f *fix) place(n int, home *source, least float64) (e edit, like float64, ok bool) {
	p := f.parts[n]
	if p.first >= 0 {
		return f.placeUnits(n, home, least)
	}
	h := p.hunks[0]
	if e, ok = f.besideUnit(h, home, least); !ok {
		e, ok = f.byLines(h, home)
	}
	if !ok || e.end == len(home.lines) && e.end > 0 && !bytes.HasSuffix(home.lines[e.end-1], []byte("\n")) {
		return edit{}, 0, false
	}
	e.parts = []int{n}
	return e, 1, true
}

// placeUnits replaces the counterpart of a unit as a whole. Several stand in the
// same order there, with nothing else between.
func (f *fix) placeUnits(n int, home *source, least float64) (e edit, like float64, ok bool) {
	p := f.parts[n]
	start, end := f.base.units[p.first].start, f.base.units[p.last].end
	if h := p.hunks[len(p.hunks)-1]; p.hunks[0].OldStart < start || h.OldStart+h.OldCount > end {
		return edit{}, 0, false // it changes what stands between units too
	}
	from := 0
	for i := p.first; i <= p.last; i++ {
		j, l := match(f.base, f.base.units[i], home, least)
		if j < 0 || i > p.first && j != from+i-p.first {
			return edit{}, 0, false
		}
		if i == p.first {
			from = j
		}
		like += l / float64(p.last-p.first+1)
	}
	old := f.base.lines[start:end]
	ends := p.hunks[len(p.hunks)-1]
	fresh := f.theirs.lines[after(f.hunks, start, true):after(f.hunks, end, ends.OldCount == 0 && ends.OldStart == end)]
	e = edit{start: home.units[from].start, end: home.units[from+p.last-p.first].end, how: byUnit, parts: []int{n}}
	deep, here := indent(old), indent(home.lines[e.start:e.end])
	e.base, e.theirs = shifted(old, deep, here), shifted(fresh, deep, here)
	return e, like, true
}

// besideUnit finds the place of an insertion that stands next to a unit, with
// nothing but empty lines between: it stands next to the unit's counterpart.
// The unit above counts first, unless only that below stands in the same type
// as in the base. Of a new unit, which stands among others and not at a line, the
// neighbours may be the next but one.
func (f *fix) besideUnit(h textdiff.Hunk, home *source, least float64) (edit, bool) {
	if h.OldCount > 0 {
		return edit{}, false
	}
	next, _ := slices.BinarySearchFunc(f.base.units, h.OldStart, func(u unit, line int) int { return cmp.Compare(u.start, line) })
	reach := 1
	if f.bringsUnit(h) {
		reach = neighbours
	}
	for d := range reach {
		var found []edit
		if i := next - 1 - d; i >= 0 && (d > 0 || allBlank(f.base.lines[f.base.units[i].end:h.OldStart])) {
			found = f.beside(h, i, home, least, false)
		}
		if i := next + d; i < len(f.base.units) && (d > 0 || allBlank(f.base.lines[h.OldStart:f.base.units[i].start])) {
			found = append(found, f.beside(h, i, home, least, true)...)
		}
		for _, e := range found {
			if e.family || len(found) == 1 {
				return e, true
			}
		}
		if len(found) > 0 {
			return found[0], true
		}
	}
	return edit{}, false
}

// neighbours is how many units above and below a new one are tried.
const neighbours = 4

// beside inserts the hunk's lines above or below the counterpart of unit i; it
// gives one edit or none.
func (f *fix) beside(h textdiff.Hunk, i int, home *source, least float64, above bool) []edit {
	u := f.base.units[i]
	text, empty := trimmed(f.theirs.lines[h.NewStart : h.NewStart+h.NewCount])
	same := bytes.Equal(indent(text), indent(f.base.lines[u.start:]))
	if above && !same || len(text) == 0 {
		return nil
	}
	j, _ := match(f.base, u, home, least)
	if j < 0 {
		return nil
	}
	v := home.units[j]
	if !same && len(indent(home.lines[v.end:])) > len(indent(text)) {
		return nil // it would cut off what follows from where that belongs
	}
	out := join(text)
	if same {
		out = shifted(text, indent(text), indent(home.lines[v.start:v.end]))
	}
	e := edit{start: v.end, end: v.end, theirs: append(join(empty), out...), how: byBeside, family: u.parent == v.parent}
	if above {
		e.start, e.end, e.theirs = v.start, v.start, append(out, join(empty)...)
	}
	return []edit{e}
}

// trimmed takes the empty lines off both ends of what is inserted, and gives
// those of the end that has more.
func trimmed(lines [][]byte) (text, empty [][]byte) {
	head := 0
	for head < len(lines) && blank(lines[head]) {
		head++
	}
	tail := len(lines)
	for tail > head && blank(lines[tail-1]) {
		tail--
	}
	if head > len(lines)-tail {
		return lines[head:tail], lines[:head]
	}
	return lines[head:tail], lines[tail:]
}

// bringsUnit reports whether a hunk adds a whole unit.
func (f *fix) bringsUnit(h textdiff.Hunk) bool {
	if f.units == nil {
		f.units = sourceOf(f.theirs.path, f.theirs.text).units
	}
	return slices.ContainsFunc(f.units, func(u unit) bool { return h.NewStart <= u.start && u.end <= h.NewStart+h.NewCount })
}

func allBlank(lines [][]byte) bool {
	return !slices.ContainsFunc(lines, func(l []byte) bool { return !blank(l) })
}

func join(lines [][]byte) []byte { return bytes.Join(lines, nil) }
