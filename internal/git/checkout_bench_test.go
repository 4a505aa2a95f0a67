package git_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// BenchmarkCheckout lays out HEAD of the repository that BACKSTAY_BENCH_REPO
// names, or 3,000 files, beside what `git worktree add` does in a clone; and the
// first `git status` in each.
func BenchmarkCheckout(b *testing.B) {
	dir := os.Getenv("BACKSTAY_BENCH_REPO")
	if dir == "" {
		dir = manyFiles(b).Dir
	}
	clone := &gittest.Repo{Dir: filepath.Join(b.TempDir(), "clone")}
	(&gittest.Repo{Dir: b.TempDir()}).Git(b, "clone", "-q", "--bare", "--shared", dir, clone.Dir)
	repo, err := git.Open(b.Context(), dir, git.Options{Env: gittest.Env(), Scratch: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	store, err := repo.NewStore(b.Context(), 2)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	head, err := repo.Resolve(b.Context(), "HEAD")
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	place := func() string {
		n++
		return filepath.Join(b.TempDir(), fmt.Sprint(n))
	}
	ours := func(to string) {
		if err := repo.Checkout(b.Context(), store, to, head, head); err != nil {
			b.Fatal(err)
		}
	}
	theirs := func(to string) { clone.Git(b, "worktree", "add", "-q", "--detach", to, head) }
	for _, way := range []struct {
		name string
		lay  func(to string)
	}{{"backstay", ours}, {"git-worktree-add", theirs}} {
		b.Run(way.name, func(b *testing.B) {
			for b.Loop() {
				to := place()
				way.lay(to)
				b.StopTimer()
				if err := os.RemoveAll(to); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
		b.Run(way.name+"/status", func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				to := place()
				way.lay(to)
				b.StartTimer()
				if got := (&gittest.Repo{Dir: to}).Git(b, "status", "--porcelain"); got != "" {
					b.Fatalf("%.200q", got)
				}
				b.StopTimer()
				if err := os.RemoveAll(to); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
}

// manyFiles is a repository of 3,000 files in 100 folders.
func manyFiles(b *testing.B) *gittest.Repo {
	b.Helper()
	var text strings.Builder
	text.WriteString("-- commit on main: all --\n")
	for i := range 3000 {
		fmt.Fprintf(&text, "-- file d%d/sub/f%d.txt --\n", i%100, i)
		for line := range 50 {
			fmt.Fprintf(&text, "line %d of file %d, as long as lines of programs are\n", line, i)
		}
	}
	return gittest.New(b, text.String(), gittest.Bare())
}
