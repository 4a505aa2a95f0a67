package history

import (
	"context"
	"slices"

	"backstay.dev/backstay/internal/backport"
)

// maxParts is how many commits a merge may have brought for them to be asked about
// one by one.
const maxParts = 64

// presentParts answers for merges that no commit of the target names: where every
// commit that the merge brought is there, the merge is. A request of several commits
// is picked commit by commit more often than as a whole. A merge that brought further
// merges is not answered: these may have changes of their own.
func (x *Index) presentParts(ctx context.Context, pairs []Pair, out []*backport.Presence) error {
	c := x.columns.Load()
	parts := map[Query][]int32{}
	paint := (*painter)(nil)
	var asked []Pair
	for k, pair := range pairs {
		if out[k] != nil {
			continue
		}
		list, known := parts[pair.Query]
		if !known {
			if fix := c.find(pair.Fix); fix >= 0 && len(c.parentsOf(fix)) > 1 {
				if paint == nil {
					paint = newPainter(c)
				}
				list = brought(c, paint, fix, pair.Base)
			}
			parts[pair.Query] = list
		}
		for _, i := range list {
			asked = append(asked, Pair{Target: pair.Target, Query: Query{Fix: c.id(i), Before: pair.Before}})
		}
	}
	if len(asked) == 0 {
		return nil
	}
	answers, err := x.presentPairs(ctx, asked)
	if err != nil {
		return err
	}
	for k, pair := range pairs {
		if list := parts[pair.Query]; out[k] == nil && len(list) > 0 {
			out[k], answers = together(answers[:len(list)]), answers[len(list):]
		}
	}
	return nil
}

// brought lists the commits that a merge brought to its parent base (the first, if
// that is empty), in the order of history; nil if there are none, too many, or merges
// among them.
func brought(c *columns, paint *painter, merge int32, base string) []int32 {
	onto := c.parentsOf(merge)[0]
	if base != "" {
		onto = c.find(base)
	}
	if !slices.Contains(c.parentsOf(merge), onto) {
		return nil
	}
	var list []int32
	plain := true
	paint.walk(merge, []int32{onto}, func(i int32, _ uint64) {
		if i == merge {
			return
		}
		plain = plain && len(c.parentsOf(i)) == 1
		if len(list) <= maxParts {
			list = append(list, i)
		}
	})
	if !plain || len(list) > maxParts {
		return nil
	}
	slices.SortFunc(list, c.before)
	return list
}

// together is the presence of all parts: the last one of those with the weakest
// evidence; nil if one is not there.
func together(parts []*backport.Presence) *backport.Presence {
	var weakest *backport.Presence
	for _, p := range parts {
		if p == nil {
			return nil
		}
		if weakest == nil || strength(p) <= strength(weakest) {
			weakest = p
		}
	}
	all := *weakest
	all.Parts = len(parts)
	return &all
}
