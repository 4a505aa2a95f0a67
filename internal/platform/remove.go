package platform

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// RemoveAll removes a folder that hostile programs filled: also where they took
// the right to write away, as Go's module cache does, and however deep it is.
// Links are removed, never followed, and what is mounted there is unmounted. A
// folder that is not there is removed.
//
// Folders are moved up to the top before they are emptied, so that no path grows
// longer than two names and nothing is called recursively.
func RemoveAll(dir string) error {
	parent, err := os.OpenRoot(filepath.Dir(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = parent.Close() }() // nothing is written to it
	name := filepath.Base(dir)
	info, err := parent.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.IsDir():
		return parent.Remove(name)
	}
	if err := unmountBelow(dir); err != nil {
		return err
	}
	if err := parent.Chmod(name, 0o700); err != nil {
		return err
	}
	top, err := parent.OpenRoot(name)
	if err != nil {
		return err
	}
	err = empty(top)
	_ = top.Close() // an open folder cannot be removed on Windows
	if err != nil {
		return err
	}
	return parent.Remove(name)
}

// batch is how many names are read at once.
const batch = 1024

// empty removes all that is in a folder.
func empty(top *os.Root) error {
	// No file can have been given a name that starts like this.
	prefix := rand.Text()
	moved := 0
	up := func() string { moved++; return prefix + strconv.Itoa(moved) }
	for {
		entries, err := names(top, ".")
		if err != nil || len(entries) == 0 {
			return err
		}
		for _, e := range entries {
			if !e.IsDir() {
				if err := gone(top.Remove(e.Name())); err != nil {
					return err
				}
				continue
			}
			if err := flatten(top, e.Name(), up); err != nil {
				return err
			}
		}
	}
}

// flatten removes a folder at the top and moves the folders in it up.
func flatten(top *os.Root, name string, up func() string) error {
	if err := top.Chmod(name, 0o700); err != nil {
		return gone(err)
	}
	folder, err := top.OpenRoot(name)
	if err != nil {
		return err
	}
	for {
		entries, err := names(folder, ".")
		if err == nil {
			err = flattenAll(top, folder, name, entries, up)
		}
		if err != nil || len(entries) == 0 {
			_ = folder.Close() // an open folder cannot be removed on Windows
			if err != nil {
				return err
			}
			return gone(top.Remove(name))
		}
	}
}

func flattenAll(top, folder *os.Root, name string, entries []os.DirEntry, up func() string) error {
	for _, e := range entries {
		if !e.IsDir() {
			if err := gone(folder.Remove(e.Name())); err != nil {
				return err
			}
			continue
		}
		// A folder that may not be written cannot be moved elsewhere.
		if err := folder.Chmod(e.Name(), 0o700); err != nil {
			return err
		}
		if err := top.Rename(filepath.Join(name, e.Name()), up()); err != nil {
			return err
		}
	}
	return nil
}

func names(top *os.Root, name string) ([]os.DirEntry, error) {
	f, err := top.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(batch)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return entries, err
}

// gone is err, unless it says that a thing is not there.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
