package gate

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/textdiff"
)

// sameChange is the share of a fix's lines from which on a commit of the same title is
// taken for the fix. It is the one from which verify takes such a commit for a
// backport's original, where it was wrong in none of 294 cases.
const sameChange = 0.3

// namesake finds commits of the target with the title and the lines of the fix:
// somebody carried it without a word, and so much adapted or so long ago that
// nothing else shows it.
func (c *Checker) namesake(ctx context.Context, q Question, _ *change, r *report) error {
	if c.index == nil {
		return nil
	}
	list, err := c.mentions(ctx)
	if err != nil {
		return err
	}
	for _, s := range q.Pick.Fix.Steps {
		var own lineCount
		for _, id := range c.index.Namesakes(s.Commit, q.Pick.Target.Commit, q.Before) {
			parents := c.index.Parents(id)
			if len(parents) != 1 || slices.Contains(q.Own, id) || c.undone(list, id, q.Before) || c.gone(list, s.Commit, id, q) {
				continue
			}
			if own == nil {
				if own, err = c.lineCount(ctx, s.Base, s.Commit); err != nil {
					return err
				}
			}
			there, err := c.lineCount(ctx, parents[0], id)
			if err != nil {
				return err
			}
			if share := own.share(there); share >= sameChange {
				day := time.Unix(c.index.Date(id), 0).UTC().Format(time.DateOnly)
				r.add(backport.Warning, "", -1, id, fmt.Sprintf("the target has the fix already, it seems: %.12s of %s has its title and %.0f %% of its lines", id, day, 100*share))
				break // the newest says it
			}
		}
	}
	return nil
}

// lineCount counts the lines that a commit adds (behind '+') and removes (behind
// '-'), blanks around them set aside.
type lineCount map[string]int

// maxNamesakePaths bounds the files of a commit that are compared.
const maxNamesakePaths = 200

func (c *Checker) lineCount(ctx context.Context, from, to string) (lineCount, error) {
	old, err := c.objects.treeOf(ctx, from)
	if err != nil {
		return nil, err
	}
	new, err := c.objects.treeOf(ctx, to)
	if err != nil {
		return nil, err
	}
	deltas, err := c.objects.diff(ctx, old, new)
	if err != nil {
		return nil, err
	}
	out := lineCount{}
	for _, d := range deltas[:min(len(deltas), maxNamesakePaths)] {
		was, err := c.text(ctx, d.path, d.old)
		if err != nil {
			return nil, err
		}
		is, err := c.text(ctx, d.path, d.new)
		if err != nil {
			return nil, err
		}
		for _, h := range textdiff.Diff(was.src, is.src) {
			out.add('-', was.getLines()[h.OldStart:h.OldStart+h.OldCount])
			out.add('+', is.getLines()[h.NewStart:h.NewStart+h.NewCount])
		}
	}
	return out, nil
}

// add counts lines; those that stand in every change say nothing.
func (n lineCount) add(sign byte, lines [][]byte) {
	for _, l := range lines {
		if l = bytes.TrimSpace(l); len(l) >= minLine {
			n[string(sign)+string(l)]++
		}
	}
}

// share is how much of the larger of two changes the other has, too; 0 to 1.
func (n lineCount) share(o lineCount) float64 {
	common, all, others := 0, 0, 0
	for l, k := range n {
		common += min(k, o[l])
		all += k
	}
	for _, k := range o {
		others += k
	}
	return float64(common) / float64(max(all, others, 1))
}
