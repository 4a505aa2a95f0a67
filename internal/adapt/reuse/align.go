package reuse

import "backstay.dev/backstay/internal/textdiff"

// align finds each line of the puzzle in the result: the index there, or -1.
// Found lines are in order.
//
// A shortest edit script is not enough: "}" above a gap and "}" as the last
// line of what fills it look the same to it. So the lines of a gap cost
// nothing here, and what counts is, in this order: as many lines of the puzzle
// as possible are found; other insertions are few, then short; and what fills a
// gap has lines of the chunk that stood there.
//
// That takes time in proportion to the product of the lengths. Equal ends are
// taken off first, and of large texts long unchanged runs are held to be found
// where a plain diff finds them.
func (p *puzzle) align(result [][]byte) []int {
	a := &aligner{match: make([]int, len(p.lines)), gaps: p.gaps}
	for i := range a.match {
		a.match[i] = -1
	}
	numbers := textdiff.Numbering{}
	a.old, a.now = numbers.All(p.lines), numbers.All(result)
	for _, sides := range p.sides {
		known := map[int32]bool{}
		for _, side := range sides {
			for _, line := range textdiff.Lines(side) {
				known[numbers.Of(line)] = true
			}
		}
		a.known = append(a.known, known)
	}
	a.solve(box{0, len(a.old), 0, len(a.now)})
	return a.match
}

type aligner struct {
	old, now []int32
	gaps     []int
	known    []map[int32]bool // by gap, the lines of its chunk
	match    []int
	cells    int // computed so far
}

// box is old[oldFrom:oldTo] against now[nowFrom:nowTo]. Gaps at both its ends
// belong to it.
type box struct{ oldFrom, oldTo, nowFrom, nowTo int }

// The largest box that is solved by itself, in cells and in lines of the
// puzzle, and how many cells all boxes may have together. What is larger and
// cannot be divided is left unfound.
const (
	maxCells = 1 << 21
	maxLines = 1 << 16
	allCells = 1 << 25
)

func (b box) small() bool {
	n, m := b.oldTo-b.oldFrom, b.nowTo-b.nowFrom
	return n < maxLines && m < maxCells/(n+1)
}

func (a *aligner) solve(b box) {
	// A line at the end is its like where no gap stands beyond it that could
	// have the line instead.
	for b.oldFrom < b.oldTo && b.nowFrom < b.nowTo && a.old[b.oldFrom] == a.now[b.nowFrom] && !a.isGap(b.oldFrom) {
		a.match[b.oldFrom] = b.nowFrom
		b.oldFrom++
		b.nowFrom++
	}
	for b.oldFrom < b.oldTo && b.nowFrom < b.nowTo && a.old[b.oldTo-1] == a.now[b.nowTo-1] && !a.isGap(b.oldTo) {
		b.oldTo--
		b.nowTo--
		a.match[b.oldTo] = b.nowTo
	}
	switch {
	case b.oldFrom == b.oldTo || b.nowFrom == b.nowTo:
	case b.small():
		a.dynamic(b)
	default:
		a.divide(b)
	}
}

func (a *aligner) isGap(i int) bool { return len(a.gapsAt(i)) > 0 }

