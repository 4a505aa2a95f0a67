package explain

import (
	"context"
	"slices"
	"time"

	"backstay.dev/backstay/internal/backport"
)

// planSearch is one search for plans.
type planSearch struct {
	*Planner
	pick  backport.Pick
	fix   []backport.Step
	start string // the target's tree
	end   time.Time

	trials map[Attempt]Trial
	asked  map[Attempt][]string     // what an attempt that conflicted needs
	steps  map[string]backport.Step // of whole commits
	seen   map[string]bool          // candidates
	moves  map[string]bool          // see Need
	paths  map[string][]string      // of a candidate, that conflicts come from

	candidates []string
	found      []proved
	spent      bool
}

// addition is one prerequisite of a plan that is tried.
type addition struct {
	commit string
	step   backport.Step
	part   []piece // nil for the whole commit
}

// proved is a list of prerequisites with which the fix fits.
type proved struct {
	items []addition
	run   passage
}

// passage is what came of applying a list of items, and then the fix.
type passage struct {
	ok      bool
	tree    string
	outcome backport.Outcome
	// at is the first step that did not fit, counted through items and the
	// steps of the fix; files is what it met on onto.
	at    int
	onto  string
	files []backport.File
	idle  []int // items that changed nothing
}

// over reports whether the budget is spent.
func (s *planSearch) over(ctx context.Context) bool {
	s.spent = s.spent || ctx.Err() != nil || time.Now().After(s.end)
	return s.spent
}

// all looks for plans of whole commits, then of parts.
func (s *planSearch) all(ctx context.Context) error {
	first, err := s.need(ctx, s.pick.Fix.Steps[s.pick.FailedStep], "", s.pick.Files)
	if err != nil || len(first) == 0 {
		return err
	}
	if alone, err := s.run(ctx, nil); err != nil || alone.ok {
		return err // it fits as it is
	}
	for _, list := range [][][]string{planSingles(first), planPairs(first)} {
		if s.over(ctx) {
			return ctx.Err()
		}
		if err := s.anyOf(ctx, list, s.whole); err != nil {
			return err
		}
		if len(s.found) > 0 {
			break
		}
	}
	if len(s.found) == 0 {
		if err := s.grow(ctx, s.whole); err != nil {
			return err
		}
	}
	if s.opts.Whole || s.over(ctx) {
		return ctx.Err()
	}
	return s.parts(ctx, first)
}

// planSingles are lists of one commit each, the newest first.
func planSingles(ids []string) [][]string {
	var out [][]string
	for _, id := range slices.Backward(ids) {
		out = append(out, []string{id})
	}
	return out
}

// maxPaired bounds the candidates that are tried in pairs.
const maxPaired = 8

func planPairs(ids []string) [][]string {
	var out [][]string
	if len(ids) > maxPaired || len(ids) < 3 {
		return nil // of two, the pair is all that is needed
	}
	for i := range ids {
		for k := range i {
			out = append(out, []string{ids[k], ids[i]})
		}
	}
	return out
}

// maxAtOnce bounds the lists that are tried between two looks at the clock.
const maxAtOnce = 8

// planMaker makes an addition of a commit, given the files that conflict without it;
// nil if the commit has nothing to give.
type planMaker func(ctx context.Context, commit string, files []backport.File) (*addition, error)

// whole takes all of a commit.
func (s *planSearch) whole(ctx context.Context, commit string, _ []backport.File) (*addition, error) {
	step, err := s.step(ctx, commit)
	return &addition{commit: commit, step: step}, err
}

// step is a commit's own change; a merge's is taken against its first parent.
func (s *planSearch) step(ctx context.Context, commit string) (backport.Step, error) {
	if step, ok := s.steps[commit]; ok {
		return step, nil
	}
	c, err := s.store.Commit(ctx, commit)
	if err != nil {
		return backport.Step{}, err
	}
	step := backport.Step{Commit: commit, Origin: commit}
	if len(c.Parents) > 0 {
		step.Base = c.Parents[0]
	}
	s.steps[commit] = step
	return step, nil
}

// anyOf tries lists of commits and keeps those with which the fix fits.
func (s *planSearch) anyOf(ctx context.Context, lists [][]string, make planMaker) error {
	var tries [][]addition
	for _, ids := range lists {
		var items []addition
		for _, id := range ids {
			it, err := make(ctx, id, s.pick.Files)
			if err != nil {
				return err
			}
			if it != nil {
				items = append(items, *it)
			}
		}
		if len(items) == len(ids) {
			tries = append(tries, items)
		}
	}
	for some := range slices.Chunk(tries, maxAtOnce) {
		if s.over(ctx) || len(s.found) >= s.opts.Plans {
			break
		}
		runs, err := s.runs(ctx, some)
		if err != nil {
			return err
		}
		for i, r := range runs {
			if r.ok && len(r.idle) == 0 && len(s.found) < s.opts.Plans {
				s.found = append(s.found, proved{some[i], r})
			}
		}
	}
	return ctx.Err()
}

