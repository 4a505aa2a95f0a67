package adapt_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/adapt"
	"backstay.dev/backstay/internal/backport"
)

// neighbouring has a fix whose line stands beside one that the target changed,
// a file that only the fix touches and one that only the target did.
const neighbouring = `
-- commit base on main: base --
-- file net/a.txt --
zero
one
two
three
-- file b.txt 755 --
b
-- file c.txt --
c
-- branch old from main --
-- commit fix on main: fix --
-- edit net/a.txt --
-two
+TWO
-- edit b.txt --
-b
+B
-- commit on old: own --
-- edit net/a.txt --
-one
+ONE
-- edit c.txt --
-c
+C
`

func TestAdjacentEdits(t *testing.T) {
	t.Parallel()
	s := open(t, neighbouring)
	q := s.question(t)
	a := s.ask(t, adapt.ByHand(99, 100, "adjacent"), q)
	if a.Outcome != backport.Resolved || a.Confidence < adapt.Confident || a.Right != 99 || a.Asked != 100 || a.Refused != "" || a.Neighbour {
		t.Errorf("%+v", a)
	}
	if got := s.blob(t, a.Tree, "net/a.txt"); got != "zero\nONE\nTWO\nthree\n" {
		t.Errorf("got %q", got)
	}
	// All else is as git left it, modes too.
	for _, path := range []string{"b.txt", "c.txt"} {
		want, _, _ := s.store.Lookup(t.Context(), q.Attempts[0].Tree, path)
		got, ok, err := s.store.Lookup(t.Context(), a.Tree, path)
		if err != nil || !ok || !got.Same(want) {
			t.Errorf("%s: %v, git has %v", path, got, want)
		}
	}
	f := file(t, a, "net/a.txt")
	if f.Outcome != backport.Resolved || f.Rung != "adjacent" || f.Confidence != a.Confidence || f.Detail == "" {
		t.Errorf("%+v", f)
	}
	if len(f.Chunks) != 1 || f.Chunks[0] != (backport.Chunk{Line: 2, Lines: 2, Base: "one\ntwo\n", Ours: "ONE\ntwo\n", Theirs: "one\nTWO\n"}) {
		t.Errorf("chunks %+v", f.Chunks)
	}
	if len(f.Answers) != 1 || len(f.Answers[0]) < 2 || len(f.Answers[0]) > 3 || f.Answers[0][0].Text != "ONE\nTWO\n" ||
		!slices.Contains(f.Answers[0][0].Rungs, "adjacent") || f.Answers[0][0].Why == "" {
		t.Errorf("answers %+v", f.Answers)
	}
	if f := file(t, a, "b.txt"); f.Outcome != backport.Clean || f.Rung != "git" || f.Confidence != 1 {
		t.Errorf("%+v", f)
	}
	// The same, less sure.
	a = s.ask(t, adapt.ByHand(9, 10, "adjacent"), q)
	if a.Outcome != backport.Proposed || file(t, a, "net/a.txt").Outcome != backport.Proposed {
		t.Errorf("at 9 of 10: %s, %+v", a.Outcome, a.Files)
	}
	// Nothing measured is nothing sure.
	m := adapt.ByHand(0, 0, "adjacent")
	m.Scale = nil
	if a = s.ask(t, m, q); a.Outcome != backport.Proposed || a.Confidence != 0 {
		t.Errorf("unmeasured: %s at %v", a.Outcome, a.Confidence)
	}
}

// A rung that would leave the target as it is has not carried the fix.
func TestNothingLeftIsNoAnswer(t *testing.T) {
	t.Parallel()
	s := open(t, strings.Replace(neighbouring, "-- edit b.txt --\n-b\n+B\n", "", 1))
	q := s.question(t)
	a := s.ask(t, adapt.ByHand(99, 100, "ours"), q)
	if a.Outcome != backport.Conflict || a.Tree != "" || a.Refused == "" || len(a.Files) != 0 {
		t.Errorf("%+v", a)
	}
}

// Nor has one that leaves only the fix's test.
func TestOnlyTheTestIsNoAnswer(t *testing.T) {
	t.Parallel()
	s := open(t, strings.NewReplacer("-- edit b.txt --\n-b\n+B\n", "-- file a_test.go --\npackage a\n", "a.txt", "a.go").Replace(neighbouring))
	a := s.ask(t, adapt.ByHand(99, 100, "ours"), s.question(t))
	if a.Outcome != backport.Conflict || a.Refused != adapt.NothingLeft {
		t.Errorf("%+v", a)
	}
}

