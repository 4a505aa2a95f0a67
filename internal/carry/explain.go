package carry

import (
	"context"
	"fmt"
	"slices"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/explain"
	"backstay.dev/backstay/internal/gate"
	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/pick"
)

// Inquiry says what is asked of conflicts.
type Inquiry struct {
	// Plans asks for plans as well: prerequisites with which the fix fits.
	Plans bool
	// Whole leaves out plans that take only a part of some commit.
	Whole bool
	// Budget is how long to look for plans, for each pick.
	Budget time.Duration
	// Before hides what was committed later from questions about the target:
	// seconds since 1970, 0 for no bound.
	Before int64
}

// Explained is a pick and why it conflicts.
type Explained struct {
	// Pick has its Causes filled in and, where they were asked for, its Plans;
	// with one of these its outcome is Blocked instead of Conflict.
	Pick   backport.Pick
	Report explain.Report
	// Planning tells of the search for plans.
	Planning explain.Planning
	// Problem says why there is no report; "" where there is one.
	Problem string
}

// Explain tells why picks conflict; the others are handed back as they are. A
// pick must have its chunks (Order.Chunks). The error is for what stops
// everything; what stops the explanation of one pick is its Problem.
func (c *Carrier) Explain(ctx context.Context, picks []backport.Pick, q Inquiry) ([]Explained, error) {
	out := make([]Explained, len(picks))
	e := &explanation{
		carrier: c, inquiry: q, why: explain.New(c.Store, c.Index), gates: c.checks(),
		engine: pick.New(c.Store, pick.Options{
			Jobs: c.Jobs, Draft: true,
			CustomDriver: func(name string) bool { return c.Repo.Config(ctx, "merge."+name+".driver") != "" },
		}),
	}
	if c.Ladder != nil && q.Plans {
		var err error
		if e.climber, err = c.Climber(ctx); err != nil {
			return nil, err
		}
	}
	for i, p := range picks {
		out[i].Pick = p
		if p.Outcome != backport.Conflict {
			continue
		}
		if c.Progress != nil {
			c.Progress("explaining", i, len(picks))
		}
		if err := e.one(ctx, &out[i]); ctx.Err() != nil {
			return nil, ctx.Err()
		} else if err != nil {
			out[i].Problem = err.Error()
		}
	}
	return out, nil
}

// explanation is the state of one Explain call.
type explanation struct {
	carrier *Carrier
	inquiry Inquiry
	why     *explain.Explainer
	engine  *pick.Engine
	gates   *gate.Checker
	climber *Climber // nil without a model
	// found are the findings on a tree, of the pick that is explained.
	found map[string][]backport.Finding
}

// options say how picks are explained.
func (e *explanation) options() explain.Options {
	o := explain.Options{Before: e.inquiry.Before}
	if e.carrier.Generated != nil {
		o.Maker = e.carrier.Generated.Maker
	}
	return o
}

func (e *explanation) one(ctx context.Context, out *Explained) error {
	p := &out.Pick
	e.found = map[string][]backport.Finding{}
	var err error
	if out.Report, err = e.why.Explain(ctx, *p, e.options()); err != nil {
		return err
	}
	p.Causes = out.Report.Causes()
	if !e.inquiry.Plans {
		return nil
	}
	open, err := e.open(ctx, *p)
	if err != nil {
		return err
	}
	planner := explain.NewPlanner(e.carrier.Store, e.carrier.Index, e, e.needs, explain.PlanOptions{
		Budget: e.inquiry.Budget, Whole: e.inquiry.Whole,
		Doubts: func(ctx context.Context, tree string, outcome backport.Outcome) (int, []explain.Lack, error) {
			return e.doubts(ctx, *p, tree, outcome)
		},
	})
	start := time.Now()
	if out.Planning, err = planner.Plan(ctx, *p, open); err != nil {
		return err
	}
	if left := e.inquiry.Budget - time.Since(start); len(out.Planning.Plans) == 0 && left > 0 && e.climber != nil {
		if err := e.climb(ctx, out, open, left); err != nil {
			return err
		}
	}
	if p.Plans, err = e.check(ctx, *p, out.Planning.Plans); len(p.Plans) > 0 {
		p.Outcome = backport.Blocked
	}
	return err
}

// climb looks for plans after which the ladder resolves the fix, where there is
// none after which git merges it.
func (e *explanation) climb(ctx context.Context, out *Explained, open []backport.Step, budget time.Duration) error {
	trier := &ladderTrier{explanation: e, target: out.Pick.Target.Commit, fix: open}
	planner := explain.NewPlanner(e.carrier.Store, e.carrier.Index, trier, e.needs, explain.PlanOptions{Budget: budget, Whole: true})
	more, err := planner.Plan(ctx, out.Pick, open)
	if err != nil {
		return err
	}
	out.Planning.Plans = more.Plans
	out.Planning.Tried += more.Tried
	out.Planning.Spent = out.Planning.Spent || more.Spent
	return nil
}

// ladderTrier lets the ladder try what git cannot merge of the fix itself. Only
// what it is sure of counts.
type ladderTrier struct {
	*explanation
	target string
	fix    []backport.Step
}

