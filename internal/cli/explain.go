package cli

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	report "backstay.dev/backstay/internal/explain"
)

type explainOptions struct {
	app *app
	// ask is the question put to pick: fixes and targets. Nothing is written.
	ask pickOptions

	noPlans, whole bool
	budget         time.Duration

	patch, json, dot bool
}

func newExplain(a *app, run func(context.Context, *explainOptions) error) *cobra.Command {
	o := &explainOptions{app: a, ask: pickOptions{app: a, dryRun: true}}
	c := &cobra.Command{
		Use:   "explain [OPTION]... FIX... [--to TARGET]...",
		Short: "Say why a fix conflicts, and what would make it fit",
		Long: `Tries each fix on each target, in memory, and says for every region that
conflicts who is behind it: a commit of the source that the target lacks, a
change that the target made itself, an earlier backport that differs from its
original. The commits are named.

Then it looks for plans: commits to carry first, or the part of one, with which
the fix fits. A plan is shown only after it was tried and the fix then merged
cleanly, or was resolved by a method that is sure of it; such a pick is called
"blocked". Nothing is written or checked out.

FIX and TARGET are those of backstay pick. Without --to and --all-releases all
release branches are tried.`,
		Example: `  backstay explain 1a2b3c4                      on every release branch
  backstay explain 1a2b3c4 --to release/1.7
  backstay explain 1a2b3c4 --to release/1.7 --patch --budget 10s
  backstay explain 1a2b3c4 --to release/1.7 --dot | dot -Tsvg > why.svg`,
		Annotations: map[string]string{exitKey: `  0    nothing conflicts
  1    some pick conflicts or could not be tried, and was explained
  2    wrong use or bad input
  3    the environment failed: git, disk, network
  130  interrupted`},
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return wrongUse("name a commit, a range or a patch file; see backstay explain --help", "no fix to explain")
			}
			return nil
		},
		ValidArgsFunction: a.completeFix,
		RunE: func(c *cobra.Command, args []string) error {
			o.ask.fixes = args
			if err := o.check(); err != nil {
				return err
			}
			return run(c.Context(), o)
		},
	}
	f := c.Flags()
	f.StringArrayVarP(&o.ask.to, "to", "t", nil, "try on `TARGET`; may be given several times")
	f.BoolVarP(&o.ask.all, "all-releases", "a", false, "try on all release branches")
	f.IntVarP(&o.ask.mainline, "mainline", "m", 0, "take a merge's change against its parent number `N`")
	f.DurationVar(&o.budget, "budget", 1500*time.Millisecond, "look for plans for so much `TIME`, for each pick")
	f.BoolVar(&o.noPlans, "no-plans", false, "look for no plans")
	f.BoolVar(&o.whole, "whole", false, "plan with whole commits only, not with parts of them")
	f.BoolVar(&o.ask.gitOnly, "git-only", false, "do not say what pick's methods above git's merge make of it")
	f.BoolVarP(&o.patch, "patch", "p", false, "show all regions, in full")
	f.BoolVar(&o.ask.fetch, "fetch", false, "let git fetch objects that a partial clone lacks")
	f.BoolVar(&o.json, "json", false, "print one JSON document")
	f.BoolVar(&o.dot, "dot", false, "print a graph of the commits in the DOT language")
	_ = c.RegisterFlagCompletionFunc("to", a.completeTarget) // fails for options that are not there
	return c
}

func (o *explainOptions) check() error {
	switch {
	case o.json && o.dot:
		return wrongUse("", "--json and --dot exclude each other")
	case o.patch && (o.json || o.dot):
		return wrongUse("--json has the regions anyway", "--patch is for people; it excludes --json and --dot")
	case o.budget <= 0:
		return wrongUse("--no-plans looks for none", "--budget wants a positive time such as 5s")
	}
	return o.ask.check()
}

// explanations are what the command came to, and what --json prints.
type explanations struct {
	Picks []explained `json:"picks"`
	// Rule says which branches are releases, where that was asked.
	Rule string `json:"rule,omitempty"`
}

