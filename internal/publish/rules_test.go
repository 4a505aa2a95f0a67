package publish

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gittest"
)

// The table of the package documentation, row by row.
func TestWhatIsThereDecides(t *testing.T) {
	t.Parallel()
	const branch, record = "refs/heads/backport/release/1.x/x", "refs/backstay/branches/release/1.x/x"
	for _, c := range []struct {
		name string
		// before is done to the repository once x was published as "fix".
		before func(*testing.T, *bench)
		// commit is what x is now.
		commit string
		want   string
		words  string
		forced string
		// forcedWords are in the error when it was forced.
		forcedWords string
	}{
		{name: "absent", before: func(t *testing.T, b *bench) {
			b.Git(t, "update-ref", "-d", branch)
			b.Git(t, "update-ref", "-d", record)
		}, commit: "fix", want: "created", forced: "created"},
		{name: "absent, with a record", before: func(t *testing.T, b *bench) {
			b.Git(t, "branch", "-D", "backport/release/1.x/x")
		}, commit: "next", want: "created", forced: "created"},
		{name: "the same", commit: "fix", want: "unchanged", forced: "unchanged"},
		{name: "the same, without a record", before: func(t *testing.T, b *bench) {
			b.Git(t, "update-ref", "-d", record)
		}, commit: "fix", want: "unchanged", forced: "unchanged"},
		{name: "the same, committed by somebody else", before: func(t *testing.T, b *bench) {
			b.Git(t, "checkout", "-q", "backport/release/1.x/x")
			b.Git(t, "-c", "user.useConfigOnly=true", "rebase", "-q", "--force-rebase", "--committer-date-is-author-date", "HEAD~1")
			b.Git(t, "checkout", "-q", "main")
			if b.Git(t, "rev-parse", branch) == b.Git(t, "rev-parse", record) {
				t.Fatal("nothing changed")
			}
		}, commit: "fix", want: "unchanged", forced: "unchanged"},
		{name: "another pick", commit: "next", want: "refused", words: "--force replaces it", forced: "moved"},
		{name: "the target went on", before: func(t *testing.T, b *bench) {
			b.Git(t, "update-ref", "refs/heads/release/1.x", b.ID("release/2.x"))
		}, commit: "fix", want: "refused", words: "older tip of release/1.x", forced: "moved"},
		{name: "somebody went on", before: func(t *testing.T, b *bench) {
			b.Git(t, "update-ref", branch, b.Git(t, "commit-tree", "-m", "mine", "-p", branch, branch+"^{tree}"))
		}, commit: "fix", want: "refused", words: "did not write", forced: "refused", forcedWords: "did not write"},
		{name: "somebody amended", before: func(t *testing.T, b *bench) {
			b.Git(t, "update-ref", branch, b.Git(t, "commit-tree", "-m", "mine", "-p", branch+"~", branch+"^{tree}"))
		}, commit: "fix", want: "refused", words: "did not write", forced: "refused", forcedWords: "did not write"},
		{name: "another pick, without a record", before: func(t *testing.T, b *bench) {
			b.Git(t, "update-ref", "-d", record)
		}, commit: "next", want: "refused", words: "did not write", forced: "refused", forcedWords: "did not write"},
		{name: "checked out, the same", before: func(t *testing.T, b *bench) {
			b.Git(t, "checkout", "-q", "backport/release/1.x/x")
		}, commit: "fix", want: "unchanged", forced: "unchanged"},
		{name: "checked out", before: func(t *testing.T, b *bench) {
			b.Git(t, "checkout", "-q", "backport/release/1.x/x")
		}, commit: "next", want: "refused", words: "--force", forced: "refused", forcedWords: "is checked out in"},
		{name: "checked out elsewhere", before: func(t *testing.T, b *bench) {
			b.Git(t, "worktree", "add", "-q", filepath.Join(t.TempDir(), "w"), "backport/release/1.x/x")
		}, commit: "next", want: "refused", words: "--force", forced: "refused", forcedWords: "is checked out in"},
		{name: "about to be born", before: func(t *testing.T, b *bench) {
			b.Git(t, "branch", "-D", "backport/release/1.x/x")
			b.Git(t, "checkout", "-q", "--orphan", "backport/release/1.x/x")
		}, commit: "fix", want: "refused", words: "is checked out in", forced: "refused", forcedWords: "is checked out in"},
		{name: "symbolic ref", before: func(t *testing.T, b *bench) {
			b.Git(t, "symbolic-ref", branch, "refs/heads/main")
		}, commit: "fix", want: "refused", words: "did not write", forced: "refused", forcedWords: "did not write"},
		{name: "symbolic ref for what we wrote", before: func(t *testing.T, b *bench) {
			b.Git(t, "update-ref", "refs/heads/mine", branch)
			b.Git(t, "symbolic-ref", branch, "refs/heads/mine")
		}, commit: "next", want: "refused", words: "--force", forced: "refused", forcedWords: "stands for refs/heads/mine"},
		{name: "dangling symbolic ref", before: func(t *testing.T, b *bench) {
			b.Git(t, "symbolic-ref", branch, "refs/heads/nowhere")
		}, commit: "fix", want: "created", forced: "created"}, // it stands for nothing
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, gittest.New(t, story))
			first := b.publish(t, Options{}, b.pick(t, "x", "release/1.x", b.ID("fix")))
			expect(t, first[0], "created", "")
			if c.before != nil {
				c.before(t, b)
			}
			b = newBench(t, b.Repo)
			pick := b.pick(t, "x", "release/1.x", b.ID(c.commit))
			for _, force := range []bool{false, true} {
				want, words := c.want, c.words
				if force {
					want, words = c.forced, c.forcedWords
				}
				if force && c.want == "created" {
					continue // it is there now
				}
				before := everything(t, b.Dir)
				old := b.Run(t, "", "rev-parse", "-q", "--verify", branch).Stdout

				dry := b.publish(t, Options{Force: force, DryRun: true}, pick)[0]
				planned := want
				if want == "created" || want == "moved" {
					planned = "planned"
				}
				expect(t, dry, planned, words)
				if diff := cmp.Diff(before, everything(t, b.Dir)); diff != "" {
					t.Fatalf("the dry run changed something: %s", diff)
				}

				got := b.publish(t, Options{Force: force}, pick)[0]
				expect(t, got, want, words)
				tip := b.Run(t, "", "rev-parse", "-q", "--verify", branch).Stdout
				switch want {
				case "created", "moved":
					if tip == old || got.Branch.Commit != strings.TrimSpace(tip) || b.Git(t, "rev-parse", record) != got.Branch.Commit {
						t.Errorf("%s at %q, was %q, said %v", branch, tip, old, got.Branch)
					}
					if got.Outcome != backport.Clean {
						t.Errorf("outcome %s", got.Outcome)
					}
				default:
					if diff := cmp.Diff(before, everything(t, b.Dir)); diff != "" {
						t.Errorf("something changed: %s", diff)
					}
					if got.Outcome != backport.Clean || got.Branch.Commit != strings.TrimSpace(old) {
						t.Errorf("outcome %s, branch %v, tip %q", got.Outcome, got.Branch, old)
					}
				}
			}
			b.Fsck(t)
		})
	}
}

