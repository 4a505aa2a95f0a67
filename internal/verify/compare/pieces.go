package compare

import "slices"

// regroup finds pieces that landed in another function: what the original does
// to one function and the backport, line for line, to another. They become
// couples of their own.
func regroup(couples []couple, known *lines) []couple {
	type free struct {
		couple int
		piece  []op
	}
	open := map[uint64][]free{} // of the backport
	lost := map[int][]free{}    // of the original, by couple
	for i, p := range couples {
		mine, theirs := p.a.strays(p.b, known), p.b.strays(p.a, known)
		for _, g := range mine {
			lost[i] = append(lost[i], free{i, g})
		}
		for _, g := range theirs {
			h := fingerprint(g)
			open[h] = append(open[h], free{i, g})
		}
	}
	type to struct{ a, b int }
	var order []to
	found := map[to]*couple{}
	for i := range couples {
		for _, f := range lost[i] {
			h := fingerprint(f.piece)
			list := open[h]
			n := slices.IndexFunc(list[:min(len(list), maxShared)], func(g free) bool {
				a, b := couples[i].a, couples[g.couple].b
				return g.couple != i && (a.pair == b.change || tells(f.piece, known) > 1) && same(f.piece, g.piece)
			})
			if n < 0 {
				continue
			}
			k := to{i, list[n].couple}
			p := found[k]
			if p == nil {
				a, b := *couples[k.a].a, *couples[k.b].b
				a.ops, a.pieces, b.ops, b.pieces = nil, nil, nil, nil
				p = &couple{&a, &b}
				found[k] = p
				order = append(order, k)
			}
			p.a.add(f.piece)
			p.b.add(list[n].piece)
			couples[k.a].a.drop(f.piece)
			couples[k.b].b.drop(list[n].piece)
			open[h] = slices.Delete(list, n, n+1)
		}
	}
	var out []couple
	for _, p := range couples {
		if p.a != nil && len(p.a.ops) == 0 {
			p.a = nil
		}
		if p.b != nil && len(p.b.ops) == 0 {
			p.b = nil
		}
		if p.a != nil || p.b != nil {
			out = append(out, p)
		}
	}
	for _, k := range order {
		out = append(out, *found[k])
	}
	return out
}

// strays are the pieces of a unit of which the other side's has nothing.
func (u *unit) strays(other *unit, known *lines) [][]op {
	if u == nil {
		return nil
	}
	have := map[op]bool{}
	if other != nil {
		for _, o := range other.ops {
			have[op{sign: o.sign, line: o.line}] = true
		}
	}
	return filter(u.pieces, func(g []op) bool {
		return tells(g, known) > 0 && all(g, func(o op) bool {
			return !known.telling[o.line] || !have[op{sign: o.sign, line: o.line}]
		})
	})
}

// tells counts the lines of a piece that tell something.
func tells(g []op, known *lines) int {
	return len(filter(g, func(o op) bool { return known.telling[o.line] }))
}

// fingerprint is a number that pieces share which remove and add the same lines.
func fingerprint(g []op) uint64 {
	var h [2]uint64
	for _, o := range g {
		i := 0
		if o.sign == '-' {
			i = 1
		}
		h[i] = h[i]*0x100000001b3 + scatter(o.line)
	}
	return h[0] ^ h[1]*0x9e3779b97f4a7c15
}

func (u *unit) add(piece []op) {
	u.ops = append(u.ops, piece...)
	u.pieces = append(u.pieces, piece)
}

// drop takes a piece away.
func (u *unit) drop(piece []op) {
	u.pieces = slices.DeleteFunc(u.pieces, func(g []op) bool { return &g[0] == &piece[0] })
	u.ops = slices.Concat(u.pieces...)
}
