package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

const (
	// maxEntries bounds how many files and folders are laid out.
	maxEntries = 1_000_000
	// maxLaid bounds their contents in bytes.
	maxLaid = 16 << 30
	// maxDepth bounds how deep folders lie in each other.
	maxDepth = 500
	// layBatch is how many files one reader is asked for at a time.
	layBatch = 256
)

// ErrTooMany says that a tree has more files, or larger ones, than anybody
// checks out.
var ErrTooMany = errors.New("more files than can be checked out")

// LayOut writes a tree of the store as files below root, which is empty: every
// file as it is stored, with no conversion and no filter, links as links and
// submodules as empty folders. keep says which links are laid, nil for all; a
// link leads where it leads and is never followed. Nothing is written outside
// of root: a name that could lead there, that git keeps for itself, or that is
// another entry's on this file system, is an error. Objects that lack are named
// together by a *MissingError.
//
// Memory is bounded by the tree's names and one file a reader.
func (s *Store) LayOut(ctx context.Context, root *os.Root, tree string, keep func(path, target string) bool) error {
	_, err := s.spread(ctx, root, tree, time.Time{}, keep)
	return err
}

// A folder is one tree as it will lie in the checkout.
type folder struct {
	path string
	tree Tree
	id   string
	subs []*folder // in the order of the tree
}

// A laid is one entry of a checkout that is no folder.
type laid struct {
	path string
	mode Mode
	raw  []byte
	size int64
	time time.Time
}

// spread is LayOut that says what lies there, in the order of an index. Files
// get the time at, unless that is zero.
func (s *Store) spread(ctx context.Context, root *os.Root, tree string, at time.Time, keep func(path, target string) bool) (*laying, error) {
	top, err := s.folders(ctx, tree)
	if err != nil {
		return nil, err
	}
	l := &laying{store: s, root: root, top: top, at: at, keep: keep}
	if err := l.makeFolders(top); err != nil {
		return nil, err
	}
	return l, l.writeFiles(ctx)
}

// folders reads a tree and all below it, a level at a time.
func (s *Store) folders(ctx context.Context, tree string) (*folder, error) {
	top := &folder{id: tree}
	count := 0
	level := []*folder{top}
	for depth := 0; len(level) > 0; depth++ {
		if depth > maxDepth {
			return nil, fmt.Errorf("folders lie deeper than %d: %w", maxDepth, ErrTooMany)
		}
		var next []*folder
		var lacks []string
		ids := make([]string, len(level))
		for i, f := range level {
			ids[i] = f.id
		}
		err := s.ReadAll(ctx, ids, func(i int, o Object) error {
			if o.Kind != "tree" {
				lacks = append(lacks, ids[i])
				return nil
			}
			f := level[i]
			f.tree = Tree(o.Content)
			n, err := f.read(s.Format.RawLen())
			if count += n; err == nil && count > maxEntries {
				err = ErrTooMany
			}
			next = append(next, f.subs...)
			return err
		})
		if err == nil && len(lacks) > 0 {
			err = &MissingError{IDs: lacks}
		}
		if err != nil {
			return nil, err
		}
		level = next
	}
	return top, nil
}

// read takes the folder's tree apart and counts its entries.
func (f *folder) read(rawLen int) (n int, err error) {
	var last Entry
	for rest := f.tree; len(rest) > 0; n++ {
		var e Entry
		var ok bool
		if e, rest, ok = rest.Next(rawLen); !ok || last.Mode != 0 && last.Compare(e) >= 0 {
			return n, fmt.Errorf("tree %s is damaged", f.id)
		}
		name := path.Join(f.path, string(e.Name))
		if !fileName(string(e.Name)) {
			return n, fmt.Errorf("%.200q cannot be a file's name", name)
		}
		if e.IsTree() {
			f.subs = append(f.subs, &folder{path: name, id: e.ID()})
		}
		last = e
	}
	return n, nil
}

// fileName reports whether a name of a tree is one file's name here and not the
// name of git's own folder on any system.
func fileName(name string) bool {
	if name == "." || name == ".." || strings.ContainsAny(name, "/\x00") || !filepath.IsLocal(name) {
		return false
	}
	if runtime.GOOS == "windows" && strings.ContainsAny(name, `\:`) {
		return false
	}
	return !isDotGit(name)
}

// ignorable are the code points that HFS+ passes over in a name (Apple's
// Technical Note 1150), in UTF-8.
var ignorable = strings.NewReplacer("\u200c", "", "\u200d", "", "\u200e", "", "\u200f", "",
	"\u202a", "", "\u202b", "", "\u202c", "", "\u202d", "", "\u202e", "",
	"\u206a", "", "\u206b", "", "\u206c", "", "\u206d", "", "\u206e", "", "\u206f", "", "\ufeff", "")