// grow adds what is needed until everything fits: whatever stands in the way,
// a prerequisite or the fix, is asked what it needs. Then it drops what is not
// needed after all.
func (s *planSearch) grow(ctx context.Context, make planMaker) error {
	var items []addition
	in := map[string]bool{}
	for range s.opts.Rounds {
		if s.over(ctx) {
			return ctx.Err()
		}
		r, err := s.run(ctx, items)
		if err != nil {
			return err
		}
		if r.ok {
			return s.keep(ctx, items, r)
		}
		more, err := s.need(ctx, s.stepAt(items, r.at), r.onto, r.files)
		if err != nil {
			return err
		}
		grown := false
		for _, id := range more {
			if in[id] {
				continue
			}
			it, err := make(ctx, id, r.files)
			if err != nil {
				return err
			}
			if it != nil {
				in[id], grown = true, true
				items = append(items, *it)
			}
		}
		if !grown && r.at < len(items) && items[r.at].part != nil {
			less, err := s.fitting(ctx, items[r.at], r.onto)
			if err != nil {
				return err
			}
			if less != nil {
				items[r.at], grown = *less, true
			}
		}
		if !grown || len(items) > s.opts.Commits {
			return nil
		}
		s.sort(items)
	}
	return nil
}

// sort brings items into the order of the source's history.
func (s *planSearch) sort(items []addition) {
	ids := make([]string, len(items))
	for i, it := range items {
		ids[i] = it.commit
	}
	s.index.Order(ids)
	slices.SortFunc(items, func(a, b addition) int {
		return slices.Index(ids, a.commit) - slices.Index(ids, b.commit)
	})
}

// stepAt is the step at a position in items and the fix after them.
func (s *planSearch) stepAt(items []addition, at int) backport.Step {
	if at < len(items) {
		return items[at].step
	}
	return s.fix[at-len(items)]
}

// need asks which source commits stand behind a conflict. Steps of the fix are
// none.
func (s *planSearch) need(ctx context.Context, step backport.Step, onto string, files []backport.File) ([]string, error) {
	key := Attempt{step, onto}
	if ids, ok := s.asked[key]; ok {
		return ids, nil
	}
	p := s.pick
	if onto != "" {
		p = backport.Pick{
			Fix: backport.Fix{Name: step.Origin, Steps: []backport.Step{step}}, Target: s.pick.Target,
			Outcome: backport.Conflict, Files: files,
		}
	}
	needs, err := s.needs(ctx, p)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, n := range needs {
		s.moves[n.Commit] = s.moves[n.Commit] || n.Moves
		if n.Path != "" && !slices.Contains(s.paths[n.Commit], n.Path) {
			s.paths[n.Commit] = append(s.paths[n.Commit], n.Path)
		}
		own := slices.ContainsFunc(s.pick.Fix.Steps, func(f backport.Step) bool { return f.Origin == n.Commit || f.Commit == n.Commit })
		if !own && !slices.Contains(ids, n.Commit) {
			ids = append(ids, n.Commit)
		}
	}
	s.index.Order(ids)
	if n := len(ids) - s.opts.Commits; n > 0 {
		ids = ids[n:] // the newest are the nearest to the fix
	}
	for _, id := range ids {
		if !s.seen[id] {
			s.seen[id] = true
			s.candidates = append(s.candidates, id)
		}
	}
	s.index.Order(s.candidates)
	s.asked[key] = ids
	return ids, nil
}

// keep minimises a list that works and takes it as a plan.
func (s *planSearch) keep(ctx context.Context, items []addition, r passage) error {
	items, r, err := s.minimise(ctx, items, r)
	if err == nil {
		s.found = append(s.found, proved{items, r})
	}
	return err
}

func (s *planSearch) run(ctx context.Context, items []addition) (passage, error) {
	runs, err := s.runs(ctx, [][]addition{items})
	if err != nil {
		return passage{}, err
	}
	return runs[0], nil
}

// runs applies lists of items, each to the target's tree, and then the fix.
// All lists go through a step together, and what was tried before is known.
func (s *planSearch) runs(ctx context.Context, lists [][]addition) ([]passage, error) {
	out := make([]passage, len(lists))
	live := make([]int, len(lists))
	before := make([]string, len(lists)) // the tree that the fix starts from
	for i := range lists {
		out[i].tree, out[i].outcome = s.start, backport.Clean
		live[i] = i
	}
	for at := 0; len(live) > 0; at++ {
		keys := make([]Attempt, len(live))
		for n, i := range live {
			if at == len(lists[i]) {
				before[i] = out[i].tree
			}
			keys[n] = Attempt{s.stepAt(lists[i], at), out[i].tree}
		}
		trials, err := s.try(ctx, keys)
		if err != nil {
			return nil, err
		}
		var still []int
		for n, i := range live {
			r, t := &out[i], trials[n]
			if !t.fits() {
				r.at, r.onto, r.files = at, r.tree, t.Files
				continue
			}
			if t.Tree == r.tree && at < len(lists[i]) {
				r.idle = append(r.idle, at)
			}
			r.tree = t.Tree
			if t.Outcome == backport.Resolved {
				r.outcome = backport.Resolved
			}
			if at+1 < len(lists[i])+len(s.fix) {
				still = append(still, i)
				continue
			}
			// A fix that then changes nothing is in one of the items: that is
			// no plan for it.
			r.ok = r.tree != before[i]
			r.at, r.onto = at, before[i]
		}
		live = still
	}
	return out, nil
}

// try answers attempts, each of which is made once.
func (s *planSearch) try(ctx context.Context, attempts []Attempt) ([]Trial, error) {
	var open []Attempt
	for _, a := range attempts {
		if _, known := s.trials[a]; !known && !slices.Contains(open, a) {
			open = append(open, a)
		}
	}
	if len(open) > 0 {
		trials, err := s.trier.Try(ctx, open)
		if err != nil {
			return nil, err
		}
		for n, t := range trials {
			s.trials[open[n]] = t
		}
	}
	out := make([]Trial, len(attempts))
	for i, a := range attempts {
		out[i] = s.trials[a]
	}
	return out, nil
}
