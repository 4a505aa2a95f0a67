package pick

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
)

// Options say how an Engine works.
type Options struct {
	// Jobs is how many things are done at once, at least 1.
	Jobs int
	// AskGit sends every pick to git as whole trees. Results that will be
	// committed are made this way.
	AskGit bool
	// Write stores result trees, so that they can be committed or built upon.
	Write bool
	// Draft merges text in this process even where the result is stored: for
	// trees that are built upon to find something out, and never committed.
	Draft bool
	// Brief asks for outcomes and tree ids alone, of many picks. A pick is then
	// over as soon as one conflict is certain, and its Files may name only that
	// one. It excludes Write.
	Brief bool
	// Chunks reads the conflicting files and shows their regions.
	Chunks bool
	// CustomDriver reports whether the user's git defines a merge driver of
	// this name. Such a driver is a program; it is named, not run.
	CustomDriver func(name string) bool
	// Memory bounds the cache of trees in bytes; 256 MiB by default.
	Memory int
}

// Engine applies changes to trees. It may be used by several goroutines.
type Engine struct {
	store *git.Store
	opts  Options
	trees *git.Trees
	memo  *memo
	moved *elsewhere
}

// New makes an engine that works in this store.
func New(store *git.Store, opts Options) *Engine {
	opts.Jobs = max(opts.Jobs, 1)
	opts.Brief = opts.Brief && !opts.Write
	if opts.Memory == 0 {
		opts.Memory = 256 << 20
	}
	if opts.CustomDriver == nil {
		opts.CustomDriver = func(string) bool { return false }
	}
	e := &Engine{store: store, opts: opts, trees: git.NewTrees(store, opts.Memory), memo: newMemo()}
	e.moved = newElsewhere(e)
	return e
}

// Request asks for one step of a fix on one tree.
type Request struct {
	// Commit has the change, Base is the commit before it ("" for none).
	Commit, Base string
	// Onto is the id of the target's tree.
	Onto string
	// Write stores the result tree even if Options.Write is not set, so that
	// another request can build on it.
	Write bool
}

// Result is the answer to a Request.
type Result struct {
	// Clean says that Tree is git's own result; otherwise Files name what
	// conflicts.
	Clean bool
	Tree  string
	// Files are the paths the fix touches, sorted by path.
	Files []backport.File
	// Left is, where git merged whole trees (Options.AskGit) and not cleanly,
	// the tree as git leaves it: what merges is merged, and what conflicts has
	// git's markers. It is stored, to build upon, and never a result.
	Left string
	// Engine is "memory" or "git".
	Engine string
	// Err is set where this one could not be answered, as a missing object.
	Err error
}

// errTooWide sends a change of very many paths to git.
var errTooWide = errors.New("too many paths")

// task is a request on its way through the engine.
type task struct {
	Request
	theirs  git.Commit
	base    string // tree
	changes []change
	verdict verdict
	drivers map[string]string // merge attribute by path, where one is set
	attrs   git.Attributes
	result  *Result
	done    bool // the result is complete
}

// Merge answers every request, in order. An error means that nothing could be
// answered; what concerns one request alone is in its Result.
func (e *Engine) Merge(ctx context.Context, requests []Request) ([]Result, error) {
	results := make([]Result, len(requests))
	tasks := make([]*task, len(requests))
	err := e.each(ctx, len(requests), func(i int) error {
		t := &task{Request: requests[i], result: &results[i]}
		tasks[i] = t
		return settle(ctx, t, e.look(ctx, t))
	})
	if err != nil {
		return nil, err
	}
	if err := e.settleLacking(ctx, tasks); err != nil {
		return nil, err
	}
	if e.opts.Brief {
		// Most picks that conflict do so in their first file: asking for that
		// one alone spares the merges of the others.
		for round := range 2 {
			if err := e.mergeOpen(ctx, tasks, round+1); err != nil {
				return nil, err
			}
			e.settleCertain(tasks)
		}
	}
	if err := e.mergeOpen(ctx, tasks, 0); err != nil {
		return nil, err
	}
	e.settleCertain(tasks)
	err = e.each(ctx, len(tasks), func(i int) error {
		return settle(ctx, tasks[i], e.assemble(ctx, tasks[i]))
	})
	if err != nil {
		return nil, err
	}
	if err := e.mergeWhole(ctx, tasks); err != nil {
		return nil, err
	}
	err = e.each(ctx, len(results), func(i int) error {
		sort.SliceStable(results[i].Files, func(a, b int) bool {
			return results[i].Files[a].Path < results[i].Files[b].Path
		})
		if !e.opts.Chunks {
			return nil
		}
		return e.chunks(ctx, results[i].Files)
	})
	return results, err
}

// settle keeps an error that is about one request with that request and
// passes on one that is about all.
func settle(ctx context.Context, t *task, err error) error {
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, git.ErrTooOld) || errors.Is(err, git.ErrNoGit) {
		return err
	}
	t.result.Err, t.done = err, true
	return nil
}

