package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/platform"
)

// A lane is the work of one platform on one backport. Its commands run one
// after the other.
type lane struct {
	v       *Verifier
	p       Platform
	machine platform.Machine
	subject string
	sites   []*site

	// known are outcomes by their key, told those whose steps are in the run.
	known map[string]outcome
	told  map[string]bool

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
		if len(l.p.Libraries) > 0 {
			e.Run.Uncompared = "the platform could not be run"
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
		hush(&e.Run)
	} else if a.Unread != "" {
		e.Run.Detail = "single tests are not told apart: " + a.Unread
	}
	switch {
	case len(l.p.Libraries) == 0:
	case a.built():
		l.libraries(ctx, s, &e)
		if ctx.Err() != nil {
			return e
		}
	default:
		e.Run.Uncompared = "the backport could not be built"
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
