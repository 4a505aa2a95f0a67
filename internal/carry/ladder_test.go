package carry_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/adapt"
	"backstay.dev/backstay/internal/adapt/calibrate"
	"backstay.dev/backstay/internal/adapt/reuse"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/gittest"
)

// ladder is a carrier with a model made by hand: it likes the rungs in their
// order, and its answers were right so often.
func ladder(t *testing.T, dir string, right, asked int, rungs ...string) *carry.Carrier {
	t.Helper()
	c := carrier(t, dir, false)
	c.Ladder = ready(model(t, right, asked, rungs...))
	return c
}

// ready is a ladder with this model.
func ready(m *adapt.Model) func() (carry.Learned, error) {
	return func() (carry.Learned, error) { return carry.Learned{Model: m}, nil }
}

func model(t testing.TB, right, asked int, rungs ...string) *adapt.Model {
	t.Helper()
	empty := adapt.Fit(nil) // which has the names of the columns
	m := &adapt.Model{
		Options: calibrate.Forest{Features: empty.Options.Features}, Cases: calibrate.Forest{Features: empty.Cases.Features},
		Scale: calibrate.Scale{{Asked: asked, Right: right}},
	}
	for i, r := range rungs {
		at := -1
		for k, name := range m.Options.Features {
			if name == "rung:"+r {
				at = k
			}
		}
		if at < 0 {
			t.Fatalf("no rung %s", r)
		}
		m.Options.Trees = append(m.Options.Trees, calibrate.Tree{{Feature: at, Cut: 0.5, Left: 1, Right: 2}, {}, {Value: float32(int(4) >> i)}})
	}
	return m
}

// sure has a model that is surer of an attempt with more than cut in a column.
func sure(m *adapt.Model, column string, cut float32, scale calibrate.Scale) *adapt.Model {
	for k, name := range m.Cases.Features {
		if name == column {
			m.Cases.Trees = append(m.Cases.Trees, calibrate.Tree{{Feature: k, Cut: cut, Left: 1, Right: 2}, {Value: -2}, {Value: 2}})
		}
	}
	m.Scale = scale
	return m
}

// fixOf is a fix of the commits with these labels.
func fixOf(t *testing.T, r *gittest.Repo, slug string, labels ...string) backport.Fix {
	t.Helper()
	f := backport.Fix{Slug: slug}
	for _, l := range labels {
		f.Steps = append(f.Steps, backport.Step{Commit: r.ID(l), Base: r.Git(t, "rev-parse", r.ID(l)+"^"), Origin: r.ID(l)})
	}
	return f
}

func targetOf(r *gittest.Repo, names ...string) []backport.Target {
	var out []backport.Target
	for _, name := range names {
		out = append(out, backport.Target{Name: name, Ref: "refs/heads/" + name, Commit: r.ID(name)})
	}
	return out
}

// steps has a fix of three commits on main, of which the second conflicts on
// 1.0 and the third builds on it.
const steps = `
-- commit base on main: base --
-- file a.txt --
zero
one
two
three
-- file b.txt --
b
-- branch 1.0 from main --
-- commit first on main: first --
-- edit b.txt --
-b
+B
-- commit second on main: second --
-- edit a.txt --
-two
+TWO
-- commit third on main: third --
-- edit a.txt --
-three
+THREE
-- commit own on 1.0: own --
-- edit a.txt --
-one
+ONE
`

func TestSteps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		write bool
	}{{"tried", false}, {"written", true}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, steps)
			fix := fixOf(t, r, "three", "first", "second", "third")
			picks, err := ladder(t, r.Dir, 99, 100, "adjacent").Carry(t.Context(), []backport.Fix{fix}, targetOf(r, "1.0"), carry.Order{Write: c.write, Chunks: true})
			if err != nil {
				t.Fatal(err)
			}
			p := picks[0]
			if p.Outcome != backport.Resolved || p.FailedStep != 0 || len(p.StepTrees) != 3 || p.StepTrees[2] != p.Tree || len(p.StepFiles) != 3 {
				t.Fatalf("%+v", p)
			}
			if p.Measured == nil || *p.Measured != (backport.Measured{Right: 99, Asked: 100}) {
				t.Errorf("measured %+v", p.Measured)
			}
			rungs := map[string]string{}
			for _, f := range p.Files {
				rungs[f.Path] = f.Rung
			}
			if len(p.Files) != 2 || rungs["b.txt"] != "git" {
				t.Errorf("files %+v", p.Files)
			}
			if len(p.StepFiles[1]) != 1 || p.StepFiles[1][0].Rung != "adjacent" || p.StepFiles[1][0].Outcome != backport.Resolved {
				t.Errorf("the second step has %+v", p.StepFiles[1])
			}
			if !c.write {
				return
			}
			// Each commit has its own part, and says what git did not do.
			branch := "backport/1.0/three"
			for i, want := range []string{"zero\nONE\ntwo\nthree\n", "zero\nONE\nTWO\nthree\n", "zero\nONE\nTWO\nTHREE\n"} {
				at := branch + strings.Repeat("^", 2-i)
				if got := r.Git(t, "show", at+":a.txt") + "\n"; got != want || r.Git(t, "show", at+":b.txt") != "B" {
					t.Errorf("commit %d: %q", i, got)
				}
				if tree := r.Git(t, "rev-parse", at+"^{tree}"); tree != p.StepTrees[i] {
					t.Errorf("commit %d has the tree %s", i, tree)
				}
				if said := strings.Contains(r.Git(t, "log", "-1", "--format=%B", at), "Conflicts:"); said != (i == 1) && i != 2 {
					t.Errorf("commit %d: conflicts named: %v", i, said)
				}
			}
			r.Fsck(t)
		})
	}
}