// An earlier backport that conflicts, too, but where a rung answers.
func TestNeighbourConflicts(t *testing.T) {
	t.Parallel()
	s := open(t, `
-- commit base on main: base --
-- file a.txt --
zero
one
two
three
-- branch old from main --
-- branch newer from main --
-- commit before on main: rewritten --
-- edit a.txt --
-one
-two
+both in one
-- commit fix on main: fix --
-- edit a.txt --
-both in one
+both in one, mended
-- commit picked on newer: fix --

(cherry picked from commit {{id:fix}})
-- edit a.txt --
-two
+two, mended
-- commit on old: own --
-- edit a.txt --
-three
+III
-- file own.txt --
own
`)
	q := s.question(t, "picked")
	picked := s.ID("picked")[:12]
	a := s.ask(t, adapt.Liking(adapt.ByHand(99, 100, "adjacent"), "neighbour", 0), q)
	if !a.Neighbour || a.Outcome != backport.Resolved || a.Step.Commit != s.ID("picked") {
		t.Errorf("%+v", a)
	}
	if got := s.blob(t, a.Tree, "a.txt"); got != "zero\none\ntwo, mended\nIII\n" {
		t.Errorf("got %q", got)
	}
	if f := file(t, a, "a.txt"); f.Rung == "git" || f.Outcome != backport.Resolved {
		t.Errorf("not git's own, and not named: %+v", f)
	}
	if len(a.Findings) != 1 || a.Findings[0].Check != "source" || !strings.Contains(a.Findings[0].Text, picked) {
		t.Errorf("findings %+v", a.Findings)
	}
}

func TestNeighbourMerges(t *testing.T) {
	t.Parallel()
	s := open(t, neighbourMerges)
	q := s.question(t, "picked")
	if !q.Attempts[1].Clean {
		t.Fatal("the earlier backport does not merge")
	}
	// As the source it is taken whole, and all its files say so.
	a := s.ask(t, adapt.Liking(adapt.ByHand(99, 100), "neighbour", 0), q)
	if !a.Neighbour || a.Tree != q.Attempts[1].Tree || a.Outcome != backport.Resolved {
		t.Errorf("%+v", a)
	}
	for _, f := range a.Files {
		if f.Rung != "neighbour" || f.Outcome != backport.Resolved || f.Confidence != a.Confidence {
			t.Errorf("%+v", f)
		}
	}
	// As evidence it gives an answer to the fix's own region.
	a = s.ask(t, adapt.ByHand(99, 100, "neighbour"), q)
	if got := s.blob(t, a.Tree, "a.txt"); a.Neighbour || got != "zero\none\ntwo, mended\nthree\nfour\nV\n" {
		t.Errorf("neighbour %v: %q", a.Neighbour, got)
	}
	best := file(t, a, "a.txt").Answers[0][0]
	if !slices.Contains(best.Rungs, "neighbour") || !strings.Contains(best.Why, s.ID("picked")[:12]) {
		t.Errorf("%+v", best)
	}
	if len(a.Findings) != 0 {
		t.Errorf("findings %+v", a.Findings)
	}
}

const neighbourMerges = `
-- commit base on main: base --
-- file a.txt --
zero
one
two
three
four
five
-- branch old from main --
-- branch newer from main --
-- commit before on main: rewritten --
-- edit a.txt --
-one
-two
+both in one
-- commit fix on main: fix --
-- edit a.txt --
-both in one
+both in one, mended
-- commit picked on newer: fix --

(cherry picked from commit {{id:fix}})
-- edit a.txt --
-two
+two, mended
-- commit on old: own --
-- edit a.txt --
-five
+V
`

// body is a function that can be told from others.
func body(name, more string) string {
	return fmt.Sprintf("int %[1]s(struct dev *d)\n{\n\tint ret = prepare_%[1]s(d);\n\n\tif (ret)\n\t\treturn fail_%[1]s(d, ret);\n%[2]s\tlog_%[1]s(d);\n\treturn 0;\n}\n\n", name, more)
}

