package compare

import (
	"cmp"
	"slices"
)

// slider moves groups of added lines, or of removed ones, to other places that
// mean the same: where the line behind a group is its first one, the group can
// as well begin a line further down, and the reverse. In
//
//	 func a() {          func a() {
//	+    x()                 x()
//	+}                   }
//	+                   +
//	+func b() {         +func b() {
//	     x()            +    x()
//	 }                  +}
//
// only the right one is cut well at the functions' borders.
type slider struct {
	*change
	groups [][]op
}

func newSlider(c *change) *slider { return &slider{c, groups(slices.Clone(c.ops))} }

// pure says whether a group only adds, or only removes.
func pure(g []op) bool {
	return !slices.ContainsFunc(g, func(o op) bool { return o.sign != g[0].sign })
}

// text is the side of the change that has the lines of a group, and the first of
// them.
func (s *slider) text(g []op) (text []int32, start int) {
	if g[0].sign == '-' {
		return s.old, g[0].old
	}
	return s.new, g[0].new
}

// room is how many lines group n can move up and down; one kept line stays
// between two groups.
func (s *slider) room(n int) (up, down int) {
	g := s.groups[n]
	text, start := s.text(g)
	end := start + len(g)
	above, below := g[0].old, len(s.old)-g[0].old
	if g[0].sign == '-' {
		below -= len(g)
	}
	if n > 0 {
		p := s.groups[n-1]
		above -= p[len(p)-1].old + 1
		if p[len(p)-1].sign == '-' {
			above--
		}
	}
	if n+1 < len(s.groups) {
		below -= len(s.old) - s.groups[n+1][0].old + 1
	}
	for up < above && text[start-up-1] == text[end-up-1] {
		up++
	}
	for down < below && text[start+down] == text[end+down] {
		down++
	}
	return up, down
}

// move moves group n by some lines, down if by is positive.
func (s *slider) move(n, by int) {
	g := s.groups[n]
	text, start := s.text(g)
	for i := range g {
		g[i].old += by
		g[i].new += by
		g[i].line = text[start+by+i]
	}
}

// settle moves each group to where it cuts no function in two, if it can, and
// does not begin with a blank line. It says whether it moved any.
func (s *slider) settle(known *lines) bool {
	moved := false
	for n, g := range s.groups {
		if !pure(g) {
			continue
		}
		up, down := s.room(n)
		to, least := 0, s.cost(g, 0, known)
		for by := -1; by >= -up && least > 0; by-- {
			if c := s.cost(g, by, known); c < least {
				to, least = by, c
			}
		}
		for by := 1; by <= down && least > 0; by++ {
			if c := s.cost(g, by, known); c < least {
				to, least = by, c
			}
		}
		if to != 0 {
			s.move(n, to)
			moved = true
		}
	}
	return moved
}

// cost says how badly a group would lie.
func (s *slider) cost(g []op, by int, known *lines) int {
	text, start := s.text(g)
	start += by
	end := start + len(g)
	p := s.newParts
	if g[0].sign == '-' {
		p = s.oldParts
	}
	cost := 0
	if f := p.of[start]; f >= 0 && p.all[f].start < start && p.all[f].end < end {
		cost += 2
	}
	if l := p.of[end-1]; l >= 0 && p.all[l].start > start && p.all[l].end > end {
		cost += 2
	}
	if known.blank(text[start]) {
		cost++
	}
	return cost
}

// ops are the groups' lines.
func (s *slider) ops() []op { return slices.Concat(s.groups...) }

// rotation is what groups have in common of which one can be slid to be the
// other: how many lines, and which, whatever the first.
type rotation struct {
	sign byte
	n    int
	sum  uint64
}

func rotationOf(g []op) rotation {
	r := rotation{sign: g[0].sign, n: len(g)}
	for _, o := range g {
		r.sum += scatter(o.line)
	}
	return r
}

// align slides groups of two changes so that they begin with the same line,
// where both have one with the same lines.
func align(s, t *slider) {
	open := map[rotation][]int{}
	for n, g := range t.groups {
		if pure(g) {
			r := rotationOf(g)
			open[r] = append(open[r], n)
		}
	}
	for n, g := range s.groups {
		if !pure(g) {
			continue
		}
		r := rotationOf(g)
		list := open[r][:min(len(open[r]), maxShared)]
		at := slices.IndexFunc(list, func(m int) bool { return sameLines(g, t.groups[m], 0) })
		if at < 0 {
			at = slices.IndexFunc(list, func(m int) bool { return rotate(s, t, n, m) })
		}
		if at >= 0 {
			list[at] = list[0] // the order of what is left may change a little
			open[r] = open[r][1:]
		}
	}
}

// sameLines says whether b, begun with its line from, has the lines of a.
func sameLines(a, b []op, from int) bool {
	for i := range a {
		if from == len(b) {
			from = 0
		}
		if a[i].line != b[from].line {
			return false
		}
		from++
	}
	return true
}

// maxRotate bounds the first lines that rotate tries.
const maxRotate = 200

// rotate slides group n of s or group m of t, or both, so that they have the same
// lines in the same order, and as little as it can.
func rotate(s, t *slider, n, m int) bool {
	g, h := s.groups[n], t.groups[m]
	upG, downG := s.room(n)
	upH, downH := t.room(m)
	type way struct{ g, h int }
	var ways []way
	tried := 0
	for from := range h {
		if h[from].line != g[0].line {
			continue
		}
		if tried++; tried > maxRotate {
			break
		}
		if !sameLines(g, h, from) {
			continue
		}
		// h slid down by from has the lines of g; slid up by the rest, too; g slid
		// by any number must be met by as many of h.
		for _, by := range []int{from, from - len(h)} {
			lo, hi := max(-upG, -upH-by), min(downG, downH-by)
			if lo <= hi {
				x := min(max(0, lo), hi)
				ways = append(ways, way{x, by + x})
			}
		}
	}
	if len(ways) == 0 {
		return false
	}
	w := slices.MinFunc(ways, func(v, w way) int {
		return cmp.Or(cmp.Compare(abs(v.g), abs(w.g)), cmp.Compare(abs(v.h), abs(w.h)))
	})
	s.move(n, w.g)
	t.move(m, w.h)
	return true
}

func abs(n int) int { return max(n, -n) }
