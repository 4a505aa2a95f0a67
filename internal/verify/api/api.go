package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/outline"
)

// The bounds of a comparison.
const (
	maxFile    = 2 << 20 // bytes
	maxFiles   = 5_000   // that differ
	maxFolders = 20_000  // that are opened
	treeMemory = 16 << 20
	maxLeft    = 10 // that are named
)

// The levels, and the kinds, of a backport.APIChange.
const (
	byTypes  = "types"
	bySyntax = "syntax"
	byABI    = "abi"

	added   = "added"
	removed = "removed"
	changed = "changed"
)

// Changes tells what of the API differs between two trees, by path, line and
// symbol. left says in a sentence each what could not be compared, and may hide
// changes: a file that is too large or that a partial clone lacks, and what is
// beyond the bounds; at most ten and one that counts the others.
func Changes(ctx context.Context, store *git.Store, before, after string) (changes []backport.APIChange, left []string, err error) {
	c := comparer{
		source: source{store: store, trees: git.NewTrees(store, treeMemory), blobs: map[string][]byte{}},
	}
	if err := c.walk(ctx, before, after); err != nil {
		return nil, nil, fmt.Errorf("compare the API of %.12s and %.12s: %w", before, after, err)
	}
	if err := c.compare(ctx, before, after); err != nil {
		return nil, nil, fmt.Errorf("compare the API of %.12s and %.12s: %w", before, after, err)
	}
	slices.SortFunc(c.changes, func(a, b backport.APIChange) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Symbol, b.Symbol), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Text, b.Text))
	})
	if more := len(c.left) - maxLeft; more > 0 {
		c.left = append(c.left[:maxLeft], fmt.Sprintf("%d more files", more))
	}
	return slices.Compact(c.changes), c.left, nil
}

// comparer is one comparison.
type comparer struct {
	source
	files   []file
	changes []backport.APIChange
	left    []string
}

// file is a regular file that differs; an id is "" where there is none.
type file struct {
	path          string
	before, after string
	lang          outline.Language
}

// walk finds the files that differ and may be API.
func (c *comparer) walk(ctx context.Context, before, after string) error {
	folders := 1
	enter := func(dir string) bool {
		folders++
		if folders == maxFolders+1 {
			c.left = append(c.left, fmt.Sprintf("what is beyond the first %d folders that differ", maxFolders))
		}
		return folders <= maxFolders && !private(dir)
	}
	return c.trees.Diff(ctx, before, after, enter, func(path string, x, y git.Entry) error {
		if len(c.files) == maxFiles {
			c.left = append(c.left, fmt.Sprintf("what is beyond the first %d files that differ", maxFiles))
			return fs.SkipAll
		}
		f := file{path: path, before: fileID(x), after: fileID(y), lang: outline.Detect(path, nil)}
		if f.before != f.after && f.lang != outline.Plain && !privateFile(path) {
			c.files = append(c.files, f)
		}
		return nil
	})
}

func fileID(e git.Entry) string {
	if !e.Mode.IsRegular() {
		return ""
	}
	return e.ID()
}

// compare goes through the files: Go by packages, all else by file.
func (c *comparer) compare(ctx context.Context, before, after string) error {
	packages := map[string][]file{}
	var rest []file
	for _, f := range c.files {
		if f.lang == outline.Go {
			packages[path.Dir(f.path)] = append(packages[path.Dir(f.path)], f)
		} else {
			rest = append(rest, f)
		}
	}
	more, err := c.golang(ctx, before, after, packages)
	if err != nil {
		return err
	}
	return c.syntax(ctx, append(rest, more...))
}

// source reads a repository; what it read it keeps.
type source struct {
	store *git.Store
	trees *git.Trees
	blobs map[string][]byte
	size  int
}

const maxKept = 64 << 20 // bytes of files

// list gives the entries of a folder; of "" there are none.
func (s *source) list(ctx context.Context, id string) ([]git.Entry, error) {
	t, err := s.trees.Tree(ctx, id)
	if err != nil {
		return nil, err
	}
	var entries []git.Entry
	for {
		e, rest, ok := t.Next(s.store.Format.RawLen())
		if !ok {
			return entries, nil
		}
		entries, t = append(entries, e), rest
	}
}

// read gives a file; ok is false for one that is too large or missing.
func (s *source) read(ctx context.Context, id string) (content []byte, ok bool, err error) {
	if id == "" {
		return nil, true, nil
	}
	if content, ok = s.blobs[id]; ok {
		return content, true, nil
	}
	o, err := s.store.Read(ctx, id, maxFile)
	var missing *git.MissingError
	switch {
	case errors.Is(err, git.ErrTooLarge), errors.As(err, &missing):
		return nil, false, nil
	case err != nil:
		return nil, false, err
	}
	if s.size += len(o.Content); s.size < maxKept {
		s.blobs[id] = o.Content
	}
	return o.Content, true, nil
}

// private says that a folder, by its last name, holds no API.
func private(dir string) bool {
	name := strings.ToLower(path.Base(dir))
	switch name {
	case "test", "tests", "testing", "testdata", "testutil", "testutils", "spec", "specs", "fixtures", "mocks", "__tests__",
		"example", "examples", "sample", "samples", "demo", "demos", "doc", "docs", "bench", "benchmark", "benchmarks",
		"vendor", "third_party", "thirdparty", "third-party", "3rdparty", "node_modules", "deps", "external",
		"internal", "private", "generated", "build", "dist", "tools", "scripts", "hack", "ci", "contrib":
		return true
	}
	return dir != "" && name != "." && (name[0] == '.' || name[0] == '_')
}

// privateFile says that a file, by its name, is a test or is generated.
func privateFile(p string) bool {
	base := path.Base(p)
	name, ext := strings.TrimSuffix(base, path.Ext(base)), path.Ext(base)
	switch {
	case strings.HasSuffix(name, "_test"), strings.HasSuffix(name, "_spec"), strings.HasSuffix(name, ".test"), strings.HasSuffix(name, ".spec"):
		return true
	case strings.HasPrefix(base, "."), ext == ".go" && strings.HasPrefix(base, "_"):
		return true
	case ext == ".go":
		return false
	case strings.HasPrefix(name, "test_"), name == "conftest", name == "setup", ext == ".java" && (strings.HasSuffix(name, "Test") || strings.HasSuffix(name, "Tests") || strings.HasSuffix(name, "IT")):
		return true
	case strings.HasSuffix(name, ".pb"), strings.HasSuffix(name, ".gen"), strings.HasSuffix(name, "_generated"), strings.HasSuffix(name, "_pb2"), strings.HasSuffix(name, ".min"):
		return true
	}
	return false
}