// A file that lives elsewhere on the target gets its change there.
func TestMovedFile(t *testing.T) {
	t.Parallel()
	text := "#include \"a.h\"\n\n" + body("alpha", "") + body("beta", "") + body("gamma", "") + body("delta", "")
	mended := strings.Replace(text, body("beta", ""), body("beta", "\tcheck_beta(d);\n"), 1)
	more := "" // else git itself takes it for the same file
	for i := range 12 {
		more += body(fmt.Sprint("own", i), "")
	}
	lead := "-- commit base on main: base --\n-- file README --\nread me\n-- branch old from main --\n-- commit before on main: add --\n-- file drivers/x.c --\n" + text
	fix := "-- commit fix on main: fix --\n-- file drivers/x.c --\n" + mended + "-- file README --\nread me twice\n"
	s := open(t, lead+fix+"-- commit on old: the same elsewhere --\n-- file net/x.c 755 --\n"+text+more)
	q := s.question(t)
	if got := q.Attempts[0].Files[1]; got.Kind != "modify/delete" {
		t.Fatalf("git says %+v", got)
	}
	m := adapt.Liking(adapt.ByHand(99, 100, "gone"), "parts", 1)
	a := s.ask(t, m, q)
	if got := s.blob(t, a.Tree, "net/x.c"); got != mended+more {
		t.Errorf("%s %s: net/x.c is\n%s", a.Outcome, a.Refused, got)
	}
	if got := s.blob(t, a.Tree, "drivers/x.c"); got != "(none)" {
		t.Errorf("drivers/x.c is there")
	}
	if e, _, _ := s.store.Lookup(t.Context(), a.Tree, "net/x.c"); e.Mode != 0o100755 {
		t.Errorf("mode %o", e.Mode)
	}
	if f := file(t, a, "net/x.c"); !strings.HasPrefix(f.Rung, "place-") || f.Outcome != backport.Resolved {
		t.Errorf("%+v", f)
	}
	if f := file(t, a, "README"); f.Rung != "git" || f.Outcome != backport.Clean {
		t.Errorf("%+v", f)
	}
}

func TestModifyDelete(t *testing.T) {
	t.Parallel()
	const text = `
-- commit base on main: base --
-- file a.txt --
a
-- file gone.txt 755 --
one
-- branch old from main --
-- commit fix on main: fix --
-- edit gone.txt --
-one
+two
-- edit a.txt --
-a
+A
-- commit on old: own --
-- delete gone.txt --
`
	s := open(t, text)
	q := s.question(t)
	for rung, want := range map[string]string{"gone": "(none)", "kept": "two\n"} {
		a := s.ask(t, adapt.ByHand(99, 100, rung), q)
		if got := s.blob(t, a.Tree, "gone.txt"); a.Outcome != backport.Resolved || got != want || s.blob(t, a.Tree, "a.txt") != "A\n" {
			t.Errorf("%s: %s %q", rung, a.Outcome, got)
		}
		if f := file(t, a, "gone.txt"); f.Rung != rung || f.Detail == "" || len(f.Chunks) != 0 {
			t.Errorf("%s: %+v", rung, f)
		}
		if e, ok, _ := s.store.Lookup(t.Context(), a.Tree, "gone.txt"); ok && e.Mode != 0o100755 {
			t.Errorf("mode %o", e.Mode)
		}
	}
	// The other way round: the fix deletes what the target changed.
	s = open(t, strings.NewReplacer("-- edit gone.txt --\n-one\n+two\n", "-- delete gone.txt --\n", "-- delete gone.txt --\n", "-- edit gone.txt --\n-one\n+mine\n").Replace(text))
	q = s.question(t)
	for rung, want := range map[string]string{"gone": "(none)", "kept": "mine\n"} {
		if a := s.ask(t, adapt.ByHand(99, 100, rung), q); s.blob(t, a.Tree, "gone.txt") != want || a.Outcome != backport.Resolved {
			t.Errorf("%s: %s %q", rung, a.Outcome, s.blob(t, a.Tree, "gone.txt"))
		}
	}
}

// What no rung knows is refused with a reason, and nothing else is tried there.
func TestRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0123456789abcdef\n", 5<<20/17)
	for _, c := range []struct{ name, base, fix, target, want string }{
		{
			"binary", "-- file x escapes --\na\\x00b\n", "-- file x escapes --\na\\x00c\n", "-- file x escapes --\na\\x00d\n",
			"binary of x",
		},
		{
			"too large", "-- file x --\n" + long + "end\n", "-- file x --\n" + long + "END\n", "-- file x --\n" + long + "ende\n",
			"x is no text, or too large",
		},
		{
			"a link", "-- symlink x -> a --\n", "-- symlink x -> b --\n", "-- symlink x -> c --\n",
			"x is no text, or too large",
		},
		{
			"a submodule",
			"-- gitlink x 1111111111111111111111111111111111111111 --\n",
			"-- gitlink x 2222222222222222222222222222222222222222 --\n",
			"-- gitlink x 3333333333333333333333333333333333333333 --\n",
			"submodule",
		},
		{
			"a folder in the way", "-- file y --\ny\n", "-- file x --\nx\n", "-- file x/z --\nz\n",
			"file/directory of ",
		},
		{
			"two names", "-- file x --\none\ntwo\nthree\nfour\n", "-- rename x -> y --\n", "-- rename x -> z --\n",
			"rename/rename of ",
		},
		{
			"another kind", "-- file y --\ny\n", "-- file x --\none\n", "-- symlink x -> y --\n",
			"distinct modes",
		},
		{
			"the mode alone", "-- file x --\none\n", "-- mode x 755 --\n-- edit x --\n-one\n+two\n", "-- delete x --\n-- symlink x -> y --\n",
			" of x",
		},
		{
			"many regions", "-- file x --\n" + regions("base"), "-- file x --\n" + regions("theirs"), "-- file x --\n" + regions("ours"),
			"more than 400 regions conflict",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, "-- commit base on main: base --\n-- file other --\nother\n"+c.base+"-- branch old from main --\n-- commit fix on main: fix --\n"+
				c.fix+"-- commit on old: own --\n"+c.target)
			q := s.question(t)
			a := s.ask(t, adapt.ByHand(99, 100, "theirs"), q)
			if a.Outcome != backport.Conflict || a.Tree != "" || !strings.Contains(a.Refused, c.want) {
				t.Errorf("%s %q, git said %+v", a.Outcome, a.Refused, q.Attempts[0].Files)
			}
		})
	}
}

