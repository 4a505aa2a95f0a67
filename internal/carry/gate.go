package carry

import (
	"context"
	"fmt"

	"backstay.dev/backstay/internal/adapt"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gate"
)

// Gate checks every pick that has a tree or conflicts and adds what was found. What a rung
// made is no more than proposed where a check warns. befores has the bound of
// each pick (pick.Job); nil is none. An object that is missing ends the checks
// of one pick only, and a finding says so.
func Gate(ctx context.Context, checker *gate.Checker, picks []backport.Pick, befores []int64) error {
	for i := range picks {
		p := &picks[i]
		q := gate.Question{Pick: *p}
		if befores != nil {
			q.Before = befores[i]
		}
		found, err := inquire(ctx, checker, q)
		if err != nil {
			return err
		}
		p.Findings = append(p.Findings, found...)
		if p.Outcome == backport.Resolved && len(backport.Warnings(found)) > 0 {
			demote(p)
		}
	}
	return nil
}

// inquire asks the checks about one pick. The error is for what stops everything;
// what keeps one pick from being checked is a finding.
func inquire(ctx context.Context, checker *gate.Checker, q gate.Question) ([]backport.Finding, error) {
	found, err := checker.Check(ctx, q)
	if err == nil {
		return found, nil
	}
	if all := ofAll(ctx, err); all != nil {
		return nil, fmt.Errorf("check %s on %s: %w", q.Pick.Fix.Name, q.Pick.Target.Name, all)
	}
	return append(found, backport.Finding{Check: "gate", Severity: backport.Info, Text: "not checked: " + err.Error()}), nil
}

// demote makes a resolved pick a proposed one.
func demote(p *backport.Pick) {
	p.Outcome = backport.Proposed
	for i := range p.Files {
		if p.Files[i].Outcome == backport.Resolved {
			p.Files[i].Outcome = backport.Proposed
		}
	}
	for _, files := range p.StepFiles {
		for i := range files {
			if files[i].Outcome == backport.Resolved {
				files[i].Outcome = backport.Proposed
			}
		}
	}
}

// Check is a checker as the ladder asks it.
func Check(checker *gate.Checker) adapt.Check {
	return func(ctx context.Context, step backport.Step, target, tree string, before int64) (warnings, remarks int, err error) {
		found, err := checker.Check(ctx, gate.Question{Before: before, Pick: backport.Pick{
			Fix: backport.Fix{Steps: []backport.Step{step}}, Target: backport.Target{Commit: target}, Outcome: backport.Proposed, Tree: tree,
		}})
		warnings = len(backport.Warnings(found))
		remarks = len(found) - warnings
		if err != nil {
			err = ofAll(ctx, err)
		}
		return warnings, remarks, err
	}
}
