package tests

import (
	"context"
	"errors"
	"fmt"
	"path"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/outline"
	"backstay.dev/backstay/internal/textdiff"
)

// Trees are what the tests of a fix are taken from, as ids of trees.
type Trees struct {
	// Target is what the backport stands on, Backport what it comes to.
	Target, Backport string
	// Base and Original are the trees before and after the original fix; empty
	// where it is not known.
	Base, Original string
	// More are patterns for further test files.
	More []string
}

// Laid are the tests of a fix on the target and on the backport.
type Laid struct {
	// Without is the target's tree with the tests of the fix alone, With the
	// backport's with those tests of the original that it lacks.
	Without, With string
	// Changes are what the tests are put on the target by, for Select. Contents
	// of data and helpers are left out.
	Changes []Change
	// Put are the files that Without has otherwise than Target, by path; Left
	// tests that could not be put there.
	Put  []Put
	Left []Left
	// Brings are the names that the tests need and that come with the fix.
	Brings Brought
}

// Put is one file of tests on the target.
type Put struct {
	Path string
	// From is "backport"; "original" for a file that only the original changes;
	// "merged" where its change was merged into the target's file; "module" for
	// the Rust modules under #[cfg(test)] of a file that is left as it was
	// otherwise.
	From string
	// Gone says that the file is removed.
	Gone bool
}

// Left is a test file that was not put, with a sentence why.
type Left struct{ Path, Why string }

// Lay puts the tests of a fix, and nothing else of it, on the target: those that
// the backport changes in its version; of those that only the original changes
// the original's version where the target's file is that which the original
// changes, or does not exist, else a merge of the two where it is clean.
// Where the target lacks the folder of a file that the original changes, it is
// left out: it would stand alone there, without what it tests.
func Lay(ctx context.Context, store *git.Store, t Trees) (Laid, error) {
	l := layer{store: git.NewTrees(store, treesKept), trees: t, done: map[string]bool{}, named: map[string][]leaf{}}
	if err := l.backport(ctx); err != nil {
		return Laid{}, fmt.Errorf("lay tests: %w", err)
	}
	if t.Base != "" && t.Original != "" {
		if err := l.original(ctx); err != nil {
			return Laid{}, fmt.Errorf("lay tests: %w", err)
		}
	}
	if err := l.brought(ctx); err != nil {
		return Laid{}, fmt.Errorf("lay tests: %w", err)
	}
	var err error
	if l.out.Without, err = edit(ctx, l.store, t.Target, append(l.own, l.further...)); err != nil {
		return Laid{}, fmt.Errorf("lay tests: %w", err)
	}
	l.out.With = t.Backport
	if len(l.further) > 0 {
		if l.out.With, err = edit(ctx, l.store, t.Backport, l.further); err != nil {
			return Laid{}, fmt.Errorf("lay tests: %w", err)
		}
	}
	for _, id := range []*string{&l.out.Without, &l.out.With} {
		if *id == "" {
			if *id, err = store.Write("tree", nil); err != nil {
				return Laid{}, fmt.Errorf("lay tests: %w", err)
			}
		}
	}
	return l.out, nil
}

// layer is one Lay.
type layer struct {
	store *git.Trees
	trees Trees
	out   Laid
	// own are the edits for the backport's tests, further those for what only the
	// original changes; done are the paths that the backport changes, named its
	// tests by the names of their files.
	own, further []pathChange
	// product are the changes of the backport that are no tests.
	done    map[string]bool
	named   map[string][]leaf
	product []pathChange
}

