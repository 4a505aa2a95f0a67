package adapt

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/git"
)

const (
	// maxTree bounds one tree object in bytes.
	maxTree = 64 << 20
	// maxPath bounds a path in bytes, and with it the depth of trees.
	maxPath = 16 << 10
)

// lookup finds what a tree has at a path; a zero Entry if nothing.
func lookup(ctx context.Context, store *git.Store, root, path string) (git.Entry, error) {
	for {
		t, err := readTree(ctx, store, root)
		if err != nil {
			return git.Entry{}, err
		}
		name, rest, deeper := strings.Cut(path, "/")
		e, ok := t.Find(name, store.Format.RawLen())
		switch {
		case !ok, deeper && !e.IsTree(), !deeper && e.IsTree():
			return git.Entry{}, nil
		case !deeper:
			return e, nil
		}
		root, path = e.ID(), rest
	}
}

func readTree(ctx context.Context, store *git.Store, id string) (git.Tree, error) {
	if id == store.Format.EmptyTree() {
		return nil, nil
	}
	o, err := store.Read(ctx, id, maxTree)
	if err != nil {
		return nil, fmt.Errorf("read tree: %w", err)
	}
	if o.Kind != "tree" {
		return nil, fmt.Errorf("read tree %s: it is a %s", id, o.Kind)
	}
	return git.Tree(o.Content), nil
}

// edit is what becomes of one path of a tree: nothing if its mode is 0.
type edit struct {
	path string
	mode git.Mode
	id   string
}

// editTree writes the tree root with some paths changed and returns its id. A
// folder that loses its last file is gone. Of several edits of one path the
// last counts.
func editTree(ctx context.Context, store *git.Store, root string, edits []edit) (string, error) {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b edit) int { return strings.Compare(a.path, b.path) })
	id, err := editFolder(ctx, store, root, edits)
	if id == "" && err == nil {
		id = store.Format.EmptyTree()
		_, err = store.Write("tree", nil)
	}
	return id, err
}

// editFolder is editTree for one folder, "" where there is none.
func editFolder(ctx context.Context, store *git.Store, root string, edits []edit) (string, error) {
	var t git.Tree
	if root != "" {
		var err error
		if t, err = readTree(ctx, store, root); err != nil {
			return "", err
		}
	}
	rawLen := store.Format.RawLen()
	var here []git.Edit
	for i := 0; i < len(edits); {
		name, _, deeper := strings.Cut(edits[i].path, "/")
		if !deeper {
			here = append(here, git.Edit{Name: name, Mode: edits[i].mode, ID: edits[i].id})
			i++
			continue
		}
		var inner []edit
		for ; i < len(edits) && strings.HasPrefix(edits[i].path, name+"/"); i++ {
			e := edits[i]
			e.path = e.path[len(name)+1:]
			inner = append(inner, e)
		}
		below := ""
		if e, ok := t.Find(name, rawLen); ok && e.IsTree() {
			below = e.ID()
		}
		id, err := editFolder(ctx, store, below, inner)
		if err != nil {
			return "", err
		}
		e := git.Edit{Name: name, ID: id}
		if id != "" {
			e.Mode = git.ModeTree
		}
		here = append(here, e)
	}
	t, err := t.Apply(here, rawLen)
	if err != nil {
		return "", fmt.Errorf("edit tree: %w", err)
	}
	if len(t) == 0 {
		return "", nil
	}
	return store.Write("tree", t)
}

// walk calls f for every path that is not the same in two trees, files of
// folders that only one has included. Equal subtrees are not opened.
func (a *Adapter) walk(ctx context.Context, x, y, prefix string, f func(path string, p, q git.Entry) error) error {
	if x == y {
		return nil
	}
	if len(prefix) > maxPath {
		return fmt.Errorf("compare trees: a path is longer than %d bytes", maxPath)
	}
	s, err := readTree(ctx, a.store, x)
	if err != nil {
		return err
	}
	t, err := readTree(ctx, a.store, y)
	if err != nil {
		return err
	}
	rawLen := a.store.Format.RawLen()
	empty := a.store.Format.EmptyTree()
	for len(s) > 0 || len(t) > 0 {
		p, nextS, okS := s.Next(rawLen)
		q, nextT, okT := t.Next(rawLen)
		order := 0
		switch {
		case !okS && len(s) > 0, !okT && len(t) > 0:
			return fmt.Errorf("compare trees %s and %s: their bytes are damaged", x, y)
		case !okT:
			order = -1
		case !okS:
			order = 1
		default:
			order = p.Compare(q)
		}
		switch {
		case order == 0 && p.Same(q):
		case order == 0 && p.IsTree():
			err = a.walk(ctx, p.ID(), q.ID(), prefix+string(p.Name)+"/", f)
		case order == 0:
			err = f(prefix+string(p.Name), p, q)
		case order < 0 && p.IsTree():
			err = a.walk(ctx, p.ID(), empty, prefix+string(p.Name)+"/", f)
		case order < 0:
			err = f(prefix+string(p.Name), p, git.Entry{})
		case q.IsTree():
			err = a.walk(ctx, empty, q.ID(), prefix+string(q.Name)+"/", f)
		default:
			err = f(prefix+string(q.Name), git.Entry{}, q)
		}
		if err != nil {
			return err
		}
		if order <= 0 {
			s = nextS
		}
		if order >= 0 {
			t = nextT
		}
	}
	return nil
}
