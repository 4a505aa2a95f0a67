package replay_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/replay"
	"github.com/google/go-cmp/cmp"
)

// story has a backport of every kind; "old" leaves main at the first commit.
const story = `
-- commit base on main: base --
-- file a.c --
one
two
three
four
five
-- file b.c --
b
-- file a_test.c --
test
-- branch old from main --
-- commit exact on main: a change that fits --
-- file b.c --
bb
-- commit tested on main: a change with a test --
-- edit a.c --
-one
+ONE
-- file a_test.c --
test ONE
-- commit adapted on main: a change that is adapted --
-- edit a.c --
-five
+FIVE
-- commit hard on main: a change that conflicts --
-- edit a.c --
-three
+THREE
-- commit again on main: a change that is there already --
-- file c.c --
c
-- commit shared on main: the same change on both sides --
-- file d.c --
d
-- commit exact-old on old: a change that fits --

(cherry picked from commit {{id:exact}})
-- pick exact --
-- commit tested-old on old: a change with a test --

(cherry picked from commit {{id:tested}})
-- edit a.c --
-one
+ONE
-- file a_test.c --
test ONE, adapted
-- commit adapted-old on old: a change that is adapted --

(cherry picked from commit {{id:adapted}})
-- edit a.c --
-five
+FIVE, adapted
-- commit own on old: a change of its own --
-- edit a.c --
-three
+drei
-- commit hard-old on old: a change that conflicts --

(cherry picked from commit {{id:hard}})
-- edit a.c --
-drei
+DREI
-- commit again-old on old: a change that is there already --

(cherry picked from commit {{id:again}})
-- pick again --
-- commit again-old2 on old: a change that is there already, second part --

(cherry picked from commit {{id:again}})
-- file b.c --
bbb
-- commit unlabelled on old: without a word --
-- file d.c --
d
-- commit shared-old on old: the same change on both sides --

(cherry picked from commit {{id:shared}})
-- file a_test.c --
test ONE, adapted, and shared
-- branch side from base --
-- commit side1 on side: on a side branch --
-- file side.c --
s
-- commit merge on main: Merge branch side --
merge: side
-- file side.c --
s
-- commit rootless on alone: a history of its own --
-- file alone.c --
alone
`

// want is what a case must come to: an outcome, and yes, no or unknown for
// exact and code-exact.
type want struct {
	outcome     backport.Outcome
	exact, code string
}

func said(b *bool) string {
	switch {
	case b == nil:
		return "unknown"
	case *b:
		return "yes"
	}
	return "no"
}

func TestMineAndJudge(t *testing.T) {
	t.Parallel()
	for _, kind := range []struct {
		name string
		opts []gittest.Option
	}{{"worktree", nil}, {"bare, SHA-256", []gittest.Option{gittest.Bare(), gittest.SHA256()}}} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, story, kind.opts...)
			b := open(t, r.Dir)
			before := r.State(t)
			cases := b.mine(t)
			wants := map[string]want{
				"exact":   {backport.Clean, "yes", "yes"},
				"tested":  {backport.Clean, "no", "yes"},
				"adapted": {backport.Clean, "no", "no"},
				"hard":    {backport.Conflict, "no", "no"},
				"again":   {backport.Clean, "yes", "yes"},
				"again-2": {backport.Present, "no", "no"},
				"shared":  {backport.Present, "no", "yes"},
			}
			results, summary := b.judge(t, 2, cases)
			got := map[string]want{}
			for i, res := range results {
				name := ""
				for label, id := range r.IDs {
					if id == cases[i].Fix && wants[label].outcome != "" {
						name = label
					}
				}
				if cases[i].Expected == r.ID("again-old2") {
					name += "-2"
				}
				got[name] = want{res.Outcome, said(res.Exact), said(res.CodeExact)}
				if res.Fix != cases[i].Fix || res.Onto != cases[i].Onto || res.Expected != cases[i].Expected {
					t.Errorf("result %d is of another case: %+v", i, res)
				}
				if tree := r.Git(t, "rev-parse", res.Expected+"^{tree}"); *res.ExpectedTree != tree {
					t.Errorf("%s: expected_tree is %s, want %s", name, *res.ExpectedTree, tree)
				}
				if own := r.Git(t, "rev-parse", res.Onto+"^{tree}"); res.Outcome == backport.Present && *res.Tree != own {
					t.Errorf("%s: tree is %s, the target's is %s", name, *res.Tree, own)
				}
				if res.Outcome == backport.Clean {
					if tree, clean, _ := r.Pick(t, res.Fix, res.Onto); !clean || tree != *res.Tree {
						t.Errorf("%s: tree is %s, git says %s, %v", name, *res.Tree, tree, clean)
					}
				}
			}
			if diff := cmp.Diff(wants, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
			total := replay.Tally{Cases: 7, Judged: 7, Exact: 2, CodeExact: 4}
			if diff := cmp.Diff(total, summary.Total()); diff != "" {
				t.Errorf("total (-want +got):\n%s", diff)
			}
			if after := r.State(t); after != before {
				t.Errorf("the repository changed:\n%s", cmp.Diff(before, after))
			}
		})
	}
}

