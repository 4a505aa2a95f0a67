package history_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/history"
)

// base begins the scenarios of TestPresent: "fix" on main is what is asked for,
// and "old", which left main before it, is where.
const base = `
-- commit base on main: base --
-- file f --
1
-- file g --
1
-- branch old from main --
-- branch older from main --
-- commit fix on main: net: close the socket (#12) --
-- file f --
2
`

// written makes a commit that of the fix's author in the fix's minute.
const written = "date: 2024-01-01T00:01:00Z\ncommit-date: 2024-02-01T00:00:00Z\n"

func TestPresent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text, want string
	}{
		{"nothing", "-- commit on old: other --\n-- file g --\n2\n", ""},
		{"ancestor", "-- branch old from main --\n-- commit on old: later --\n", "ancestor fix"},
		{"ancestor by a merge", "-- commit m on old: merge --\nmerge: main\n", "ancestor fix"},

		{"picked with -x", "-- commit p on old: s --\n\n(cherry picked from commit {{id:fix}})\n", "trailer p git-x"},
		{"backported", "-- commit p on old: s --\n\n(backported from commit {{id:fix}})\n", "trailer p ubuntu"},
		{"another dialect", "-- commit p on old: s --\n\ncommit {{id:fix}} upstream.\n", "trailer p stable-upstream"},
		{"abbreviated", "-- commit p on old: s --\n\n(cherry picked from commit {{id:fix:9}})\n", "trailer p git-x"},
		{"a part only", "-- commit p on old: s --\n\nGit-commit: {{id:fix}} (partial)\n", ""},
		{"named in prose", "-- commit p on old: s --\n\nLike commit {{id:fix}}, but different.\n", ""},
		{"its fault is mended", "-- commit p on old: s --\n\nFixes: {{id:fix}}\n", ""},
		{"squashed with another", "-- commit other on main: o --\n-- commit p on old: s --\n\n(cherry picked from commit {{id:fix}})\n(cherry picked from commit {{id:other}})\n", "trailer p git-x"},
		{"on another branch", "-- commit p on older: s --\n\n(cherry picked from commit {{id:fix}})\n", ""},

		{"chain", "-- commit h on older: s --\n\n(cherry picked from commit {{id:fix}})\n-- commit p on old: s --\n\n(cherry picked from commit {{id:h}})\n", "trailer p git-x"},
		{"chain over three", `-- branch b2 from base --
-- commit h on older: s --

(cherry picked from commit {{id:fix}})
-- commit h2 on b2: s --

(cherry picked from commit {{id:h}})
-- commit p on old: s --

commit {{id:h2}} upstream.
`, "trailer p stable-upstream"},
		{"chain over a part", "-- commit h on older: s --\n\nGit-commit: {{id:fix}} (partial)\n-- commit p on old: s --\n\n(cherry picked from commit {{id:h}})\n", ""},

		{"request", "-- commit p on old: net: close the socket (#20) --\n\nBackport of #12\n", "trailer p backport-of"},
		{"request, other subject", "-- commit p on old: net: open the socket (#20) --\n\nBackport of #12\n", ""},
		{"request, other number", "-- commit p on old: net: close the socket (#20) --\n\nBackport of #13\n", ""},

		{"patch-id", "-- commit p on old: by hand --\n-- file f --\n2\n", "patch-id p"},
		{"patch-id, white space", "-- commit p on old: by hand --\n-- file f --\n 2\n", "patch-id p"},
		{"same paths, other change", "-- commit p on old: by hand --\n-- file f --\n3\n", ""},
		{"same change among others", "-- commit p on old: by hand --\n-- file f --\n2\n-- file g --\n2\n", ""},

		{"authorship", "-- commit p on old: [1.x] net: close the socket (#20) --\n" + written + "-- file f --\n3\n", "authorship p"},
		{"authorship, picked on another branch first", "-- commit h on older: net: close the socket --\n" + written + "-- file f --\n3\n-- commit p on old: s --\n\n(cherry picked from commit {{id:h}})\n", "trailer p git-x"},
		{"authorship, reverted", "-- commit p on old: net: close the socket --\n" + written + "-- file f --\n3\n-- commit r on old: Revert --\n\nThis reverts commit {{id:p}}.\n", ""},
		{"authorship, a part only", "-- commit p on old: net: close the socket --\n" + written + "\nGit-commit: {{id:fix}} (partial)\n-- file f --\n3\n", ""},
		{"authorship, another second", "-- commit p on old: net: close the socket --\n-- file f --\n3\n", ""},
		{"authorship, another subject", "-- commit p on old: net: open the socket --\n" + written + "-- file f --\n3\n", ""},
		{"authorship, another author", "-- commit p on old: net: close the socket --\nauthor: Linus <linus@example.org>\n" + written + "-- file f --\n3\n", ""},
		{"authorship, twice on the source", "-- commit again on main: net: close the socket --\n" + written + "-- file g --\n3\n-- commit p on old: net: close the socket --\n" + written + "-- file f --\n3\n", ""},

		{"reverted", `-- commit p on old: s --

(cherry picked from commit {{id:fix}})
-- commit r on old: Revert "s" --

This reverts commit {{id:p}}.
`, ""},
		{"reverted, named by the fix", `-- commit p on old: s --

(cherry picked from commit {{id:fix}})
-- commit r on old: Revert "s" --

This reverts commit {{id:fix}}.
`, ""},
		{"ancestor reverted", "-- branch old from main --\n-- commit r on old: Revert --\n\nThis reverts commit {{id:fix}}.\n", ""},
		{"revert abbreviated", "-- branch old from main --\n-- commit r on old: Revert --\n\nThis reverts commit {{id:fix:12}}.\n", ""},
		{"reverted by title only", "-- branch old from main --\n-- commit r on old: Revert \"net: close the socket (#12)\" --\n", ""},
		{"pick reverted by a button", `-- commit p on old: [1.x] net: close the socket (#12) (#20) --

(cherry picked from commit {{id:fix}})
-- commit r on old: Revert "[1.x] net: close the socket (#12) (#20)" (#21) --

Reverts owner/repo#20
`, ""},
		{"reverted by title, picked again", `-- branch old from main --
-- commit r on old: Revert "net: close the socket" --
-- commit p on old: s --

(cherry picked from commit {{id:fix}})
`, "trailer p git-x"},
		{"reverted by title elsewhere", "-- commit r on main: Revert \"net: close the socket\" --\n-- commit p on old: s --\n\n(cherry picked from commit {{id:fix}})\n", "trailer p git-x"},
		{"a namesake reverted by title", "-- branch old from main --\n-- commit n on old: net: close the socket --\n-- commit r on old: Revert \"net: close the socket\" --\n", "ancestor fix"},
		{"a title with an id below", "-- branch old from main --\n-- commit n on old: other --\n-- commit r on old: Revert \"net: close the socket\" --\n\nThis reverts commit {{id:n}}.\n", "ancestor fix"},
		{"merge reverted", `-- commit p on older: s --

(cherry picked from commit {{id:fix}})
-- commit m on old: merge --
merge: older
-- commit r on old: Revert "merge" --

This reverts commit {{id:m}}, reversing
changes made to {{id:base}}.
`, ""},
		{"merge reverted, and that reverted", `-- commit p on older: s --

(cherry picked from commit {{id:fix}})
-- commit m on old: merge --
merge: older
-- commit r on old: Revert "merge" --

This reverts commit {{id:m}}, reversing
changes made to {{id:base}}.
-- commit rr on old: Revert "Revert "merge"" --

This reverts commit {{id:r}}.
`, "trailer rr git-revert"},
		{"another merge reverted", `-- commit p on old: s --

(cherry picked from commit {{id:fix}})
-- commit o on older: other --
-- commit m on old: merge --
merge: older
-- commit r on old: Revert "merge" --

This reverts commit {{id:m}}, reversing
changes made to {{id:p}}.
`, "trailer p git-x"},
		{"reverted in part", "-- branch old from main --\n-- commit r on old: less --\n\nThis partially reverts commit {{id:fix}}.\n", "ancestor fix"},
		{"reverted elsewhere", "-- commit r on main: Revert --\n\nThis reverts commit {{id:fix}}.\n-- commit p on old: s --\n\n(cherry picked from commit {{id:fix}})\n", "trailer p git-x"},
		{"the revert was picked too", `-- commit r on main: Revert --

This reverts commit {{id:fix}}.
-- commit p on old: s --

(cherry picked from commit {{id:fix}})
-- commit r2 on old: Revert --

(cherry picked from commit {{id:r}})
`, ""},
		{"a revert that quotes the pick", `-- commit p on old: s --

(cherry picked from commit {{id:fix}})
-- commit r on old: Revert "s" --

This reverts commit {{id:p}}.

It said:
(cherry picked from commit {{id:fix}})
`, ""},
		{"revert of the upstream id", `-- commit p on old: s --

(cherry picked from commit {{id:fix}})
-- commit r on old: Revert "s" --

This reverts commit 1234567812345678123456781234567812345678 which is
commit {{id:fix}} upstream.
`, ""},
		{"picked again", `-- commit p on old: s --

(cherry picked from commit {{id:fix}})
-- commit r on old: Revert "s" --

This reverts commit {{id:p}}.
-- commit p2 on old: s --

(cherry picked from commit {{id:fix}})
`, "trailer p2 git-x"},
		{"revert reverted", `-- commit p on old: s --

(cherry picked from commit {{id:fix}})
-- commit r on old: Revert "s" --

This reverts commit {{id:p}}.
-- commit rr on old: Reapply "s" --

This reverts commit {{id:r}}.
`, "trailer rr git-revert"},
		{"ancestor, reverted, reapplied", "-- branch old from main --\n-- commit r on old: Revert --\n\nThis reverts commit {{id:fix}}.\n-- commit rr on old: Reapply --\n\nThis reverts commit {{id:r}}.\n", "trailer rr git-revert"},
		{"made by hand and reverted", "-- commit p on old: by hand --\n-- file f --\n2\n-- commit r on old: Revert --\n\nThis reverts commit {{id:p}}.\n-- file f --\n1\n", ""},
		{"made by hand, reverted, by hand again", `-- commit p on old: by hand --
-- file f --
2
-- commit r on old: Revert --

This reverts commit {{id:p}}.
-- file f --
1
-- commit p2 on old: by hand --
-- file f --
2
`, "patch-id p2"},
		{"picked, reverted, by hand again", `-- commit p on old: s --

(cherry picked from commit {{id:fix}})
-- commit r on old: Revert --

This reverts commit {{id:p}}.
-- commit p2 on old: by hand --
-- file f --
2
`, "patch-id p2"},
		{"clock before its time", `-- commit p on old: s --

(cherry picked from commit {{id:fix}})
-- commit r on old: Revert "s" --
date: 2001-01-01T00:00:00Z

This reverts commit {{id:p}}.
`, ""},
		{"side branch, the later one counts", `-- branch side from old --
-- commit p on old: s --
date: 2024-03-01T00:00:00Z

(cherry picked from commit {{id:fix}})
-- commit r on side: no --
date: 2024-02-01T00:00:00Z

This reverts commit {{id:fix}}.
-- commit m on old: merge --
merge: side
`, "trailer p git-x"},
		{"claim before ancestor", "-- commit p on old: s --\n\n(cherry picked from commit {{id:fix}})\n-- commit m on old: merge --\nmerge: main\n", "ancestor fix"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, base+c.text, gittest.Bare())
			x := indexed(t, r)
			if got := present(t, r, x, r.ID("old"), history.Query{Fix: r.ID("fix")}); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			// Asked for with what else is there, the answer is the same.
			var pairs []history.Pair
			for _, fix := range r.IDs {
				for _, target := range r.IDs {
					pairs = append(pairs, history.Pair{Target: target, Query: history.Query{Fix: fix}})
				}
			}
			all, err := x.PresentPairs(t.Context(), pairs)
			if err != nil {
				t.Fatal(err)
			}
			for k, p := range pairs {
				if p.Target == r.ID("old") && p.Fix == r.ID("fix") && (all[k] == nil) != (c.want == "") {
					t.Errorf("in a batch: %v", all[k])
				}
				if x.IsAncestor(p.Fix, p.Target) && all[k] == nil && !strings.Contains(c.text, "evert") {
					t.Errorf("%v is an ancestor", p)
				}
			}
		})
	}
}

