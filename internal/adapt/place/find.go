package place

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"backstay.dev/backstay/internal/cache"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/textdiff"
)

// Trees are the root trees of the three sides: before the fix, the target,
// after the fix.
type Trees struct{ Base, Ours, Theirs string }

// Finder looks for where content lives on a target. It keeps what it read, so
// one Finder serves all picks of a repository; several goroutines may use it.
type Finder struct {
	store  *git.Store
	trees  *git.Trees
	pairs  *cache.Cache[string, listing]
	prints *cache.Cache[string, print]
}

// New makes a Finder that reads from store.
func New(store *git.Store) *Finder {
	return &Finder{
		store:  store,
		trees:  git.NewTrees(store, 64<<20),
		pairs:  cache.New[string, listing](32 << 20),
		prints: cache.New[string, print](64 << 20),
	}
}

// Home is a file of the target in which lines live that the fix changes.
type Home struct {
	// Path and Blob are the file.
	Path, Blob string
	Mode       git.Mode
	// Score is how much of what stands around the fix's changes stands there,
	// 0 to 1, the mean over the changes.
	Score float64
	// Whole is the share of the base's telling lines that the file has.
	Whole float64
	// Twin says that the fix's base has the same lines in this file as well: it
	// is a copy with a life of its own, not what the searched file was made of.
	Twin bool
	// Touched says that the fix changes this file itself: what lands there must
	// be merged with that, see Change.Texts.
	Touched bool
	// Why is one sentence for a person.
	Why string
}

// Found is the answer of Find.
type Found struct {
	// Homes are the files found, best first; twins come last.
	Homes []Home
	// Complete is false where the bounds of the search were met: no home then
	// means unknown, not absent.
	Complete bool
	// Looked is how many files were compared.
	Looked int
}

const (
	// maxOpened and maxBytes bound what one search reads.
	maxOpened = 1500
	maxBytes  = 48 << 20
	// enough is the score from which a file is a home.
	enough = 0.25
	// maxHomes bounds the homes given.
	maxHomes = 8
)

// candidate is a file of the target that is compared.
type candidate struct {
	pair
	affinity    float64
	mine, other print // the target's file, and that of the fix's base at this path
}

// Find gives the files of the target in which the lines live now that the fix
// changes in the file at path; base and theirs are that file's two texts.
//
// Code that was copied in from another project has no other home: the tool that
// brings it in decides where it stands. A file that the fix's base has unchanged is never one: what stands there is
// nobody's move. Of a file that both have, only lines count that the target has
// more than the base, unless nothing better is found; see Home.Twin.
func (f *Finder) Find(ctx context.Context, t Trees, path string, base, theirs []byte) (Found, error) {
	if len(base) > maxText || len(theirs) > maxText {
		return Found{}, nil
	}
	lines := textdiff.Lines(base)
	spots := spots(lines, textdiff.Diff(base, theirs))
	if len(spots) == 0 || vendored(path) {
		return Found{Complete: true}, nil
	}
	pairs, complete, err := f.differing(ctx, t.Base, t.Ours)
	if err != nil {
		return Found{}, err
	}
	found := Found{Complete: complete}
	var open []*candidate
	for _, p := range pairs {
		if p.path == path || !p.ours.mode.IsRegular() || p.ours.id == p.base.id || vendored(p.path) {
			continue
		}
		if a := affinity(path, p.path); a > 0 {
			open = append(open, &candidate{pair: p, affinity: a})
		}
	}
	slices.SortStableFunc(open, func(a, b *candidate) int { return cmp.Compare(b.affinity, a.affinity) })
	if len(open) > maxOpened {
		open, found.Complete = open[:maxOpened], false
	}
	found.Looked = len(open)
	named := namesakes(open)
	mine, whole, err := f.read(ctx, open, func(c *candidate) leaf { return c.ours })
	if err != nil {
		return Found{}, fmt.Errorf("look for %s on the target: %w", path, err)
	}
	found.Complete = found.Complete && whole
	for _, c := range open {
		c.mine = mine[c.ours.id]
	}
	weights := weigh(spots, open)
	open = slices.DeleteFunc(open, func(c *candidate) bool { return score(c, spots, weights).Score < enough })
	other, _, err := f.read(ctx, open, func(c *candidate) leaf { return c.base })
	if err != nil {
		return Found{}, fmt.Errorf("look for %s in the fix's base: %w", path, err)
	}
	baseLines := printOf(base)
	for _, c := range open {
		c.other = other[c.base.id]
		h := score(c, spots, weights)
		h.Whole = share(baseLines, c.mine)
		if there, err := f.lookup(ctx, t.Theirs, c.path); err != nil {
			return Found{}, err
		} else if t.Theirs != "" {
			h.Touched = there != c.base
		}
		found.Homes = append(found.Homes, h)
	}
	if !slices.ContainsFunc(found.Homes, func(h Home) bool { return !h.Twin }) {
		more, err := f.byNames(ctx, path, base, theirs, named)
		if err != nil {
			return Found{}, fmt.Errorf("look for %s on the target: %w", path, err)
		}
		found.Homes = append(found.Homes, more...)
	}
	slices.SortStableFunc(found.Homes, better)
	found.Homes = found.Homes[:min(len(found.Homes), maxHomes)]
	return found, nil
}

