package tests

import (
	"context"
	"path"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/git"
)

// Roots says in which folders ("" is the top) which of the files stand that make
// a folder a module of its own: go.mod, Cargo.toml, pom.xml and the like.
type Roots map[string][]string

// marks are the files that Locate looks for.
var marks = words("go.mod Cargo.toml pom.xml build.gradle build.gradle.kts settings.gradle settings.gradle.kts package.json")

// Locate finds the modules above the selected files in a tree. It reads the
// trees above them, no contents.
func (s *Selection) Locate(ctx context.Context, store *git.Store, tree string) error {
	s.Roots = Roots{}
	trees := git.NewTrees(store, treesKept)
	for _, f := range slices.Concat(s.Files, s.Data) {
		if err := s.Roots.above(ctx, trees, tree, path.Dir(f)); err != nil {
			return err
		}
	}
	return nil
}

func (r Roots) above(ctx context.Context, trees *git.Trees, tree, dir string) error {
	if dir == "." {
		dir = ""
	}
	if _, known := r[dir]; known {
		return nil
	}
	at := ""
	for name := range strings.SplitSeq("/"+dir, "/") {
		if name != "" {
			at = path.Join(at, name)
			e, ok, err := trees.Lookup(ctx, tree, name)
			if err != nil {
				return err
			}
			if tree = ""; ok && e.IsTree() {
				tree = e.ID()
			}
		}
		if _, known := r[at]; known {
			continue
		}
		r[at] = nil
		t, err := trees.Tree(ctx, tree)
		if err != nil {
			return err
		}
		rawLen := trees.Format.RawLen()
		for e, rest, ok := t.Next(rawLen); ok; e, rest, ok = rest.Next(rawLen) {
			if marks[string(e.Name)] && e.Mode.IsRegular() {
				r[at] = append(r[at], string(e.Name))
			}
		}
	}
	return nil
}

// has reports whether a folder holds one of the files.
func (r Roots) has(dir string, names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(r[dir], n) })
}

// nearest is the deepest folder at or above dir that holds one of the files; ""
// where none does.
func (r Roots) nearest(dir string, names ...string) string {
	for dir != "" && dir != "." && dir != "/" {
		if r.has(dir, names...) {
			return dir
		}
		dir = path.Dir(dir)
	}
	return ""
}
