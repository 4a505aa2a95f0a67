package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"backstay.dev/backstay/internal/backport"
)

// A Pipeline is a forge that runs a project's checks on what is pushed to it.
type Pipeline interface {
	// Push makes a branch there. One that is at the commit already is as good; one
	// that is elsewhere is somebody else's, and an error.
	Push(ctx context.Context, branch, commit string) error
	// Checks gives what is known of a commit's checks, none if there are none yet.
	// An error with a method RetryAfter() time.Duration may go away by itself.
	Checks(ctx context.Context, commit string) ([]backport.Check, error)
	// Delete removes the branch, if it is still at the commit.
	Delete(ctx context.Context, branch, commit string) error
}

// A pace says how a forge is waited for.
type pace struct {
	// first is the time between two questions at the beginning, most later on.
	first, most time.Duration
	// grace is how long there may be no check at all.
	grace time.Duration
	// settle is how long nothing may change, all checks being done, until that is
	// the end: the second workflow begins later than the first, and some other
	// program's status later still.
	settle time.Duration
	// patience is how long the forge may fail to answer.
	patience time.Duration
	// short is for pushing, and for removing the branch.
	short time.Duration
}

// usual is the pace for a real forge: of GitHub's 5,000 requests an hour it takes
// a hundred or two.
func usual() pace {
	return pace{
		first: 5 * time.Second, most: time.Minute, grace: 3 * time.Minute,
		settle: 30 * time.Second, patience: 5 * time.Minute, short: 5 * time.Minute,
	}
}

// branchPrefix begins the names of all branches that are pushed.
const branchPrefix = "backstay/verify/"

// branchOf is the branch for a commit: the same whenever it is pushed, so that
// a repetition finds what it left, and nobody else's.
func branchOf(tip Tip) string {
	return branchPrefix + tip.Tree[:min(12, len(tip.Tree))] + "-" + tip.Commit[:min(12, len(tip.Commit))]
}

// forge runs a backport by the checks of a forge: it is pushed as a branch of
// its own, which goes away when the checks are done, or the context is over.
func (v *Verifier) forge(ctx context.Context, p Platform, s Subject) examined {
	e := examined{Run: backport.Run{Platform: p.Name, Kind: CI}}
	broken := func(err error) examined {
		e.Run.State, e.Run.Detail = backport.RunError, err.Error()
		if ctx.Err() != nil {
			e.Run.Detail = cancelled(ctx)
		}
		return e
	}
	key, err := cacheKey("ci", s.Backport.Tree, s.Target.Tree, p)
	if err != nil {
		return broken(err)
	}
	var known examined
	if v.cache.get(key, &known) {
		known.Run.Cached = true
		return known
	}
	if v.CI == nil {
		return broken(errors.New("no forge is known"))
	}
	if s.Backport.Commit == "" {
		return broken(errors.New("there is no commit to push"))
	}
	line, err := v.CI(p)
	if err != nil {
		return broken(err)
	}
	w := &watch{v: v, p: p, s: s, line: line, pace: v.pace}
	if w.pace == (pace{}) {
		w.pace = usual()
	}
	checks, state, err := w.run(ctx)
	if err != nil {
		e.Run.Steps = steps(checks, backport.RunError)
		e = broken(err)
	} else {
		e.Run.Steps = steps(checks, backport.RunLimit)
		e.Run.State, e.Run.Detail = w.judge(ctx, checks, state, &e)
		if state == backport.RunPassed && e.Run.State != backport.RunSkipped && ctx.Err() == nil {
			v.cache.put(key, e)
		}
	}
	if w.left != nil {
		e.Run.Detail = strings.TrimPrefix(e.Run.Detail+"; clean up: "+w.left.Error(), "; ")
	}
	return e
}

// steps tells the checks as what ran; those that still run are in that state.
func steps(checks []backport.Check, open backport.RunState) []backport.RunStep {
	states := map[backport.CheckState]backport.RunState{
		backport.CheckPassed: backport.RunPassed, backport.CheckFailed: backport.RunFailed,
		backport.CheckSkipped: backport.RunSkipped, backport.CheckPending: open,
	}
	var list []backport.RunStep
	for _, c := range checks {
		step := backport.RunStep{
			Name: testStep, On: onBackport, Command: []string{}, State: states[c.State], Exit: -1,
			Seconds: c.Seconds, Log: c.URL, Detail: c.Name,
		}
		if c.Text != "" {
			step.Detail += ": " + c.Text
		}
		list = append(list, step)
	}
	return list
}

