package verify

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/verify/results"
)

// again runs tests that newly fail once more, on their own where they can be:
// with the backport, and without it where the target has them. It returns those
// that fail for sure. A test that also passed with the backport, or also failed
// without it, is flaky: it says nothing of the backport, and is told as such.
func (c *comparison) again(ctx context.Context, e *examined) []string {
	var suspects []string
	for _, ch := range e.Run.Changes {
		// One run said that a test passed and failed, and failed as a whole: that it
		// passed may be what the test itself has printed.
		both := ch.After == backport.TestFlaky && c.a.State != backport.RunPassed
		if ch.Kind == results.NewlyFailing || ch.Kind == results.New && ch.After == backport.TestFailed || both {
			suspects = append(suspects, ch.Test)
		}
	}
	if len(suspects) == 0 {
		return nil
	}
	n := cmp.Or(c.lane.p.Reruns, defaultReruns)
	with := c.lane.rerun(ctx, c.after, suspects, c.a, n, &e.Run.Steps, func(t tally) bool { return t.passed > 0 })
	known := slices.DeleteFunc(slices.Clone(suspects), func(id string) bool { _, ok := c.b.Report.Tests[id]; return !ok })
	without := c.lane.rerun(ctx, c.before, known, c.b, n, &e.Run.Steps, func(t tally) bool { return t.failed > 0 })
	var bad []string
	for i := range e.Run.Changes {
		ch := &e.Run.Changes[i]
		if !slices.Contains(suspects, ch.Test) {
			continue
		}
		w, wo := with.tallies[ch.Test], without.tallies[ch.Test]
		ch.Reruns = max(with.runs, without.runs)
		if w.passed == 0 && wo.failed == 0 {
			bad = append(bad, ch.Test)
			if ch.After = backport.TestFailed; ch.Kind == results.Flaky {
				ch.Kind = results.NewlyFailing
			}
			continue
		}
		ch.Kind = results.Flaky
		if w.passed > 0 {
			ch.After = backport.TestFlaky
		}
		if wo.failed > 0 {
			ch.Before = backport.TestFlaky
		}
		ch.Text = fmt.Sprintf("fails in %d of %d runs with the backport", w.failed+1, w.failed+w.passed+1)
		if ran := wo.failed + wo.passed; ran > 0 {
			ch.Text += fmt.Sprintf(", in %d of %d without it", wo.failed, ran+1)
		}
	}
	if len(bad) < len(suspects) {
		c.lane.forget(c.a)
		c.lane.forget(c.b)
	}
	return bad
}

// forget takes an outcome back that turned out not to be the truth.
func (l *lane) forget(o outcome) {
	l.unsound = true
	l.v.cache.drop(o.key)
	delete(l.known, o.key)
}

// A tally counts what came of one test when it was run again.
type tally struct{ passed, failed int }

// reruns are the results of running tests again on a site.
type reruns struct {
	tallies map[string]tally
	runs    int
}

// rerun runs tests up to n times more on a site, until each of them is decided.
// A test that is not seen in what was run counts as it did before: nothing shows
// that it is flaky.
func (l *lane) rerun(ctx context.Context, s *site, ids []string, first outcome, n int, steps *[]backport.RunStep, decided func(tally) bool) reruns {
	r := reruns{tallies: map[string]tally{}}
	if len(ids) == 0 {
		return r
	}
	commands, wide := l.alone(ids, first), false
	l.expect(s, n*len(commands))
	for r.runs < n && ctx.Err() == nil && slices.ContainsFunc(ids, func(id string) bool { return !decided(r.tallies[id]) }) {
		o := l.run(ctx, s, commands)
		l.tell(steps, s, o)
		if !wide && unseen(o, ids, first) {
			// They were not run by the names that results have for them.
			commands, wide = l.p.Test, true
			l.expect(s, (n-r.runs)*len(commands))
			continue
		}
		r.runs++
		for _, id := range ids {
			t := r.tallies[id]
			if stateOf(o, id, first.Report.Tests[id]) == backport.TestPassed {
				t.passed++
			} else {
				t.failed++
			}
			r.tallies[id] = t
		}
	}
	return r
}

// unseen reports whether some of the tests that were run first were not run, or
// were skipped. A test that is named only where it fails may have passed.
func unseen(o outcome, ids []string, first outcome) bool {
	return slices.ContainsFunc(ids, func(id string) bool {
		t, ok := o.Report.Tests[id]
		was := first.Report.Tests[id]
		if slices.Contains(first.Opaque, id) || was.Quiet && o.told() {
			return false
		}
		return !ok || t.State == backport.TestSkipped
	})
}

// stateOf is what came of a test in an outcome. One that is not seen there is as
// it was, unless it is of those that are named only where they fail.
func stateOf(o outcome, id string, was results.Test) backport.TestState {
	t, ok := o.Report.Tests[id]
	switch {
	case ok:
		return t.State
	case was.Quiet && o.State == backport.RunPassed && o.Report.Broken == "" && o.told():
		return backport.TestPassed
	}
	return was.State
}
