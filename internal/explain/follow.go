package explain

import (
	"context"
	"errors"
	"slices"

	"backstay.dev/backstay/internal/textdiff"
)

const (
	// maxComparisons bounds how often versions are compared for one Pick.
	maxComparisons = 4000
	// maxRead bounds the bytes of the versions compared for one Pick.
	maxRead = 1 << 30
	// maxMergeDepth bounds how far merges into merged branches are followed.
	maxMergeDepth = 32
)

// budget bounds the work of one explanation.
type budget struct {
	comparisons int
	bytes       int
}

func (b *budget) spend(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if b.comparisons++; b.comparisons > maxComparisons {
		return errBudget
	}
	return nil
}

func (b *budget) read(n int) error {
	if b.bytes += n; b.bytes > maxRead {
		return errBudget
	}
	return nil
}

// ignoreText is an error unless it only says that something is no text.
func ignoreText(err error) error {
	if errors.Is(err, errNoText) {
		return nil
	}
	return err
}

// item is a line on its way through versions.
type item struct {
	id   int // as the caller knows it
	line int // from 0, in the version at hand
}

// step is one commit's change to a file along its line.
type step struct {
	commit   string
	path     string
	old, new string // blobs
}

// trace is what became of the lines that were followed.
type trace struct {
	// by has the step that made (or removed) a line, by item.
	by map[int]step
	// rest are the items that no step of the span accounts for, with their
	// lines where the walk ended: before the span, or at its tip.
	rest []item
}

// follower follows lines along one chain.
type follower struct {
	c     *chain
	depth int
	out   *trace
}

// hunks compares two versions of the chain, the older with the newer one.
func (f *follower) hunks(ctx context.Context, older, newer string) ([]textdiff.Hunk, error) {
	if older == newer {
		return nil, nil
	}
	old, err := f.c.side.text(ctx, older)
	if err != nil {
		return nil, err
	}
	now, err := f.c.side.text(ctx, newer)
	if err != nil {
		return nil, err
	}
	return f.c.side.o.diff([2]string{older, newer}, old, now), nil
}

// reversed turns hunks around.
func reversed(hunks []textdiff.Hunk) []textdiff.Hunk {
	out := make([]textdiff.Hunk, len(hunks))
	for i, h := range hunks {
		out[i] = textdiff.Hunk{OldStart: h.NewStart, OldCount: h.NewCount, NewStart: h.OldStart, NewCount: h.OldCount}
	}
	return out
}

// carry splits items, lines of the old text, into those that stand in the new
// one, with their lines there, and those that do not. Items are in order.
func carry(items []item, hunks []textdiff.Hunk) (same, gone []item) {
	shift, k := 0, 0
	for _, it := range items {
		for k < len(hunks) && hunks[k].OldStart+hunks[k].OldCount <= it.line {
			h := hunks[k]
			shift = h.NewStart + h.NewCount - h.OldStart - h.OldCount
			k++
		}
		if k < len(hunks) && hunks[k].OldStart <= it.line {
			gone = append(gone, it)
			continue
		}
		same = append(same, item{it.id, it.line + shift})
	}
	return same, gone
}

// made finds, for lines of the chain's newest version, the commits that wrote
// them. Only where two versions differ in one of the lines, or in one next to
// it, is it looked between them, so that of a thousand versions a few dozen are
// read. A line that was written more than once in the same words, all by
// itself, counts as there all along.
func (c *chain) made(ctx context.Context, items []item) (*trace, error) {
	t := &trace{by: map[int]step{}}
	f := &follower{c: c, out: t}
	rest, err := f.back(ctx, 0, c.last(), items)
	t.rest = rest
	return t, err
}