// A later step that nobody can answer leaves a conflict there, with the trees
// of the steps before it.
func TestLaterStepConflicts(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, strings.Replace(steps, "-- commit third on main: third --\n-- edit a.txt --\n-three\n+THREE\n",
		"-- commit third on main: third --\n-- file bin escapes --\na\\x00b\n", 1)+"-- file bin escapes --\nc\\x00d\n")
	fix := fixOf(t, r, "three", "first", "second", "third")
	picks, err := ladder(t, r.Dir, 99, 100, "adjacent").Carry(t.Context(), []backport.Fix{fix}, targetOf(r, "1.0"), carry.Order{Write: true, Chunks: true})
	if err != nil {
		t.Fatal(err)
	}
	p := picks[0]
	if p.Outcome != backport.Conflict || p.Tree != "" || p.FailedStep != 2 || p.Branch != nil {
		t.Errorf("%+v", p)
	}
	if len(p.StepTrees) != 2 {
		t.Errorf("%d trees of the steps before: %q", len(p.StepTrees), p.StepTrees)
	}
	if p.Measured != nil {
		t.Errorf("a conflict was measured: %+v", p.Measured)
	}
	for _, f := range p.Files {
		if f.Path == "bin" && f.Outcome != backport.Conflict {
			t.Errorf("%+v", f)
		}
	}
}

// The whole is as sure as its least sure step.
func TestLeastSureStep(t *testing.T) {
	t.Parallel()
	// The second step leaves one region, the fourth two.
	r := gittest.New(t, steps+`
-- commit fourth on main: fourth --
-- file c.txt --
c
-- edit b.txt --
-B
+BB
-- commit own2 on 1.0: more of its own --
-- edit b.txt --
-b
+bee
-- file c.txt --
see
`)
	fix := fixOf(t, r, "two", "second", "fourth")
	scale := calibrate.Scale{{Asked: 100, Right: 50}, {From: 0.5, Asked: 100, Right: 99}}
	for _, c := range []struct {
		name string
		like float32 // parts
		want backport.Outcome
	}{{"the last", 1.5, backport.Proposed}, {"none", 9, backport.Resolved}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			car := carrier(t, r.Dir, false)
			// More parts, less sure.
			m := sure(model(t, 1, 1, "adjacent", "theirs"), "parts", c.like, scale)
			car.Ladder = ready(m)
			for i := range m.Cases.Trees {
				tree := m.Cases.Trees[i]
				tree[1].Value, tree[2].Value = tree[2].Value, tree[1].Value
			}
			picks, err := car.Carry(t.Context(), []backport.Fix{fix}, targetOf(r, "1.0"), carry.Order{Chunks: true})
			if err != nil {
				t.Fatal(err)
			}
			p := picks[0]
			if p.Outcome != c.want || p.Measured == nil {
				t.Fatalf("%s %+v %+v", p.Outcome, p.Measured, p.Files)
			}
			want := backport.Measured{Right: 99, Asked: 100}
			if c.want == backport.Proposed {
				want = backport.Measured{Right: 50, Asked: 100} // of answers about as sure
			}
			if *p.Measured != want {
				t.Errorf("measured %+v, want %+v", *p.Measured, want)
			}
		})
	}
}

// touching has a fix beside a change of two older branches, and a third where
// the base was another.
const touching = `
-- commit base on main: base --
-- file a.txt --
zero
one
two
three
four
five
-- branch 1.1 from main --
-- branch 1.0 from main --
-- commit before on main: rewritten --
-- edit a.txt --
-one
-two
-three
+all in one
-- commit fix on main: fix --
-- edit a.txt --
-all in one
+all in one, mended
-- commit on 1.1: own --
-- edit a.txt --
-five
+V
-- commit on 1.0: own --
-- edit a.txt --
-five
+5
`

