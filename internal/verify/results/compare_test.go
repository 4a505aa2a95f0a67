package results

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/backport"
)

const (
	passed  = backport.TestPassed
	failed  = backport.TestFailed
	skipped = backport.TestSkipped
	flaky   = backport.TestFlaky
)

func TestCompareKinds(t *testing.T) {
	t.Parallel()
	before := Report{Tests: map[string]Test{
		"same": {State: passed}, "broke": {State: passed}, "fixed": {State: failed, Text: "was bad"}, "unskipped": {State: skipped},
		"skipped": {State: passed}, "shaky": {State: passed}, "calmed": {State: flaky}, "was shaky": {State: flaky}, "gone": {State: passed},
		"quiet fixed": {State: failed, Quiet: true},
	}}
	after := Report{Tests: map[string]Test{
		"same": {State: passed}, "broke": {State: failed, Text: "why"}, "fixed": {State: passed}, "unskipped": {State: failed},
		"skipped": {State: skipped, Text: "not here"}, "shaky": {State: flaky}, "calmed": {State: passed}, "was shaky": {State: failed},
		"new": {State: passed}, "new bad": {State: failed}, "quiet broke": {State: failed, Quiet: true},
	}}
	tests := []struct {
		name                      string
		brokenBefore, brokenAfter bool
		want                      []string
	}{
		{name: "both whole", want: []string{
			"broke newly-failing passed>failed why", "fixed newly-passing failed>passed was bad", "gone gone passed>", "new new >passed", "new bad new >failed",
			"quiet broke newly-failing >failed", "quiet fixed newly-passing failed>", "shaky flaky passed>flaky", "skipped newly-skipped passed>skipped not here",
			"unskipped newly-failing skipped>failed", "was shaky flaky flaky>failed",
		}},
		{name: "broken before", brokenBefore: true, want: []string{
			"broke newly-failing passed>failed why", "fixed newly-passing failed>passed was bad", "gone gone passed>", "new bad new >failed",
			"quiet broke newly-failing >failed", "quiet fixed newly-passing failed>", "shaky flaky passed>flaky", "skipped newly-skipped passed>skipped not here",
			"unskipped newly-failing skipped>failed", "was shaky flaky flaky>failed",
		}},
		{name: "broken after", brokenAfter: true, want: []string{
			"broke newly-failing passed>failed why", "fixed newly-passing failed>passed was bad", "new new >passed", "new bad new >failed",
			"quiet broke newly-failing >failed", "shaky flaky passed>flaky", "skipped newly-skipped passed>skipped not here",
			"unskipped newly-failing skipped>failed", "was shaky flaky flaky>failed",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b, a := before, after
			if test.brokenBefore {
				b.Broken = cutOff
			}
			if test.brokenAfter {
				a.Broken = cutOff
			}
			var got []string
			for _, c := range Compare(b, a) {
				got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s>%s %s", c.Test, c.Kind, c.Before, c.After, c.Text)))
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// report draws a report of a few tests.
func report(t *rapid.T, name string) Report {
	test := rapid.Custom(func(t *rapid.T) Test {
		return Test{
			State:   rapid.SampledFrom([]backport.TestState{passed, failed, skipped, flaky}).Draw(t, "state"),
			Text:    rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "text"),
			Seconds: float64(rapid.IntRange(0, 3).Draw(t, "seconds")),
			Quiet:   rapid.Bool().Draw(t, "quiet"),
		}
	})
	r := Report{
		Tests:    rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "c", "d"}), test, 0, 4).Draw(t, name),
		Format:   rapid.SampledFrom([]Format{Go, TAP}).Draw(t, name+" format"),
		NotBuilt: rapid.SampledFrom([]string{"", "x.c:1: error"}).Draw(t, name+" not built"),
	}
	b := builder{r: r}
	for _, reason := range rapid.SliceOfN(rapid.SampledFrom([]string{cutOff, "bailed out"}), 0, 2).Draw(t, name+" broken") {
		b.broken(reason)
	}
	return b.report()
}

func TestLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := report(t, "a"), report(t, "b"), report(t, "c")
		if got := Compare(a, a); got != nil {
			t.Errorf("a report differs from itself: %v", got)
		}
		same := func(law string, x, y Report) {
			if d := cmp.Diff(x, y); d != "" {
				t.Errorf("Merge is not %s: %s", law, d)
			}
		}
		same("idempotent", Merge(a, a), a)
		same("commutative", Merge(a, b), Merge(b, a))
		same("associative", Merge(Merge(a, b), c), Merge(a, Merge(b, c)))
		same("neutral to nothing", Merge(a, Report{}), a)
		if len(Merge(a, b).Tests) < max(len(a.Tests), len(b.Tests)) {
			t.Error("Merge lost tests")
		}
	})
}
