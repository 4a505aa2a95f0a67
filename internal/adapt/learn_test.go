package adapt_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/adapt"
)

// weather has a fix of one region in a file of code, and what two people made
// of it.
const weather = `
-- commit base on main: base --
-- file net/a.go --
package net

var one = 1
var two = 2
var three = 3
-- file README.md --
read me
-- branch old from main --
-- commit fix on main: fix --
-- edit net/a.go --
-var two = 2
+var two = 22
-- edit README.md --
-read me
+read me twice
-- commit on old: own --
-- edit net/a.go --
-var one = 1
+var one = 11
-- branch both from old --
-- branch dropped from old --
-- branch elsewhere from old --
-- branch other from old --
-- branch replaced from old --
-- commit on replaced: as the fix has it --
-- take net/a.go from main --
-- commit on both: both, without the documentation --
-- edit net/a.go --
-var two = 2
+var two = 22
-- commit on dropped: only the documentation --
-- edit README.md --
-read me
+read me twice
-- commit on elsewhere: both, and something else --
-- edit net/a.go --
-var two = 2
+var two = 22
-var three = 3
+var three = 33
-- commit on other: both, and another file --
-- edit net/a.go --
-var two = 2
+var two = 22
-- file net/b.go --
package net
`

// example is what the ladder makes of the fix, with the truth of a branch.
func (s *stage) example(t testing.TB, truth string, neighbours ...string) adapt.Example {
	t.Helper()
	a := adapt.New(s.store, adapt.ByHand(9, 10))
	got, err := a.Adapt(t.Context(), s.question(t, neighbours...))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Mark(t.Context(), &got.Example, s.tree(t, truth)); err != nil {
		t.Fatal(err)
	}
	return got.Example
}

// right are the rungs that the example says were right in a part.
func right(p adapt.ExamplePart) string {
	var out []string
	for _, o := range p.Options {
		if o.Right {
			out = append(out, o.Rungs...)
		}
	}
	return strings.Join(out, " ")
}

func TestMark(t *testing.T) {
	t.Parallel()
	s := open(t, weather)
	for _, c := range []struct {
		truth string
		rung  string // that is right, "" for none
		rest  bool
	}{
		{"both", "adjacent", true}, // documentation may differ
		{"dropped", "ours", true},
		{"elsewhere", "", false}, // changed beside the region
		{"other", "adjacent", false},
		{"replaced", "theirs", true}, // the region as the fix has it
	} {
		e := s.example(t, c.truth)
		if len(e.Attempts) != 1 || len(e.Attempts[0].Parts) != 1 {
			t.Fatalf("%s: %+v", c.truth, e)
		}
		a := e.Attempts[0]
		got := right(a.Parts[0])
		if c.rung == "" && got != "" || !strings.Contains(" "+got+" ", " "+c.rung+" ") || a.Rest != c.rest {
			t.Errorf("%s: right are %q, the rest %v", c.truth, got, a.Rest)
		}
		if p := a.Parts[0]; p.Path != "net/a.go" || p.Kind != "contents" || p.Class != "code" {
			t.Errorf("%+v", p)
		}
		lessons := e.Lessons()
		whole := lessons[len(lessons)-1]
		if len(lessons) != 2 || fmt.Sprint(whole.Given) != "[case]" || len(whole.Right) == 1 != (c.rest && c.rung != "") {
			t.Errorf("%s: lessons %+v", c.truth, lessons)
		}
	}
}