// back follows items of version i to version j > i.
func (f *follower) back(ctx context.Context, i, j int, items []item) ([]item, error) {
	if len(items) == 0 || i == j {
		return items, nil
	}
	newer, err := f.c.blob(ctx, i)
	if err != nil {
		return nil, err
	}
	older, err := f.c.blob(ctx, j)
	if err != nil {
		return nil, err
	}
	hunks, err := f.hunks(ctx, older, newer)
	if err != nil {
		return nil, err
	}
	same, gone := carry(items, reversed(hunks))
	if len(gone) == 0 {
		return same, nil
	}
	if j == i+1 {
		return same, f.wrote(ctx, i, gone)
	}
	same, gone = neighbours(items, same, gone)
	mid := (i + j) / 2
	if gone, err = f.back(ctx, i, mid, gone); err != nil {
		return nil, err
	}
	if gone, err = f.back(ctx, mid, j, gone); err != nil {
		return nil, err
	}
	return merged(same, gone), nil
}

// maxGap is how many lines apart items are neighbours.
const maxGap = 3

// neighbours moves the items that stand near one that is gone to those: versions
// far apart have brackets and other common lines in common by accident, and only
// versions next to each other tell who wrote them. The lines are those of items.
func neighbours(items, same, gone []item) (alone, followed []item) {
	lost := map[int]bool{}
	for _, it := range gone {
		lost[it.id] = true
	}
	near := make([]bool, len(items))
	for k := 0; k < len(items); {
		end, any := k, false
		for ; end < len(items) && (end == k || items[end].line-items[end-1].line <= maxGap); end++ {
			any = any || lost[items[end].id]
		}
		for ; k < end; k++ {
			near[k] = any
		}
	}
	at := map[int]item{}
	for _, it := range same {
		at[it.id] = it
	}
	for k, it := range items {
		if near[k] {
			followed = append(followed, it)
		} else {
			alone = append(alone, at[it.id])
		}
	}
	return alone, followed
}

// merged joins two lists of items, each in order.
func merged(a, b []item) []item {
	if len(b) == 0 {
		return a
	}
	out := append(slices.Clone(a), b...)
	slices.SortStableFunc(out, func(a, b item) int { return a.line - b.line })
	return out
}

// wrote accounts for lines that the step to version i wrote. Where it is a
// merge, the branch that was merged is asked first.
func (f *follower) wrote(ctx context.Context, i int, items []item) error {
	v := f.c.versions[i]
	if f.c.cut && i+1 == f.c.last() {
		for _, it := range items {
			f.out.rest = append(f.out.rest, item{it.id, -1})
		}
		return nil
	}
	s := step{commit: v.commit, path: v.path, old: f.c.versions[i+1].blob, new: v.blob}
	parents := f.c.side.parents(v.commit)
	for _, p := range parents[min(1, len(parents)):] {
		if len(items) == 0 || f.depth == maxMergeDepth {
			break
		}
		branch, err := f.branch(ctx, p, v.path)
		if err != nil {
			return err
		}
		theirs, err := branch.c.blob(ctx, 0)
		if err != nil {
			return err
		}
		hunks, err := f.hunks(ctx, theirs, s.new)
		if err != nil {
			return err
		}
		same, own := carry(items, reversed(hunks))
		rest, err := branch.back(ctx, 0, branch.c.last(), same)
		if err != nil {
			return err
		}
		end := branch.c.versions[branch.c.last()].at
		for _, it := range rest {
			if end != "" && !f.c.side.span.Has(end) {
				f.out.rest = append(f.out.rest, item{it.id, -1}) // older than the span
				continue
			}
			f.out.by[it.id] = s
		}
		items = own
	}
	for _, it := range items {
		f.out.by[it.id] = s
	}
	return nil
}

// branch is a follower for a branch that was merged.
func (f *follower) branch(ctx context.Context, from, path string) (*follower, error) {
	if err := f.c.side.work.spend(ctx); err != nil {
		return nil, err
	}
	c, err := f.c.side.chain(ctx, from, path, "", f.c.line)
	if err != nil {
		return nil, err
	}
	return &follower{c: c, depth: f.depth + 1, out: f.out}, nil
}

// removed finds, for lines of the version before the span, the commits that
// removed them; rest are the lines that still stand in the newest version.
func (c *chain) removed(ctx context.Context, items []item) (*trace, error) {
	t := &trace{by: map[int]step{}}
	f := &follower{c: c, out: t}
	rest, err := f.forth(ctx, 0, c.last(), items)
	t.rest = append(t.rest, rest...)
	return t, err
}

