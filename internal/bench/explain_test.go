package bench

import (
	"slices"
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/pick"
)

// BenchmarkExplain explains 200 real cases that conflict, one after the other
// and with a warm index: first why, then with plans.
func BenchmarkExplain(b *testing.B) {
	s := bench(b)
	store := s.store(b)
	index := s.index(b, store)
	c := &carry.Carrier{Repo: s.repo, Store: store, Index: index, Jobs: jobs}
	picks, before := conflicting(b, s, number(b, "BACKSTAY_BENCH_CONFLICTS", 200), c)
	for i, p := range picks { // what is found out once about commits is kept
		if _, err := c.Explain(b.Context(), []backport.Pick{p}, carry.Inquiry{Before: before[i]}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		for _, plans := range []bool{false, true} {
			var times []time.Duration
			planned, spent, tried, caused := 0, 0, 0, 0
			for i, p := range picks {
				start := time.Now()
				got, err := c.Explain(b.Context(), []backport.Pick{p}, carry.Inquiry{Plans: plans, Before: before[i]})
				if err != nil {
					b.Fatal(err)
				}
				times = append(times, time.Since(start))
				tried += got[0].Planning.Tried
				if len(got[0].Pick.Plans) > 0 {
					planned++
				}
				if got[0].Planning.Spent {
					spent++
				}
				if len(got[0].Pick.Causes) > 0 && len(got[0].Pick.Causes[0].Commits) > 0 {
					caused++
				}
			}
			slices.Sort(times)
			name := "why-"
			if plans {
				name = "plans-"
				share := func(n int) float64 { return 100 * float64(n) / float64(len(picks)) }
				b.ReportMetric(share(planned), "planned-%")
				b.ReportMetric(share(spent), "out-of-time-%")
				b.ReportMetric(share(caused), "named-%")
				b.ReportMetric(float64(tried)/float64(len(picks)), "tries")
			}
			ms := func(at int) float64 { return times[at].Seconds() * 1000 }
			b.ReportMetric(ms(len(times)/2), name+"median-ms")
			b.ReportMetric(ms(len(times)*95/100), name+"p95-ms")
			b.ReportMetric(ms(len(times)-1), name+"max-ms")
		}
	}
	b.ReportMetric(0, "ns/op") // both together say nothing
	b.ReportMetric(float64(len(picks)), "picks")
}

// conflicting are real backports that git cannot merge, and the moments at
// which people made them.
func conflicting(b *testing.B, s *subject, limit int, c *carry.Carrier) (picks []backport.Pick, before []int64) {
	b.Helper()
	engine := pick.New(c.Store, pick.Options{Jobs: jobs, Chunks: true})
	for _, k := range mined(b, s, c.Index, 40*limit) {
		target := backport.Target{Name: k.Onto[:12], Commit: k.Onto}
		got, err := engine.Picks(b.Context(), []pick.Job{{Fix: fix(b, c.Store, k.Fix), Target: target}}, nil)
		if err != nil {
			b.Fatal(err)
		}
		if got[0].Outcome == backport.Conflict {
			picks, before = append(picks, got[0]), append(before, c.Index.Date(k.Expected)-1)
		}
		if len(picks) == limit {
			break
		}
	}
	if len(picks) == 0 {
		b.Skip("no backport of this repository conflicts")
	}
	return picks, before
}