func (l *ladderTrier) Try(ctx context.Context, attempts []explain.Attempt) ([]explain.Trial, error) {
	trials, err := l.explanation.Try(ctx, attempts)
	if err != nil {
		return nil, err
	}
	var climbs []Climb
	var at []int
	for i, a := range attempts {
		if trials[i].Outcome == backport.Conflict && slices.Contains(l.fix, a.Step) {
			climbs, at = append(climbs, Climb{Step: a.Step, Onto: a.Onto, Target: l.target, Before: l.inquiry.Before}), append(at, i)
		}
	}
	if len(climbs) == 0 {
		return trials, nil
	}
	answers, err := l.climber.Climb(ctx, climbs)
	if err != nil {
		return nil, err
	}
	for k, a := range answers {
		if a.Outcome == backport.Resolved && a.Tree != climbs[k].Onto {
			trials[at[k]] = explain.Trial{Outcome: backport.Resolved, Tree: a.Tree, Files: a.Files}
		}
	}
	return trials, nil
}

// check has plans of parts checked without a build: the rest of a commit may be
// what makes its part work. Those in which nothing is suspicious come first.
func (e *explanation) check(ctx context.Context, p backport.Pick, plans []backport.Plan) ([]backport.Plan, error) {
	for i := range plans {
		if !plans[i].Partial() {
			continue
		}
		var err error
		if plans[i].Findings, err = e.findings(ctx, p, plans[i].Tree, plans[i].Outcome); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(plans, func(a, b backport.Plan) int {
		switch {
		case a.Doubtful() == b.Doubtful():
			return 0
		case a.Doubtful():
			return 1
		}
		return -1
	})
	return plans, nil
}

// findings are those of the checks on what a plan for a pick comes to.
func (e *explanation) findings(ctx context.Context, p backport.Pick, tree string, outcome backport.Outcome) ([]backport.Finding, error) {
	if found, ok := e.found[tree]; ok {
		return found, nil
	}
	p.Outcome, p.Tree, p.Findings = outcome, tree, nil
	picks := []backport.Pick{p}
	if err := Gate(ctx, e.gates, picks, []int64{e.inquiry.Before}); err != nil {
		return nil, err
	}
	e.found[tree] = picks[0].Findings
	return picks[0].Findings, nil
}

// doubts are the findings that make a plan doubtful, and what of these a commit
// of the source brought.
func (e *explanation) doubts(ctx context.Context, p backport.Pick, tree string, outcome backport.Outcome) (n int, lacks []explain.Lack, err error) {
	found, err := e.findings(ctx, p, tree, outcome)
	if err != nil {
		return 0, nil, err
	}
	doubts := backport.Warnings(found)
	for _, f := range doubts {
		if f.Lacks != "" && f.Commit != "" {
			lacks = append(lacks, explain.Lack{Commit: f.Commit, Name: f.Lacks})
		}
	}
	return len(doubts), lacks, nil
}

// open are the steps of a fix that its target does not have.
func (e *explanation) open(ctx context.Context, p backport.Pick) ([]backport.Step, error) {
	var queries []history.Query
	for _, s := range p.Fix.Steps {
		queries = append(queries, history.Query{Fix: s.Origin, Before: e.inquiry.Before, Base: s.Base})
	}
	there, err := e.carrier.Index.Present(ctx, p.Target.Commit, queries)
	if err != nil {
		return nil, fmt.Errorf("look for fixes that are there already: %w", err)
	}
	var open []backport.Step
	for i, s := range p.Fix.Steps {
		if i == p.FailedStep || s.Origin == "" || there[i] == nil {
			open = append(open, s)
		}
	}
	return open, nil
}

// needs are the commits behind the conflicts of a pick that its target lacks.
// What a tool makes is made again, whatever else is carried.
func (e *explanation) needs(ctx context.Context, p backport.Pick) ([]explain.Need, error) {
	r, err := e.why.Explain(ctx, p, e.options())
	if err != nil {
		return nil, err
	}
	var out []explain.Need
	for _, f := range r.Files {
		for _, c := range f.Chunks {
			if c.Cause.Kind == backport.CauseGenerated {
				continue
			}
			for _, id := range c.Prerequisites {
				n := explain.Need{Commit: id, Moves: c.Cause.Kind == backport.CauseMoved}
				for _, l := range c.Source {
					if l.Commit == id {
						n.Path = l.Path
					}
				}
				out = append(out, n)
			}
		}
	}
	return out, nil
}

// Try lets the engine prove a plan: every result is stored, so that the next
// step can build on it.
func (e *explanation) Try(ctx context.Context, attempts []explain.Attempt) ([]explain.Trial, error) {
	requests := make([]pick.Request, len(attempts))
	for i, a := range attempts {
		requests[i] = pick.Request{Commit: a.Step.Commit, Base: a.Step.Base, Onto: a.Onto, Write: true}
	}
	results, err := e.engine.Merge(ctx, requests)
	if err != nil {
		return nil, err
	}
	out := make([]explain.Trial, len(results))
	for i, r := range results {
		out[i] = explain.Trial{Outcome: backport.Conflict, Files: r.Files}
		switch {
		case r.Err != nil:
			out[i].Outcome = backport.Failed
		case r.Clean && r.Tree == attempts[i].Onto:
			out[i].Outcome, out[i].Tree = backport.Present, r.Tree
		case r.Clean:
			out[i].Outcome, out[i].Tree = backport.Clean, r.Tree
		}
	}
	return out, nil
}
