package adapt

import (
	"hash/fnv"
	"math"
	"slices"

	"backstay.dev/backstay/internal/adapt/calibrate"
)

// Corpus is what one repository teaches.
type Corpus struct {
	// Examples are the fixes that git could not merge, truths marked.
	Examples []Example
	// Clean are lessons of those that git merged.
	Clean []Lesson
}

// Lessons are all that the corpus teaches.
func (c *Corpus) Lessons() []Lesson {
	out := slices.Clone(c.Clean)
	for i := range c.Examples {
		out = append(out, c.Examples[i].Lessons()...)
	}
	return out
}

// Experience is the corpus as later cases of the same repository see it.
func (c *Corpus) Experience() *Experience {
	x := &Experience{}
	for _, l := range c.Lessons() {
		x.Learn(l)
	}
	x.Settle()
	return x
}

// Lessons is what an example whose truth is known teaches about its
// repository: which rungs fared how on the fix itself, and whether the ladder
// had the whole right answer to choose.
func (e *Example) Lessons() []Lesson {
	if len(e.Attempts) == 0 {
		return nil
	}
	a := &e.Attempts[0]
	var out []Lesson
	reachable := a.Refused == "" && a.Rest
	for _, p := range a.Parts {
		l := Lesson{At: e.At, Path: p.Path, Class: p.Class}
		for _, o := range p.Options {
			l.Given = append(l.Given, o.Rungs...)
			if o.Right {
				l.Right = append(l.Right, o.Rungs...)
			}
		}
		reachable = reachable && len(l.Right) > 0
		out = append(out, l)
	}
	whole := Lesson{At: e.At, Fix: e.Fix, Given: []string{"case"}}
	if reachable {
		whole.Right = whole.Given
	}
	return append(out, whole)
}

// folds is into how many parts examples are divided, all of one fix into the
// same, to be judged by what was fitted to the others.
const folds = 5

func (l *lesson) fold() int {
	h := fnv.New32a()
	h.Write([]byte(l.example.Fix))
	return int(h.Sum32() % folds)
}

// Fit makes a model of what repositories taught.
func Fit(corpora []*Corpus) *Model {
	m := &Model{Rungs: Records(corpora)}
	work := lay(m, corpora)
	var scored []calibrate.Scored
	for _, l := range crossJudge(work, folds, (*lesson).fold) {
		if t := l.best(); t != nil {
			scored = append(scored, calibrate.Scored{Score: t.score, Right: t.right()})
		}
	}
	m.Scale = calibrate.NewScale(scored)
	m.Cases = calibrate.Train(caseFeatures(), caseRows(work, nil), caseFit)
	m.Options = calibrate.Train(optionFeatures(), optionRows(work, nil), optionFit)
	return m
}

// crossJudge scores every trial by what was fitted to the other groups.
func crossJudge(work []*lesson, groups int, group func(*lesson) int) []*lesson {
	// What the second forest is fitted to must be what it will see: odds from a
	// forest that did not know the truth.
	for g := range groups {
		out := func(l *lesson) bool { return group(l) == g }
		forest := calibrate.Train(optionFeatures(), optionRows(work, out), optionFit)
		for _, l := range work {
			if out(l) {
				for _, t := range l.trials {
					t.weigh(forest, &l.q)
				}
			}
		}
	}
	for g := range groups {
		out := func(l *lesson) bool { return group(l) == g }
		forest := calibrate.Train(caseFeatures(), caseRows(work, out), caseFit)
		for _, l := range work {
			if out(l) {
				for _, t := range l.trials {
					t.score = forest.P(t.row)
				}
			}
		}
	}
	return work
}

var (
	optionFit = calibrate.Fit{Trees: 150, Depth: 6, Rate: 0.1, Leaf: 25}
	caseFit   = calibrate.Fit{Trees: 60, Depth: 3, Rate: 0.1, Leaf: 20}
)

// lesson is an example at work.
type lesson struct {
	corpus  *Corpus
	example *Example
	weight  float64
	trials  []*trial
	q       Question
}

// Records is the record of each rung, and of each on each class of files as
// "rung class".
func Records(corpora []*Corpus) map[string]Record {
	out := map[string]Record{}
	for _, c := range corpora {
		for i := range c.Examples {
			for _, l := range c.Examples[i].Lessons() {
				right := map[string]bool{}
				for _, r := range l.Right {
					right[r] = true
				}
				for _, r := range l.Given {
					for _, key := range []string{r, r + " " + l.Class} {
						rec := out[key]
						rec.Asked++
						if right[r] {
							rec.Right++
						}
						out[key] = rec
					}
				}
			}
		}
	}
	return out
}

// lay makes trials of all examples, rows complete.
func lay(m *Model, corpora []*Corpus) []*lesson {
	var out []*lesson
	for _, c := range corpora {
		x := c.Experience()
		weight := 30 / (30 + math.Sqrt(float64(len(c.Examples))))
		for i := range c.Examples {
			e := &c.Examples[i]
			l := &lesson{corpus: c, example: e, weight: weight, q: Question{Fix: e.Fix, Before: e.At, Experience: x}}
			for k := range e.Attempts {
				t := e.Attempts[k].trialOf()
				t.rest = e.Attempts[k].Rest
				for _, p := range t.parts {
					p.records(m, &l.q)
				}
				l.trials = append(l.trials, t)
			}
			out = append(out, l)
		}
	}
	return out
}

// optionRows are the rows of every option but those of the lessons left out.
func optionRows(work []*lesson, out func(*lesson) bool) []calibrate.Row {
	var rows []calibrate.Row
	for _, l := range work {
		if out != nil && out(l) {
			continue
		}
		for _, t := range l.trials {
			// One fix with many regions is one piece of evidence, not many.
			weight := l.weight / math.Sqrt(float64(max(len(t.parts), 1)))
			for _, p := range t.parts {
				for _, o := range p.options {
					rows = append(rows, calibrate.Row{X: o.row, Right: o.right, Weight: weight})
				}
			}
		}
	}
	return rows
}

func caseRows(work []*lesson, out func(*lesson) bool) []calibrate.Row {
	var rows []calibrate.Row
	for _, l := range work {
		if out != nil && out(l) {
			continue
		}
		for _, t := range l.trials {
			if t.refused == "" {
				rows = append(rows, calibrate.Row{X: t.row, Right: t.right(), Weight: l.weight})
			}
		}
	}
	return rows
}

// best is the trial with the highest score, nil if all are refused.
func (l *lesson) best() *trial {
	var best *trial
	for _, t := range l.trials {
		if t.refused == "" && (best == nil || t.score > best.score) {
			best = t
		}
	}
	return best
}

// right reports whether the best options are what people committed,
// documentation aside.
func (t *trial) right() bool {
	for _, p := range t.parts {
		if !p.options[0].right && !Documentation(p.path) {
			return false
		}
	}
	return t.rest
}
