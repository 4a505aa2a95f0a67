package adapt

import (
	"context"
	"errors"
	"io/fs"
	"math"

	"backstay.dev/backstay/internal/adapt/fileclass"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
)

// surroundingNames are the columns of an attempt that need no odds.
var surroundingNames = []string{
	"neighbour", "neighbours", "age", "parts", "files", "fates", "code-parts", "test-parts", "doc-parts",
	"code-files", "test-files", "doc-files", "other-files", "added-files", "removed-files", "size",
	"rest-source", "rest-novel", "rest-unread",
	"paths-lost", "paths-new", "same-tree", "other-tree", "neighbour-agrees", "neighbour-differs", "warned", "noted",
}

// change is one path that a source touches.
type change struct {
	path     string
	old, new git.Entry // a zero mode is nothing
}

const (
	// maxChanges bounds the paths of one source that are looked at.
	maxChanges = 300
	// maxRead bounds the bytes of one side of one of them.
	maxRead = 512 << 10
)

// survey reads what a source touches.
func (a *Adapter) survey(ctx context.Context, t *trial) error {
	commit, err := a.store.Commit(ctx, t.attempt.Step.Commit)
	if err != nil {
		return err
	}
	t.date = git.When(commit.Committer)
	base := a.store.Format.EmptyTree()
	if t.attempt.Step.Base != "" {
		b, err := a.store.Commit(ctx, t.attempt.Step.Base)
		if err != nil {
			return err
		}
		base = b.Tree
	}
	t.changes, err = a.changes(ctx, base, commit.Tree)
	return err
}

// changes lists the paths in which two trees differ, at most maxChanges.
func (a *Adapter) changes(ctx context.Context, x, y string) (out []change, err error) {
	err = a.objects.Diff(ctx, x, y, nil, func(path string, p, q git.Entry) error {
		if len(out) == maxChanges {
			return fs.SkipAll
		}
		out = append(out, change{path, p, q})
		return nil
	})
	return out, err
}

// surround fills in the columns that need no odds, of all trials together.
func (a *Adapter) surround(ctx context.Context, q *Question, trials []*trial) error {
	for _, t := range trials {
		if err := a.survey(ctx, t); err != nil {
			return err
		}
	}
	for i, t := range trials {
		row := t.count(len(trials) - 1)
		source, novel, unread, err := a.novelty(ctx, q, t)
		if err != nil {
			return err
		}
		row = append(row, source, novel, unread)
		lost, fresh := float32(0), float32(0)
		if i > 0 {
			lost, fresh = apart(trials[0].changes, t.changes), apart(t.changes, trials[0].changes)
		} else if len(trials) > 1 {
			lost, fresh = apart(t.changes, trials[1].changes), apart(trials[1].changes, t.changes)
		}
		same, other := float32(0), float32(0)
		for _, u := range trials {
			if u != t && t.attempt.Clean && u.attempt.Clean {
				same += flag(u.attempt.Tree == t.attempt.Tree)
				other += flag(u.attempt.Tree != t.attempt.Tree)
			}
		}
		agrees, differs, err := a.agreement(ctx, t, trials)
		if err != nil {
			return err
		}
		warned, noted, err := a.warnings(ctx, q, t)
		if err != nil {
			return err
		}
		t.surroundings = append(row, lost, fresh, same, other, agrees, differs, warned, noted)
	}
	return nil
}

// Check says how many warnings, and how many remarks, the checks without a build
// have of a tree made of the target's by a step.
type Check func(ctx context.Context, step backport.Step, target, tree string, before int64) (warnings, remarks int, err error)

// warnings has what git merged of a trial checked, the parts left as the target
// has them.
func (a *Adapter) warnings(ctx context.Context, q *Question, t *trial) (warned, noted float32, err error) {
	if a.check == nil || t.refused != "" {
		return 0, 0, nil
	}
	var edits []git.PathEdit
	done := map[string]bool{}
	for _, p := range t.parts {
		if done[p.path] {
			continue
		}
		done[p.path] = true
		e, err := a.objects.lookup(ctx, q.Onto, p.path)
		if err != nil {
			return 0, 0, err
		}
		edits = append(edits, git.PathEdit{Path: p.path, Mode: e.Mode, ID: entryID(e)})
	}
	tree := t.attempt.Tree
	if len(edits) > 0 {
		if tree, err = a.objects.edit(ctx, tree, edits); err != nil {
			return 0, 0, err
		}
	}
	if tree == q.Onto {
		return 0, 0, nil
	}
	w, n, err := a.check(ctx, t.attempt.Step, q.Target, tree, q.Before)
	return float32(w), float32(n), err
}

