package explain

import (
	"bytes"
	"context"
	"errors"
	"regexp"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/provenance"
)

// price turns what was proved into plans, with what they cost.
func (p *Planner) price(ctx context.Context, found []proved) ([]backport.Plan, error) {
	var plans []backport.Plan
	sizes, err := p.sizes(ctx, found)
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		plan := backport.Plan{Outcome: f.run.outcome, Tree: f.run.tree}
		paths := map[string]bool{}
		for _, it := range f.items {
			step, err := p.prerequisite(ctx, it)
			if err != nil {
				return nil, err
			}
			s := sizes[it.step.Commit]
			step.Files, step.Lines = len(s.paths), s.lines
			plan.Steps = append(plan.Steps, step)
			plan.Cost.Commits++
			plan.Cost.Lines += s.lines
			if step.Fix {
				plan.Cost.Fixes++
			}
			for path := range s.paths {
				paths[path] = true
			}
		}
		plan.Cost.Files = len(paths)
		plans = append(plans, plan)
	}
	return plans, nil
}

// prerequisite says of an addition what its commit says of itself.
func (p *Planner) prerequisite(ctx context.Context, it addition) (backport.Prerequisite, error) {
	c, err := p.store.Commit(ctx, it.commit)
	if err != nil {
		return backport.Prerequisite{}, err
	}
	out := backport.Prerequisite{
		Commit: it.commit, Base: it.step.Base, Subject: c.Subject(), Merge: len(c.Parents) > 1,
		Fix: callsItselfFix(c),
	}
	for _, piece := range it.part {
		part := backport.Part{Path: piece.path}
		if piece.take != nil && len(piece.take) < len(piece.hunks) {
			for _, i := range piece.take {
				h := piece.hunks[i]
				part.Hunks = append(part.Hunks, backport.Hunk{
					OldLine: h.OldStart + 1, OldLines: h.OldCount, NewLine: h.NewStart + 1, NewLines: h.NewCount,
				})
			}
		}
		out.Part = append(out.Part, part)
	}
	return out, nil
}

// fixWord finds the words with which a subject calls its commit a fix.
var fixWord = regexp.MustCompile(`(?i)\b(fix(e[sd]|ing|up)?|bug(fix)?|hotfix|cve-\d+-\d+|revert|regressions?|crash(es)?|leaks?|deadlocks?|panics?|overflows?|races?|use-after-free)\b`)

// callsItselfFix reports whether a commit says that it mends something: in its
// subject, or by naming the commit, the bug or the CVE that it mends.
func callsItselfFix(c git.Commit) bool {
	if fixWord.MatchString(c.Subject()) {
		return true
	}
	r := provenance.Parse(string(c.Message))
	return len(r.Fixes) > 0 || len(r.CVEs) > 0
}

// bulk is what a step changes.
type bulk struct {
	paths map[string]bool
	lines int // added and removed
}

// sizes measures the steps of plans; of a merge against its first parent.
func (p *Planner) sizes(ctx context.Context, found []proved) (map[string]bulk, error) {
	out := map[string]bulk{}
	var steps []backport.Step
	for _, f := range found {
		for _, it := range f.items {
			if _, listed := out[it.step.Commit]; !listed {
				out[it.step.Commit] = bulk{paths: map[string]bool{}}
				steps = append(steps, it.step)
			}
		}
	}
	if len(steps) == 0 {
		return out, nil
	}
	ids := make([]string, len(steps))
	for i, step := range steps {
		c, err := p.store.Commit(ctx, step.Commit)
		if err != nil {
			return nil, err
		}
		ids[i] = step.Commit
		if len(c.Parents) > 1 {
			if ids[i], err = p.store.Trial(c.Tree, step.Base); err != nil {
				return nil, err
			}
		}
	}
	var failed error
	note := func(err error) {
		if failed == nil {
			failed = err
		}
	}
	err := p.store.Changes(ctx, ids, maxPlanPaths, func(i int, changes []git.Change, err error) {
		note(err)
		for _, c := range changes {
			out[steps[i].Commit].paths[c.Path] = true
		}
	})
	if err != nil || failed != nil {
		return nil, errors.Join(err, failed)
	}
	var count lineCounter
	err = p.store.Patches(ctx, ids, func() { count = lineCounter{} }, count.line, func(i int, err error) {
		note(err)
		b := out[steps[i].Commit]
		b.lines = count.n
		out[steps[i].Commit] = b
	})
	return out, errors.Join(err, failed)
}

// maxPlanPaths bounds the paths of one commit that are counted.
const maxPlanPaths = 10_000

// lineCounter counts the lines that a patch adds and removes.
type lineCounter struct {
	n      int
	hunk   bool // within one
	middle bool // of a line that comes in pieces
}

func (c *lineCounter) line(b []byte) {
	if !c.middle {
		switch {
		case bytes.HasPrefix(b, []byte("diff ")):
			c.hunk = false
		case bytes.HasPrefix(b, []byte("@@ ")):
			c.hunk = true
		case c.hunk && len(b) > 0 && (b[0] == '+' || b[0] == '-'):
			c.n++
		}
	}
	c.middle = !bytes.HasSuffix(b, []byte("\n"))
}
