package find_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/find"
	"backstay.dev/backstay/internal/gittest"
)

const patchScenario = `
-- commit base on main: base --
-- file src/a.c --
one
two
three
four
five
six
seven
-- file src/b.c --
bee
-- file run.sh --
echo
-- symlink link -> a --
-- gitlink sub 1111111111111111111111111111111111111111 --
-- branch release/1.0 from base --
-- commit fix on main: net: fail on an empty reply --
author: Grace Höpper <grace@example.org>
date: 2024-02-03T04:05:06+05:30

Seen in production.

Signed-off-by: Grace <grace@example.org>
-- edit src/a.c --
 three
-four
+FOUR
 five
-- commit next on main: net: and once more --
-- edit src/a.c --
 three
-FOUR
+4
 five
-- file src/new.c --
new
-- commit other on main: something else --
-- edit src/b.c --
-bee
+bumblebee
-- commit away on main: a and b go --
-- delete src --
-- file c --
c
-- branch release/2.0 from other --
`

// patchOf is what git format-patch writes of some commits.
func patchOf(t testing.TB, r *gittest.Repo, args ...string) string {
	t.Helper()
	return r.Git(t, append([]string{"format-patch", "--stdout", "--no-signature"}, args...)...) + "\n"
}

// without removes the lines that begin with a prefix.
func without(text, prefix string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, prefix) {
			b.WriteString(line)
		}
	}
	return b.String()
}

func save(t testing.TB, r *gittest.Repo, name, text string) {
	t.Helper()
	r.Write(t, name, text)
}

