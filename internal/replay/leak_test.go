package replay_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/replay"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// truncated copies a repository as it was at a moment: every commit of that
// date or an earlier one, the fix, and what the case goes onto. No other object
// is there.
func truncated(t testing.TB, r *gittest.Repo, c replay.Case) string {
	t.Helper()
	moment := r.Git(t, "log", "-1", "--format=%ct", c.Expected)
	push := []string{"push", "-q", "", c.Fix + ":refs/heads/fix", c.Onto + ":refs/heads/onto"}
	for i, line := range strings.Split(r.Git(t, "log", "--all", "--format=%ct %H"), "\n") {
		date, id, _ := strings.Cut(line, " ")
		if date <= moment && id != c.Expected { // ten digits each
			push = append(push, fmt.Sprintf("%s:refs/heads/known%d", id, i))
		}
	}
	dir := filepath.Join(t.TempDir(), "then")
	cmd := exec.CommandContext(t.Context(), "git", "init", "-q", "--bare", dir)
	cmd.Env = gittest.Env()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git init: %v\n%s", err, out)
	}
	push[2] = dir
	r.Git(t, push...)
	return dir
}

// answer is the part of a result that must not depend on what came later.
type answer struct {
	Outcome  backport.Outcome
	Tree     string
	Files    []replay.File
	Findings []backport.Finding
	Causes   []backport.Cause
	Error    string
}

func answers(results []replay.Result) []answer {
	var out []answer
	for _, r := range results {
		a := answer{Outcome: r.Outcome, Files: r.Files, Findings: r.Findings, Causes: r.Causes, Error: r.Error}
		if r.Tree != nil {
			a.Tree = *r.Tree
		}
		out = append(out, a)
	}
	return out
}

// sameThen judges a case twice: with everything there is today, and in a copy
// that ends at the case's moment and does not have what was expected.
func sameThen(t testing.TB, r *gittest.Repo, today bench, c replay.Case) answer {
	t.Helper()
	now, _ := today.judge(t, 1, []replay.Case{c})
	then, _ := open(t, truncated(t, r, c)).judge(t, 1, []replay.Case{{Fix: c.Fix, Onto: c.Onto}})
	if diff := cmp.Diff(answers(then), answers(now)); diff != "" {
		t.Errorf("fix %s onto %s (-then +today):\n%s", c.Fix, c.Onto, diff)
	}
	return answers(now)[0]
}

// Later commits give the answer away, in every way there is: the branch gets
// the fix, twice; another branch has it before and after; it is reverted on
// each; a later copy tells what an unknown id was.
const giveaways = `
-- commit base on main: base --
-- file a.c --
one
two
three
-- branch old from main --
-- branch older from main --
-- branch newer from main --
-- commit fix on main: a fix (#17) --
-- edit a.c --
-two
+TWO
-- commit newer-pick on newer: a fix (#17) --

(cherry picked from commit {{id:fix}})
-- pick fix --
-- commit own on old: a change of its own --
-- edit a.c --
-three
+drei
-- commit expected on old: a fix --

(cherry picked from commit {{id:fix}})
-- edit a.c --
-two
+TWO
-- commit undone on old: Revert "a fix" --

This reverts commit {{id:expected}}.
-- revert expected --
-- commit redone on old: a fix, again --

(cherry picked from commit {{id:newer-pick}})
-- edit a.c --
-two
+TWO, really
-- commit older-pick on older: a fix --

(cherry picked from commit {{id:redone}})
-- pick fix --
-- commit newer-undone on newer: Revert "a fix (#17)" --

This reverts commit {{id:newer-pick}}.
-- revert newer-pick --
-- commit main-undone on main: Revert "a fix (#17)" --

This reverts commit {{id:fix}}.
-- revert fix --
`

func TestNoLeak(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, giveaways, gittest.Bare())
	today := open(t, r.Dir)
	cases := today.mine(t)
	if len(cases) != 4 {
		t.Fatalf("%d cases: want those of expected, redone, older-pick and newer-pick", len(cases))
	}
	for _, c := range cases {
		// All three sides of every case are as they were: git's own answer.
		if got := sameThen(t, r, today, c); got.Outcome == backport.Present {
			t.Errorf("onto %s: %s", c.Onto, got.Outcome)
		}
		// Whoever looked later, or from the branches, would have known.
		for _, tip := range []string{"old", "older", "newer"} {
			if at := r.ID(tip); !slices.Contains(strings.Fields(r.Git(t, "rev-list", at)), c.Expected) {
				continue
			}
			there, err := today.index.Present(t.Context(), c.Expected, []history.Query{{Fix: c.Fix}})
			if err != nil || there[0] == nil {
				t.Errorf("on %s the fix %s is not to be found: %v, %v", tip, c.Fix, there, err)
			}
		}
	}
}