// The fate of a file, and an earlier backport that git merges whole.
func TestMarkFatesAndNeighbours(t *testing.T) {
	t.Parallel()
	s := open(t, `
-- commit base on main: base --
-- file a.go --
package a
-- file gone.go --
one
-- branch old from main --
-- branch newer from main --
-- commit fix on main: fix --
-- edit gone.go --
-one
+two
-- edit a.go --
-package a
+package b
-- commit picked on newer: fix --
-- edit a.go --
-package a
+package b
-- commit on old: own --
-- delete gone.go --
-- branch gone from old --
-- branch kept from old --
-- branch changed from old --
-- commit on gone: the rest --
-- edit a.go --
-package a
+package b
-- commit on kept: all --
-- edit a.go --
-package a
+package b
-- file gone.go --
two
-- commit on changed: all, and more --
-- edit a.go --
-package a
+package b
-- file gone.go --
three
`)
	for _, c := range []struct {
		truth, right  string
		rest, whether bool // the neighbour's rest
	}{
		{"gone", "gone neighbour", true, true},
		{"kept", "kept", true, false},
		{"changed", "", true, false},
	} {
		e := s.example(t, c.truth, "picked")
		if len(e.Attempts) != 2 || !e.Attempts[1].Neighbour || len(e.Attempts[1].Parts) != 0 {
			t.Fatalf("%s: %+v", c.truth, e)
		}
		if got := right(e.Attempts[0].Parts[0]); got != c.right || e.Attempts[0].Rest != c.rest || e.Attempts[1].Rest != c.whether {
			t.Errorf("%s: right are %q, the rest %v, of the neighbour %v", c.truth, got, e.Attempts[0].Rest, e.Attempts[1].Rest)
		}
	}
}

// What the model liked best has no part in the truth.
func TestMarkIsNotSwayed(t *testing.T) {
	t.Parallel()
	s := open(t, weather)
	want := ""
	for _, rung := range []string{"ours", "theirs", "adjacent", "tokens"} {
		a := adapt.New(s.store, adapt.ByHand(9, 10, rung))
		got, err := a.Adapt(t.Context(), s.question(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Mark(t.Context(), &got.Example, s.tree(t, "both")); err != nil {
			t.Fatal(err)
		}
		if now := right(got.Example.Attempts[0].Parts[0]); want == "" {
			want = now
		} else if now != want {
			t.Errorf("%s preferred: right are %q, else %q", rung, now, want)
		}
	}
}

func drawLessons(t *rapid.T) []adapt.Lesson {
	rungs := []string{"ours", "theirs", "adjacent", "git", "case"}
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) adapt.Lesson {
		given := rapid.SliceOfNDistinct(rapid.SampledFrom(rungs), 1, 3, rapid.ID[string]).Draw(t, "given")
		l := adapt.Lesson{
			At: int64(rapid.IntRange(1, 40).Draw(t, "at")), Path: rapid.SampledFrom([]string{"net/a.go", "b.go", ""}).Draw(t, "path"),
			Class: rapid.SampledFrom([]string{"code", "docs", ""}).Draw(t, "class"), Given: given,
		}
		for _, g := range given {
			if rapid.Bool().Draw(t, "right") {
				l.Right = append(l.Right, g)
			}
		}
		return l
	}), 0, 40).Draw(t, "lessons")
}

func learn(lessons []adapt.Lesson) *adapt.Experience {
	x := &adapt.Experience{}
	for _, l := range lessons {
		x.Learn(l)
	}
	x.Settle()
	return x
}