// Nothing but the branches, their records, their reflogs and objects appears,
// and a second run changes nothing at all.
func TestOnceAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, opts := range [][]gittest.Option{nil, {gittest.Bare()}, {gittest.SHA256()}} {
		b := newBench(t, gittest.New(t, story, opts...))
		hooks := filepath.Join(b.repo.GitDir, "hooks")
		if err := os.MkdirAll(hooks, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, h := range []string{"reference-transaction", "post-checkout", "post-commit", "update"} {
			if err := os.WriteFile(filepath.Join(hooks, h), []byte("#!/bin/sh\ntouch \"$GIT_DIR/hook-ran\"\nexit 1\n"), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		before := everything(t, b.Dir)
		var picks []backport.Pick
		for _, target := range []string{"release/1.x", "release/2.x", "release/3.x"} {
			picks = append(picks, b.pick(t, "x", target, b.ID("fix"), b.ID("next")))
			picks = append(picks, b.pick(t, "y", target, b.ID("other")))
		}
		for i, p := range b.publish(t, Options{}, picks...) {
			expect(t, p, "created", "")
			if picks[i].Branch != nil {
				t.Error("the caller's pick was changed")
			}
		}
		after := everything(t, b.Dir)
		ours := func(path, content string) bool {
			return strings.Contains(path, "/objects/") || strings.Contains(path, "/refs/heads/backport") ||
				strings.Contains(path, "/refs/backstay") || strings.Contains(path, "/logs") && content == "folder"
		}
		maps.DeleteFunc(before, ours)
		maps.DeleteFunc(after, ours)
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("more than branches appeared: %s", diff)
		}
		before = everything(t, b.Dir)
		for _, p := range newBench(t, b.Repo).publish(t, Options{}, picks...) {
			expect(t, p, "unchanged", "")
		}
		if diff := cmp.Diff(before, everything(t, b.Dir)); diff != "" {
			t.Errorf("the second run changed something: %s", diff)
		}
		b.Fsck(t)
	}
}

func TestTargetsAreIndependent(t *testing.T) {
	t.Parallel()
	all := []string{"release/1.x", "release/2.x", "release/3.x"}
	for _, c := range []struct {
		name   string
		before func(*testing.T, *bench)
		more   func(*testing.T, *bench) backport.Pick
		failed string
		words  string
	}{
		{name: "a branch is in the way", before: func(t *testing.T, b *bench) {
			b.Git(t, "branch", "backport/release/2.x", "main")
		}, failed: "release/2.x", words: "rename or delete the ref that is in the way"},
		{name: "branches are below", before: func(t *testing.T, b *bench) {
			b.Git(t, "branch", "backport/release/2.x/x/deeper", "main")
		}, failed: "release/2.x", words: "rename or delete the ref that is in the way"},
		{name: "locked", before: func(t *testing.T, b *bench) {
			b.Write(t, ".git/refs/heads/backport/release/2.x/x.lock", "")
		}, failed: "release/2.x", words: "delete the lock"},
		{name: "the record is locked", before: func(t *testing.T, b *bench) {
			b.Write(t, ".git/refs/backstay/branches/release/2.x/x.lock", "")
		}, failed: "release/2.x", words: "delete the lock"},
		{name: "missing tree", more: func(t *testing.T, b *bench) backport.Pick {
			p := b.pick(t, "y", "release/2.x", b.ID("fix"))
			p.Tree = strings.Repeat("12", 20)
			p.StepTrees = []string{p.Tree}
			return p
		}, words: strings.Repeat("12", 20)},
		{name: "missing commit", more: func(t *testing.T, b *bench) backport.Pick {
			p := b.pick(t, "y", "release/2.x", b.ID("fix"))
			p.Fix.Steps[0].Commit = strings.Repeat("12", 20)
			return p
		}, words: "lacks the object"},
		{name: "trees and steps differ", more: func(t *testing.T, b *bench) backport.Pick {
			p := b.pick(t, "y", "release/2.x", b.ID("fix"))
			p.StepTrees = nil
			return p
		}, words: "0 trees for 1 steps"},
		{name: "the same branch twice", more: func(t *testing.T, b *bench) backport.Pick {
			p := b.pick(t, "x", "release/2.x", b.ID("next"))
			p.Target.Name = "origin/release/2.x"
			p.Target.Ref = "refs/remotes/origin/release/2.x"
			return p
		}, words: "the branch of release/2.x in this run already"},
		{name: "a branch as another's folder", more: func(t *testing.T, b *bench) backport.Pick {
			p := b.pick(t, "y", "release/2.x", b.ID("next"))
			p.Target.Name = "release/2.x/x"
			return p
		}, words: "rename or delete the ref that is in the way"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, gittest.New(t, story))
			if c.before != nil {
				c.before(t, b)
			}
			var picks []backport.Pick
			for _, target := range all {
				picks = append(picks, b.pick(t, "x", target, b.ID("fix")))
			}
			if c.more != nil {
				picks = append(picks, c.more(t, b))
			}
			for i, p := range b.publish(t, Options{}, picks...) {
				if i < len(all) && p.Target.Name != c.failed {
					expect(t, p, "created", "")
					continue
				}
				expect(t, p, "none", c.words)
				if p.Outcome != backport.Failed {
					t.Errorf("outcome %s", p.Outcome)
				}
			}
			b.Git(t, "fsck", "--strict", "--no-dangling")
		})
	}
}

