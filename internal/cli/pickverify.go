package cli

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/report"
)

func (o *pickOptions) verifyFlags(f *pflag.FlagSet) {
	f.BoolVar(&o.verify, "verify", false, "verify first, on all platforms too, and write only what the policy accepts;\nsee backstay verify --help")
	f.StringVar(&o.override, "override", "", "with --verify: write what is refused, for this `REASON`; the message says it")
}

// checkVerify checks the options that have to do with --verify.
func (o *pickOptions) checkVerify() error {
	switch {
	case o.override != "" && !o.verify:
		return wrongUse("without it nothing is refused", "--override is for --verify")
	case o.verify && !o.writes():
		return wrongUse("name targets with --to or --all-releases; backstay verify --pick writes nothing", "--verify without targets: nothing is written")
	case o.verify && o.dryRun:
		return wrongUse("backstay verify --pick writes nothing", "--verify and --dry-run exclude each other")
	case o.verify && (o.edit != "" || o.goOn || o.abandoned):
		return wrongUse("verify the branch when the edit is done: backstay verify BRANCH", "--verify and --edit exclude each other")
	case o.verify && o.gitOnly:
		return wrongUse("", "--verify and --git-only exclude each other")
	}
	return checkReason(o.override)
}

// carryVerified drafts the picks, verifies the drafts and writes those that are
// accepted.
func (w *workspace) carryVerified(ctx context.Context, c *carry.Carrier, o *pickOptions, fixes []backport.Fix, targets []backport.Target, order carry.Order) (picks []backport.Pick, vs []backport.Verification, err error) {
	in, done, err := w.inspection(ctx, &verifyOptions{app: o.app, build: len(w.config.Platforms) > 0, override: o.override})
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = also(err, done()) }()
	order.Draft = true
	if picks, err = c.Carry(ctx, fixes, targets, order); err != nil {
		return picks, nil, err
	}
	if o.override != "" {
		if picks, err = c.AsOverridden(ctx, picks, order, o.override); err != nil {
			return picks, nil, err
		}
	}
	vs, of, err := c.Drafts(ctx, picks)
	if err != nil {
		return picks, nil, err
	}
	if err := c.Verify(ctx, vs, in); err != nil {
		return picks, vs, err
	}
	picks, err = c.Publish(ctx, picks, vs, of, order)
	return picks, vs, err
}

// printVerified tells, below the picks, what was found out about them.
func (o *pickOptions) printVerified(vs []backport.Verification) error {
	if len(vs) == 0 {
		return nil
	}
	fmt.Fprintln(o.app.Out)
	return report.Text(o.app.Out, vs, report.TextOptions{Width: o.app.OutWidth, Color: o.app.paints, More: "backstay verify --patch shows all"})
}
