package find_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/find"
	"backstay.dev/backstay/internal/gittest"
)

// Slugs stay apart, and are what git takes as a part of a ref.
func TestSlugs(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, patchScenario)
	one := patchOf(t, r, "-1", r.ID("fix"))
	save(t, r, "1.patch", one)
	save(t, r, "2.patch", strings.ReplaceAll(one, "+FOUR", "+VIER"))
	save(t, r, "3.patch", strings.Replace(one, "Subject: [PATCH] net: fail on an empty reply", "Subject: [PATCH] …", 1))
	save(t, r, "4.patch", one)
	got, _ := fixes(t, r, find.FixOptions{}, "1.patch", "2.patch", "3.patch", "4.patch")
	var slugs []string
	for _, f := range got {
		slugs = append(slugs, f.Slug)
		r.Git(t, "check-ref-format", "refs/heads/backport/main/"+f.Slug)
	}
	want := []string{
		"net-fail-on-an-empty-reply",
		"net-fail-on-an-empty-reply-" + got[1].Steps[0].Commit[:12],
		"patch-" + got[2].Steps[0].Commit[:12],
	}
	if d := cmp.Diff(want, slugs); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// Files are found from where the user stands; a commit goes before a file of
// its name, unless that is named like a patch.
func TestPatchOrCommit(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, patchScenario)
	one := patchOf(t, r, "-1", r.ID("fix"))
	r.Git(t, "branch", "name", r.ID("next"))
	r.Git(t, "branch", "name.patch", r.ID("next"))
	for _, name := range []string{"name", "name.patch", "dir/plain", "../outside"} {
		save(t, r, name, one)
	}
	for arg, subject := range map[string]string{
		"name": "net: and once more", "name.patch": "net: fail on an empty reply", "dir/plain": "net: fail on an empty reply",
		filepath.Join(r.Dir, "dir/plain"): "net: fail on an empty reply", "../outside": "net: fail on an empty reply",
	} {
		if got, _ := fixes(t, r, find.FixOptions{}, arg); got[0].Subject != subject {
			t.Errorf("%s: %q", arg, got[0].Subject)
		}
	}
	if err := os.Chmod(filepath.Join(r.Dir, "name.patch"), 0); err == nil && os.Getuid() != 0 {
		want := "read \"name.patch\": permission denied"
		if got := fixError(t, r, find.FixOptions{}, "name.patch"); got != want {
			t.Errorf("got %q", got)
		}
	}
}

// A store with SHA-256 ids.
func TestPatchSHA256(t *testing.T) {
	t.Parallel()
	text := strings.ReplaceAll(patchScenario, strings.Repeat("1", 40), strings.Repeat("1", 64))
	r := gittest.New(t, text, gittest.SHA256())
	save(t, r, "in.patch", patchOf(t, r, "-1", r.ID("fix")))
	got, store := fixes(t, r, find.FixOptions{}, "in.patch", r.ID("next"))
	if d := cmp.Diff(r.Git(t, "diff-tree", "-r", r.ID("fix")+"^", r.ID("fix")), raw(t, r, store, got[0].Steps[0])); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if got[0].Steps[0].Origin != r.ID("fix") || got[1].Steps[0] != (backport.Step{Commit: r.ID("next"), Base: r.ID("fix"), Origin: r.ID("next")}) {
		t.Errorf("%+v", got)
	}
}

// Hostile authors and messages make no other header of the commit.
func TestPatchHeaders(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, patchScenario)
	one := patchOf(t, r, "-1", r.ID("fix"))
	_, diff, _ := strings.Cut(one, "\ndiff --git")
	repo, store := open(t, r)
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.StringOfN(rapid.SampledFrom([]rune("a<>\x00\"\\é,. @()")), 0, 20, -1).Draw(rt, "name")
		body := rapid.StringOfN(rapid.SampledFrom([]rune("ab\n\x00: é>")), 0, 40, -1).Draw(rt, "body")
		text := "From: " + name + " <a@b>\nDate: Mon, 1 Jan 2024 00:00:00 +0000\nSubject: s\n\n" + body + "\n---\n\ndiff --git" + diff
		got, err := find.Fixes(t.Context(), repo, store, []string{"-"}, find.FixOptions{Stdin: strings.NewReader(text)})
		if err != nil {
			lines(t, err)
			return
		}
		c, err := store.Commit(t.Context(), got[0].Steps[0].Commit)
		if err != nil {
			t.Fatal(err)
		}
		if c.Encoding != "" || len(c.Parents) != 1 || strings.ContainsAny(c.Author, "\n\x00") || strings.Count(c.Author, "<") != 1 || strings.Count(c.Author, ">") != 1 {
			t.Errorf("%+v", c)
		}
	})
}