func TestFixesOfPatches(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, patchScenario)
	fix, base := r.ID("fix"), r.ID("base")
	one := patchOf(t, r, "-1", fix)
	unnamed := patchOf(t, r, "--zero-commit", "-1", fix)
	bare := r.Git(t, "diff", fix+"^", fix) + "\n"
	tests := []struct {
		name, text, head string
		like             []string // the commits that the steps are like
		origins          []string // where they differ from like
		base             string   // of the first step, "" for a tree of its own
		slug             string
		notes            []string
	}{
		{
			name: "the commit that its first line names", text: one, like: []string{"fix"}, base: "base",
			slug: "net-fail-on-an-empty-reply",
		},
		{
			name: "blobs of its index lines, gone from HEAD", text: unnamed, like: []string{"fix"}, origins: []string{""},
			slug: "net-fail-on-an-empty-reply",
		},
		{
			name: "full ids", text: patchOf(t, r, "--zero-commit", "--full-index", "-1", fix), like: []string{"fix"}, origins: []string{""},
			slug: "net-fail-on-an-empty-reply",
		},
		{
			name: "HEAD has the blobs", text: unnamed, head: "release/1.0", like: []string{"fix"}, origins: []string{""}, base: "base",
			slug: "net-fail-on-an-empty-reply",
		},
		{
			name: "base-commit", text: patchOf(t, r, "--base="+base, "-1", fix), like: []string{"fix"}, base: "base",
			slug: "net-fail-on-an-empty-reply",
		},
		{
			name: "series on a base-commit", text: patchOf(t, r, "--cover-letter", "--base="+base, base+".."+r.ID("next")), like: []string{"fix", "next"}, base: "base",
			slug: "net-and-once-more",
		},
		{
			name: "series on the parent of what it names", text: patchOf(t, r, base+".."+r.ID("next")), like: []string{"fix", "next"}, base: "base",
			slug: "net-and-once-more",
		},
		{
			name: "series of blobs", text: patchOf(t, r, "--zero-commit", base+".."+r.ID("next")), like: []string{"fix", "next"}, origins: []string{"", ""},
			slug: "net-and-once-more",
		},
		{
			name: "a base-commit that does not fit", text: strings.Replace(patchOf(t, r, "--zero-commit", "--base="+base, "-1", fix), base, r.ID("away"), 1),
			like: []string{"fix"}, origins: []string{""}, slug: "net-fail-on-an-empty-reply",
			notes: []string{fmt.Sprintf("the patch does not fit %.12s, the base-commit that it names", r.ID("away"))},
		},
		{
			name: "an id that is no commit of ours", text: strings.Replace(one, fix, strings.Repeat("12", 20), 1), like: []string{"fix"}, origins: []string{""},
			slug: "net-fail-on-an-empty-reply",
		},
		{
			name: "an id that is another commit's", text: strings.Replace(one, fix, r.ID("next"), 1), like: []string{"fix"}, origins: []string{""},
			slug: "net-fail-on-an-empty-reply",
		},
		{
			name: "no index lines: the first place that fits", text: without(unnamed, "index "), like: []string{"fix"}, origins: []string{""}, base: "base",
			slug: "net-fail-on-an-empty-reply",
			notes: []string{
				"the patch does not say what it was made for",
				fmt.Sprintf("read against release/1.0 (%.12s), where every hunk fits", r.ID("base")),
			},
		},
		{
			name: "no index lines, but its commit", text: without(one, "index "), like: []string{"fix"}, base: "base",
			slug:  "net-fail-on-an-empty-reply",
			notes: []string{fmt.Sprintf("read against %.12s, the parent of the commit that the patch names", base)},
		},
		{
			name: "blobs that nobody has", text: strings.Replace(unnamed, "index ", "index 0f0f", 1), like: []string{"fix"}, origins: []string{""}, base: "base",
			slug: "net-fail-on-an-empty-reply",
			notes: []string{
				"this repository does not have what the patch was made for: blob 0f0f" + r.Git(t, "rev-parse", "--short", fix+"^:src/a.c") + " of \"src/a.c\"",
				fmt.Sprintf("read against release/1.0 (%.12s), where every hunk fits", r.ID("base")),
			},
		},
		{
			name: "bare diff", text: bare, like: []string{"fix"}, origins: []string{""},
			slug: "in",
			notes: []string{
				"the patch has no message; it is called \"in\"",
				"the patch names no author; taken as by Tess Test <tess@example.org>",
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := r
			if tt.head != "" {
				dir := filepath.Join(t.TempDir(), "clone")
				r.Git(t, "clone", "-q", "--mirror", r.Dir, dir)
				r.Git(t, "--git-dir="+dir, "symbolic-ref", "HEAD", "refs/heads/"+tt.head)
				r = &gittest.Repo{Dir: dir, IDs: r.IDs}
			}
			save(t, r, "in.patch", tt.text)
			got, store := fixes(t, r, find.FixOptions{}, "in.patch")
			f := got[0]
			if f.Name != "in.patch" || f.Slug != tt.slug || len(f.Steps) != len(tt.like) {
				t.Fatalf("%+v", f)
			}
			if d := cmp.Diff(tt.notes, f.Notes); d != "" {
				t.Errorf("notes, -want +got:\n%s", d)
			}
			for i, label := range tt.like {
				step := f.Steps[i]
				like := r.IDs[label]
				if d := cmp.Diff(r.Git(t, "diff-tree", "-r", like+"^", like), raw(t, r, store, step)); d != "" {
					t.Errorf("step %d, -want +got:\n%s", i, d)
				}
				origin := like
				if tt.origins != nil {
					origin = tt.origins[i]
				}
				if step.Origin != origin {
					t.Errorf("step %d has the origin %q, want %q", i, step.Origin, origin)
				}
				if parent := inStore(t, r, store, "log", "-1", "--format=%P", step.Commit); parent != step.Base {
					t.Errorf("step %d: parent %s, base %s", i, parent, step.Base)
				}
				if tt.name != "bare diff" {
					const format = "--format=%an <%ae> %ad%n%B"
					if d := cmp.Diff(r.Git(t, "log", "-1", "--date=raw", format, like), inStore(t, r, store, "log", "-1", "--date=raw", format, step.Commit)); d != "" {
						t.Errorf("step %d, -want +got:\n%s", i, d)
					}
				}
			}
			from := f.Steps[0].Base
			if tt.base != "" && from != r.IDs[tt.base] {
				t.Errorf("base %s, want %s", from, tt.base)
			}
			if own := inStore(t, r, store, "ls-tree", "-r", "--name-only", from); tt.base == "" && own != "src/a.c" {
				t.Errorf("the base has %q", own)
			}
			again, _ := fixes(t, r, find.FixOptions{}, "in.patch")
			if d := cmp.Diff(got, again); d != "" {
				t.Errorf("read again, -first +second:\n%s", d)
			}
		})
	}
}