func (l *layer) backport(ctx context.Context) error {
	changes, err := diff(ctx, l.store, l.trees.Target, l.trees.Backport)
	if err != nil {
		return err
	}
	gone := map[string]pathChange{}
	for _, ch := range changes {
		if ch.new.mode == 0 && KindOf(ch.path, l.trees.More) == Source {
			gone[path.Base(ch.path)] = ch
		}
	}
	for _, ch := range changes {
		kind := KindOf(ch.path, l.trees.More)
		l.done[ch.path] = true
		if kind == Product {
			l.product = append(l.product, ch)
		}
		switch {
		case kind != Product:
			l.named[path.Base(ch.path)] = append(l.named[path.Base(ch.path)], ch.new)
			l.own = append(l.own, ch)
			was, moved := gone[path.Base(ch.path)]
			if moved = moved && ch.old.mode == 0; !moved {
				was = pathChange{path: "", old: ch.old}
			}
			if err := l.put(ctx, ch, kind, "backport", was); err != nil {
				return err
			}
		case outline.Detect(ch.path, nil) == outline.Rust && ch.new.mode.IsRegular() && (ch.old.mode == 0 || ch.old.mode.IsRegular()):
			if err := l.modules(ctx, ch); err != nil {
				return err
			}
		}
	}
	return nil
}

// put notes a file. was is what the file is changed from.
func (l *layer) put(ctx context.Context, ch pathChange, kind Kind, from string, was pathChange) error {
	l.out.Put = append(l.out.Put, Put{Path: ch.path, From: from, Gone: ch.new.mode == 0})
	if ch.new.mode == 0 {
		return nil
	}
	c := Change{Path: ch.path, OldPath: was.path, After: []byte{}}
	if kind == Source && ch.new.mode.IsRegular() {
		var err error
		if c.After, err = l.text(ctx, ch.new); err != nil {
			return err
		}
		if c.Before, err = l.text(ctx, was.old); err != nil {
			return err
		}
	}
	l.out.Changes = append(l.out.Changes, c)
	return nil
}

// text reads a file; nil where there is none. Of one that is too large to be
// looked at, as much comes back as tells that.
func (l *layer) text(ctx context.Context, at leaf) ([]byte, error) {
	if !at.mode.IsRegular() {
		return nil, nil
	}
	o, err := l.store.Read(ctx, at.id, maxText)
	switch {
	case errors.Is(err, git.ErrTooLarge):
		return make([]byte, maxText+1), nil
	case err != nil:
		return nil, fmt.Errorf("read file: %w", err)
	case o.Content == nil:
		return []byte{}, nil
	}
	return o.Content, nil
}

// modules puts the test modules of a Rust file on the target's version of it.
func (l *layer) modules(ctx context.Context, ch pathChange) error {
	target, err := l.text(ctx, ch.old)
	if err != nil {
		return err
	}
	backport, err := l.text(ctx, ch.new)
	if err != nil {
		return err
	}
	text, why := splice(ch.path, target, backport)
	switch {
	case why != "":
		l.out.Left = append(l.out.Left, Left{ch.path, why})
		return nil
	case text == nil:
		return nil
	}
	id, err := l.store.Write("blob", text)
	if err != nil {
		return err
	}
	l.own = append(l.own, pathChange{path: ch.path, new: leaf{ch.old.mode, id}})
	l.out.Put = append(l.out.Put, Put{Path: ch.path, From: "module"})
	l.out.Changes = append(l.out.Changes, Change{Path: ch.path, Before: target, After: text})
	return nil
}

func (l *layer) original(ctx context.Context) error {
	changes, err := diff(ctx, l.store, l.trees.Base, l.trees.Original)
	if err != nil {
		return err
	}
	for _, ch := range changes {
		kind := KindOf(ch.path, l.trees.More)
		if kind == Product || ch.new.mode == 0 || ch.new.mode == git.ModeGitlink || l.done[ch.path] {
			continue
		}
		if ch.old.mode != 0 && len(l.named[path.Base(ch.path)]) > 0 {
			if err := l.unlessMoved(ctx, ch, "the backport changes a file of this name elsewhere"); err != nil {
				return err
			}
			continue
		}
		if err := l.addFurther(ctx, ch, kind); err != nil {
			return err
		}
	}
	return nil
}

func (l *layer) left(name, why string) { l.out.Left = append(l.out.Left, Left{name, why}) }

// maxCopies bounds the backport's tests of one name that a file is compared with.
const maxCopies = 8

