package compare

// couple is a unit of the original beside one of the backport; one of them may
// be nil.
type couple struct{ a, b *unit }

// matcher finds which unit is which on the other side.
type matcher struct {
	known   *lines
	a, b    []*unit // without counterpart so far
	couples []couple
}

// match pairs units: by name, then by what encloses them, then by the lines that
// change.
func match(a, b []*unit, known *lines) []couple {
	m := &matcher{known: known, a: a, b: b}
	m.byKey(paired, func(u *unit) (key, bool) {
		p := u.here()
		if p == nil {
			return key{}, false
		}
		return key{name: p.name, ordinal: p.ordinal}, true
	}, 0)
	m.byKey(paired, func(u *unit) (key, bool) {
		p := u.here()
		if p == nil {
			return key{}, false
		}
		return key{name: p.bare}, true
	}, 0)
	m.byKey(nil, func(u *unit) (key, bool) {
		p := u.here()
		if p == nil {
			return key{}, false
		}
		return key{name: p.name}, true
	}, 0.05)
	m.byLines(paired, 0.3)
	m.byKey(paired, func(u *unit) (key, bool) {
		if u.part >= 0 {
			return key{}, false
		}
		if u.after < 0 {
			return key{ordinal: -1}, true
		}
		p := u.newParts.all[u.after]
		return key{p.name, p.ordinal}, true
	}, 0)
	m.byLines(nil, 0.5)
	for _, u := range m.a {
		m.couples = append(m.couples, couple{a: u})
	}
	for _, u := range m.b {
		m.couples = append(m.couples, couple{b: u})
	}
	return m.couples
}

// key is what two units have in common that belong together.
type key struct {
	name    string
	ordinal int
}

// paired says whether two units are in files that are counterparts.
func paired(a, b *unit) bool { return a.pair == b.change }

// byKey pairs units with the same key in the same pair of files, or anywhere if
// within is nil, where no third has it and the lines they share come to least.
func (m *matcher) byKey(within func(a, b *unit) bool, of func(*unit) (key, bool), least float64) {
	type group struct{ a, b []int }
	type place struct {
		key
		file *change
	}
	all := map[place]*group{}
	at := func(u *unit, file *change) *group {
		k, ok := of(u)
		if !ok {
			return nil
		}
		p := place{key: k}
		if within != nil {
			p.file = file
		}
		g := all[p]
		if g == nil {
			g = &group{}
			all[p] = g
		}
		return g
	}
	for i, u := range m.a {
		if g := at(u, u.change); g != nil {
			g.a = append(g.a, i)
		}
	}
	for j, u := range m.b {
		if u.pair == nil && within != nil {
			continue
		}
		if g := at(u, u.pair); g != nil {
			g.b = append(g.b, j)
		}
	}
	var list []candidate
	for _, g := range all {
		if len(g.a) != 1 || len(g.b) != 1 {
			continue
		}
		if c := (candidate{g.a[0], g.b[0], 1}); least == 0 || m.share(c) >= least {
			list = append(list, c)
		}
	}
	m.take(list)
}

func (m *matcher) share(c candidate) float64 {
	list := alike([][]op{features(m.a[c.a].ops, m.known)}, [][]op{features(m.b[c.b].ops, m.known)})
	if len(list) == 0 {
		return 0
	}
	return list[0].score
}

// byLines pairs units that share the most changed lines. A function is rather
// paired with one of the same type, and with a function than with a stretch.
func (m *matcher) byLines(within func(a, b *unit) bool, least float64) {
	of := func(u *unit) []op { return features(u.ops, m.known) }
	list := filter(alike(each(m.a, of), each(m.b, of)), func(c candidate) bool {
		return c.score >= least && (within == nil || within(m.a[c.a], m.b[c.b]))
	})
	for i, c := range list {
		p, q := m.a[c.a].here(), m.b[c.b].here()
		switch {
		case p != nil && q != nil && p.parent == q.parent:
			list[i].score += 0.2
		case (p == nil) != (q == nil):
			list[i].score -= 0.2
		}
	}
	m.take(list)
}

// take makes couples of the best candidates.
func (m *matcher) take(list []candidate) {
	a, b := make([]bool, len(m.a)), make([]bool, len(m.b))
	best(list, func(i, j int) {
		if !a[i] && !b[j] {
			a[i], b[j] = true, true
			m.couples = append(m.couples, couple{m.a[i], m.b[j]})
		}
	})
	m.a, m.b = without(m.a, a), without(m.b, b)
}

func without(list []*unit, gone []bool) []*unit {
	var out []*unit
	for i, u := range list {
		if !gone[i] {
			out = append(out, u)
		}
	}
	return out
}
