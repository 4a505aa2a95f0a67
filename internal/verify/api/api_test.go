package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/verify/api"
)

// compare runs all tests in one repository, each on a branch of its own.
func compare(t testing.TB, tests []test) [][]backport.APIChange {
	t.Helper()
	var text strings.Builder
	for i, test := range tests {
		old, new := txtar.Parse([]byte(test.before)), txtar.Parse([]byte(test.after))
		kept := map[string]bool{}
		fmt.Fprintf(&text, "-- commit before%d on branch%[1]d: before --\n", i)
		for _, f := range old.Files {
			fmt.Fprintf(&text, "-- file %s --\n%s", f.Name, f.Data)
		}
		fmt.Fprintf(&text, "-- commit after%d on branch%[1]d: after --\n-- file unrelated.txt --\nx\n", i)
		for _, f := range new.Files {
			kept[f.Name] = true
			fmt.Fprintf(&text, "-- file %s --\n%s", f.Name, f.Data)
		}
		for _, f := range old.Files {
			if !kept[f.Name] {
				fmt.Fprintf(&text, "-- delete %s --\n", f.Name)
			}
		}
	}
	r := gittest.New(t, text.String(), gittest.Bare())
	repo, err := git.Open(t.Context(), r.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := repo.NewStore(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	tree := func(name string) string {
		c, err := store.Commit(t.Context(), r.ID(name))
		if err != nil {
			t.Fatal(err)
		}
		return c.Tree
	}
	var all [][]backport.APIChange
	for i, test := range tests {
		before, after := tree(fmt.Sprintf("before%d", i)), tree(fmt.Sprintf("after%d", i))
		got, left, err := api.Changes(t.Context(), store, before, after)
		if err != nil || len(left) > 0 {
			t.Fatalf("%s: %v, left %v", test.name, err, left)
		}
		all = append(all, got)
		if same, _, err := api.Changes(t.Context(), store, after, after); err != nil || len(same) > 0 {
			t.Fatalf("%s: a tree differs from itself: %v, %v", test.name, same, err)
		}
		back, _, err := api.Changes(t.Context(), store, after, before)
		if err != nil || (len(back) == 0) != (len(got) == 0) && !test.oneWay {
			t.Errorf("%s: there %v, back %v, %v", test.name, got, back, err)
		}
	}
	return all
}

// describe is a change in a line: "+" added, "-" removed, "~" changed, with "!"
// where it breaks.
func describe(c backport.APIChange) string {
	mark := map[string]string{"added": "+", "removed": "-", "changed": "~"}[c.Kind]
	if c.Breaks {
		mark += "!"
	}
	level := ""
	if c.Level != "types" {
		level = " (" + c.Level + ")"
	}
	return strings.TrimSpace(fmt.Sprintf("%s%s %s:%d %s", mark, level, c.Path, c.Line, c.Symbol))
}

type test struct {
	name, before, after string
	want                []string
	oneWay              bool // the way back has changes where this one has none, or the reverse
}

func run(t *testing.T, tests []test) {
	t.Helper()
	for i, all := range compare(t, tests) {
		var got []string
		for _, c := range all {
			got = append(got, describe(c))
		}
		if d := cmp.Diff(tests[i].want, got); d != "" {
			t.Errorf("%s: %s\n%+v", tests[i].name, d, all)
		}
	}
}

// TestChangesLeft: what is too large to be compared is said.
func TestChangesLeft(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("// a comment\n", 200_000)
	var history strings.Builder
	history.WriteString("-- commit before on main: before --\n-- file a.h --\nint f(void);\n-- commit after on main: after --\n-- file a.h --\nint g(void);\n")
	for i := range 12 {
		fmt.Fprintf(&history, "-- file big%02d.h --\n%s", i, large)
	}
	r := gittest.New(t, history.String())
	repo, err := git.Open(t.Context(), r.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := repo.NewStore(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	tree := func(name string) string { return r.Git(t, "rev-parse", r.ID(name)+"^{tree}") }
	changes, left, err := api.Changes(t.Context(), store, tree("before"), tree("after"))
	if err != nil || len(changes) == 0 || len(left) != 11 || left[0] != "big00.h, which is too large or not there" || left[10] != "2 more files" {
		t.Errorf("%d changes, left %q, %v", len(changes), left, err)
	}
}
