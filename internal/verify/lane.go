package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/platform"
	"backstay.dev/backstay/internal/verify/results"
)

// A lane is the work of one platform on one backport. Its commands run one
// after the other.
type lane struct {
	v       *Verifier
	p       Platform
	machine platform.Machine
	subject string
	sites   []*site

	done, total int
	// unsound says that something came out in a way that need not be the truth
	// the next time.
	unsound bool
}

// site is a tree that may be laid out; two lanes of work on one tree share it.
func (l *lane) site(on string, tip Tip) *site {
	for _, s := range l.sites {
		if s.tip.Tree == tip.Tree {
			return s
		}
	}
	s := &site{lane: l, on: on, tip: tip}
	l.sites = append(l.sites, s)
	return s
}

// expect counts commands that are still to run.
func (l *lane) expect(s *site, commands int) {
	if !s.began {
		commands += len(l.p.Prepare) + len(l.p.Build)
	}
	l.total += commands
}

func (l *lane) progress(stage string) {
	l.total = max(l.total, l.done+1)
	if l.v.Progress != nil {
		l.v.Progress(Progress{Subject: l.subject, Platform: l.p.Name, Stage: stage, Done: l.done, Total: l.total})
	}
	l.done++
}

// close removes the sites.
func (l *lane) close() error {
	var errs []error
	for _, s := range l.sites {
		errs = append(errs, s.close())
	}
	return errors.Join(errs...)
}

// sound reports whether a run says the same whenever it is repeated.
func (l *lane) sound(r backport.Run) bool {
	return !l.unsound && (r.State == backport.RunPassed || r.State == backport.RunFailed)
}

// examine runs the backport, the target where that tells something, and the
// proof.
func (l *lane) examine(ctx context.Context, s Subject) examined {
	after := l.site(onBackport, s.Backport)
	l.expect(after, len(l.p.Test))
	a := l.outcome(ctx, after, l.p.Test)
	e := examined{Run: backport.Run{State: a.State, Kept: a.Kept, Detail: a.Why}}
	l.tell(&e.Run.Steps, after, a)
	if ctx.Err() != nil || a.State == backport.RunError {
		if step, failed := a.failed(); failed && e.Run.Detail == "" {
			e.Run.Detail = step.Detail
		}
		return e
	}
	if a.told() {
		e.Run.Tests = counts(a)
	}
	// A backport that passes is compared with the target where there is
	// something to compare: single tests.
	if a.State != backport.RunPassed || e.Run.Tests != nil {
		before := l.site(onTarget, s.Target)
		l.expect(before, len(l.p.Test))
		b := l.outcome(ctx, before, l.p.Test)
		l.tell(&e.Run.Steps, before, b)
		if ctx.Err() != nil {
			return e
		}
		c := comparison{lane: l, before: before, after: after, b: b, a: a}
		c.judge(ctx, &e)
	} else if a.Unread != "" {
		e.Run.Detail = "single tests are not told apart: " + a.Unread
	}
	e.Run.Proof = l.prove(ctx, s, a, &e.Run.Steps)
	return e
}

// counts counts the tests by state, but for commands that stand for tests.
func counts(o outcome) map[backport.TestState]int {
	n := map[backport.TestState]int{}
	for id, t := range o.Report.Tests {
		if !slices.Contains(o.Opaque, id) {
			n[t.State]++
		}
	}
	return n
}

// A comparison is the backport beside the target.
type comparison struct {
	lane          *lane
	before, after *site
	b, a          outcome
}

// judge says what of the backport's failing is its own doing.
//
// What fails on the target in the same way is none of the backport's. Where
// single tests are told apart the backport is green all the same, as every
// other test was seen to pass; where only a command's exit code is known it is
// not, as the failing may hide another.
func (c *comparison) judge(ctx context.Context, e *examined) {
	a, b := c.a, c.b
	failed, _ := a.failed()
	switch {
	case !a.built() || a.State == backport.RunLimit:
		what := failed.Name
		if failed.Detail != "" {
			what += " (" + failed.Detail + ")"
		}
		other, same := b.failed()
		same = same && other.Name == failed.Name && other.State == failed.State && slices.Equal(other.Command, failed.Command)
		switch {
		case same:
			e.Run.Detail = what + " fails on the target as well"
		case b.State == backport.RunError:
			e.Blamed, e.Run.Detail = true, what+" fails; the target could not be tried: "+reason(b)
		default:
			e.Blamed, e.Run.Detail = true, what+" fails"
		}
		return
	case b.State == backport.RunError, b.State == backport.RunLimit, !b.built():
		why := "the target could not be tested: " + reason(b)
		e.Blamed = a.State != backport.RunPassed
		e.Run.Detail = why
		if b.State == backport.RunError || b.State == backport.RunLimit {
			c.lane.unsound = true
		}
		return
	}
	e.Run.Changes = results.Compare(beside(b, a, false), beside(a, b, true))
	bad := c.again(ctx, e)
	if ctx.Err() != nil {
		return
	}
	c.tests(e, bad)
}

