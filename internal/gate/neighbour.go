package gate

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"slices"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/textdiff"
)

// maxNeighbours bounds the earlier backports of one fix that are compared.
const maxNeighbours = 16

// neighbour compares the result with what people made of the same fix on other
// branches before. Where an earlier backport left the fix's text, its author
// met a reason; if his change fits this target too and gives another text than
// this pick, the reason may hold here.
func (c *Checker) neighbour(ctx context.Context, q Question, ch *change, r *report) error {
	all, err := c.neighbours(ctx, q, ch)
	if err != nil || len(all) == 0 {
		return err
	}
	for _, f := range ch.files {
		if err := c.compare(ctx, f, all, r); err != nil {
			return err
		}
	}
	return c.more(ctx, ch, all, r)
}

// neighbours reads the earlier backports of the fix, latest first, once.
func (c *Checker) neighbours(ctx context.Context, q Question, ch *change) ([]*neighbour, error) {
	if ch.neighbours != nil {
		return ch.neighbours, nil
	}
	ch.neighbours = []*neighbour{}
	for _, e := range c.earlier(q) {
		n, err := c.readNeighbour(ctx, e)
		if err != nil {
			return nil, err
		}
		ch.neighbours = append(ch.neighbours, n)
	}
	return ch.neighbours, nil
}

