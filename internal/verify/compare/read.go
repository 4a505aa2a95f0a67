package compare

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"backstay.dev/backstay/internal/git"
)

const (
	// maxRead bounds the files whose contents Read reads; the others are compared
	// as a whole, by their ids.
	maxRead = 2000
	// maxReadBytes bounds in bytes what Read reads of contents.
	maxReadBytes = 128 << 20
	// maxRoot bounds in bytes the object that a change begins or ends with.
	maxRoot = 64 << 20
	// maxFiles bounds the files of a change.
	maxFiles = 200_000
)

// Read gives the files that differ between two trees, in the order of the trees.
// base and head are ids of trees or commits; an empty base is the empty tree.
// Removed and added files that resemble each other are one file, renamed. What is
// too large is not read (File.Unread). An object that is not there is a
// *git.MissingError.
func Read(ctx context.Context, store *git.Store, base, head string) ([]File, error) {
	r := reader{store: store, budget: maxReadBytes}
	old, err := r.root(ctx, base)
	if err != nil {
		return nil, fmt.Errorf("read change: %w", err)
	}
	now, err := r.root(ctx, head)
	if err != nil {
		return nil, fmt.Errorf("read change: %w", err)
	}
	err = git.NewTrees(store, 0).Diff(ctx, old, now, nil, func(path string, x, y git.Entry) error {
		if len(r.found) == maxFiles {
			return fmt.Errorf("more than %d files differ", maxFiles)
		}
		r.found = append(r.found, differing{path, x, y})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read change: %w", err)
	}
	out := make([]File, len(r.found))
	for i, d := range r.found {
		if out[i], err = r.file(ctx, d, i < maxRead); err != nil {
			return nil, fmt.Errorf("read %q: %w", d.path, err)
		}
	}
	return renames(out), nil
}

// differing is a path with what two trees have there; a zero Entry is nothing.
type differing struct {
	path     string
	old, new git.Entry
}

type reader struct {
	store  *git.Store
	found  []differing
	budget int64
}

// root is the id of the tree of a commit or tree.
func (r *reader) root(ctx context.Context, id string) (string, error) {
	if id == "" {
		return r.store.Format.EmptyTree(), nil
	}
	if id == r.store.Format.EmptyTree() {
		return id, nil
	}
	o, err := r.store.Read(ctx, id, maxRoot)
	if err != nil {
		return "", err
	}
	switch o.Kind {
	case "tree":
		return o.ID, nil
	case "commit":
		c, err := git.ParseCommit(o.ID, o.Content)
		return c.Tree, err
	}
	return "", fmt.Errorf("%s is a %s", id, o.Kind)
}

// file reads both sides of a path, or neither.
func (r *reader) file(ctx context.Context, d differing, read bool) (File, error) {
	f := File{Path: d.path, OldMode: uint32(d.old.Mode), Mode: uint32(d.new.Mode)}
	if read && r.budget > 0 {
		before, err := r.content(ctx, d.old)
		if err == nil {
			var after []byte
			if after, err = r.content(ctx, d.new); err == nil {
				f.Before, f.After = before, after
				r.budget -= int64(len(before) + len(after))
				return f, nil
			}
		}
		if !errors.Is(err, git.ErrTooLarge) {
			return File{}, err
		}
	}
	f.Unread = "too large"
	if d.old.Mode != 0 {
		f.Before = []byte(d.old.ID())
	}
	if d.new.Mode != 0 {
		f.After = []byte(d.new.ID())
	}
	return f, nil
}

// content reads what an entry stands for; nil for nothing.
func (r *reader) content(ctx context.Context, e git.Entry) ([]byte, error) {
	switch e.Mode {
	case 0:
		return nil, nil
	case git.ModeGitlink:
		return []byte(git.Subproject + e.ID() + "\n"), nil
	}
	o, err := r.store.Read(ctx, e.ID(), maxFile)
	if err != nil {
		return nil, err
	}
	if o.Kind != "blob" {
		return nil, fmt.Errorf("%s is a %s", e.ID(), o.Kind)
	}
	if o.Content == nil {
		return []byte{}, nil
	}
	return o.Content, nil
}

// renames joins removed and added files that are one: those with the same
// contents, then those with the most lines in common, half of them at least or a
// fifth where the last name stayed.
func renames(files []File) []File {
	var gone, come []int
	for i, f := range files {
		switch {
		case f.Before == nil && f.After == nil:
		case f.After == nil && f.OldMode != uint32(git.ModeGitlink):
			gone = append(gone, i)
		case f.Before == nil && f.Mode != uint32(git.ModeGitlink):
			come = append(come, i)
		}
	}
	if len(gone) == 0 || len(come) == 0 {
		return files
	}
	known := newLines()
	features := func(b []byte) []int32 {
		// The whole text is a feature, too, so that what is the same is found
		// though its lines are everywhere.
		out := []int32{known.number(append([]byte("whole\x00"), b...))}
		if len(b) > maxFile || git.Binary(b) {
			return out
		}
		seen := map[int32]bool{}
		for _, n := range known.of(b, false) {
			if !seen[n] {
				seen[n] = true
				out = append(out, n)
			}
		}
		return out
	}
	list := alike(
		each(gone, func(i int) []int32 { return features(files[i].Before) }),
		each(come, func(i int) []int32 { return features(files[i].After) }))
	list = filter(list, func(c candidate) bool {
		return c.score >= 0.5 || c.score >= 0.2 && base(files[gone[c.a]].Path) == base(files[come[c.b]].Path)
	})
	for i, c := range list {
		if base(files[gone[c.a]].Path) == base(files[come[c.b]].Path) {
			list[i].score += 0.2
		}
	}
	taken := map[int]bool{}
	best(list, func(a, b int) {
		from, to := gone[a], come[b]
		if taken[from] || taken[to] {
			return
		}
		taken[from], taken[to] = true, true
		files[to].OldPath, files[to].OldMode, files[to].Before = files[from].Path, files[from].OldMode, files[from].Before
	})
	var out []File
	for i, f := range files {
		if f.After != nil || !taken[i] {
			out = append(out, f)
		}
	}
	return out
}

func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
