package compare

import (
	"cmp"
	"slices"
)

// candidate is a pair that may belong together.
type candidate struct {
	a, b  int
	score float64
}

// best offers candidates to take, the better ones first.
func best(list []candidate, take func(a, b int)) {
	slices.SortFunc(list, func(x, y candidate) int {
		return cmp.Or(cmp.Compare(y.score, x.score), cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b))
	})
	for _, c := range list {
		take(c.a, c.b)
	}
}

// maxShared is how many of the other side's items may have a feature before it
// tells nothing more; it keeps the search for pairs linear.
const maxShared = 24

// alike finds pairs that have features in common. Of two items with n and m
// features, s of them shared, the score is 2s/(n+m).
func alike[T comparable](a, b [][]T) []candidate {
	where := map[T][]int{}
	for j, list := range b {
		for _, f := range list {
			if w := where[f]; len(w) <= maxShared {
				where[f] = append(w, j)
			}
		}
	}
	var out []candidate
	for i, list := range a {
		shared := map[int]int{}
		for _, f := range list {
			if w := where[f]; len(w) <= maxShared {
				for _, j := range w {
					shared[j]++
				}
			}
		}
		for j, n := range shared {
			out = append(out, candidate{i, j, 2 * float64(n) / float64(len(list)+len(b[j]))})
		}
	}
	return out
}

// features are the distinct lines of a script that tell something, those removed
// apart from those added; all of them if none tells anything.
func features(ops []op, known *lines) []op {
	var out []op
	seen := map[op]bool{}
	for _, all := range []bool{false, true} {
		for _, o := range ops {
			if f := (op{sign: o.sign, line: o.line}); (all || known.telling[o.line]) && !seen[f] {
				seen[f] = true
				out = append(out, f)
			}
		}
		if len(out) > 0 {
			break
		}
	}
	return out
}

// pairFiles finds for each file of one side its counterpart on the other: by
// path, by the path that one of them had, then by the lines that change: most of
// them the same, or some and the last name, or a last name that no other has.
func pairFiles(a, b []*change, known *lines) {
	path := func(c *change) string { return c.Path }
	old := func(c *change) string { return c.OldPath }
	for _, by := range []struct{ a, b func(*change) string }{{path, path}, {old, path}, {path, old}, {old, old}} {
		have := map[string][]*change{}
		for _, d := range b {
			if k := by.b(d); d.pair == nil && k != "" {
				have[k] = append(have[k], d)
			}
		}
		for _, c := range a {
			if list := have[by.a(c)]; c.pair == nil && len(list) > 0 {
				c.pair, list[0].pair = list[0], c
				have[by.a(c)] = list[1:]
			}
		}
	}
	unpaired := func(c *change) bool { return c.pair == nil }
	left, right := filter(a, unpaired), filter(b, unpaired)
	names := func(list []*change) map[string][]int {
		n := map[string][]int{}
		for i, c := range list {
			n[base(c.Path)] = append(n[base(c.Path)], i)
		}
		return n
	}
	inLeft, inRight := names(left), names(right)
	of := func(c *change) []op { return features(c.ops, known) }
	list := alike(each(left, of), each(right, of))
	for i, c := range list {
		if base(left[c.a].Path) == base(right[c.b].Path) {
			list[i].score++
		}
	}
	list = filter(list, func(c candidate) bool { return c.score >= 0.4 })
	for name, l := range inLeft {
		if r := inRight[name]; len(l) == 1 && len(r) == 1 {
			list = append(list, candidate{l[0], r[0], 1})
		}
	}
	best(list, func(i, j int) {
		if left[i].pair == nil && right[j].pair == nil {
			left[i].pair, right[j].pair = right[j], left[i]
		}
	})
}

func filter[T any](list []T, keep func(T) bool) []T {
	var out []T
	for _, x := range list {
		if keep(x) {
			out = append(out, x)
		}
	}
	return out
}

func each[T, U any](list []T, f func(T) U) []U {
	out := make([]U, len(list))
	for i, x := range list {
		out[i] = f(x)
	}
	return out
}
