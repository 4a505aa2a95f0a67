package bench

import (
	"path/filepath"
	"testing"
	"time"

	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/pick"
)

// BenchmarkIndex makes the index of all branches and tags, patch-ids included,
// and keeps it in a file; brings an index that lacks the newest 100 commits of
// the default branch up to date, from file to file; and asks 1,000 fixes on 10
// branches of one that was read from its file.
func BenchmarkIndex(b *testing.B) {
	s := bench(b)
	store := s.store(b)
	dir := b.TempDir()
	openIndex := func(name string) *history.Index {
		x, err := history.Open(b.Context(), s.repo, store, history.Options{File: filepath.Join(dir, name)})
		if err != nil {
			b.Fatal(err)
		}
		return x
	}
	update := func(x *history.Index, tips []string) {
		if err := x.Update(b.Context(), tips); err != nil {
			b.Fatal(err)
		}
	}
	todo := questions(matrix(b, s, 1000, 10))
	ask := func(x *history.Index) {
		if _, err := x.PresentPairs(b.Context(), todo); err != nil {
			b.Fatal(err)
		}
	}
	newest := s.fixes(b, 101)
	var build, patchIDs, updated, first, present time.Duration
	var commits int
	for i := 0; b.Loop(); i++ {
		name := string(rune('a' + i%26))
		start := time.Now()
		x := openIndex("full" + name)
		update(x, s.tips)
		build += time.Since(start)
		start = time.Now()
		if err := x.EnsurePatchIDs(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
		patchIDs += time.Since(start)
		commits = x.Len()

		update(openIndex("old"+name), newest[len(newest)-1:])
		start = time.Now()
		update(openIndex("old"+name), newest[:1])
		updated += time.Since(start)

		x = openIndex("full" + name)
		update(x, s.tips)
		start = time.Now()
		ask(x)
		first += time.Since(start)
		start = time.Now()
		ask(x)
		present += time.Since(start)
	}
	n := float64(b.N)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(commits), "commits")
	b.ReportMetric(build.Seconds()/n, "build-s")
	b.ReportMetric(patchIDs.Seconds()/n, "patch-ids-s")
	b.ReportMetric((build+patchIDs).Seconds()/n*100_000/float64(commits), "s/100k-commits")
	b.ReportMetric(updated.Seconds()*1000/n, "update-ms")
	b.ReportMetric(float64(len(todo)), "pairs")
	b.ReportMetric(first.Seconds()*1000/n, "present-first-ms")
	b.ReportMetric(present.Seconds()*1000/n, "present-again-ms")
}

// BenchmarkScaling shows how the cost of a pick depends on the size of the tree
// and on the length of history: 200 fixes on 4 branches of generated
// repositories, which differ in one of the two.
func BenchmarkScaling(b *testing.B) {
	for _, c := range []struct {
		name string
		shape
	}{
		{"files=1k", shape{1_000, 2_000, 4, 100}},
		{"files=10k", shape{10_000, 2_000, 4, 100}},
		{"files=100k", shape{100_000, 2_000, 4, 100}},
		{"commits=1k", shape{1_000, 1_000, 4, 100}},
		{"commits=10k", shape{1_000, 10_000, 4, 100}},
		{"commits=100k", shape{1_000, 100_000, 4, 100}},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := open(b, generate(b, c.shape))
			todo := matrix(b, s, 200, 4)
			var total compared
			for b.Loop() {
				pairs, took := picks(b.Context(), b, s, todo, nil, pick.Options{Jobs: jobs})
				c := askGit(b, s, pairs)
				c.ours = took
				total.add(c)
			}
			total.report(b)
			b.ReportMetric(float64(total.pairs)/total.ours.Seconds(), "picks/s")
		})
	}
}
