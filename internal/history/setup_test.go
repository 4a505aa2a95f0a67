package history_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/history"
)

// stored opens a repository and a store of its own.
func stored(t testing.TB, dir string) (*git.Repo, *git.Store) {
	t.Helper()
	repo, err := git.Open(t.Context(), dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := repo.NewStore(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return repo, store
}

// open opens a repository's index, still empty if there is no file.
func open(t testing.TB, dir string, opts history.Options) *history.Index {
	t.Helper()
	repo, store := stored(t, dir)
	x, err := history.Open(t.Context(), repo, store, opts)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// update brings the index up to the tips.
func update(t testing.TB, x *history.Index, tips ...string) {
	t.Helper()
	if err := x.Update(t.Context(), tips); err != nil {
		t.Fatal(err)
	}
	if err := x.SaveError(); err != nil {
		t.Fatal(err)
	}
}

// heads are the tips of all branches and tags.
func heads(t testing.TB, r *gittest.Repo) []string {
	t.Helper()
	return strings.Fields(r.Git(t, "for-each-ref", "--format=%(objectname)", "refs/heads", "refs/tags"))
}

// indexed opens the index of a repository, complete.
func indexed(t testing.TB, r *gittest.Repo) *history.Index {
	t.Helper()
	x := open(t, r.Dir, history.Options{})
	update(t, x, heads(t, r)...)
	return x
}

// present asks one question; the answer is "" or "how label dialect".
func present(t testing.TB, r *gittest.Repo, x *history.Index, target string, q history.Query) string {
	t.Helper()
	got, err := x.Present(t.Context(), target, []history.Query{q})
	if err != nil {
		t.Fatal(err)
	}
	if got[0] == nil {
		return ""
	}
	label := got[0].Commit
	for name, id := range r.IDs {
		if id == label && !slices.Contains([]string{"main", "old", "older", "topic"}, name) {
			label = name
		}
	}
	return strings.TrimSpace(got[0].How + " " + label + " " + got[0].Dialect)
}

// drawHistory draws a random history of commits c0, c1, …, each on a branch of
// its own: any parents, the oldest three sharing a base file, with messages
// that claim something of earlier commits. monotone keeps dates from falling
// from parent to child.
func drawHistory(t *rapid.T, monotone bool) string {
	var out strings.Builder
	n := rapid.IntRange(2, 12).Draw(t, "commits")
	dates := make([]int, n)
	fmt.Fprint(&out, "-- commit c0 on b0: base --\ndate: 2024-01-01T00:00:00Z\n-- file f --\n0\n-- file g --\n0\n")
	for i := 1; i < n; i++ {
		parents := rapid.SliceOfNDistinct(rapid.IntRange(0, i-1), 0, min(3, i), rapid.ID[int]).Draw(t, "parents")
		dates[i] = rapid.IntRange(0, 9).Draw(t, "date")
		for _, p := range parents {
			if monotone {
				dates[i] = max(dates[i], dates[p])
			}
		}
		if len(parents) > 0 {
			fmt.Fprintf(&out, "-- branch b%d from c%d --\n", i, parents[0])
		}
		date := fmt.Sprintf("2024-01-01T00:00:%02dZ", dates[i])
		if !monotone && dates[i] == 9 {
			date = "1969-12-31T23:59:59Z"
		}
		fmt.Fprintf(&out, "-- commit c%d on b%[1]d: change %d --\ndate: %s\n", i, rapid.IntRange(0, 3).Draw(t, "subject"), date)
		if len(parents) > 1 {
			out.WriteString("merge:")
			for _, p := range parents[1:] {
				fmt.Fprintf(&out, " c%d", p)
			}
			out.WriteString("\n")
		}
		out.WriteString("\n")
		for range rapid.IntRange(0, 2).Draw(t, "claims") {
			named := rapid.IntRange(0, i-1).Draw(t, "named")
			digits := rapid.SampledFrom([]string{"", ":7", ":12"}).Draw(t, "digits")
			format := rapid.SampledFrom([]string{
				"(cherry picked from commit {{id:c%d%s}})\n", "(cherry picked from commit {{id:c%d%s}})\n",
				"This reverts commit {{id:c%d%s}}.\n", "commit {{id:c%d%s}} upstream.\n",
			}).Draw(t, "claim")
			fmt.Fprintf(&out, format, named, digits)
		}
		fmt.Fprintf(&out, "-- file %s --\n%d\n", rapid.SampledFrom([]string{"f", "g"}).Draw(t, "file"), rapid.IntRange(0, 2).Draw(t, "content"))
	}
	return out.String()
}

// drawn builds a drawn history; rapid's own T has no temporary folder.
func drawn(t *testing.T, text string) *gittest.Repo {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	return gittest.New(inDir{t, dir}, text, gittest.Bare())
}

// inDir is a test whose temporary folder is dir.
type inDir struct {
	testing.TB
	dir string
}

func (d inDir) TempDir() string { return d.dir }

func indexFile(t testing.TB) string { return filepath.Join(t.TempDir(), "cache", "history") }