func TestJudgeGivenCases(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, story, gittest.Bare())
	b := open(t, r.Dir)
	nowhere := strings.Repeat("7", 40)
	blob := r.Git(t, "rev-parse", "main:a.c")
	cases := []replay.Case{
		{Fix: r.ID("exact"), Onto: r.ID("base")},
		{Fix: r.ID("hard"), Onto: r.ID("own")},
		{Fix: r.ID("exact"), Onto: r.ID("main"), Expected: r.ID("main")},
		{Fix: nowhere, Onto: r.ID("base"), Expected: r.ID("exact")},
		{Fix: r.ID("exact"), Onto: nowhere, Expected: r.ID("exact")},
		{Fix: r.ID("exact"), Onto: r.ID("base"), Expected: nowhere},
		{Fix: blob, Onto: blob, Expected: blob},
		{Fix: "main", Onto: "HEAD\n", Expected: "main\n"},
		{Fix: r.ID("merge"), Onto: r.ID("old"), Expected: r.ID("old")},
		{Fix: r.ID("rootless"), Onto: r.ID("base"), Expected: r.ID("base")},
		{Fix: r.ID("exact"), Onto: r.ID("base"), Expected: r.ID("exact")},
	}
	results, _ := b.judge(t, 1, cases)
	for i, w := range []want{
		{backport.Clean, "unknown", "unknown"},
		{backport.Conflict, "unknown", "unknown"},
		{backport.Present, "yes", "yes"},
		{backport.Failed, "unknown", "unknown"},
		{backport.Failed, "unknown", "unknown"},
		{backport.Failed, "unknown", "unknown"},
		{backport.Failed, "unknown", "unknown"},
		{backport.Failed, "unknown", "unknown"},
		{backport.Clean, "no", "no"},
		{backport.Clean, "no", "no"},
		{backport.Clean, "yes", "yes"},
	} {
		res := results[i]
		if got := (want{res.Outcome, said(res.Exact), said(res.CodeExact)}); got != w {
			t.Errorf("case %d: %v, want %v (%s)", i, got, w, res.Error)
		}
		if (res.Outcome == backport.Failed) != (res.Error != "") || (res.Tree != nil) != res.Outcome.HasTree() {
			t.Errorf("case %d: %+v", i, res)
		}
	}
}

