package history

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// BenchmarkIndex measures on the repository that BACKSTAY_BENCH_REPO names, a
// folder, else on one of 10,000 commits made for the purpose. "commits" says
// how many there are; patch-ids and cold questions run once only with
// -benchtime=1x.
func BenchmarkIndex(b *testing.B) {
	dir := os.Getenv("BACKSTAY_BENCH_REPO")
	if dir == "" {
		dir = synthetic(b, 10000)
	}
	w := newBench(b, dir)
	full := w.index(b, w.tips)
	commits := float64(full.Len())
	run := func(name string, f func(b *testing.B)) {
		b.Run(name, func(b *testing.B) {
			f(b)
			b.ReportMetric(commits, "commits")
		})
	}
	run("build", func(b *testing.B) {
		for b.Loop() {
			w.index(b, w.tips)
		}
	})
	run("update/1000-new", func(b *testing.B) {
		old := full.columns.Load().headsBelow(full.Len() - 1000)
		for b.Loop() {
			b.StopTimer()
			x := w.index(b, old)
			b.StartTimer()
			if err := x.Update(b.Context(), w.tips); err != nil {
				b.Fatal(err)
			}
		}
	})
	run("update/nothing-new", func(b *testing.B) {
		for b.Loop() {
			if err := full.Update(b.Context(), w.tips); err != nil {
				b.Fatal(err)
			}
		}
	})
	pairs := w.pairs(full)
	run("present/one-cold", func(b *testing.B) {
		w.present(b, w.tips, pairs[:1])
	})
	run(fmt.Sprintf("present/%d-cold", len(pairs)), func(b *testing.B) {
		w.present(b, w.tips, pairs)
	})
	run(fmt.Sprintf("present/%d-warm", len(pairs)), func(b *testing.B) {
		if _, err := full.PresentPairs(b.Context(), pairs); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := full.PresentPairs(b.Context(), pairs); err != nil {
				b.Fatal(err)
			}
		}
	})
	run("touched", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			x := w.index(b, w.tips)
			b.StartTimer()
			if err := x.EnsureTouched(b.Context(), nil); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(4*len(x.columns.Load().touched))/commits, "bytes/commit")
		}
	})
	run("span/warm", func(b *testing.B) {
		tip, old := w.tips[0], w.tips[len(w.tips)-1]
		for b.Loop() {
			s, err := full.Span(b.Context(), tip, old)
			if err != nil {
				b.Fatal(err)
			}
			s.Trail(tip, "README.md", 1000, s.NewLine(nil))
		}
	})
	run("patch-ids", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			x := w.index(b, w.tips)
			b.StartTimer()
			if err := x.EnsurePatchIDs(b.Context(), nil); err != nil {
				b.Fatal(err)
			}
			full = x
		}
	})
	file := filepath.Join(b.TempDir(), "index")
	run("save", func(b *testing.B) {
		for b.Loop() {
			if err := save(file, full.columns.Load().encode(full.identity)); err != nil {
				b.Fatal(err)
			}
		}
	})
	run("load", func(b *testing.B) {
		for b.Loop() {
			if c := load(file, full.identity, full.format.RawLen()); c.len() != full.Len() {
				b.Fatal("the file was not read")
			}
		}
	})
	run("carried", func(b *testing.B) {
		for b.Loop() {
			full.claims = nil
			full.Carried()
		}
	})
}

type bench struct {
	repo  *git.Repo
	store *git.Store
	tips  []string
}

func newBench(b *testing.B, dir string) *bench {
	repo, err := git.Open(b.Context(), dir, git.Options{Env: gittest.Env(), Scratch: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	w := &bench{repo: repo}
	if w.store, err = repo.NewStore(b.Context(), 2); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := w.store.Close(); err != nil {
			b.Error(err)
		}
	})
	refs, err := repo.Refs(b.Context(), "refs/heads", "refs/tags")
	if err != nil {
		b.Fatal(err)
	}
	for _, r := range refs {
		if r.Commit != "" {
			w.tips = append(w.tips, r.Commit)
		}
	}
	return w
}