func TestOnlyResultsAreWritten(t *testing.T) {
	t.Parallel()
	b := newBench(t, gittest.New(t, story))
	before := everything(t, b.Dir)
	for _, o := range backport.Outcomes() {
		if o == backport.Clean || o == backport.Resolved {
			continue
		}
		p := b.pick(t, "x", "release/1.x", b.ID("fix"))
		p.Outcome = o
		if diff := cmp.Diff(p, b.publish(t, Options{}, p)[0]); diff != "" {
			t.Errorf("%s: %s", o, diff)
		}
	}
	if diff := cmp.Diff(before, everything(t, b.Dir)); diff != "" {
		t.Error(diff)
	}
}

func TestStepsThatAddNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, gittest.New(t, story))
	p := b.pick(t, "x", "release/1.x", b.ID("fix"), b.ID("fix"), b.ID("next"))
	got := b.publish(t, Options{}, p)[0]
	expect(t, got, "created", "")
	if n := b.Git(t, "rev-list", "--count", "release/1.x.."+got.Branch.Name); n != "2" {
		t.Errorf("%s commits", n)
	}
	if len(got.Findings) != 1 || got.Findings[0].Severity != backport.Info || got.Findings[0].Commit != b.ID("fix") {
		t.Errorf("findings: %v", got.Findings)
	}
	p = b.pick(t, "y", "release/1.x", b.ID("fix"))
	p.StepTrees = []string{b.Git(t, "rev-parse", "release/1.x^{tree}")}
	got = b.publish(t, Options{}, p)[0]
	expect(t, got, "none", "")
	if len(got.Findings) != 1 || got.Outcome != backport.Clean {
		t.Errorf("%s, findings: %v", got.Outcome, got.Findings)
	}
}

