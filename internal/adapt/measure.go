package adapt

import (
	"fmt"
	"slices"
	"sync"

	"backstay.dev/backstay/internal/adapt/calibrate"
)

// Outcome is how a model fares on a corpus.
type Outcome struct {
	Cases int
	// Resolved are the answers that the model is sure of, ResolvedRight those
	// of them that are what people committed, documentation aside.
	Resolved, ResolvedRight int
	// FirstRight are the right first answers, sure or not.
	FirstRight int
	// Chunks are the conflicting regions of the fixes themselves, ChunksFirst
	// those whose first option is right, ChunksThree those with the right one
	// among three.
	Chunks, ChunksFirst, ChunksThree int
	// Refused have no answer; Reachable are those whose right answer is among
	// the options of some attempt.
	Refused, Reachable int
}

// Plus adds two outcomes up.
func (o Outcome) Plus(p Outcome) Outcome {
	return Outcome{
		o.Cases + p.Cases, o.Resolved + p.Resolved, o.ResolvedRight + p.ResolvedRight,
		o.FirstRight + p.FirstRight, o.Chunks + p.Chunks, o.ChunksFirst + p.ChunksFirst, o.ChunksThree + p.ChunksThree, o.Refused + p.Refused, o.Reachable + p.Reachable,
	}
}

// String is one line for a person.
func (o Outcome) String() string {
	percent := func(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }
	return fmt.Sprintf("%d cases, resolved %.1f %% at %.1f %%, first %.1f %%, reachable %.1f %%, refused %d; of %d chunks first %.1f %%, of three %.1f %%",
		o.Cases, percent(o.ResolvedRight, o.Cases), percent(o.ResolvedRight, o.Resolved),
		percent(o.FirstRight, o.Cases), percent(o.Reachable, o.Cases), o.Refused,
		o.Chunks, percent(o.ChunksFirst, o.Chunks), percent(o.ChunksThree, o.Chunks))
}

// Measure judges the examples of a corpus whose time lies in [from, to), each
// with the experience of its own past.
func (m *Model) Measure(c *Corpus, from, to int64) Outcome {
	var out Outcome
	x, name := m.Experience(c), sync.OnceValue(m.print)
	for _, l := range lay(m, []*Corpus{c}) {
		if l.example.At < from || l.example.At >= to {
			continue
		}
		now := x.model(m, name, l.example.At)
		for _, t := range l.trials {
			t.weigh(m.Options, &l.q)
			t.score = now.Cases.P(t.row)
		}
		out.add(l, now.Scale)
	}
	return out
}

// CrossValidate judges each example by what was fitted to other fixes, of all
// repositories.
func CrossValidate(corpora []*Corpus) ([]Outcome, calibrate.Scale) {
	work := lay(&Model{Rungs: Records(corpora)}, corpora)
	var scored []calibrate.Scored
	for _, l := range crossJudge(work, folds, (*lesson).fold) {
		if t := l.best(); t != nil {
			scored = append(scored, calibrate.Scored{Score: t.score, Right: t.right()})
		}
	}
	scale := calibrate.NewScale(scored)
	outcomes := make([]Outcome, len(corpora))
	for _, l := range work {
		outcomes[slices.Index(corpora, l.corpus)].add(l, scale)
	}
	return outcomes, scale
}

func (o *Outcome) add(l *lesson, scale calibrate.Scale) {
	o.Cases++
	if l.reachable() {
		o.Reachable++
	}
	if len(l.trials) > 0 {
		for _, p := range l.trials[0].parts {
			if p.kind != "contents" {
				continue
			}
			o.Chunks++
			for i, option := range p.options[:min(len(p.options), maxAnswers)] {
				if option.right {
					o.ChunksThree++
					o.ChunksFirst += int(flag(i == 0))
				}
			}
		}
	}
	t := l.best()
	if t == nil {
		o.Refused++
		return
	}
	right := t.right()
	if right {
		o.FirstRight++
	}
	if (&Model{Scale: scale}).resolves(t.score) {
		o.Resolved++
		if right {
			o.ResolvedRight++
		}
	}
}

// reachable reports whether some attempt has the right option for every part.
func (l *lesson) reachable() bool {
attempts:
	for _, t := range l.trials {
		if t.refused != "" || !t.rest {
			continue
		}
		for _, p := range t.parts {
			found := Documentation(p.path)
			for _, o := range p.options {
				found = found || o.right
			}
			if !found {
				continue attempts
			}
		}
		return true
	}
	return false
}
