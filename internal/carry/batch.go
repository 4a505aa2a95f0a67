package carry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/pick"
	"backstay.dev/backstay/internal/verify"
)

// VerifyBatch is Verify for backports to one target that are built and tested
// together on its tip, as an integration branch is: one run for all of them, and
// where it fails the fewest that tell which of them are to blame. Each backport's
// runs say how it fared in the batch.
func (c *Carrier) VerifyBatch(ctx context.Context, vs []backport.Verification, tip string, in Inspection) error {
	verifier := in.Verifier
	alone := in
	alone.Verifier = nil
	if err := c.Verify(ctx, vs, alone); err != nil {
		return err
	}
	onto, err := c.Store.Commit(ctx, tip)
	if err != nil {
		return fmt.Errorf("verify the batch: %w", err)
	}
	var subjects []verify.Subject
	for _, v := range vs {
		subjects = append(subjects, verify.Subject{Name: v.Name, Target: verify.Tip{Commit: onto.ID, Tree: onto.Tree}})
	}
	s := &stack{carrier: c, vs: vs, onto: verify.Tip{Commit: onto.ID, Tree: onto.Tree}}
	result, err := verifier.Batch(ctx, subjects, s.combine)
	var input *backport.InputError
	if errors.As(err, &input) {
		return input
	}
	if err != nil {
		return fmt.Errorf("verify the batch: %w", err)
	}
	for i := range vs {
		vs[i].Runs = share(result, i, vs)
		vs[i].Verdict = in.Policy(vs[i].Target.Name).Judge(&vs[i], in.Required, in.Override)
	}
	return nil
}

// A stack puts backports on one another.
type stack struct {
	carrier *Carrier
	vs      []backport.Verification
	onto    verify.Tip
}

// combine picks the commits of some backports onto the target, in order.
func (s *stack) combine(ctx context.Context, picks []int) (verify.Tip, error) {
	c := s.carrier
	engine := pick.New(c.Store, pick.Options{Jobs: c.Jobs, AskGit: true, Write: true, CustomDriver: c.customDriver(ctx)})
	tip := s.onto
	for _, i := range picks {
		for n, id := range s.vs[i].Commits {
			base := s.vs[i].Target.Commit
			if n > 0 {
				base = s.vs[i].Commits[n-1]
			}
			results, err := engine.Merge(ctx, []pick.Request{{Commit: id, Base: base, Onto: tip.Tree, Write: true}})
			if err != nil {
				return verify.Tip{}, err
			}
			if r := results[0]; r.Err != nil {
				return verify.Tip{}, r.Err
			} else if !r.Clean {
				return verify.Tip{}, &backport.InputError{
					What: s.vs[i].Name + " conflicts with those before it, or with what the target has by now",
					Hint: "verify it alone, or name the backports in another order",
				}
			}
			tip.Tree = results[0].Tree
		}
	}
	return tip, nil
}

// share is what a batch says of one of its backports.
func share(result verify.BatchResult, i int, vs []backport.Verification) []backport.Run {
	for _, c := range result.Culprits {
		if slices.Contains(c.Picks, i) {
			runs := slices.Clone(c.Runs)
			for k := range runs {
				runs[k].Detail = "in the batch: " + c.Text
			}
			return append(runs, others(result, c.Runs)...)
		}
	}
	runs := slices.Clone(result.Runs)
	for k := range runs {
		of := func(r backport.Run) bool { return r.Platform == runs[k].Platform }
		switch {
		case len(result.Culprits) == 0:
			runs[k].Detail = also(together(len(vs)-1), runs[k].Detail)
		case slices.ContainsFunc(result.LeftRuns, of):
			runs[k] = result.LeftRuns[slices.IndexFunc(result.LeftRuns, of)]
			runs[k].Detail = also("in the batch without "+culprits(result.Culprits, vs), runs[k].Detail)
		case slices.ContainsFunc(result.Culprits, func(c verify.Culprit) bool { return slices.ContainsFunc(c.Runs, of) }):
			// What fails there is the culprits' doing; how it is without them nobody
			// knows.
			runs[k] = backport.Run{
				Platform: runs[k].Platform, Kind: runs[k].Kind, State: backport.RunError,
				Detail: "the batch without " + culprits(result.Culprits, vs) + " does not go together",
			}
		}
	}
	return runs
}

func together(others int) string {
	if others == 1 {
		return "together with 1 other"
	}
	return fmt.Sprintf("together with %d others", others)
}

// others are the runs of the whole batch on the platforms that a culprit does
// not fail on.
func others(result verify.BatchResult, of []backport.Run) []backport.Run {
	return slices.DeleteFunc(slices.Clone(result.Runs), func(r backport.Run) bool {
		return slices.ContainsFunc(of, func(o backport.Run) bool { return o.Platform == r.Platform })
	})
}

func culprits(found []verify.Culprit, vs []backport.Verification) string {
	var out []string
	for _, c := range found {
		for _, i := range c.Picks {
			out = append(out, vs[i].Name)
		}
	}
	return strings.Join(out, ", ")
}

func also(a, b string) string {
	if b == "" {
		return a
	}
	return a + "; " + b
}
