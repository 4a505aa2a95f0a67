package main

import (
	"fmt"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/adapt"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/replay"
)

// one is a judged case: its outcome, whether it is exact, whether its code is,
// and whether a check warns of it.
func one(outcome backport.Outcome, exact, code bool, severity backport.Severity) replay.Result {
	r := replay.Result{Outcome: outcome, Exact: &exact, CodeExact: &code, Right: code, GateMS: 1.5}
	if severity != "" {
		r.Findings = []backport.Finding{{Severity: severity}}
	}
	return r
}

func TestRow(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		results []replay.Result
		want    string // the row's cells behind the name
	}{
		{"nothing", nil, "0 | – | – | – | – | – | – | –"},
		{"nobody says what is right", []replay.Result{{Outcome: backport.Resolved}}, "0 | – | – | – | – | – | – | –"},
		{
			"conflicts",
			[]replay.Result{
				one(backport.Resolved, true, true, ""), one(backport.Resolved, false, false, ""),
				one(backport.Proposed, false, true, ""), one(backport.Proposed, false, false, ""),
				one(backport.Conflict, false, false, ""), one(backport.Blocked, false, false, ""),
				one(backport.Present, true, true, ""), one(backport.Failed, false, false, ""),
			},
			"6 | 16.7 % (1/6) | 50.0 % (1/2) | 33.3 % (2/6) | – | – | – | –",
		},
		{
			"clean: a warning counts, an information does not, and other documentation is no stray",
			[]replay.Result{
				one(backport.Clean, true, true, ""), one(backport.Clean, true, true, backport.Info),
				one(backport.Clean, true, true, backport.Warning),
				one(backport.Clean, false, true, backport.Warning),
				one(backport.Clean, false, false, ""), one(backport.Clean, false, false, backport.Warning),
			},
			"0 | – | – | – | 50.0 % (1/2) | 33.3 % (1/3) | 1.5 ms | 2 ms",
		},
	} {
		f := figures{name: test.name}
		for _, r := range test.results {
			f.add(judgedOf(r, 1))
		}
		row := f.row()
		if want := fmt.Sprintf("| %s | %s |", test.name, test.want); row != want {
			t.Errorf("%s\ngot  %s\nwant %s", test.name, row, want)
		}
		sum := figures{name: test.name}
		sum.plus(f)
		sum.plus(figures{})
		if sum.row() != row {
			t.Errorf("%s: alone %s\nas a sum %s", test.name, row, sum.row())
		}
		twice := figures{name: test.name}
		twice.plus(f)
		twice.plus(f)
		if got, want := twice.conflicts, 2*f.conflicts; got != want {
			t.Errorf("%s: the sum has %d conflicts, want %d", test.name, got, want)
		}
		for head, line := range map[string]string{head: row, ladderHead: f.ladder()} {
			for _, above := range strings.Split(strings.TrimSpace(head), "\n") {
				if strings.Count(above, "|") != strings.Count(line, "|") {
					t.Errorf("%s: %s\nstands below %s", test.name, line, above)
				}
			}
		}
	}
}

func TestCrossedRow(t *testing.T) {
	t.Parallel()
	got := crossedRow("x", adapt.Outcome{Cases: 8, Resolved: 4, ResolvedRight: 3, FirstRight: 5})
	if want := "| x | 8 | 37.5 % (3/8) | 75.0 % (3/4) | 62.5 % (5/8) |\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	for want, at := range map[int64][]int64{0: nil, 7: {7}, 5: {9, 1, 5}, 6: {6, 2}} {
		var results []judged
		for _, a := range at {
			results = append(results, judged{At: a})
		}
		if got := median(results); got != want {
			t.Errorf("median of %v is %d, want %d", at, got, want)
		}
	}
}

// What is judged a second time is what git did not merge, in its order.
func TestConflicts(t *testing.T) {
	t.Parallel()
	var results []judged
	for _, o := range []backport.Outcome{backport.Clean, backport.Resolved, backport.Present, backport.Proposed, backport.Conflict, backport.Failed} {
		results = append(results, judgedOf(replay.Result{Fix: string(o), Onto: "onto", Expected: "expected", Outcome: o}, 1))
	}
	got := conflicts(results)
	want := []replay.Case{
		{Fix: "resolved", Onto: "onto", Expected: "expected"},
		{Fix: "proposed", Onto: "onto", Expected: "expected"},
		{Fix: "conflict", Onto: "onto", Expected: "expected"},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A mistake on the command line is said before anything is read.
func TestArguments(t *testing.T) {
	t.Parallel()
	for words, args := range map[string][]string{"name=folder": nil, `"x" is not name=folder`: {"x"}} {
		var log strings.Builder
		err := run(t.Context(), options{}, args, &log)
		if err == nil || !strings.Contains(err.Error(), words) || log.Len() > 0 {
			t.Errorf("%q: %v, and says %q", args, err, log.String())
		}
	}
}

// The fixed texts have one place for each figure that goes in.
func TestTexts(t *testing.T) {
	t.Parallel()
	for _, text := range []string{fmt.Sprintf(crossedText, ladderHead), fmt.Sprintf(shippedText, ladderHead, "| x |")} {
		if strings.Contains(text, "%!") {
			t.Error(text)
		}
		if !strings.Contains(text, "\n\n"+ladderHead) {
			t.Errorf("a table needs an empty line above it:\n%s", text)
		}
	}
}