// forth follows items of version j to version i < j.
func (f *follower) forth(ctx context.Context, i, j int, items []item) ([]item, error) {
	if len(items) == 0 || i == j {
		return items, nil
	}
	newer, err := f.c.blob(ctx, i)
	if err != nil {
		return nil, err
	}
	older, err := f.c.blob(ctx, j)
	if err != nil {
		return nil, err
	}
	hunks, err := f.hunks(ctx, older, newer)
	if err != nil {
		return nil, err
	}
	same, gone := carry(items, hunks)
	if len(gone) == 0 {
		return same, nil
	}
	if j == i+1 {
		return same, f.dropped(ctx, i, gone)
	}
	same, gone = neighbours(items, same, gone)
	mid := (i + j) / 2
	if gone, err = f.forth(ctx, mid, j, gone); err != nil {
		return nil, err
	}
	if gone, err = f.forth(ctx, i, mid, gone); err != nil {
		return nil, err
	}
	return merged(same, gone), nil
}

// dropped accounts for lines that the step to version i removed.
func (f *follower) dropped(ctx context.Context, i int, items []item) error {
	v := f.c.versions[i]
	s := step{commit: v.commit, path: v.path, new: v.blob, old: f.c.versions[i+1].blob}
	parents := f.c.side.parents(v.commit)
	for _, p := range parents[min(1, len(parents)):] {
		if len(items) == 0 || f.depth == maxMergeDepth {
			break
		}
		branch, err := f.branch(ctx, p, v.path)
		if err != nil {
			return err
		}
		last := branch.c.last()
		before, err := branch.c.blob(ctx, last)
		if err != nil {
			return err
		}
		hunks, err := f.hunks(ctx, before, s.old)
		if err != nil {
			return err
		}
		at := map[int]item{}
		for _, it := range items {
			at[it.id] = it
		}
		there, own := carry(items, reversed(hunks))
		kept, err := branch.forth(ctx, 0, last, there)
		if err != nil {
			return err
		}
		if own, err = branch.inBetween(ctx, own, s.old); err != nil {
			return err
		}
		for _, it := range kept { // the branch had them still
			own = append(own, at[it.id])
		}
		slices.SortFunc(own, func(a, b item) int { return a.line - b.line })
		items = own
	}
	for _, it := range items {
		f.out.by[it.id] = s
	}
	return nil
}

// maxInBetween is how many versions of a merged branch are searched for lines
// that were both written and removed there.
const maxInBetween = 32

// inBetween accounts for lines that a merged branch wrote and removed again,
// while the line it was merged into had got them elsewhere, too. The items are
// lines of the blob before the merge; those left over are returned.
func (f *follower) inBetween(ctx context.Context, items []item, before string) ([]item, error) {
	if len(items) == 0 {
		return nil, nil
	}
	text, err := f.c.side.text(ctx, before)
	if err != nil {
		return nil, err
	}
	lines := textdiff.Lines(text)
	for i := 0; i < min(f.c.last(), maxInBetween) && len(items) > 0; i++ {
		newer, err := f.c.blob(ctx, i)
		if err != nil {
			return nil, err
		}
		older, err := f.c.blob(ctx, i+1)
		if err != nil {
			return nil, err
		}
		hunks, err := f.hunks(ctx, older, newer)
		if err != nil {
			return nil, err
		}
		gone := map[string]bool{}
		old, err := f.c.side.text(ctx, older)
		if err != nil {
			return nil, err
		}
		all := textdiff.Lines(old)
		for _, h := range hunks {
			for _, l := range all[h.OldStart : h.OldStart+h.OldCount] {
				gone[string(l)] = true
			}
		}
		v := f.c.versions[i]
		items = slices.DeleteFunc(items, func(it item) bool {
			if v.commit == "" || !telling(lines[it.line]) || !gone[string(lines[it.line])] {
				return false
			}
			f.out.by[it.id] = step{commit: v.commit, path: v.path, old: older, new: newer}
			return true
		})
	}
	return items, nil
}
