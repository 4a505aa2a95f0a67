package calibrate

import (
	"math"
	"slices"
)

// Forest gives the odds of an answer. The zero Forest says 1/2 to everything.
type Forest struct {
	// Features names the columns of a row, in order.
	Features []string `json:"features"`
	// Bias is the log odds before any tree.
	Bias float64 `json:"bias"`
	// Trees are summed.
	Trees []Tree `json:"trees"`
}

// Tree is a binary decision tree as a list of nodes; the first is the root.
type Tree []Node

// Node is a question, whose answers stand Left and Right places behind it in
// the tree, or with both 0 a leaf.
type Node struct {
	// Feature is the column asked about; a row whose value is at most Cut goes
	// Left.
	Feature int     `json:"f,omitempty"`
	Cut     float32 `json:"c,omitempty"`
	Left    int     `json:"l,omitempty"`
	Right   int     `json:"r,omitempty"`
	// Value is what a leaf adds to the log odds.
	Value float32 `json:"v,omitempty"`
}

// Sound reports whether a forest read from outside can be asked: every node
// leads forward in its tree and asks for a column that there is.
func (f Forest) Sound() bool {
	for _, t := range f.Trees {
		if len(t) == 0 {
			return false
		}
		for i, n := range t {
			leaf := n.Left == 0 && n.Right == 0
			if !leaf && (n.Left <= 0 || n.Right <= 0 || n.Left >= len(t)-i || n.Right >= len(t)-i) ||
				n.Feature < 0 || n.Feature >= len(f.Features) || math.IsNaN(float64(n.Value)) {
				return false
			}
		}
	}
	return !math.IsNaN(f.Bias)
}

// P is the probability that the forest gives a row of len(Features) columns.
func (f Forest) P(row []float32) float64 { return squash(f.odds(row)) }

// odds is the sum of the trees.
func (f Forest) odds(row []float32) float64 {
	sum := f.Bias
	for _, t := range f.Trees {
		sum += float64(t.value(row))
	}
	return sum
}

func (t Tree) value(row []float32) float32 {
	at := 0
	for t[at].Left != 0 {
		if row[t[at].Feature] <= t[at].Cut {
			at += t[at].Left
		} else {
			at += t[at].Right
		}
	}
	return t[at].Value
}

// squash is the logistic function, kept off its ends.
func squash(odds float64) float64 {
	return min(max(1/(1+math.Exp(-odds)), 1e-6), 1-1e-6)
}

// Row is one answer whose truth is known.
type Row struct {
	X []float32
	// Right is the truth, Weight how much the row counts.
	Right  bool
	Weight float64
}

// Fit says how a forest is fitted. The zero Fit is 120 trees of depth 4.
type Fit struct {
	Trees, Depth int
	// Rate is what part of each tree's correction is kept (0.1).
	Rate float64
	// Leaf is the least weight of a leaf (20).
	Leaf float64
}

// maxBins is how many cuts of one column are tried.
const maxBins = 48

// smooth pulls leaves with little evidence to zero (XGBoost's lambda).
const smooth = 4.0

// Train fits a forest to rows.
func Train(features []string, rows []Row, how Fit) Forest {
	f := Forest{Features: features}
	var right, all float64
	for _, r := range rows {
		all += r.Weight
		if r.Right {
			right += r.Weight
		}
	}
	f.Bias = math.Log((right + 1) / (all - right + 1))
	return f.Extend(rows, how)
}

// Extend gives a forest with more trees, fitted to what the odds of the trees
// that are there leave unexplained of these rows. The forest itself stays as it
// is.
func (f Forest) Extend(rows []Row, how Fit) Forest {
	how = how.orUsual()
	f.Trees = slices.Clip(f.Trees)
	g := newGrower(len(f.Features), rows, how)
	odds := make([]float64, len(rows))
	for i, r := range rows {
		odds[i] = f.odds(r.X)
	}
	for range how.Trees {
		t := g.grow(odds)
		if len(t) == 1 {
			break
		}
		f.Trees = append(f.Trees, t)
		for i, r := range rows {
			odds[i] += float64(t.value(r.X))
		}
	}
	return f
}

func (how Fit) orUsual() Fit {
	if how.Trees == 0 {
		how.Trees = 120
	}
	if how.Depth == 0 {
		how.Depth = 4
	}
	if how.Rate == 0 {
		how.Rate = 0.1
	}
	if how.Leaf == 0 {
		how.Leaf = 20
	}
	return how
}
