package place

import (
	"fmt"
	"slices"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// home is a Home with its text.
type home struct {
	Home
	*source
	twin *source // what the fix's base has at this path, nil for nothing
}

const fileRung = "place-file"

// rungs are the names by how the places were found; a landing has that of its
// weakest edit.
var rungs = []string{byUnit: "place-function", byBeside: "place-beside", byLine: "place-lines"}

const (
	// likeElsewhere is how much of a unit another file's unit of the same name
	// must have in common with it.
	likeElsewhere = 0.3
	// asGood is the share of the best likeness from which a unit counts as a
	// copy that the fix mends too.
	asGood = 0.9
	// mostly is the share of a file's lines from which it counts as moved.
	mostly = 0.5
)

// land gives each part of the fix its place in one or several homes. The first
// home is tried as the file itself, moved.
func (f *fix) land(homes []*home) ([]Landing, []Left) {
	moved, keeps := f.moved(homes[0])
	if copies := len(homes) > 1 && homes[1].Score >= asGood*homes[0].Score; keeps && len(moved.File.Chunks) == 0 && !copies {
		return []Landing{moved}, nil
	}
	landings, left := f.byParts(homes)
	return choose(moved, keeps, landings, left)
}

// choose takes the file merged as a whole unless part by part leaves less open,
// or finds copies of everything.
func choose(moved Landing, keeps bool, landings []Landing, left []Left) ([]Landing, []Left) {
	open := len(left)
	for _, l := range landings {
		open += len(l.File.Chunks)
	}
	switch {
	case len(landings) > 1 && open == 0:
		return landings, nil
	case keeps && (len(moved.File.Chunks) <= open || len(landings) == 0):
		return []Landing{moved}, nil
	}
	return landings, left
}

// moved is the fix's change merged with a home as a whole. keeps says whether
// each change then stands in the counterpart of its unit.
func (f *fix) moved(h *home) (l Landing, keeps bool) {
	l = Landing{
		Path: h.Path, Mode: h.Mode, Home: h.Home, Rung: fileRung, Hunks: len(f.hunks),
		File: conflict.New(h.Path, f.base.text, h.text, f.theirs.text),
		Why:  fmt.Sprintf("the target has this file at %s", h.Path),
	}
	return l, f.keepsPlaces(l.File.Merge, h)
}

// byParts places part by part.
func (f *fix) byParts(homes []*home) (landings []Landing, left []Left) {
	edits := make([][]edit, len(homes)) // by home
	used := make([]int, len(homes))
	absent := make([]bool, len(f.parts))
	for n, p := range f.parts {
		if p.first >= 0 {
			f.landUnits(n, homes, edits, used)
			absent[n] = !slices.ContainsFunc(homes, func(h *home) bool { return h.defines(f.base.units[p.first].name) })
		}
	}
	order := make([]int, len(homes)) // those first that have more of the units
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return used[b] - used[a] })
	for n, p := range f.parts {
		if p.first < 0 {
			f.landBetween(n, homes, order, edits)
		}
	}
	placed := make([]bool, len(f.parts))
	for i, h := range homes {
		edits[i] = f.heads(h, edits[i], i == order[0])
		file, ok := spliced(h.Path, h.source, edits[i])
		if len(edits[i]) == 0 || !ok {
			continue
		}
		l := Landing{Path: h.Path, Mode: h.Mode, Home: h.Home, Rung: rungs[byUnit], File: file}
		for _, e := range edits[i] {
			l.Rung = rungs[max(slices.Index(rungs, l.Rung), int(e.how))]
			for _, n := range e.parts {
				placed[n] = true
				l.Hunks += len(f.parts[n].hunks)
			}
		}
		l.Why = fmt.Sprintf("%s lives in %s on the target", f.named(edits[i]), h.Path)
		landings = append(landings, l)
	}
	for n, p := range f.parts {
		if !placed[n] {
			l := Left{Hunks: p.hunks, Absent: absent[n]}
			if p.first >= 0 {
				l.Unit = f.base.units[p.first].name
			}
			left = append(left, l)
		}
	}
	return landings, left
}

// landUnits puts a unit's part into the home that has its counterpart, or into
// several that have copies of it.
func (f *fix) landUnits(n int, homes []*home, edits [][]edit, used []int) {
	likeness := make([]float64, len(homes))
	found := make([]edit, len(homes))
	best := 0.0
	for i, h := range homes {
		least := likeElsewhere
		if h.Whole >= mostly {
			least = 0
		}
		e, like, ok := f.place(n, h.source, least)
		if !ok || f.twin(f.parts[n].first, h) {
			continue
		}
		likeness[i], found[i] = like+0.001, e
		best = max(best, likeness[i])
	}
	for i := range homes {
		if likeness[i] > 0 && likeness[i] >= asGood*best {
			edits[i] = append(edits[i], found[i])
			used[i]++
		}
	}
}

// twin reports whether the fix's base has such a unit at the home's path as
// well: it then is another one's counterpart.
func (f *fix) twin(unit int, h *home) bool {
	if h.twin == nil {
		return false
	}
	j, like := match(f.base, f.base.units[unit], h.twin, 0.5)
	return j >= 0 && like >= 0.5
}

// landBetween puts a part that lies between units into the first home that has
// a unique place for it.
func (f *fix) landBetween(n int, homes []*home, order []int, edits [][]edit) {
	for _, i := range order {
		if e, _, ok := f.place(n, homes[i].source, likeElsewhere); ok {
			edits[i] = append(edits[i], e)
			return
		}
	}
}

// heads merges what stands above the first unit as a whole, where a change there
// has found no place of its own: imports and includes, whose conflicts other
// rungs understand.
func (f *fix) heads(h *home, edits []edit, main bool) []edit {
	if !main || len(f.base.units) == 0 || len(h.units) == 0 {
		return edits
	}
	end := f.base.units[0].start
	var parts []int
	open := false
	if slices.ContainsFunc(f.hunks, func(h textdiff.Hunk) bool { return h.OldStart < end && h.OldStart+h.OldCount > end }) {
		return edits // one change goes from there into the unit
	}
	for n, p := range f.parts {
		if p.first >= 0 || p.hunks[0].OldStart+p.hunks[0].OldCount > end || p.hunks[0].OldCount == 0 && p.hunks[0].OldStart == end {
			continue
		}
		parts = append(parts, n)
		open = open || !slices.ContainsFunc(edits, func(e edit) bool { return slices.Contains(e.parts, n) })
	}
	if !open {
		return edits
	}
	rest := slices.DeleteFunc(slices.Clone(edits), func(e edit) bool { return slices.Contains(parts, e.parts[0]) })
	if slices.ContainsFunc(rest, func(e edit) bool { return e.start < h.units[0].start }) {
		return edits
	}
	return append(rest, edit{
		end: h.units[0].start, parts: parts,
		base:   join(f.base.lines[:end]),
		theirs: join(f.theirs.lines[:after(f.hunks, end, false)]),
	})
}

// named names the units that edits replace: "foo()", "foo() and 2 more".
func (f *fix) named(edits []edit) string {
	var names []string
	for _, e := range edits {
		for _, n := range e.parts {
			if u := f.parts[n].first; u >= 0 && !slices.Contains(names, f.base.units[u].name) {
				names = append(names, f.base.units[u].name)
			}
		}
	}
	switch len(names) {
	case 0:
		return "what stands around the change"
	case 1:
		return names[0]
	}
	return fmt.Sprintf("%s and %d more", names[0], len(names)-1)
}
