package calibrate_test

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/adapt/calibrate"
)

// A truth that two columns decide together is found, also on rows not seen.
func TestForestLearnsAnInteraction(t *testing.T) {
	t.Parallel()
	row := func(i int) calibrate.Row {
		x := []float32{float32(i % 7), float32(i % 11), float32(i % 3)}
		return calibrate.Row{X: x, Right: (x[0] > 3) != (x[1] > 5), Weight: 1}
	}
	var rows []calibrate.Row
	for i := range 800 {
		rows = append(rows, row(i*13))
	}
	f := calibrate.Train([]string{"a", "b", "c"}, rows, calibrate.Fit{})
	if !f.Sound() {
		t.Fatal("not sound")
	}
	wrong := 0
	for i := range 200 {
		r := row(i*31 + 5)
		if (f.P(r.X) > 0.5) != r.Right {
			wrong++
		}
	}
	if wrong > 4 {
		t.Errorf("%d of 200 wrong", wrong)
	}
}

// More trees learn what is otherwise here; the forest they come to stays.
func TestForestExtended(t *testing.T) {
	t.Parallel()
	row := func(i int, right bool) calibrate.Row {
		return calibrate.Row{X: []float32{float32(i % 2), float32(i % 3)}, Right: right, Weight: 1}
	}
	var rows, here []calibrate.Row
	for i := range 300 {
		rows = append(rows, row(i, i%2 == 0))
		here = append(here, row(i, i%3 == 0))
	}
	f := calibrate.Train([]string{"a", "b"}, rows, calibrate.Fit{Trees: 5})
	was := f.P([]float32{1, 0})
	g := f.Extend(here, calibrate.Fit{Trees: 60})
	if len(f.Trees) != 5 || f.P([]float32{1, 0}) != was || !reflect.DeepEqual(f.Trees, g.Trees[:5]) {
		t.Error("the forest itself is another")
	}
	if was > 0.5 || g.P([]float32{1, 0}) < 0.8 || g.P([]float32{0, 1}) > 0.2 || !g.Sound() {
		t.Errorf("odds %v, then %v and %v", was, g.P([]float32{1, 0}), g.P([]float32{0, 1}))
	}
	if !reflect.DeepEqual(f.Extend(nil, calibrate.Fit{}), f) {
		t.Error("no rows change something")
	}
}

func TestForestWithoutEvidence(t *testing.T) {
	t.Parallel()
	f := calibrate.Train([]string{"a"}, nil, calibrate.Fit{})
	if p := f.P([]float32{3}); p != 0.5 {
		t.Errorf("P = %v", p)
	}
	if !(calibrate.Forest{}).Sound() {
		t.Error("the zero forest can be asked")
	}
	for name, bad := range map[string]calibrate.Forest{
		"empty tree":   {Features: []string{"a"}, Trees: []calibrate.Tree{{}}},
		"loop":         {Features: []string{"a"}, Trees: []calibrate.Tree{{{Left: 1, Right: 1}, {Left: 1, Right: 1}}}},
		"no column":    {Features: []string{"a"}, Trees: []calibrate.Tree{{{Feature: 1, Left: 1, Right: 2}, {}, {}}}},
		"far away":     {Features: []string{"a"}, Trees: []calibrate.Tree{{{Left: 1, Right: 9}, {}}}},
		"half a node":  {Features: []string{"a"}, Trees: []calibrate.Tree{{{Left: 1}, {}}}},
		"not a number": {Bias: math.NaN()},
	} {
		if bad.Sound() {
			t.Errorf("%s: sound", name)
		}
	}
}

// A scale never falls, counts every answer once, and says of each score what
// was measured around it.
func TestScale(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		answers := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) calibrate.Scored {
			return calibrate.Scored{Score: float64(rapid.IntRange(0, 30).Draw(t, "score")) / 30, Right: rapid.Bool().Draw(t, "right")}
		}), 0, 300).Draw(t, "answers")
		s := calibrate.NewScale(answers)
		asked, right := 0, 0
		for i, step := range s {
			asked, right = asked+step.Asked, right+step.Right
			if i > 0 && step.Right*s[i-1].Asked < s[i-1].Right*step.Asked {
				t.Fatalf("falls: %v", s)
			}
			if i > 0 && step.From <= s[i-1].From || !s.Sound() {
				t.Fatalf("out of order: %v", s)
			}
		}
		want := 0
		for _, a := range answers {
			if a.Right {
				want++
			}
			if s.At(a.Score).Asked == 0 {
				t.Fatalf("nothing measured at %v: %v", a.Score, s)
			}
		}
		if asked != len(answers) || right != want {
			t.Fatalf("counts %d of %d, want %d of %d", right, asked, want, len(answers))
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) calibrate.Scored {
			return calibrate.Scored{Score: float64(rapid.IntRange(0, 30).Draw(t, "score")) / 30, Right: rapid.Bool().Draw(t, "right")}
		}), 0, 200)
		x, y := draw.Draw(t, "x"), draw.Draw(t, "y")
		both, more := calibrate.NewScale(append(slices.Clone(x), y...)), calibrate.NewScale(x).With(y)
		if got, want := more.From(0), both.From(0); got.Asked != want.Asked || got.Right != want.Right || !more.Sound() {
			t.Fatalf("%v together are %v", got, want)
		}
		if want := calibrate.NewScale(y); !reflect.DeepEqual(calibrate.Scale(nil).With(y), want) {
			t.Fatalf("with nothing measured before: want %v", want)
		}
	})
	if p := (calibrate.Scale{}).At(0.5).Precision(); p != 0 {
		t.Errorf("nothing measured, and still %v", p)
	}
}
