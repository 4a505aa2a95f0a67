package find

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/patch"
)

// reading is a series of patches with the trees it was made on.
type reading struct {
	steps []made
	// base is the commit that the first patch was made on. apart says that
	// there is none: every step has a base of its own.
	base  string
	apart bool
	// date is the base's, in seconds since 1970, for patches without one.
	date  int64
	notes []string
}

// made is the tree before and after one patch.
type made struct{ base, tree string }

// reconstruct finds the base of a series; see the package documentation for
// where it looks.
func (r *reader) reconstruct(ctx context.Context, name string, s patch.Series) (reading, error) {
	certain := r.claimed(ctx, s)
	likely, err := r.likely(ctx)
	if err != nil {
		return reading{}, err
	}
	if stated(s) {
		certain = append(certain, likely...)
	}
	var notes []string
	for _, p := range certain {
		read, err := r.on(ctx, p, s, exactly)
		switch {
		case err == nil:
			if p.name == parentOf && !stated(s) {
				notes = append(notes, fmt.Sprintf("read against %s, %s", git.ShortID(read.base), p.name))
			}
			read.notes = notes
			return read, nil
		case !isMisfit(err):
			return reading{}, err
		case p.name == baseCommit:
			notes = append(notes, fmt.Sprintf("the patch does not fit %s, %s", git.ShortID(p.commit.ID), p.name))
		}
	}
	if !stated(s) {
		return r.guess(ctx, name, s, append(notes, "the patch does not say what it was made for"))
	}
	read, err := r.fromBlobs(ctx, s)
	switch {
	case err == nil:
		read.notes = notes
		if len(likely) > 0 {
			read.date = git.When(likely[0].commit.Committer)
		}
		return read, nil
	case !isMisfit(err):
		return reading{}, err
	case !errors.Is(err, errNoBlob):
		return reading{}, &backport.InputError{What: fmt.Sprintf("%s: %v", name, err), Hint: "was it edited by hand, or damaged by the mail?", Err: err}
	}
	return r.guess(ctx, name, s, append(notes, err.Error()))
}

// What notes call the places that a patch itself names.
const (
	baseCommit = "the base-commit that it names"
	parentOf   = "the parent of the commit that the patch names"
)

// claimed are the places that the series itself names and that are here.
func (r *reader) claimed(ctx context.Context, s patch.Series) []place {
	var out []place
	add := func(name, id string) {
		if len(id) != 2*r.store.Format.RawLen() {
			return
		}
		if c, err := r.store.Commit(ctx, id); err == nil {
			out = append(out, place{name, c})
		}
	}
	add(baseCommit, s.BaseCommit)
	if id := r.origin(ctx, s.Patches[0]); id != "" {
		if c, err := r.store.Commit(ctx, id); err == nil && len(c.Parents) == 1 {
			add(parentOf, c.Parents[0])
		}
	}
	return out
}

// stated reports whether the patches' index lines say anything about the base.
func stated(s patch.Series) bool {
	for _, p := range s.Patches {
		for _, f := range p.Files {
			if f.OldID != "" || f.OldPath == "" && f.NewID != "" {
				return true
			}
		}
	}
	return false
}

// guess takes the first place on which every hunk fits.
func (r *reader) guess(ctx context.Context, name string, s patch.Series, notes []string) (reading, error) {
	places, err := r.everywhere(ctx)
	if err != nil {
		return reading{}, err
	}
	var first error
	for _, p := range places {
		read, err := r.on(ctx, p, s, nearly)
		if err == nil {
			note := fmt.Sprintf("read against %s (%s), where every hunk fits", p.name, git.ShortID(p.commit.ID))
			read.notes = append(notes, note)
			return read, nil
		}
		if !isMisfit(err) {
			return reading{}, err
		}
		if first == nil {
			first = fmt.Errorf("on %s: %w", p.name, err)
		}
	}
	e := &backport.InputError{What: fmt.Sprintf("%s: %s, and there is no commit to try it on", name, notes[len(notes)-1])}
	if first != nil {
		e.What = fmt.Sprintf("%s: %s, and it fits none of HEAD, the default branch and the releases", name, notes[len(notes)-1])
		e.Hint = first.Error()
	}
	return reading{}, e
}

