package replay_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backstay.dev/backstay/internal/adapt"
	"backstay.dev/backstay/internal/adapt/calibrate"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/replay"
)

// follower has a model that does what worked on this path before, and what
// other branches did before all.
func follower() *adapt.Model {
	empty := adapt.Fit(nil)
	m := &adapt.Model{
		Options: calibrate.Forest{Features: empty.Options.Features}, Cases: calibrate.Forest{Features: empty.Cases.Features},
		Scale: calibrate.Scale{{Asked: 100, Right: 50}},
	}
	for at, name := range m.Options.Features {
		if name == "rung:neighbour" {
			m.Options.Trees = append(m.Options.Trees, calibrate.Tree{{Feature: at, Cut: 0.5, Left: 1, Right: 2}, {}, {Value: 9}})
		}
		if name != "path-rate" {
			continue
		}
		for cut := range 16 {
			m.Options.Trees = append(m.Options.Trees, calibrate.Tree{{Feature: at, Cut: float32(cut) / 16, Left: 1, Right: 2}, {}, {Value: 0.3}})
		}
	}
	at := slices.Index(m.Cases.Features, "neighbour")
	m.Cases.Trees = []calibrate.Tree{{{Feature: at, Cut: 0.5, Left: 1, Right: 2}, {}, {Value: 1}}}
	return m
}

// habits is a history of backports that conflict in one place, each resolved as
// a habit says: "both" (neighbouring edits together) or "theirs".
func habits(list ...string) string {
	var b strings.Builder
	b.WriteString("-- commit base on main: base --\n-- file a.c --\nzero\none\ntwo\nthree\n")
	for i := range list {
		fmt.Fprintf(&b, "-- branch b%d from main --\n", i)
	}
	for i := range list {
		fmt.Fprintf(&b, "-- commit own%d on b%[1]d: own --\n-- edit a.c --\n-one\n+own %[1]d\n", i)
	}
	for i, habit := range list {
		fmt.Fprintf(&b, "-- commit fix%d on main: fix %[1]d --\n-- file a.c --\nzero\none\nfixed %[1]d\nthree\n", i)
		line := fmt.Sprintf("own %d", i)
		if habit == "theirs" {
			line = "one"
		}
		fmt.Fprintf(&b, "-- commit pick%d on b%[1]d: fix %[1]d --\n\n(cherry picked from commit {{id:fix%[1]d}})\n-- file a.c --\nzero\n%s\nfixed %[1]d\nthree\n", i, line)
		fmt.Fprintf(&b, "-- commit back%d on main: back --\n-- file a.c --\nzero\none\ntwo\nthree\n", i)
	}
	return b.String()
}

