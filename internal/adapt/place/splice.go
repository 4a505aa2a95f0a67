package place

import (
	"bytes"
	"slices"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// spliced makes the three texts in which a home differs from the fix's two
// sides in the edited lines only. ok is false where the merge of these texts
// would touch anything else, or edits overlap.
func spliced(path string, home *source, edits []edit) (f *conflict.File, ok bool) {
	slices.SortStableFunc(edits, func(a, b edit) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return a.end - b.end
	})
	var base, theirs, want []byte
	line, chunks := 0, 0
	for _, e := range edits {
		if e.start < line {
			return nil, false
		}
		for _, l := range home.lines[line:e.start] {
			base, theirs, want = append(base, l...), append(theirs, l...), append(want, l...)
		}
		m := textdiff.Merge3Histogram(e.base, bytes.Join(home.lines[e.start:e.end], nil), e.theirs)
		text, _ := m.Text()
		chunks += len(m.Conflicts())
		base, theirs, want = append(base, e.base...), append(theirs, e.theirs...), append(want, text...)
		line = e.end
	}
	for _, l := range home.lines[line:] {
		base, theirs, want = append(base, l...), append(theirs, l...), append(want, l...)
	}
	f = conflict.New(path, base, home.text, theirs)
	if text, clean := f.Merge.Text(); clean {
		return f, chunks == 0 && bytes.Equal(text, want)
	}
	return f, chunks > 0 && within(f, edits)
}

// within reports whether all that a merge does to the target's text lies in the
// edited lines.
func within(f *conflict.File, edits []edit) bool {
	i := 0
	for _, r := range f.Merge.Regions {
		if r.Kind == textdiff.Same || r.Kind == textdiff.Ours {
			continue
		}
		for i < len(edits) && edits[i].end < r.Ours.End {
			i++
		}
		if i == len(edits) || r.Ours.Start < edits[i].start {
			return false
		}
	}
	return true
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
