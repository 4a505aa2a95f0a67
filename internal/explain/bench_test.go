package explain_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/explain"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/history"
)

// BenchmarkExplain explains conflicts of the repository that BACKSTAY_BENCH_REPO
// names, warm: commits that say they carry another one, tried again. In the same
// run `git blame` is asked who wrote the lines that the fix changes, as people
// do it, one process for each file: that is the source's side alone, and no lines
// that were removed.
func BenchmarkExplain(b *testing.B) {
	dir := os.Getenv("BACKSTAY_BENCH_REPO")
	if dir == "" {
		b.Skip("BACKSTAY_BENCH_REPO names no repository")
	}
	d := newBenchDesk(b, dir)
	picks := d.conflicts(b, 60)
	commits := float64(d.x.Len())
	report := func(b *testing.B, times []time.Duration) {
		slices.Sort(times)
		b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "median-ms")
		b.ReportMetric(float64(times[len(times)*95/100].Microseconds())/1000, "p95-ms")
		b.ReportMetric(commits, "commits")
		b.ReportMetric(0, "ns/op")
	}
	b.Run("explain", func(b *testing.B) {
		var times []time.Duration
		for b.Loop() {
			for _, p := range picks {
				start := time.Now()
				if _, err := d.e.Explain(b.Context(), p, explain.Options{}); err != nil {
					b.Fatal(err)
				}
				times = append(times, time.Since(start))
			}
		}
		report(b, times)
	})
	b.Run("git-blame", func(b *testing.B) {
		var times []time.Duration
		for b.Loop() {
			for _, p := range picks {
				start := time.Now()
				for _, f := range p.Files {
					blame(b, dir, p, f)
				}
				times = append(times, time.Since(start))
			}
		}
		report(b, times)
	})
}

// newBenchDesk opens a repository with a complete index of which the rest is
// computed as it is needed.
func newBenchDesk(b *testing.B, dir string) *desk {
	b.Helper()
	repo, err := git.Open(b.Context(), dir, git.Options{Env: gittest.Env(), Scratch: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	s, err := repo.NewStore(b.Context(), 2)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	x, err := history.Open(b.Context(), repo, s, history.Options{})
	if err != nil {
		b.Fatal(err)
	}
	refs, err := repo.Refs(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	var tips []string
	for _, r := range refs {
		if r.Commit != "" {
			tips = append(tips, r.Commit)
		}
	}
	if err := x.Update(b.Context(), tips); err != nil {
		b.Fatal(err)
	}
	return &desk{s: s, x: x, e: explain.New(s, x)}
}

// conflicts tries commits that were carried, spread over history, until n
// conflict, and explains them once.
func (d *desk) conflicts(b *testing.B, n int) []backport.Pick {
	b.Helper()
	all := d.x.Carried()
	var picks []backport.Pick
	for i := 0; i < len(all) && len(picks) < n; i++ {
		c := all[(i*7919)%len(all)] // a prime: every case once, in no order
		parents := d.x.Parents(c.Original)
		if len(parents) == 0 {
			continue
		}
		if p := d.pick(b, c.Original, parents[0], c.Parent); len(p.Files) > 0 {
			picks = append(picks, p)
		}
	}
	if len(picks) == 0 {
		b.Skip("nothing that was carried conflicts")
	}
	for _, p := range picks {
		if _, err := d.e.Explain(b.Context(), p, explain.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	return picks
}

// blame asks git who wrote the lines of a file that a fix changes.
func blame(b *testing.B, dir string, p backport.Pick, f backport.File) {
	b.Helper()
	step := p.Fix.Steps[0]
	diff, err := exec.CommandContext(b.Context(), "git", "-C", dir, "diff", "-U1", step.Base, step.Commit, "--", f.Path).Output()
	if err != nil {
		b.Fatal(err)
	}
	args := []string{"-C", dir, "blame", "-s", "--porcelain"}
	for _, line := range strings.Split(string(diff), "\n") {
		if old, ok := strings.CutPrefix(line, "@@ -"); ok {
			span, _, _ := strings.Cut(old, " ")
			start, count, found := strings.Cut(span, ",")
			if !found {
				count = "1"
			}
			if count != "0" {
				args = append(args, "-L", start+",+"+count)
			}
		}
	}
	if len(args) == 4 {
		return // the fix adds the file, or has it under another name
	}
	// A file that the base lacks under this name is no error worth counting.
	_ = exec.CommandContext(b.Context(), "git", append(args, p.Target.Commit+".."+step.Base, "--", f.Path)...).Run()
}
