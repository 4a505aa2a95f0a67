package history

import "slices"

// Carried is one commit that people carried from another one.
type Carried struct {
	Commit string
	// Parent is the commit's only parent: what the original was carried onto.
	Parent string
	// Original is the commit it was carried from. It has one parent, too.
	Original string
	// Dialect is how the message names the original.
	Dialect string
	// Date is the committer date of Commit, in seconds since 1970.
	Date int64
}

// Carried lists every commit with one parent that says it copies one known
// commit which is itself no merge, in the order of history: the population on
// which a way of carrying can be judged. Only commits that the tips of the last
// Update reach are listed, and all if there was no Update. Left out are copies
// of a part, and reverts whose original is no revert: their message quotes that
// of a copy.
//
// A message that names several known commits is taken if they are the hops of
// one way (each but the first names another of them as its own origin). The
// original is then the first, the oldest: a hop in between was already adapted
// to some other branch. Ids that are not known are passed over, since the
// branches and reviews they were on are often gone.
func (x *Index) Carried() []Carried {
	x.work.Lock()
	defer x.work.Unlock()
	c, g := x.columns.Load(), x.graph()
	current := newSet(c.len())
	if tips := x.tips.Load(); tips != nil {
		var at []int32
		for _, tip := range *tips {
			if i := c.find(tip); i >= 0 {
				at = append(at, i)
			}
		}
		current = c.reach(0, at...)
	} else {
		current.fill(c.len())
	}
	var found []int32
	sources := map[int32]origin{}
	for i := range int32(c.len()) {
		if g.own[i] == g.own[i+1] || !current.has(i) || len(c.parentsOf(i)) != 1 {
			continue
		}
		var known []origin
		for _, o := range g.origins(i, 0) {
			if g.known(o.node) {
				known = append(known, o)
			}
		}
		source, ok := g.source(known, 0)
		if ok && len(c.parentsOf(source.node)) == 1 && (g.reverts(source.node) || !g.reverts(i)) {
			found = append(found, i)
			sources[i] = source
		}
	}
	slices.SortFunc(found, c.before)
	out := make([]Carried, len(found))
	for k, i := range found {
		out[k] = Carried{
			Commit: c.id(i), Parent: c.id(c.parentsOf(i)[0]), Original: c.id(sources[i].node),
			Dialect: g.dialect(sources[i].claim), Date: c.dates[i],
		}
	}
	return out
}
