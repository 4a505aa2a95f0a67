package textdiff

import "fmt"

// RegionKind says which side of a merge changed a region.
type RegionKind int

// The kinds, and what comparing the lines of such a region gives. Inside a
// Conflict, base may equal one of the sides: both changed or touched the place,
// and what they agree on has been taken out.
const (
	Same     RegionKind = iota // base = ours = theirs
	Ours                       // base = theirs, ours differs
	Theirs                     // base = ours, theirs differs
	Both                       // ours = theirs, base differs
	Conflict                   // ours and theirs differ
)

var kindNames = [...]string{"same", "ours", "theirs", "both", "conflict"}

// String is the kind's name in lower case.
func (k RegionKind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("RegionKind(%d)", int(k))
	}
	return kindNames[k]
}

// Span is a half-open range of lines, counted from zero. An empty one stands
// before line Start.
type Span struct{ Start, End int }

// Len is the number of lines.
func (s Span) Len() int { return s.End - s.Start }

// Region is one region of a three-way merge: the same place in three texts.
type Region struct {
	Kind               RegionKind
	Base, Ours, Theirs Span
}

// Merge is a three-way merge. It keeps hold of the texts it was made from.
type Merge struct {
	// Regions are in order; each begins in every text where the one before it
	// ends, and together they cover all lines. None is empty in all three texts,
	// no two Same regions are neighbours. Three empty texts have no region.
	Regions []Region

	base, ours, theirs text
}

// Clean says whether no region is a Conflict.
func (m Merge) Clean() bool {
	for _, r := range m.Regions {
		if r.Kind == Conflict {
			return false
		}
	}
	return true
}

// Conflicts gives the Conflict regions, in order.
func (m Merge) Conflicts() []Region {
	var out []Region
	for _, r := range m.Regions {
		if r.Kind == Conflict {
			out = append(out, r)
		}
	}
	return out
}

// Sides gives the lines of a region of this merge in the three texts: parts of
// the texts that were merged, not copies.
func (m Merge) Sides(r Region) (base, ours, theirs []byte) {
	return m.base.span(r.Base), m.ours.span(r.Ours), m.theirs.span(r.Theirs)
}

// Text gives the merged text when the merge is clean; with conflicts ok is
// false and there is no text, since none of the sides may be taken for the
// other.
func (m Merge) Text() (merged []byte, ok bool) {
	if !m.Clean() {
		return nil, false
	}
	merged = make([]byte, 0, max(len(m.ours.b), len(m.theirs.b)))
	for _, r := range m.Regions {
		if r.Kind == Theirs {
			merged = append(merged, m.theirs.span(r.Theirs)...)
		} else {
			merged = append(merged, m.ours.span(r.Ours)...)
		}
	}
	return merged, true
}
