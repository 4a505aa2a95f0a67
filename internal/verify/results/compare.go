package results

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
)

// The kinds of a backport.TestChange.
const (
	NewlyFailing = "newly-failing"
	NewlyPassing = "newly-passing"
	NewlySkipped = "newly-skipped"
	Flaky        = "flaky"
	New          = "new"
	Gone         = "gone"
)

// Compare tells what differs between the tests before and after a change, by
// id. A test that is new may well fail: After says so.
//
// What a broken report lacks is unknown: no test is gone from it, and only those
// that fail are new beside it. A quiet test that is missing from a report did
// not fail there.
func Compare(before, after Report) []backport.TestChange {
	var changes []backport.TestChange
	for id, a := range after.Tests {
		b, ok := before.Tests[id]
		kind := ""
		switch {
		case ok:
			kind = change(b.State, a.State)
		case a.Quiet:
			kind = change(backport.TestPassed, a.State)
		case before.Broken == "" || a.State == backport.TestFailed || a.State == backport.TestFlaky:
			kind = New
		}
		if kind != "" {
			changes = append(changes, backport.TestChange{Test: id, Kind: kind, Before: b.State, After: a.State, Text: cmp.Or(a.Text, b.Text)})
		}
	}
	for id, b := range before.Tests {
		if _, ok := after.Tests[id]; ok || after.Broken != "" {
			continue
		}
		kind := Gone
		if b.Quiet {
			kind = change(b.State, backport.TestPassed)
		}
		if kind != "" {
			changes = append(changes, backport.TestChange{Test: id, Kind: kind, Before: b.State, Text: b.Text})
		}
	}
	slices.SortFunc(changes, func(a, b backport.TestChange) int { return cmp.Compare(a.Test, b.Test) })
	return changes
}

// change is the kind of the step from one state to another, "" for none. A test
// that was flaky before may fail after without that anything has changed.
func change(before, after backport.TestState) string {
	switch {
	case before == after:
		return ""
	case after == backport.TestSkipped:
		return NewlySkipped
	case after == backport.TestFlaky, before == backport.TestFlaky && after == backport.TestFailed:
		return Flaky
	case after == backport.TestFailed:
		return NewlyFailing
	case before == backport.TestFlaky:
		return ""
	}
	return NewlyPassing
}

// Merge joins the reports of several commands or files on one tree. Of two
// results for one test the worse counts.
func Merge(a, b Report) Report {
	r := Report{Tests: make(map[string]Test, max(len(a.Tests), len(b.Tests))), Format: cmp.Or(a.Format, b.Format)}
	if a.Format != b.Format && a.Format != "" && b.Format != "" {
		r.Format = Mixed
	}
	maps.Copy(r.Tests, a.Tests)
	for id, t := range b.Tests {
		if old, ok := r.Tests[id]; ok {
			t = worse(old, t)
		}
		r.Tests[id] = t
	}
	reasons := append(strings.Split(a.Broken, reasonsBy), strings.Split(b.Broken, reasonsBy)...)
	if len(r.Tests) > 0 {
		// A command that runs no test does no harm beside one that does.
		reasons = slices.DeleteFunc(reasons, func(s string) bool { return s == noTest })
	}
	r.Broken = joinReasons(reasons)
	r.NotBuilt = cmp.Or(min(a.NotBuilt, b.NotBuilt), a.NotBuilt, b.NotBuilt)
	return r
}

const reasonsBy = "; "

// joinReasons puts reasons in order, each once.
func joinReasons(reasons []string) string {
	reasons = slices.DeleteFunc(slices.Clone(reasons), func(s string) bool { return s == "" })
	slices.Sort(reasons)
	return strings.Join(slices.Compact(reasons), reasonsBy)
}

// severity orders states: the worse the higher.
func severity(s backport.TestState) int {
	return slices.Index([]backport.TestState{backport.TestSkipped, backport.TestPassed, backport.TestFlaky, backport.TestFailed}, s)
}

// worse is the worse of two results of tests with one name. Equal ones are told
// apart by their text, so that their order is none.
func worse(a, b Test) Test {
	t := a
	if cmp.Or(cmp.Compare(severity(a.State), severity(b.State)), cmp.Compare(a.Text, b.Text)) < 0 {
		t = b
	}
	t.Seconds = max(a.Seconds, b.Seconds)
	t.Quiet = a.Quiet && b.Quiet
	return t
}

// again is what two runs of one test come to.
func again(a, b Test) Test {
	t := worse(a, b)
	t.Text = max(a.Text, b.Text)
	if a.State != b.State && a.State != backport.TestSkipped && b.State != backport.TestSkipped {
		t.State = backport.TestFlaky
	}
	return t
}
