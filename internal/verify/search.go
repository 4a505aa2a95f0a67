package verify

import (
	"context"
	"fmt"
	"slices"
)

// A trial is what came of some picks together.
type trial int

const (
	// trialPasses: no platform fails that the target alone passes.
	trialPasses trial = iota
	trialFails
	// trialUnclear: they could not be tried: they don't go together without
	// others, or a platform could not run them.
	trialUnclear
)

// A search finds which of several picks make all of them together fail.
//
// It assumes that what fails with some picks fails with more, too; then what it
// finds is minimal. Where that does not hold (one pick mends another), or some
// combination could not be tried, what it finds is still a combination that was
// seen failing, but perhaps not a smallest one.
type search struct {
	// try runs a combination, indices in ascending order.
	try  func(context.Context, []int) (trial, error)
	seen map[string]trial
	// runs counts the combinations that were tried, unclear those that could not
	// be.
	runs, unclear int
}

// fails tries a combination once.
func (s *search) fails(ctx context.Context, picks []int) (bool, error) {
	picks = slices.Sorted(slices.Values(picks))
	key := fmt.Sprint(picks)
	t, ok := s.seen[key]
	if !ok {
		var err error
		if t, err = s.try(ctx, picks); err != nil {
			return false, err
		}
		s.seen[key] = t
		s.runs++
		if t == trialUnclear {
			s.unclear++
		}
	}
	return t == trialFails, nil
}

// culprit is a smallest combination that fails, of picks that together fail.
//
// The shortest beginning of the list that fails ends with a pick that has to be
// in it: without that one it passes. With this pick held fast, the next is
// searched in front of it, until those held fast fail on their own. Each takes
// ⌈log2 n⌉ runs and one more to see whether they do: a single culprit takes
// ⌈log2 n⌉+1, a pair twice that. Delta debugging (Zeller and Hildebrandt,
// "Simplifying and Isolating Failure-Inducing Input", 2002) takes up to n² runs,
// as it does not use that more picks don't mend what fewer break; that is what
// this is instead. Beginnings have the advantage that they are known to go
// together: the batch was put together in this order.
func (s *search) culprit(ctx context.Context, picks []int) ([]int, error) {
	var found []int
	for {
		passes, fails := 0, len(picks)
		for fails-passes > 1 {
			middle := (passes + fails) / 2
			failed, err := s.fails(ctx, append(slices.Clone(found), picks[:middle]...))
			if err != nil {
				return nil, err
			}
			if failed {
				fails = middle
			} else {
				passes = middle
			}
		}
		found = append(found, picks[fails-1])
		picks = picks[:fails-1]
		alone := len(picks) == 0 // it is the combination that was just seen failing
		if !alone {
			var err error
			if alone, err = s.fails(ctx, found); err != nil {
				return nil, err
			}
		}
		if alone {
			slices.Sort(found)
			return found, nil
		}
	}
}

// culprits are smallest combinations that fail, none of them with a pick of
// another, and what is left without their picks, which passes or is empty.
func (s *search) culprits(ctx context.Context, picks []int) (culprits [][]int, left []int, err error) {
	for left = picks; ; {
		found, err := s.culprit(ctx, left)
		if err != nil {
			return culprits, nil, err
		}
		culprits = append(culprits, found)
		left = slices.DeleteFunc(slices.Clone(left), func(i int) bool { return slices.Contains(found, i) })
		if len(left) == 0 {
			return culprits, left, nil
		}
		failed, err := s.fails(ctx, left)
		if err != nil {
			return culprits, nil, err
		}
		if !failed {
			return culprits, left, nil
		}
	}
}
