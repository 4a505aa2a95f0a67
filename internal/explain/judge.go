package explain

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/textdiff"
)

// twins asks, for every commit that was found, whether the other side has the
// same change, all at once.
func (a *analysis) twins(ctx context.Context, files []*fileFinding) error {
	var pairs []history.Pair
	asked := map[string]bool{}
	ask := func(list []LineChange, other *side) {
		for _, c := range list {
			if !asked[c.Commit] && other.span != nil {
				asked[c.Commit] = true
				pairs = append(pairs, history.Pair{Target: other.tip, Query: history.Query{Fix: c.Commit, Before: a.opts.Before}})
			}
		}
	}
	for _, f := range files {
		for _, r := range f.chunks {
			ask(r.Source, a.target)
			ask(r.Target, a.source)
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	found, err := a.e.index.PresentPairs(ctx, pairs)
	if err != nil {
		return err
	}
	for k, p := range found {
		if p != nil && p.Commit != "" && p.Commit != pairs[k].Fix {
			a.has[pairs[k].Fix] = p.Commit
		}
	}
	for _, p := range pairs {
		if a.has[p.Fix] != "" {
			continue
		}
		other := a.target
		if p.Target == a.source.tip {
			other = a.source
		}
		if a.has[p.Fix], err = a.namesake(ctx, p.Fix, other); err != nil {
			return err
		}
	}
	return nil
}

// namesake finds a commit of the other side that has the same author, author
// date and subject: git cherry-pick keeps these, whether it says so or not.
func (a *analysis) namesake(ctx context.Context, id string, other *side) (string, error) {
	found := other.span.Namesakes(id, a.opts.Before)
	if len(found) == 0 {
		return "", nil
	}
	c, err := a.e.store.Commit(ctx, id)
	if err != nil {
		return "", err
	}
	for _, f := range found {
		twin, err := a.e.store.Commit(ctx, f)
		if err != nil {
			return "", err
		}
		if twin.Author == c.Author && len(twin.Parents) < 2 == (len(c.Parents) < 2) {
			return f, nil
		}
	}
	return "", nil
}

// judge decides the cause of every region of a file.
func (a *analysis) judge(ctx context.Context, f *fileFinding) error {
	for _, r := range f.chunks {
		if err := f.forgive(a.since(ctx, r)); err != nil {
			return err
		}
		for _, list := range []*[]LineChange{&r.Source, &r.Target} {
			*list = slices.DeleteFunc(*list, func(c LineChange) bool { return a.own[c.Commit] })
			a.order(*list)
			for i := range *list {
				(*list)[i].Twin = a.has[(*list)[i].Commit]
			}
		}
		target, err := a.pairs(ctx, r)
		if err := f.forgive(err); err != nil {
			return err
		}
		r.Cause.Path, r.Cause.Line = f.Path, r.Chunk.Line
		r.Cause.Kind = r.kind(f.generated, len(target) > 0)
		for _, list := range [][]string{r.Prerequisites, target} {
			for _, id := range list {
				r.name(id)
			}
		}
		for _, p := range r.Altered {
			r.name(p.Original)
			r.name(p.Backport)
		}
		r.Target = slices.DeleteFunc(r.Target, func(c LineChange) bool { return !r.names(c.Commit) })
	}
	return nil
}

func (f *finding) names(id string) bool { return slices.Contains(f.Cause.Commits, id) }

func (f *finding) name(id string) {
	if !f.names(id) {
		f.Cause.Commits = append(f.Cause.Commits, id)
	}
}

// kind is the cause that a region's commits come to; target says whether there
// are changes of the target's own.
func (f *finding) kind(generated, target bool) backport.CauseKind {
	switch {
	case generated:
		return backport.CauseGenerated
	case f.missing && f.Elsewhere != nil:
		return backport.CauseMoved
	case f.missing && f.created && len(f.Prerequisites) > 0:
		return backport.CauseAbsent
	case f.missing:
		return backport.CauseTargetChange
	case f.Elsewhere != nil:
		return backport.CauseMoved
	case len(f.Altered) > 0 && len(f.Prerequisites) == 0:
		return backport.CauseAlteredBackport
	case len(f.Prerequisites) > 0 && (target || len(f.Altered) > 0):
		return backport.CauseBoth
	case len(f.Prerequisites) > 0 && f.absent():
		return backport.CauseAbsent
	case len(f.Prerequisites) > 0:
		return backport.CausePrerequisite
	case target:
		return backport.CauseTargetChange
	}
	return backport.CauseBoth
}

// absent reports whether all that the fix changes here was written by commits
// that the target lacks, and the target has nothing in its place.
func (f *finding) absent() bool {
	return f.Chunk.Ours == "" && len(f.base) >= 3 && !slices.ContainsFunc(f.Source, func(c LineChange) bool { return len(c.Wrote) == 0 }) &&
		wrote(f.Source) == len(f.base)
}

func wrote(list []LineChange) int {
	n := 0
	for _, c := range list {
		n += len(c.Wrote)
	}
	return n
}

// order sorts changes, parents before children.
func (a *analysis) order(list []LineChange) {
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = c.Commit
	}
	a.e.index.Order(ids)
	slices.SortStableFunc(list, func(x, y LineChange) int {
		return slices.Index(ids, x.Commit) - slices.Index(ids, y.Commit)
	})
}

// pairs tells prerequisites, altered backports and changes of the target's own
// apart; it returns the latter.
func (a *analysis) pairs(ctx context.Context, r *finding) ([]string, error) {
	var own []string
	inTarget := map[string]bool{}
	for _, c := range r.Target {
		inTarget[c.Commit] = true
	}
	inSource := map[string]bool{}
	for _, c := range r.Source {
		inSource[c.Commit] = true
		twin := c.Twin
		if twin == "" || !a.target.span.Has(twin) {
			r.Prerequisites = append(r.Prerequisites, c.Commit)
			continue
		}
		// The target has this change, and yet not these lines.
		if !inTarget[twin] && len(r.Target) > 0 {
			continue // it had, and changed them again
		}
		p, err := a.compare(ctx, c.Commit, twin, r)
		if err != nil {
			return nil, err
		}
		r.Altered = append(r.Altered, p)
	}
	paired := func(original, backport string) bool {
		return slices.ContainsFunc(r.Altered, func(p Pair) bool { return p.Original == original || p.Backport == backport })
	}
	for _, c := range r.Target {
		twin := c.Twin
		switch {
		case paired(twin, c.Commit):
		case twin == "" || a.source.span == nil || !a.source.span.Has(twin):
			own = append(own, c.Commit)
		default:
			altered, err := a.altered(ctx, twin, c, r)
			if err != nil {
				return nil, err
			}
			if altered {
				p, err := a.compare(ctx, twin, c.Commit, r)
				if err != nil {
					return nil, err
				}
				r.Altered = append(r.Altered, p)
			} else if len(r.Prerequisites) == 0 {
				// The same lines were written on both sides; what the source made
				// of them since is not known.
				own = append(own, c.Commit)
			}
		}
	}
	return own, nil
}

// altered reports whether a backport wrote or removed a line of this region that
// its original did not.
func (a *analysis) altered(ctx context.Context, original string, c LineChange, r *finding) (bool, error) {
	s, err := a.stepOf(ctx, original, r.steps[c.Commit].path, r)
	if err != nil || s.commit == "" {
		return false, err
	}
	added, removed, err := a.delta(ctx, s)
	if err != nil {
		return false, err
	}
	for _, line := range c.Wrote {
		if l := r.ours[line]; telling(l) && added[normal(l)] == 0 {
			return true, nil
		}
	}
	for _, line := range c.Removed {
		if l := r.base[line]; telling(l) && removed[normal(l)] == 0 {
			return true, nil
		}
	}
	return false, nil
}

// stepOf is a commit's step at a path; none if it did not touch it.
func (a *analysis) stepOf(ctx context.Context, commit, path string, r *finding) (step, error) {
	if s, ok := r.steps[commit]; ok {
		return s, nil
	}
	parents := a.e.index.Parents(commit)
	if len(parents) == 0 {
		return step{}, nil
	}
	old, err := a.o.find(ctx, parents[0], path)
	if err != nil {
		return step{}, err
	}
	now, err := a.o.find(ctx, commit, path)
	if err != nil || old.id == now.id {
		return step{}, err
	}
	return step{commit: commit, path: path, old: old.id, new: now.id}, nil
}

// normal is a line without the blanks around it.
func normal(line []byte) string { return string(bytes.TrimSpace(line)) }

// delta counts the lines that a step added and removed, without the blanks
// around them.
func (a *analysis) delta(ctx context.Context, s step) (added, removed map[string]int, err error) {
	added, removed = map[string]int{}, map[string]int{}
	if s.old == s.new {
		return added, removed, nil
	}
	old, err := a.source.text(ctx, s.old)
	if err != nil {
		return added, removed, ignoreText(err)
	}
	now, err := a.source.text(ctx, s.new)
	if err != nil {
		return added, removed, ignoreText(err)
	}
	ol, nl := textdiff.Lines(old), textdiff.Lines(now)
	for _, h := range textdiff.Diff(old, now) {
		for _, l := range ol[h.OldStart : h.OldStart+h.OldCount] {
			removed[normal(l)]++
		}
		for _, l := range nl[h.NewStart : h.NewStart+h.NewCount] {
			added[normal(l)]++
		}
	}
	return added, removed, nil
}

// compare says in one clause in what a backport differs from its original at
// this place.
func (a *analysis) compare(ctx context.Context, original, carried string, r *finding) (Pair, error) {
	p := Pair{Original: original, Backport: carried}
	path := r.path
	if s, ok := r.steps[original]; ok {
		path = s.path
	}
	from, err := a.stepOf(ctx, original, path, r)
	if err != nil {
		return p, err
	}
	if s, ok := r.steps[carried]; ok {
		path = s.path
	}
	to, err := a.stepOf(ctx, carried, path, r)
	if err != nil {
		return p, err
	}
	if to.commit == "" {
		p.Difference = "it leaves this file out"
		return p, nil
	}
	theirs, cut, err := a.delta(ctx, from)
	if err != nil {
		return p, err
	}
	added, removed, err := a.delta(ctx, to)
	if err != nil {
		return p, err
	}
	lacks := first(r.base, func(l string) bool { return theirs[l] > 0 && added[l] == 0 })
	extra := first(r.ours, func(l string) bool { return added[l] > 0 && theirs[l] == 0 })
	kept := first(r.ours, func(l string) bool { return cut[l] > 0 && removed[l] == 0 })
	dropped := first(r.base, func(l string) bool { return removed[l] > 0 && cut[l] == 0 })
	switch {
	case extra != "" && lacks != "":
		p.Difference = "it has " + quoted(extra) + " where the original has " + quoted(lacks)
	case lacks != "":
		p.Difference = "it leaves out " + quoted(lacks)
	case extra != "":
		p.Difference = "it adds " + quoted(extra)
	case kept != "":
		p.Difference = "it keeps " + quoted(kept) + ", which the original removes"
	case dropped != "":
		p.Difference = "it removes " + quoted(dropped) + ", which the original keeps"
	case blanks(r.base, r.ours):
		p.Difference = "only white space differs"
	case len(r.base)+len(r.ours) == 0: // a whole file, whose lines are not looked at
		p.Difference = "it has another content"
	default:
		p.Difference = "it was made on other lines"
	}
	return p, nil
}

// blanks reports whether some line of one text stands in the other one with
// other white space around it.
func blanks(a, b map[int][]byte) bool {
	for _, l := range a {
		for _, m := range b {
			if telling(l) && normal(l) == normal(m) && !bytes.Equal(l, m) {
				return true
			}
		}
	}
	return false
}

// first is the first telling line of a region for which ok holds, without the
// blanks around it, "" if there is none.
func first(lines map[int][]byte, ok func(string) bool) string {
	best := 0
	for n, l := range lines {
		if (best == 0 || n < best) && telling(l) && ok(normal(l)) {
			best = n
		}
	}
	return normal(lines[best])
}

// quoted is a line of code as a sentence shows it.
func quoted(line string) string {
	return "`" + clip(strings.ReplaceAll(line, "`", "'"), 60) + "`"
}