// better orders homes: real ones before twins, then by score, then by how much
// of the whole file is there.
func better(a, b Home) int {
	if a.Twin != b.Twin {
		if a.Twin {
			return 1
		}
		return -1
	}
	if c := cmp.Compare(b.Score, a.Score); c != 0 {
		return c
	}
	return cmp.Compare(b.Whole, a.Whole)
}

// read gives the fingerprints of one side of the candidates by blob id. complete
// is false where the bounds left some out.
func (f *Finder) read(ctx context.Context, open []*candidate, side func(*candidate) leaf) (prints map[string]print, complete bool, err error) {
	prints = map[string]print{}
	var ids []string
	for _, c := range open {
		l := side(c)
		if _, twice := prints[l.id]; twice || !l.mode.IsRegular() {
			continue
		}
		p, known := f.prints.Get(l.id)
		if !known {
			ids = append(ids, l.id)
		}
		prints[l.id] = p
	}
	bytes := 0
	var lacks git.MissingError // all of them: each that is fetched alone is a journey
	err = f.store.ReadAll(ctx, ids, func(i int, o git.Object) error {
		if o.Kind == "" {
			lacks.IDs = append(lacks.IDs, ids[i])
			return nil
		}
		if bytes += len(o.Content); bytes > maxBytes {
			return errEnough
		}
		var p print
		if len(o.Content) <= maxText {
			p = printOf(o.Content)
		}
		prints[ids[i]] = p
		f.prints.Put(ids[i], p, 8*len(p))
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, false, err
	}
	if len(lacks.IDs) > 0 {
		return nil, false, &lacks
	}
	return prints, err == nil, nil
}

var errEnough = errors.New("enough was read")

// weigh gives each line its weight: one that stands in many of the files tells
// little of where the fix belongs.
func weigh(spots []spot, open []*candidate) map[uint64]float64 {
	weights := map[uint64]float64{}
	for _, s := range spots {
		for _, h := range s.lines {
			if _, known := weights[h]; known {
				continue
			}
			n := 0
			for _, c := range open {
				if c.mine.has(h) {
					n++
				}
			}
			weights[h] = min(1, 4/float64(max(n, 1)))
		}
	}
	return weights
}

// score compares a candidate with what stands around the changes.
func score(c *candidate, spots []spot, weights map[uint64]float64) Home {
	var moved, all float64
	hunks := 0
	for _, s := range spots {
		var here, brought, sum float64
		for _, h := range s.lines {
			w := weights[h]
			sum += w
			if !c.mine.has(h) {
				continue
			}
			here += w
			if !c.other.has(h) {
				brought += w
			}
		}
		if here/sum >= 0.5 {
			hunks++
		}
		all += here / sum
		moved += brought / sum
	}
	n := float64(len(spots))
	h := Home{Path: c.path, Blob: c.ours.id, Mode: c.ours.mode, Score: moved / n}
	if moved/n < enough && all/n >= enough || moved < all/3 {
		h.Score, h.Twin = all/n, true
	}
	h.Why = fmt.Sprintf("%s has what stands around %s", c.path, counted(hunks, len(spots), "changed place"))
	if h.Twin {
		h.Why += "; the fix's source has such a file too"
	}
	return h
}

// counted is "all 3 changed places", "2 of 3 changed places" or "the changed
// place".
func counted(n, of int, what string) string {
	switch {
	case of == 1:
		return "the " + what
	case n == of:
		return fmt.Sprintf("all %d %ss", of, what)
	}
	return fmt.Sprintf("%d of %d %ss", n, of, what)
}

// share is how much of a's lines b has.
func share(a, b print) float64 {
	if len(a) == 0 {
		return 0
	}
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			n++
			i++
			j++
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return float64(n) / float64(len(a))
}
