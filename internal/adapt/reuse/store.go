package reuse

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"

	"backstay.dev/backstay/internal/git"
)

const (
	// Ref is where resolutions are kept.
	Ref = "refs/backstay/resolutions"
	// fetched is the folder of those of others, <remote>/resolutions in it.
	fetched       = "refs/backstay/remotes"
	fetchedSuffix = "/resolutions"
)

const (
	// maxTree bounds a tree that is read, in bytes.
	maxTree = 64 << 20
	// maxNames bounds the resolutions that are known of, those of others
	// included.
	maxNames = 1 << 20
	// maxAnswers bounds how many resolutions of one chunk are read.
	maxAnswers = 64
)

// Store finds and adds the resolutions of a repository. It may be used by
// several goroutines at once.
type Store struct {
	repo  *git.Repo
	store *git.Store

	mu sync.Mutex
	// own and others are the tips; "" where there is none.
	own    string
	others []string
	// names are the blobs by key, of the folders in loaded.
	names  map[string][]string
	roots  map[string][]string // trees by folder name, one for each tip that has it
	loaded map[string]bool
	count  int
	blobs  map[string]Resolution
	// held are resolutions that are in no commit yet, by key.
	held map[string][]Resolution
}

// Open reads which resolutions there are. A repository without any is fine.
func Open(ctx context.Context, repo *git.Repo, store *git.Store) (*Store, error) {
	s := &Store{repo: repo, store: store, blobs: map[string]Resolution{}, held: map[string][]Resolution{}}
	if err := s.read(ctx); err != nil {
		return nil, fmt.Errorf("open resolutions: %w", err)
	}
	return s, nil
}

// read looks the refs up and reads the root trees.
func (s *Store) read(ctx context.Context) error {
	refs, err := s.repo.Refs(ctx, Ref, fetched)
	if err != nil {
		return err
	}
	s.own, s.others = "", nil
	for _, r := range refs {
		switch {
		case r.Commit == "":
		case r.Name == Ref:
			s.own = r.Commit
		case strings.HasSuffix(r.Name, fetchedSuffix) && r.Commit != r.Object:
			// a tag, which nobody who follows docs/resolutions.md has there
		case strings.HasSuffix(r.Name, fetchedSuffix):
			s.others = append(s.others, r.Commit)
		}
	}
	s.names, s.roots, s.loaded, s.count = map[string][]string{}, map[string][]string{}, map[string]bool{}, 0
	for _, tip := range append([]string{s.own}, s.others...) {
		if tip == "" {
			continue
		}
		root, err := s.root(ctx, tip)
		if err != nil {
			return err
		}
		for name, e := range s.folders(root) {
			if id := e.ID(); !slices.Contains(s.roots[name], id) {
				s.roots[name] = append(s.roots[name], id)
			}
		}
	}
	return nil
}

// root is the tree of a commit; none if it cannot be read, since what is
// damaged is as good as not there.
func (s *Store) root(ctx context.Context, commit string) (git.Tree, error) {
	c, err := s.store.Commit(ctx, commit)
	if err != nil {
		return nil, harmless(err)
	}
	return s.tree(ctx, c.Tree)
}

func (s *Store) tree(ctx context.Context, id string) (git.Tree, error) {
	o, err := s.store.Read(ctx, id, maxTree)
	if err != nil || o.Kind != "tree" {
		return nil, harmless(err)
	}
	return o.Content, nil
}

// harmless leaves out the errors that are about one object.
func harmless(err error) error {
	var missing *git.MissingError
	if errors.As(err, &missing) || errors.Is(err, git.ErrTooLarge) {
		return nil
	}
	return err
}

// folders are the entries of a root tree that resolutions lie in.
func (s *Store) folders(root git.Tree) map[string]git.Entry {
	out := map[string]git.Entry{}
	for {
		e, rest, ok := root.Next(s.store.Format.RawLen())
		if !ok {
			return out
		}
		if e.IsTree() && isHex(string(e.Name), 2) {
			out[string(e.Name)] = e
		}
		root = rest
	}
}

