package calibrate

import (
	"math"
	"slices"
)

// grower fits trees to the same rows again and again.
type grower struct {
	rows  []Row
	how   Fit
	cuts  [][]float32 // per column, ascending
	start []int       // where each column's bins begin in a histogram
	size  int         // of a histogram
	bins  []uint16    // per row, per column: the place in a histogram
	sums  []sum       // per row
}

// sum is what a set of rows leaves unexplained: gradient, curvature, weight.
type sum struct{ grad, hess, weight float64 }

func (s *sum) add(o sum) {
	s.grad += o.grad
	s.hess += o.hess
	s.weight += o.weight
}

func (s sum) minus(o sum) sum { return sum{s.grad - o.grad, s.hess - o.hess, s.weight - o.weight} }

// gain is how much a leaf for these rows explains, but for a constant factor.
func (s sum) gain() float64 { return s.grad * s.grad / (s.hess + smooth) }

func newGrower(columns int, rows []Row, how Fit) *grower {
	g := &grower{rows: rows, how: how, sums: make([]sum, len(rows)), bins: make([]uint16, len(rows)*columns)}
	values := make([]float32, len(rows))
	for c := range columns {
		for i, r := range rows {
			values[i] = r.X[c]
		}
		cuts := cutsOf(values)
		for i, v := range values {
			n, _ := slices.BinarySearch(cuts, v) // v <= cuts[n]
			g.bins[i*columns+c] = uint16(g.size + n)
		}
		g.cuts, g.start = append(g.cuts, cuts), append(g.start, g.size)
		g.size += len(cuts) + 1
	}
	return g
}

// cutsOf gives the values at which a column may be cut: at most maxBins-1 of
// its quantiles, its highest value never.
func cutsOf(values []float32) []float32 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	var cuts []float32
	for b := 1; b < maxBins && len(sorted) > 0; b++ {
		v := sorted[len(sorted)*b/maxBins]
		if v < sorted[len(sorted)-1] && (len(cuts) == 0 || v > cuts[len(cuts)-1]) {
			cuts = append(cuts, v)
		}
	}
	if len(cuts) == 0 && len(sorted) > 0 && sorted[0] < sorted[len(sorted)-1] {
		cuts = append(cuts, sorted[0]) // all but a few have this one
	}
	return cuts
}

// grow fits one tree to what the odds so far leave unexplained.
func (g *grower) grow(odds []float64) Tree {
	all := make([]int32, len(g.rows))
	for i, r := range g.rows {
		p := squash(odds[i])
		truth := 0.0
		if r.Right {
			truth = 1
		}
		g.sums[i] = sum{r.Weight * (truth - p), r.Weight * p * (1 - p), r.Weight}
		all[i] = int32(i)
	}
	var t Tree
	g.split(&t, all, g.histogram(all), g.how.Depth)
	return t
}

// histogram sums rows up by column and bin.
func (g *grower) histogram(rows []int32) []sum {
	out := make([]sum, g.size)
	columns := len(g.cuts)
	for _, i := range rows {
		s := g.sums[i]
		for _, b := range g.bins[int(i)*columns : (int(i)+1)*columns] {
			out[b].add(s)
		}
	}
	return out
}

// split appends the subtree for these rows to a tree and returns its place.
func (g *grower) split(t *Tree, rows []int32, h []sum, depth int) int {
	at := len(*t)
	*t = append(*t, Node{})
	var all sum
	for _, i := range rows {
		all.add(g.sums[i])
	}
	feature, bin := -1, 0
	if depth > 0 {
		feature, bin = g.best(h, all)
	}
	if feature < 0 {
		(*t)[at].Value = float32(g.how.Rate * all.grad / (all.hess + smooth))
		return at
	}
	columns := len(g.cuts)
	n := 0 // rows that go left stand before n
	for k, i := range rows {
		if int(g.bins[int(i)*columns+feature]) <= g.start[feature]+bin {
			rows[k], rows[n] = rows[n], rows[k]
			n++
		}
	}
	left, right := []sum(nil), []sum(nil)
	if depth > 1 {
		// The larger side is what the smaller one leaves.
		if 2*n <= len(rows) {
			left = g.histogram(rows[:n])
			right = rest(h, left)
		} else {
			right = g.histogram(rows[n:])
			left = rest(h, right)
		}
	}
	l := g.split(t, rows[:n], left, depth-1)
	r := g.split(t, rows[n:], right, depth-1)
	(*t)[at] = Node{Feature: feature, Cut: g.cuts[feature][bin], Left: l - at, Right: r - at}
	return at
}

func rest(h, part []sum) []sum {
	out := make([]sum, len(h))
	for i := range h {
		out[i] = h[i].minus(part[i])
	}
	return out
}

// best finds the cut that explains most; the feature is -1 if none is worth it.
func (g *grower) best(h []sum, all sum) (feature, bin int) {
	feature = -1
	most := 1e-3
	for c, cuts := range g.cuts {
		var left sum
		for b := range cuts {
			left.add(h[g.start[c]+b])
			right := all.minus(left)
			if left.weight < g.how.Leaf || right.weight < g.how.Leaf {
				continue
			}
			if gain := left.gain() + right.gain() - all.gain(); gain > most && !math.IsNaN(gain) {
				most, feature, bin = gain, c, b
			}
		}
	}
	return feature, bin
}
