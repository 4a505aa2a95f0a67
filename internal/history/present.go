package history

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
)

// Query asks for one fix.
type Query struct {
	// Fix is a full commit id. It need not be known: what names it counts.
	Fix string
	// Before is a committer date in seconds since 1970. Commits with a later
	// one are not consulted, the fix excepted. 0 is no bound.
	Before int64
	// Base is the parent that a merge's change is taken against, a full id; the
	// first one if empty.
	Base string
}

// Pair asks for one fix on one target, a full commit id.
type Pair struct {
	Target string
	Query
}

// Present tells for each query whether the target has the fix already, by what
// the commits say of one another and by equal patch-ids. nil is "not that one
// knows", which is not "no": the change may be there without a word. The target
// must be known. See PresentPairs.
func (x *Index) Present(ctx context.Context, target string, queries []Query) ([]*backport.Presence, error) {
	pairs := make([]Pair, len(queries))
	for k, q := range queries {
		pairs[k] = Pair{Target: target, Query: q}
	}
	return x.PresentPairs(ctx, pairs)
}

// PresentPairs answers many pairs in one go; what has to be computed for them
// is computed once and together.
//
// The answer is in the commits that the target reaches, parents before
// children, unrelated ones by date. What makes the change there: the fix
// itself; a commit that carries it or carries what it was carried from, over
// any number of hops; a commit that claims to carry the request that brought the
// fix, if the subject is the same too; a commit that the fix does not reach and
// that has the fix's patch-id; where there is none, one that has its author,
// author date and subject (see works.go). What undoes it: a commit that names one of these,
// or a fellow of theirs on another branch, as reverted. What the last of them
// does holds. The evidence is the strongest that came after the last revert:
// the fix itself, then a claim, then a patch-id, then authorship. A merge of which
// nothing of that is known is there if every commit is that it brought.
func (x *Index) PresentPairs(ctx context.Context, pairs []Pair) ([]*backport.Presence, error) {
	x.work.Lock()
	defer x.work.Unlock()
	out, err := x.presentPairs(ctx, pairs)
	if err == nil {
		err = x.presentParts(ctx, pairs, out)
	}
	return out, err
}

// presentPairs answers without looking into merges; the caller holds the lock.
func (x *Index) presentPairs(ctx context.Context, pairs []Pair) ([]*backport.Presence, error) {
	p := &presence{x: x, c: x.columns.Load(), g: x.graph(), families: map[Query]*family{}}
	var questions []*question
	for k, pair := range pairs {
		target := p.c.find(pair.Target)
		if target < 0 {
			return nil, fmt.Errorf("look for fixes on %s: %w", pair.Target, git.ErrUnknownName)
		}
		if node := p.g.nodeOf(pair.Fix); node >= 0 {
			questions = append(questions, &question{at: k, target: target, fix: node, query: pair.Query})
		}
	}
	slices.SortStableFunc(questions, func(a, b *question) int {
		return cmp.Or(cmp.Compare(a.target, b.target), cmp.Compare(a.fix, b.fix))
	})
	out := make([]*backport.Presence, len(pairs))
	var open []*question
	for _, q := range questions {
		if out[q.at] = p.judge(q, p.family(q)); out[q.at] == nil && p.g.known(q.fix) {
			open = append(open, q)
		}
	}
	if err := p.findTwins(ctx, open); err != nil {
		return nil, fmt.Errorf("look for equal changes: %w", err)
	}
	for _, q := range open {
		if len(q.twins) > 0 {
			f := newFamily(p.g, moment(q.query.Before), append(q.twins, q.fix)...)
			out[q.at] = p.judge(q, f)
		}
	}
	open = slices.DeleteFunc(open, func(q *question) bool { return out[q.at] != nil })
	p.findWorks(open)
	for _, q := range open {
		if len(q.works) > 0 {
			f := newFamily(p.g, moment(q.query.Before), slices.Concat(q.twins, q.works, []int32{q.fix})...)
			out[q.at] = p.judge(q, f)
		}
	}
	return out, nil
}

// question is one pair while it is answered.
type question struct {
	at     int // in the list of pairs
	target int32
	fix    int32 // its node
	query  Query
	twins  []int32 // commits on the target with the fix's patch-id
	works  []int32 // commits with its author, author date and subject
}

// presence is the state of one PresentPairs call.
type presence struct {
	x        *Index
	c        *columns
	g        *claimGraph
	families map[Query]*family

	target, low int32 // whose reach this is, and down to where
	reach       set
}

