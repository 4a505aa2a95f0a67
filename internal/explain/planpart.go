package explain

import (
	"context"
	"slices"

	"backstay.dev/backstay/internal/backport"
)

const (
	// maxPartHunks bounds the hunks of one list that are told apart.
	maxPartHunks = 200
	// maxPartCommits bounds the commits of a plan of parts. What is put together
	// from more of them is a new change, and better made by hand. From up to
	// maxCutCommits it is tried to come down to that.
	maxPartCommits = 3
	maxCutCommits  = 10
)

// parts looks for plans of parts: of each commit the files that conflict, and
// of these the hunks without which the fix would not fit.
func (s *planSearch) parts(ctx context.Context, first []string) error {
	whole := s.found
	s.found = nil
	for _, find := range []func() error{
		func() error { return s.anyOf(ctx, planSingles(first), s.part) },
		func() error { return s.anyOf(ctx, planSingles(first), s.fittingPart) },
		func() error { return s.grow(ctx, s.part) },
	} {
		if s.over(ctx) || len(s.found) > 0 {
			break
		}
		if err := find(); err != nil {
			return err
		}
	}
	for _, f := range s.found {
		if len(f.items) > maxCutCommits {
			continue
		}
		f, err := s.cut(ctx, f)
		if err != nil {
			return err
		}
		if !anyPart(f.items) || len(f.items) > maxPartCommits {
			continue
		}
		if f, err = s.fill(ctx, f); err != nil {
			return err
		}
		whole = append(whole, f)
	}
	s.found = whole
	return ctx.Err()
}

func anyPart(items []addition) bool {
	return slices.ContainsFunc(items, func(it addition) bool { return it.part != nil })
}

// part takes of a commit the files that conflict without it; nil if it does
// not change them, or only moved them.
func (s *planSearch) part(ctx context.Context, commit string, files []backport.File) (*addition, error) {
	step, err := s.step(ctx, commit)
	if err != nil {
		return nil, err
	}
	it := addition{commit: commit, step: step}
	paths := slices.Clone(s.paths[commit])
	for _, f := range files {
		if f.Outcome == backport.Conflict && !slices.Contains(paths, f.Path) {
			paths = append(paths, f.Path)
		}
	}
	for _, path := range paths {
		p, err := s.piece(ctx, step, path)
		if err != nil {
			return nil, err
		}
		if p.old != p.new && (p.old.mode != 0 || !s.moves[commit]) {
			it.part = append(it.part, p)
		}
	}
	if len(it.part) == 0 {
		return nil, nil
	}
	it.step, err = s.build(ctx, step, it.part)
	return &it, err
}

// fittingPart is part without the hunks that conflict with the target.
func (s *planSearch) fittingPart(ctx context.Context, commit string, files []backport.File) (*addition, error) {
	it, err := s.part(ctx, commit, files)
	if err != nil || it == nil {
		return nil, err
	}
	return s.fitting(ctx, *it, s.start)
}

// fitting leaves of a part the hunks that fit on a tree each alone; nil if
// that is none, or all.
func (s *planSearch) fitting(ctx context.Context, it addition, onto string) (*addition, error) {
	from := []addition{it}
	units, err := s.units(ctx, from)
	if err != nil || len(units) > maxPartHunks || len(units) < 2 {
		return nil, err
	}
	var attempts []Attempt
	for n := range units {
		alone, err := s.with(ctx, from, units[n:n+1])
		if err != nil {
			return nil, err
		}
		attempts = append(attempts, Attempt{alone[0].step, onto})
	}
	trials, err := s.try(ctx, attempts)
	if err != nil {
		return nil, err
	}
	var fit []planUnit
	for n, t := range trials {
		if t.fits() && t.Tree != onto {
			fit = append(fit, units[n])
		}
	}
	if len(fit) == 0 || len(fit) == len(units) {
		return nil, nil
	}
	less, err := s.with(ctx, from, fit)
	if err != nil {
		return nil, err
	}
	return &less[0], nil
}

// planUnit is the least that a part can be made of: a hunk, or a file that is not
// cut. The numbers are positions.
type planUnit struct{ item, piece, hunk int }

// units are those of all items, in order.
func (s *planSearch) units(ctx context.Context, items []addition) ([]planUnit, error) {
	var out []planUnit
	for i := range items {
		items[i].part = slices.Clone(items[i].part)
		for k := range items[i].part {
			p := &items[i].part[k]
			if err := s.hunks(ctx, p); err != nil {
				return nil, err
			}
			for h := range max(len(p.hunks), 1) {
				if p.take == nil || slices.Contains(p.take, h) {
					out = append(out, planUnit{i, k, h})
				}
			}
		}
	}
	return out, nil
}

// with makes items of some of their units; what has none is left out.
func (s *planSearch) with(ctx context.Context, from []addition, units []planUnit) ([]addition, error) {
	var items []addition
	last := planUnit{item: -1}
	for _, u := range units {
		if u.item != last.item {
			items = append(items, addition{commit: from[u.item].commit})
		}
		it := &items[len(items)-1]
		if u.item != last.item || u.piece != last.piece {
			it.part = append(it.part, from[u.item].part[u.piece])
			it.part[len(it.part)-1].take = []int{}
		}
		p := &it.part[len(it.part)-1]
		p.take = append(p.take, u.hunk)
		last = u
	}
	for i := range items {
		var err error
		if items[i].step, err = s.build(ctx, s.steps[items[i].commit], items[i].part); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// cut takes from a list of parts the hunks that it works without.
func (s *planSearch) cut(ctx context.Context, f proved) (proved, error) {
	units, err := s.units(ctx, f.items)
	if err != nil || len(units) > maxPartHunks {
		return f, err
	}
	from := f.items
	_, err = s.reduce(ctx, len(units), func(keep []int) (bool, error) {
		items, err := s.with(ctx, from, pickOut(units, keep))
		if err != nil {
			return false, err
		}
		r, err := s.run(ctx, items)
		if err == nil && r.ok {
			f = proved{items, r}
		}
		return r.ok, err
	})
	if err != nil {
		return f, err
	}
	return f, s.settle(ctx, &f)
}

// settle calls a part that has come to be the whole of its commit by that name.
func (s *planSearch) settle(ctx context.Context, f *proved) error {
	for i := range f.items {
		it := &f.items[i]
		if it.part == nil {
			continue
		}
		mine, err := s.trees(ctx, it.step)
		if err != nil {
			return err
		}
		all, err := s.trees(ctx, s.steps[it.commit])
		if err != nil {
			return err
		}
		if mine == all {
			it.part, it.step = nil, s.steps[it.commit]
		}
	}
	return nil
}
