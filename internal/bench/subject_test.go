package bench

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/find"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/pick"
)

// small is the repository that is generated where none is named.
var small = shape{files: 2000, commits: 3000, branches: 10, carried: 150}

// subject is the repository that is measured on.
type subject struct {
	dir      string
	repo     *git.Repo
	tips     []string
	main     string            // the default branch
	releases []backport.Target // newest first
}

// bench opens the repository that BACKSTAY_BENCH_REPO names, or a generated
// one.
func bench(b testing.TB) *subject {
	b.Helper()
	dir := os.Getenv("BACKSTAY_BENCH_REPO")
	if dir == "" {
		dir = generate(b, small)
	}
	return open(b, dir)
}

func open(t testing.TB, dir string) *subject {
	t.Helper()
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	repo, err := git.Open(t.Context(), dir, git.Options{Env: gittest.Env(), Scratch: scratch(t)})
	if err != nil {
		t.Fatal(err)
	}
	s := &subject{dir: dir, repo: repo}
	refs, err := repo.Refs(t.Context(), "refs/heads", "refs/remotes", "refs/tags")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range refs {
		if r.Commit != "" {
			s.tips = append(s.tips, r.Commit)
		}
	}
	if s.main, err = repo.Resolve(t.Context(), "HEAD"); err != nil {
		t.Fatal(err)
	}
	releases, err := find.Releases(t.Context(), repo, s.store(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	s.releases = releases.Targets
	return s
}

// store makes a store of its own, so that nothing is found that another way of
// working left behind.
func (s *subject) store(t testing.TB) *git.Store {
	t.Helper()
	store, err := s.repo.NewStore(t.Context(), jobs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// index makes an index of everything on branches and tags, in memory.
func (s *subject) index(t testing.TB, store *git.Store) *history.Index {
	t.Helper()
	x, err := history.Open(t.Context(), s.repo, store, history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Update(t.Context(), s.tips); err != nil {
		t.Fatal(err)
	}
	return x
}

// fixes are the newest n commits of the default branch that are no merges.
func (s *subject) fixes(t testing.TB, n int) []string {
	t.Helper()
	return strings.Fields(run(t, s.dir, "git", "rev-list", "--no-merges", "-n", strconv.Itoa(n), s.main))
}

// fix reads a commit as a Fix.
func fix(t testing.TB, store *git.Store, id string) backport.Fix {
	t.Helper()
	c, err := store.Commit(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	step := backport.Step{Commit: id, Origin: id}
	if len(c.Parents) > 0 {
		step.Base = c.Parents[0]
	}
	return backport.Fix{Name: id, Slug: id[:12], Steps: []backport.Step{step}}
}

var jobs = runtime.NumCPU()

// number is what a variable of the environment says, or a default.
func number(t testing.TB, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q", name, text)
	}
	return n
}

// pair is a fix of one step on a target's commit, and our answer.
type pair struct {
	fix, base, onto string
	got             backport.Pick
}

// compared is one measurement side by side.
type compared struct {
	ours, git  time.Duration
	pairs      int
	clean      int // of git's
	present    int // ours, by what history says; git knows nothing of that
	failed     int // git ended in an error, and so there is no answer to compare with
	attributed int // git says the same once it sees the target's .gitattributes
	mismatches int // clean on one side only, or other trees
}

func (c *compared) add(o compared) {
	c.ours += o.ours
	c.git += o.git
	c.pairs += o.pairs
	c.clean += o.clean
	c.present += o.present
	c.failed += o.failed
	c.attributed += o.attributed
	c.mismatches += o.mismatches
}

func (c compared) report(b *testing.B) {
	b.ReportMetric(0, "ns/op") // both ways together say nothing
	b.ReportMetric(float64(c.pairs)/float64(b.N), "picks")
	b.ReportMetric(c.ours.Seconds()*1000/float64(c.pairs), "ours-ms/pick")
	b.ReportMetric(c.git.Seconds()*1000/float64(c.pairs), "git-ms/pick")
	b.ReportMetric(float64(c.git)/float64(c.ours), "git/ours")
	b.ReportMetric(100*float64(c.clean)/float64(c.pairs), "clean-%")
	b.ReportMetric(100*float64(c.present)/float64(c.pairs), "known-present-%")
	b.ReportMetric(float64(c.failed), "git-failed")
	b.ReportMetric(float64(c.attributed), "by-attributes")
	b.ReportMetric(float64(c.mismatches), "mismatches")
}

// askGit has one `git merge-tree --stdin` answer all pairs and compares. The
// trial commits it needs are made before the clock starts.
func askGit(t testing.TB, s *subject, pairs []pair) compared {
	t.Helper()
	store := s.store(t)
	requests := make([]git.Merge, len(pairs))
	own := make([]string, len(pairs))
	trees := map[string]string{}
	for i, p := range pairs {
		tree := trees[p.onto]
		if tree == "" {
			c, err := store.Commit(t.Context(), p.onto)
			if err != nil {
				t.Fatal(err)
			}
			tree, trees[p.onto] = c.Tree, c.Tree
		}
		ours, err := store.Trial(tree, p.base)
		if err != nil {
			t.Fatal(err)
		}
		requests[i], own[i] = git.Merge{Ours: ours, Theirs: p.fix}, tree
	}
	start := time.Now()
	merged, err := store.MergeTrees(t.Context(), "", requests)
	if err != nil {
		t.Fatal(err)
	}
	c := compared{git: time.Since(start), pairs: len(pairs)}
	for i, m := range merged {
		p := pairs[i].got
		if m.Clean {
			c.clean++
		}
		if p.Outcome == backport.Present && p.Presence != nil && p.Presence.How != "content" {
			c.present++
			continue
		}
		if m.Err != nil && !p.Outcome.HasTree() {
			c.failed++
			continue
		}
		if same(m, p) {
			continue
		}
		again, err := store.MergeTrees(t.Context(), attributes(t, s, store, own[i]), requests[i:i+1])
		if err != nil {
			t.Fatal(err)
		}
		if same(again[0], p) {
			c.attributed++
			continue
		}
		if c.mismatches++; c.mismatches <= 5 {
			t.Logf("fix %s onto %s: ours %s %s (%s), git %v %s %v", pairs[i].fix, pairs[i].onto, p.Outcome, p.Tree, p.Engine, m.Clean, m.Tree, m.Err)
		}
	}
	return c
}

func same(m git.Merged, p backport.Pick) bool {
	return m.Clean == p.Outcome.HasTree() && (!m.Clean || m.Tree == p.Tree)
}

// attributes are what git would see with a tree checked out.
func attributes(t testing.TB, s *subject, store *git.Store, tree string) git.Attributes {
	t.Helper()
	var files []git.AttributeFile
	for line := range strings.Lines(run(t, s.dir, "git", "ls-tree", "-r", tree)) {
		meta, path, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if f := strings.Fields(meta); filepath.Base(path) == ".gitattributes" && f[1] == "blob" {
			files = append(files, git.AttributeFile{Path: path, ID: f[2]})
		}
	}
	a, err := store.Attributes(t.Context(), files)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// picks tries jobs with a new engine on a new store and returns the pairs and
// the time.
func picks(ctx context.Context, t testing.TB, s *subject, todo []pick.Job, known pick.History, opts pick.Options) ([]pair, time.Duration) {
	t.Helper()
	store := s.store(t)
	start := time.Now()
	got, err := pick.New(store, opts).Picks(ctx, todo, known)
	took := time.Since(start)
	if err != nil {
		t.Fatal(err)
	}
	pairs := make([]pair, len(todo))
	for i, j := range todo {
		step := j.Fix.Steps[0]
		pairs[i] = pair{fix: step.Commit, base: step.Base, onto: j.Target.Commit, got: got[i]}
	}
	return pairs, took
}

// scratch is where stores are made: as the program does it, in memory where
// that can be had. git's side of a comparison has the same place, unless
// BACKSTAY_BENCH_SCRATCH names a folder for both.
func scratch(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("BACKSTAY_BENCH_SCRATCH"); dir != "" {
		return dir
	}
	if dir := git.MemoryScratch(); dir != "" {
		return dir
	}
	return t.TempDir()
}
