package textdiff

// maxTimes is how often a line may occur in a region and still be its anchor.
const maxTimes = 64

// histogramBudget is how many elements the searches for anchors of one diff may
// look at. Two files of 10,000 lines with 2,000 changes need a fifth of it.
const histogramBudget = 200_000_000

// markHistogram is [mark] by histogram, the extension of B. Cohen's patience
// diff that the documentation of JGit's HistogramDiff describes: of the runs
// that both sides have, the one with the rarest line is taken for unchanged, and
// what stands before it and after it is compared in the same way. Where all that
// two regions have in common occurs too often, or the budget is spent, a shortest
// script is looked for.
func markHistogram(a, b []int32, count int, changedA, changedB []bool, _ int) {
	newHistogram(a, b, count, changedA, changedB).box(Span{0, len(a)}, Span{0, len(b)})
}

func newHistogram(a, b []int32, count int, changedA, changedB []bool) *histogram {
	return &histogram{
		a: a, b: b, count: count, changedA: changedA, changedB: changedB,
		first: make([]int32, count),
		times: make([]int32, count),
		next:  make([]int32, len(a)),
		left:  histogramBudget,
	}
}

// histogram is one run of the comparison.
type histogram struct {
	a, b               []int32
	count              int // of symbols
	changedA, changedB []bool

	// The histogram of the region of a under search: by symbol the first line
	// that has it and how many do, by line the next line with the same symbol,
	// or -1. Between searches times is zero throughout.
	first, times, next []int32

	left int // of the budget
}

// run is a range of lines of a that equals one of b.
type run struct{ a, b, length int }

// box marks a script for two regions. Of the parts beside the anchor the larger
// one is done in the loop, so the stack grows with the logarithm.
func (h *histogram) box(a, b Span) {
	for a.Len() > 0 && b.Len() > 0 {
		r, verdict := h.anchor(a, b)
		switch verdict {
		case nothing:
			h.replace(a, b)
			return
		case tooCommon:
			h.shortest(a, b)
			return
		}
		beforeA, beforeB := Span{a.Start, r.a}, Span{b.Start, r.b}
		afterA, afterB := Span{r.a + r.length, a.End}, Span{r.b + r.length, b.End}
		if beforeA.Len()+beforeB.Len() < afterA.Len()+afterB.Len() {
			h.box(beforeA, beforeB)
			a, b = afterA, afterB
		} else {
			h.box(afterA, afterB)
			a, b = beforeA, beforeB
		}
	}
	h.replace(a, b)
}

// replace marks everything.
func (h *histogram) replace(a, b Span) {
	for i := a.Start; i < a.End; i++ {
		h.changedA[i] = true
	}
	for j := b.Start; j < b.End; j++ {
		h.changedB[j] = true
	}
}

// shortest leaves the regions to [markShortcut].
func (h *histogram) shortest(a, b Span) {
	partA, partB, count := dense(h.a[a.Start:a.End], h.b[b.Start:b.End], h.count)
	markShortcut(partA, partB, count, h.changedA[a.Start:a.End], h.changedB[b.Start:b.End])
}

// verdict is what a search for an anchor came to.
type verdict int

const (
	found     verdict = iota
	nothing           // no line in common
	tooCommon         // but only lines that occur too often, or no budget left
)

// anchor finds the run that divides the regions: the one with the line that
// occurs least often in a's, the longer of two with lines as rare, and the first
// of equals in the order of b, then a. Only runs through a line of b that no run
// before covered, and no more common than the best so far, are looked at: this
// is where the algorithm is less than its description, and the same as git's.
func (h *histogram) anchor(a, b Span) (run, verdict) {
	h.left -= a.Len() + b.Len()
	if h.left < 0 {
		return run{}, tooCommon
	}
	h.tally(a)
	defer h.forget(a)
	best, rarest, any := run{}, int32(maxTimes+1), false
	for j := b.Start; j < b.End; {
		v, after := h.b[j], j+1
		n := h.times[v]
		any = any || n > 0
		if n == 0 || n > rarest {
			j = after
			continue
		}
		for i := int(h.first[v]); i >= 0; {
			r, least := h.grow(i, j, a, b)
			after = max(after, r.b+r.length)
			if r.length > best.length || least < rarest {
				best, rarest = r, least
			}
			if h.left -= r.length; h.left < 0 {
				return run{}, tooCommon
			}
			for i >= 0 && i < r.a+r.length {
				i = int(h.next[i])
			}
		}
		j = after
	}
	switch {
	case !any:
		return run{}, nothing
	case rarest > maxTimes:
		return run{}, tooCommon
	}
	return best, found
}

// tally makes the histogram of a region.
func (h *histogram) tally(a Span) {
	for i := a.End - 1; i >= a.Start; i-- {
		v := h.a[i]
		h.next[i] = -1
		if h.times[v] > 0 {
			h.next[i] = h.first[v]
		}
		h.first[v] = int32(i)
		h.times[v]++
	}
}

func (h *histogram) forget(a Span) {
	for _, v := range h.a[a.Start:a.End] {
		h.times[v] = 0
	}
}

// grow extends the match of lines i and j as far as the regions and equality
// go, and tells how often the rarest line of the run occurs.
func (h *histogram) grow(i, j int, a, b Span) (r run, least int32) {
	least = h.times[h.a[i]]
	lo, hi := 0, 1
	for i-lo > a.Start && j-lo > b.Start && h.a[i-lo-1] == h.b[j-lo-1] {
		lo++
		least = min(least, h.times[h.a[i-lo]])
	}
	for i+hi < a.End && j+hi < b.End && h.a[i+hi] == h.b[j+hi] {
		least = min(least, h.times[h.a[i+hi]])
		hi++
	}
	return run{i - lo, j - lo, lo + hi}, least
}