// named are the names of the checks in a state, once each.
func named(checks []backport.Check, state backport.CheckState) []string {
	var names []string
	for _, c := range checks {
		if c.State == state {
			names = append(names, c.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// judge says what the checks mean. One that fails on the target in the same way
// is none of the backport's doing, but may hide what is.
func (w *watch) judge(ctx context.Context, checks []backport.Check, state backport.RunState, e *examined) (backport.RunState, string) {
	var said []string
	if late := named(checks, backport.CheckPending); len(late) > 0 {
		said = append(said, some(late, "is", "are")+" not done within "+w.limit().String())
	}
	failed := named(checks, backport.CheckFailed)
	if len(failed) == 0 {
		switch skipped := named(checks, backport.CheckSkipped); {
		case state != backport.RunPassed:
		case len(skipped) == len(checks):
			return backport.RunSkipped, "no check ran: " + some(skipped, "was skipped", "were skipped")
		case len(skipped) > 0:
			said = append(said, some(skipped, "was skipped", "were skipped"))
		}
		return state, strings.Join(said, "; ")
	}
	var old []string
	if before, err := w.line.Checks(ctx, w.s.Target.Commit); err == nil {
		old = named(before, backport.CheckFailed)
	}
	bad := slices.DeleteFunc(slices.Clone(failed), func(name string) bool { return slices.Contains(old, name) })
	e.Blamed = len(bad) > 0
	if e.Blamed {
		said = append(said, some(bad, "fails", "fail"))
	}
	if len(bad) < len(failed) {
		known := slices.DeleteFunc(failed, func(name string) bool { return slices.Contains(bad, name) })
		said = append(said, some(known, "fails on the target as well", "fail on the target as well"))
	}
	return backport.RunFailed, strings.Join(said, "; ")
}

// A watch is one commit at a forge.
type watch struct {
	v    *Verifier
	p    Platform
	s    Subject
	line Pipeline
	pace pace
	// left is why the branch could not be removed.
	left error
}

// limit is how long the checks may take.
func (w *watch) limit() time.Duration { return cmp.Or(w.p.Limits.Time, defaultTime) }

// run pushes, waits, and removes. Without an error the state is passed for checks
// that are done, whatever they say, and limit for those that are not.
func (w *watch) run(ctx context.Context) ([]backport.Check, backport.RunState, error) {
	branch, commit := branchOf(w.s.Backport), w.s.Backport.Commit
	w.tell("push", 0, 1)
	pushing, cancel := context.WithTimeoutCause(ctx, w.pace.short, fmt.Errorf("it takes more than %s", w.pace.short))
	defer cancel()
	if err := w.line.Push(pushing, branch, commit); err != nil {
		return nil, backport.RunError, err
	}
	defer func() {
		removing, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.pace.short)
		defer cancel()
		w.left = w.line.Delete(removing, branch, commit)
	}()
	return w.wait(ctx, commit)
}

// wait asks until the checks are done, or it has waited too long.
func (w *watch) wait(ctx context.Context, commit string) (checks []backport.Check, state backport.RunState, err error) {
	limited, cancel := context.WithTimeout(ctx, w.limit())
	defer cancel()
	var answered, changed, failing time.Time
	for interval := w.pace.first; ; interval = min(interval*3/2, w.pace.most) {
		got, err := w.line.Checks(limited, commit)
		now, pause := time.Now(), interval
		var later interface{ RetryAfter() time.Duration }
		switch {
		case limited.Err() != nil:
		case err != nil && !errors.As(err, &later):
			return checks, backport.RunError, err
		case err != nil:
			if failing.IsZero() {
				failing = now
			}
			if asked := later.RetryAfter(); asked > pause {
				pause, failing = asked, now.Add(asked) // it does answer
			} else if now.Sub(failing) >= w.pace.patience {
				return checks, backport.RunError, err
			}
		default:
			failing = time.Time{}
			if answered.IsZero() {
				answered, changed = now, now
			}
			slices.SortStableFunc(got, func(a, b backport.Check) int { return cmp.Compare(a.Name, b.Name) })
			if !slices.EqualFunc(got, checks, func(a, b backport.Check) bool { return a.Name == b.Name && a.State == b.State && a.URL == b.URL }) {
				changed = now
			}
			checks = got
			done := len(checks) - inState(checks, backport.CheckPending)
			w.tell(fmt.Sprintf("%d of %d checks are done", done, len(checks)), done, max(len(checks), 1))
			switch quiet := now.Sub(changed); {
			case len(checks) == 0 && now.Sub(answered) >= w.pace.grace:
				return nil, backport.RunError, fmt.Errorf("no check appeared within %s: does the forge run any for branches like %s*?", w.pace.grace, branchPrefix)
			case len(checks) == 0 || done < len(checks):
			case quiet >= w.pace.settle:
				return checks, backport.RunPassed, nil
			default:
				pause = min(pause, w.pace.settle-quiet)
			}
		}
		select {
		case <-limited.Done():
			switch {
			case ctx.Err() != nil:
				return checks, backport.RunError, context.Cause(ctx)
			case len(checks) == 0:
				return nil, backport.RunError, fmt.Errorf("no check appeared within %s", w.limit())
			}
			return checks, backport.RunLimit, nil
		case <-time.After(pause):
		}
	}
}

// inState counts the checks in a state.
func inState(checks []backport.Check, state backport.CheckState) (n int) {
	for _, c := range checks {
		if c.State == state {
			n++
		}
	}
	return n
}

func (w *watch) tell(stage string, done, total int) {
	if w.v.Progress != nil {
		w.v.Progress(Progress{Subject: w.s.Name, Platform: w.p.Name, Stage: onBackport + ": " + stage, Done: done, Total: total})
	}
}
