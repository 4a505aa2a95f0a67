package explain

import (
	"bytes"
	"context"
	"path"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/outline"
)

// maxFills bounds how often a plan is asked what it lacks: what is added for a
// name uses further names.
const maxFills = 4

// fill adds to a plan of parts what these use of the rest of their commits: the
// hunks that define it. It is the plan as it was if there are no fewer findings
// then.
func (s *planSearch) fill(ctx context.Context, f proved) (proved, error) {
	if s.opts.Doubts == nil {
		return f, nil
	}
	least, lacks, err := s.opts.Doubts(ctx, f.run.tree, f.run.outcome)
	if err != nil {
		return f, err
	}
	best := f
	unfit := map[string]bool{} // paths of which no more fits
	for range maxFills {
		if len(lacks) == 0 || s.over(ctx) {
			break
		}
		items, err := s.filled(ctx, f.items, lacks, unfit)
		if err != nil || items == nil {
			return best, err
		}
		r, err := s.run(ctx, items)
		if err != nil {
			return best, err
		}
		if !r.ok {
			for _, file := range r.files {
				unfit[file.Path] = unfit[file.Path] || file.Outcome == backport.Conflict
			}
			continue
		}
		f = proved{items, r}
		n := 0
		if n, lacks, err = s.opts.Doubts(ctx, r.tree, r.outcome); err != nil {
			return best, err
		}
		if n < least {
			best, least = f, n
		}
	}
	return best, s.settle(ctx, &best)
}

// filled are items with the hunks of their own commits that define what is
// lacking, those of some paths left out; nil if there are none.
func (s *planSearch) filled(ctx context.Context, from []addition, lacks []Lack, without map[string]bool) ([]addition, error) {
	items := slices.Clone(from)
	grown := false
	for i := range items {
		it := &items[i]
		var names []string
		for _, l := range lacks {
			if l.Commit == it.commit && !slices.Contains(names, l.Name) {
				names = append(names, l.Name)
			}
		}
		if it.part == nil || len(names) == 0 {
			continue
		}
		whole := s.steps[it.commit]
		more, err := s.defining(ctx, whole, names)
		if err != nil {
			return nil, err
		}
		part := slices.Clone(it.part)
		added := false
		for _, p := range more {
			if !without[p.path] {
				added = join(&part, p) || added
			}
		}
		if !added {
			continue
		}
		grown, it.part = true, part
		if it.step, err = s.build(ctx, whole, part); err != nil {
			return nil, err
		}
	}
	if !grown {
		return nil, nil
	}
	return items, nil
}

// join adds a piece to a part, and reports whether it brings something.
func join(part *[]piece, p piece) bool {
	i := slices.IndexFunc(*part, func(q piece) bool { return q.path == p.path })
	if i < 0 {
		*part = append(*part, p)
		return true
	}
	q := (*part)[i]
	if q.take == nil {
		return false // all of the file is taken
	}
	if p.take == nil {
		(*part)[i] = p
		return true
	}
	take := slices.Concat(q.take, p.take)
	slices.Sort(take)
	q.take = slices.Compact(take)
	grown := len(q.take) > len((*part)[i].take)
	(*part)[i] = q
	return grown
}

// defining are the pieces of a step that define or import some of the names, or
// are what an import of that path means.
func (s *planSearch) defining(ctx context.Context, step backport.Step, names []string) ([]piece, error) {
	paths, err := s.touches(ctx, step)
	if err != nil {
		return nil, err
	}
	var out []piece
	for _, at := range paths {
		p, err := s.piece(ctx, step, at)
		if err != nil {
			return nil, err
		}
		if ok, err := s.narrow(ctx, &p, names); err != nil {
			return nil, err
		} else if ok {
			out = append(out, p)
		}
	}
	return out, nil
}

// narrow leaves of a piece what defines some of the names, and reports whether
// that is something. A new file is taken as a whole.
func (s *planSearch) narrow(ctx context.Context, p *piece, names []string) (bool, error) {
	if !p.new.mode.IsRegular() || p.old == p.new {
		return false, nil
	}
	if p.old.mode == 0 {
		text, err := s.objects.text(ctx, p.new.id)
		if err != nil {
			return false, ignoreText(err)
		}
		return slices.ContainsFunc(names, func(n string) bool { return meant(n, p.path) }) || len(definitions(p.path, text, names)) > 0, nil
	}
	if err := s.hunks(ctx, p); err != nil {
		return false, err
	}
	lines := definitions(p.path, p.text[1], names)
	for i, h := range p.hunks {
		if slices.ContainsFunc(lines, func(n int) bool { return h.NewStart <= n && n < h.NewStart+h.NewCount }) {
			p.take = append(p.take, i)
		}
	}
	return p.take != nil, nil
}

// definitions are the 0-based lines on which a text defines or imports one of
// these names.
func definitions(at string, text []byte, names []string) []int {
	if !slices.ContainsFunc(names, func(n string) bool { return bytes.Contains(text, []byte(n)) }) {
		return nil
	}
	var lines []int
	for _, s := range outline.Parse(outline.Detect(at, text), text).Symbols {
		if slices.Contains(names, s.Name) {
			lines = append(lines, s.Start)
		}
	}
	return lines
}

// meant reports whether an import of this path may be of this file: a header by
// its name, a package by its folder.
func meant(imported, file string) bool {
	dir := path.Dir(file)
	return strings.HasSuffix("/"+file, "/"+imported) || dir != "." && strings.HasSuffix("/"+imported, "/"+dir)
}

// touches are the paths that a step changes; of one with more than maxPlanPaths
// none.
func (s *planSearch) touches(ctx context.Context, step backport.Step) ([]string, error) {
	var paths []string
	var failed error
	err := s.store.ChangesSince(ctx, []string{step.Commit}, []string{step.Base}, maxPlanPaths, func(_ int, changes []git.Change, err error) {
		failed = err
		if len(changes) > maxPlanPaths {
			return
		}
		for _, c := range changes {
			paths = append(paths, c.Path)
		}
	})
	if err == nil {
		err = failed
	}
	return paths, err
}
