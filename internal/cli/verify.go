package cli

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/config"
)

type verifyOptions struct {
	app *app

	backports []string
	to        string
	// original is the fix that the backport carries, "" to have it found.
	original string
	// pick takes the arguments for fixes and verifies what pick would write.
	pick, all bool
	// unpicked is set where a fix could not be picked.
	unpicked bool
	mainline int

	// build runs all configured platforms, platforms those by name.
	build     bool
	platforms []string
	batch     bool
	fresh     bool

	override string
	reports  []string
	fetch    bool
	patch    bool
	json     bool
	markdown bool
}

func newVerify(a *app, run func(context.Context, *verifyOptions) error) *cobra.Command {
	o := &verifyOptions{app: a}
	c := &cobra.Command{
		Use:   "verify [OPTION]... BACKPORT...",
		Short: "Prove a backport before a stable branch sees it",
		Long: `Compares a backport with its original, function by function; repeats the pick
and names every place where the backport is other than git's merge and does not
say so; follows the provenance chain; looks at what others lose or gain of the
API; and runs all checks that need no build.

With --build it is built and tested, too, on every platform that ` + config.FileName + `
names, each in a checkout of its own: the tests of the fix must fail without it
and pass with it, and no other test may fail that passed on the target.

A BACKPORT is a branch, a range A..B or one commit, made by backstay or by hand.
Its original is found from what its messages say, by its title, its patch id or
its content; its target from its name, or it is the nearest release branch. With
--pick the arguments are fixes, as of backstay pick, and what pick makes of them
is verified; nothing is written.

The policy in ` + config.FileName + ` says what must hold. Without one: no finding of
severity error, every deviation declared, all platforms green, the API as it
was.`,
		Example: `  backstay verify backport/release/1.7/1a2b3c4
  backstay verify release/1.7~3..release/1.7 --original 1a2b3c4
  backstay verify --pick 1a2b3c4 --to release/1.7 --build
  backstay verify my-branch --to release/1.7 --platform linux-s390x
  backstay verify my-branch --report report.html --report results.sarif
  backstay verify --batch --build one two three      one of them breaks it: which?`,
		Annotations: map[string]string{exitKey: `  0    every backport is accepted, or overridden with a reason
  1    some backport is refused, or something the policy asks for was not tried
  2    wrong use or bad input
  3    the environment failed: git, disk, network, a platform cannot be reached
  130  interrupted; what ran is ended and removed`},
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return wrongUse("name a branch, a range or a commit; see backstay verify --help", "no backport to verify")
			}
			return nil
		},
		ValidArgsFunction: a.completeFix,
		RunE: func(c *cobra.Command, args []string) error {
			o.backports = args
			if err := cmp.Or(notEmpty(c, "original", "override", "to"), o.check()); err != nil {
				return err
			}
			return run(c.Context(), o)
		},
	}
	f := c.Flags()
	f.StringVarP(&o.to, "to", "t", "", "the `TARGET` that it is for; with --pick a pattern, too")
	f.StringVar(&o.original, "original", "", "it carries `FIX`: a commit, a range or a patch")
	f.BoolVar(&o.pick, "pick", false, "the arguments are fixes: verify what pick makes of them")
	f.BoolVarP(&o.all, "all-releases", "a", false, "with --pick: on all release branches")
	f.IntVarP(&o.mainline, "mainline", "m", 0, "take a merge's change against its parent number `N`")
	f.BoolVarP(&o.build, "build", "b", false, "build and test on all platforms of "+config.FileName)
	f.StringArrayVar(&o.platforms, "platform", nil, "build and test on the platform `NAME`; may be given several times")
	f.BoolVar(&o.batch, "batch", false, "test all backports together; where that fails find which one breaks it")
	f.BoolVar(&o.fresh, "fresh", false, "run again what was run before on the same tree")
	f.StringVar(&o.override, "override", "", "accept what is refused, for this `REASON`; the report says it")
	f.StringArrayVar(&o.reports, "report", nil, "write a report to `FILE`, by its ending: .html, .md, .json, .xml (JUnit) or\n.sarif; may be given several times")
	f.BoolVarP(&o.patch, "patch", "p", false, "show the differences of all functions in full")
	f.BoolVar(&o.fetch, "fetch", false, "let git fetch objects that a partial clone lacks")
	f.BoolVar(&o.markdown, "markdown", false, "print Markdown that fits into a pull-request comment")
	f.BoolVar(&o.json, "json", false, "print one JSON document")
	_ = c.RegisterFlagCompletionFunc("to", a.completeTarget) // fails for options that are not there
	return c
}

