package textdiff

import "slices"

// Merge3 merges what ours and theirs each changed since base, as diff3 does
// (S. Khanna, K. Kunal, B. C. Pierce, "A Formal Investigation of Diff3", 2007),
// with git's conventions on top:
//
//   - Changes of the two sides that touch conflict: at least one unchanged line
//     must stand between them. Changes that come to the same do not conflict.
//   - What ours and theirs have in common inside a conflict is taken out of it;
//     then conflicts with at most three common lines between them become one.
//
// The diffs are those of [Diff].
func Merge3(base, ours, theirs []byte) Merge { return merge3(base, ours, theirs, mark) }

// Merge3Histogram is [Merge3] with histogram diffs, as in `git merge` and `git
// cherry-pick`.
func Merge3Histogram(base, ours, theirs []byte) Merge {
	return merge3(base, ours, theirs, markHistogram)
}

func merge3(base, ours, theirs []byte, by marker) Merge {
	m := Merge{base: split(base), ours: split(ours), theirs: split(theirs)}
	s := numbered(m.base)
	w := weave{base: s.numbers, ours: s.of(m.ours), theirs: s.of(m.theirs), by: by}
	w.count = len(s.lines)
	w.run(compare(w.base, w.ours, w.count, 0, by), compare(w.base, w.theirs, w.count, 0, by))
	m.Regions = w.join()
	return m
}

// weave lays two diffs from one base side by side.
type weave struct {
	base, ours, theirs []int32
	count              int // of symbols
	by                 marker
	regions            []Region
}

func (w *weave) run(ours, theirs []Hunk) {
	for len(ours) > 0 || len(theirs) > 0 {
		i, j, base := cluster(ours, theirs)
		w.same(base.Start)
		at := w.end()
		r := Region{
			Base:   base,
			Ours:   Span{at.Ours.End, at.Ours.End + base.Len() + growth(ours[:i])},
			Theirs: Span{at.Theirs.End, at.Theirs.End + base.Len() + growth(theirs[:j])},
		}
		if r.Kind = w.kind(r); r.Kind == Conflict {
			w.refine(r, ours[:i], theirs[:j])
		} else {
			w.add(r)
		}
		ours, theirs = ours[i:], theirs[j:]
	}
	w.same(len(w.base))
}

// cluster takes the hunks at the head of both lists that overlap or touch, one
// after the other, and tells which lines of base they span.
func cluster(ours, theirs []Hunk) (i, j int, base Span) {
	start := 0
	switch {
	case len(theirs) == 0:
		start = ours[0].OldStart
	case len(ours) == 0:
		start = theirs[0].OldStart
	default:
		start = min(ours[0].OldStart, theirs[0].OldStart)
	}
	base = Span{start, start}
	for {
		switch {
		case i < len(ours) && ours[i].OldStart <= base.End:
			base.End = max(base.End, ours[i].OldStart+ours[i].OldCount)
			i++
		case j < len(theirs) && theirs[j].OldStart <= base.End:
			base.End = max(base.End, theirs[j].OldStart+theirs[j].OldCount)
			j++
		default:
			return i, j, base
		}
	}
}

// growth is by how many lines the hunks make a text longer.
func growth(hunks []Hunk) int {
	n := 0
	for _, h := range hunks {
		n += h.NewCount - h.OldCount
	}
	return n
}

// kind compares. That hunks of one side fall into a region does not mean that
// the side differs there: a script that is not a shortest one may replace lines
// by themselves.
func (w *weave) kind(r Region) RegionKind {
	base := w.base[r.Base.Start:r.Base.End]
	ours := w.ours[r.Ours.Start:r.Ours.End]
	theirs := w.theirs[r.Theirs.Start:r.Theirs.End]
	switch {
	case slices.Equal(ours, theirs):
		if slices.Equal(base, ours) {
			return Same
		}
		return Both
	case slices.Equal(base, theirs):
		return Ours
	case slices.Equal(base, ours):
		return Theirs
	}
	return Conflict
}

// end is the last region so far; its spans' ends are where the next begins.
func (w *weave) end() Region {
	if len(w.regions) == 0 {
		return Region{}
	}
	return w.regions[len(w.regions)-1]
}

// same adds the unchanged lines of base before the given one.
func (w *weave) same(upTo int) {
	at := w.end()
	n := upTo - at.Base.End
	w.add(Region{
		Kind:   Same,
		Base:   Span{at.Base.End, upTo},
		Ours:   Span{at.Ours.End, at.Ours.End + n},
		Theirs: Span{at.Theirs.End, at.Theirs.End + n},
	})
}

// add appends a region, unless it is empty, and lets Same regions grow together.
func (w *weave) add(r Region) {
	if r.Base.Len() == 0 && r.Ours.Len() == 0 && r.Theirs.Len() == 0 {
		return
	}
	if n := len(w.regions); n > 0 && r.Kind == Same && w.regions[n-1].Kind == Same {
		w.regions[n-1] = union(w.regions[n-1], r)
		return
	}
	w.regions = append(w.regions, r)
}

// union is the region from the start of a to the end of b, of a's kind.
func union(a, b Region) Region {
	a.Base.End, a.Ours.End, a.Theirs.End = b.Base.End, b.Ours.End, b.Theirs.End
	return a
}

// near is the most common lines between two conflicts that are told as one.
const near = 3

// join makes one conflict of those that stand near each other with nothing but
// common lines between. Where that would make the two sides equal, as can
// happen when the diffs of the two sides align repeated lines differently, they
// stay apart: each of them is still a disagreement.
func (w *weave) join() []Region {
	out := w.regions[:0]
	for rest := w.regions; len(rest) > 0; {
		n := chain(rest)
		whole := union(rest[0], rest[n-1])
		if n > 1 && !slices.Equal(w.ours[whole.Ours.Start:whole.Ours.End], w.theirs[whole.Theirs.Start:whole.Theirs.End]) {
			out = append(out, whole)
		} else {
			out = append(out, rest[:n]...)
		}
		rest = rest[n:]
	}
	return out
}

// chain counts the regions that make one conflict with the first, itself
// included.
func chain(regions []Region) int {
	n, between := 1, 0
	if regions[0].Kind != Conflict {
		return n
	}
	for i, r := range regions[1:] {
		switch r.Kind {
		case Conflict:
			n, between = i+2, 0
		case Same, Both:
			between += r.Ours.Len()
		default:
			return n
		}
		if between > near {
			return n
		}
	}
	return n
}
