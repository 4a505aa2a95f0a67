package adapt

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"hash/fnv"
	"math"
	"slices"

	"backstay.dev/backstay/internal/adapt/calibrate"
)

// Own is what the record of one repository adds to a model: a few trees for
// what the model's odds of its earlier backports left unexplained, and those
// backports on the scale. It takes no rung to where it was never right; it says
// which of the answers that look alike elsewhere are to be trusted here.
type Own struct {
	// Since is the first moment at which all of it was known, in seconds since
	// 1970.
	Since int64 `json:"since"`
	// Model is the print of the model that it belongs to.
	Model string `json:"model"`
	// Trees come after the model's own, of which whole answers are judged by.
	Trees []calibrate.Tree `json:"trees,omitempty"`
	// Scale is the model's, with the answers that were given here counted in,
	// each as what was known before it judged it.
	Scale calibrate.Scale `json:"scale"`
}

var ownFit = calibrate.Fit{Trees: 20, Depth: 2, Rate: 0.1, Leaf: 10}

const (
	// ownLeast is how many cases, at least, come between one Own and the next,
	// and before the first.
	ownLeast = 20
	// ownPart is the part of the cases known that must be new to go to the
	// trouble again: a quarter.
	ownPart = 4
)

// Experience is the corpus as later cases of the same repository see it, the
// model drawn to what was right here.
func (m *Model) Experience(c *Corpus) *Experience {
	x := c.Experience()
	x.own = m.follow(lay(m, []*Corpus{c}))
	return x
}

// follow goes through the cases of a repository in the order of their time.
// Each is judged by what was there before, then learned from.
func (m *Model) follow(work []*lesson) []Own {
	slices.SortStableFunc(work, func(a, b *lesson) int { return cmp.Compare(a.example.At, b.example.At) })
	var out []Own
	var rows []calibrate.Row
	var given []calibrate.Scored
	now, name := m, m.print()
	for k := 0; k < len(work); {
		end := min(k+max(ownLeast, k/ownPart), len(work))
		for end < len(work) && work[end].example.At == work[end-1].example.At {
			end++
		}
		for _, l := range work[k:end] {
			for _, t := range l.trials {
				t.weigh(m.Options, &l.q)
				t.score = now.Cases.P(t.row)
				if t.refused == "" {
					rows = append(rows, calibrate.Row{X: t.row, Right: t.right(), Weight: 1})
				}
			}
			if t := l.best(); t != nil {
				given = append(given, calibrate.Scored{Score: t.score, Right: t.right()})
			}
		}
		own := Own{
			Since: work[end-1].example.At + 1, Model: name,
			Trees: m.Cases.Extend(rows, ownFit).Trees[len(m.Cases.Trees):], Scale: m.Scale.With(given),
		}
		out = append(out, own)
		now = own.added(m)
		k = end
	}
	return out
}

// added is a model with a repository's own part.
func (o *Own) added(m *Model) *Model {
	out := *m
	out.Cases.Trees = slices.Concat(m.Cases.Trees, o.Trees)
	out.Scale = o.Scale
	return &out
}

// sound reports whether what was read from outside can be used.
func (o *Own) sound() bool {
	return calibrate.Forest{Features: caseFeatures(), Trees: o.Trees}.Sound() && o.Scale.Sound()
}

// model is a model, of which name is the print, as it is to be used at a moment, 0
// for now.
func (x *Experience) model(m *Model, name func() string, at int64) *Model {
	if x == nil || len(x.own) == 0 {
		return m
	}
	for i := len(x.own) - 1; i >= 0; i-- {
		if o := &x.own[i]; (at == 0 || o.Since <= at) && o.Model == name() {
			return o.added(m)
		}
	}
	return m
}

// Kept is what of an experience is no lesson of a single case, for WriteLessons.
func (x *Experience) Kept() []Lesson {
	if len(x.own) == 0 {
		return nil
	}
	return []Lesson{{Own: &x.own[len(x.own)-1]}}
}

// print tells models apart by how they judge the whole, which stands on all
// else.
func (m *Model) print() string {
	h := fnv.New64a()
	put := func(v uint64) { _, _ = h.Write(binary.LittleEndian.AppendUint64(nil, v)) }
	put(math.Float64bits(m.Cases.Bias))
	for _, t := range m.Cases.Trees {
		for _, n := range t {
			put(uint64(n.Feature)<<32 | uint64(math.Float32bits(n.Cut)))
			put(uint64(math.Float32bits(n.Value)))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