// each runs f for 0..n-1, Options.Jobs at once.
func (e *Engine) each(ctx context.Context, n int, f func(int) error) error {
	if n == 1 || e.opts.Jobs == 1 {
		for i := range n {
			if err := f(i); err != nil {
				return err
			}
		}
		return ctx.Err()
	}
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for range min(e.opts.Jobs, n) {
		g.Go(func() error {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return nil
				}
				if err := f(i); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
	}
	return g.Wait()
}

// look reads the change and applies the plain rule to the target's tree.
func (e *Engine) look(ctx context.Context, t *task) error {
	var err error
	if t.theirs, err = e.commit(ctx, t.Commit); err != nil {
		return err
	}
	t.base = e.store.Format.EmptyTree()
	if t.Base != "" {
		b, err := e.commit(ctx, t.Base)
		if err != nil {
			return err
		}
		t.base = b.Tree
	}
	t.changes, err = e.changes(ctx, t.base, t.theirs.Tree)
	if errors.Is(err, errTooWide) {
		t.verdict.why = "the fix touches very many paths"
		return nil
	}
	if err != nil {
		return err
	}
	t.verdict, err = e.plain(ctx, t.base, t.theirs.Tree, t.Onto, t.changes)
	if err != nil {
		return err
	}
	if e.opts.AskGit {
		t.verdict.leave("git is asked for every result that is written")
	}
	if err := e.attributes(ctx, t); err != nil {
		return err
	}
	return e.refuseCustom(ctx, t)
}

// commit reads a commit once.
func (e *Engine) commit(ctx context.Context, id string) (git.Commit, error) {
	if c, ok := e.memo.commit(id); ok {
		return c, nil
	}
	c, err := e.store.Commit(ctx, id)
	if err == nil {
		c.Message = nil // the engine needs trees and parents alone
		e.memo.keepCommit(c)
	}
	return c, err
}

// changes reads the change between two trees once.
func (e *Engine) changes(ctx context.Context, base, theirs string) ([]change, error) {
	if c, ok := e.memo.change(base + theirs); ok {
		return c, nil
	}
	c, err := e.diff(ctx, base, theirs)
	if err == nil {
		e.memo.keepChange(base+theirs, c)
	}
	return c, err
}

// assemble makes the result of a task that needs nothing more from git.
func (e *Engine) assemble(ctx context.Context, t *task) error {
	v := &t.verdict
	if t.done || v.why != "" {
		return nil
	}
	r := t.result
	r.Engine, r.Clean = "memory", len(v.gone) == 0
	r.Files = append(r.Files, v.gone...)
	for _, p := range v.present {
		r.Files = append(r.Files, backport.File{Path: p, Outcome: backport.Present, Rung: "git", Confidence: 1})
	}
	edits := v.edits
	for _, o := range v.open {
		m, ok := e.memo.merged(e.triple(t, o))
		switch {
		case !ok:
			return fmt.Errorf("merge %s: no answer from git", o.path)
		case m.Err != nil:
			return m.Err
		case m.Clean && m.ID == o.ours.id && o.mode == o.ours.mode:
			r.Files = append(r.Files, backport.File{Path: o.path, Outcome: backport.Present, Rung: "git", Confidence: 1})
			continue
		case m.Clean:
			edits = append(edits[:len(edits):len(edits)], change{path: o.path, new: leaf{mode: o.mode, id: m.ID}})
			continue
		}
		r.Clean = false
		r.Files = append(r.Files, conflictFile(o.path, m.Kind, "", backport.Sides{Base: o.base.id, Ours: o.ours.id, Theirs: o.theirs.id}))
	}
	for _, c := range edits {
		r.Files = append(r.Files, backport.File{Path: c.path, Outcome: backport.Clean, Rung: "git", Confidence: 1})
	}
	if !r.Clean {
		return nil
	}
	if len(edits) == 0 {
		r.Tree = t.Onto
		return nil
	}
	edits = append([]change(nil), edits...)
	sort.Slice(edits, func(i, j int) bool { return edits[i].path < edits[j].path })
	write := e.opts.Write || t.Write
	tree, err := e.edit(ctx, t.Onto, edits, write)
	if tree == "" && err == nil {
		tree = e.store.Format.EmptyTree()
		if write {
			_, err = e.store.Write("tree", nil)
		}
	}
	r.Tree = tree
	return err
}

// settleCertain ends, when only outcomes are asked for, the tasks in which a
// conflict is certain already: a file that all three sides have and whose
// contents conflict, which no rename can change.
func (e *Engine) settleCertain(tasks []*task) {
	for _, t := range tasks {
		if t.done || !e.opts.Brief {
			continue
		}
		if t.verdict.sure != nil {
			t.result.Files = append(t.result.Files, *t.verdict.sure)
			t.done = true
		}
		for _, o := range t.verdict.open {
			m, ok := e.memo.merged(e.triple(t, o))
			if !ok || m.Err != nil || m.Clean {
				continue
			}
			t.result.Files = append(t.result.Files, conflictFile(o.path, m.Kind, "",
				backport.Sides{Base: o.base.id, Ours: o.ours.id, Theirs: o.theirs.id}))
			t.done = true
			break
		}
		if t.done {
			t.result.Engine = "memory"
		}
	}
}