// study judges cases with what the repository's history teaches.
func (b bench) study(t testing.TB, jobs int, teach, cases []replay.Case) ([]replay.Result, *adapt.Corpus) {
	t.Helper()
	if err := replay.Learn(t.Context(), b.store, b.index, append(slices.Clone(teach), cases...)); err != nil {
		t.Fatal(err)
	}
	opts := replay.Options{Jobs: jobs, Model: follower()}
	heard := 0
	corpus, err := replay.New(b.store, b.index, opts).Study(t.Context(), teach, func(done, total int) {
		if heard = done; total != len(teach) {
			t.Errorf("of %d cases, want %d", total, len(teach))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if heard != len(teach) {
		t.Errorf("heard of %d cases of %d", heard, len(teach))
	}
	opts.Experience = corpus.Experience()
	var out []replay.Result
	if _, err := replay.New(b.store, b.index, opts).Run(t.Context(), cases, func(r replay.Result) error {
		r.MS, r.GateMS = 0, 0
		out = append(out, r)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out, corpus
}

// What later backports teach has no part in an earlier case, be it the opposite
// of what was right then; and what earlier ones teach has.
func TestStudyWalksForward(t *testing.T) {
	t.Parallel()
	many := func(n int, habit string) []string { return slices.Repeat([]string{habit}, n) }
	first := many(8, "theirs")
	then := open(t, gittest.New(t, habits(first...), gittest.Bare()).Dir)
	r := gittest.New(t, habits(append(slices.Clone(first), many(30, "both")...)...), gittest.Bare())
	now := open(t, r.Dir)
	thenCases, nowCases := then.mine(t), now.mine(t)
	if len(thenCases) != 8 || len(nowCases) != 38 {
		t.Fatalf("%d and %d cases", len(thenCases), len(nowCases))
	}
	before, _ := then.study(t, 1, thenCases, thenCases)
	after, corpus := now.study(t, 2, nowCases, nowCases)
	// The fixes and what they went onto are the same commits in the two
	// repositories up to the branches that only the longer one has.
	for i := range before {
		x, y := before[i], after[i]
		if diff := cmp.Diff([]any{x.Outcome, x.Exact, x.Files}, []any{y.Outcome, y.Exact, y.Files}); diff != "" {
			t.Errorf("case %d (-then +now):\n%s", i, diff)
		}
	}
	exact := func(r replay.Result) bool { return r.Exact != nil && *r.Exact }
	if !exact(after[7]) || exact(after[8]) || !exact(after[37]) {
		t.Errorf("habits are not learned: the 8th, 9th and last are %v, %v, %v", exact(after[7]), exact(after[8]), exact(after[37]))
	}
	// Results come in the order of the cases, whoever is ready first.
	for i, c := range nowCases {
		if after[i].Fix != c.Fix || after[i].Onto != c.Onto {
			t.Fatalf("result %d is of another case", i)
		}
	}
	again, corpus2 := now.study(t, 1, nowCases, nowCases)
	if diff := cmp.Diff(lines(t, after), lines(t, again)); diff != "" {
		t.Errorf("one worker or two:\n%s", diff)
	}
	if diff := cmp.Diff(corpus.Lessons(), corpus2.Lessons()); diff != "" {
		t.Errorf("lessons of one worker or two:\n%s", diff)
	}
	if len(corpus.Examples) != 38 || len(corpus.Clean) != 0 {
		t.Errorf("%d examples, %d clean", len(corpus.Examples), len(corpus.Clean))
	}
	for i, e := range corpus.Examples {
		when := r.Git(t, "log", "-1", "--format=%ct", nowCases[i].Expected)
		if fmt.Sprint(e.At) != when || e.Fix != nowCases[i].Fix {
			t.Errorf("example %d is of %s at %d, want %s", i, e.Fix, e.At, when)
		}
	}
}

// The whole answer of a case, ladder and all, is the same in a copy of the
// repository that ends at the case's moment.
func TestNoLeakThroughTheLadder(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, giveaways+`
-- branch beside from base --
-- commit beside-own on beside: own --
-- edit a.c --
-one
+eins
-- commit beside-pick on beside: a fix --

(cherry picked from commit {{id:fix}})
-- edit a.c --
-two
+zwei
-- branch early from base --
-- branch late from base --
-- commit on early: own --
-- file own.c --
early
-- commit on late: own --
-- file own.c --
late
-- commit rewrite on main: rewrite --
-- file a.c --
all in one
-- commit second on main: a second fix --
-- file a.c --
all in one, mended
-- commit early-pick on early: a second fix --

(cherry picked from commit {{id:second}})
-- edit a.c --
-two
+mended early
-- commit late-pick on late: a second fix --

(cherry picked from commit {{id:second}})
-- edit a.c --
-two
+mended late
`, gittest.Bare())
	today := open(t, r.Dir)
	climbed := false
	for _, c := range today.mine(t) {
		now, _ := today.study(t, 1, today.mine(t), []replay.Case{c})
		old := open(t, truncated(t, r, c))
		then, _ := old.study(t, 1, old.mine(t), []replay.Case{{Fix: c.Fix, Onto: c.Onto}})
		if diff := cmp.Diff(answers(then), answers(now)); diff != "" {
			t.Errorf("fix %s onto %s (-then +today):\n%s", c.Fix, c.Onto, diff)
		}
		climbed = climbed || now[0].Outcome == backport.Proposed
	}
	if !climbed {
		t.Error("no case went up the ladder")
	}
}

// Without a model a judge says what git says, whatever was studied.
func TestGitOnly(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, habits("both", "theirs"), gittest.Bare())
	b := open(t, r.Dir)
	cases := b.mine(t)
	want, _ := b.judge(t, 1, cases)
	for i, c := range cases {
		tree, clean, _ := r.Pick(t, c.Fix, c.Onto)
		if clean || want[i].Outcome != backport.Conflict || want[i].Tree != nil {
			t.Errorf("case %d: %s %v, git has %s", i, want[i].Outcome, want[i].Tree, tree)
		}
	}
	with, corpus := b.study(t, 1, cases, cases)
	if with[1].Outcome != backport.Proposed { // the first had no example to follow
		t.Errorf("with the ladder: %s", with[1].Outcome)
	}
	var out []replay.Result
	opts := replay.Options{Jobs: 1, Experience: corpus.Experience()}
	if _, err := replay.New(b.store, b.index, opts).Run(t.Context(), cases, func(r replay.Result) error {
		r.MS = 0
		out = append(out, r)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(lines(t, want), lines(t, out)); diff != "" {
		t.Errorf("(-without +with experience):\n%s", diff)
	}
}

// Clean cases teach how often git is right; what cannot be tried teaches
// nothing, and ends nothing.
func TestStudyOfOddCases(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, habits("both")+`
-- branch clean from base --
-- commit clean-pick on clean: fix 0 --

(cherry picked from commit {{id:fix0}})
-- file a.c --
zero
one
fixed 0
three
-- branch differs from base --
-- commit differs-pick on differs: fix 0 --

(cherry picked from commit {{id:fix0}})
-- file a.c --
otherwise
`, gittest.Bare())
	b := open(t, r.Dir)
	cases := b.mine(t)
	nobody := strings.Repeat("1", 40)
	cases = append(cases, replay.Case{Fix: nobody, Onto: nobody, Expected: nobody}, replay.Case{Fix: cases[0].Fix, Onto: cases[0].Onto}, replay.Case{Fix: "oops"})
	_, corpus := b.study(t, 1, cases, nil)
	if len(corpus.Examples) != 1 || len(corpus.Clean) != 2 {
		t.Fatalf("%d examples, clean %+v", len(corpus.Examples), corpus.Clean)
	}
	for i, right := range []int{1, 0} {
		if l := corpus.Clean[i]; fmt.Sprint(l.Given) != "[git]" || len(l.Right) != right {
			t.Errorf("%+v", l)
		}
	}
	// git, the one region, and the whole of it
	if x := corpus.Experience(); x.Len() != 4 {
		t.Errorf("%d lessons", x.Len())
	}
}

// Every result is checked, also one that git merged and nobody ever committed.
func TestGatesReadEveryResult(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, `
-- commit base on main: base --
-- file a.go --
package a

func one() int { return 1 }
-- branch old from main --
-- commit helper on main: a helper --
-- file helper.go --
package a

func brandNewHelper() int { return 2 }
-- commit fix on main: fix --
-- edit a.go --
-func one() int { return 1 }
+func one() int { return brandNewHelper() }
-- commit on old: fix --

(cherry picked from commit {{id:fix}})
-- edit a.go --
-func one() int { return 1 }
+func one() int { return 2 }
`, gittest.Bare())
	b := open(t, r.Dir)
	cases := b.mine(t)
	if _, err := replay.New(b.store, b.index, replay.Options{Jobs: 1, Gates: true}).Run(t.Context(), cases, func(r replay.Result) error {
		if r.Outcome != backport.Clean || len(r.Findings) == 0 || r.Findings[0].Check != "missing" || r.CodeExact == nil || *r.CodeExact {
			t.Errorf("%s %+v, code exact %v", r.Outcome, r.Findings, r.CodeExact)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
