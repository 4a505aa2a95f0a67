package cli

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/config"
	"backstay.dev/backstay/internal/git"
)

// impartial refuses to judge a backport by what it brings itself. The
// configuration is that of the checkout; where a backport is checked out that
// changes it, as a build server does with what people send, its own commands
// would be run and its own policy would hold.
func (w *workspace) impartial(ctx context.Context, vs []backport.Verification) error {
	head, err := w.repo.Resolve(ctx, "HEAD")
	if errors.Is(err, git.ErrUnknownName) {
		return nil // no commit yet
	}
	if err != nil {
		return err
	}
	for _, v := range vs {
		if len(v.Commits) == 0 || v.Target.Commit == "" {
			continue
		}
		own, err := w.configIn(ctx, v.Tree)
		if err != nil {
			return err
		}
		before, err := w.configIn(ctx, v.Target.Commit)
		if err != nil {
			return err
		}
		if bytes.Equal(own, before) {
			continue
		}
		tip := v.Commits[len(v.Commits)-1]
		if err := w.index.Update(ctx, []string{head, tip}); err != nil {
			return err
		}
		used := own // in a bare repository, where HEAD has it
		if w.repo.Worktree != "" {
			if used, err = readRegular(filepath.Join(w.repo.Worktree, config.FileName), config.MaxSize); err != nil {
				return err
			}
		}
		if bytes.Equal(own, used) && w.index.IsAncestor(tip, head) {
			return wrongUse("check out the branch that you trust, or put its "+config.FileName+" in place",
				"%s changes %s, and it is the one of your checkout: a backport cannot choose what judges it", v.Name, config.FileName)
		}
	}
	return nil
}

// configIn is the configuration of a tree or commit, nil for none.
func (w *workspace) configIn(ctx context.Context, id string) ([]byte, error) {
	o, err := w.store.Read(ctx, id, 0)
	if err == nil && o.Kind == "commit" {
		var c git.Commit
		if c, err = w.store.Commit(ctx, id); err == nil {
			o, err = w.store.Read(ctx, c.Tree, 0)
		}
	}
	if err != nil {
		return nil, err
	}
	e, ok := git.Tree(o.Content).Find(config.FileName, w.store.Format.RawLen())
	if !ok || !e.Mode.IsRegular() {
		return nil, nil
	}
	file, err := w.store.Read(ctx, e.ID(), config.MaxSize)
	if errors.Is(err, git.ErrTooLarge) {
		return nil, nil // nothing reads it, the checkout's neither
	}
	return file.Content, err
}