// files are the resolutions of a folder's tree: blobs by name.
func (s *Store) files(tree git.Tree) map[string]string {
	out := map[string]string{}
	for {
		e, rest, ok := tree.Next(s.store.Format.RawLen())
		if !ok {
			return out
		}
		key, digest, found := strings.Cut(string(e.Name), "-")
		if found && e.Mode == git.ModeFile && isHex(key, 62) && isHex(digest, 16) {
			out[string(e.Name)] = e.ID()
		}
		tree = rest
	}
}

func isHex(s string, n int) bool {
	_, err := hex.DecodeString(s)
	return err == nil && len(s) == n && s == strings.ToLower(s)
}

// Find returns what this chunk was resolved to, the best first: made for the
// very same bytes before made for a chunk that has the same Key, by persons
// before by rungs, the newest first. Result is as it would stand in place of
// the chunk asked for, Base, Ours and Theirs are those it was made for. Of
// equal results only the best is returned. before leaves out all that was not
// made before this moment, in seconds since 1970; 0 asks for all.
func (s *Store) Find(ctx context.Context, base, ours, theirs []byte, before int64) ([]Resolution, error) {
	var all []Resolution
	for _, key := range []string{Key(base, ours, theirs), key2(ours, theirs)} {
		some, err := s.under(ctx, key)
		if err != nil {
			return nil, fmt.Errorf("find resolutions: %w", err)
		}
		all = append(all, some...)
	}
	type found struct {
		Resolution
		exact bool
	}
	var list []found
	for _, r := range all {
		if before != 0 && r.When >= before {
			continue
		}
		if result, exact, ok := r.fit(base, ours, theirs); ok && plain(result, base, ours, theirs) {
			r.Result = result
			list = append(list, found{r, exact})
		}
	}
	sort.SliceStable(list, func(i, j int) bool {
		a, b := list[i], list[j]
		switch {
		case a.exact != b.exact:
			return a.exact
		case a.TwoSided != b.TwoSided:
			return b.TwoSided
		case (a.By == Person) != (b.By == Person):
			return a.By == Person
		}
		return a.When > b.When
	})
	var out []Resolution
	seen := map[string]bool{}
	for _, f := range list {
		if !seen[string(f.Result)] {
			seen[string(f.Result)] = true
			out = append(out, f.Resolution)
		}
	}
	return out, nil
}

// under reads what is kept under a key.
func (s *Store) under(ctx context.Context, key string) ([]Resolution, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.load(ctx, key[:2]); err != nil {
		return nil, err
	}
	out := slices.Clone(s.held[key])
	ids := s.names[key]
	for _, id := range ids[:min(len(ids), maxAnswers)] {
		r, ok := s.blobs[id]
		if !ok {
			o, err := s.store.Read(ctx, id, maxBlob)
			if harmless(err) != nil {
				return nil, err
			}
			if err == nil && o.Kind == "blob" {
				r, _ = parse(o.Content) // what cannot be read has another key
			}
			s.blobs[id] = r
		}
		if r.key() == key {
			out = append(out, r)
		}
	}
	return out, nil
}

// load reads the names in a folder.
func (s *Store) load(ctx context.Context, folder string) error {
	if s.loaded[folder] {
		return nil
	}
	for _, id := range s.roots[folder] {
		tree, err := s.tree(ctx, id)
		if err != nil {
			return err
		}
		for name, blob := range s.files(tree) {
			key, _, _ := strings.Cut(folder+name, "-")
			if s.count < maxNames && !slices.Contains(s.names[key], blob) {
				s.names[key] = append(s.names[key], blob)
				s.count++
			}
		}
	}
	s.loaded[folder] = true
	return nil
}

// Hold makes resolutions known to Find without writing them.
func (s *Store) Hold(rs ...Resolution) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range rs {
		key := r.key()
		name := r.name()
		if r.fits() && !slices.ContainsFunc(s.held[key], func(o Resolution) bool { return o.name() == name }) {
			s.held[key] = append(s.held[key], r)
		}
	}
}
