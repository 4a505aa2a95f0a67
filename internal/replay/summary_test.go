package replay_test

import (
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/replay"
	"github.com/google/go-cmp/cmp"
)

func TestSummary(t *testing.T) {
	t.Parallel()
	yes, no, tree := true, false, idA
	files := func(rungs ...string) (out []replay.File) {
		for _, r := range rungs {
			out = append(out, replay.File{Rung: r})
		}
		return out
	}
	finding := []backport.Finding{{Check: "identifiers"}, {Check: "identifiers"}}
	var s replay.Summary
	for i, r := range []replay.Result{
		{Outcome: backport.Clean, Tree: &tree, Exact: &yes, CodeExact: &yes, Files: files("git", "git")},
		{Outcome: backport.Clean, Tree: &tree, Exact: &no, CodeExact: &yes, Files: files("git"), Findings: finding},
		{Outcome: backport.Clean, Tree: &tree, Exact: &no, Files: files()}, // code-exactness unknown
		{Outcome: backport.Clean, Tree: &tree},                             // nobody knows what is right
		{Outcome: backport.Resolved, Tree: &tree, Exact: &yes, CodeExact: &yes, Files: files("git", "tokens", "adjacent", "tokens"), Findings: finding},
		{Outcome: backport.Proposed, Tree: &tree, Exact: &no, CodeExact: &no, Files: files("tokens")},
		{Outcome: backport.Present, Tree: &tree, Exact: &yes, CodeExact: &yes, Files: files("git")},
		{Outcome: backport.Conflict, Exact: &no, CodeExact: &no, Files: files("git")},
		{Outcome: backport.Failed, Exact: &no, CodeExact: &no},
		{Outcome: backport.Failed},
	} {
		r.MS = float64(i + 1)
		s.Add(r)
	}
	s.Elapsed = 4 * time.Second
	want := replay.Summary{
		Cases: 10, Judged: 8, Elapsed: 4 * time.Second,
		Outcomes: map[backport.Outcome]replay.Tally{
			backport.Clean:    {Cases: 4, Judged: 3, Exact: 1, CodeExact: 2},
			backport.Resolved: {Cases: 1, Judged: 1, Exact: 1, CodeExact: 1},
			backport.Proposed: {Cases: 1, Judged: 1},
			backport.Present:  {Cases: 1, Judged: 1, Exact: 1, CodeExact: 1},
			backport.Conflict: {Cases: 1, Judged: 1},
			backport.Failed:   {Cases: 2, Judged: 1},
		},
		Rungs: map[string]replay.Tally{
			"git":      {Cases: 4, Judged: 3, Exact: 1, CodeExact: 2},
			"tokens":   {Cases: 2, Judged: 2, Exact: 1, CodeExact: 1},
			"adjacent": {Cases: 1, Judged: 1, Exact: 1, CodeExact: 1},
		},
		Checks: map[string]replay.Tally{"identifiers": {Cases: 2, Judged: 2, Exact: 1, CodeExact: 2}},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(replay.Tally{Cases: 10, Judged: 8, Exact: 3, CodeExact: 4}, s.Total()); diff != "" {
		t.Errorf("total (-want +got):\n%s", diff)
	}
	if got := s.PerSecond(); got != 2.5 {
		t.Errorf("%v cases a second", got)
	}
}