// applier makes new bytes of old ones: exactly or nearly.
type applier struct {
	ids   bool // the blobs must be those of the index lines
	apply func(f patch.File, pre []byte) ([]byte, error)
}

var (
	exactly = applier{ids: true, apply: patch.File.Apply}
	nearly  = applier{apply: func(f patch.File, pre []byte) ([]byte, error) {
		out, _, err := f.ApplyNear(pre)
		return out, err
	}}
)

// on applies the series to a commit's tree.
func (r *reader) on(ctx context.Context, p place, s patch.Series, how applier) (reading, error) {
	read := reading{base: p.commit.ID, date: git.When(p.commit.Committer)}
	tree := p.commit.Tree
	for _, one := range s.Patches {
		find := func(f patch.File, path string) (leaf, error) { return r.lookup(ctx, tree, path) }
		c, err := r.change(ctx, one, find, how)
		if err != nil {
			return reading{}, err
		}
		next, err := r.edit(ctx, tree, c.after)
		if err != nil {
			return reading{}, misfit{err}
		}
		read.steps = append(read.steps, made{tree, next})
		tree = next
	}
	return read, nil
}

// errNoBlob says that an index line names a blob that is not here.
var errNoBlob = errors.New("this repository does not have what the patch was made for")

// fromBlobs makes for every patch a tree of just the files that it changes, as
// they were: what its index lines name, or what an earlier patch of the series
// has left. Where a patch changes no content of a file, such as its mode, any
// file that is there now will do.
func (r *reader) fromBlobs(ctx context.Context, s patch.Series) (reading, error) {
	read := reading{apart: true}
	left := map[string]leaf{}
	for _, one := range s.Patches {
		c, err := r.change(ctx, one, func(f patch.File, path string) (leaf, error) {
			if path != f.OldPath {
				return leaf{}, nil // it says itself that it creates the file
			}
			if l, ok := left[path]; ok && fits(l, f) {
				return l, nil
			}
			return r.named(ctx, f)
		}, exactly)
		if err != nil {
			return reading{}, err
		}
		base, err := r.edit(ctx, "", c.before)
		if err != nil {
			return reading{}, misfit{err}
		}
		tree, err := r.edit(ctx, base, c.after)
		if err != nil {
			return reading{}, misfit{err}
		}
		for path, l := range c.after {
			left[path] = l
		}
		read.steps = append(read.steps, made{base, tree})
	}
	return read, nil
}

// named finds the file that an index line names.
func (r *reader) named(ctx context.Context, f patch.File) (leaf, error) {
	if f.OldID != "" && f.OldMode != uint32(git.ModeGitlink) {
		if err := r.store.Bring(ctx, []string{f.OldID}); err != nil {
			return leaf{}, err
		}
		o, err := r.store.Read(git.Local(ctx), f.OldID, maxFile) // the patch may come from another repository
		switch {
		case ctx.Err() != nil:
			return leaf{}, ctx.Err()
		case errors.Is(err, git.ErrTooLarge):
			return leaf{}, misfit{err}
		case err == nil && o.Kind == "blob":
			mode := git.Mode(f.OldMode)
			if mode == 0 {
				mode = git.ModeFile
			}
			return leaf{mode, o.ID}, nil
		}
	} else {
		places, err := r.everywhere(ctx)
		if err != nil {
			return leaf{}, err
		}
		for _, p := range places {
			l, err := r.lookup(ctx, p.commit.Tree, f.OldPath)
			if err != nil && !isMisfit(err) {
				return leaf{}, err
			}
			if fits(l, f) {
				if f.OldMode != 0 {
					l.mode = git.Mode(f.OldMode) // what is there may be changed already
				}
				return l, nil
			}
		}
	}
	what := "blob " + f.OldID + " of " + quote(f.OldPath)
	if f.OldID == "" {
		what = quote(f.OldPath)
	}
	return leaf{}, misfit{fmt.Errorf("%w: %s", errNoBlob, what)}
}

// fits reports whether a file can be the old side of a change.
func fits(l leaf, f patch.File) bool {
	const kind = 0o170000
	return strings.HasPrefix(l.id, f.OldID) && l.mode != 0 && (f.OldMode == 0 || uint32(l.mode)&kind == f.OldMode&kind)
}
