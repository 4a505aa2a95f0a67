package pick

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
)

// mergeOpen has git merge every distinct triple of blobs that the tasks left
// open, or only the first few of each task, in Options.Jobs processes.
func (e *Engine) mergeOpen(ctx context.Context, tasks []*task, first int) error {
	e.memo.trim()
	seen := map[git.Triple]bool{}
	var files []fileMerge
	stored := false
	for _, t := range tasks {
		stored = stored || t.Write
		if t.done || t.verdict.why != "" && !e.opts.Brief {
			continue
		}
		for i, o := range t.verdict.open {
			if first > 0 && i == first {
				break
			}
			k := e.triple(t, o)
			if seen[k] {
				continue
			}
			seen[k] = true
			// What lacked a blob is asked again: it may have been fetched.
			if m, known := e.memo.merged(k); !known || m.Err != nil {
				files = append(files, fileMerge{o.path, k})
			}
		}
	}
	// The versions of one file are deltas of one another: merged side by side
	// they are unpacked once.
	slices.SortStableFunc(files, func(a, b fileMerge) int {
		return cmp.Or(strings.Compare(a.path, b.path), strings.Compare(a.Base, b.Base))
	})
	if e.store.Fetches() { // the processes below would each ask for their own
		var ids []string
		for _, f := range files {
			ids = append(ids, f.Base, f.Ours, f.Theirs)
		}
		if err := e.store.Bring(ctx, ids); err != nil {
			return fmt.Errorf("pick: %w", err)
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(e.opts.Jobs)
	if e.opts.Draft || !e.opts.Write && !stored {
		for _, part := range split(files, e.opts.Jobs, 16, 64) {
			g.Go(func() error { return e.mergeHere(ctx, part) })
		}
		return g.Wait()
	}
	for _, part := range split(files, e.opts.Jobs, 16, 250) {
		g.Go(func() error { return e.mergeByGit(ctx, part) })
	}
	return g.Wait()
}

// mergeByGit has git merge files, in one process.
func (e *Engine) mergeByGit(ctx context.Context, files []fileMerge) error {
	triples := make([]git.Triple, len(files))
	for i, f := range files {
		triples[i] = f.Triple
	}
	merged, err := e.store.MergeBlobs(ctx, triples)
	if err != nil {
		return fmt.Errorf("pick: %w", err)
	}
	e.memo.keepMerged(triples, merged)
	return nil
}

// fileMerge is a triple and where it was first seen.
type fileMerge struct {
	path string
	git.Triple
}

// split cuts work for n workers into pieces of at least least items and at
// most most, so that a process is worth its start and no answer grows without
// bound.
func split[T any](items []T, n, least, most int) [][]T {
	if len(items) == 0 {
		return nil
	}
	size := min(max((len(items)+n-1)/n, least), most)
	var parts [][]T
	for len(items) > 0 {
		k := min(size, len(items))
		parts = append(parts, items[:k])
		items = items[k:]
	}
	return parts
}

// triple is the question an open file puts to git.
func (e *Engine) triple(t *task, o open) git.Triple {
	k := git.Triple{Base: o.base.id, Ours: o.ours.id, Theirs: o.theirs.id, Driver: git.DriverText}
	switch t.drivers[o.path] {
	case "union":
		k.Driver = git.DriverUnion
	case "binary", "unset":
		k.Driver = git.DriverBinary
	}
	return k
}

// attributes finds the merge attributes of the paths that both sides may have
// changed, from the .gitattributes files that the target has above them.
func (e *Engine) attributes(ctx context.Context, t *task) error {
	var paths []string
	for _, o := range t.verdict.open {
		paths = append(paths, o.path)
	}
	if t.verdict.why != "" {
		paths = paths[:0]
		for _, c := range t.changes {
			paths = append(paths, c.path)
		}
	}
	return e.attributesOf(ctx, t, paths)
}

// attributesOf finds the merge attributes of these paths.
func (e *Engine) attributesOf(ctx context.Context, t *task, paths []string) error {
	files, err := e.attributeFiles(ctx, t.Onto, paths)
	if err != nil || len(files) == 0 {
		return err
	}
	if t.attrs, err = e.store.Attributes(ctx, files); err != nil {
		return err
	}
	values, err := e.store.MergeDrivers(ctx, t.attrs, paths)
	if err != nil {
		return err
	}
	t.drivers = map[string]string{}
	for i, v := range values {
		if v != "unspecified" {
			t.drivers[paths[i]] = v
		}
	}
	return nil
}

// attributeFiles lists the .gitattributes files of a tree above these paths,
// or nothing if none of them speaks of merging.
func (e *Engine) attributeFiles(ctx context.Context, tree string, paths []string) ([]git.AttributeFile, error) {
	seen := map[string]bool{}
	var files []git.AttributeFile
	speaks := false
	for _, p := range paths {
		for dir := parent(p); ; dir = parent(dir) {
			if seen[dir] {
				break
			}
			seen[dir] = true
			name := strings.TrimPrefix(dir+"/.gitattributes", "/")
			w, entry, _, err := e.lookup(ctx, tree, name)
			if err != nil {
				return nil, err
			}
			if w == file && entry.Mode.IsRegular() {
				files = append(files, git.AttributeFile{Path: name, ID: entry.ID()})
				says, err := e.speaksOfMerge(ctx, entry.ID())
				if err != nil {
					return nil, err
				}
				speaks = speaks || says
			}
			if dir == "" {
				break
			}
		}
	}
	if !speaks {
		return nil, nil
	}
	return files, nil
}

func parent(path string) string {
	return path[:max(strings.LastIndexByte(path, '/'), 0)]
}

// speaksOfMerge reports whether a .gitattributes file could set the merge
// attribute: by name, or through a macro ("binary" is one).
func (e *Engine) speaksOfMerge(ctx context.Context, id string) (bool, error) {
	if says, ok := e.memo.attribute(id); ok {
		return says, nil
	}
	o, err := e.store.Read(ctx, id, 1<<20)
	if err != nil {
		return false, fmt.Errorf("read .gitattributes: %w", err)
	}
	text := string(o.Content)
	says := strings.Contains(text, "merge") || strings.Contains(text, "binary") || strings.Contains(text, "[attr]")
	e.memo.keepAttribute(id, says)
	return says, nil
}

// refuseCustom ends a task in which git would have to run a merge driver that
// the user's configuration defines: a program, which is named and not run. A
// file whose content only one side changed needs no driver.
func (e *Engine) refuseCustom(ctx context.Context, t *task) error {
	for _, c := range t.changes {
		driver := t.drivers[c.path]
		if !e.custom(driver) {
			continue
		}
		w, entry, _, err := e.lookup(ctx, t.Onto, c.path)
		if err != nil {
			return err
		}
		ours := leafOf(entry)
		if w != file || !ours.mode.IsRegular() || !c.old.mode.IsRegular() || !c.new.mode.IsRegular() {
			continue // a driver merges the contents of three files
		}
		if _, decided := three(c.old.id, ours.id, c.new.id); decided {
			continue
		}
		t.result.Files = append(t.result.Files, driven(c.path, driver, backport.Sides{Base: c.old.id, Ours: ours.id, Theirs: c.new.id}))
		t.result.Engine, t.done = "memory", true
	}
	return nil
}

// custom reports whether a value of the merge attribute names a program. git
// merges as text where the user's configuration does not define the driver.
func (e *Engine) custom(driver string) bool {
	switch driver {
	case "", "unspecified", "set", "unset", "text", "union", "binary":
		return false
	}
	return e.opts.CustomDriver(driver)
}

// driven is the conflict of a file that a program would have to merge.
func driven(path, driver string, sides backport.Sides) backport.File {
	return conflictFile(path, backport.KindDriver, fmt.Sprintf(
		"both sides changed %s and its attribute merge=%s names a program (merge.%s.driver), which is not run; pick it by hand with git cherry-pick",
		path, driver, driver), sides)
}