// gapsAt are the gaps before line i of the puzzle, by index.
func (a *aligner) gapsAt(i int) []int {
	lo, hi := 0, len(a.gaps)
	for lo < hi {
		if mid := (lo + hi) / 2; a.gaps[mid] < i {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	var out []int
	for ; lo < len(a.gaps) && a.gaps[lo] == i; lo++ {
		out = append(out, lo)
	}
	return out
}

const (
	// longRun is how many lines in a row must be unchanged, with no gap among
	// them, to be held for found.
	longRun = 24
	// margin is how many at either end of such a run are looked at again: they
	// may be what fills a gap.
	margin = 8
)

// divide cuts a box at long runs that a plain diff finds unchanged.
func (a *aligner) divide(b box) {
	old, now := a.old[b.oldFrom:b.oldTo], a.now[b.nowFrom:b.nowTo]
	rest := b
	oldAt, nowAt := b.oldFrom, b.nowFrom
	run := func(oldEnd int) {
		for from := oldAt; from < oldEnd; {
			to := min(oldEnd, a.nextGap(from+1))
			if to-from >= longRun {
				i, j := from+margin, nowAt+(from-oldAt)+margin
				count := to - from - 2*margin
				for k := range count {
					a.match[i+k] = j + k
				}
				a.part(box{rest.oldFrom, i, rest.nowFrom, j})
				rest.oldFrom, rest.nowFrom = i+count, j+count
			}
			from = to
		}
	}
	for _, h := range textdiff.DiffSymbols(old, now) {
		run(b.oldFrom + h.OldStart)
		oldAt, nowAt = b.oldFrom+h.OldStart+h.OldCount, b.nowFrom+h.NewStart+h.NewCount
	}
	run(b.oldTo)
	a.part(rest)
}

// part solves a box that divide has cut, if it is small enough.
func (a *aligner) part(b box) {
	if b.small() {
		a.solve(b)
	}
}

// nextGap is the first gap at or after line i, or a line beyond all.
func (a *aligner) nextGap(i int) int {
	lo, hi := 0, len(a.gaps)
	for lo < hi {
		if mid := (lo + hi) / 2; a.gaps[mid] < i {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == len(a.gaps) {
		return len(a.old) + 1
	}
	return a.gaps[lo]
}

// Costs, one number for all that counts: the fields do not run over, since a
// box has fewer than maxLines lines of the puzzle and maxCells of the result.
const (
	costLost    int64 = 1 << 45 // a line of the puzzle is not found
	costBlock   int64 = 1 << 24 // lines are inserted where no gap is
	costLine    int64 = 2       // one of these lines
	costForeign int64 = 1       // a line in a gap whose chunk did not have it
)

// The ways into a cell, and into the state "an insertion is open" of a cell.
const (
	wayMatch  byte = 1 << iota // both lines, which are equal
	wayLost                    // the line of the puzzle
	wayFill                    // the line of the result, in a gap
	wayInsert                  // the line of the result, where no gap is
	wayOpen                    // in the open state: opened here
)

// dynamic finds the cheapest alignment of a box by dynamic programming: cell
// (i, j) is the cost of the first i lines of the puzzle and j of the result.
func (a *aligner) dynamic(b box) {
	n, m := b.oldTo-b.oldFrom, b.nowTo-b.nowFrom
	if a.cells += (n + 1) * (m + 1); a.cells > allCells {
		return
	}
	const never = int64(1) << 62
	ways := make([]byte, (n+1)*(m+1))
	last, row := make([]int64, m+1), make([]int64, m+1)
	for i := 0; i <= n; i++ {
		gaps := a.gapsAt(b.oldFrom + i)
		open := never
		for j := 0; j <= m; j++ {
			way := &ways[i*(m+1)+j]
			best := never
			if i == 0 && j == 0 {
				best = 0
			}
			if i > 0 {
				best, *way = last[j]+costLost, wayLost
				if j > 0 && a.old[b.oldFrom+i-1] == a.now[b.nowFrom+j-1] && last[j-1] < best {
					best, *way = last[j-1], wayMatch
				}
			}
			if j > 0 && len(gaps) > 0 {
				if c := row[j-1] + a.foreign(gaps, a.now[b.nowFrom+j-1]); c < best {
					best, *way = c, wayFill
				}
			}
			if j > 0 && len(gaps) == 0 {
				opened := byte(0)
				open += costLine
				if c := row[j-1] + costBlock + costLine; c < open {
					open, opened = c, wayOpen
				}
				if open < best {
					best, *way = open, wayInsert
				}
				*way |= opened
			}
			row[j] = best
		}
		last, row = row, last
	}
	a.trace(b, ways)
}

func (a *aligner) foreign(gaps []int, line int32) int64 {
	for _, g := range gaps {
		if a.known[g][line] {
			return 0
		}
	}
	return costForeign
}

// trace walks the cheapest way back and notes what it matches.
func (a *aligner) trace(b box, ways []byte) {
	m := b.nowTo - b.nowFrom
	for i, j := b.oldTo-b.oldFrom, m; i > 0 || j > 0; {
		switch way := ways[i*(m+1)+j]; {
		case way&wayMatch != 0:
			i--
			j--
			a.match[b.oldFrom+i] = b.nowFrom + j
		case way&wayLost != 0:
			i--
		case way&wayFill != 0:
			j--
		default: // an insertion, back to where it was opened
			for ways[i*(m+1)+j]&wayOpen == 0 {
				j--
			}
			j--
		}
	}
}
