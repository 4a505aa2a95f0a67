package textdiff

import "sort"

// refine adds conflict r, cut into what ours and theirs have in common and what
// they have not.
//
// Which lines of base go to which piece is free as far as the merge goes. Common
// lines at head and tail take the lines of base that equal them, the differing
// pieces keep all others, as in git's zdiff3. Where common lines divide two
// differing pieces, base is divided by the diffs that led there.
func (w *weave) refine(r Region, ours, theirs []Hunk) {
	inner := compare(w.ours[r.Ours.Start:r.Ours.End], w.theirs[r.Theirs.Start:r.Theirs.End],
		w.count, len(w.ours)+len(w.theirs), w.by)
	first, last := inner[0], inner[len(inner)-1]
	head := w.ours[r.Ours.Start:][:first.OldStart]
	tail := w.ours[r.Ours.Start+last.OldStart+last.OldCount : r.Ours.End]
	n, _ := common(w.base[r.Base.Start:r.Base.End], head)
	lo := r.Base.Start + n
	_, n = common(w.base[lo:r.Base.End], tail)
	hi := r.Base.End - n

	cut := func(o, t int) int {
		at := origin(o, ours, r.Ours, r.Base)
		if also := origin(t, theirs, r.Theirs, r.Base); !at.exact {
			at = also.or(at)
		}
		return min(max(at.line, w.end().Base.End, lo), hi)
	}
	for i, h := range inner {
		o, t := r.Ours.Start+h.OldStart, r.Theirs.Start+h.NewStart
		start, end := lo, hi
		if i > 0 {
			start = cut(o, t)
		}
		w.agreed(start, o)
		o, t = o+h.OldCount, t+h.NewCount
		if i < len(inner)-1 {
			end = cut(o, t)
		}
		at := w.end()
		w.add(Region{Conflict, Span{at.Base.End, end}, Span{at.Ours.End, o}, Span{at.Theirs.End, t}})
	}
	w.agreed(r.Base.End, r.Ours.End)
}

// agreed adds the lines up to the given ones of base and ours, which theirs has,
// too.
func (w *weave) agreed(baseEnd, oursEnd int) {
	at := w.end()
	base := w.base[at.Base.End:baseEnd]
	lines := w.ours[at.Ours.End:oursEnd]
	head, tail := common(base, lines)
	w.same(at.Base.End + head)
	at = w.end()
	n := len(lines) - head - tail
	w.add(Region{Both, Span{at.Base.End, baseEnd - tail}, Span{at.Ours.End, at.Ours.End + n}, Span{at.Theirs.End, at.Theirs.End + n}})
	w.same(baseEnd)
}

// place is a line of base, and whether a diff says so or proportion does.
type place struct {
	line  int
	exact bool
}

// or prefers an exact place, and else goes half-way.
func (p place) or(q place) place {
	if p.exact {
		return p
	}
	return place{(p.line + q.line) / 2, false}
}

// origin tells where a line of a side comes from, inside one region. hunks are
// those of the region, in order. Within a replacement lines correspond in
// proportion.
func origin(line int, hunks []Hunk, side, base Span) place {
	i := sort.Search(len(hunks), func(i int) bool { return hunks[i].NewStart+hunks[i].NewCount > line })
	if i < len(hunks) && hunks[i].NewStart < line {
		h := hunks[i]
		return place{h.OldStart + (line-h.NewStart)*h.OldCount/h.NewCount, false}
	}
	if i == 0 {
		return place{base.Start + line - side.Start, true}
	}
	h := hunks[i-1]
	return place{h.OldStart + h.OldCount + line - h.NewStart - h.NewCount, true}
}
