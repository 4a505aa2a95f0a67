package adapt

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"backstay.dev/backstay/internal/git"
)

const (
	// maxTree bounds one tree object in bytes.
	maxTree = 64 << 20
	// maxPath bounds a path in bytes, and with it the depth of trees.
	maxPath = 16 << 10
)

// trees reads and writes trees, and keeps those it has read: the same few are
// asked for again and again. It may be used by several goroutines.
type trees struct {
	*git.Store

	mu   sync.Mutex
	kept map[string]git.Tree
	size int
}

// maxKept bounds the trees that are kept, in bytes.
const maxKept = 48 << 20

func newTrees(store *git.Store) *trees { return &trees{Store: store, kept: map[string]git.Tree{}} }

// lookup finds what a tree has at a path; a zero Entry if nothing.
func (s *trees) lookup(ctx context.Context, root, path string) (git.Entry, error) {
	for {
		t, err := s.tree(ctx, root)
		if err != nil {
			return git.Entry{}, err
		}
		name, rest, deeper := strings.Cut(path, "/")
		e, ok := t.Find(name, s.Format.RawLen())
		switch {
		case !ok, deeper && !e.IsTree(), !deeper && e.IsTree():
			return git.Entry{}, nil
		case !deeper:
			return e, nil
		}
		root, path = e.ID(), rest
	}
}

func (s *trees) tree(ctx context.Context, id string) (git.Tree, error) {
	if id == s.Format.EmptyTree() {
		return nil, nil
	}
	s.mu.Lock()
	t, ok := s.kept[id]
	s.mu.Unlock()
	if ok {
		return t, nil
	}
	o, err := s.Read(ctx, id, maxTree)
	if err != nil {
		return nil, fmt.Errorf("read tree: %w", err)
	}
	if o.Kind != "tree" {
		return nil, fmt.Errorf("read tree %s: it is a %s", id, o.Kind)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.size += len(o.Content) + 128; s.size > maxKept {
		s.kept, s.size = map[string]git.Tree{}, len(o.Content)
	}
	s.kept[id] = git.Tree(o.Content)
	return s.kept[id], nil
}

// edit is what becomes of one path of a tree: nothing if its mode is 0.
type edit struct {
	path string
	mode git.Mode
	id   string
}

// edit writes the tree root with some paths changed and returns its id. A
// folder that loses its last file is gone. Of several edits of one path the
// last counts.
func (s *trees) edit(ctx context.Context, root string, edits []edit) (string, error) {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b edit) int { return strings.Compare(a.path, b.path) })
	id, err := s.editFolder(ctx, root, edits)
	if id == "" && err == nil {
		id = s.Format.EmptyTree()
		_, err = s.Write("tree", nil)
	}
	return id, err
}

// editFolder is edit for one folder, "" where there is none.
func (s *trees) editFolder(ctx context.Context, root string, edits []edit) (string, error) {
	var t git.Tree
	if root != "" {
		var err error
		if t, err = s.tree(ctx, root); err != nil {
			return "", err
		}
	}
	rawLen := s.Format.RawLen()
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
		id, err := s.editFolder(ctx, below, inner)
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
	return s.Write("tree", t)
}

// walk calls f for every path that is not the same in two trees, files of
// folders that only one has included. Equal subtrees are not opened.
func (s *trees) walk(ctx context.Context, x, y, prefix string, f func(path string, p, q git.Entry) error) error {
	if x == y {
		return nil
	}
	if len(prefix) > maxPath {
		return fmt.Errorf("compare trees: a path is longer than %d bytes", maxPath)
	}
	left, err := s.tree(ctx, x)
	if err != nil {
		return err
	}
	right, err := s.tree(ctx, y)
	if err != nil {
		return err
	}
	rawLen := s.Format.RawLen()
	empty := s.Format.EmptyTree()
	for len(left) > 0 || len(right) > 0 {
		p, nextS, okS := left.Next(rawLen)
		q, nextT, okT := right.Next(rawLen)
		order := 0
		switch {
		case !okS && len(left) > 0, !okT && len(right) > 0:
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
			err = s.walk(ctx, p.ID(), q.ID(), prefix+string(p.Name)+"/", f)
		case order == 0:
			err = f(prefix+string(p.Name), p, q)
		case order < 0 && p.IsTree():
			err = s.walk(ctx, p.ID(), empty, prefix+string(p.Name)+"/", f)
		case order < 0:
			err = f(prefix+string(p.Name), p, git.Entry{})
		case q.IsTree():
			err = s.walk(ctx, empty, q.ID(), prefix+string(q.Name)+"/", f)
		default:
			err = f(prefix+string(q.Name), git.Entry{}, q)
		}
		if err != nil {
			return err
		}
		if order <= 0 {
			left = nextS
		}
		if order >= 0 {
			right = nextT
		}
	}
	return nil
}