// The shape that other programs read.
func TestJSON(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, story, gittest.Bare())
	b := open(t, r.Dir)
	results, _ := b.judge(t, 1, []replay.Case{
		{Fix: r.ID("tested"), Onto: r.ID("exact-old"), Expected: r.ID("tested-old")},
		{Fix: r.ID("hard"), Onto: r.ID("own")},
		{Fix: r.ID("exact"), Onto: r.ID("exact-old"), Expected: r.ID("exact-old")},
	})
	got := lines(t, results)
	for name, id := range r.IDs {
		got = strings.ReplaceAll(got, id, name)
	}
	for name, tree := range map[string]string{"TREE": *results[0].Tree, "EXPECTED": *results[0].ExpectedTree, "OWN": *results[2].Tree} {
		got = strings.ReplaceAll(got, tree, name)
	}
	const want = `{"fix":"tested","onto":"exact-old","expected":"tested-old","outcome":"clean","tree":"TREE","expected_tree":"EXPECTED","exact":false,"code_exact":true,"ms":0,` +
		`"files":[{"path":"a.c","outcome":"clean","rung":"git","confidence":1},{"path":"a_test.c","outcome":"clean","rung":"git","confidence":1}],"findings":[],"causes":[]}
{"fix":"hard","onto":"own","expected":"","outcome":"conflict","tree":null,"expected_tree":null,"exact":null,"code_exact":null,"ms":0,` +
		`"files":[{"path":"a.c","outcome":"conflict","rung":"git","confidence":0}],"findings":[],"causes":[]}
{"fix":"exact","onto":"exact-old","expected":"exact-old","outcome":"present","tree":"OWN","expected_tree":"OWN","exact":true,"code_exact":true,"ms":0,"files":[],"findings":[],"causes":[]}
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(strings.SplitAfter(got, "\n")[1]), &fields); err != nil || len(fields) != 12 {
		t.Errorf("%d fields: %v", len(fields), err)
	}
}

// many are more cases than two workers have in hand.
func many(b bench, t *testing.T) []replay.Case {
	return slices.Repeat(b.mine(t), 120)
}

func TestOrderDoesNotDependOnWorkers(t *testing.T) {
	t.Parallel()
	b := open(t, gittest.New(t, story, gittest.Bare()).Dir)
	cases := many(b, t)
	one, _ := b.judge(t, 1, cases)
	four, _ := b.judge(t, 4, cases)
	if lines(t, one) != lines(t, four) {
		t.Error("four workers give other results than one")
	}
	for i, r := range four {
		if r.Expected != cases[i].Expected {
			t.Fatalf("result %d is that of another case", i)
		}
	}
}

func TestRunEnds(t *testing.T) {
	t.Parallel()
	b := open(t, gittest.New(t, story, gittest.Bare()).Dir)
	cases := many(b, t)
	judge := replay.New(b.store, b.index, replay.Options{Jobs: 2})
	full := errors.New("the disk is full")
	n := 0
	summary, err := judge.Run(t.Context(), cases, func(replay.Result) error {
		if n++; n == 300 {
			return full
		}
		return nil
	})
	if !errors.Is(err, full) || n != 300 || summary.Cases != 300 {
		t.Errorf("error %v after %d results, %d counted", err, n, summary.Cases)
	}
	ctx, cancel := context.WithCancel(t.Context())
	n = 0
	_, err = judge.Run(ctx, cases, func(replay.Result) error {
		n++
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || n > 2*256 {
		t.Errorf("error %v after %d results", err, n)
	}
	summary, err = judge.Run(t.Context(), nil, nil)
	if err != nil || summary.Cases != 0 {
		t.Errorf("no cases: %+v, %v", summary, err)
	}
}

// Without history only content tells what is there.
func TestJudgeWithoutHistory(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, story, gittest.Bare())
	b := open(t, r.Dir)
	var got []replay.Result
	_, err := replay.New(b.store, nil, replay.Options{}).Run(t.Context(), []replay.Case{
		{Fix: r.ID("exact"), Onto: r.ID("exact-old"), Expected: r.ID("exact-old")},
		{Fix: r.ID("exact"), Onto: r.ID("again-old2"), Expected: r.ID("again-old2")},
	}, func(r replay.Result) error {
		got = append(got, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Outcome != backport.Present || got[1].Outcome != backport.Conflict {
		t.Errorf("%s and %s: want present (the tree has it) and conflict (b.c was changed since)", got[0].Outcome, got[1].Outcome)
	}
}
