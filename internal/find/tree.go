package find

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"backstay.dev/backstay/internal/git"
)

// leaf is what a tree has at a path that is no folder. The zero value stands
// for nothing.
type leaf struct {
	mode git.Mode
	id   string
}

// tree reads one tree; "" is the empty one.
func (r *reader) tree(ctx context.Context, id string) (git.Tree, error) {
	if id == "" || id == r.store.Format.EmptyTree() {
		return nil, nil
	}
	if t, ok := r.trees[id]; ok {
		return t, nil
	}
	o, err := r.store.Read(ctx, id, 0)
	if err != nil {
		return nil, fmt.Errorf("read tree: %w", err)
	}
	if o.Kind != "tree" {
		return nil, fmt.Errorf("read tree %s: it is a %s", id, o.Kind)
	}
	if r.trees == nil {
		r.trees = map[string]git.Tree{}
	}
	r.trees[id] = o.Content
	return o.Content, nil
}

// lookup finds what a tree has at a path; a folder is nothing. Where the tree
// itself is missing, as in a partial clone, nothing can be made to fit.
func (r *reader) lookup(ctx context.Context, root, path string) (leaf, error) {
	id := root
	for {
		name, rest, deeper := strings.Cut(path, "/")
		t, err := r.tree(ctx, id)
		var missing *git.MissingError
		if errors.As(err, &missing) {
			err = misfit{err}
		}
		if err != nil {
			return leaf{}, err
		}
		e, ok := t.Find(name, r.store.Format.RawLen())
		if !ok || deeper != e.IsTree() {
			return leaf{}, nil
		}
		if !deeper {
			return leaf{e.Mode, e.ID()}, nil
		}
		id, path = e.ID(), rest
	}
}

// edit writes a tree: root with each path made what its leaf says.
func (r *reader) edit(ctx context.Context, root string, changes map[string]leaf) (string, error) {
	return r.editAt(ctx, root, "", changes)
}

func (r *reader) editAt(ctx context.Context, root, above string, changes map[string]leaf) (string, error) {
	here := map[string]leaf{}
	below := map[string]map[string]leaf{} // of each folder, nil where only the name itself changes
	for path, l := range changes {
		name, rest, deeper := strings.Cut(path, "/")
		if _, ok := below[name]; !ok {
			below[name] = nil
		}
		if !deeper {
			here[name] = l
			continue
		}
		if below[name] == nil {
			below[name] = map[string]leaf{}
		}
		below[name][rest] = l
	}
	t, err := r.tree(ctx, root)
	if err != nil {
		return "", err
	}
	rawLen := r.store.Format.RawLen()
	var edits []git.Edit
	for name, inner := range below {
		var file leaf
		folder := ""
		if old, ok := t.Find(name, rawLen); ok && old.IsTree() {
			folder = old.ID()
		} else if ok {
			file = leaf{old.Mode, old.ID()}
		}
		if l, ok := here[name]; ok {
			file = l
		}
		if inner != nil {
			if folder, err = r.editAt(ctx, folder, above+name+"/", inner); err != nil {
				return "", err
			}
		}
		edit := git.Edit{Name: name, Mode: file.mode, ID: file.id}
		if folder != "" && folder != r.store.Format.EmptyTree() {
			if file.mode != 0 {
				return "", fmt.Errorf("%s would be a file and a folder", quote(above+name))
			}
			edit.Mode, edit.ID = git.ModeTree, folder
		}
		edits = append(edits, edit)
	}
	out, err := t.Apply(edits, rawLen)
	if err != nil {
		return "", err
	}
	return r.store.Write("tree", out)
}
