package compare

import "slices"

// reconcile chooses the scripts of two changes of one file so that they differ
// as little as it can. settled says that they remove and add the same lines.
func reconcile(c, d *change, known *lines) (settled bool) {
	c.outlines(known)
	d.outlines(known)
	if forC, forD, ok := agree(c.old, c.new, c.ops, d.old, d.new, d.ops); ok {
		c.set(forC)
		d.set(forD)
		s, t := newSlider(c), newSlider(d)
		s.settle(known)
		t.settle(known)
		forD, ok := t.ops(), true
		if !same(s.ops(), forD) {
			forD, ok = replay(d.old, d.new, s.ops())
		}
		if ok {
			c.set(s.ops())
			d.set(forD)
		}
		return true
	}
	s, t := newSlider(c), newSlider(d)
	s.settle(known)
	t.settle(known)
	align(s, t)
	c.set(s.ops())
	d.set(t.ops())
	return false
}

// reconcile does the same for the two units of a couple, where each is all that
// a change does to one function.
func (p couple) reconcile() {
	if same(p.a.ops, p.b.ops) {
		return
	}
	r, ok := p.a.extent()
	if !ok {
		return
	}
	q, ok := p.b.extent()
	if !ok {
		return
	}
	forA, forB, ok := agree(
		p.a.old[r.old.lo:r.old.hi], p.a.new[r.new.lo:r.new.hi], shifted(p.a.ops, -r.old.lo, -r.new.lo),
		p.b.old[q.old.lo:q.old.hi], p.b.new[q.new.lo:q.new.hi], shifted(p.b.ops, -q.old.lo, -q.new.lo))
	if ok {
		p.a.replace(shifted(forA, r.old.lo, r.new.lo))
		p.b.replace(shifted(forB, q.old.lo, q.new.lo))
	}
}

func shifted(ops []op, old, new int) []op {
	out := slices.Clone(ops)
	for i := range out {
		out[i].old += old
		out[i].new += new
	}
	return out
}

// extent is where a function is before and after a change: lines, the second end
// not included.
type extent struct{ old, new span }

// extent tells where a unit is if what a change does there, and nothing else, is
// the unit's script.
func (u *unit) extent() (extent, bool) {
	if u.part < 0 || u.gone {
		return extent{}, false
	}
	was := u.origin[u.part]
	if was < 0 {
		return extent{}, false
	}
	p, q := u.oldParts.all[was], u.newParts.all[u.part]
	e := extent{span{p.start, p.end}, span{q.start, q.end}}
	if u.removed == nil {
		u.removed, u.added = sums(u.changedOld), sums(u.changedNew)
	}
	n := u.removed[p.end] - u.removed[p.start] + u.added[q.end] - u.added[q.start]
	inside := func(o op) bool {
		if o.sign == '-' {
			return o.old >= p.start && o.old < p.end
		}
		return o.new >= q.start && o.new < q.end
	}
	if int(n) != len(u.ops) || !all(u.ops, inside) {
		return extent{}, false
	}
	// What is kept before the function must be kept before it, and likewise
	// behind it.
	o, l := u.ops[0], u.ops[len(u.ops)-1]
	if l.sign == '-' {
		l.old++
	} else {
		l.new++
	}
	return e, o.old-p.start == o.new-q.start && p.end-l.old == q.end-l.new
}

// sums counts what is set before each place.
func sums(set []bool) []int32 {
	out := make([]int32, len(set)+1)
	for i, s := range set {
		out[i+1] = out[i]
		if s {
			out[i+1]++
		}
	}
	return out
}

func all[T any](list []T, ok func(T) bool) bool {
	return !slices.ContainsFunc(list, func(x T) bool { return !ok(x) })
}

// replace takes another script for what a change does to a unit.
func (u *unit) replace(ops []op) {
	mark := func(list []op, to bool) {
		for _, o := range list {
			if o.sign == '-' {
				u.changedOld[o.old] = to
			} else {
				u.changedNew[o.new] = to
			}
		}
	}
	mark(u.ops, false)
	mark(ops, true)
	u.ops, u.pieces = ops, groups(ops)
}
