package replay

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"backstay.dev/backstay/internal/adapt"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gate"
	"backstay.dev/backstay/internal/pick"
)

// maxStudied bounds the cases that are studied; of more the latest count.
const maxStudied = 20_000

// Study learns from cases what a repository's own history teaches the ladder:
// which of its rungs people's answers agreed with, and where. Every lesson has
// the date of its case, and the experience made of them answers for each moment
// with what was committed before it. progress, if set, hears how far it is.
func (j *Judge) Study(ctx context.Context, cases []Case, progress func(done, total int)) (*adapt.Corpus, error) {
	cases = cases[max(len(cases)-maxStudied, 0):]
	model := j.opts.Model
	if model == nil {
		model = &adapt.Model{}
	}
	if j.gates == nil {
		j.gates = gate.New(j.store, j.index, gate.Options{Tips: j.opts.Tips, Words: j.opts.Words, Mentions: j.opts.Mentions})
	}
	corpus := &adapt.Corpus{}
	var mu sync.Mutex
	done := 0
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(j.opts.Jobs)
	parts := make([]adapt.Corpus, (len(cases)+climbSize-1)/climbSize)
	for n := range parts {
		g.Go(func() error {
			batch := cases[n*climbSize : min((n+1)*climbSize, len(cases))]
			s := &student{worker: j.worker(), adapter: adapt.New(j.store, model)}
			s.climber = j.climber(model, nil)
			if err := s.study(ctx, batch, &parts[n]); err != nil {
				return fmt.Errorf("study: %w", err)
			}
			mu.Lock()
			defer mu.Unlock()
			if done += len(batch); progress != nil {
				progress(done, len(cases))
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for _, p := range parts {
		corpus.Examples = append(corpus.Examples, p.Examples...)
		corpus.Clean = append(corpus.Clean, p.Clean...)
	}
	return corpus, nil
}

// student is a worker that looks up the truth.
type student struct {
	*worker
	adapter *adapt.Adapter
}

func (s *student) study(ctx context.Context, cases []Case, out *adapt.Corpus) error {
	expected, err := s.expected(ctx, cases)
	if err != nil {
		return err
	}
	var jobs []pick.Job
	var trees []string
	for _, c := range cases {
		r := newResult(c)
		job, err := s.lay(ctx, c, expected[c.Expected], &r)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case fatal(err):
			return err
		case err == nil && r.ExpectedTree != nil:
			jobs, trees = append(jobs, job), append(trees, *r.ExpectedTree)
		}
	}
	picks, err := s.quick.Picks(ctx, jobs, s.known())
	if err != nil {
		return err
	}
	befores := make([]int64, len(jobs))
	for i, p := range picks {
		befores[i] = jobs[i].Before
		if p.Outcome == backport.Clean {
			l := adapt.Lesson{At: jobs[i].Before, Fix: jobs[i].Fix.ID(), Given: []string{"git"}}
			if p.Tree == trees[i] {
				l.Right = l.Given
			}
			out.Clean = append(out.Clean, l)
		}
	}
	answers, err := s.climber.Adapt(ctx, picks, befores)
	if err != nil {
		return err
	}
	for i := range answers {
		e := &answers[i].Example
		if len(e.Attempts) == 0 {
			continue
		}
		if err := s.adapter.Mark(ctx, e, trees[i]); err != nil {
			if err = s.minor(ctx, err); err != nil {
				return err
			}
			continue
		}
		e.Forget()
		out.Examples = append(out.Examples, *e)
	}
	return nil
}