// Clocks go wrong. What is dated later than the moment is not consulted, even
// where the target reaches it.
func TestNoLeakThroughWrongClocks(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, `
-- commit base on main: base --
-- file a.c --
one
-- branch old from main --
-- branch older from main --
-- commit fix on main: a fix --
-- file b.c --
b
-- commit early on old: a fix --
commit-date: 2031-01-01T00:00:00Z

(cherry picked from commit {{id:fix}})
-- file b.c --
b, adapted
-- commit expected on old: a fix, the rest --

(cherry picked from commit {{id:fix}})
-- file c.c --
c
-- commit older-pick on older: a fix --
commit-date: 2031-01-01T00:00:00Z

(cherry picked from commit {{id:fix}})
-- pick fix --
-- commit second on older: of older --

(cherry picked from commit {{id:older-pick}})
-- file c.c --
c
-- commit expected2 on older: a fix --

(cherry picked from commit {{id:fix}})
-- file d.c --
d
`, gittest.Bare())
	b := open(t, r.Dir)
	cases := []replay.Case{
		{Fix: r.ID("fix"), Onto: r.ID("early"), Expected: r.ID("expected")},
		{Fix: r.ID("fix"), Onto: r.ID("early")},
		{Fix: r.ID("fix"), Onto: r.ID("second"), Expected: r.ID("expected2")},
	}
	results, _ := b.judge(t, 1, cases)
	// In the third case the pick of a pick is well dated, but says so only to
	// those who can see the first; the content is there all the same.
	for i, want := range []string{"conflict []", "present []", "present [b.c]"} {
		var paths []string
		for _, f := range results[i].Files {
			if results[i].Outcome == backport.Present {
				paths = append(paths, f.Path)
			}
		}
		if got := fmt.Sprint(results[i].Outcome, " ", paths); got != want {
			t.Errorf("case %d: %s, want %s", i, got, want)
		}
	}
}

// drawHistory draws fixes on main and what three branches make of them, in the
// order of time: picked with and without a word, from main or from another
// branch, adapted, reverted, picked again.
func drawHistory(t *rapid.T) string {
	var out strings.Builder
	out.WriteString("-- commit base on main: base --\n-- file a.c --\nbase\n")
	branches := []string{"one", "two", "three"}
	for _, b := range branches {
		fmt.Fprintf(&out, "-- branch %s from main --\n", b)
	}
	var made []string // labels of changes, and what file each writes
	files := map[string]string{}
	for i := range rapid.IntRange(6, 18).Draw(t, "commits") {
		label := fmt.Sprintf("c%d", i)
		kind := rapid.SampledFrom([]string{"fix", "pick", "pick", "silent", "adapted", "revert", "both"}).Draw(t, "kind")
		if len(made) == 0 {
			kind = "fix"
		}
		if kind == "fix" {
			file := rapid.SampledFrom([]string{"a.c", "b.c", "c.c"}).Draw(t, "file")
			fmt.Fprintf(&out, "-- commit %s on main: change %d (#%d) --\n-- file %s --\nversion %d\n", label, i, i, file, i)
			made = append(made, label)
			files[label] = file + " --\nversion " + fmt.Sprint(i)
			continue
		}
		of := rapid.SampledFrom(made).Draw(t, "of")
		branch := rapid.SampledFrom(branches).Draw(t, "branch")
		fmt.Fprintf(&out, "-- commit %s on %s: %s of %s --\n", label, branch, kind, of)
		switch kind {
		case "revert":
			fmt.Fprintf(&out, "\nThis reverts commit {{id:%s}}.\n-- file a.c --\nreverted by %s\n", of, label)
			continue
		case "silent":
			fmt.Fprintf(&out, "-- file %s\n", files[of])
		case "adapted":
			fmt.Fprintf(&out, "\n(cherry picked from commit {{id:%s}})\n-- file %s, adapted\n", of, files[of])
		case "both":
			other := rapid.SampledFrom(made).Draw(t, "other")
			fmt.Fprintf(&out, "\n(cherry picked from commit {{id:%s}})\n(cherry picked from commit {{id:%s}})\n-- file %s\n", of, other, files[of])
		default:
			fmt.Fprintf(&out, "\n(cherry picked from commit {{id:%s}})\n-- file %s\n", of, files[of])
		}
		made = append(made, label)
		files[label] = files[of]
	}
	return out.String()
}

func TestNoLeakLaw(t *testing.T) {
	t.Parallel()
	outcomes := map[backport.Outcome]int{}
	for seed := range 6 {
		r := gittest.New(t, rapid.Custom(drawHistory).Example(seed), gittest.Bare())
		today := open(t, r.Dir)
		for _, c := range replay.Sample(today.mine(t), 4, uint64(seed)) {
			outcomes[sameThen(t, r, today, c).Outcome]++
		}
	}
	if outcomes[backport.Present] == 0 || outcomes[backport.Clean] == 0 || outcomes[backport.Conflict] == 0 {
		t.Errorf("%v: want some of each", outcomes)
	}
	t.Log(outcomes)
}
