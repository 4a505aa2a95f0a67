package history

// family is all that is known of one change: the commits that make it and
// those that undo it, wherever they are. It grows from the fix along the
// claims:
//
//   - up, to what the fix was carried from, if that is one change: what the fix
//     is a copy of makes the same change;
//   - down, to every commit that names a member: a copy of a member is what the
//     member is, a revert of it is the opposite, a revert of a revert makes the
//     change again. A commit that squashes several changes has each of them;
//     it never leads up to the others.
//
// What the fix itself reverts is the opposite of the fix, and so are its copies.
// Reverts of these do not count as the fix: that a change is gone is not yet
// that its removal, with all it adapted, is there.
type family struct {
	g       *claimGraph
	moment  moment
	members map[int32]member
	queue   []int32
}

// member is the part of one node in a family.
type member struct {
	makes bool // makes the change; else it undoes it
	weak  bool // undoes it because the fix undoes this
	claim int32
	// rank orders the claims that made a node a member: of several claims of
	// one commit the first in its message counts. -1 never changes.
	rank int32
}

// newFamily returns the family of the change that seeds make: the fix, and
// commits known to make the same change.
func newFamily(g *claimGraph, m moment, seeds ...int32) *family {
	f := &family{g: g, moment: m, members: map[int32]member{}}
	for _, s := range seeds {
		f.ascend(s)
	}
	for len(f.queue) > 0 {
		node := f.queue[len(f.queue)-1]
		f.queue = f.queue[:len(f.queue)-1]
		f.descend(node)
	}
	return f
}

// enter makes a node a member, unless an earlier claim did.
func (f *family) enter(node int32, now member) {
	old, known := f.members[node]
	if known && old.rank <= now.rank {
		return
	}
	f.members[node] = now
	if !known || old.makes != now.makes || old.weak != now.weak {
		f.queue = append(f.queue, node)
	}
}

// ascend enters a seed and what it was carried from.
func (f *family) ascend(node int32) {
	g := f.g
	claim := int32(-1)
	for {
		if m, known := f.members[node]; known && m.rank < 0 {
			return // an ambiguous id can make claims go in a circle
		}
		f.enter(node, member{makes: true, claim: claim, rank: -1})
		if !g.known(node) || claim >= 0 && !g.reads(node, f.moment) {
			return
		}
		f.requested(node)
		for k := g.own[node]; k < g.own[node+1]; k++ {
			if undone := g.names(k, f.moment); g.c.claims[k].undoes() && undone >= 0 {
				f.enter(undone, member{weak: true, claim: k, rank: -1})
			}
		}
		list := g.origins(node, f.moment)
		source, ok := g.source(list, f.moment)
		if !ok {
			return
		}
		for _, o := range list {
			if o.node != source.node {
				f.enter(o.node, member{makes: true, claim: o.claim, rank: -1})
			}
		}
		node, claim = source.node, source.claim
	}
}

// requested enters the commits that claim to carry the request which brought
// this one, under the same subject.
func (f *family) requested(node int32) {
	c := f.g.c
	if c.requests[node] == 0 {
		return
	}
	for _, k := range f.g.requests[requestKey{c.requests[node], c.subjects[node]}] {
		if by := c.claims[k].commit; by != node && f.moment.sees(c, by) {
			f.enter(by, member{makes: true, claim: k, rank: k})
		}
	}
}

// descend enters the commits that name a member.
func (f *family) descend(node int32) {
	g, m := f.g, f.members[node]
	for _, k := range g.naming(node) {
		by := g.c.claims[k].commit
		if !f.moment.sees(g.c, by) || g.names(k, f.moment) != node && !g.brings(k, node, f.moment) {
			continue
		}
		switch g.c.claims[k].kind {
		case claimPick:
			f.enter(by, member{makes: m.makes, weak: m.weak, claim: k, rank: k})
		case claimRevert, claimTitle:
			if !m.weak {
				f.enter(by, member{makes: !m.makes, claim: k, rank: k})
			}
		}
	}
}
