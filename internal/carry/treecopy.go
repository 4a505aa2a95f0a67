package carry

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"

	"backstay.dev/backstay/internal/git"
)

const (
	// maxCopyFiles and maxCopyBytes bound what is found there afterwards.
	maxCopyFiles = 2_000_000
	maxCopyBytes = 16 << 30
	// maxMade bounds one generated file in bytes.
	maxMade = 256 << 20
	// maxFolder bounds one tree object in bytes, maxDepth how deep folders lie
	// in each other.
	maxFolder = 64 << 20
	maxDepth  = 500
)

// A treeCopy is a tree of a store laid out as files below root, which none of
// its paths leaves: a name that could is an error, a link that does is left
// out. Submodules are empty folders.
type treeCopy struct {
	store *git.Store
	root  *os.Root
	// wanted says which paths collect takes; changed are those it took or that
	// are gone.
	wanted  func(path string) bool
	changed []string

	files int
	bytes int64
}

var errCopyTooLarge = errors.New("too many files")

// fill lays out the tree with this id.
func (c *treeCopy) fill(ctx context.Context, id string) error {
	return c.store.LayOut(ctx, c.root, id, func(name, target string) bool {
		return filepath.IsLocal(path.Join(path.Dir(name), target)) && !path.IsAbs(target)
	})
}

// plainName reports whether a name of a tree is one file's name on every
// system, and not git's own.
func plainName(name string) bool {
	return name != "." && filepath.IsLocal(name) && !strings.ContainsAny(name, "/\\:\x00") && !strings.EqualFold(name, ".git")
}

func (c *treeCopy) read(ctx context.Context, id, dir string) (git.Tree, error) {
	if strings.Count(dir, "/") > maxDepth {
		return nil, errors.New("folders lie too deep")
	}
	if id == "" || id == c.store.Format.EmptyTree() {
		return nil, nil
	}
	o, err := c.store.Read(ctx, id, maxFolder)
	if err != nil {
		return nil, err
	}
	if o.Kind != "tree" {
		return nil, fmt.Errorf("%s is no tree", id)
	}
	return git.Tree(o.Content), nil
}

// collect writes the tree of a folder again, with the files that are wanted as
// they are now. id is the tree as it was, "" for a folder that was not there;
// so is the result for one without files.
func (c *treeCopy) collect(ctx context.Context, id, dir string) (string, error) {
	t, err := c.read(ctx, id, dir)
	if err != nil {
		return "", err
	}
	list, err := fs.ReadDir(c.root.FS(), path.Join(".", dir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if c.files += len(list); c.files > maxCopyFiles {
		return "", errCopyTooLarge
	}
	rawLen := c.store.Format.RawLen()
	now := map[string]fs.DirEntry{}
	for _, d := range list {
		now[d.Name()] = d
	}
	var edits []git.Edit
	for rest := t; len(rest) > 0; {
		var e git.Entry
		var ok bool
		if e, rest, ok = rest.Next(rawLen); !ok {
			return "", fmt.Errorf("tree %s is damaged", id)
		}
		name := string(e.Name)
		if now[name] != nil {
			continue
		}
		edit, err := c.gone(ctx, e, path.Join(dir, name))
		if err != nil {
			return "", err
		}
		edits = append(edits, edit...)
	}
	for _, d := range list {
		before, _ := t.Find(d.Name(), rawLen)
		edit, err := c.take(ctx, before, d, path.Join(dir, d.Name()))
		if err != nil {
			return "", err
		}
		edits = append(edits, edit...)
	}
	if len(edits) == 0 {
		return id, nil
	}
	if t, err = t.Apply(edits, rawLen); err != nil || len(t) == 0 {
		return "", err
	}
	return c.store.Write("tree", t)
}

// gone gives the edit for an entry that is no longer there.
func (c *treeCopy) gone(ctx context.Context, e git.Entry, name string) ([]git.Edit, error) {
	if e.IsTree() {
		return c.folder(ctx, e.ID(), name)
	}
	if !e.Mode.IsRegular() || !c.wanted(name) {
		return nil, nil
	}
	c.changed = append(c.changed, name)
	return []git.Edit{{Name: string(e.Name)}}, nil
}

// take gives the edit for what is there now.
func (c *treeCopy) take(ctx context.Context, before git.Entry, d fs.DirEntry, name string) ([]git.Edit, error) {
	switch {
	case !plainName(d.Name()):
		return nil, nil
	case d.IsDir() && before.IsTree():
		return c.folder(ctx, before.ID(), name)
	case d.IsDir() && before.Mode == 0:
		return c.folder(ctx, "", name)
	case !d.Type().IsRegular(), before.Mode != 0 && !before.Mode.IsRegular(), !c.wanted(name):
		return nil, nil
	}
	info, err := d.Info()
	if err != nil {
		return nil, err
	}
	if c.bytes += info.Size(); info.Size() > maxMade || c.bytes > maxCopyBytes {
		return nil, fmt.Errorf("%s: %w", name, git.ErrTooLarge)
	}
	content, err := c.root.ReadFile(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	id, err := c.store.Write("blob", content)
	if err != nil {
		return nil, err
	}
	mode := git.ModeFile
	if runtime.GOOS == "windows" && before.Mode != 0 {
		mode = before.Mode
	} else if info.Mode()&0o100 != 0 {
		mode = git.ModeExec
	}
	if before.Mode == mode && before.ID() == id {
		return nil, nil
	}
	c.changed = append(c.changed, name)
	return []git.Edit{{Name: d.Name(), Mode: mode, ID: id}}, nil
}

// folder gives the edit for a folder.
func (c *treeCopy) folder(ctx context.Context, id, name string) ([]git.Edit, error) {
	made, err := c.collect(ctx, id, name)
	if err != nil || made == id {
		return nil, err
	}
	edit := git.Edit{Name: path.Base(name), ID: made}
	if made != "" {
		edit.Mode = git.ModeTree
	}
	return []git.Edit{edit}, nil
}
