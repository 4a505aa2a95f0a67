package explain

import (
	"context"
	"slices"
)

// reduce drops elements of 0..n-1, in halves and then in smaller pieces, as
// long as works says that it works without them, and returns those that are
// left. Every single one of them is then needed, unless the budget ended the
// search. That all of them together work is known.
func (s *planSearch) reduce(ctx context.Context, n int, works func(keep []int) (bool, error)) ([]int, error) {
	keep := make([]int, n)
	for i := range keep {
		keep[i] = i
	}
	for size := (n + 1) / 2; size > 0 && len(keep) > 1; {
		dropped := false
		for from := 0; from < len(keep) && len(keep) > 1; {
			if s.over(ctx) {
				return keep, ctx.Err()
			}
			to := min(from+size, len(keep))
			less := slices.Concat(keep[:from], keep[to:])
			if len(less) == 0 {
				break
			}
			ok, err := works(less)
			if err != nil {
				return keep, err
			}
			if ok {
				keep, dropped = less, true
			} else {
				from = to
			}
		}
		switch {
		case size > 1:
			size /= 2
		case !dropped:
			size = 0
		}
	}
	return keep, nil
}

// minimise leaves out the items that it works without.
func (s *planSearch) minimise(ctx context.Context, items []addition, r passage) ([]addition, passage, error) {
	best := func(less []addition) (bool, error) {
		again, err := s.run(ctx, less)
		if err == nil && again.ok {
			items, r = less, again
		}
		return again.ok, err
	}
	if len(r.idle) > 0 {
		idle := r.idle
		var less []addition
		for i, it := range items {
			if !slices.Contains(idle, i) {
				less = append(less, it)
			}
		}
		if _, err := best(less); err != nil {
			return items, r, err
		}
	}
	all := items
	_, err := s.reduce(ctx, len(all), func(keep []int) (bool, error) { return best(pickOut(all, keep)) })
	return items, r, err
}

func pickOut[T any](all []T, keep []int) []T {
	out := make([]T, len(keep))
	for n, i := range keep {
		out[n] = all[i]
	}
	return out
}
