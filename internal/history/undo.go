package history

import (
	"encoding/binary"
	"slices"
)

// Two kinds of reverts do not name by id what they undo.
//
// A commit titled `Revert "subject"` with no id below, as GitHub's button makes
// it, undoes the latest of its ancestors that has the subject. That is a guess
// where many commits have one subject; wrong, it costs the answer "present" of
// a commit that the contents are then asked about.
//
// A revert of a merge undoes all that the merge brought to its first parent,
// the mainline of nearly every `git revert -m`. The merged commits stay in
// history, and nothing else says that they are gone.

const (
	// maxNamesakes is how many commits of one subject are looked at for one
	// title.
	maxNamesakes = 8
	// maxTitleWork bounds the positions that are visited for all titles. Real
	// histories stay far below: a revert follows soon.
	maxTitleWork = 1 << 29
	// maxBrought bounds the commits of all reverted merges.
	maxBrought = 1 << 20
)

// undoes reports whether a claim is that of a revert.
func (l claim) undoes() bool { return l.kind == claimRevert || l.kind == claimTitle }

// resolveTitles finds the commits that reverts name by subject only.
func (g *claimGraph) resolveTitles() {
	namesakes := map[uint64][]int32{}
	for _, l := range g.c.claims {
		if l.kind == claimTitle && len(l.id) == 8 {
			namesakes[binary.BigEndian.Uint64([]byte(l.id))] = nil
		}
	}
	if len(namesakes) == 0 {
		return
	}
	for i, s := range g.c.subjects {
		if list, wanted := namesakes[s]; wanted {
			namesakes[s] = append(list, int32(i))
		}
	}
	for _, list := range namesakes {
		slices.SortFunc(list, g.c.before)
	}
	work := 0
	for k, l := range g.c.claims {
		if l.kind != claimTitle || len(l.id) != 8 {
			continue
		}
		list := namesakes[binary.BigEndian.Uint64([]byte(l.id))]
		end, _ := slices.BinarySearchFunc(list, l.commit, g.c.before)
		for tried := 0; end > 0 && tried < maxNamesakes && work < maxTitleWork; tried++ {
			end--
			work += max(int(l.commit-list[end]), 1)
			if g.c.isAncestor(list[end], l.commit) {
				g.node[k] = list[end]
				break
			}
		}
	}
}

// resolveMerges finds what came with the merges that are reverted.
func (g *claimGraph) resolveMerges() {
	paint := (*painter)(nil)
	left := maxBrought
	for k, node := range g.node {
		if !g.c.claims[k].undoes() || node < 0 || !g.known(node) || g.c.claims[k].commit == node {
			continue
		}
		parents := g.c.parentsOf(node)
		if len(parents) < 2 {
			continue
		}
		if paint == nil {
			paint = newPainter(g.c)
		}
		var list []int32
		paint.walk(node, parents[:1], func(i int32, _ uint64) {
			if i != node && len(list) <= left {
				list = append(list, i)
			}
		})
		if len(list) > left {
			continue // it is not said of a part of a merge that it is gone
		}
		left -= len(list)
		slices.Sort(list)
		g.brought[int32(k)] = list
	}
}

// brings reports whether a revert undoes a commit with the merge that brought
// it. What a merge brought is read off the merge: while it does not exist yet,
// as clocks that disagree can have it, nobody knows.
func (g *claimGraph) brings(claim, node int32, m moment) bool {
	if merge := g.node[claim]; merge < 0 || !g.reads(merge, m) {
		return false
	}
	_, found := slices.BinarySearch(g.brought[claim], node)
	return found
}
