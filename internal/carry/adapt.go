package carry

import (
	"context"
	"fmt"
	"slices"

	"backstay.dev/backstay/internal/adapt"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/pick"
)

// Adapt takes every pick that conflicts up the ladder, from the step that
// failed to the last, and fills in what comes of it. Picks with another outcome
// stay as they are. befores has the bound of each pick (pick.Job); nil is none.
// It hands back the answers to the steps that failed first, the zero Answer
// where there was none.
func (c *Climber) Adapt(ctx context.Context, picks []backport.Pick, befores []int64) ([]adapt.Answer, error) {
	var climbs []Climb
	var at []int
	for i, p := range picks {
		if p.Outcome != backport.Conflict {
			continue
		}
		onto, err := c.onto(ctx, p)
		if err != nil {
			return nil, err
		}
		climb := Climb{Step: p.Fix.Steps[p.FailedStep], Onto: onto, Target: p.Target.Commit, Sources: c.made}
		if befores != nil {
			climb.Before = befores[i]
		}
		climbs, at = append(climbs, climb), append(at, i)
	}
	answers, err := c.Climb(ctx, climbs)
	if err != nil {
		return nil, err
	}
	out := make([]adapt.Answer, len(picks))
	for k, a := range answers {
		out[at[k]] = a
		if err := c.finish(ctx, &picks[at[k]], climbs[k], a); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// onto is the tree that the failed step of a pick was tried on.
func (c *Climber) onto(ctx context.Context, p backport.Pick) (string, error) {
	if n := p.FailedStep; n > 0 && n <= len(p.StepTrees) {
		return p.StepTrees[n-1], nil
	}
	t, err := c.Store.Commit(ctx, p.Target.Commit)
	if err != nil {
		return "", fmt.Errorf("read the tip of %s: %w", p.Target.Name, err)
	}
	return t.Tree, nil
}

// finish takes the answer to the step of a pick that failed, and goes on with
// the steps that follow.
func (c *Climber) finish(ctx context.Context, p *backport.Pick, climb Climb, a adapt.Answer) error {
	if len(p.StepFiles) == 0 {
		p.StepFiles = make([][]backport.File, p.FailedStep) // git's own
	}
	trees := append([]string(nil), p.StepTrees...)
	outcome := backport.Resolved
	for n := p.FailedStep; ; {
		if p.Files = pick.JoinFiles(p.Files, a.Files); a.Outcome == backport.Conflict {
			p.FailedStep, p.StepTrees, p.Measured, p.Missing = n, trees, nil, a.Missing
			said := a.Refused == adapt.NothingLeft || slices.ContainsFunc(p.Files, func(f backport.File) bool { return f.Detail == a.Refused })
			if a.Refused != "" && !said { // else the conflict says it all
				p.Findings = append(p.Findings, backport.Finding{Check: "ladder", Severity: backport.Info, Text: "no answer: " + a.Refused})
			}
			return nil
		}
		if a.Outcome == backport.Proposed {
			outcome = backport.Proposed
		}
		if a.Asked > 0 && (p.Measured == nil || p.Measured.Right*a.Asked > a.Right*p.Measured.Asked) { // the least sure step counts
			p.Measured = &backport.Measured{Right: a.Right, Asked: a.Asked, Lessons: c.Experience.Len()}
		}
		trees = append(trees, a.Tree)
		p.StepFiles = append(p.StepFiles, a.Files)
		p.Findings = append(p.Findings, a.Findings...)
		if n++; n == len(p.Fix.Steps) {
			break
		}
		climb.Step, climb.Onto = p.Fix.Steps[n], a.Tree
		var err error
		if a, err = c.step(ctx, climb); err != nil {
			return err
		}
	}
	p.Outcome, p.FailedStep, p.StepTrees, p.Tree = outcome, 0, trees, trees[len(trees)-1]
	return nil
}

// step merges one step, and climbs if git cannot.
func (c *Climber) step(ctx context.Context, climb Climb) (adapt.Answer, error) {
	results, err := c.Engine.Merge(ctx, []pick.Request{{Commit: climb.Step.Commit, Base: climb.Step.Base, Onto: climb.Onto}})
	if err != nil {
		return adapt.Answer{}, err
	}
	if r := results[0]; r.Clean {
		return adapt.Answer{Outcome: backport.Resolved, Tree: r.Tree, Files: r.Files}, nil
	}
	answers, err := c.Climb(ctx, []Climb{climb})
	if err != nil {
		return adapt.Answer{}, err
	}
	return answers[0], nil
}