// Questions about commits that are themselves copies, reverts or merges.
func TestPresentOfCopies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text, fix, target, want string
	}{
		{"original where the copy is asked for", "-- commit p on old: s --\n\n(cherry picked from commit {{id:fix}})\n", "p", "main", "trailer fix git-x"},
		{"copies of one original", `-- commit p on old: s --

(cherry picked from commit {{id:fix}})
-- commit q on older: s --

(cherry picked from commit {{id:fix}})
`, "p", "older", "trailer q git-x"},
		{"copies of an original elsewhere", `-- commit p on old: s --

[ Upstream commit 1234567812345678123456781234567812345678 ]
-- commit q on older: s --

commit 1234567812345678123456781234567812345678 upstream.
`, "p", "older", "trailer q stable-upstream"},
		{"stacked hops are one change", `-- commit h on main: s --

(cherry picked from commit {{id:fix}})
-- commit p on old: s --

(cherry picked from commit {{id:fix}})
(cherry picked from commit {{id:h}})
-- commit q on older: s --

(cherry picked from commit {{id:fix}})
`, "p", "older", "trailer q git-x"},
		{"two changes in one are not the one", `-- commit other on main: o --
-- commit p on old: s --

(cherry picked from commit {{id:fix}})
(cherry picked from commit {{id:other}})
-- commit q on older: s --

(cherry picked from commit {{id:fix}})
`, "p", "older", ""},
		{"revert undone by a copy of what it reverts", `-- commit r on main: Revert --

This reverts commit {{id:fix}}.
-- commit p on old: s --

(cherry picked from commit {{id:r}})
-- commit q on old: again --

(cherry picked from commit {{id:fix}})
`, "r", "old", ""},
		{"revert, picked", `-- commit r on main: Revert --

This reverts commit {{id:fix}}.
-- commit q on old: s --

(cherry picked from commit {{id:fix}})
-- commit p on old: Revert --

This reverts commit {{id:q}}.

(cherry picked from commit {{id:r}})
`, "r", "old", "trailer p git-x"},
		{"that the change is there is not its reapplication", `-- commit r on main: Revert --

This reverts commit {{id:fix}}.
-- commit rr on main: Reapply, mended --

This reverts commit {{id:r}}.
-- commit q on old: s --

(cherry picked from commit {{id:fix}})
`, "rr", "old", ""},
		{"a merge by its id", "-- branch side from base --\n-- commit c on side: c --\n-- commit m on main: Merge --\nmerge: side\n-- commit p on old: s --\n\n(cherry picked from commit {{id:m}})\n", "m", "old", "trailer p git-x"},
		{"empty changes are not equal", "-- commit e on main: nothing --\n-- commit p on old: nothing --\n", "e", "old", ""},
		{"equal, but older than the fix", `-- commit undo on main: undo --
-- file f --
1
-- branch old from main --
-- commit again on main: again --
-- file f --
2
`, "again", "old", ""},
		{"root", "-- commit root on new: import --\n-- file z --\n1\n-- commit p on old: add z --\n-- file z --\n1\n", "root", "old", "patch-id p"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, base+c.text, gittest.Bare())
			got := present(t, r, indexed(t, r), r.ID(c.target), history.Query{Fix: r.ID(c.fix)})
			if c.target == "main" {
				got = strings.ReplaceAll(got, "main", "fix")
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// A fix of another repository is known by what is said of it.
func TestPresentOfAlien(t *testing.T) {
	t.Parallel()
	alien := strings.Repeat("8", 40)
	r := gittest.New(t, base+"-- commit p on old: s --\n\n(cherry picked from commit "+alien+")\n", gittest.Bare())
	x := indexed(t, r)
	if got := present(t, r, x, r.ID("old"), history.Query{Fix: alien}); got != "trailer p git-x" {
		t.Errorf("got %q", got)
	}
	for _, fix := range []string{strings.Repeat("9", 40), alien[:39], ""} {
		if got := present(t, r, x, r.ID("old"), history.Query{Fix: fix}); got != "" {
			t.Errorf("%q: got %q", fix, got)
		}
	}
}

// An abbreviation that fits two commits names neither; at a time when only one
// of them was there it names that one.
func TestAmbiguousAbbreviation(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, base, gittest.Bare())
	commit := func(date int, message string) []byte {
		who := fmt.Sprintf("Tess <tess@example.org> %d +0000", date)
		return fmt.Appendf(nil, "tree %s\nparent %s\nauthor %s\ncommitter %[3]s\n\n%s\n",
			r.Git(t, "rev-parse", r.ID("base")+"^{tree}"), r.ID("base"), who, message)
	}
	early, late := commit(2000000000, "early %d"), commit(2000000020, "late %d")
	seen := map[string][]byte{}
	var twins [][]byte
	for n := 0; twins == nil; n++ { // some 20,000 tries, by the birthday paradox
		a, b := fmt.Appendf(nil, string(early), n), fmt.Appendf(nil, string(late), n)
		seen[git.SHA1.Hash("commit", a)[:7]] = a
		if other := seen[git.SHA1.Hash("commit", b)[:7]]; other != nil {
			twins = [][]byte{other, b}
		}
	}
	write := func(content []byte) string {
		return strings.TrimSpace(r.Run(t, string(content), "hash-object", "-t", "commit", "-w", "--stdin").Stdout)
	}
	a, b := write(twins[0]), write(twins[1])
	p := write(commit(2000000010, "s\n\n(cherry picked from commit "+a[:7]+")"))
	q := write(commit(2000000010, "s\n\n(cherry picked from commit "+a[:8]+")"))
	x := open(t, r.Dir, history.Options{})
	update(t, x, a, b, p, q)
	for _, c := range []struct {
		fix, target string
		before      int64
		want        string
	}{
		{a, p, 0, ""},
		{b, p, 0, ""},
		{a, p, 2000000019, "trailer " + p + " git-x"},
		{b, p, 2000000019, ""},
		{a, p, 2000000020, ""},
		{a, q, 0, "trailer " + q + " git-x"},
		{b, q, 0, ""},
	} {
		if got := present(t, r, x, c.target, history.Query{Fix: c.fix, Before: c.before}); got != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
	}
}

// While a moment of the past is judged, what was committed later does not
// exist: with Before set, the whole index answers as one made at that moment.
func TestNothingLaterIsConsulted(t *testing.T) {
	t.Parallel()
	n, said := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		if n++; n > 20 {
			return
		}
		text := drawHistory(rt, true)
		r := drawn(t, text)
		all := indexed(t, r)
		before := all.Date(r.ID("c0")) + int64(rapid.IntRange(0, 9).Draw(rt, "before"))
		var then []string
		for _, id := range r.IDs {
			if all.Date(id) <= before {
				then = append(then, id)
			}
		}
		slices.Sort(then)
		then = slices.Compact(then)
		past := open(t, r.Dir, history.Options{})
		update(t, past, then...)
		var bounded, unbounded []history.Pair
		for _, fix := range then {
			for _, target := range then {
				bounded = append(bounded, history.Pair{Target: target, Query: history.Query{Fix: fix, Before: before}})
				unbounded = append(unbounded, history.Pair{Target: target, Query: history.Query{Fix: fix}})
			}
		}
		got, err := all.PresentPairs(t.Context(), bounded)
		if err != nil {
			rt.Fatal(err)
		}
		want, err := past.PresentPairs(t.Context(), unbounded)
		if err != nil {
			rt.Fatal(err)
		}
		for k := range got {
			if (got[k] == nil) != (want[k] == nil) || got[k] != nil && *got[k] != *want[k] {
				rt.Fatalf("%v: %v with all of history, %v with its past", bounded[k], got[k], want[k])
			}
			if got[k] != nil && got[k].How != "ancestor" {
				said++
			}
		}
	})
	if n > 20 && said == 0 {
		t.Error("no history had anything to say")
	}
}
