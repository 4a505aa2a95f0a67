package find

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
)

// maxSteps bounds the commits of one fix. More are a branch, not a fix.
const maxSteps = 1000

// errTooMany ends the walk of a range.
var errTooMany = errors.New("more commits than a fix has")

// span reads the range from..to as one fix with a step for every commit,
// oldest first.
func (r *reader) span(ctx context.Context, arg, from, to string) (backport.Fix, error) {
	a, err := r.resolve(ctx, arg, from)
	if err != nil {
		return backport.Fix{}, err
	}
	b, err := r.resolve(ctx, arg, to)
	if err != nil {
		return backport.Fix{}, err
	}
	order, err := r.between(ctx, a, b)
	switch {
	case errors.Is(err, errTooMany):
		return backport.Fix{}, &backport.InputError{
			What: fmt.Sprintf("range %s has more than %d commits", quote(arg), maxSteps),
			Hint: "a range is one fix; name the commits one by one",
		}
	case err != nil:
		return backport.Fix{}, err
	case len(order) == 0:
		return backport.Fix{}, r.emptyRange(ctx, arg, from, to, a, b)
	}
	fix := backport.Fix{}
	var last git.Commit
	for _, id := range order {
		c, err := r.commit(ctx, arg, id)
		if err != nil {
			return backport.Fix{}, err
		}
		if len(c.Parents) > 1 && r.opts.Mainline == 0 {
			return backport.Fix{}, &backport.InputError{
				What: fmt.Sprintf("range %s: commit %s is a merge", quote(arg), git.ShortID(id)),
				Hint: "say with -m which parent is the mainline, or name the commits one by one",
			}
		}
		step, err := r.step(arg, c)
		if err != nil {
			return backport.Fix{}, err
		}
		changes, err := r.changes(ctx, arg, c, step)
		if err != nil {
			return backport.Fix{}, err
		}
		if !changes {
			fix.Notes = append(fix.Notes, fmt.Sprintf("%s changes nothing and is left out", git.ShortID(id)))
			continue
		}
		fix.Steps = append(fix.Steps, step)
		last = c
	}
	if len(fix.Steps) == 0 {
		return backport.Fix{}, &backport.InputError{What: fmt.Sprintf("range %s changes nothing", quote(arg))}
	}
	fix.Subject = last.Subject()
	fix.Slug = git.ShortID(fix.Steps[0].Commit)
	if len(fix.Steps) > 1 {
		fix.Slug += "-" + git.ShortID(last.ID)
	}
	return fix, nil
}

func (r *reader) emptyRange(ctx context.Context, arg, from, to, a, b string) error {
	e := &backport.InputError{What: fmt.Sprintf("range %s has no commits", quote(arg))}
	if a == b {
		e.Hint = "both ends are " + git.ShortID(a)
		return e
	}
	e.Hint = fmt.Sprintf("%s contains %s", from, to)
	if back, err := r.between(ctx, b, a); err == nil && len(back) > 0 || errors.Is(err, errTooMany) {
		e.Hint += fmt.Sprintf("; did you mean %s..%s?", to, from)
	}
	return e
}

// between returns the commits that to reaches and from does not, in the order
// of `git rev-list --reverse --topo-order`: parents before children, lines of
// development kept together.
func (r *reader) between(ctx context.Context, from, to string) ([]string, error) {
	parents := map[string][]string{}
	err := r.store.Log(ctx, []string{to}, []string{from}, func(e git.LogEntry) error {
		if len(parents) == maxSteps {
			return errTooMany
		}
		parents[e.ID] = slices.Clone(e.Parents)
		return nil
	})
	if err != nil {
		return nil, err
	}
	children := map[string]int{}
	for _, of := range parents {
		for _, p := range of {
			children[p]++
		}
	}
	var order []string
	if _, ok := parents[to]; ok {
		for ready := []string{to}; len(ready) > 0; {
			id := ready[len(ready)-1]
			ready = ready[:len(ready)-1]
			order = append(order, id)
			for _, p := range parents[id] {
				children[p]--
				if _, inside := parents[p]; inside && children[p] == 0 {
					ready = append(ready, p)
				}
			}
		}
	}
	slices.Reverse(order)
	return order, nil
}
