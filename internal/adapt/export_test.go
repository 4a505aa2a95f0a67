package adapt

import (
	"context"
	"slices"

	"backstay.dev/backstay/internal/adapt/calibrate"
	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/git"
)

// ByHand is a model that likes options by the rungs that gave them, those named
// first the most, and takes each whole answer for right as often as measured
// says. With no rungs the order of the ladder stays.
func ByHand(right, asked int, rungs ...string) *Model {
	m := &Model{
		Options: calibrate.Forest{Features: optionFeatures()},
		Cases:   calibrate.Forest{Features: caseFeatures()},
		Scale:   calibrate.Scale{{Asked: asked, Right: right}},
		Rungs:   map[string]Record{},
	}
	for i, r := range rungs {
		at := slices.Index(m.Options.Features, "rung:"+r)
		if at < 0 {
			continue
		}
		m.Options.Trees = append(m.Options.Trees, calibrate.Tree{
			{Feature: at, Cut: 0.5, Left: 1, Right: 2}, {}, {Value: float32(int(1) << (len(rungs) - i) / 2)},
		})
	}
	return m
}

// Column is where a column of an option's row stands, -1 for nowhere.
func Column(name string) int { return slices.Index(optionFeatures(), name) }

// Liking has a model take the attempt for surest that has more than cut in a
// column, "neighbour" or "parts".
func Liking(m *Model, column string, cut float32) *Model {
	m.Cases.Trees = append(m.Cases.Trees, calibrate.Tree{
		{Feature: slices.Index(m.Cases.Features, column), Cut: cut, Left: 1, Right: 2}, {}, {Value: 2},
	})
	return m
}

// Split is a tree of one question.
func Split(feature int, cut, value float32) calibrate.Tree {
	return calibrate.Tree{{Feature: feature, Cut: cut, Left: 1, Right: 2}, {}, {Value: value}}
}

// Row is all that the ladder sees of its answer to a question: the rows of
// every option in the order of the ladder, then that of the whole.
func Row(store *git.Store, m *Model, q Question) []float32 {
	a := New(store, m)
	t, err := a.open(context.Background(), &q, &q.Attempts[0])
	if err != nil || t.refused != "" {
		return nil
	}
	files := map[*conflict.File]*[2]bag{}
	var options []*option
	for _, p := range t.parts {
		p.shapes(t, files)
		options = append(options, p.options...)
	}
	if err := a.surround(context.Background(), &q, []*trial{t}); err != nil {
		return nil
	}
	m.judge(t, &q)
	var out []float32
	for _, o := range options {
		out = append(out, o.row...)
	}
	return append(out, t.row...)
}

// Row0 is an empty row of an option, without its record.
func Row0() []float32 { return make([]float32, len(optionFeatures())-len(recordNames)) }

// Surroundings are those of an attempt, all the same but the number of parts.
func Surroundings(parts float32) []float32 {
	out := make([]float32, len(surroundingNames))
	out[slices.Index(surroundingNames, "parts")] = parts
	return out
}

// Fold is where an example is judged.
func Fold(e *Example) int { return (&lesson{example: e}).fold() }

// At is a model as an experience has it used at a moment.
func At(x *Experience, m *Model, moment int64) *Model { return x.model(m, m.print, moment) }
