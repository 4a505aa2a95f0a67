package bench

import (
	"testing"

	"backstay.dev/backstay/internal/pick"
)

// BenchmarkMatrix tries 2,000 fixes on 8 release branches, trees not written.
// What history says is asked for from a warm index, within the time.
func BenchmarkMatrix(b *testing.B) {
	s := bench(b)
	todo := matrix(b, s, number(b, "BACKSTAY_BENCH_FIXES", 2000), 8)
	store := s.store(b)
	index := s.index(b, store)
	if _, err := index.PresentPairs(b.Context(), questions(todo)); err != nil {
		b.Fatal(err)
	}
	var total compared
	for b.Loop() {
		pairs, took := picks(b.Context(), b, s, todo, index, pick.Options{Jobs: jobs, Brief: true})
		c := askGit(b, s, pairs)
		c.ours = took
		total.add(c)
	}
	total.report(b)
}

// matrix are fixes on the newest branches, branch by branch.
func matrix(t testing.TB, s *subject, fixes, branches int) []pick.Job {
	t.Helper()
	store := s.store(t)
	var todo []pick.Job
	for _, target := range s.releases[:min(branches, len(s.releases))] {
		for _, id := range s.fixes(t, fixes) {
			todo = append(todo, pick.Job{Fix: fix(t, store, id), Target: target})
		}
	}
	return todo
}