// explained is a pick, and why it conflicts.
type explained struct {
	backport.Pick
	// Report is set where the pick conflicts.
	Report *report.Report `json:"report,omitempty"`
	// Search tells of the search for plans, where there was one.
	Search *planSearch `json:"search,omitempty"`
	// Ladder is what backstay pick makes of the conflict, where some rung has an
	// answer.
	Ladder *ladderAnswer `json:"ladder,omitempty"`
	// Problem says why there is no report.
	Problem string `json:"problem,omitempty"`
}

// planSearch says how far it was looked for plans.
type planSearch struct {
	// Candidates are the commits that were tried.
	Candidates []string `json:"candidates"`
	// Tried counts changes that were applied.
	Tried int `json:"tried"`
	// Spent says that the budget ended the search.
	Spent bool `json:"spent"`
}

// ladderAnswer is what the ladder makes of a pick that git cannot merge.
type ladderAnswer struct {
	// Outcome is resolved or proposed.
	Outcome backport.Outcome `json:"outcome"`
	// Rungs are the methods that answered.
	Rungs    []string           `json:"rungs"`
	Measured *backport.Measured `json:"measured,omitempty"`
}

func runExplain(ctx context.Context, o *explainOptions) (err error) {
	w, err := o.app.open(ctx, o.ask.fetch)
	if err != nil {
		return err
	}
	defer w.close(ctx, &err)
	got, err := w.explain(ctx, o)
	if err != nil {
		return err
	}
	w.progress.done()
	if err := o.print(got); err != nil {
		return err
	}
	if slices.ContainsFunc(got.Picks, func(e explained) bool { return needsPerson(e.Pick) }) {
		return errNeedsPerson
	}
	return nil
}

// explain tries what was asked and explains what conflicts.
func (w *workspace) explain(ctx context.Context, o *explainOptions) (explanations, error) {
	fixes, targets, rule, err := w.asked(ctx, &o.ask)
	if err != nil {
		return explanations{}, err
	}
	c := w.carrier(&o.ask)
	picks, err := c.Carry(ctx, fixes, targets, carry.Order{Chunks: true})
	if err != nil {
		return explanations{}, err
	}
	answers := make([]*ladderAnswer, len(picks))
	if slices.ContainsFunc(picks, func(p backport.Pick) bool { return p.Outcome == backport.Conflict }) {
		w.climbs(c, &o.ask)
		if answers, err = ladder(ctx, c, fixes, targets); err != nil {
			return explanations{}, err
		}
	}
	found, err := c.Explain(ctx, picks, carry.Inquiry{Plans: !o.noPlans, Whole: o.whole, Budget: o.budget})
	if err != nil {
		return explanations{}, err
	}
	out := explanations{Picks: []explained{}, Rule: rule}
	for i, f := range found {
		e := explained{Pick: f.Pick, Problem: f.Problem}
		if picks[i].Outcome == backport.Conflict && f.Problem == "" {
			e.Report, e.Ladder = &f.Report, answers[i]
			if !o.noPlans {
				e.Search = &planSearch{Candidates: append([]string{}, f.Planning.Candidates...), Tried: f.Planning.Tried, Spent: f.Planning.Spent}
			}
		}
		out.Picks = append(out.Picks, e)
	}
	return out, nil
}

// ladder says what pick makes of each conflict with its methods above git's
// merge, nil where that is nothing.
func ladder(ctx context.Context, c *carry.Carrier, fixes []backport.Fix, targets []backport.Target) ([]*ladderAnswer, error) {
	out := make([]*ladderAnswer, len(fixes)*len(targets))
	if c.Ladder == nil {
		return out, nil
	}
	picks, err := c.Carry(ctx, fixes, targets, carry.Order{})
	if err != nil {
		return nil, err
	}
	for i, p := range picks {
		if p.Outcome != backport.Resolved && p.Outcome != backport.Proposed {
			continue
		}
		a := &ladderAnswer{Outcome: p.Outcome, Measured: p.Measured}
		for _, f := range p.Files {
			if (f.Outcome == backport.Resolved || f.Outcome == backport.Proposed) && !slices.Contains(a.Rungs, f.Rung) {
				a.Rungs = append(a.Rungs, f.Rung)
			}
		}
		out[i] = a
	}
	return out, nil
}