// vouched reports whether an earlier backport of the fix took a line of the
// result as it is, on a branch where it was as suspicious as here.
func (c *Checker) vouched(ctx context.Context, q Question, ch *change, f *touched, line int, suspicious func(*neighbour) (bool, error)) (bool, error) {
	all, err := c.neighbours(ctx, q, ch)
	if err != nil {
		return false, err
	}
	for _, n := range all {
		d, ok := n.of(f)
		if !ok {
			continue
		}
		src, err := c.objects.blob(ctx, d.new)
		if err != nil {
			return false, err
		}
		if !bytes.Contains(src, f.result.line(line)) {
			continue
		}
		if ok, err := suspicious(n); err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}

// neighbour is an earlier backport of the fix.
type neighbour struct {
	history.Carried
	parent, tree string // trees before and after
	deltas       []delta
}

// earlier lists the earlier backports of a fix, latest first. That of a fix of several
// commits is one of each, in a row.
func (c *Checker) earlier(q Question) []history.Carried {
	steps := q.Pick.Fix.Steps
	if c.index == nil || len(steps) == 0 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := c.index.Len(); c.carried == nil || c.carriedAt != n {
		c.carried, c.carriedAt = map[string][]history.Carried{}, n
		for _, k := range c.index.Carried() {
			c.carried[k.Original] = append(c.carried[k.Original], k)
		}
	}
	var out []history.Carried
	for _, k := range c.carried[q.Pick.Fix.ID()] {
		if (q.Before != 0 && k.Date >= q.Before) || slices.Contains(q.Own, k.Commit) {
			continue
		}
		var whole bool
		if k.Parent, whole = c.before(k.Parent, steps[:len(steps)-1]); whole {
			out = append(out, k)
		}
	}
	slices.SortStableFunc(out, func(a, b history.Carried) int { return int(b.Date - a.Date) })
	return out[:min(len(out), maxNeighbours)]
}

// before goes back from a commit over the backports of these steps, the last one
// first; whole is false where one of them is something else. The caller holds the lock.
func (c *Checker) before(commit string, steps []backport.Step) (parent string, whole bool) {
	for _, s := range slices.Backward(steps) {
		list := c.carried[s.Origin]
		i := slices.IndexFunc(list, func(k history.Carried) bool { return k.Commit == commit })
		if i < 0 {
			return commit, false
		}
		commit = list[i].Parent
	}
	return commit, true
}

func (c *Checker) readNeighbour(ctx context.Context, k history.Carried) (*neighbour, error) {
	n := &neighbour{Carried: k}
	var err error
	if n.parent, err = c.objects.treeOf(ctx, k.Parent); err != nil {
		return nil, err
	}
	if n.tree, err = c.objects.treeOf(ctx, k.Commit); err != nil {
		return nil, err
	}
	n.deltas, err = c.objects.diff(ctx, n.parent, n.tree)
	return n, err
}

// of is what the neighbour did to a file.
func (n *neighbour) of(f *touched) (delta, bool) {
	for _, same := range []func(string) bool{
		func(p string) bool { return p == f.path },
		func(p string) bool { return p == f.from },
		func(p string) bool { return path.Base(p) == path.Base(f.path) },
	} {
		for _, d := range n.deltas {
			if d.new != "" && same(d.path) {
				return d, true
			}
		}
	}
	return delta{}, false
}

// compare compares a file with the neighbour whose version of it was nearest to
// the target's.
func (c *Checker) compare(ctx context.Context, f *touched, all []*neighbour, r *report) error {
	var best *neighbour
	var before, after *text
	nearest := -1
	for _, n := range all {
		d, ok := n.of(f)
		if !ok {
			continue
		}
		b, err := c.text(ctx, d.path, d.old)
		if err != nil {
			return err
		}
		a, err := c.text(ctx, d.path, d.new)
		if err != nil {
			return err
		}
		if far := distance(b, f.ours); nearest < 0 || far < nearest {
			best, before, after, nearest = n, b, a, far
		}
	}
	if best == nil || git.Binary(before.src) || git.Binary(after.src) {
		return nil
	}
	m := textdiff.Merge3Histogram(before.src, f.ours.src, after.src)
	merged, ok := m.Text()
	if !ok || bytes.Equal(merged, f.result.src) {
		return nil
	}
	line := -1
	for _, h := range textdiff.Diff(merged, f.result.src) {
		line = h.NewStart
		break
	}
	r.add(backport.Warning, f.path, line, best.Commit, fmt.Sprintf(
		"an earlier backport of this fix has another text here, which fits the target too: commit %.12s", best.Commit))
	return nil
}

// distance is how many lines two texts differ in.
func distance(a, b *text) int {
	n := 0
	for _, h := range textdiff.Diff(a.src, b.src) {
		n += h.OldCount + h.NewCount
	}
	return n
}

// more finds files that the latest neighbour changed and this pick does not, and
// the other way round.
func (c *Checker) more(ctx context.Context, ch *change, all []*neighbour, r *report) error {
	n := all[0]
	for _, d := range n.deltas {
		if d.new == "" || slices.ContainsFunc(ch.files, func(f *touched) bool {
			return path.Base(f.path) == path.Base(d.path) || path.Base(f.from) == path.Base(d.path)
		}) {
			continue
		}
		id, err := c.objects.file(ctx, ch.target, d.path)
		if err != nil {
			return err
		}
		if (id == "") != (d.old == "") {
			continue
		}
		t := [3]*text{}
		for i, id := range []string{d.old, id, d.new} {
			if t[i], err = c.text(ctx, d.path, id); err != nil {
				return err
			}
		}
		if git.Binary(t[1].src) || git.Binary(t[2].src) {
			continue
		}
		m := textdiff.Merge3Histogram(t[0].src, t[1].src, t[2].src)
		merged, ok := m.Text()
		if !ok || bytes.Equal(merged, t[1].src) {
			continue
		}
		r.add(backport.Warning, d.path, -1, n.Commit, fmt.Sprintf("an earlier backport of this fix changes this file too: commit %.12s", n.Commit))
	}
	for _, f := range ch.files {
		if _, ok := n.of(f); ok {
			continue
		}
		id, err := c.objects.file(ctx, n.parent, f.path)
		if err != nil {
			return err
		}
		if (id == "") == (len(f.ours.src) == 0) {
			r.add(backport.Info, f.path, -1, n.Commit, fmt.Sprintf("an earlier backport of this fix leaves this file alone: commit %.12s", n.Commit))
		}
	}
	return nil
}
