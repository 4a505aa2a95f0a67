package history

import "math/bits"

// set is a set of commits by position.
type set []uint64

func newSet(n int) set { return make(set, (n+63)/64) }

func (s set) has(i int32) bool { return s[i>>6]>>(i&63)&1 == 1 }
func (s set) add(i int32)      { s[i>>6] |= 1 << (i & 63) }

// fill makes the first n commits members.
func (s set) fill(n int) {
	for i := range int32(n) {
		s.add(i)
	}
}

// each calls f for every member in the order of positions.
func (s set) each(f func(i int32)) {
	for w, word := range s {
		for ; word != 0; word &= word - 1 {
			f(int32(w<<6 + bits.TrailingZeros64(word)))
		}
	}
}

// reach returns the commits that tips reach, the tips among them, as far as
// their positions are low or higher.
func (c *columns) reach(low int32, tips ...int32) set {
	s := newSet(c.len())
	top := int32(-1)
	for _, t := range tips {
		s.add(t)
		top = max(top, t)
	}
	for i := top; i > low; i-- {
		if s.has(i) {
			for _, p := range c.parentsOf(i) {
				s.add(p)
			}
		}
	}
	return s
}

// isAncestor reports whether b reaches a. It looks at the positions between
// the two only.
func (c *columns) isAncestor(a, b int32) bool {
	if a >= b {
		return a == b
	}
	s := newSet(int(b-a) + 1)
	s.add(b - a)
	for i := b; i > a; i-- {
		if s.has(i - a) {
			for _, p := range c.parentsOf(i) {
				if p >= a {
					s.add(p - a)
				}
			}
		}
	}
	return s.has(0)
}

// painter finds what a target reaches and fixes do not, for up to 64 fixes in
// one pass. Its scratch memory is reused.
type painter struct {
	c      *columns
	reach  []uint64 // bit k: fix k reaches the commit
	target set
}

func newPainter(c *columns) *painter {
	return &painter{c: c, reach: make([]uint64, c.len()), target: newSet(c.len())}
}

// walk calls visit for every commit that target reaches and at least one of
// the fixes does not, newest position first; bit k of reached says whether fix
// k does. It ends where all fixes reach all that is left, so that its cost is
// the distance of the branches and not the length of history.
func (p *painter) walk(target int32, fixes []int32, visit func(i int32, reached uint64)) {
	all := ^uint64(0) >> (64 - len(fixes))
	top := target
	for _, f := range fixes {
		top = max(top, f)
	}
	open := 0 // commits ahead that the target reaches and not every fix
	mark := func(i int32, target bool, reached uint64) {
		before := p.target.has(i) && p.reach[i] != all
		if target {
			p.target.add(i)
		}
		p.reach[i] |= reached
		after := p.target.has(i) && p.reach[i] != all
		switch {
		case after && !before:
			open++
		case before && !after:
			open--
		}
	}
	mark(target, true, 0)
	for k, f := range fixes {
		mark(f, false, 1<<k)
	}
	low := top
	for i := top; i >= 0 && open > 0; i-- {
		target, reached := p.target.has(i), p.reach[i]
		if !target && reached == 0 {
			continue
		}
		for _, parent := range p.c.parentsOf(i) {
			mark(parent, target, reached)
			low = min(low, parent)
		}
		if target && reached != all {
			open--
			visit(i, reached)
		}
		low = min(low, i)
	}
	for _, f := range fixes {
		low = min(low, f)
	}
	low = min(low, target)
	clear(p.reach[low : top+1])
	clear(p.target[low>>6 : top>>6+1])
}
