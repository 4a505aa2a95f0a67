package adapt

import "backstay.dev/backstay/internal/adapt/conflict"

// Example is a question as the ladder saw it, to learn from.
type Example struct {
	// Fix and At name the case: what belongs to one fix is never split between
	// fitting and measuring.
	Fix string
	At  int64
	// Attempts are in the order of the question.
	Attempts []ExampleAttempt
}

// ExampleAttempt is one source.
type ExampleAttempt struct {
	Neighbour bool
	Refused   string
	// Surroundings are the first columns of the row of the whole.
	Surroundings []float32
	Parts        []ExamplePart
	// Rest says that what the parts do not decide is as people committed it,
	// documentation aside.
	Rest bool
	// conflict files, to find the truth by; not kept.
	trial *trial
}

// ExamplePart is one decision.
type ExamplePart struct {
	Path, Kind, Class string
	Options           []ExampleOption
}

// ExampleOption is one option.
type ExampleOption struct {
	Rungs []string
	// Row is without the columns of the record.
	Row []float32
	// Right is the truth.
	Right bool
}

func exampleOf(trials []*trial) Example {
	var e Example
	for _, t := range trials {
		a := ExampleAttempt{Neighbour: t.attempt.Neighbour, Refused: t.refused, Surroundings: t.surroundings, trial: t}
		for _, p := range t.parts {
			part := ExamplePart{Path: p.path, Kind: p.kind, Class: p.class}
			for _, o := range p.options {
				option := ExampleOption{Row: o.row}
				for _, r := range o.answers {
					option.Rungs = append(option.Rungs, r.Rung)
				}
				part.Options = append(part.Options, option)
			}
			a.Parts = append(a.Parts, part)
		}
		e.Attempts = append(e.Attempts, a)
	}
	return e
}

// trialOf makes a trial of an example again, without texts.
func (a *ExampleAttempt) trialOf() *trial {
	t := &trial{attempt: &Attempt{Neighbour: a.Neighbour}, refused: a.Refused, surroundings: a.Surroundings}
	for _, p := range a.Parts {
		part := &part{path: p.Path, kind: p.Kind, class: p.Class}
		for _, o := range p.Options {
			option := &option{row: append([]float32(nil), o.Row...), right: o.Right}
			for _, r := range o.Rungs {
				option.answers = append(option.answers, conflict.Answer{Rung: r})
			}
			part.options = append(part.options, option)
		}
		t.parts = append(t.parts, part)
	}
	return t
}

// Forget lets go of the texts, which only Mark needs.
func (e *Example) Forget() {
	for i := range e.Attempts {
		e.Attempts[i].trial = nil
	}
}
