package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"backstay.dev/backstay/internal/adapt"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/config"
	"backstay.dev/backstay/internal/find"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/platform"
	"backstay.dev/backstay/internal/provenance"
)

type pickOptions struct {
	app *app

	fixes []string
	to    []string
	all   bool
	// after are commits, or parts of them, to carry first.
	after []string

	mainline int
	squash   bool
	signOff  bool
	style    string

	dryRun, force, fetch bool
	gitOnly, regenerate  bool
	patch, json          bool
	// verify has only that written which the policy accepts, or which is
	// overridden for a reason.
	verify   bool
	override string

	// accept is "proposed" to write what is only proposed.
	accept string
	// edit says how to resolve what is left, see editWays; "" for not at all.
	edit            string
	goOn, abandoned bool
}

// writes reports whether branches are asked for; without a target everything
// is tried and nothing written.
func (o *pickOptions) writes() bool { return len(o.to) > 0 || o.all }

func newPick(a *app, run func(context.Context, *pickOptions) error) *cobra.Command {
	o := &pickOptions{app: a}
	c := &cobra.Command{
		Use:   "pick [OPTION]... FIX... [--to TARGET]...",
		Short: "Carry fixes to release branches",
		Long: `Applies each fix to each target as git's own merge would, in memory, and says
what came of it: the target has it already, it merges cleanly, or it conflicts,
and where. A conflict is taken up a ladder of methods whose record is measured:
what they resolve as surely as people would is resolved, the rest is proposed,
with alternatives. Every result is checked without a build.

Clean and resolved results become branches backport/TARGET/FIX, proposed ones
with --accept proposed; nothing is checked out or pushed, and every other branch
stays as it is.

A FIX is a commit, a range A..B (one fix of several commits), a merge, the file
of a patch or mailbox, or - for one on standard input. A TARGET is a branch, a
tag or a pattern such as 'release/*'. Without --to and --all-releases the fixes
are tried on all release branches and nothing is written.

` + editHelp,
		Example: `  backstay pick 1a2b3c4                              where would it fit?
  backstay pick 1a2b3c4 --to release/1.7 --to release/1.6
  backstay pick main~3..main --all-releases --squash
  backstay pick 1a2b3c4 --to release/1.6 --patch     show what conflicts
  backstay pick 1a2b3c4 --to release/1.6 --after 5d6e7f8
  git format-patch --stdout -1 | backstay pick - --to 'release/*'
  backstay pick 1a2b3c4 --to release/1.6 --edit      resolve what conflicts
  backstay pick --continue                           … and go on`,
		Annotations: map[string]string{exitKey: `  0    every fix is on every target: already there, merged cleanly, or resolved
  1    some pick needs a person: it is only proposed, it conflicts, or its branch
       was not ours to move
  2    wrong use or bad input; nothing was written
  3    the environment failed: git, disk, network
  130  interrupted; branches that were written stay, a repetition does the rest`},
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 && !o.goOn && !o.abandoned {
				return wrongUse("name a commit, a range or a patch file; see backstay pick --help", "no fix to carry")
			}
			return nil
		},
		ValidArgsFunction: a.completeFix,
		RunE: func(c *cobra.Command, args []string) error {
			o.fixes = args
			if err := cmp.Or(notEmpty(c, "override"), o.check()); err != nil {
				return err
			}
			return run(c.Context(), o)
		},
	}
	f := c.Flags()
	f.StringArrayVarP(&o.to, "to", "t", nil, "carry to `TARGET`; may be given several times")
	f.BoolVarP(&o.all, "all-releases", "a", false, "carry to all release branches")
	f.StringArrayVar(&o.after, "after", nil, "carry `COMMIT`, COMMIT:PATH or COMMIT:PATH:LINES first; may be given\nseveral times; backstay explain finds what is needed")
	f.BoolVarP(&o.dryRun, "dry-run", "n", false, "write nothing, say what would be written")
	f.BoolVarP(&o.force, "force", "f", false, "replace a result branch that backstay wrote and nobody changed")
	f.IntVarP(&o.mainline, "mainline", "m", 0, "take a merge's change against its parent number `N`")
	f.BoolVar(&o.squash, "squash", false, "make one commit of a fix that has several")
	f.BoolVarP(&o.signOff, "signoff", "s", false, "add your Signed-off-by")
	f.StringVar(&o.style, "style", "", "name the origin in this `STYLE`: "+styleNames()+" (default: "+string(provenance.GitX)+")")
	f.BoolVarP(&o.patch, "patch", "p", false, "show the conflicting regions with their three sides")
	f.BoolVar(&o.gitOnly, "git-only", false, "leave what git cannot merge, try no other method")
	f.BoolVar(&o.regenerate, "regenerate", false, "run the programs that "+config.FileName+" names for generated files that conflict,\nin a copy of the result")
	f.BoolVar(&o.fetch, "fetch", false, "let git fetch objects that a partial clone lacks")
	o.verifyFlags(f)
	o.editFlags(f)
	f.BoolVar(&o.json, "json", false, "print one JSON document")
	// These fail for options that are not there; the scripts complete both.
	_ = c.RegisterFlagCompletionFunc("to", a.completeTarget)
	_ = c.RegisterFlagCompletionFunc("style", completeStyle)
	return c
}

