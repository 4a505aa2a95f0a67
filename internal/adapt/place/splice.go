package place

import (
	"bytes"
	"slices"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// spliced makes the three texts in which a home differs from the fix's two
// sides in the edited lines only. ok is false where edits overlap, or where the
// merge of these texts is not that of each edit by itself: then it would touch
// something else.
func spliced(path string, home *source, edits []edit) (f *conflict.File, ok bool) {
	slices.SortStableFunc(edits, func(a, b edit) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return a.end - b.end
	})
	var base, theirs []byte
	var want [2][]byte // with the chunks' ours, with their theirs
	line, chunks := 0, 0
	for _, e := range edits {
		if e.start < line {
			return nil, false
		}
		between := join(home.lines[line:e.start])
		alone := conflict.New(path, e.base, join(home.lines[e.start:e.end]), e.theirs)
		chunks += len(alone.Chunks)
		base = append(append(base, between...), e.base...)
		theirs = append(append(theirs, between...), e.theirs...)
		for side, text := range bothSides(alone) {
			want[side] = append(append(want[side], between...), text...)
		}
		line = e.end
	}
	rest := join(home.lines[line:])
	f = conflict.New(path, append(base, rest...), home.text, append(theirs, rest...))
	if len(f.Chunks) != chunks {
		return f, false
	}
	for side, text := range bothSides(f) {
		if !bytes.Equal(text, append(want[side], rest...)) {
			return f, false
		}
	}
	return f, true
}

// bothSides are the texts of a merge with its chunks' ours, and with their
// theirs.
func bothSides(f *conflict.File) [2][]byte {
	var ours, theirs [][]byte
	for _, c := range f.Chunks {
		ours, theirs = append(ours, c.Ours), append(theirs, c.Theirs)
	}
	return [2][]byte{f.Text(ours), f.Text(theirs)}
}

// keepsPlaces reports whether a merge of whole files puts each change of the
// fix into the counterpart of the unit that it stands in, and what stands
// between units between units.
func (f *fix) keepsPlaces(m textdiff.Merge, home *home) bool {
	for _, r := range m.Regions {
		if r.Kind == textdiff.Same || r.Kind == textdiff.Ours {
			continue
		}
		_, _, theirs := m.Sides(r)
		base := textdiff.Hunk{OldStart: r.Base.Start, OldCount: r.Base.Len()}
		first, last := f.base.touched(base, textdiff.Lines(theirs))
		between := home.uncut(r.Ours.Start, r.Ours.End)
		switch {
		case r.Kind == textdiff.Conflict && r.Ours.Len() == 0 && between:
			// A conflict with nothing: the target lacks it.
		case r.Kind == textdiff.Conflict && f.base.holds(r.Base):
			return false // it takes several units for one
		case first < 0:
			if !between {
				return false
			}
		default:
			start, _ := match(f.base, f.base.units[first], home.source, 0)
			end, _ := match(f.base, f.base.units[last], home.source, 0)
			if f.twin(first, home) || start < 0 || end < 0 || r.Ours.Start < home.units[start].start || r.Ours.End > home.units[end].end {
				return false
			}
		}
	}
	return true
}

// holds reports whether lines hold a whole unit, or parts of several.
func (s *source) holds(lines textdiff.Span) bool {
	n := 0
	for _, u := range s.units {
		if u.start < lines.End && lines.Start < u.end {
			n++
			if n > 1 || lines.Start <= u.start && u.end <= lines.End {
				return true
			}
		}
	}
	return false
}