func regions(word string) string {
	var b strings.Builder
	for i := range 401 {
		fmt.Fprintf(&b, "line %d %s\n%s", i, word, strings.Repeat(fmt.Sprintf("same %d\n", i), 6))
	}
	return b.String()
}

// A tree that git left with a conflict is never an answer, whatever the files
// say of it.
func TestConflictThatNoFileNames(t *testing.T) {
	t.Parallel()
	s := open(t, neighbouring)
	q := s.question(t)
	for i := range q.Attempts[0].Files {
		q.Attempts[0].Files[i].Outcome = backport.Clean
	}
	if a := s.ask(t, adapt.ByHand(99, 100), q); a.Outcome != backport.Conflict || a.Refused == "" {
		t.Errorf("%s %s\n%s", a.Outcome, a.Refused, s.blob(t, a.Tree, "net/a.txt"))
	}
}

// Markers that a side has are its text; those of a rung are refused.
func TestMarkers(t *testing.T) {
	t.Parallel()
	with := strings.Replace(neighbouring, "zero\none\n", "<<<<<<< as in the manual\nzero\none\n", 1)
	s := open(t, with)
	a := s.ask(t, adapt.ByHand(99, 100, "adjacent"), s.question(t))
	if got := s.blob(t, a.Tree, "net/a.txt"); got != "<<<<<<< as in the manual\nzero\nONE\nTWO\nthree\n" {
		t.Errorf("%s %s: %q", a.Outcome, a.Refused, got)
	}
	// git's own regions never reach a tree, of any model's choice.
	for _, rung := range []string{"ours", "theirs", "adjacent", "tokens", "ours-theirs"} {
		a := s.ask(t, adapt.ByHand(99, 100, rung), s.question(t))
		if got := s.blob(t, a.Tree, "net/a.txt"); strings.Contains(got, ">>>>>>>") || strings.Contains(got, "=======") {
			t.Errorf("%s: %q", rung, got)
		}
	}
}

func TestSameAnswerTwice(t *testing.T) {
	t.Parallel()
	s := open(t, neighbourMerges)
	var x adapt.Experience
	for i := range 9 {
		x.Learn(adapt.Lesson{At: int64(i), Path: "a.txt", Class: "docs", Given: []string{"ours", "theirs"}, Right: []string{"theirs"}})
	}
	x.Settle()
	q := s.question(t, "picked")
	q.Experience = &x
	m := adapt.ByHand(9, 10)
	first := s.ask(t, m, q)
	first.Example.Forget()
	for range 5 {
		again := s.ask(t, m, q)
		again.Example.Forget()
		if !reflect.DeepEqual(again, first) {
			t.Fatalf("%+v\nthen %+v", first, again)
		}
	}
}

// A file may be full of lines that look like markers: looking for them takes no
// longer than reading it.
func TestMarkersWithoutEnd(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&b, "======= %d\n", i)
	}
	long := strings.Replace(neighbouring, "-- file net/a.txt --\n", "-- file net/a.txt --\n"+b.String(), 1)
	s := open(t, long)
	q := s.question(t)
	start := time.Now()
	if a := s.ask(t, adapt.ByHand(99, 100, "adjacent"), q); a.Outcome != backport.Resolved {
		t.Errorf("%s %s", a.Outcome, a.Refused)
	}
	if took := time.Since(start); took > 20*time.Second { // 0.1 s, and 30 s when each was looked for in the sides
		t.Errorf("took %v", took)
	}
}