func (w *bench) index(b *testing.B, tips []string) *Index {
	x, err := Open(context.Background(), w.repo, w.store, Options{})
	if err != nil {
		b.Fatal(err)
	}
	if err := x.Update(b.Context(), tips); err != nil {
		b.Fatal(err)
	}
	return x
}

func (w *bench) present(b *testing.B, tips []string, pairs []Pair) {
	for b.Loop() {
		b.StopTimer()
		x := w.index(b, tips)
		b.StartTimer()
		if _, err := x.PresentPairs(b.Context(), pairs); err != nil {
			b.Fatal(err)
		}
	}
}

// pairs are 1,000 originals of real copies on ten targets: the parents of the
// newest copies, evenly spread.
func (w *bench) pairs(x *Index) []Pair {
	carried := x.Carried()
	var out []Pair
	for k := range min(10, len(carried)) {
		target := carried[len(carried)-1-k*len(carried)/20].Parent
		for n := range 1000 {
			out = append(out, Pair{target, Query{Fix: carried[n*len(carried)/1000].Original}})
		}
	}
	return out
}

// headsBelow are the commits among the first n that none of these has as a
// parent.
func (c *columns) headsBelow(n int) []string {
	isParent := newSet(c.len())
	for i := range int32(n) {
		for _, p := range c.parentsOf(i) {
			isParent.add(p)
		}
	}
	var heads []string
	for i := range int32(n) {
		if !isParent.has(i) {
			heads = append(heads, c.id(i))
		}
	}
	return heads
}

// synthetic makes a repository of n commits: main, and ten branches onto which
// every tenth commit of main is copied by turns.
func synthetic(b *testing.B, n int) string {
	dir := filepath.Join(b.TempDir(), "bench.git")
	var stream, branches strings.Builder
	commit := func(branch string, mark, k int, message string) {
		fmt.Fprintf(&stream, "commit refs/heads/%s\nmark :%d\ncommitter A <a@example.org> %d +0000\ndata %d\n%s\n",
			branch, mark, 1700000000+k*60, len(message), message)
		fmt.Fprintf(&stream, "M 100644 inline d%d/f%d\ndata <<EOF\n%s%d\nEOF\n\n", k%20, k%400, strings.Repeat("some line of text\n", 40), k)
	}
	for k := range n * 10 / 11 {
		commit("main", k+1, k, fmt.Sprintf("Change %d", k))
		if k == 0 {
			for branch := range 10 {
				fmt.Fprintf(&branches, "reset refs/heads/b%d\nfrom :1\n\n", branch)
			}
			stream.WriteString(branches.String())
		}
	}
	git := func(input string, args ...string) string {
		cmd := exec.CommandContext(b.Context(), "git", append([]string{"-C", filepath.Dir(dir)}, args...)...)
		cmd.Env, cmd.Stdin = gittest.Env(), strings.NewReader(input)
		out, err := cmd.Output()
		if err != nil {
			b.Fatalf("git %v: %v", args, err)
		}
		return string(out)
	}
	git("", "init", "-q", "--bare", dir)
	git(stream.String(), "--git-dir="+dir, "fast-import", "--quiet")
	ids := strings.Fields(git("", "--git-dir="+dir, "rev-list", "--reverse", "main"))
	stream.Reset()
	for k := 10; k < len(ids); k += 10 {
		branch := fmt.Sprintf("b%d", k/10%10)
		commit(branch, k+1, k+5, fmt.Sprintf("Change %d\n\n(cherry picked from commit %s)", k, ids[k]))
		if k <= 100 { // the first one names its parent
			text := stream.String()
			at := strings.LastIndex(text, "M 100644")
			stream.Reset()
			stream.WriteString(text[:at] + "from refs/heads/" + branch + "^0\n" + text[at:])
		}
	}
	git(stream.String(), "--git-dir="+dir, "fast-import", "--quiet")
	return dir
}
