package gate_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"backstay.dev/backstay/internal/gate"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// manyFiles is a history in which the fix calls what the target lacks, among
// more files than are needed to make the cache worth writing.
func manyFiles() string {
	var b strings.Builder
	b.WriteString("-- commit base on main: start --\n")
	for i := range 80 {
		fmt.Fprintf(&b, "-- file lib/f%d.go --\npackage lib\n\nfunc f%d() int { return %d }\n", i, i, i)
	}
	b.WriteString(`-- branch old from main --
-- commit helper on main: helper --
-- file lib/helper.go --
package lib

func helper() int { return 1 }
-- commit fix on main: use it --
-- edit lib/f7.go --
-func f7() int { return 7 }
+func f7() int { return helper() }
`)
	return b.String()
}

// TestCaches asks again in a new process, so to speak: with the files of the
// first, with damaged ones, and with none.
func TestCaches(t *testing.T) {
	t.Parallel()
	b := open(t, manyFiles())
	q := b.question(t, "fix", "old", "")
	want := b.told(t, q)
	if len(want) != 1 || !strings.Contains(want[0], "no function helper") {
		t.Fatalf("told: %q", want)
	}
	repo, err := git.Open(t.Context(), b.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := repo.NewStore(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	opts := gate.Options{
		Tips:     []string{b.ID("fix")},
		Mentions: filepath.Join(t.TempDir(), "new", "mentions"),
		Words:    filepath.Join(t.TempDir(), "new", "words"),
	}
	ask := func(when string) {
		t.Helper()
		b.Checker = gate.New(store, b.index, opts)
		if got := b.told(t, q); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
		b.Save()
	}
	ask("without files")
	for _, file := range []string{opts.Mentions, opts.Words} {
		if st, err := os.Stat(file); err != nil || st.Size() == 0 {
			t.Errorf("%s was not written: %v", file, err)
		}
	}
	ask("with files")
	for _, file := range []string{opts.Mentions, opts.Words} {
		if err := os.WriteFile(file, []byte("damaged"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ask("with damaged files")
}

// TestSmallMemory asks with room for nothing; only speed may suffer.
func TestSmallMemory(t *testing.T) {
	t.Parallel()
	b := open(t, manyFiles())
	q := b.question(t, "fix", "old", "")
	want := b.told(t, q)
	repo, err := git.Open(t.Context(), b.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := repo.NewStore(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	b.Checker = gate.New(store, b.index, gate.Options{Memory: 1})
	if got := b.told(t, q); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

// TestTogether asks many times at once.
func TestTogether(t *testing.T) {
	t.Parallel()
	b := open(t, manyFiles())
	q := b.question(t, "fix", "old", "")
	want := b.told(t, q)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := b.told(t, q); !slices.Equal(got, want) {
				t.Errorf("told %q, want %q", got, want)
			}
		})
	}
	wg.Wait()
}

// TestPartialClone asks in a clone without files, then in one that has those of
// the pick alone: a name is not missing where not all can be read.
func TestPartialClone(t *testing.T) {
	t.Parallel()
	b := open(t, manyFiles())
	q := b.question(t, "fix", "old", "")
	dir := filepath.Join(t.TempDir(), "clone")
	b.Git(t, "config", "uploadpack.allowFilter", "true")
	b.Git(t, "clone", "-q", "--bare", "--filter=blob:none", "file://"+b.Dir, dir)
	repo, err := git.Open(t.Context(), dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := repo.NewStore(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	// The pick itself is made where the objects are; its trees come along.
	for line := range strings.Lines(b.Git(t, "rev-list", "--objects", q.Pick.Tree) + "\n") {
		id, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if b.Git(t, "cat-file", "-t", id) == "tree" {
			content := b.Run(t, "", "cat-file", "tree", id).Stdout
			if _, err := store.Write("tree", []byte(content)); err != nil {
				t.Fatal(err)
			}
		}
	}
	c := gate.New(store, b.index, gate.Options{})
	var missing *git.MissingError
	if _, err := c.Check(t.Context(), q); !errors.As(err, &missing) {
		t.Fatalf("without files: %v", err)
	}
	for _, at := range []string{"old", "fix"} {
		content := b.Run(t, "", "cat-file", "blob", b.ID(at)+":lib/f7.go").Stdout
		if _, err := store.Write("blob", []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := gate.New(store, b.index, gate.Options{}).Check(t.Context(), q); err != nil || len(got) > 0 {
		t.Errorf("with the files of the pick: %v, %v", got, err)
	}
}

// TestMentionsOfABranchThatIsGone has a fix taken back on a branch: what the file
// keeps of it counts while the branch is asked for.
func TestMentionsOfABranchThatIsGone(t *testing.T) {
	t.Parallel()
	b := open(t, `
-- commit base on main: start --
-- file a --
one
-- branch old from main --
-- commit fix on main: mend --
-- edit a --
-one
+two
-- branch trial from main --
-- commit back on trial: Revert "mend" --

This reverts commit {{id:fix}}.
-- edit a --
-two
+one
-- commit later on main: b --
-- file b --
new
`)
	q := b.question(t, "fix", "old", "")
	repo, err := git.Open(t.Context(), b.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := repo.NewStore(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	file := filepath.Join(t.TempDir(), "mentions")
	for i, c := range []struct {
		tips []string
		want int
	}{{[]string{"back"}, 1}, {[]string{"fix"}, 0}, {[]string{"later"}, 0}, {[]string{"back", "later"}, 1}} {
		var tips []string
		for _, name := range c.tips {
			tips = append(tips, b.ID(name))
		}
		b.Checker = gate.New(store, b.index, gate.Options{Tips: tips, Mentions: file})
		if got := b.told(t, q); len(got) != c.want {
			t.Errorf("%d: with %v: %q", i, c.tips, got)
		}
		b.Save()
	}
}
