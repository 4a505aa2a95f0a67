package history_test

import (
	"testing"

	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/history"
)

// requested merges a topic of two commits to main; "old" left main before it.
const requested = `
-- commit base on main: base --
-- file f --
1
-- file g --
1
-- branch old from main --
-- branch topic from main --
-- commit one on topic: first --
-- file f --
2
-- commit two on topic: second --
-- file g --
2
-- commit next on main: another --
-- file h --
1
-- commit fix on main: Merge pull request #12 --
merge: topic
`

// TestPresentOfAMerge asks for a merge on a branch where nobody speaks of it.
func TestPresentOfAMerge(t *testing.T) {
	t.Parallel()
	const (
		pickOne = "-- commit p on old: first --\n\n(cherry picked from commit {{id:one}})\n-- file f --\n2, adapted\n"
		pickTwo = "-- commit q on old: second --\n\n(cherry picked from commit {{id:two}})\n-- file g --\n2, adapted\n"
	)
	for _, c := range []struct {
		name, text, base, want string
		parts                  int
	}{
		{"nothing", "", "", "", 0},
		{"both commits", pickOne + pickTwo, "", "trailer q git-x", 2},
		{"one of two", pickOne, "", "", 0},
		{"one by its patch-id", "-- commit p on old: mine --\n-- file f --\n2\n" + pickTwo, "", "patch-id p", 2},
		{"one taken back", pickOne + pickTwo + "-- commit r on old: no --\n\nThis reverts commit {{id:p}}.\n", "", "", 0},
		{"taken back as a merge", pickOne + pickTwo + "-- commit r on old: no --\n\nThis reverts commit {{id:fix}}.\n", "", "", 0},
		{"the merge itself", "-- commit m on old: s --\n\n(cherry picked from commit {{id:fix}})\n", "", "trailer m git-x", 0},
		{"the topic merged there, too", "-- commit m on old: merge --\nmerge: topic\n", "", "ancestor two", 2},
		{"against the topic", pickOne + pickTwo, "two", "", 0},
		{"what main brought to the topic", "-- commit p on old: another --\n\n(cherry picked from commit {{id:next}})\n", "two", "trailer p git-x", 1},
		{"against no parent of it", pickOne + pickTwo, "base", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, requested+c.text, gittest.Bare())
			x := indexed(t, r)
			q := history.Query{Fix: r.ID("fix")}
			if c.base != "" {
				q.Base = r.ID(c.base)
			}
			if got := present(t, r, x, r.ID("old"), q); got != c.want {
				t.Fatalf("got %q, want %q", got, c.want)
			}
			got, err := x.PresentPairs(t.Context(), []history.Pair{
				{Target: r.ID("old"), Query: history.Query{Fix: r.ID("one")}}, {Target: r.ID("old"), Query: q}, {Target: r.ID("base"), Query: q},
			})
			if err != nil {
				t.Fatal(err)
			}
			if (got[1] == nil) != (c.want == "") || got[1] != nil && got[1].Parts != c.parts || got[2] != nil {
				t.Errorf("in a batch: %+v, want %d parts; before: %+v", got[1], c.parts, got[2])
			}
		})
	}
}

// TestPresentOfAMergeOfMerges asks for a merge that brought another one, which may
// have a change of its own.
func TestPresentOfAMergeOfMerges(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, `
-- commit base on main: base --
-- file f --
1
-- branch old from main --
-- branch topic from main --
-- commit one on topic: first --
-- file f --
2
-- commit next on main: another --
-- file h --
1
-- commit inner on topic: Merge main --
merge: main
-- commit fix on main: Merge pull request #12 --
merge: topic
-- commit p on old: first --

(cherry picked from commit {{id:one}})
-- file f --
2, adapted
`, gittest.Bare())
	if got := present(t, r, indexed(t, r), r.ID("old"), history.Query{Fix: r.ID("fix")}); got != "" {
		t.Errorf("got %q", got)
	}
}
