package find_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/find"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

const fixScenario = `
-- commit root on main: root --
-- file a --
1
-- commit two on main: two of
 them --

The body.
-- file a --
2
-- commit empty on main: nothing --
-- commit three on main: three --
-- file b --
3
-- branch side from two --
-- commit side1 on side: side one --
-- file s --
1
-- commit merge on main: merge side --
merge: side
-- take s from side --
-- commit ours on main: merge side again --
merge: side
-- commit four on main: four --
-- file a --
4
-- tag v1 at two --
-- tag v2 at two --
annotated
`

func newFixes(t testing.TB) *gittest.Repo {
	t.Helper()
	return gittest.New(t, strings.Replace(fixScenario, "two of\n them", "two", 1))
}

func TestFixesOfCommits(t *testing.T) {
	t.Parallel()
	r := newFixes(t)
	id := r.ID
	step := func(commit, base string) backport.Step {
		s := backport.Step{Commit: id(commit), Origin: id(commit)}
		if base != "" {
			s.Base = id(base)
		}
		return s
	}
	two := backport.Fix{Slug: id("two")[:12], Subject: "two", Steps: []backport.Step{step("two", "root")}}
	tests := []struct {
		name string
		args []string
		opts find.FixOptions
		want backport.Fix
	}{
		{name: "full id", args: []string{id("two")}, want: two},
		{name: "abbreviated id", args: []string{id("two")[:8]}, want: two},
		{name: "tag", args: []string{"v1"}, want: two},
		{name: "annotated tag", args: []string{"v2"}, want: two},
		{name: "id of an annotated tag", args: []string{r.Git(t, "rev-parse", "v2")}, want: two},
		{name: "expression", args: []string{"side^"}, want: two},
		{name: "named twice", args: []string{"v1", "v1", id("two")}, want: two},
		{name: "root", args: []string{"two^"}, want: backport.Fix{Slug: id("root")[:12], Subject: "root", Steps: []backport.Step{step("root", "")}}},
		{name: "mainline 1 of no merge, as git has it", args: []string{"v1"}, opts: find.FixOptions{Mainline: 1}, want: two},
		{
			name: "merge, guessed", args: []string{id("merge")},
			want: backport.Fix{
				Slug: id("merge")[:12], Subject: "merge side", Steps: []backport.Step{step("merge", "three")},
				Notes: []string{fmt.Sprintf("%.12s is a merge; its change against the first parent, %.12s, is taken (-m 1)", id("merge"), id("three"))},
			},
		},
		{
			name: "merge, said", args: []string{id("merge")}, opts: find.FixOptions{Mainline: 2},
			want: backport.Fix{Slug: id("merge")[:12], Subject: "merge side", Steps: []backport.Step{step("merge", "side1")}},
		},
		{
			name: "range", args: []string{"two^..side"},
			want: backport.Fix{
				Slug: id("two")[:12] + "-" + id("side1")[:12], Subject: "side one",
				Steps: []backport.Step{step("two", "root"), step("side1", "two")},
			},
		},
		{
			name: "range, squashed", args: []string{"two^..side"}, opts: find.FixOptions{Squash: true},
			want: backport.Fix{
				Slug: id("two")[:12] + "-" + id("side1")[:12], Subject: "side one", Squash: true,
				Steps: []backport.Step{step("two", "root"), step("side1", "two")},
			},
		},
		{name: "range of one", args: []string{"two^..two"}, opts: find.FixOptions{Squash: true}, want: two},
		{
			name: "range to HEAD, with its merges", args: []string{"three.."}, opts: find.FixOptions{Mainline: 1},
			want: backport.Fix{
				Slug: id("side1")[:12] + "-" + id("four")[:12], Subject: "four",
				Steps: []backport.Step{step("side1", "two"), step("merge", "three"), step("four", "ours")},
				Notes: []string{fmt.Sprintf("%.12s changes nothing and is left out", id("ours"))},
			},
		},
		{
			name: "a commit that changes nothing in a range", args: []string{"two^..three"},
			want: backport.Fix{
				Slug: id("two")[:12] + "-" + id("three")[:12], Subject: "three",
				Steps: []backport.Step{step("two", "root"), step("three", "empty")},
				Notes: []string{fmt.Sprintf("%.12s changes nothing and is left out", id("empty"))},
			},
		},
	}
	for _, name := range []string{"two", "three", "four"} {
		r.Git(t, "branch", name, id(name))
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, _ := fixes(t, r, tt.opts, tt.args...)
			tt.want.Name = tt.args[0]
			if d := cmp.Diff([]backport.Fix{tt.want}, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
	t.Run("several", func(t *testing.T) {
		got, _ := fixes(t, r, find.FixOptions{}, "four", "two", "two^..side")
		var names []string
		for _, f := range got {
			names = append(names, f.Name+" "+f.Slug)
		}
		want := []string{"four " + id("four")[:12], "two " + id("two")[:12], "two^..side " + id("two")[:12] + "-" + id("side1")[:12]}
		if d := cmp.Diff(want, names); d != "" {
			t.Errorf("-want +got:\n%s", d)
		}
	})
}

func TestFixErrors(t *testing.T) {
	t.Parallel()
	r := newFixes(t)
	id := func(label string) string { return r.ID(label)[:12] }
	r.Git(t, "tag", "tree", "main^{tree}")
	r.Git(t, "branch", "release/1.7")
	r.Write(t, "note.patch", "Only words.\n")
	r.Write(t, "broken.patch", "--- a/a\n+++ b/a\n@@ -1,3 +1 @@\n-1\n+2\n")
	r.Write(t, "folder/x", "")
	tests := []struct {
		name, arg string
		opts      find.FixOptions
		want      string
	}{
		{"unknown name", "relase/1.7", find.FixOptions{}, "unknown commit \"relase/1.7\"\ndid you mean release/1.7?"},
		{"unknown word", "nothing-like-it", find.FixOptions{}, "unknown commit \"nothing-like-it\"\nno branch, tag, commit or file has this name"},
		{"unknown id", strings.Repeat("ab", 20), find.FixOptions{}, "unknown commit \"" + strings.Repeat("ab", 20) + "\"\nthis repository does not have it: is it on another remote (git fetch)?"},
		{"unknown abbreviation", "deadbeef", find.FixOptions{}, "unknown commit \"deadbeef\"\nthis repository does not have it: is it on another remote (git fetch)?"},
		{"empty", "", find.FixOptions{}, "unknown commit \"\"\nno branch, tag, commit or file has this name"},
		{"an option", "--all", find.FixOptions{}, "unknown commit \"--all\"\nno branch, tag, commit or file has this name"},
		{"a tree", "tree", find.FixOptions{}, "\"tree\" leads to no commit\na fix is a commit, a range or a patch"},
		{"the id of a tree", r.Git(t, "rev-parse", "tree"), find.FixOptions{}, r.Git(t, "rev-parse", "tree") + " is a tree, no commit\na fix is a commit, a range or a patch"},
		{"unknown start", "x1..main", find.FixOptions{}, "unknown commit \"x1\" in \"x1..main\"\nno branch, tag, commit or file has this name"},
		{"unknown end", "main..sidr", find.FixOptions{}, "unknown commit \"sidr\" in \"main..sidr\"\ndid you mean side?"},
		{"symmetric difference", "main...side", find.FixOptions{}, "\"main...side\" is a symmetric difference, not a range\nwrite \"main..side\" for the commits that side has and main lacks"},
		{"range of nothing", "main..main", find.FixOptions{}, "range \"main..main\" has no commits\nboth ends are " + id("four")},
		{"range turned round", "main..side", find.FixOptions{}, "range \"main..side\" has no commits\nmain contains side; did you mean side..main?"},
		{"range with a merge", "side..main", find.FixOptions{}, fmt.Sprintf("range \"side..main\": commit %s is a merge\nsay with -m which parent is the mainline, or name the commits one by one", id("merge"))},
		{"range without a change", "empty^..empty", find.FixOptions{}, "range \"empty^..empty\" changes nothing"},
		{"commit without a change", "empty", find.FixOptions{}, "commit " + id("empty") + " (\"empty\") changes nothing"},
		{"the same by its id", r.ID("empty"), find.FixOptions{}, "commit " + id("empty") + " changes nothing"},
		{"merge without a change", "ours", find.FixOptions{}, "commit " + id("ours") + " (\"ours\") changes nothing against its parent " + id("merge")},
		{"no such parent", "merge", find.FixOptions{Mainline: 3}, "commit " + id("merge") + " (\"merge\") does not have parent 3\nit has 2"},
		{"no merge", "v1", find.FixOptions{Mainline: 2}, "commit " + id("two") + " (\"v1\") does not have parent 2\nit is no merge; leave -m out"},
		{"no merge in a range", "two^..two", find.FixOptions{Mainline: 2}, "commit " + id("two") + " (\"two^..two\") does not have parent 2\nit is no merge; leave -m out"},
		{"no such file", "gone.patch", find.FixOptions{}, "no such file: \"gone.patch\"\npaths start at " + r.Dir},
		{"folder", "folder", find.FixOptions{}, "\"folder\" is a folder\nname the patch files in it"},
		{"no patch", "note.patch", find.FixOptions{}, "note.patch: not a patch: there is no diff in it\ngit format-patch --stdout writes what can be read here"},
		{"damaged patch", "broken.patch", find.FixOptions{}, "broken.patch: line 3: hunk is cut off: the input ends 2 old and 0 new lines too early\ngit format-patch --stdout writes what can be read here"},
		{"no standard input", "-", find.FixOptions{}, "there is no standard input to read a patch from"},
		{"standard input is no patch", "-", find.FixOptions{Stdin: strings.NewReader("")}, "standard input: not a patch: there is no diff in it\ngit format-patch --stdout writes what can be read here"},
	}
	for _, name := range []string{"two", "empty", "merge", "ours"} {
		r.Git(t, "branch", name, r.ID(name))
	}
	before := r.State(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, fixError(t, r, tt.opts, tt.arg)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
	if d := cmp.Diff(before, r.State(t)); d != "" {
		t.Errorf("the repository has changed:\n%s", d)
	}
}

func TestFixLongRange(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, "-- commit on main: one --\n-- file a --\n1\n")
	var b strings.Builder
	from := "from " + r.ID("main") + "\n"
	for i := range 1001 {
		fmt.Fprintf(&b, "commit refs/heads/long\ncommitter A <a@b> %d +0000\ndata 1\nx\n%sM 644 inline a\ndata 4\n%04d\n", 1750000000+i, from, i)
		from = ""
	}
	if got := r.Run(t, b.String(), "fast-import", "--quiet"); got.Exit != 0 {
		t.Fatal(got.Stderr)
	}
	if got, _ := fixes(t, r, find.FixOptions{}, "main..long~1"); len(got[0].Steps) != 1000 {
		t.Errorf("%d steps", len(got[0].Steps))
	}
	want := "range \"main..long\" has more than 1000 commits\na range is one fix; name the commits one by one"
	if d := cmp.Diff(want, fixError(t, r, find.FixOptions{}, "main..long")); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if d := cmp.Diff("range \"long..main\" has no commits\nlong contains main; did you mean main..long?", fixError(t, r, find.FixOptions{}, "long..main")); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestFixShallow(t *testing.T) {
	t.Parallel()
	r := newFixes(t)
	dir := filepath.Join(t.TempDir(), "shallow")
	r.Git(t, "clone", "-q", "--depth=2", "file://"+r.Dir, dir)
	shallow := &gittest.Repo{Dir: dir}
	if got, _ := fixes(t, shallow, find.FixOptions{}, "HEAD"); len(got) != 1 {
		t.Errorf("%+v", got)
	}
	id := r.ID("ours")[:12]
	want := "commit " + id + " (\"HEAD^\"): its parent lies beyond the shallow boundary\nrun git fetch --deepen=1"
	if d := cmp.Diff(want, fixError(t, shallow, find.FixOptions{}, "HEAD^")); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// A commit whose parent is gone is no wrong input: the repository is damaged,
// or a partial clone.
func TestFixMissing(t *testing.T) {
	t.Parallel()
	r := newFixes(t)
	two := r.ID("two")
	root := r.ID("root")
	unpack(t, r)
	if err := os.Remove(filepath.Join(r.Dir, ".git", "objects", root[:2], root[2:])); err != nil {
		t.Fatal(err)
	}
	repo, store := open(t, r)
	_, err := find.Fixes(t.Context(), repo, store, []string{two}, find.FixOptions{})
	var missing *git.MissingError
	if !errors.As(err, &missing) || len(missing.IDs) != 1 || missing.IDs[0] != root {
		t.Errorf("error is %v", err)
	}
	var input *backport.InputError
	if errors.As(err, &input) {
		t.Errorf("a missing object is called wrong input: %v", err)
	}
}

// unpack makes every object a loose one.
func unpack(t testing.TB, r *gittest.Repo) {
	t.Helper()
	packs, err := filepath.Glob(filepath.Join(r.Dir, ".git", "objects", "pack", "*.pack"))
	if err != nil {
		t.Fatal(err)
	}
	for _, pack := range packs {
		moved := filepath.Join(t.TempDir(), "pack")
		for _, f := range []string{pack, strings.TrimSuffix(pack, ".pack") + ".idx"} {
			if err := os.Rename(f, moved+filepath.Ext(f)); err != nil {
				t.Fatal(err)
			}
		}
		content, err := os.ReadFile(moved + ".pack")
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Run(t, string(content), "unpack-objects", "-q"); got.Exit != 0 {
			t.Fatal(got.Stderr)
		}
	}
}

// The steps of a range stand in git's own order, whatever the history: a
// range is compared with git rev-list on histories with merges and with clocks
// that are wrong.
func TestRangeOrderIsGits(t *testing.T) {
	t.Parallel()
	const histories, commits = 12, 10
	r := gittest.New(t, "-- commit on main: one --\n-- file a --\n1\n")
	var b strings.Builder
	draw := rand.New(rand.NewPCG(1, 2))
	for h := range histories {
		for i := range commits {
			fmt.Fprintf(&b, "commit refs/heads/h%d/c%d\ncommitter A <a@b> %d +0000\ndata 1\nx\n", h, i, 1750000000+100*i-draw.IntN(250))
			first := max(0, i-1-draw.IntN(3))
			if i > 0 {
				fmt.Fprintf(&b, "from refs/heads/h%d/c%d\n", h, first)
			}
			if second := draw.IntN(i + 1); i > 1 && second != first && second != i {
				fmt.Fprintf(&b, "merge refs/heads/h%d/c%d\n", h, second)
			}
			fmt.Fprintf(&b, "M 644 inline a\ndata 1\n%d\n", i)
		}
	}
	if got := r.Run(t, b.String(), "fast-import", "--quiet"); got.Exit != 0 {
		t.Fatal(got.Stderr)
	}
	repo, store := open(t, r)
	for h := range histories {
		arg := fmt.Sprintf("h%d/c%d..h%[1]d/c%[3]d", h, draw.IntN(commits/2), commits-1)
		want := strings.Fields(r.Git(t, "rev-list", "--reverse", "--topo-order", arg))
		got, err := find.Fixes(t.Context(), repo, store, []string{arg}, find.FixOptions{Mainline: 1})
		if err != nil {
			t.Fatal(err)
		}
		var order []string
		for _, s := range got[0].Steps {
			order = append(order, s.Commit)
		}
		if d := cmp.Diff(want, order); d != "" {
			t.Errorf("%s: -want +got:\n%s", arg, d)
		}
	}
}
