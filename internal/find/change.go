package find

import (
	"context"
	"fmt"
	"strings"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/patch"
)

// maxFile bounds the files that patches are applied to, in bytes.
const maxFile = 128 << 20

// change is what one patch does: the files that it starts from, and all that
// it touches as it leaves them.
type change struct{ before, after map[string]leaf }

// change applies one patch. find gives the file that f finds at a path, its
// old one or the one that its new one would replace. All old files are read
// before any new one is written, as in a swap of two names.
func (r *reader) change(ctx context.Context, p patch.Patch, find func(f patch.File, path string) (leaf, error), how applier) (change, error) {
	c := change{map[string]leaf{}, map[string]leaf{}}
	type result struct {
		path string
		leaf
	}
	var results []result
	for _, f := range p.Files {
		var old leaf
		var err error
		if f.OldPath != "" {
			if old, err = find(f, f.OldPath); err != nil {
				return c, err
			}
			if old.mode == 0 {
				return c, misfit{fmt.Errorf("there is no file %s", quote(f.OldPath))}
			}
			if how.ids && !fits(old, f) || !how.ids && !sameKind(old, f) {
				return c, misfit{fmt.Errorf("%s is not the file that the patch was made for", quote(f.OldPath))}
			}
			c.before[f.OldPath] = old
			if !f.Copy && f.OldPath != f.NewPath {
				c.after[f.OldPath] = leaf{}
			}
		}
		now, err := r.apply(ctx, f, old, how)
		if err != nil {
			return c, err
		}
		if f.NewPath != "" {
			results = append(results, result{f.NewPath, now})
		}
	}
	taken := map[string]bool{}
	for _, res := range results {
		if taken[res.path] {
			return c, misfit{fmt.Errorf("the patch writes %s twice", quote(res.path))}
		}
		taken[res.path] = true
		if _, ours := c.before[res.path]; !ours {
			there, err := find(patch.File{NewPath: res.path}, res.path)
			if err != nil {
				return c, err
			}
			if there.mode != 0 {
				return c, misfit{fmt.Errorf("%s is there already", quote(res.path))}
			}
		}
		c.after[res.path] = res.leaf
	}
	return c, nil
}

func sameKind(l leaf, f patch.File) bool {
	f.OldID = ""
	return fits(l, f)
}

// apply makes the new file of the old one, the zero leaf where it is deleted.
func (r *reader) apply(ctx context.Context, f patch.File, old leaf, how applier) (leaf, error) {
	pre, err := r.content(ctx, old)
	if err != nil {
		return leaf{}, err
	}
	out, err := how.apply(f, pre)
	if err != nil || f.NewPath == "" {
		if err != nil {
			err = misfit{err}
		}
		return leaf{}, err
	}
	mode := git.Mode(f.NewMode)
	switch {
	case mode != 0:
	case old.mode != 0:
		mode = old.mode
	default:
		mode = git.ModeFile
	}
	if mode == git.ModeGitlink {
		id := strings.TrimSuffix(strings.TrimPrefix(string(out), git.Subproject), "\n")
		if !git.IsID(id) || len(id) != 2*r.store.Format.RawLen() {
			return leaf{}, misfit{fmt.Errorf("%s: no commit of a submodule is named", quote(f.NewPath))}
		}
		return leaf{mode, id}, nil
	}
	if old.id != "" && string(out) == string(pre) {
		return leaf{mode, old.id}, nil
	}
	id, err := r.store.Write("blob", out)
	return leaf{mode, id}, err
}

func (r *reader) content(ctx context.Context, l leaf) ([]byte, error) {
	switch l.mode {
	case 0:
		return nil, nil
	case git.ModeGitlink:
		return []byte(git.Subproject + l.id + "\n"), nil
	}
	o, err := r.store.Read(ctx, l.id, maxFile)
	if err != nil {
		if ctx.Err() == nil {
			err = misfit{err} // missing in a partial clone, or too large
		}
		return nil, err
	}
	return o.Content, nil
}
