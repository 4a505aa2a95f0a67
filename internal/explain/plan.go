package explain

import (
	"context"
	"fmt"
	"slices"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
)

// Trier tries changes on trees. It is what a plan is proved with: the stage
// that picks, handed in by the story.
type Trier interface {
	// Try answers every attempt, in order. What comes out is stored, so that
	// another attempt can build on it.
	Try(ctx context.Context, attempts []Attempt) ([]Trial, error)
}

// Attempt is one step of a fix on the tree with this id.
type Attempt struct {
	Step backport.Step
	Onto string
}

// Trial is what came of an Attempt.
type Trial struct {
	// Outcome is Present (nothing changes), Clean or Resolved, and then Tree is
	// the result; anything else stops a plan.
	Outcome backport.Outcome
	Tree    string
	// Files are the paths that the step touches, those in conflict with their
	// sides.
	Files []backport.File
}

func (t Trial) fits() bool {
	return t.Outcome == backport.Present || t.Outcome == backport.Clean || t.Outcome == backport.Resolved
}

// Need is a source commit that stands behind a conflict and is not on the
// target.
type Need struct {
	Commit string
	// Path is the file in that commit; it may have another name in the pick.
	Path string
	// Moves says that the commit moved the content that conflicts into a file of
	// another name: to add that file alone would make two of one.
	Moves bool
}

// Needs tells what stands behind the conflicts of a pick.
type Needs func(ctx context.Context, p backport.Pick) ([]Need, error)

// Lack is something that the result of a plan uses and does not have: an
// identifier or the path of an import, and the source commit that brought it.
type Lack struct{ Commit, Name string }

// Doubts tells how many findings there are on the tree that a plan comes to, and
// which of them are lacks.
type Doubts func(ctx context.Context, tree string, outcome backport.Outcome) (findings int, lacks []Lack, err error)

// PlanOptions bound the search for plans; a zero field means its default.
type PlanOptions struct {
	// Budget is how long it may take in wall time; 1.5 s. What has begun is
	// brought to its end, so that it takes a little longer.
	Budget time.Duration
	// Commits bounds the prerequisites of one plan; 30.
	Commits int
	// Rounds bounds how often what stands in the way is asked for what it needs
	// itself; 12.
	Rounds int
	// Plans bounds how many are given; 3.
	Plans int
	// Whole leaves out plans that take only a part of some commit.
	Whole bool
	// Doubts judges what plans of parts come to; nil for no judgement.
	Doubts Doubts
}

// Planner looks for plans.
type Planner struct {
	*cutter
	trier Trier
	needs Needs
	index *history.Index
	opts  PlanOptions
}

// NewPlanner makes a planner that proves with trier and asks needs for
// candidates. index orders them and must know them.
func NewPlanner(store *git.Store, index *history.Index, trier Trier, needs Needs, opts PlanOptions) *Planner {
	if opts.Budget == 0 {
		opts.Budget = 1500 * time.Millisecond
	}
	if opts.Commits == 0 {
		opts.Commits = 30
	}
	if opts.Rounds == 0 {
		opts.Rounds = 12
	}
	if opts.Plans == 0 {
		opts.Plans = 3
	}
	return &Planner{cutter: &cutter{store, newObjects(store)}, index: index, trier: trier, needs: needs, opts: opts}
}

// Planning is what a search for plans came to.
type Planning struct {
	// Plans make the fix fit, smallest first: by commits, then whole ones
	// before parts, then by lines.
	Plans []backport.Plan
	// Candidates are the commits that were tried, in the order of the source's
	// history.
	Candidates []string
	// Tried counts the applications of a change to a tree.
	Tried int
	// Spent says that the budget ended the search: there may be other plans.
	Spent bool
}

// Plan looks for prerequisites that make a conflicting pick fit, and proves
// each plan by applying it. open are the steps of the fix that the target does
// not have.
//
// Plans are tried from small to large: each candidate alone, then each pair of
// few, then all that is needed, closed over what the prerequisites need
// themselves. Of a set that works every commit is left out that it works
// without (after A. Zeller and R. Hildebrandt, "Simplifying and Isolating
// Failure-Inducing Input", 2002). The same is then done with parts: of each
// commit only the files that conflict, and of these only the hunks needed.
func (p *Planner) Plan(ctx context.Context, pick backport.Pick, open []backport.Step) (Planning, error) {
	if pick.Outcome != backport.Conflict || len(open) == 0 {
		return Planning{}, nil
	}
	tip, err := p.store.Commit(ctx, pick.Target.Commit)
	if err != nil {
		return Planning{}, fmt.Errorf("plan for %s: %w", pick.Target.Name, err)
	}
	s := &planSearch{
		Planner: p, pick: pick, fix: open, start: tip.Tree, end: time.Now().Add(p.opts.Budget),
		trials: map[Attempt]Trial{}, asked: map[Attempt][]string{}, steps: map[string]backport.Step{}, seen: map[string]bool{}, moves: map[string]bool{}, paths: map[string][]string{},
	}
	if err := s.all(ctx); err != nil {
		return Planning{}, fmt.Errorf("plan for %s: %w", pick.Target.Name, err)
	}
	out := Planning{Tried: len(s.trials), Spent: s.spent, Candidates: s.candidates}
	if out.Plans, err = p.price(ctx, s.found); err != nil {
		return Planning{}, fmt.Errorf("plan for %s: %w", pick.Target.Name, err)
	}
	rankPlans(out.Plans)
	out.Plans = out.Plans[:min(len(out.Plans), p.opts.Plans)]
	return out, nil
}

// rankPlans sorts plans from the smallest to the largest.
func rankPlans(plans []backport.Plan) {
	slices.SortStableFunc(plans, func(a, b backport.Plan) int {
		switch {
		case a.Cost.Commits != b.Cost.Commits:
			return a.Cost.Commits - b.Cost.Commits
		case a.Partial() != b.Partial():
			if a.Partial() {
				return 1
			}
			return -1
		}
		return a.Cost.Lines - b.Cost.Lines
	})
}