func styleNames() string {
	var names []string
	for _, s := range provenance.Styles() {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}

func (o *pickOptions) check() error {
	switch {
	case o.mainline < 0:
		return wrongUse("parents are counted from 1", "-m wants a positive number")
	case o.force && !o.writes() && !o.goOn:
		return wrongUse("name targets with --to or --all-releases", "--force without targets: nothing is written")
	case slices.Contains(o.to, ""):
		return wrongUse("", "--to wants the name of a branch")
	case o.regenerate && o.gitOnly:
		return wrongUse("what git leaves is not taken on, so nothing is made anew", "--regenerate and --git-only exclude each other")
	case o.patch && o.json:
		return wrongUse("--json has the regions anyway", "--patch and --json exclude each other")
	}
	if err := o.checkEdit(); err != nil {
		return err
	}
	if err := o.checkVerify(); err != nil {
		return err
	}
	return checkStyle(o.style, "--style")
}

func checkStyle(style, where string) error {
	if style == "" || slices.Contains(provenance.Styles(), provenance.Style(style)) {
		return nil
	}
	return wrongUse("known are "+styleNames(), "%s: no provenance style %q", where, style)
}

// answer is what the command came to, and what --json prints.
type answer struct {
	Picks []backport.Pick `json:"picks"`
	// Rule says which branches are releases, where that was asked.
	Rule       string     `json:"rule,omitempty"`
	Statistics statistics `json:"statistics"`
	// Verifications are those of the picks that have a result, with --verify.
	Verifications []backport.Verification `json:"verifications,omitempty"`
	// Edit says where --edit is.
	Edit *carry.EditStatus `json:"edit,omitempty"`
}

// statistics say how the answers were found.
type statistics struct {
	// Memory and Git count the picks that were decided in memory, and by git
	// on whole trees; History those that history alone decided.
	Memory  int `json:"memory"`
	Git     int `json:"git"`
	History int `json:"history"`
	// Files counts the paths that the picks touched.
	Files int `json:"files"`
}

func runPick(ctx context.Context, o *pickOptions) (err error) {
	if o.edit != "" || o.goOn || o.abandoned {
		return runEdit(ctx, o)
	}
	w, err := o.app.open(ctx, o.fetch)
	if err != nil {
		return err
	}
	defer w.close(ctx, &err)
	got, err := w.pick(ctx, o)
	if err != nil && len(got.Picks) == 0 {
		return err
	}
	w.progress.done()
	if printErr := o.print(got); printErr != nil {
		return also(err, printErr)
	}
	if err == nil { // else the failure is what is next
		w.hint(ctx, o, got)
	}
	if err == nil && slices.ContainsFunc(got.Picks, needsPerson) {
		err = errNeedsPerson
	}
	return err
}

func needsPerson(p backport.Pick) bool {
	return p.Outcome.NeedsPerson() || p.Branch != nil && p.Branch.State == "refused"
}

// pick finds what is meant and carries it.
func (w *workspace) pick(ctx context.Context, o *pickOptions) (answer, error) {
	style := o.style
	if style == "" {
		style = w.config.Provenance
	}
	if err := checkStyle(style, config.FileName); err != nil {
		return answer{}, err
	}
	fixes, targets, rule, err := w.asked(ctx, o)
	if err != nil {
		return answer{}, err
	}
	c := w.carrier(o)
	if len(fixes)*len(targets) <= maxThorough {
		w.climbs(c, o)
	} else {
		w.app.note("%d picks: conflicts are left as they are and results unchecked; ask for at most %d to have both", len(fixes)*len(targets), maxThorough)
	}
	order := carry.Order{
		Write: o.writes(), DryRun: o.dryRun, Force: o.force,
		SignOff: o.signOff || w.config.SignOff, Style: provenance.Style(style), Chunks: true,
		Proposed: o.accept != "", Causes: maxCauses,
	}
	got := answer{Rule: rule}
	if o.verify {
		got.Picks, got.Verifications, err = w.carryVerified(ctx, c, o, fixes, targets, order)
	} else {
		got.Picks, err = c.Carry(ctx, fixes, targets, order)
	}
	got.Statistics = count(got.Picks)
	return got, err
}

// maxCauses bounds the conflicting picks whose causes are looked for: there may
// be thousands of picks.
const maxCauses = 50

// maxThorough bounds the picks that are taken up the ladder and checked: a
// matrix of thousands is looked at for what fits.
const maxThorough = 300

// besides are the files that checks keep what they read in, beside the index.
func besides(index string) (words, mentions string) {
	dir := filepath.Dir(index)
	return filepath.Join(dir, "words.bin"), filepath.Join(dir, "mentions.bin")
}

// maxRegenerate ends each program that makes generated files.
const maxRegenerate = 10 * time.Minute

// climbs has a carrier take conflicts up the ladder, with what the repository's
// history taught, and check results.
func (w *workspace) climbs(c *carry.Carrier, o *pickOptions) {
	w.keeps(c)
	if !o.gitOnly {
		c.Ladder = w.ladder
	}
	if len(w.config.Regenerate) > 0 {
		c.Generated = &carry.Regenerator{
			Store: w.store, Rules: w.config.Regenerate, Allowed: o.regenerate, Scratch: os.TempDir(),
			Path: w.app.getenv("PATH"), Lang: w.app.getenv("LANG"), Timeout: maxRegenerate,
			Hidden: platform.Secrets(w.app.getenv("HOME")),
		}
	}
}

// keeps has the checks keep what they read beside the index.
func (w *workspace) keeps(c *carry.Carrier) {
	c.Gates = true
	if index := w.app.indexFile(w.repo); index != "" {
		c.Words, c.Mentions = besides(index)
	}
}

// ladder reads what decides among the answers of the rungs.
func (w *workspace) ladder() (learned carry.Learned, err error) {
	if learned.Model, err = adapt.Shipped(); err == nil {
		learned.Experience, err = w.experience()
	}
	return learned, err
}

// asked finds which fixes and which targets are meant, and by which rule
// branches are releases if that was asked.
func (w *workspace) asked(ctx context.Context, o *pickOptions) (fixes []backport.Fix, targets []backport.Target, rule string, err error) {
	fixes, err = find.Fixes(ctx, w.repo, w.store, o.fixes, find.FixOptions{
		Mainline: o.mainline, Squash: o.squash || w.config.Squash, Stdin: w.app.In, Releases: w.config.Releases,
	})
	if err == nil {
		fixes, err = w.after(ctx, o, fixes)
	}
	if err != nil {
		return nil, nil, "", err
	}
	if targets, rule, err = w.targets(ctx, o); err != nil {
		return nil, nil, "", err
	}
	return fixes, targets, rule, w.refuseAncestor(ctx, o, fixes, targets)
}

// carrier carries within this workspace.
func (w *workspace) carrier(o *pickOptions) *carry.Carrier {
	return &carry.Carrier{
		Now:  time.Now().Unix(),
		Repo: w.repo, Store: w.store, Index: w.index, Jobs: w.app.jobs,
		Progress: w.progress.update,
	}
}

// targets finds where the fixes go, and the rule if releases were looked for.
func (w *workspace) targets(ctx context.Context, o *pickOptions) ([]backport.Target, string, error) {
	var rule string
	if !o.writes() || o.all {
		releases, err := find.Releases(ctx, w.repo, w.store, w.config.Releases)
		if err != nil {
			return nil, "", err
		}
		rule = releases.Rule
		if !o.writes() {
			if len(releases.Targets) == 0 {
				return nil, "", wrongUse("name targets with --to, or list the release branches under `releases:` in .backstay.yaml", "%s", rule)
			}
			return releases.Targets, rule, nil
		}
	}
	targets, err := find.Targets(ctx, w.repo, w.store, o.to, o.all, w.config.Releases)
	if err != nil {
		return nil, "", err
	}
	for _, t := range targets {
		if t.Ref == "" && !o.dryRun {
			return nil, "", wrongUse("give a branch or a tag, or try it with --dry-run", "target %s is a commit: a result branch needs a name to be called after", t.Name)
		}
	}
	return targets, rule, nil
}

// refuseAncestor ends a command whose only pick is of a commit that the target
// was made from: a slip of the hand, and not the answer "present" that it is
// among others.
func (w *workspace) refuseAncestor(ctx context.Context, o *pickOptions, fixes []backport.Fix, targets []backport.Target) error {
	if len(o.to) != 1 || o.all || len(targets) != 1 || strings.ContainsAny(o.to[0], "*?[") {
		return nil
	}
	tips := []string{targets[0].Commit}
	var queries []history.Query
	for _, f := range fixes {
		for _, s := range f.Steps {
			if s.Origin == "" {
				return nil
			}
			tips, queries = append(tips, s.Origin), append(queries, history.Query{Fix: s.Origin})
		}
	}
	if err := w.index.Update(ctx, tips); err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	there, err := w.index.Present(ctx, targets[0].Commit, queries)
	if err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	for _, p := range there {
		if p == nil || p.How != "ancestor" || p.Parts > 0 {
			return nil
		}
	}
	return wrongUse("nothing is to be done there; git branch --contains "+short(fixes[0].ID())+" lists the branches that have it",
		"%s has this commit in its history already (%s)", targets[0].Name, short(fixes[0].ID()))
}

func count(picks []backport.Pick) statistics {
	var s statistics
	for _, p := range picks {
		switch p.Engine {
		case "memory":
			s.Memory++
		case "git":
			s.Git++
		default:
			if p.Outcome == backport.Present {
				s.History++
			}
		}
		s.Files += len(p.Files)
	}
	return s
}

// short is an object id for people.
func short(id string) string {
	if git.IsID(id) {
		return id[:12]
	}
	return id
}
