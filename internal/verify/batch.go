package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
)

// BatchResult is what came of testing several picks together. Picks are named by
// their index.
type BatchResult struct {
	// State is RunPassed where all pass together, RunFailed where some platform
	// fails that the target passes, and else that of the worst platform.
	State backport.RunState
	// Runs are those of all together.
	Runs []backport.Run
	// Culprits are smallest combinations that fail, none with a pick of another.
	Culprits []Culprit
	// Left are the picks without those of the culprits, LeftRuns what came of them
	// together on the platforms that failed. Empty where nothing is left, or all
	// pass; without runs where they don't go together.
	Left     []int
	LeftRuns []backport.Run
	// Tried counts the combinations that were run beyond the first, also those
	// whose result was known.
	Tried int
	// Detail is one sentence about what could not be found out.
	Detail string
}

// Culprit is a combination of picks that fails.
type Culprit struct {
	// Picks are in ascending order. A single one fails on its own; several fail
	// only together.
	Picks []int
	// Runs are those of the combination, on the platforms that fail.
	Runs []backport.Run
	Text string
}

// ErrTargets says that a batch has picks onto different targets.
var ErrTargets = errors.New("the picks of a batch stand on different targets")

// Batch tests several picks onto one target together and, where they fail, finds
// which of them are to blame, with few runs: combinations are tried on the
// platforms that failed only. combine puts some of the picks on the target, in
// ascending order; its error says that they don't go together. How the search
// goes, and what it takes for granted, is at type search.
//
// The error is that of a context that is over, or of picks that don't go
// together as a whole.
func (v *Verifier) Batch(ctx context.Context, subjects []Subject, combine func(ctx context.Context, picks []int) (Tip, error)) (BatchResult, error) {
	if len(subjects) == 0 {
		return BatchResult{State: backport.RunPassed}, nil
	}
	if slices.ContainsFunc(subjects, func(s Subject) bool { return s.Target != subjects[0].Target }) {
		return BatchResult{}, ErrTargets
	}
	b := &batch{v: v, subjects: subjects, combine: combine, platforms: v.Platforms, runs: map[string][]examined{}}
	all := make([]int, len(subjects))
	for i := range all {
		all[i] = i
	}
	first, err := b.run(ctx, all)
	result := BatchResult{State: backport.RunPassed, Runs: plainRuns(first)}
	if err != nil {
		result.State = backport.RunError
		return result, fmt.Errorf("test the batch: %w", err)
	}
	b.platforms = nil
	for i, e := range first {
		result.State = worst(result.State, e.Run.State)
		if e.Blamed {
			b.platforms = append(b.platforms, v.Platforms[i])
		}
	}
	if len(b.platforms) == 0 {
		if result.State != backport.RunPassed {
			result.Detail = "what fails is none of the picks' doing"
		}
		return result, nil
	}
	result.State = backport.RunFailed
	s := &search{try: b.try, seen: map[string]trial{}}
	culprits, left, err := s.culprits(ctx, all)
	result.Left, result.LeftRuns, result.Tried = left, plainRuns(b.runs[fmt.Sprint(left)]), s.runs
	for _, c := range culprits {
		result.Culprits = append(result.Culprits, b.culprit(c, first))
	}
	if s.unclear > 0 {
		result.Detail = fmt.Sprintf("%d of the combinations could not be tried (%s): a culprit may be smaller than it is said to be", s.unclear, b.unclear)
	}
	if err != nil {
		return result, fmt.Errorf("search the batch: %w", err)
	}
	return result, nil
}

// A batch is one search.
type batch struct {
	v        *Verifier
	subjects []Subject
	combine  func(context.Context, []int) (Tip, error)
	// platforms are those that are run.
	platforms []Platform
	// runs are those of combinations, unclear is why the first of those that could
	// not be tried could not.
	runs    map[string][]examined
	unclear string
}

// run runs a combination.
func (b *batch) run(ctx context.Context, picks []int) ([]examined, error) {
	s := Subject{Name: b.name(picks), Target: b.subjects[0].Target, plain: true}
	if len(picks) == 1 {
		s.Backport = b.subjects[picks[0]].Backport
	}
	if s.Backport.Tree == "" {
		var err error
		if s.Backport, err = b.combine(ctx, picks); err != nil {
			return nil, fmt.Errorf("put %s on the target: %w", s.Name, err)
		}
	}
	runs, err := b.v.verify(ctx, s, b.platforms)
	b.runs[fmt.Sprint(picks)] = runs
	return runs, err
}

// try is run for the search.
func (b *batch) try(ctx context.Context, picks []int) (trial, error) {
	runs, err := b.run(ctx, picks)
	if ctx.Err() != nil {
		return trialUnclear, err
	}
	result, why := trialPasses, ""
	if err != nil {
		result, why = trialUnclear, err.Error()
	}
	for _, e := range runs {
		switch {
		case e.Blamed:
			return trialFails, nil
		case e.Run.State == backport.RunError || e.Run.State == backport.RunSkipped:
			result, why = trialUnclear, e.Run.Platform+": "+e.Run.Detail
		}
	}
	b.unclear = cmp.Or(b.unclear, why)
	return result, nil
}

// culprit tells of a combination that was found; all are the runs of the whole
// batch.
func (b *batch) culprit(picks []int, all []examined) Culprit {
	runs := b.runs[fmt.Sprint(picks)]
	if len(picks) == len(b.subjects) {
		runs = all
	}
	c := Culprit{Picks: picks}
	var where []string
	for _, e := range runs {
		if e.Blamed {
			c.Runs = append(c.Runs, e.Run)
			where = append(where, e.Run.Platform+" ("+e.Run.Detail+")")
		}
	}
	if len(picks) == 1 {
		c.Text = b.name(picks) + " fails on its own on " + strings.Join(where, ", ")
	} else {
		c.Text = b.name(picks) + " fail only together, on " + strings.Join(where, ", ")
	}
	return c
}

func (b *batch) name(picks []int) string {
	names := make([]string, len(picks))
	for i, p := range picks {
		names[i] = b.subjects[p].Name
	}
	return strings.Join(names, " + ")
}

func plainRuns(all []examined) []backport.Run {
	runs := make([]backport.Run, len(all))
	for i, e := range all {
		runs[i] = e.Run
	}
	return runs
}
