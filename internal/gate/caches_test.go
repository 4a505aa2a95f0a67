package gate_test

import (
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
