package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"backstay.dev/backstay/internal/git"
)

// folder is the value of -C: every further one is taken relative to those
// before it, as git's is.
type folder []string

func (f *folder) String() string { return strings.Join(*f, " ") }

func (f *folder) Set(s string) error {
	*f = append(*f, s)
	return nil
}

func (f *folder) Type() string { return "DIR" }

// path is the folder that the command works in.
func (f folder) path() string {
	path := "."
	for _, dir := range f {
		switch {
		case dir == "":
		case filepath.IsAbs(dir):
			path = dir
		default:
			path = filepath.Join(path, dir)
		}
	}
	return path
}

// within is the path of a file as the user names it: relative to -C.
func (f folder) within(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(f.path(), name)
}

// maxJobs bounds --jobs: each is a git process.
const maxJobs = 64

// prepare checks the global options, before any command runs.
func (a *app) prepare() error {
	switch {
	case a.jobs < 0:
		return wrongUse("", "--jobs wants a positive number")
	case a.jobs == 0:
		a.jobs = runtime.NumCPU()
	}
	a.jobs = min(a.jobs, maxJobs)
	dir := a.dir.path()
	st, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return wrongUse("", "%s: no such folder", dir)
	case err == nil && !st.IsDir(), errors.Is(err, syscall.ENOTDIR):
		return wrongUse("name the folder that it is in", "-C %s: a file, and no folder", dir)
	case err != nil:
		return fmt.Errorf("open %s: %w", dir, err)
	}
	return nil
}

// cacheDir is the folder for caches, "" where none can be had or is wanted.
func (a *app) cacheDir() string {
	if a.noCache {
		return ""
	}
	if dir := a.getenv("BACKSTAY_CACHE"); dir != "" {
		if abs, err := filepath.Abs(dir); err == nil {
			return abs
		}
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "backstay")
}

// gitOptions are those with which every repository is opened. Stores are made
// in memory, unless the user said where things are to be.
func (a *app) gitOptions(fetch bool) git.Options {
	o := git.Options{Env: a.Env, Fetch: fetch}
	if a.getenv("BACKSTAY_CACHE") == "" && a.getenv("TMPDIR") == "" {
		o.Scratch = git.MemoryScratch()
	}
	if o.Scratch != "" {
		return o
	}
	if dir := a.cacheDir(); dir != "" && os.MkdirAll(filepath.Join(dir, "stores"), 0o700) == nil {
		o.Scratch = filepath.Join(dir, "stores")
	}
	return o
}
