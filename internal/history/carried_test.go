package history_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/history"
)

func TestCarried(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       string // original of p, "" if p is not listed
	}{
		{"copy", "-- commit p on old: s --\n\n(cherry picked from commit {{id:fix}})\n", "fix"},
		{"abbreviated", "-- commit p on old: s --\n\n(cherry picked from commit {{id:fix:10}})\n", "fix"},
		{"no claim", "-- commit p on old: s --\n", ""},
		{"part", "-- commit p on old: s --\n\nGit-commit: {{id:fix}} (partial)\n", ""},
		{"request only", "-- commit p on old: net: close the socket (#20) --\n\nBackport of #12\n", ""},
		{"not known", "-- commit p on old: s --\n\n(cherry picked from commit 1234567812345678123456781234567812345678)\n", ""},
		{"one of two known", "-- commit p on old: s --\n\n(cherry picked from commit {{id:fix}})\n(cherry picked from commit 1234567812345678123456781234567812345678)\n", "fix"},
		{"twice the same", "-- commit p on old: s --\n\n(cherry picked from commit {{id:fix}})\n(cherry picked from commit {{id:fix:12}})\n", "fix"},
		{"two changes", "-- commit o on main: o --\n-- commit p on old: s --\n\n(cherry picked from commit {{id:fix}})\n(cherry picked from commit {{id:o}})\n", ""},
		{"hops, oldest first", `-- commit h on older: s --

(cherry picked from commit {{id:fix}})
-- commit p on old: s --

(cherry picked from commit {{id:fix}})
(cherry picked from commit {{id:h}})
`, "fix"},
		{"hops, newest first", `-- commit h on older: s --

(cherry picked from commit {{id:fix}})
-- commit p on old: s --

(cherry picked from commit {{id:h}})
(cherry picked from commit {{id:fix}})
`, "fix"},
		{"one hop named", `-- commit h on older: s --

(cherry picked from commit {{id:fix}})
-- commit p on old: s --

(cherry picked from commit {{id:h}})
`, "h"},
		{"merge", "-- commit p on old: s --\nmerge: older\n\n(cherry picked from commit {{id:fix}})\n", ""},
		{"of a merge", "-- commit m on main: m --\nmerge: older\n-- commit p on old: s --\n\n(cherry picked from commit {{id:m}})\n", ""},
		{"of a root", "-- commit root on new: r --\n-- commit p on old: s --\n\n(cherry picked from commit {{id:root}})\n", ""},
		{"revert that quotes a copy", "-- commit p on old: Revert --\n\nThis reverts commit {{id:base}}.\n\n(cherry picked from commit {{id:fix}})\n", ""},
		{"copy of a revert", "-- commit r on main: Revert --\n\nThis reverts commit {{id:fix}}.\n-- commit p on old: Revert --\n\nThis reverts commit {{id:base}}.\n\n(cherry picked from commit {{id:r}})\n", "r"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, base+c.text, gittest.Bare())
			x := indexed(t, r)
			var got []history.Carried
			for _, one := range x.Carried() {
				if one.Commit == r.ID("p") {
					got = append(got, one)
				}
			}
			var want []history.Carried
			if c.want != "" {
				want = []history.Carried{{
					Commit: r.ID("p"), Parent: x.Parents(r.ID("p"))[0], Original: r.ID(c.want),
					Dialect: "git-x", Date: x.Date(r.ID("p")),
				}}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What the tips of the last update do not reach is gone, although the index
// remembers it, and the order does not depend on how the index grew.
func TestCarriedFollowsTheTips(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, base+`
-- commit p on old: s --
date: 2024-02-02T00:00:00Z

(cherry picked from commit {{id:fix}})
-- commit q on older: s --
date: 2024-02-01T00:00:00Z

(cherry picked from commit {{id:fix}})
`, gittest.Bare())
	x := open(t, r.Dir, history.Options{})
	list := func() (commits []string) {
		for _, c := range x.Carried() {
			commits = append(commits, c.Commit)
		}
		return commits
	}
	for _, step := range []struct{ tips, want []string }{
		{[]string{"main"}, nil},
		{[]string{"main", "old"}, []string{"p"}},
		{[]string{"main", "old", "older"}, []string{"q", "p"}},
		{[]string{"older"}, []string{"q"}},
		{nil, nil},
	} {
		var tips, want []string
		for _, name := range step.tips {
			tips = append(tips, r.ID(name))
		}
		for _, name := range step.want {
			want = append(want, r.ID(name))
		}
		update(t, x, tips...)
		if diff := cmp.Diff(want, list()); diff != "" {
			t.Errorf("%v: %s", step.tips, diff)
		}
	}
}
