package fine

import (
	"bytes"
	"slices"

	"backstay.dev/backstay/internal/textdiff"
)

// edit replaces elements [start, end) of base by others.
type edit struct {
	start, end int
	new        [][]byte
}

func (e edit) insertion() bool { return e.start == e.end }

func (e edit) same(f edit) bool {
	return e.start == f.start && e.end == f.end && slices.EqualFunc(e.new, f.new, bytes.Equal)
}

// edits that turn base into side, by a shortest script.
func edits(base, side [][]byte, number textdiff.Numbering) []edit {
	var out []edit
	for _, h := range textdiff.DiffSymbols(number.All(base), number.All(side)) {
		out = append(out, edit{h.OldStart, h.OldStart + h.OldCount, side[h.NewStart : h.NewStart+h.NewCount]})
	}
	return out
}

// clash is where edits of the two sides are about the same elements of base.
type clash struct {
	start, end   int // of base
	ours, theirs []edit
}

// weave applies the edits of both sides to base. Edits that do not overlap are
// all applied, also where they touch; an insertion at the edge of a replacement
// stands before or after what replaces it. Edits that overlap, and insertions at
// one point, are given to decide, which says what stands there, or refuses.
func weave(base [][]byte, ours, theirs []edit, decide func(clash) ([][]byte, bool)) ([][]byte, bool) {
	out := make([][]byte, 0, len(base)+len(base)/4)
	at := 0
	for len(ours) > 0 || len(theirs) > 0 {
		c := take(&ours, &theirs)
		out = append(out, base[at:c.start]...)
		at = c.end
		switch {
		case len(c.theirs) == 0:
			out = apply(out, base, c.ours, c.start, c.end)
		case len(c.ours) == 0:
			out = apply(out, base, c.theirs, c.start, c.end)
		case len(c.ours) == 1 && len(c.theirs) == 1 && c.ours[0].same(c.theirs[0]):
			out = append(out, c.ours[0].new...)
		default:
			lines, ok := decide(c)
			if !ok {
				return nil, false
			}
			out = append(out, lines...)
		}
	}
	return append(out, base[at:]...), true
}

// apply appends base[start:end] with the edits applied.
func apply(out, base [][]byte, list []edit, start, end int) [][]byte {
	for _, e := range list {
		out = append(append(out, base[start:e.start]...), e.new...)
		start = e.end
	}
	return append(out, base[start:end]...)
}

// take removes from the heads of the lists the first edit, and all that overlap
// with it, directly or by way of others.
func take(ours, theirs *[]edit) clash {
	var c clash
	next := func() (list *[]edit, mine bool) {
		switch {
		case len(*ours) == 0:
			return theirs, false
		case len(*theirs) == 0:
			return ours, true
		case before((*theirs)[0], (*ours)[0]):
			return theirs, false
		}
		return ours, true
	}
	list, mine := next()
	first := (*list)[0]
	c.start, c.end = first.start, first.end
	add := func(list *[]edit, mine bool) {
		e := (*list)[0]
		*list = (*list)[1:]
		c.end = max(c.end, e.end)
		if mine {
			c.ours = append(c.ours, e)
		} else {
			c.theirs = append(c.theirs, e)
		}
	}
	add(list, mine)
	for {
		switch {
		case len(*ours) > 0 && overlaps(c, c.theirs, (*ours)[0]):
			add(ours, true)
		case len(*theirs) > 0 && overlaps(c, c.ours, (*theirs)[0]):
			add(theirs, false)
		default:
			return c
		}
	}
}

func before(e, f edit) bool {
	if e.start != f.start {
		return e.start < f.start
	}
	return e.insertion() && !f.insertion()
}

// overlaps says whether e is about elements that edits of the other side in c
// are about.
func overlaps(c clash, others []edit, e edit) bool {
	if e.start > c.end {
		return false
	}
	for _, o := range others {
		switch {
		case e.insertion() && o.insertion():
			if e.start == o.start {
				return true
			}
		case e.insertion():
			if o.start < e.start && e.start < o.end {
				return true
			}
		case o.insertion():
			if e.start < o.start && o.start < e.end {
				return true
			}
		case e.start < o.end && o.start < e.end:
			return true
		}
	}
	return false
}

func refuse(clash) ([][]byte, bool) { return nil, false }

func join(pieces [][]byte) []byte { return bytes.Join(pieces, nil) }
