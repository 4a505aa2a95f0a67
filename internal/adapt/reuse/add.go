package reuse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"backstay.dev/backstay/internal/git"
)

// maxTries is how often a lost race is run again.
const maxTries = 20

// Add writes resolutions as one commit on top of [Ref], and takes in what was
// fetched of others. Those that are there already, or too large, are left out;
// without any left nothing is written.
func (s *Store) Add(ctx context.Context, rs []Resolution) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	for try := range maxTries {
		if try > 0 {
			if err := pause(ctx, time.Duration(try)*10*time.Millisecond); err != nil {
				return err
			}
			if err := s.read(ctx); err != nil {
				return fmt.Errorf("add resolutions: %w", err)
			}
		}
		err = s.add(ctx, rs)
		if err == nil || !errors.Is(err, git.ErrRefChanged) && !errors.Is(err, git.ErrRefLocked) {
			break
		}
	}
	if err == nil {
		err = s.read(ctx)
	}
	if err != nil {
		return fmt.Errorf("add resolutions: %w", err)
	}
	return nil
}

// pause waits for the one who was faster.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// add is one try, on top of what read has found.
func (s *Store) add(ctx context.Context, rs []Resolution) error {
	parents, err := s.parents(ctx)
	if err != nil {
		return err
	}
	fresh, err := s.fresh(ctx, parents, rs)
	if err != nil {
		return err
	}
	tip := ""
	if len(fresh) > 0 || len(parents) > 1 {
		tip, err = s.commit(ctx, parents, fresh, rs)
	} else if len(parents) == 1 {
		tip = parents[0]
	}
	if err != nil || tip == s.own {
		return err
	}
	errs, err := s.repo.Publish(ctx, s.store, parents, []git.Transaction{{
		Reason: "backstay: add resolutions", Updates: []git.Update{{Name: Ref, Old: s.own, New: tip}},
	}})
	return errors.Join(errs[0], err)
}

// parents are the tips that the next commit stands on: our own, or what was
// fetched and has grown out of it, and others that these do not reach.
func (s *Store) parents(ctx context.Context) ([]string, error) {
	var out []string
	if s.own != "" {
		out = append(out, s.own)
	}
	for _, tip := range s.others {
		beyond, err := s.beyond(ctx, tip, out)
		if err != nil {
			return nil, err
		}
		if !beyond {
			continue
		}
		kept := []string{}
		for _, p := range out {
			apart, err := s.beyond(ctx, p, []string{tip})
			if err != nil {
				return nil, err
			}
			if apart {
				kept = append(kept, p)
			}
		}
		out = append(kept, tip)
	}
	return out, nil
}

// beyond reports whether tip has commits that known do not reach.
func (s *Store) beyond(ctx context.Context, tip string, known []string) (bool, error) {
	found := errors.New("there is one")
	err := s.store.Log(ctx, []string{tip}, known, func(git.LogEntry) error { return found })
	if errors.Is(err, found) {
		return true, nil
	}
	return false, err
}

// fresh are the files that the next tree has and that of the first parent has
// not, by folder and name. Of two blobs of one name, which differ in the moment
// only, what is there already counts, and else the lesser, so that all
// histories agree in the end.
func (s *Store) fresh(ctx context.Context, parents []string, rs []Resolution) (map[string]map[string]string, error) {
	now := map[string]map[string]string{}
	put := func(folder, name, blob string) {
		if now[folder] == nil {
			now[folder] = map[string]string{}
		}
		if had := now[folder][name]; had == "" || blob < had {
			now[folder][name] = blob
		}
	}
	for i, parent := range parents {
		if i == 0 {
			continue
		}
		err := s.each(ctx, parent, nil, put)
		if err != nil {
			return nil, err
		}
	}
	added := map[string]string{}
	for _, r := range rs {
		path := r.name()
		folder, name, _ := strings.Cut(path, "/")
		if !r.fits() || now[folder][name] != "" {
			continue
		}
		blob, err := s.store.Write("blob", r.encode())
		if err != nil {
			return nil, err
		}
		added[path] = blob
		put(folder, name, blob)
	}
	if len(parents) > 0 {
		wanted := func(folder string) bool { return now[folder] != nil }
		err := s.each(ctx, parents[0], wanted, func(folder, name, blob string) {
			if had := now[folder][name]; had != "" && (blob <= had || added[folder+"/"+name] == had) {
				delete(now[folder], name)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	maps.DeleteFunc(now, func(_ string, files map[string]string) bool { return len(files) == 0 })
	return now, nil
}

// each hands over the files of a commit, of all folders or of those wanted.
func (s *Store) each(ctx context.Context, commit string, wanted func(folder string) bool, f func(folder, name, blob string)) error {
	root, err := s.root(ctx, commit)
	if err != nil {
		return err
	}
	for folder, e := range s.folders(root) {
		if wanted != nil && !wanted(folder) {
			continue
		}
		tree, err := s.tree(ctx, e.ID())
		if err != nil {
			return err
		}
		for name, blob := range s.files(tree) {
			f(folder, name, blob)
		}
	}
	return nil
}

// commit writes the next commit: the tree of the first parent with the fresh
// files in it.
func (s *Store) commit(ctx context.Context, parents []string, fresh map[string]map[string]string, rs []Resolution) (string, error) {
	who, err := s.repo.Ident(ctx)
	if err != nil {
		return "", err
	}
	var root git.Tree
	if len(parents) > 0 {
		if root, err = s.root(ctx, parents[0]); err != nil {
			return "", err
		}
	}
	rawLen := s.store.Format.RawLen()
	var edits []git.Edit
	for folder, files := range fresh {
		var tree git.Tree
		if e, ok := root.Find(folder, rawLen); ok && e.IsTree() {
			if tree, err = s.tree(ctx, e.ID()); err != nil {
				return "", err
			}
		}
		var inside []git.Edit
		for name, blob := range files {
			inside = append(inside, git.Edit{Name: name, Mode: git.ModeFile, ID: blob})
		}
		if tree, err = tree.Apply(inside, rawLen); err != nil {
			return "", err
		}
		id, err := s.store.Write("tree", tree)
		if err != nil {
			return "", err
		}
		edits = append(edits, git.Edit{Name: folder, Mode: git.ModeTree, ID: id})
	}
	if root, err = root.Apply(edits, rawLen); err != nil {
		return "", err
	}
	tree, err := s.store.Write("tree", root)
	if err != nil {
		return "", err
	}
	return s.store.Write("commit", git.Commit{
		Tree: tree, Parents: parents, Author: who, Committer: who, Message: []byte(message(rs)),
	}.Encode())
}

// message says what was added, for `git log`.
func message(rs []Resolution) string {
	if len(rs) == 0 {
		return "take in what was fetched\n"
	}
	count := map[string]int{}
	for _, r := range rs {
		count[r.Path]++
	}
	noun := "resolutions"
	if len(rs) == 1 {
		noun = "resolution"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "add %d %s\n\n", len(rs), noun)
	for _, path := range slices.Sorted(maps.Keys(count)) {
		fmt.Fprintf(&b, "%.200q: %d\n", path, count[path])
	}
	return b.String()
}
