package explain

import (
	"context"
	"slices"

	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/textdiff"
)

// Where both sides got a change, one by a backport, and it is not in both of
// them any more, somebody undid it on one side: that commit is the cause, and
// it is found from the version on that the change was part of.

// since adds to a region the commits that took back, on one side, lines that a
// commit of the other side and its twin on this side wrote alike.
func (a *analysis) since(ctx context.Context, r *finding) error {
	if r.source == nil || r.target == nil {
		return nil
	}
	source, target := slices.Clone(r.Source), slices.Clone(r.Target)
	for _, c := range source {
		if err := a.lost(ctx, r, c, r.base, r.target, true); err != nil {
			return err
		}
	}
	for _, c := range target {
		if err := a.lost(ctx, r, c, r.ours, r.source, false); err != nil {
			return err
		}
	}
	r.tidy()
	return nil
}

// lost adds the commits on chain c that removed lines which both a commit of the
// other side and its twin wrote.
func (a *analysis) lost(ctx context.Context, r *finding, of LineChange, lines map[int][]byte, c *chain, target bool) error {
	twin := a.has[of.Commit]
	if twin == "" || c.side.span == nil || !c.side.span.Has(twin) || len(of.Wrote) == 0 {
		return nil
	}
	s, err := a.stepOf(ctx, twin, c.versions[0].path, r)
	if err != nil || s.commit == "" {
		return err
	}
	added, _, err := a.delta(ctx, s)
	if err != nil {
		return err
	}
	want := map[string]int{}
	for _, n := range of.Wrote {
		if l := normal(lines[n]); telling(lines[n]) && added[l] > 0 {
			want[l] = n
		}
	}
	if len(want) == 0 {
		return nil
	}
	t, err := c.lost(ctx, a.e.index, twin, want)
	if err != nil {
		return ignoreText(err)
	}
	for _, n := range of.Wrote {
		if s, ok := t.by[n]; ok && s.commit != "" && s.commit != twin {
			if err := a.twin(ctx, s.commit, target); err != nil {
				return err
			}
			r.add(s, target, false, n)
		}
	}
	return nil
}

// lost finds who removed lines after a commit had written them; want has their
// words, without the blanks around them, and their ids.
func (c *chain) lost(ctx context.Context, index *history.Index, commit string, want map[string]int) (*trace, error) {
	t := &trace{by: map[int]step{}}
	k := c.last()
	for i := 0; i < c.last(); i++ {
		if v := c.versions[i]; v.commit != "" && !index.IsAncestor(commit, v.commit) {
			break
		}
		k = i
	}
	if k == c.last() {
		return t, nil
	}
	blob, err := c.blob(ctx, k)
	if err != nil {
		return t, err
	}
	text, err := c.side.text(ctx, blob)
	if err != nil {
		return t, err
	}
	var items []item
	for i, l := range textdiff.Lines(text) {
		if id, ok := want[normal(l)]; ok {
			items = append(items, item{id, i})
			delete(want, normal(l))
		}
	}
	f := &follower{c: c, out: t}
	t.rest, err = f.forth(ctx, 0, k, items)
	return t, err
}

// twin asks whether the other side has a commit's change.
func (a *analysis) twin(ctx context.Context, id string, target bool) error {
	other := a.target
	if target {
		other = a.source
	}
	if _, known := a.has[id]; known || other.span == nil {
		return nil
	}
	found, err := a.e.index.PresentPairs(ctx, []history.Pair{{Target: other.tip, Query: history.Query{Fix: id, Before: a.opts.Before}}})
	if err != nil {
		return err
	}
	if p := found[0]; p != nil && p.Commit != "" && p.Commit != id {
		a.has[id] = p.Commit
		return nil
	}
	a.has[id], err = a.namesake(ctx, id, other)
	return err
}
