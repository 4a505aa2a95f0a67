package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"backstay.dev/backstay/internal/config"
	"backstay.dev/backstay/internal/find"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/say"
)

// repository says what kind of repository this is.
func (d *diagnosis) repository(ctx context.Context, repo *git.Repo) {
	kind := "bare"
	switch {
	case repo.Worktree != "" && repo.GitDir != repo.CommonDir:
		kind = "linked worktree " + repo.Worktree + " of"
	case repo.Worktree != "":
		kind = "with a checkout"
	}
	d.add("repository", checkOK, "", "%s, %s; objects %s, refs %s", repo.CommonDir, strings.TrimSuffix(kind, " of"), repo.Format, repo.RefFormat)
	if repo.Shallow {
		d.add("repository", checkWarn, "git fetch --unshallow brings the rest",
			"shallow: fixes beyond its boundary cannot be read, and what is there already may not be seen")
	}
	if from := repo.Promisors(ctx); len(from) > 0 {
		d.add("repository", checkWarn, "with --fetch every command has git fetch what it lacks",
			"partial clone: some objects are at %s only", strings.Join(from, ", "))
	}
	if n, err := alternates(repo); err != nil {
		d.add("repository", checkWarn, "", "alternates cannot be read: %v", err)
	} else if n > 0 {
		d.add("repository", checkOK, "", "borrows objects of %s", strings.Replace(say.Count(n, "repository"), "repositorys", "repositories", 1))
	}
	for _, objects := range repo.Vanished() {
		d.add("repository", checkMissing, "bring it back, or correct "+filepath.Join(repo.Objects, "info", "alternates"), "borrows objects of %s, which is not there", objects)
	}
	if graft := filepath.Join(repo.CommonDir, "info", "grafts"); exists(graft) {
		d.add("repository", checkWarn, "git replace --convert-graft-file turns them into replace refs", "has grafts, which git has deprecated")
	}
}

// alternates counts the object stores that the repository borrows from.
func alternates(repo *git.Repo) (int, error) {
	text, err := os.ReadFile(filepath.Join(repo.Objects, "info", "alternates"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			n++
		}
	}
	return n, err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// project looks at what needs the repository's objects: configuration, release
// branches, index.
func (d *diagnosis) project(ctx context.Context, repo *git.Repo, fetch bool) {
	store, err := repo.NewStore(ctx, 1)
	if err != nil {
		d.add("repository", checkMissing, "", "no private store can be made: %v", err)
		return
	}
	conf, there, err := readConfig(ctx, repo, store)
	if err == nil {
		err = checkStyle(conf.Provenance, config.FileName)
	}
	d.releases(ctx, repo, store, conf)
	d.config(repo, there, lacking(ctx, repo, fetch, err))
	d.index(ctx, repo, store)
	if err := store.FetchError(); err != nil {
		what, hint := advice(err)
		d.add("repository", checkWarn, hint, "%s", what)
	}
	if err := store.Close(); err != nil {
		d.add("cache", checkWarn, "", "%v", err)
	}
}

// maxShown bounds the release branches that are listed.
const maxShown = 12

func (d *diagnosis) releases(ctx context.Context, repo *git.Repo, store *git.Store, conf config.Config) {
	found, err := find.Releases(ctx, repo, store, conf.Releases)
	switch {
	case err != nil:
		d.add("releases", checkWarn, "", "%v", err)
		return
	case len(found.Targets) == 0:
		d.add("releases", checkWarn, "name targets with --to, or list the branches under `releases:` in "+config.FileName, "%s", found.Rule)
		return
	}
	d.add("releases", checkOK, "", "%s", found.Rule)
	var names []string
	for _, t := range found.Targets[:min(len(found.Targets), maxShown)] {
		names = append(names, t.Name)
	}
	if more := len(found.Targets) - maxShown; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	d.add("releases", checkOK, "", "%s", strings.Join(names, ", "))
}

func (d *diagnosis) config(repo *git.Repo, there bool, err error) {
	where := "in HEAD"
	if repo.Worktree != "" {
		where = "in the checkout"
	}
	switch {
	case err != nil:
		what, hint := advice(err)
		d.add("config", checkMissing, hint, "%s", what)
	case !there:
		d.add("config", checkOK, "", "no %s %s; none is needed", config.FileName, where)
	default:
		d.add("config", checkOK, "", "%s %s", config.FileName, where)
	}
}

// index says how much of history is known already.
func (d *diagnosis) index(ctx context.Context, repo *git.Repo, store *git.Store) {
	file := d.app.indexFile(repo)
	if file == "" {
		return
	}
	index, err := history.Open(ctx, repo, store, history.Options{File: file})
	switch {
	case err != nil:
		d.add("cache", checkWarn, "", "index: %v", err)
	case index.Len() == 0:
		d.add("cache", checkOK, "", "index: none yet, the first pick makes it")
	default:
		d.add("cache", checkOK, "", "index: %s, %s", say.Count(index.Len(), "commit"), sizeOf(file))
	}
}

// cache says where things are kept between commands.
func (d *diagnosis) cache(repo *git.Repo) {
	dir := d.app.cacheDir()
	switch {
	case d.app.noCache:
		d.add("cache", checkOK, "", "not used (--no-cache)")
	case dir == "":
		d.add("cache", checkWarn, "set HOME, XDG_CACHE_HOME or BACKSTAY_CACHE", "no folder for caches: history is read anew each time")
	case !writable(dir):
		d.add("cache", checkWarn, "make it writable, or name another one with BACKSTAY_CACHE", "%s cannot be written: history is read anew each time", dir)
	default:
		d.add("cache", checkOK, "", "%s, %s; safe to delete", dir, sizeOf(dir))
	}
}

// writable tries it.
func writable(dir string) bool {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return false
	}
	f, err := os.CreateTemp(dir, "try-")
	if err != nil {
		return false
	}
	return also(f.Close(), os.Remove(f.Name())) == nil
}

// sizeOf is the size of all files below a path, for people.
func sizeOf(path string) string {
	var n int64
	err := filepath.WalkDir(path, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil //nolint:nilerr // what cannot be seen is not counted
		}
		if info, err := e.Info(); err == nil {
			n += info.Size()
		}
		return nil
	})
	switch {
	case err != nil:
		return "size unknown"
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return say.Count(int(n), "byte")
}