// builds reports whether something is to be built.
func (o *verifyOptions) builds() bool { return o.build || len(o.platforms) > 0 }

func (o *verifyOptions) check() error {
	switch {
	case o.json && o.markdown:
		return wrongUse("--report writes a second format to a file", "--json and --markdown exclude each other")
	case o.patch && (o.json || o.markdown):
		return wrongUse("--json has everything anyway", "--patch is for people; it excludes --json and --markdown")
	case o.all && !o.pick:
		return wrongUse("without it each backport has its own target", "--all-releases is for --pick")
	case o.pick && o.original != "":
		return wrongUse("what is picked is the original", "--pick and --original exclude each other")
	case o.batch && o.pick:
		return wrongUse("write the branches first (backstay pick), then name them", "--batch and --pick exclude each other")
	case o.batch && len(o.backports) < 2:
		return wrongUse("name several backports to the same target", "--batch tests backports together, there is one")
	case o.batch && !o.builds():
		return wrongUse("add --build or --platform NAME", "--batch without a build has nothing to run")
	case o.fresh && !o.builds():
		return wrongUse("add --build or --platform NAME", "--fresh runs again what was built; nothing is")
	case o.original != "" && len(o.backports) > 1:
		return wrongUse("verify them one by one", "--original is for one backport")
	case o.mainline < 0:
		return wrongUse("parents are counted from 1", "-m wants a positive number")
	case o.mainline > 0 && !o.pick && o.original == "":
		return wrongUse("a backport stands on its first parent", "-m is for --pick and --original")
	}
	if err := checkReason(o.override); err != nil {
		return err
	}
	for _, name := range o.reports {
		if formatOf(name, "") == nil {
			return wrongUse("known endings are .html, .md, .json, .xml and .sarif", "--report %s: no format has this ending", name)
		}
		// Builds may take hours: what would keep the report from being written
		// is said before.
		file := o.app.dir.within(name)
		if info, err := os.Stat(filepath.Dir(file)); err != nil || !info.IsDir() {
			return wrongUse("make the folder first", "--report %s: there is no folder %s", name, filepath.Dir(file))
		}
		if info, err := os.Stat(file); err == nil && info.IsDir() {
			return wrongUse("name a file", "--report %s: it is a folder", name)
		}
	}
	return nil
}

// notEmpty refuses options that are given and empty, as those of a variable
// that is not set are.
func notEmpty(c *cobra.Command, names ...string) error {
	for _, name := range names {
		if f := c.Flag(name); f.Changed && f.Value.String() == "" {
			return wrongUse("leave it away, or name something", "--%s is empty", name)
		}
	}
	return nil
}

// checkReason checks the reason of --override.
func checkReason(reason string) error {
	switch {
	case strings.ContainsFunc(reason, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return wrongUse("", "--override wants one line")
	case reason != "" && strings.TrimSpace(reason) == "":
		return wrongUse("say in a few words why it is right all the same", "--override wants a reason")
	}
	return nil
}

func runVerify(ctx context.Context, o *verifyOptions) (err error) {
	w, err := o.app.open(ctx, o.fetch)
	if err != nil {
		return err
	}
	defer w.close(ctx, &err)
	vs, err := w.verify(ctx, o)
	if err != nil {
		return err
	}
	w.progress.done()
	if err := o.report(vs, w.repo.Worktree); err != nil {
		return err
	}
	if o.unpicked || slices.ContainsFunc(vs, unaccepted) {
		return errNeedsPerson
	}
	return nil
}

// unaccepted reports whether a policy does not let a backport pass.
func unaccepted(v backport.Verification) bool {
	return v.Verdict.State != backport.Accepted && v.Verdict.State != backport.Overridden
}