func (p *presence) family(q *question) *family {
	f := p.families[q.query]
	if f == nil {
		f = newFamily(p.g, moment(q.query.Before), q.fix)
		p.families[q.query] = f
	}
	return f
}

// on returns what a target reaches, down to position low at least. Questions
// come with the same target in a row.
func (p *presence) on(target, low int32) set {
	switch {
	case p.reach == nil || p.target != target:
		p.reach, p.target, p.low = p.c.reach(low, target), target, low
	case p.low > low:
		p.reach, p.low = p.c.reach(0, target), 0 // asked again, and who knows how often
	}
	return p.reach
}

// judge reads a family's events on the target. Twins and works are known by their
// patch-id or their authorship, whoever names them: what a fellow of theirs says of
// where it came from is not said of the fix.
func (p *presence) judge(q *question, f *family) *backport.Presence {
	var events []int32
	for node := range f.members {
		if node <= q.target && (node == q.fix || f.moment.sees(p.c, node)) {
			events = append(events, node)
		}
	}
	if len(events) == 0 {
		return nil
	}
	reach := p.on(q.target, slices.Min(events))
	events = slices.DeleteFunc(events, func(i int32) bool { return !reach.has(i) })
	slices.SortFunc(events, p.c.before)
	var best *backport.Presence
	for _, i := range events {
		m := f.members[i]
		if !m.makes {
			best = nil
			continue
		}
		now := &backport.Presence{How: "trailer", Commit: p.c.id(i), Dialect: p.g.dialect(m.claim)}
		switch {
		case i == q.fix:
			now.How, now.Dialect = "ancestor", ""
		case slices.Contains(q.twins, i):
			now.How, now.Dialect = "patch-id", ""
		case slices.Contains(q.works, i):
			now.How, now.Dialect = "authorship", ""
		}
		if best == nil || strength(now) >= strength(best) {
			best = now
		}
	}
	return best
}

// strength orders evidence.
func strength(p *backport.Presence) int {
	return slices.Index([]string{"authorship", "patch-id", "trailer", "ancestor"}, p.How)
}

// findTwins finds, for every question, the commits on the target that have the
// fix's patch-id, and keeps what it computes.
func (p *presence) findTwins(ctx context.Context, open []*question) error {
	fixes := newSet(p.c.len())
	for _, q := range open {
		fixes.add(q.fix)
	}
	changed, err := p.x.ensureSignatures(ctx, p.c, fixes)
	defer func() {
		if changed {
			p.x.save()
		}
	}()
	if err != nil {
		return err
	}
	open = slices.DeleteFunc(slices.Clone(open), func(q *question) bool { return p.c.sigs[q.fix] < sigFirst })
	blank := newSet(p.c.len())
	p.search(open, blank)
	more, err := p.x.ensureSignatures(ctx, p.c, blank)
	changed = changed || more
	if err != nil {
		return err
	}
	if more {
		p.search(open, blank)
	}
	twins := newSet(p.c.len())
	for _, q := range open {
		for _, i := range q.twins {
			twins.add(i)
			twins.add(q.fix)
		}
	}
	more, err = p.x.ensurePatchIDs(ctx, p.c, twins)
	changed = changed || more
	for _, q := range open {
		id := p.c.patchID(q.fix)
		q.twins = slices.DeleteFunc(q.twins, func(i int32) bool {
			return id == nil || !bytes.Equal(p.c.patchID(i), id)
		})
	}
	return err
}

// search sets every question's twins to the commits that its target reaches and
// its fix does not, that may be consulted, and whose signature is the fix's.
// Commits whose signature would be needed and is not known go to blank.
func (p *presence) search(open []*question, blank set) {
	paint := newPainter(p.c)
	for from := 0; from < len(open); {
		to := from + 1
		for to < len(open) && to-from < 64 && open[to].target == open[from].target {
			to++
		}
		group := open[from:to]
		from = to
		fixes := make([]int32, len(group))
		wanted := map[uint64][]int{} // signature: places in group
		for k, q := range group {
			fixes[k] = q.fix
			q.twins = q.twins[:0]
			wanted[p.c.sigs[q.fix]] = append(wanted[p.c.sigs[q.fix]], k)
		}
		paint.walk(group[0].target, fixes, func(i int32, reached uint64) {
			if p.c.sigs[i] == sigUnknown {
				blank.add(i)
				return
			}
			for _, k := range wanted[p.c.sigs[i]] {
				if q := group[k]; reached>>k&1 == 0 && moment(q.query.Before).sees(p.c, i) {
					q.twins = append(q.twins, i)
				}
			}
		})
	}
}
