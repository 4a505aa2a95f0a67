//go:build unix

package carry_test

import (
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/config"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/platform"
)

const generated = `
-- commit base on main: base --
-- file words --
b
a
-- file sorted/list.txt --
old
-- file sorted/gone.txt --
old
-- file other.txt --
other
`

func rule(paths, script string) config.Regenerate {
	return config.Regenerate{Paths: strings.Fields(paths), Run: []string{"sh", "-c", script}}
}

func TestRegenerate(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, generated)
	c := carrier(t, r.Dir, false)
	tree := r.Git(t, "rev-parse", "main^{tree}")
	scratch := t.TempDir()
	g := &carry.Regenerator{
		Store: c.Store, Allowed: true, Scratch: scratch, Path: "/usr/bin:/bin", Lang: "C", Timeout: time.Minute,
		Rules: []config.Regenerate{
			rule("sorted/**", "sort words >sorted/list.txt; mkdir -p sorted/deep; echo x >sorted/deep/new; chmod +x sorted/deep/new; rm sorted/gone.txt; "+
				"echo changed >other.txt; ln -s /etc/passwd sorted/link; mkdir ro; touch ro/f; chmod 500 ro"),
			rule("nothing/*", "exit 1"),
		},
	}
	before := r.State(t)
	made, files, err := g.Regenerate(t.Context(), tree, []string{"words", "sorted/list.txt"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.Path)
		if f.Rung != "regenerate" || !strings.Contains(f.Detail, "sort words") {
			t.Errorf("%+v", f)
		}
	}
	if want := "sorted/deep/new sorted/gone.txt sorted/list.txt"; strings.Join(got, " ") != want {
		t.Errorf("files %q, want %q", got, want)
	}
	store := "--git-dir=" + c.Store.Dir
	listed := r.Git(t, store, "ls-tree", "-r", "--format=%(objectmode) %(path)", made)
	if want := "100644 other.txt\n100755 sorted/deep/new\n100644 sorted/list.txt\n100644 words"; strings.TrimSpace(listed) != want {
		t.Errorf("tree %q, want %q", listed, want)
	}
	for path, want := range map[string]string{"sorted/list.txt": "a\nb", "other.txt": "other"} {
		if got := r.Git(t, store, "cat-file", "blob", made+":"+path); strings.TrimSpace(got) != want {
			t.Errorf("%s: %q", path, got)
		}
	}
	if r.State(t) != before {
		t.Error("the repository changed")
	}
	if left, err := os.ReadDir(scratch); err != nil || len(left) != 0 {
		t.Errorf("left in scratch: %v, %v", left, err)
	}
}

func TestRegenerateNeedsLeave(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, generated)
	c := carrier(t, r.Dir, false)
	tree := r.Git(t, "rev-parse", "main^{tree}")
	witness := filepath.Join(t.TempDir(), "ran")
	g := &carry.Regenerator{
		Store: c.Store, Scratch: t.TempDir(), Path: "/usr/bin:/bin", Timeout: time.Minute,
		Rules: []config.Regenerate{rule("words", "echo >"+witness+"; exit 7")},
	}
	for _, paths := range [][]string{{"words"}, {"other.txt"}} {
		if made, files, err := g.Regenerate(t.Context(), tree, paths); made != tree || files != nil || err != nil {
			t.Errorf("%q: %s, %v, %v", paths, made, files, err)
		}
	}
	if _, err := os.Stat(witness); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it ran without leave: %v", err)
	}
	g.Allowed = true
	var failed *platform.FailedError
	if made, files, err := g.Regenerate(t.Context(), tree, []string{"words"}); made != tree || files != nil || !errors.As(err, &failed) || failed.Status != 7 {
		t.Errorf("%s, %v, %v", made, files, err)
	}
	if due := g.Due([]string{"other.txt"}); due != nil {
		t.Errorf("due: %v", due)
	}
}

// Links that leave the tree are not laid out, those within it are.
func TestRegenerateLinks(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, generated)
	c := carrier(t, r.Dir, false)
	link := func(target string) string {
		id, err := c.Store.Write("blob", []byte(target))
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	var raw []byte
	for _, e := range [][2]string{{"abs", "/etc/passwd"}, {"in", "words"}, {"up", "../../etc/passwd"}} {
		raw = append(raw, "120000 "+e[0]+"\x00"...)
		raw = append(raw, unhex(t, link(e[1]))...)
	}
	raw = append(raw, "100644 words\x00"...)
	raw = append(raw, unhex(t, link("w\n"))...)
	tree, err := c.Store.Write("tree", raw)
	if err != nil {
		t.Fatal(err)
	}
	g := &carry.Regenerator{
		Store: c.Store, Allowed: true, Scratch: t.TempDir(), Path: "/usr/bin:/bin", Timeout: time.Minute,
		Rules: []config.Regenerate{rule("words out", "test -L in && ! test -L abs && ! test -L up && cat in >out")},
	}
	_, files, err := g.Regenerate(t.Context(), tree, []string{"words"})
	if err != nil || len(files) != 1 || files[0].Path != "out" {
		t.Errorf("%v, %v", files, err)
	}
}

// A tree whose names lead elsewhere is not laid out at all.
func TestRegenerateHostileNames(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, generated)
	c := carrier(t, r.Dir, false)
	blob, err := c.Store.Write("blob", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"..", ".git", "a/b", ".GIT", ".git\\b"} {
		tree, err := c.Store.Write("tree", append([]byte("100644 "+name+"\x00"), unhex(t, blob)...))
		if err != nil {
			t.Fatal(err)
		}
		g := &carry.Regenerator{
			Store: c.Store, Allowed: true, Scratch: t.TempDir(), Path: "/usr/bin:/bin", Timeout: time.Minute,
			Rules: []config.Regenerate{rule("**", "exit 0")},
		}
		if _, _, err := g.Regenerate(t.Context(), tree, []string{"a"}); err == nil || !strings.Contains(err.Error(), "cannot be a file's name") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func unhex(t *testing.T, id string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(id)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
