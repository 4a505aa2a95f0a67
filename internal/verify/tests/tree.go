package tests

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/git"
)

const (
	// maxTree bounds one tree object in bytes, maxDepth how deep folders lie in
	// each other, maxPaths how many paths two trees may differ in.
	maxTree  = 64 << 20
	maxDepth = 500
	maxPaths = 50_000
)

var errTooWide = errors.New("the trees differ in too many paths")

func readTree(ctx context.Context, store *git.Store, id string) (git.Tree, error) {
	if id == "" || id == store.Format.EmptyTree() {
		return nil, nil
	}
	o, err := store.Read(ctx, id, maxTree)
	if err != nil {
		return nil, fmt.Errorf("read tree: %w", err)
	}
	if o.Kind != "tree" {
		return nil, fmt.Errorf("read tree: %s is a %s", id, o.Kind)
	}
	return git.Tree(o.Content), nil
}

// leaf is what a tree has at a path; a zero mode means nothing.
type leaf struct {
	mode git.Mode
	id   string
}

// pathChange is one path in which two trees differ.
type pathChange struct {
	path     string
	old, new leaf
}

// diff lists the paths in which two trees differ. Of a folder that stands
// against a file, or against nothing, all files are listed.
func diff(ctx context.Context, store *git.Store, old, new, prefix string, out []pathChange) ([]pathChange, error) {
	if old == new {
		return out, nil
	}
	if strings.Count(prefix, "/") > maxDepth {
		return nil, errors.New("folders lie too deep")
	}
	sides := [2]map[string]git.Entry{}
	var names []string
	for i, id := range []string{old, new} {
		t, err := readTree(ctx, store, id)
		if err != nil {
			return nil, err
		}
		sides[i] = map[string]git.Entry{}
		for len(t) > 0 {
			e, rest, ok := t.Next(store.Format.RawLen())
			if !ok {
				return nil, fmt.Errorf("tree %s is damaged", id)
			}
			t = rest
			name := string(e.Name)
			if i == 1 {
				if o, ok := sides[0][name]; ok && o.Same(e) {
					delete(sides[0], name)
					continue
				}
			}
			sides[i][name] = e
		}
		for name := range sides[i] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		a, inA := sides[0][name]
		b, inB := sides[1][name]
		if !inA && !inB || strings.Contains(name, "/") {
			continue
		}
		var from, to string
		ch := pathChange{path: prefix + name}
		if inA && a.IsTree() {
			from = a.ID()
		} else if inA {
			ch.old = leaf{a.Mode, a.ID()}
		}
		if inB && b.IsTree() {
			to = b.ID()
		} else if inB {
			ch.new = leaf{b.Mode, b.ID()}
		}
		if ch.old != ch.new {
			out = append(out, ch)
		}
		var err error
		if out, err = diff(ctx, store, from, to, prefix+name+"/", out); err != nil {
			return nil, err
		}
		if len(out) > maxPaths {
			return nil, errTooWide
		}
	}
	return out, nil
}

// edit writes the tree root with some paths changed to what new says, and gives
// its id; "" for a tree without entries.
func edit(ctx context.Context, store *git.Store, root string, edits []pathChange) (string, error) {
	t, err := readTree(ctx, store, root)
	if err != nil {
		return "", err
	}
	edits = slices.Clone(edits)
	slices.SortFunc(edits, func(a, b pathChange) int { return cmp.Compare(a.path, b.path) })
	rawLen := store.Format.RawLen()
	inner := map[string][]pathChange{}
	var folders []string
	var here []git.Edit
	file := map[string]bool{}
	for _, e := range edits {
		name, rest, deeper := strings.Cut(e.path, "/")
		if !deeper {
			file[name] = e.new.mode != 0
			here = append(here, git.Edit{Name: name, Mode: e.new.mode, ID: e.new.id})
			continue
		}
		if inner[name] == nil {
			folders = append(folders, name)
		}
		inner[name] = append(inner[name], pathChange{path: rest, new: e.new})
	}
	for _, name := range folders {
		if file[name] {
			continue // what was a folder is a file now
		}
		sub := ""
		if e, ok := t.Find(name, rawLen); ok && e.IsTree() {
			sub = e.ID()
		}
		id, err := edit(ctx, store, sub, inner[name])
		if err != nil {
			return "", err
		}
		switch {
		case id != "":
			here = append(here, git.Edit{Name: name, Mode: git.ModeTree, ID: id})
		case sub != "":
			here = append(here, git.Edit{Name: name})
		}
	}
	if t, err = t.Apply(here, rawLen); err != nil || len(t) == 0 {
		return "", err
	}
	return store.Write("tree", t)
}

// folder reports whether a tree has a folder at a path; "." is the top.
func folder(ctx context.Context, store *git.Store, tree, dir string) (bool, error) {
	if dir == "." {
		return true, nil
	}
	e, ok, err := store.Lookup(ctx, tree, dir)
	return ok && e.IsTree(), err
}

// free reports whether a file can be put at a path: nothing above it is a file.
func free(ctx context.Context, store *git.Store, tree, name string) (bool, error) {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		e, ok, err := store.Lookup(ctx, tree, dir)
		if err != nil {
			return false, err
		}
		if ok {
			return e.IsTree(), nil
		}
	}
	return true, nil
}