// unlessMoved leaves a file of the original out. Nothing is said of one that the
// backport has in another folder, as the target does: that copy is what is run.
func (l *layer) unlessMoved(ctx context.Context, ch pathChange, why string) error {
	copies := l.named[path.Base(ch.path)]
	for _, at := range copies[:min(len(copies), maxCopies)] {
		same, err := l.alike(ctx, ch.new, at)
		if err != nil || same {
			return err
		}
	}
	l.left(ch.path, why)
	return nil
}

// alike reports whether most lines of two files are the same: a test that was
// carried to another folder names other packages there.
func (l *layer) alike(ctx context.Context, a, b leaf) (bool, error) {
	if a.id == b.id {
		return true, nil
	}
	if !a.mode.IsRegular() || !b.mode.IsRegular() {
		return false, nil
	}
	var texts [2][]byte
	for i, at := range []leaf{a, b} {
		text, err := l.text(ctx, at)
		if err != nil || len(text) > maxText {
			return false, err
		}
		texts[i] = text
	}
	differ := 0
	for _, h := range textdiff.Diff(texts[0], texts[1]) {
		differ += h.OldCount + h.NewCount
	}
	return 2*differ < len(textdiff.Lines(texts[0]))+len(textdiff.Lines(texts[1])), nil
}

// addFurther puts one file that only the original changes.
func (l *layer) addFurther(ctx context.Context, ch pathChange, kind Kind) error {
	e, ok, err := l.store.Lookup(ctx, l.trees.Target, ch.path)
	if err != nil {
		return err
	}
	now := leaf{}
	if ok {
		now = leaf{e.Mode, e.ID()}
	}
	from := "original"
	switch {
	case now == ch.new:
		return nil
	case ok && e.IsTree():
		l.left(ch.path, "the target has a folder there")
		return nil
	case !ok:
		why, err := l.homeless(ctx, ch)
		if err != nil {
			return err
		}
		if why != "" {
			return l.unlessMoved(ctx, ch, why)
		}
	case now != ch.old:
		merged, err := l.merge(ctx, ch, now)
		if err != nil {
			return err
		}
		if merged.mode == 0 {
			l.left(ch.path, "the target's file is another than the original changes, and the change does not merge")
			return nil
		}
		if merged == now {
			return nil
		}
		ch.new, from = merged, "merged"
	}
	l.further = append(l.further, pathChange{path: ch.path, new: ch.new})
	return l.put(ctx, ch, kind, from, pathChange{old: now})
}

// homeless says why a file that the target lacks cannot be put there; "" if it
// can.
func (l *layer) homeless(ctx context.Context, ch pathChange) (string, error) {
	ok, err := free(ctx, l.store, l.trees.Target, ch.path)
	if err != nil {
		return "", err
	}
	if !ok {
		return "the target has a file where its folder would be", nil
	}
	dir := path.Dir(ch.path)
	was, err := folder(ctx, l.store, l.trees.Base, dir)
	if err != nil || !was {
		return "", err
	}
	has, err := folder(ctx, l.store, l.trees.Target, dir)
	if err != nil || has {
		return "", err
	}
	return "the target has no folder " + dir, nil
}

// merge gives the target's file with the original's change; a zero leaf where
// that does not merge.
func (l *layer) merge(ctx context.Context, ch pathChange, now leaf) (leaf, error) {
	if !now.mode.IsRegular() || !ch.old.mode.IsRegular() || !ch.new.mode.IsRegular() {
		return leaf{}, nil
	}
	var texts [3][]byte
	for i, at := range []leaf{ch.old, now, ch.new} {
		text, err := l.text(ctx, at)
		if err != nil || len(text) > maxText {
			return leaf{}, err
		}
		texts[i] = text
	}
	text, ok := textdiff.Merge3Histogram(texts[0], texts[1], texts[2]).Text()
	if !ok {
		return leaf{}, nil
	}
	id, err := l.store.Write("blob", text)
	return leaf{now.mode, id}, err
}
