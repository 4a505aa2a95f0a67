package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/find"
	"backstay.dev/backstay/internal/provenance"
	"backstay.dev/backstay/internal/verify"
)

// verify finds what is meant and verifies it.
func (w *workspace) verify(ctx context.Context, o *verifyOptions) (vs []backport.Verification, err error) {
	if err := o.stay(w.repo.Worktree); err != nil {
		return nil, err
	}
	c := w.carrier(&pickOptions{app: o.app, fetch: o.fetch})
	w.keeps(c)
	in, done, err := w.inspection(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = also(err, done()) }()
	switch {
	case o.pick:
		vs, err = w.drafts(ctx, c, o)
	default:
		vs, err = find.Backports(ctx, w.repo, w.store, o.backports, find.BackportOptions{To: o.to, Patterns: w.config.Releases})
	}
	if err == nil && !o.pick {
		err = w.impartial(ctx, vs)
	}
	if err != nil {
		return nil, err
	}
	if o.original != "" {
		fixes, err := find.Fixes(ctx, w.repo, w.store, []string{o.original}, find.FixOptions{Mainline: o.mainline, Stdin: w.app.In, Releases: w.config.Releases})
		if err != nil {
			return nil, err
		}
		in.Original, in.Mainline = &fixes[0], o.mainline > 0
	}
	if o.batch {
		return vs, w.batch(ctx, c, vs, in)
	}
	return vs, c.Verify(ctx, vs, in)
}

// batch verifies backports to one target together, on its tip.
func (w *workspace) batch(ctx context.Context, c *carry.Carrier, vs []backport.Verification, in carry.Inspection) error {
	for _, v := range vs[1:] {
		if v.Target.Ref != vs[0].Target.Ref || v.Target.Ref == "" {
			return wrongUse("say with --to where they go", "--batch: %s goes to %s, and %s to %s", vs[0].Name, vs[0].Target.Name, v.Name, v.Target.Name)
		}
	}
	tip, err := w.repo.Resolve(ctx, vs[0].Target.Ref)
	if err != nil {
		return err
	}
	return c.VerifyBatch(ctx, vs, tip, in)
}

// drafts are the commits that pick would write.
func (w *workspace) drafts(ctx context.Context, c *carry.Carrier, o *verifyOptions) ([]backport.Verification, error) {
	ask := &pickOptions{app: o.app, fixes: o.backports, all: o.all, mainline: o.mainline, fetch: o.fetch}
	if o.to != "" {
		ask.to = []string{o.to}
	}
	fixes, targets, _, err := w.asked(ctx, ask)
	if err != nil {
		return nil, err
	}
	w.climbs(c, ask)
	picks, err := c.Carry(ctx, fixes, targets, carry.Order{
		Write: true, Draft: true, Proposed: true, SignOff: w.config.SignOff, Style: provenance.Style(w.config.Provenance),
	})
	if err != nil {
		return nil, err
	}
	vs, of, err := c.Drafts(ctx, picks)
	if err != nil {
		return nil, err
	}
	for i, p := range picks {
		if !slices.Contains(of, i) {
			o.unpicked = o.unpicked || p.Outcome != backport.Present
			w.app.note("%s on %s is %s: there is nothing to verify", p.Fix.Name, p.Target.Name, p.Outcome)
		}
	}
	return vs, nil
}

// inspection is how this repository's backports are verified. done ends what it
// takes.
func (w *workspace) inspection(ctx context.Context, o *verifyOptions) (in carry.Inspection, done func() error, err error) {
	done = func() error { return nil }
	releases, err := find.Releases(ctx, w.repo, w.store, w.config.Releases)
	if err != nil {
		return in, done, err
	}
	in = carry.Inspection{Releases: releases.Targets, Policy: w.config.PolicyFor, Override: o.override}
	for _, p := range w.config.Platforms {
		in.Required = append(in.Required, p.Name)
	}
	if !o.builds() {
		return in, done, nil
	}
	platforms, err := w.platforms(o)
	if err != nil {
		return in, done, err
	}
	in.Verifier, done, err = w.verifier(ctx, platforms, o.fresh)
	return in, done, err
}

// platforms are those that were asked for, in the order of the configuration.
func (w *workspace) platforms(o *verifyOptions) ([]verify.Platform, error) {
	all := w.config.Platforms
	var names []string
	for _, p := range all {
		names = append(names, p.Name)
	}
	if len(all) == 0 {
		return nil, wrongUse("list them under `platforms:`; docs/platforms.md has examples", "no platform is configured in .backstay.yaml")
	}
	for _, name := range o.platforms {
		if !slices.Contains(names, name) {
			return nil, wrongUse("configured are "+strings.Join(names, ", "), "no platform is called %q", name)
		}
	}
	if o.build {
		return all, nil
	}
	var out []verify.Platform
	for _, p := range all {
		if slices.Contains(o.platforms, p.Name) {
			out = append(out, p)
		}
	}
	return out, nil
}

// running tells how far the platforms are.
func (w *workspace) running(p verify.Progress) {
	w.progress.update(fmt.Sprintf("%s: %s", p.Platform, p.Stage), p.Done, p.Total)
}
