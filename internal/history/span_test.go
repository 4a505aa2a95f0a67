package history_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/history"
)

// span opens the span between two commits of a complete index.
func span(t testing.TB, x *history.Index, tip, without string) *history.Span {
	t.Helper()
	s, err := x.Span(t.Context(), tip, without)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// labels are the names of commits, as far as the scenario gives them one.
func labels(r *gittest.Repo, ids []string) string {
	var out []string
	for _, id := range ids {
		name := id
		for label, known := range r.IDs {
			if known == id && !slices.Contains([]string{"main", "old", "topic"}, label) {
				name = label
			}
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

const topics = `
-- commit a on main: a --
-- file f --
1
-- file g --
1
-- branch old from main --
-- commit b on old: b --
-- file f --
old
-- branch topic from main --
-- commit t1 on topic: t1 --
-- file g --
2
-- commit t2 on topic: t2 --
-- file f --
2
-- commit m1 on main: m1 --
-- file h --
1
-- commit m2 on main: Merge pull request #7 from x/topic --
merge: topic
-- take f from topic --
-- take g from topic --
-- commit m3 on main: m3 (#8) --
-- file g --
3
`

// A path's trail names a merge where it brought the path, and the branch's own
// commits when it is asked about the branch.
func TestTrail(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, topics, gittest.Bare())
	x := indexed(t, r)
	s := span(t, x, r.ID("m3"), r.ID("b"))
	for _, tt := range []struct {
		from, path, commits, end string
	}{
		{"m3", "f", "m2", "a"},
		{"m3", "g", "m3 m2", "a"},
		{"m3", "h", "m1", "a"},
		{"m3", "none", "", "a"},
		{"t2", "f", "t2", "a"},
		{"t2", "g", "t1", "a"},
		{"a", "f", "", "a"},
	} {
		got := s.Trail(r.ID(tt.from), tt.path, 10, s.NewLine(nil))
		if labels(r, got.Commits) != tt.commits || labels(r, []string{got.End}) != tt.end || got.Cut {
			t.Errorf("%s of %s: %s to %s", tt.path, tt.from, labels(r, got.Commits), labels(r, []string{got.End}))
		}
	}
	main := s.NewLine(nil)
	s.Trail(r.ID("m3"), "f", 10, main)
	if !main.Has(r.ID("m1")) || main.Has(r.ID("t2")) || main.Has(r.ID("a")) {
		t.Error("the line is not that of the first parents in the span")
	}
	if got := s.Trail(r.ID("m2"), "f", 10, s.NewLine(main)); got.End != r.ID("m2") || len(got.Commits) > 0 {
		t.Errorf("a trail on a line that was walked: %+v", got)
	}
	if got := s.Trail(r.ID("m3"), "g", 1, s.NewLine(nil)); !got.Cut || len(got.Commits) != 1 {
		t.Errorf("limited: %+v", got)
	}
	whole := span(t, x, r.ID("t2"), "")
	if got := whole.Trail(r.ID("t2"), "f", 10, whole.NewLine(nil)); labels(r, got.Commits) != "t2 a" || got.End != "" {
		t.Errorf("down to the root: %+v", got)
	}
}

func TestSpan(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, topics, gittest.Bare())
	x := indexed(t, r)
	s := span(t, x, r.ID("m3"), r.ID("b"))
	for label, want := range map[string]bool{"m3": true, "m1": true, "t1": true, "a": false, "b": false} {
		if s.Has(r.ID(label)) != want {
			t.Errorf("the span has %s: %v", label, !want)
		}
	}
	if got := labels(r, s.Parents(r.ID("m2"))); got != "m1 t2" {
		t.Errorf("parents %s", got)
	}
	for label, want := range map[string]int{"m3": 8, "m2": 7, "t1": 7, "t2": 7, "m1": 0, "a": 0} {
		if got := s.Request(r.ID(label)); got != want {
			t.Errorf("%s came with request %d, want %d", label, got, want)
		}
	}
	unknown := strings.Repeat("12", 20)
	var missing *git.MissingError
	for _, pair := range [][2]string{{unknown, r.ID("a")}, {r.ID("a"), unknown}} {
		if _, err := x.Span(t.Context(), pair[0], pair[1]); !errors.As(err, &missing) {
			t.Errorf("an unknown commit: %v", err)
		}
	}
	if s.Has(unknown) || s.Request(unknown) != 0 || s.Parents(unknown) != nil || s.Namesakes(unknown, 0) != nil {
		t.Error("an unknown commit is known")
	}
}

func TestNamesakesAndOrigins(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, `
-- commit a on main: a --
-- file f --
1
-- branch old from main --
-- commit fix on main: net: fix (#12) --
-- file f --
2
-- commit other on main: other --
-- file f --
3
-- commit p1 on old: net: fix (#12) (#30) --
-- file g --
1
-- commit p2 on old: Backport net: fix --

(cherry picked from commit {{id:fix}})
-- file g --
2
-- commit p3 on old: net: fix --

Backport of #12
-- file g --
3
-- commit p4 on old: other thing --
date: 2024-06-01T00:00:00Z

(cherry picked from commit {{id:other}})
-- file g --
4
`, gittest.Bare())
	x := indexed(t, r)
	main, old := span(t, x, r.ID("other"), r.ID("p4")), span(t, x, r.ID("p4"), r.ID("other"))
	if got := labels(r, old.Namesakes(r.ID("fix"), 0)); !strings.Contains(got, "p3") || strings.Contains(got, "p4") {
		t.Errorf("namesakes of the fix: %s", got)
	}
	if got := labels(r, main.Namesakes(r.ID("p3"), 0)); got != "fix" {
		t.Errorf("namesakes of the backport: %s", got)
	}
	if got := old.Namesakes(r.ID("fix"), x.Date(r.ID("a"))); got != nil {
		t.Errorf("later commits were consulted: %s", labels(r, got))
	}
	for label, want := range map[string]string{"p2": "fix", "p4": "other", "a": "", "fix": ""} {
		if got := labels(r, x.Origins(r.ID(label), 0)); got != want {
			t.Errorf("origins of %s: %q, want %q", label, got, want)
		}
	}
	ids := []string{r.ID("p4"), strings.Repeat("12", 20), r.ID("fix"), r.ID("a"), r.ID("p1")}
	x.Order(ids)
	if got := labels(r, ids[1:]); got != "a fix p1 p4" {
		t.Errorf("order: %s", got)
	}
}

// What git says of random histories is what the index says: the commits of a
// span, the paths a commit touched.
func TestSpansOfRandomHistories(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		r := drawn(t, drawHistory(rt, false))
		x := indexed(t, r)
		var commits []string
		parent := map[string]string{}
		for _, line := range strings.Split(r.Git(t, "rev-list", "--all", "--parents"), "\n") {
			f := strings.Fields(line)
			commits, parent[f[0]] = append(commits, f[0]), append(f, "")[1]
		}
		a := rapid.SampledFrom(commits).Draw(rt, "a")
		b := rapid.SampledFrom(commits).Draw(rt, "b")
		s := span(t, x, a, b)
		inside := strings.Fields(r.Git(t, "rev-list", a, "^"+b))
		for _, id := range commits {
			if s.Has(id) != slices.Contains(inside, id) {
				rt.Errorf("the span has %s: %v", id, s.Has(id))
			}
		}
		path := rapid.SampledFrom([]string{"f", "g", "none"}).Draw(rt, "path")
		asked := ":" + path + "\n"
		blobs := strings.Split(r.Run(t, strings.Join(commits, asked)+asked, "cat-file", "--batch-check=%(objectname)").Stdout, "\n")
		blob := map[string]string{"": "absent"}
		for i, id := range commits {
			if blob[id] = blobs[i]; strings.HasSuffix(blobs[i], "missing") {
				blob[id] = "absent"
			}
		}
		var line []string
		for id := a; slices.Contains(inside, id); id = parent[id] {
			if blob[id] != blob[parent[id]] {
				line = append(line, id)
			}
		}
		if trail := s.Trail(a, path, 100, s.NewLine(nil)); fmt.Sprint(trail.Commits) != fmt.Sprint(line) {
			rt.Errorf("%s: trail %v, git says %v", path, trail.Commits, line)
		}
	})
}