// What is dated at the moment asked about, or later, changes nothing: not the
// odds of any option, not the score, not the order.
func TestExperienceIsOfThePast(t *testing.T) {
	t.Parallel()
	s := open(t, weather)
	q := s.question(t)
	m := adapt.ByHand(9, 10)
	// Every column of the record counts.
	for i, name := range []string{"repo-rate", "repo-asked", "class-rate", "path-rate", "path-asked", "best-class", "other-path"} {
		at := adapt.Column(name)
		if at < 0 {
			t.Fatalf("no column %s", name)
		}
		for cut := range 8 {
			m.Options.Trees = append(m.Options.Trees, adapt.Split(at, float32(cut)/7, float32(i+1)/9))
		}
	}
	now := func(before int64, lessons []adapt.Lesson) (string, []float32) {
		q := q
		q.Before, q.Experience = before, learn(lessons)
		a := s.ask(t, m, q)
		a.Example.Forget()
		return fmt.Sprint(a.Outcome, a.Refused, a.Tree, a.Confidence, a.Files), adapt.Row(s.store, m, q)
	}
	changed := false
	rapid.Check(t, func(t *rapid.T) {
		lessons := drawLessons(t)
		moment := int64(rapid.IntRange(1, 41).Draw(t, "moment"))
		var past []adapt.Lesson
		for _, l := range lessons {
			if l.At < moment {
				past = append(past, l)
			}
		}
		all, allRow := now(moment, lessons)
		before, beforeRow := now(moment, past)
		if all != before || !reflect.DeepEqual(allRow, beforeRow) {
			t.Fatalf("with the future\n%s %v\nwithout\n%s %v", all, allRow, before, beforeRow)
		}
		none, _ := now(moment, nil)
		changed = changed || none != before
	})
	if !changed {
		t.Error("no lesson ever changed anything: the law proves nothing")
	}
}

// The order in which lessons of different moments come is nothing to go by.
func TestExperienceOfAnyOrder(t *testing.T) {
	t.Parallel()
	s := open(t, weather)
	m := adapt.ByHand(9, 10)
	q := s.question(t)
	rapid.Check(t, func(t *rapid.T) {
		lessons := drawLessons(t)
		for i := range lessons {
			lessons[i].At = int64(i + 1)
		}
		q := q
		q.Experience = learn(lessons)
		want := adapt.Row(s.store, m, q)
		q.Experience = learn(rapid.Permutation(lessons).Draw(t, "order"))
		if got := adapt.Row(s.store, m, q); !reflect.DeepEqual(got, want) {
			t.Fatalf("%v\nin order %v", got, want)
		}
	})
}

func TestLessonsRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lessons := drawLessons(t)
		var file bytes.Buffer
		if err := adapt.WriteLessons(&file, lessons); err != nil {
			t.Fatal(err)
		}
		x, err := adapt.ReadLessons(&file)
		if err != nil {
			t.Fatal(err)
		}
		if want := learn(lessons); x.Len() != len(lessons) || len(lessons) > 0 && !reflect.DeepEqual(x, want) {
			t.Fatalf("%+v\nwant %+v", x, want)
		}
	})
	if x := (*adapt.Experience)(nil); x.Len() != 0 {
		t.Error("no experience has lessons")
	}
}

func TestDamagedLessons(t *testing.T) {
	t.Parallel()
	good := `{"at":1,"path":"a","class":"code","given":["ours"],"right":null}` + "\n"
	for name, c := range map[string]struct{ text, want string }{
		"no JSON":   {good + "oops\n", "read lesson 2: "},
		"cut off":   {good + good[:20], "read lesson 2: "},
		"no lesson": {good + good + "[]\n", "read lesson 3: "},
		"long line": {good + strings.Repeat("x", 2<<20), "read lessons: "},
	} {
		if _, err := adapt.ReadLessons(strings.NewReader(c.text)); err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := adapt.WriteLessons(full{}, []adapt.Lesson{{At: 1}}); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
}

var errFull = errors.New("no space left")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func FuzzReadLessons(f *testing.F) {
	f.Add([]byte(`{"at":1,"path":"a","class":"code","given":["ours"],"right":["ours"]}` + "\n"))
	f.Add([]byte("null\n{}\n[1]\n"))
	f.Add([]byte{0xff, '\n'})
	f.Fuzz(func(t *testing.T, text []byte) {
		x, err := adapt.ReadLessons(bytes.NewReader(text))
		if (x == nil) == (err == nil) {
			t.Fatalf("%v, %v", x, err)
		}
		if n := bytes.Count(text, []byte{'\n'}); x.Len() > n+1 {
			t.Fatalf("%d lessons in %d lines", x.Len(), n)
		}
	})
}