// count are the first columns.
func (t *trial) count(neighbours int) []float32 {
	files := map[string]bool{}
	var fates, code, tests, docs float32
	for _, p := range t.parts {
		files[p.path] = true
		fates += flag(p.file == nil)
		switch p.class {
		case fileclass.Code:
			code++
		case fileclass.Test:
			tests++
		case fileclass.Docs, fileclass.Changelog, fileclass.Fragment:
			docs++
		}
	}
	var codeFiles, testFiles, docFiles, others, added, removed float32
	for _, c := range t.changes {
		switch fileclass.Class(c.path) {
		case fileclass.Code:
			codeFiles++
		case fileclass.Test:
			testFiles++
		case fileclass.Docs, fileclass.Changelog, fileclass.Fragment:
			docFiles++
		default:
			others++
		}
		added += flag(c.old.Mode == 0)
		removed += flag(c.new.Mode == 0)
	}
	age := float32(-1)
	if t.attempt.Neighbour {
		age = float32(math.Log1p(max(0, float64(t.asked-t.date)/86400)))
	}
	return []float32{
		flag(t.attempt.Neighbour), float32(neighbours), age, float32(len(t.parts)), float32(len(files)), fates, code, tests, docs,
		codeFiles, testFiles, docFiles, others, added, removed, float32(len(t.changes)),
	}
}

// novelty counts the words that a source adds to files that git merged, and
// that the target's file has not: source those that the source's file had
// before, so that they stand for something the target may lack, novel all
// others. unread are the files not looked at.
func (a *Adapter) novelty(ctx context.Context, q *Question, t *trial) (source, novel, unread float32, err error) {
	open := map[string]bool{}
	for _, p := range t.parts {
		open[p.path] = true
	}
	read := 0
	for _, c := range t.changes {
		if open[c.path] || !c.new.Mode.IsRegular() || !c.old.Mode.IsRegular() {
			continue
		}
		ours, err := a.objects.lookup(ctx, q.Onto, c.path)
		if err != nil {
			return 0, 0, 0, err
		}
		if ours.Mode == 0 || ours.ID() == c.old.ID() {
			continue // what was there is there
		}
		if read++; read > 20 {
			unread++
			continue
		}
		var bags [3]bag
		for i, e := range []git.Entry{c.old, c.new, ours} {
			o, err := a.store.Read(ctx, e.ID(), maxRead)
			if errors.Is(err, git.ErrTooLarge) {
				unread++
				break
			}
			if err != nil {
				return 0, 0, 0, err
			}
			bags[i] = bagOf(o.Content)
		}
		if bags[2] == nil {
			continue
		}
		for w := range bags[1].minus(bags[0]) {
			switch {
			case bags[2][w] > 0:
			case bags[0][w] > 0:
				source++
			default:
				novel++
			}
		}
	}
	return source, novel, unread, nil
}

// apart counts the paths of x that y does not touch, documentation aside.
func apart(x, y []change) float32 {
	has := map[string]bool{}
	for _, c := range y {
		has[c.path] = true
	}
	n := 0
	for _, c := range x {
		if !has[c.path] && !Documentation(c.path) {
			n++
		}
	}
	return float32(n)
}

// agreement counts, of the paths that git merged in this trial and in others
// too, how many have the same contents there and how many have not.
func (a *Adapter) agreement(ctx context.Context, t *trial, trials []*trial) (agrees, differs float32, err error) {
	open := map[string]bool{}
	for _, p := range t.parts {
		open[p.path] = true
	}
	for _, u := range trials {
		if u == t || !u.attempt.Neighbour && t.attempt.Clean {
			continue
		}
		closed := map[string]bool{}
		for _, p := range u.parts {
			closed[p.path] = true
		}
		if u.refused != "" {
			continue
		}
		for _, c := range t.changes {
			if open[c.path] || closed[c.path] || Documentation(c.path) {
				continue
			}
			x, err := a.objects.lookup(ctx, t.attempt.Tree, c.path)
			if err != nil {
				return 0, 0, err
			}
			y, err := a.objects.lookup(ctx, u.attempt.Tree, c.path)
			if err != nil {
				return 0, 0, err
			}
			same := x.Mode == y.Mode && entryID(x) == entryID(y)
			agrees += flag(same)
			differs += flag(!same)
		}
	}
	return agrees, differs, nil
}
