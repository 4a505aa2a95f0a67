package verify

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/verify/results"
)

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
			e.Run.Detail += "; not built: " + firstLine(a.Report.NotBuilt)
		}
	case a.Report.Broken != "" && a.State != backport.RunPassed:
		text := a.Report.Broken
		if a.Report.NotBuilt != "" {
			text += ": " + firstLine(a.Report.NotBuilt)
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