// What became of the fix on one target is a source for the next older one,
// whichever was named first.
func TestCascade(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, touching)
	fix := fixOf(t, r, "mend", "fix")
	c := carrier(t, r.Dir, false)
	// On 1.1 a person said how; 1.0 has another region around the same lines.
	c.Ladder = ready(sure(model(t, 1, 1, "reuse", "theirs"), "neighbour", 0.5, calibrate.Scale{{Asked: 100, Right: 99}}))
	picks, err := c.Carry(t.Context(), []backport.Fix{fix}, targetOf(r, "1.0", "1.1"), carry.Order{Chunks: true})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(picks)
	if got := outcomes(picks); got != "resolved, resolved" {
		t.Fatalf("%s: %+v", got, picks)
	}
	for i, want := range []string{"git", "neighbour"} {
		neighbour := false
		for _, f := range picks[i].Files {
			neighbour = neighbour || f.Rung == "neighbour"
		}
		if neighbour != (want == "neighbour") {
			t.Errorf("%s: %+v", picks[i].Target.Name, picks[i].Files)
		}
	}
	// It is no commit that anybody could look at.
	if f := picks[1].Findings; len(f) != 1 || f[0].Check != "source" || f[0].Commit != "" || !strings.Contains(f[0].Text, "the result on 1.1 ") {
		t.Errorf("findings %+v", f)
	}
}

// What only the ladder says is believed no more than a check lets it be.
func TestGateDemotes(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, `
-- commit base on main: base --
-- file a.go --
package a

func one() int { return 1 }
func two() int { return 2 }
-- branch 1.0 from main --
-- commit helper on main: add a helper --
-- file helper.go --
package a

func brandNewHelper(n int) int { return n }
-- commit fix on main: fix --
-- edit a.go --
-func two() int { return 2 }
+func two() int { return brandNewHelper(2) }
-- commit on 1.0: own --
-- edit a.go --
-func one() int { return 1 }
+func one() int { return 11 }
`)
	for _, gates := range []bool{false, true} {
		c := ladder(t, r.Dir, 99, 100, "adjacent")
		c.Gates = gates
		picks, err := c.Carry(t.Context(), []backport.Fix{fixOf(t, r, "mend", "fix")}, targetOf(r, "1.0"), carry.Order{Write: gates, Chunks: true})
		if err != nil {
			t.Fatal(err)
		}
		p := picks[0]
		want := backport.Resolved
		if gates {
			want = backport.Proposed
		}
		if p.Outcome != want || p.Files[0].Outcome != want || len(p.Findings) > 0 != gates || p.Tree == "" {
			t.Errorf("gates %v: %s, %+v, findings %+v", gates, p.Outcome, p.Files, p.Findings)
		}
		for _, files := range p.StepFiles {
			for _, f := range files {
				if f.Outcome != want {
					t.Errorf("gates %v: the step has %+v", gates, f)
				}
			}
		}
		if p.Branch != nil {
			t.Errorf("a proposal was written: %+v", p.Branch)
		}
	}
	// git's clean result stays clean, whatever a check says.
	c := ladder(t, r.Dir, 99, 100, "adjacent")
	c.Gates = true
	r.Git(t, "branch", "plain", r.ID("base"))
	picks, err := c.Carry(t.Context(), []backport.Fix{fixOf(t, r, "mend", "fix")},
		[]backport.Target{{Name: "plain", Ref: "refs/heads/plain", Commit: r.ID("base")}}, carry.Order{Chunks: true})
	if err != nil {
		t.Fatal(err)
	}
	if p := picks[0]; p.Outcome != backport.Clean || len(p.Findings) == 0 || p.Findings[0].Check == "gate" || p.Measured != nil {
		t.Errorf("%s, findings %+v", p.Outcome, p.Findings)
	}
}

// What a person resolved before is offered, on another branch too, and wins.
func TestPersonsAnswerWins(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, steps)
	c := ladder(t, r.Dir, 99, 100, "adjacent")
	known, err := reuse.Open(t.Context(), c.Repo, c.Store)
	if err != nil {
		t.Fatal(err)
	}
	if err := known.Add(t.Context(), []reuse.Resolution{{
		Base: []byte("one\ntwo\n"), Ours: []byte("ONE\ntwo\n"), Theirs: []byte("one\nTWO\n"), Result: []byte("as I said\n"),
		Path: "a.txt", By: reuse.Person, When: 1,
	}}); err != nil {
		t.Fatal(err)
	}
	picks, err := c.Carry(t.Context(), []backport.Fix{fixOf(t, r, "second", "second")}, targetOf(r, "1.0"), carry.Order{Chunks: true})
	if err != nil {
		t.Fatal(err)
	}
	p := picks[0]
	offered := false
	for _, f := range p.Files {
		for _, list := range f.Answers {
			for i, a := range list {
				offered = offered || a.Text == "as I said\n"
				if a.Text == "as I said\n" && i > 0 {
					t.Errorf("answer %d of %+v", i+1, list)
				}
			}
		}
	}
	if !offered {
		t.Errorf("%s: %+v", p.Outcome, p.Files)
	}
}