// beside is the report of an outcome, to be compared with another: a command that
// names no test here, and does there, is no test. Where it passes there are none
// (a package without tests); where it fails they are unknown, and its failing is
// told of the backport only.
func beside(o, other outcome, tell bool) results.Report {
	r := o.Report
	for _, id := range o.Opaque {
		if slices.Contains(other.Opaque, id) || len(other.Report.Tests) == 0 {
			continue
		}
		if r.Tests[id].State == backport.TestFailed {
			r.Broken = cmp.Or(r.Broken, "a command fails and names no test")
			if tell {
				continue
			}
		}
		r.Tests = maps.Clone(r.Tests)
		delete(r.Tests, id)
	}
	return r
}

// tests judges by tests; bad are those that fail with the backport only.
func (c *comparison) tests(e *examined, bad []string) {
	a, b := c.a, c.b
	known := failing(a.Report, func(id string) bool { return failsIn(b.Report, id) && !slices.Contains(bad, id) })
	opaque := slices.ContainsFunc(known, func(id string) bool { return slices.Contains(a.Opaque, id) })
	flaky := false
	for _, ch := range e.Run.Changes {
		flaky = flaky || ch.Kind == results.Flaky
	}
	e.Run.State = backport.RunFailed
	switch {
	case len(bad) > 0:
		e.Blamed, e.Run.Detail = true, some(bad, "newly fails", "newly fail")
		if a.Report.NotBuilt != b.Report.NotBuilt && a.Report.NotBuilt != "" {
			e.Run.Detail += "; not built: " + firstLines(a.Report.NotBuilt)
		}
	case a.Report.Broken != "" && a.State != backport.RunPassed:
		text := a.Report.Broken
		if a.Report.NotBuilt != "" {
			text += ": " + firstLines(a.Report.NotBuilt)
		}
		if e.Blamed = b.Report.Broken != a.Report.Broken; !e.Blamed {
			text = "on the target as well: " + text
		}
		e.Run.Detail = text
	case opaque:
		e.Run.Detail = some(known, "fails on the target as well", "fail on the target as well")
	case a.State == backport.RunPassed:
		e.Run.State = backport.RunPassed
		if len(known) > 0 {
			e.Run.Detail = some(known, "fails on the target as well", "fail on the target as well")
		}
	case len(known) == 0 && !flaky:
		// The command fails, and no test does.
		step, _ := a.failed()
		e.Run.Detail = fmt.Sprintf("%s ends with %d although no test is seen to fail", strings.Join(step.Command, " "), step.Exit)
		if e.Blamed = b.State == backport.RunPassed; !e.Blamed {
			e.Run.Detail += ", on the target as well"
		}
	case slices.ContainsFunc(e.Run.Changes, func(ch backport.TestChange) bool { return ch.Kind == results.Gone }):
		e.Blamed, e.Run.Detail = true, "the command fails, and tests of the target are not seen any more"
	default:
		e.Run.State = backport.RunPassed
		if len(known) > 0 {
			e.Run.Detail = some(known, "fails on the target as well", "fail on the target as well")
		}
	}
	switch {
	case e.Run.Detail != "":
	case a.Unread != "":
		e.Run.Detail = "single tests are not told apart: " + a.Unread
	case a.Report.Broken != "":
		e.Run.Detail = "not all was read: " + a.Report.Broken
	}
}

// failing are the tests of a report that fail and are wanted, in order.
func failing(r results.Report, want func(id string) bool) []string {
	var ids []string
	for id, t := range r.Tests {
		if t.State == backport.TestFailed && want(id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func failsIn(r results.Report, id string) bool {
	s := r.Tests[id].State
	return s == backport.TestFailed || s == backport.TestFlaky
}

// some names the first few of many, with what they do.
func some(names []string, one, many string) string {
	if len(names) == 1 {
		return names[0] + " " + one
	}
	return firstFew(names) + " " + many
}

// firstFew names the first few of many.
func firstFew(names []string) string {
	const few = 3
	if n := len(names) - few; n > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), n)
	}
	return strings.Join(names, ", ")
}

// reason says in a few words why an outcome is not better.
func reason(o outcome) string {
	if o.Why != "" {
		return o.Why
	}
	step, _ := o.failed()
	text := step.Name + " fails"
	if step.State == backport.RunLimit {
		text = step.Name + " goes over a limit"
	}
	if step.Detail != "" {
		text += " (" + step.Detail + ")"
	}
	return text
}

// firstLines are the first few lines of a text, as one.
func firstLines(text string) string {
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
	return strings.Join(lines[:min(len(lines), 3)], " / ")
}
