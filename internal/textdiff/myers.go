package textdiff

// minReach and searchBudget set how many edits a search follows before it gives
// up looking for a shortest script; see DiffSymbols. The work of a whole diff is
// then about (elements × reach) steps.
const (
	minReach     = 256
	searchBudget = 100_000_000
)

// mark sets changedA and changedB for a shortest edit script from a to b, whose
// symbols lie in [0, count).
//
// An element that the other side lacks altogether is changed whatever the
// script. Setting these aside leaves the longest common subsequences as they
// were and shortens the search, whose time grows with the number of edits, in
// the usual case of new text that replaces old. An element whose only twins lie
// in the common head or tail could be set aside, too; it is kept because git
// keeps it, and then the ties between scripts of equal length are broken alike.
func mark(a, b []int32, count int, changedA, changedB []bool, whole int) {
	const inA, inB = 1, 2
	where := make([]uint8, count)
	for _, v := range a {
		where[v] |= inA
	}
	for _, v := range b {
		where[v] |= inB
	}
	head, tail := common(a, b)
	keep := func(seq []int32, changed []bool) (kept, at []int32) {
		kept, at = make([]int32, 0, len(seq)-head-tail), make([]int32, 0, len(seq)-head-tail)
		for i := head; i < len(seq)-tail; i++ {
			if where[seq[i]] == inA|inB {
				kept = append(kept, seq[i])
				at = append(at, int32(i))
			} else {
				changed[i] = true
			}
		}
		return kept, at
	}
	s := search{changedA: changedA, changedB: changedB}
	s.a, s.atA = keep(a, changedA)
	s.b, s.atB = keep(b, changedB)
	s.reach = max(minReach, searchBudget/max(len(s.a)+len(s.b), whole, 1))
	s.box(0, len(s.a), 0, len(s.b))
}

// search is one run of the divide-and-conquer of section 4b.
type search struct {
	a, b               []int32 // without the elements set aside
	atA, atB           []int32 // where they stand in the whole sequences
	changedA, changedB []bool  // of the whole sequences
	reach              int     // most edits to follow from either end
	// How many elements of a the furthest-reaching paths have used up, by
	// diagonal, diagonal zero in the middle.
	forward, reverse []int
}

// box marks a shortest script for a[a0:a1] and b[b0:b1]. The larger half of each
// division is done in the loop, so the stack grows with the logarithm.
func (s *search) box(a0, a1, b0, b1 int) {
	for {
		head, tail := common(s.a[a0:a1], s.b[b0:b1])
		a0, b0 = a0+head, b0+head
		a1, b1 = a1-tail, b1-tail
		if a0 == a1 || b0 == b1 {
			for ; a0 < a1; a0++ {
				s.changedA[s.atA[a0]] = true
			}
			for ; b0 < b1; b0++ {
				s.changedB[s.atB[b0]] = true
			}
			return
		}
		x, y := s.divide(s.a[a0:a1], s.b[b0:b1])
		x, y = a0+x, b0+y
		if x-a0+y-b0 < a1-x+b1-y {
			s.box(a0, x, b0, y)
			a0, b0 = x, y
		} else {
			s.box(x, a1, y, b1)
			a1, b1 = x, y
		}
	}
}

// divide finds a point (x, y) through which a shortest path from (0, 0) to
// (len(a), len(b)) goes, about half-way in edits: paths are followed from both
// ends at once, one edit further each round, until two of them meet. Neither a
// nor b may be empty, and their first elements differ, as do their last.
//
// Diagonal k is the set of points with x-y = k. Reverse paths are followed in
// coordinates of their own, from the far corner, in which diagonal k is diagonal
// delta-k of the forward ones. Both sweeps go from the side of deletions, where
// x is ahead of y, to that of insertions. Where several paths meet in one round
// this decides which of the shortest scripts is found; this way it is git's.
func (s *search) divide(a, b []int32) (x, y int) {
	n, m := len(a), len(b)
	delta := n - m
	odd := delta&1 != 0
	for d := 0; d <= s.reach; d++ {
		zero := s.widen(d)
		f, r := s.forward, s.reverse
		lo, hi := diagonals(d, n, m)
		for k := hi; k >= lo; k -= 2 {
			x := step(f, zero+k, k == -d, k == d)
			for x < n && x-k < m && a[x] == b[x-k] {
				x++
			}
			f[zero+k] = x
			if back := delta - k; odd && -d < back && back < d && x+r[zero+back] >= n {
				return x, x - k
			}
		}
		for k := lo; k <= hi; k += 2 {
			x := step(r, zero+k, k == -d, k == d)
			for x < n && x-k < m && a[n-1-x] == b[m-1-x+k] {
				x++
			}
			r[zero+k] = x
			if ahead := delta - k; !odd && -d <= ahead && ahead <= d && x+f[zero+ahead] >= n {
				return n - x, m - x + k
			}
		}
	}
	return s.furthest(n, m)
}

// diagonals bounds those that paths of d edits can have reached inside a box of
// n by m; every second one between lo and hi has such paths.
func diagonals(d, n, m int) (lo, hi int) {
	return -d + 2*max(0, d-m), d - 2*max(0, d-n)
}

// step takes the one edit that leads furthest on a diagonal: down from the
// diagonal above, or right from the one below. The lowest and highest diagonal
// that paths of so many edits can reach have only one of the two beside them.
func step(front []int, at int, lowest, highest bool) int {
	if lowest || !highest && front[at-1] < front[at+1] {
		return front[at+1]
	}
	return front[at-1] + 1
}

// widen makes room for d edits and gives the index of diagonal zero. Most texts
// differ little, so the fronts begin small.
func (s *search) widen(d int) (zero int) {
	if have := len(s.forward) / 2; d+1 > have {
		want := max(32, 2*d)
		forward, reverse := make([]int, 2*want+1), make([]int, 2*want+1)
		copy(forward[want-have:], s.forward)
		copy(reverse[want-have:], s.reverse)
		s.forward, s.reverse = forward, reverse
	}
	zero = len(s.forward) / 2
	if d == 0 {
		s.forward[zero+1], s.reverse[zero+1] = 0, 0
	}
	return zero
}

// furthest is where a search that gave up divides the box: the end of the path
// that came furthest, from whichever corner. Paths that left the box end at its
// side. Of two as far the one from the far corner is taken, and of two from one
// corner the one with more deletions; so does git.
func (s *search) furthest(n, m int) (x, y int) {
	zero := s.widen(s.reach)
	lo, hi := diagonals(s.reach, n, m)
	end := func(front []int, k int) (x, y int) {
		x = min(front[zero+k], n, m+k)
		return x, x - k
	}
	ahead, back := -1, -1
	var backX, backY int
	for k := hi; k >= lo; k -= 2 {
		if fx, fy := end(s.forward, k); fx+fy > ahead {
			ahead, x, y = fx+fy, fx, fy
		}
	}
	for k := lo; k <= hi; k += 2 {
		if rx, ry := end(s.reverse, k); rx+ry > back {
			back, backX, backY = rx+ry, n-rx, m-ry
		}
	}
	if ahead > back {
		return x, y
	}
	return backX, backY
}
