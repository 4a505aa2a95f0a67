package adapt

import (
	"slices"

	"backstay.dev/backstay/internal/adapt/calibrate"
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
