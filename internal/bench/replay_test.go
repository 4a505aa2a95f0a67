package bench

import (
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/pick"
	"backstay.dev/backstay/internal/replay"
)

// BenchmarkReplay judges real cases, 1,000 of them, with a warm index.
func BenchmarkReplay(b *testing.B) {
	s := bench(b)
	store := s.store(b)
	index := s.index(b, store)
	cases := mined(b, s, index, number(b, "BACKSTAY_BENCH_CASES", 1000))
	judge(b, s, index, cases)
	var total compared
	for b.Loop() {
		pairs, took := judge(b, s, index, cases)
		c := askGit(b, s, pairs)
		c.ours = took
		total.add(c)
	}
	total.report(b)
}

func mined(t testing.TB, s *subject, index *history.Index, limit int) []replay.Case {
	t.Helper()
	cases, err := replay.Mine(t.Context(), s.repo, index)
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Skip("the repository has no backports that say so")
	}
	return replay.Sample(cases, limit, 1)
}

// judge replays the cases on a new store.
func judge(t testing.TB, s *subject, index *history.Index, cases []replay.Case) ([]pair, time.Duration) {
	t.Helper()
	store := s.store(t)
	var results []replay.Result
	start := time.Now()
	_, err := replay.New(store, index, replay.Options{Jobs: jobs}).Run(t.Context(), cases, func(r replay.Result) error {
		results = append(results, r)
		return nil
	})
	took := time.Since(start)
	if err != nil {
		t.Fatal(err)
	}
	pairs := make([]pair, len(cases))
	for i, r := range results {
		p := pair{fix: r.Fix, onto: r.Onto, got: backport.Pick{Outcome: r.Outcome, Error: r.Error}}
		if r.Tree != nil {
			p.got.Tree = *r.Tree
		}
		if r.Outcome == backport.Present && len(r.Files) == 0 {
			p.got.Presence = &backport.Presence{How: "trailer"} // not by content: no file was merged
		}
		p.base = parent(t, store, r.Fix)
		pairs[i] = p
	}
	return pairs, took
}

func parent(t testing.TB, store *git.Store, id string) string {
	t.Helper()
	return fix(t, store, id).Steps[0].Base
}

// questions are what the jobs ask history.
func questions(todo []pick.Job) []history.Pair {
	var out []history.Pair
	for _, j := range todo {
		out = append(out, history.Pair{
			Target: j.Target.Commit,
			Query:  history.Query{Fix: j.Fix.Steps[0].Origin, Before: j.Before},
		})
	}
	return out
}