// A patch made for one version of a file is found where the file is longer.
func TestFixOffset(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, patchScenario)
	text := without(r.Git(t, "diff", "-U1", r.ID("base"), r.ID("fix"))+"\n", "index ")
	moved := "-- commit top on main: top --\n-- file src/a.c --\nzero\n0.5\none\ntwo\nthree\nfour\nfive\nsix\nseven\n"
	r = gittest.New(t, moved)
	got, store := fixes(t, r, find.FixOptions{Stdin: strings.NewReader(text)}, "-")
	if got[0].Steps[0].Base != r.ID("top") || !strings.Contains(inStore(t, r, store, "show", got[0].Steps[0].Commit), "-four\n+FOUR") {
		t.Errorf("%+v", got)
	}
	if got[0].Slug != "standard-input" {
		t.Errorf("slug %q", got[0].Slug)
	}
	// Two places: no guess.
	r = gittest.New(t, strings.Replace(moved, "seven\n", "seven\none\ntwo\nthree\nfour\nfive\nsix\nseven\n", 1))
	want := "standard input: the patch does not say what it was made for, and it fits none of HEAD, the default branch and the releases\n" +
		"on HEAD: apply patch to \"src/a.c\": hunk 1 (line 4 of the patch): it fits at line 5 and at line 12"
	if d := cmp.Diff(want, fixError(t, r, find.FixOptions{Stdin: strings.NewReader(text)}, "-")); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestPatchErrors(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, patchScenario)
	one := patchOf(t, r, "-1", r.ID("fix"))
	tests := []struct{ name, text, want string }{
		{
			"edited by hand", strings.Replace(one, "-four", "-vier", 1),
			"in: apply patch to \"src/a.c\": hunk 1 (line 17 of the patch): line 4 is \"four\\n\", the patch was made for \"vier\\n\"\nwas it edited by hand, or damaged by the mail?",
		},
		{
			"for something else", without(strings.ReplaceAll(one, "-four", "-vier"), "index "),
			"in: the patch does not say what it was made for, and it fits none of HEAD, the default branch and the releases\non HEAD: there is no file \"src/a.c\"",
		},
		{
			"changes nothing", without(strings.ReplaceAll(one, "+FOUR", "+four"), "index "),
			"in: patch 1 changes nothing",
		},
		{
			"creates what is there", "--- /dev/null\n+++ b/run.sh\n@@ -0,0 +1 @@\n+c\n",
			"in: the patch does not say what it was made for, and it fits none of HEAD, the default branch and the releases\non HEAD: \"run.sh\" is there already",
		},
		{
			"a file over a folder", "--- /dev/null\n+++ b/run.sh/d\n@@ -0,0 +1 @@\n+c\n",
			"in: the patch does not say what it was made for, and it fits none of HEAD, the default branch and the releases\non HEAD: \"run.sh\" would be a file and a folder",
		},
		{
			"a submodule that is nowhere", "diff --git a/sub b/sub\nindex 2222222..3333333 160000\n--- a/sub\n+++ b/sub\n@@ -1 +1 @@\n" +
				"-Subproject commit 2222222222222222222222222222222222222222\n+Subproject commit 3333333333333333333333333333333333333333\n",
			"in: this repository does not have what the patch was made for: blob 2222222 of \"sub\", and it fits none of HEAD, the default branch and the releases\n" +
				"on HEAD: apply patch to \"sub\": hunk 1 (line 5 of the patch): ",
		},
		{
			"leaves the tree", "--- a/../x\n+++ b/../x\n@@ -1 +1 @@\n-a\n+b\n",
			"in: line 1: path \"../x\" leaves its directory\ngit format-patch --stdout writes what can be read here",
		},
		{
			"writes twice", "--- a/c\n+++ b/c\n@@ -1 +1 @@\n-c\n+d\n--- a/c\n+++ b/c\n@@ -1 +1 @@\n-c\n+e\n",
			"in: line 6: path \"c\" is changed twice\ngit format-patch --stdout writes what can be read here",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			save(t, r, "in", tt.text)
			if got := fixError(t, r, find.FixOptions{}, "in"); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestPatchKinds(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, patchScenario+`
-- branch kinds from other --
-- commit mode on kinds: mode --
-- mode run.sh 755 --
-- commit swap on kinds: swap --
-- rename src/a.c -> src/t --
-- rename src/b.c -> src/a.c --
-- rename src/t -> src/b.c --
-- commit link on kinds: link --
-- symlink link -> b --
-- commit type on kinds: type --
-- file link --
a file now
-- commit sub on kinds: sub --
-- gitlink sub 2222222222222222222222222222222222222222 --
-- commit folder on kinds: folder --
-- delete link --
-- file link/a --
below
-- commit binary on kinds: binary --
-- file bin escapes --
\x00\x01\xff
-- commit binary2 on kinds: more --
-- file bin escapes --
\x00\x02\xff\n\x00
-- commit rename on kinds: rename --
-- rename run.sh -> bin2/run --
-- commit delete on kinds: delete --
-- delete bin --
`)
	repo, store := open(t, r)
	for _, label := range []string{"mode", "swap", "link", "type", "sub", "folder", "binary", "binary2", "rename", "delete"} {
		id := r.ID(label)
		want := r.Git(t, "diff-tree", "-r", "--no-renames", id+"^", id)
		for _, flags := range []string{"--no-renames --full-index", "-M -C --find-copies-harder"} {
			text := patchOf(t, r, append(strings.Fields(flags), "--binary", "-1", id)...)
			got, err := find.Fixes(t.Context(), repo, store, []string{"-"}, find.FixOptions{Stdin: strings.NewReader(text)})
			if err != nil {
				t.Errorf("%s with %s: %v", label, flags, err)
				continue
			}
			if d := cmp.Diff(want, raw(t, r, store, got[0].Steps[0])); d != "" {
				t.Errorf("%s with %s: -want +got:\n%s", label, flags, d)
			}
		}
	}
}

// Whatever git writes of a commit is read as that commit, and a series leads to
// the tree of its last one, whichever way the base is found.
func TestPatchesAreTheirCommits(t *testing.T) {
	t.Parallel()
	const histories = 6
	for seed := range histories {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, gittest.RandomSeed(seed))
			base := r.ID("base")
			repo, store := open(t, r)
			read := func(text string) []backport.Step {
				got, err := find.Fixes(t.Context(), repo, store, []string{"-"}, find.FixOptions{Stdin: strings.NewReader(text)})
				if err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				return got[0].Steps
			}
			var changing []string
			for _, id := range strings.Fields(r.Git(t, "rev-list", "--reverse", base+"..main")) {
				if r.Git(t, "diff-tree", "-r", "--no-commit-id", id) != "" {
					changing = append(changing, id)
				}
			}
			if len(changing) == 0 {
				t.Skip("nothing changes")
			}
			for _, how := range []string{"--base=" + base, "--no-base", "--zero-commit"} {
				text := patchOf(t, r, "--binary", "--no-renames", how, base+"..main")
				steps := read(text)
				if len(steps) != len(changing) {
					t.Fatalf("%d steps of %d commits", len(steps), len(changing))
				}
				for i, id := range changing {
					want := r.Git(t, "diff-tree", "-r", "--no-renames", id+"^", id)
					if d := cmp.Diff(want, raw(t, r, store, steps[i])); d != "" {
						t.Errorf("%s, commit %d, -want +got:\n%s\n%s", how, i, d, text)
					}
				}
				last := steps[len(steps)-1].Commit
				if d := cmp.Diff(r.Git(t, "rev-parse", "main^{tree}"), inStore(t, r, store, "rev-parse", last+"^{tree}")); how != "--zero-commit" && d != "" {
					t.Errorf("the series does not lead to main's tree:\n%s", d)
				}
			}
			inStore(t, r, store, "fsck", "--strict", "--no-dangling")
		})
	}
}