// isDotGit reports whether some file system takes the name for ".git", as git's
// core.protectHFS and core.protectNTFS have it: in any case, with code points
// that HFS+ ignores, with the dots and blanks at the end or the stream's name
// that Windows cuts off, or in its short form.
func isDotGit(name string) bool {
	name, _, _ = strings.Cut(strings.ToLower(ignorable.Replace(name)), ":")
	name, _, _ = strings.Cut(name, `\`)
	name = strings.TrimRight(name, " .")
	return name == ".git" || name == "git~1"
}

// A laying is a tree on its way to the disk.
type laying struct {
	store *Store
	root  *os.Root
	top   *folder
	at    time.Time
	keep  func(path, target string) bool

	files []laid
	left  int64 // bytes that may still be written
	mu    sync.Mutex
	lacks []string
}

// makeFolders makes all folders and lists the files, in the order of an index.
func (l *laying) makeFolders(f *folder) error {
	subs := f.subs
	for rest := f.tree; len(rest) > 0; {
		var e Entry
		e, rest, _ = rest.Next(l.store.Format.RawLen())
		name := path.Join(f.path, string(e.Name))
		if e.IsTree() || e.Mode == ModeGitlink {
			if err := l.root.Mkdir(filepath.FromSlash(name), 0o777); err != nil {
				return err
			}
		}
		if e.IsTree() {
			if err := l.makeFolders(subs[0]); err != nil {
				return err
			}
			subs = subs[1:]
			continue
		}
		l.files = append(l.files, laid{path: name, mode: e.Mode, raw: e.Raw})
	}
	return nil
}

// writeFiles writes all files, as many at a time as the store has readers.
func (l *laying) writeFiles(ctx context.Context) error {
	l.left = maxLaid
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	batches := make(chan []laid)
	var writers sync.WaitGroup
	for range min(cap(l.store.pool.free), runtime.GOMAXPROCS(0)) {
		writers.Go(func() {
			for batch := range batches {
				if err := l.writeBatch(ctx, batch); err != nil {
					stop(err)
				}
			}
		})
	}
	for files := l.files; len(files) > 0 && ctx.Err() == nil; {
		n := min(len(files), layBatch)
		select {
		case batches <- files[:n]:
			files = files[n:]
		case <-ctx.Done():
		}
	}
	close(batches)
	writers.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if len(l.lacks) > 0 {
		return &MissingError{IDs: l.lacks}
	}
	return nil
}

// writeBatch writes files that stand behind each other in the order of an index.
func (l *laying) writeBatch(ctx context.Context, batch []laid) error {
	var ids []string
	var places []*laid
	for i := range batch {
		if f := &batch[i]; f.mode != ModeGitlink {
			ids = append(ids, Entry{Raw: f.raw}.ID())
			places = append(places, f)
		}
	}
	at := place{root: l.root}
	defer func() { at.leave() }()
	return l.store.ReadAll(ctx, ids, func(i int, o Object) error {
		f := places[i]
		l.mu.Lock()
		if o.Kind != "blob" {
			l.lacks = append(l.lacks, ids[i])
		}
		l.left -= int64(len(o.Content))
		full := l.left < 0
		l.mu.Unlock()
		switch {
		case full:
			return ErrTooMany
		case o.Kind != "blob":
			return nil
		}
		dir, name := path.Split(f.path)
		folder, err := at.enter(dir)
		if err == nil {
			err = l.lay(folder, name, f, o.Content)
		}
		if errors.Is(err, os.ErrExist) {
			return fmt.Errorf("check out %.200q: another entry of the tree has its place on this file system: %w", f.path, err)
		}
		return err
	})
}

// A place is the folder that was last written to, kept open: a path from the
// top would be walked for each of its files.
type place struct {
	root   *os.Root
	dir    string
	folder *os.Root
}

func (p *place) enter(dir string) (*os.Root, error) {
	if dir == "" {
		return p.root, nil
	}
	if p.folder != nil && p.dir == dir {
		return p.folder, nil
	}
	p.leave()
	folder, err := p.root.OpenRoot(filepath.FromSlash(dir))
	if err == nil {
		p.dir, p.folder = dir, folder
	}
	return folder, err
}

func (p *place) leave() {
	if p.folder != nil {
		_ = p.folder.Close() // a folder that was only stood in
		p.folder = nil
	}
}

// lay writes one file or link.
func (l *laying) lay(folder *os.Root, name string, f *laid, content []byte) error {
	f.size = int64(len(content))
	if f.mode == ModeSymlink {
		target := string(content)
		if l.keep != nil && !l.keep(f.path, target) {
			return nil
		}
		if err := folder.Symlink(target, name); err != nil {
			return err
		}
		if st, err := folder.Lstat(name); err == nil {
			f.time = st.ModTime()
		}
		return nil
	}
	mode := os.FileMode(0o666)
	if f.mode == ModeExec {
		mode = 0o777
	}
	file, err := folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Close()); err != nil || l.at.IsZero() {
		return err
	}
	f.time = l.at
	return folder.Chtimes(name, l.at, l.at)
}
