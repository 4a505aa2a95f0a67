package replay

import (
	"maps"
	"slices"
	"time"

	"backstay.dev/backstay/internal/backport"
)

// Summary counts the results of a run. The zero value is an empty one.
type Summary struct {
	// Cases counts all results, Judged those that could be compared with what
	// people committed.
	Cases, Judged int
	// Outcomes has a tally for every outcome that occurred.
	Outcomes map[backport.Outcome]Tally
	// Rungs has a tally of the clean, resolved and proposed results by the
	// methods that made them: "git" where git's own merge made all of it, else
	// every rung above git that took part.
	Rungs map[string]Tally
	// Checks has a tally of the results with a tree in which a check found
	// something.
	Checks map[string]Tally
	// Elapsed is the time of the whole run.
	Elapsed time.Duration
}

// Tally counts results that have something in common.
type Tally struct {
	Cases int
	// Judged were compared with what people committed; of these Exact equal it,
	// and CodeExact do so but for paths that hold no code.
	Judged, Exact, CodeExact int
}

func (t Tally) add(r Result) Tally {
	t.Cases++
	if r.Exact == nil {
		return t
	}
	t.Judged++
	if *r.Exact {
		t.Exact++
	}
	if r.CodeExact != nil && *r.CodeExact {
		t.CodeExact++
	}
	return t
}

// Add counts one result.
func (s *Summary) Add(r Result) {
	if s.Outcomes == nil {
		s.Outcomes, s.Rungs, s.Checks = map[backport.Outcome]Tally{}, map[string]Tally{}, map[string]Tally{}
	}
	s.Cases++
	if r.Exact != nil {
		s.Judged++
	}
	s.Outcomes[r.Outcome] = s.Outcomes[r.Outcome].add(r)
	if r.Tree == nil || r.Outcome == backport.Present {
		return
	}
	for _, rung := range rungs(r) {
		s.Rungs[rung] = s.Rungs[rung].add(r)
	}
	checks := map[string]bool{}
	for _, f := range r.Findings {
		checks[f.Check] = true
	}
	for check := range checks {
		s.Checks[check] = s.Checks[check].add(r)
	}
}

// rungs lists the methods above git that made a result, "git" if there are
// none.
func rungs(r Result) []string {
	used := map[string]bool{}
	for _, f := range r.Files {
		if f.Rung != "" && f.Rung != "git" {
			used[f.Rung] = true
		}
	}
	if len(used) == 0 {
		return []string{"git"}
	}
	return slices.Sorted(maps.Keys(used))
}

// Total is the tally of all results.
func (s *Summary) Total() Tally {
	var sum Tally
	for _, t := range s.Outcomes {
		sum.Cases += t.Cases
		sum.Judged += t.Judged
		sum.Exact += t.Exact
		sum.CodeExact += t.CodeExact
	}
	return sum
}

// PerSecond is how many cases were done in a second, all workers together.
func (s *Summary) PerSecond() float64 {
	if s.Elapsed <= 0 {
		return 0
	}
	return float64(s.Cases) / s.Elapsed.Seconds()
}
