package bench

import (
	"slices"
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/verify"
)

// BenchmarkVerify verifies 300 real backports without a build, one after the
// other and with a warm index, as backstay verify does: original, audit with all
// checks, trail, functions, API. A backport is faithful just if git's merge of
// the original gives its tree; else the benchmark fails.
func BenchmarkVerify(b *testing.B) {
	s := bench(b)
	store := s.store(b)
	index := s.index(b, store)
	c := &carry.Carrier{Repo: s.repo, Store: store, Index: index, Jobs: jobs, Gates: true}
	vs := backports(b, s, c, number(b, "BACKSTAY_BENCH_BACKPORTS", 300))
	in := carry.Inspection{Policy: func(string) verify.Policy { return verify.Policy{} }}
	for b.Loop() {
		var times []time.Duration
		states := map[backport.AuditState]int{}
		verdicts := map[backport.VerdictState]int{}
		found := 0
		for i := range vs {
			v := []backport.Verification{vs[i]}
			start := time.Now()
			if err := c.Verify(b.Context(), v, in); err != nil {
				b.Fatal(err)
			}
			times = append(times, time.Since(start))
			verdicts[v[0].Verdict.State]++
			if v[0].Audit == nil {
				continue
			}
			found++
			states[v[0].Audit.State]++
			if a := v[0].Audit; (a.State == backport.Faithful) != (a.Expected == vs[i].Tree) && a.State != backport.Unrepeated {
				b.Errorf("%s: %s, expected %s", vs[i].Name, a.State, a.Expected)
			}
		}
		slices.Sort(times)
		ms := func(at int) float64 { return times[at].Seconds() * 1000 }
		b.ReportMetric(ms(len(times)/2), "median-ms")
		b.ReportMetric(ms(len(times)*95/100), "p95-ms")
		b.ReportMetric(ms(len(times)-1), "max-ms")
		share := func(n int) float64 { return 100 * float64(n) / float64(len(vs)) }
		b.ReportMetric(share(found), "original-%")
		for _, state := range []backport.AuditState{backport.Faithful, backport.Declared, backport.Deviates} {
			b.ReportMetric(share(states[state]), string(state)+"-%")
		}
		b.ReportMetric(share(verdicts[backport.Refused]), "refused-%")
	}
	b.ReportMetric(0, "ns/op") // what counts is one of them
	b.ReportMetric(float64(len(vs)), "backports")
}

// backports are the newest commits that say what they carry.
func backports(b *testing.B, s *subject, c *carry.Carrier, limit int) (vs []backport.Verification) {
	b.Helper()
	for _, k := range mined(b, s, c.Index, limit) {
		commit, err := c.Store.Commit(b.Context(), k.Expected)
		if err != nil {
			b.Fatal(err)
		}
		vs = append(vs, backport.Verification{
			Name: k.Expected[:12], Subject: commit.Subject(), Commits: []string{k.Expected}, Tree: commit.Tree,
			Target: backport.Target{Name: k.Onto[:12], Commit: k.Onto},
		})
	}
	return vs
}
