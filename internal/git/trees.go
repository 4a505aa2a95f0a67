package git

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/cache"
)

// Trees reads the trees of a store and keeps some of them: the same few are
// asked for again and again. It may be used by several goroutines at once.
type Trees struct {
	*Store
	kept *cache.Cache[string, Tree]
}

// NewTrees makes a reader that keeps so many bytes of trees.
func NewTrees(s *Store, memory int) *Trees {
	return &Trees{Store: s, kept: cache.New[string, Tree](memory)}
}

// Tree reads a tree; that of "" is empty.
func (t *Trees) Tree(ctx context.Context, id string) (Tree, error) {
	if id == "" || id == t.Format.EmptyTree() {
		return nil, nil
	}
	if tree, ok := t.kept.Get(id); ok {
		return tree, nil
	}
	tree, err := t.Store.tree(ctx, id)
	if err != nil {
		return nil, err
	}
	t.kept.Put(id, tree, len(tree))
	return tree, nil
}

// Lookup finds what a tree has at a path, a folder too; ok is false for nothing.
func (t *Trees) Lookup(ctx context.Context, root, path string) (e Entry, ok bool, err error) {
	return lookup(ctx, t.Tree, t.Format.RawLen(), root, path)
}

// maxTree bounds one tree object in bytes: two million entries of 30 bytes.
const maxTree = 64 << 20

func (s *Store) tree(ctx context.Context, id string) (Tree, error) {
	if id == s.Format.EmptyTree() {
		return nil, nil
	}
	o, err := s.Read(ctx, id, maxTree)
	if err != nil {
		return nil, fmt.Errorf("read tree: %w", err)
	}
	if o.Kind != "tree" {
		return nil, fmt.Errorf("read tree %s: it is a %s", id, o.Kind)
	}
	return Tree(o.Content), nil
}

func lookup(ctx context.Context, tree func(context.Context, string) (Tree, error), rawLen int, root, path string) (Entry, bool, error) {
	for {
		t, err := tree(ctx, root)
		if err != nil {
			return Entry{}, false, err
		}
		name, rest, deeper := strings.Cut(path, "/")
		e, ok := t.Find(name, rawLen)
		switch {
		case !ok, deeper && !e.IsTree():
			return Entry{}, false, nil
		case !deeper:
			return e, true, nil
		}
		root, path = e.ID(), rest
	}
}

// A PathEdit is what becomes of one path of a tree: nothing if its mode is 0.
type PathEdit struct {
	Path string
	Mode Mode
	ID   string
}

// Edit makes the tree root with some paths changed and returns its id, "" for a
// tree without entries. A folder that loses its last entry is gone. Of several
// edits of one path the last counts, and of one that becomes a file those below
// it don't. With write the new trees are stored.
func (t *Trees) Edit(ctx context.Context, root string, edits []PathEdit, write bool) (string, error) {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b PathEdit) int { return strings.Compare(a.Path, b.Path) })
	return t.edit(ctx, root, edits, write)
}

// edit is Edit with sorted edits, whose paths it cuts.
func (t *Trees) edit(ctx context.Context, root string, edits []PathEdit, write bool) (string, error) {
	tree, err := t.Tree(ctx, root)
	if err != nil {
		return "", err
	}
	rawLen := t.Format.RawLen()
	var here []Edit
	files := map[string]bool{} // the names that become a file
	for i := 0; i < len(edits); {
		name, _, deeper := strings.Cut(edits[i].Path, "/")
		if !deeper {
			files[name] = edits[i].Mode != 0
			here = append(here, Edit{Name: name, Mode: edits[i].Mode, ID: edits[i].ID})
			i++
			continue
		}
		from := i
		for ; i < len(edits) && strings.HasPrefix(edits[i].Path, name+"/"); i++ {
			edits[i].Path = edits[i].Path[len(name)+1:]
		}
		if files[name] {
			continue
		}
		below := ""
		if e, ok := tree.Find(name, rawLen); ok && e.IsTree() {
			below = e.ID()
		}
		id, err := t.edit(ctx, below, edits[from:i], write)
		if err != nil {
			return "", err
		}
		switch {
		case id != "":
			here = append(here, Edit{Name: name, Mode: ModeTree, ID: id})
		case below != "":
			here = append(here, Edit{Name: name})
		}
	}
	tree, err = tree.Apply(here, rawLen)
	if err != nil || len(tree) == 0 {
		return "", err
	}
	if write {
		return t.Write("tree", tree)
	}
	return t.Format.Hash("tree", tree), nil
}
