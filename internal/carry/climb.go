package carry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"syscall"

	"backstay.dev/backstay/internal/adapt"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gate"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/pick"
)

// Climber takes what git could not merge up the ladder.
type Climber struct {
	Store *git.Store
	// Index tells of earlier backports of the same fix; nil for none.
	Index *history.Index
	// Engine asks git for whole trees and writes them (pick.Options AskGit and
	// Write).
	Engine  *pick.Engine
	Adapter *adapt.Adapter
	// Experience is what the history of the repository taught; may be nil.
	Experience *adapt.Experience
	// Now is the time for steps without a bound, in seconds since 1970.
	Now int64
	// Generated makes generated files anew; nil for none.
	Generated *Regenerator
	// Gates, if set, are asked before a result is a source for another target.
	Gates *gate.Checker

	once    sync.Once
	carried map[string][]history.Carried // by original
	made    []Source                     // see Cascade
}

// Climb is one step of a fix that git could not merge.
type Climb struct {
	Step backport.Step
	// Onto is the target's tree before the step.
	Onto string
	// Target is the commit it belongs to.
	Target string
	// Before hides what was committed at that time or later, as in pick.Job.
	Before int64
	// Sources are further backports of the step that can be tried, the most
	// promising first.
	Sources []Source
}

// Source is what a step can be carried from.
type Source struct {
	backport.Step
	// Made names the target of which this is what has just been made, as no
	// commit that anybody can look at; "" for a commit.
	Made string
}

// maxNeighbours is how many earlier backports of a fix are tried.
const maxNeighbours = 3

// Climb answers each step, in order.
func (c *Climber) Climb(ctx context.Context, climbs []Climb) ([]adapt.Answer, error) {
	var requests []pick.Request
	var steps [][]Source
	for _, climb := range climbs {
		sources := append([]Source{{Step: climb.Step}}, climb.Sources...)
		sources = append(sources, c.neighbours(climb)...)
		sources = sources[:min(len(sources), 1+maxNeighbours)]
		steps = append(steps, sources)
		for _, s := range sources {
			requests = append(requests, pick.Request{Commit: s.Commit, Base: s.Base, Onto: climb.Onto})
		}
	}
	results, err := c.Engine.Merge(ctx, requests)
	var lacks *git.MissingError
	if err != nil && !errors.As(err, &lacks) { // each result says for itself what it lacks
		return nil, fmt.Errorf("try the sources of a fix: %w", err)
	}
	answers := make([]adapt.Answer, len(climbs))
	for i, climb := range climbs {
		answers[i] = adapt.Answer{Outcome: backport.Conflict}
		q := adapt.Question{Now: c.Now, Fix: climb.Step.Origin, Onto: climb.Onto, Target: climb.Target, Before: climb.Before, Experience: c.Experience}
		var failed error
		for k, s := range steps[i] {
			r := results[0]
			results = results[1:]
			tree := r.Left
			if r.Clean {
				tree = r.Tree
			}
			switch {
			case r.Err != nil && k == 0, k == 0 && tree == "":
				failed = cmp.Or(r.Err, unmerged(r, s.Commit))
			case r.Err != nil || tree == "":
				continue // a neighbour that cannot be read is no help
			}
			q.Attempts = append(q.Attempts, adapt.Attempt{Step: s.Step, Neighbour: k > 0, Made: s.Made, Clean: r.Clean, Tree: tree, Files: r.Files})
		}
		if failed != nil {
			answers[i] = adapt.Answer{Outcome: backport.Conflict, Refused: failed.Error()}
			continue
		}
		answer, err := c.Adapter.Adapt(ctx, q)
		if err != nil {
			if all := ofAll(ctx, err); all != nil {
				return nil, all
			}
			answers[i].Refused = err.Error()
			var missing *git.MissingError
			if errors.As(err, &missing) {
				answers[i].Missing = missing.IDs
			}
			continue
		}
		answers[i] = answer
		answers[i].Example.Fix, answers[i].Example.At = climb.Step.Commit, climb.Before
	}
	return answers, nil
}

// unmerged says why there is no tree of a commit that conflicts.
func unmerged(r pick.Result, commit string) error {
	for _, f := range r.Files {
		if f.Kind == backport.KindDriver { // its detail says what to do
			return &backport.InputError{What: f.Detail}
		}
	}
	return fmt.Errorf("git says nothing of %s", commit)
}

// ofAll returns an error that concerns all picks, and nil for one that is about
// an object or a text of one pick alone.
func ofAll(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, git.ErrNoGit) || errors.Is(err, git.ErrTooOld) || errors.Is(err, syscall.ENOSPC) {
		return err
	}
	return nil
}

// neighbours are earlier backports of a step on other branches, the latest
// first.
func (c *Climber) neighbours(climb Climb) []Source {
	if c.Index == nil || climb.Step.Origin == "" {
		return nil
	}
	c.once.Do(func() {
		c.carried = map[string][]history.Carried{}
		for _, one := range c.Index.Carried() {
			c.carried[one.Original] = append(c.carried[one.Original], one)
		}
		for _, list := range c.carried {
			slices.SortFunc(list, func(a, b history.Carried) int {
				return cmp.Or(cmp.Compare(b.Date, a.Date), cmp.Compare(a.Commit, b.Commit))
			})
		}
	})
	var out []Source
	for _, one := range c.carried[climb.Step.Origin] {
		if climb.Before != 0 && one.Date >= climb.Before || one.Parent == climb.Target || c.Index.IsAncestor(one.Commit, climb.Target) {
			continue
		}
		if out = append(out, Source{Step: backport.Step{Commit: one.Commit, Base: one.Parent, Origin: one.Commit}}); len(out) == maxNeighbours {
			break
		}
	}
	return out
}
