package history_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/history"
)

// A file that is not whole, not of this version or not of this repository is
// as good as none.
func TestDamagedFile(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, line, gittest.Bare())
	file := indexFile(t)
	x := open(t, r.Dir, history.Options{File: file})
	update(t, x, heads(t, r)...)
	if err := x.EnsurePatchIDs(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := x.EnsureTouched(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	repo, store := stored(t, r.Dir)
	try := func(what string, content []byte, want int) {
		t.Helper()
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		x, err := history.Open(t.Context(), repo, store, history.Options{File: file})
		if err != nil {
			t.Fatal(err)
		}
		if x.Len() != want {
			t.Errorf("%s: %d commits, want %d", what, x.Len(), want)
		}
	}
	try("as written", good, 6)
	for n := 0; n < len(good); n += 1 + len(good)/40 {
		try("truncated", good[:n], 0)
		flipped := append([]byte(nil), good...)
		flipped[n] ^= 1 << (n % 8)
		try("one bit flipped", flipped, 0)
	}
	try("longer", append(good[:len(good):len(good)], 0), 0)

	other := gittest.New(t, line, gittest.Bare())
	try("as written", good, 6)
	if x := open(t, other.Dir, history.Options{File: file}); x.Len() != 0 {
		t.Error("another repository's file was used")
	}

	try("damaged", good[:100], 0)
	x = open(t, r.Dir, history.Options{File: file})
	update(t, x, heads(t, r)...)
	if x = open(t, r.Dir, history.Options{File: file}); x.Len() != 6 {
		t.Error("the file was not made again")
	}
}

// What was computed is there for the next process, which asks git for nothing.
func TestFileKeepsEverything(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, line, gittest.Bare())
	file := indexFile(t)
	x := open(t, r.Dir, history.Options{File: file})
	update(t, x, heads(t, r)...)
	if err := x.EnsurePatchIDs(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := x.EnsureTouched(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	y := open(t, r.Dir, history.Options{File: file, Progress: func(stage string, _, _ int) { t.Errorf("computed again: %s", stage) }})
	update(t, y, heads(t, r)...)
	if err := y.EnsurePatchIDs(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := y.EnsureTouched(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for _, id := range r.IDs {
		if x.PatchID(id) != y.PatchID(id) || x.PatchID(id) == "" || x.Date(id) != y.Date(id) {
			t.Errorf("%s: %q, was %q", id, y.PatchID(id), x.PatchID(id))
		}
	}
	if len(y.Carried()) != 1 || y.Carried()[0] != x.Carried()[0] {
		t.Error("claims differ")
	}
}

// Processes that save at once leave one whole file and nothing beside it but
// what is younger than an hour.
func TestSavingAtOnce(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, line, gittest.Bare())
	file := indexFile(t)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, age := range map[string]time.Duration{".tmp-old": 2 * time.Hour, ".tmp-new": time.Minute} {
		if err := os.WriteFile(file+name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		when := time.Now().Add(-age)
		if err := os.Chtimes(file+name, when, when); err != nil {
			t.Fatal(err)
		}
	}
	var all sync.WaitGroup
	for range 4 {
		x := open(t, r.Dir, history.Options{File: file})
		all.Go(func() {
			update(t, x, r.ID("old"))
			update(t, x, heads(t, r)...)
		})
	}
	all.Wait()
	if x := open(t, r.Dir, history.Options{File: file}); x.Len() != 6 {
		t.Errorf("%d commits", x.Len())
	}
	left, err := filepath.Glob(file + "*")
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 2 || left[1] != file+".tmp-new" {
		t.Errorf("left behind: %v", left)
	}
}