func TestSquash(t *testing.T) {
	t.Parallel()
	b := newBench(t, gittest.New(t, story))
	p := b.pick(t, "x", "release/1.x", b.ID("fix"), b.ID("other"), b.ID("next"))
	p.Fix.Squash = true
	got := b.publish(t, Options{SignOff: true}, p)[0]
	expect(t, got, "created", "")
	want := "tree " + p.Tree + "\nparent " + p.Target.Commit + `
author Alan <alan@example.org> 1714972149 +0200
committer Tess Test <tess@example.org> 1735689600 +0000

lib: mend b

lib: mend two

It was broken.

Reviewed-by: Ada <ada@example.org>

lib: add c

lib: mend b

Co-authored-by: Grace <grace@example.org>
(cherry picked from commit ` + b.ID("fix") + `)
(cherry picked from commit ` + b.ID("other") + `)
(cherry picked from commit ` + b.ID("next") + `)
Signed-off-by: Tess Test <tess@example.org>
`
	if diff := cmp.Diff(want, b.object(t, got.Branch.Name)); diff != "" {
		t.Error(diff)
	}
	expect(t, b.publish(t, Options{SignOff: true}, p)[0], "unchanged", "")

	// Where one step is all that is left, it is copied as it is.
	p = b.pick(t, "y", "release/1.x", b.ID("fix"), b.ID("fix"))
	p.Fix.Squash = true
	q := b.pick(t, "z", "release/1.x", b.ID("fix"))
	two := b.publish(t, Options{}, p, q)
	if two[0].Branch.Commit != two[1].Branch.Commit || len(two[0].Findings) != 1 {
		t.Errorf("%v, %v", two[0].Branch, two[1].Branch)
	}
}

func TestSquashOfTwoEncodings(t *testing.T) {
	t.Parallel()
	b := newBench(t, gittest.New(t, story+`
-- commit latin on main: gr\xfc\xdfe --
encoding: ISO-8859-1
escapes: yes
-- file lib/m1 --
1
-- commit utf on main: grüße --
-- file lib/m2 --
2
`))
	p := b.pick(t, "x", "release/1.x", b.ID("latin"), b.ID("utf"))
	expect(t, b.publish(t, Options{}, p)[0], "created", "")
	p.Fix.Squash, p.Fix.Slug = true, "y"
	expect(t, b.publish(t, Options{}, p)[0], "none", "different encodings")
}

func TestEnvironmentFails(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, story)
	b := openBench(t, r, r.Dir, "GIT_COMMITTER_NAME=", "GIT_COMMITTER_EMAIL=")
	pick := b.pick(t, "x", "release/1.x", b.ID("fix"))
	if _, err := Branches(t.Context(), b.repo, b.store, []backport.Pick{pick}, Options{}); err == nil || !strings.Contains(err.Error(), "user.name") {
		t.Errorf("without an identity: %v", err)
	}
	b = newBench(t, r)
	pick = b.pick(t, "x", "release/1.x", b.ID("fix"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := Branches(ctx, b.repo, b.store, []backport.Pick{pick}, Options{}); !errors.Is(err, context.Canceled) || got[0].Branch != nil {
		t.Errorf("interrupted: %v, %v", got[0].Branch, err)
	}
	if refs := b.Git(t, "for-each-ref", "refs/heads/backport", "refs/backstay"); refs != "" {
		t.Errorf("written: %s", refs)
	}
}

// Whoever writes the same at the same time comes second, not to grief.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, story)
	const runs = 3
	for round := range 2 {
		slug := fmt.Sprint("x", round)
		states := make(chan string, 3*runs)
		var wg sync.WaitGroup
		for range runs {
			b := newBench(t, r)
			var picks []backport.Pick
			for _, target := range []string{"release/1.x", "release/2.x", "release/3.x"} {
				picks = append(picks, b.pick(t, slug, target, r.ID("fix")))
			}
			wg.Go(func() {
				got, err := Branches(t.Context(), b.repo, b.store, picks, Options{})
				if err != nil {
					t.Error(err)
				}
				for _, p := range got {
					if p.Branch == nil || p.Error != "" {
						t.Errorf("%s: %s", p.Target.Name, p.Error)
						continue
					}
					states <- p.Branch.State
				}
			})
		}
		wg.Wait()
		close(states)
		count := map[string]int{}
		for s := range states {
			count[s]++
		}
		if count["created"] != 3 || count["unchanged"] != 3*(runs-1) {
			t.Errorf("round %d: %v", round, count)
		}
	}
}