// An earlier backport is found on a branch that nobody asked for.
func TestNeighbourOfAnotherBranch(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, touching+`
-- branch 2.0 from base --
-- commit picked on 2.0: fix --

(cherry picked from commit {{id:fix}})
-- edit a.txt --
-three
+three, mended
`)
	c := carrier(t, r.Dir, false)
	c.Ladder = ready(sure(model(t, 1, 1, "theirs"), "neighbour", 0.5, calibrate.Scale{{Asked: 100, Right: 99}}))
	picks, err := c.Carry(t.Context(), []backport.Fix{fixOf(t, r, "mend", "fix")}, targetOf(r, "1.0"), carry.Order{Chunks: true})
	if err != nil {
		t.Fatal(err)
	}
	p := picks[0]
	if len(p.Findings) != 1 || p.Findings[0].Commit != r.ID("picked") || len(p.Files) != 1 || p.Files[0].Rung != "neighbour" {
		t.Errorf("%s %+v %+v", p.Outcome, p.Files, p.Findings)
	}
}

// In a partial clone several picks may lack the same file, and the ladder may
// want what git's merge did not.
func TestFetchForTheLadder(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, touching)
	r.Git(t, "config", "uploadpack.allowFilter", "true")
	r.Git(t, "config", "uploadpack.allowAnySHA1InWant", "true")
	dir := filepath.Join(t.TempDir(), "partial")
	r.Git(t, "clone", "-q", "--bare", "--filter=blob:none", "file://"+r.Dir, dir)
	c := carrier(t, dir, true)
	c.Ladder = ready(model(t, 99, 100, "theirs"))
	picks, err := c.Carry(t.Context(), []backport.Fix{fixOf(t, r, "mend", "fix")}, targetOf(r, "1.1", "1.0"), carry.Order{Chunks: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := outcomes(picks); got != "resolved, resolved" {
		t.Errorf("%s: %s %s", got, picks[0].Error, picks[1].Error)
	}
}

// What the ladder alone would need is no failure of everything: the pick stays
// the conflict that it is, and says what lacks. Where it may, it is fetched.
func TestLadderLacksAFile(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 30 {
		fmt.Fprintf(&b, "int function_%d(struct dev *d)\n{\n\treturn body_of_%[1]d(d);\n}\n\n", i)
	}
	text := b.String()
	other := strings.ReplaceAll(text, "function", "other")
	r := gittest.New(t, "-- commit base on main: base --\n-- file README --\nread me\n-- file net/x.c --\nint x;\n-- file net/y.c --\nint y;\n-- branch 1.0 from main --\n-- commit add on main: add --\n-- file drivers/x.c --\n"+text+
		"-- commit fix on main: fix --\n-- file drivers/x.c --\n"+strings.Replace(text, "body_of_7(d)", "body_of_7(d) + 1", 1)+
		"-- commit own on 1.0: own --\n-- file net/x.c --\n"+text+other+other+other+"-- file net/y.c --\n"+other)
	r.Git(t, "config", "uploadpack.allowFilter", "true")
	r.Git(t, "config", "uploadpack.allowAnySHA1InWant", "true")
	dir := filepath.Join(t.TempDir(), "partial")
	r.Git(t, "clone", "-q", "--bare", "--filter=blob:none", "file://"+r.Dir, dir)
	carried := func(fetch bool) backport.Pick {
		c := carrier(t, dir, fetch)
		c.Ladder, c.Gates = ready(model(t, 9, 10, "gone")), true
		picks, err := c.Carry(t.Context(), []backport.Fix{fixOf(t, r, "mend", "fix")}, targetOf(r, "1.0"), carry.Order{Chunks: true, Causes: 1})
		if err != nil {
			t.Fatal(err)
		}
		return picks[0]
	}
	clone := gittest.Repo{Dir: dir}
	for _, name := range []string{"main:drivers/x.c", "main~1:drivers/x.c"} { // git has what it needs: no file is new on 1.0
		clone.Git(t, "cat-file", "-e", name)
	}
	if p := carried(false); p.Outcome != backport.Conflict || len(p.Missing) == 0 || len(p.Findings) != 1 || p.Findings[0].Check != "ladder" {
		t.Errorf("nothing may be fetched: %s, lacks %v, %+v", p.Outcome, p.Missing, p.Findings)
	}
	if p := carried(true); p.Outcome != backport.Proposed || p.Missing != nil {
		t.Errorf("fetched: %s, lacks %v, %+v", p.Outcome, p.Missing, p.Findings)
	}
}
