package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/config"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
)

// workspace is the repository of a command, with all that the command thinks
// in. close removes the store.
type workspace struct {
	repo   *git.Repo
	store  *git.Store
	index  *history.Index
	config config.Config

	app      *app
	progress *progress
}

// open opens the repository that -C names. fetch lets git fetch objects that a
// partial clone lacks; borrow are object stores to be read beside its own.
func (a *app) open(ctx context.Context, fetch bool, borrow ...string) (*workspace, error) {
	opts, shown, fetched := a.gitOptions(fetch), a.progress(), 0
	opts.Fetching = func(objects int) {
		fetched += objects // one fetch at a time
		shown.update("fetching objects", fetched, 0)
	}
	for _, objects := range borrow {
		if objects != "" {
			opts.Borrow = append(opts.Borrow, objects)
		}
	}
	repo, err := git.Open(ctx, a.dir.path(), opts)
	if err != nil {
		return nil, err
	}
	w := &workspace{repo: repo, app: a, progress: shown}
	for _, objects := range repo.Vanished() {
		a.note("the repository borrows objects of %s, which is not there: what lies there cannot be read (%s)", objects, filepath.Join(repo.Objects, "info", "alternates"))
	}
	if w.store, err = repo.NewStore(ctx, a.jobs); err != nil {
		return nil, err
	}
	if w.config, _, err = readConfig(ctx, repo, w.store); err == nil {
		w.index, err = history.Open(ctx, repo, w.store, history.Options{
			File:     a.indexFile(repo),
			Progress: func(stage string, done, total int) { w.progress.update("reading history: "+stage, done, total) },
		})
	}
	if err != nil {
		return nil, also(also(lacking(ctx, repo, fetch, err), w.store.FetchError()), w.store.Close())
	}
	return w, nil
}

// close ends the workspace; err is what the command came to.
func (w *workspace) close(ctx context.Context, err *error) {
	w.progress.done()
	if *err = lacking(ctx, w.repo, w.store.Fetches(), *err); *err == nil || errors.Is(*err, errNeedsPerson) {
		w.tellLacking(ctx)
	}
	if saveErr := w.index.SaveError(); saveErr != nil {
		w.app.note("the index is not kept, the next command will take as long: %v", saveErr)
	}
	*err = also(also(*err, w.store.FetchError()), w.store.Close())
}

// repositoryKey tells repositories apart in a folder that they share.
func repositoryKey(repo *git.Repo) string {
	key := sha256.Sum256([]byte(repo.CommonDir))
	return hex.EncodeToString(key[:8])
}

// indexFile is where the index of a repository is kept, "" to keep it in
// memory. Linked worktrees share it.
func (a *app) indexFile(repo *git.Repo) string {
	dir := a.cacheDir()
	if dir == "" {
		return ""
	}
	dir = filepath.Join(dir, repositoryKey(repo))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		a.cacheless.Do(func() { a.note("no cache: %v", err) })
		return ""
	}
	return filepath.Join(dir, "history.idx")
}

// readConfig reads the project's configuration: the file in the checkout, or
// in a bare repository that of HEAD. No file asks for nothing; there says
// whether there is one.
func readConfig(ctx context.Context, repo *git.Repo, store *git.Store) (c config.Config, there bool, err error) {
	var text []byte
	if repo.Worktree != "" {
		text, err = readRegular(filepath.Join(repo.Worktree, config.FileName), config.MaxSize)
	} else {
		text, err = readFromHead(ctx, repo, store)
	}
	if err != nil {
		return config.Config{}, true, fmt.Errorf("read %s: %w", config.FileName, err)
	}
	c, err = config.Parse(config.FileName, text)
	return c, text != nil, err
}

// readRegular reads up to one byte more than limit of a file; one that is
// absent is nil. No link is followed: it could lead anywhere.
func readRegular(path string, limit int64) ([]byte, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &backport.InputError{What: filepath.Base(path) + " is no regular file", Hint: "put a file in its place, or remove it"}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit+1))
}

func readFromHead(ctx context.Context, repo *git.Repo, store *git.Store) ([]byte, error) {
	head, err := repo.Resolve(ctx, "HEAD")
	if errors.Is(err, git.ErrUnknownName) {
		return nil, nil // no commit yet
	}
	if err != nil {
		return nil, err
	}
	c, err := store.Commit(ctx, head)
	if err != nil {
		return nil, err
	}
	tree, err := store.Read(ctx, c.Tree, 0)
	if err != nil {
		return nil, err
	}
	e, ok := git.Tree(tree.Content).Find(config.FileName, store.Format.RawLen())
	if !ok || !e.Mode.IsRegular() {
		return nil, nil
	}
	file, err := store.Read(ctx, e.ID(), config.MaxSize)
	if errors.Is(err, git.ErrTooLarge) {
		return nil, &backport.InputError{What: fmt.Sprintf("%s is larger than %d MiB", config.FileName, config.MaxSize>>20)}
	}
	return file.Content, err
}
