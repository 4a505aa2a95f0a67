package carry

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/provenance"
)

// editState is an edit as it is kept between the commands, in the file
// state of Editor.Dir. Beside it lies the worktree of the step that a
// person is at; trees and commits named here are in its objects. It is written
// by encoding/gob: paths and names of branches are bytes, which JSON would bend
// to UTF-8.
type editState struct {
	Version int
	Fix     backport.Fix
	Target  backport.Target
	Order   editOrder
	// Present are the steps that history says the target has, by index.
	Present []bool
	// Done are the steps that are over.
	Done []editStep
	// Tree is the target's tree after the steps done, Head a commit of it.
	Tree string
	Head string
	// Worktree is the name of its folder, Merged the tree it was laid out
	// with, Open what is to be resolved in it.
	Worktree string
	Merged   string
	Open     []EditFile
	// Files are the paths of this step that are not open.
	Files []backport.File
}

// editOrder is what of an Order holds for an edit.
type editOrder struct {
	Force    bool
	SignOff  bool
	Proposed bool
	GitOnly  bool
	Look     bool
	Style    provenance.Style
}

// editStep is a step that is over.
type editStep struct {
	// Tree is the target's tree after it.
	Tree string
	// Files are its paths with their results.
	Files []backport.File
	// Answered are the files that a person resolved.
	Answered []EditFile
}

const (
	editVersion  = 1
	editFile     = "state"
	maxEditState = 64 << 20
)

// errDamaged says that a state is none, or another version's.
var errDamaged = errors.New("it is damaged, or of another version")

// loadEdit reads the state in a folder; nil if no edit is under way.
func loadEdit(dir string) (*editState, error) {
	path := filepath.Join(dir, editFile)
	st, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the state of the edit: %w", err)
	}
	var s editState
	if st.Size() > maxEditState || !st.Mode().IsRegular() {
		err = errDamaged
	} else if text, readErr := os.ReadFile(path); readErr != nil {
		return nil, fmt.Errorf("read the state of the edit: %w", readErr)
	} else if gob.NewDecoder(bytes.NewReader(text)).Decode(&s) != nil || !s.sound() {
		err = errDamaged
	}
	if err != nil {
		return nil, &backport.InputError{What: fmt.Sprintf("the state of the edit in %s cannot be read: %v", dir, err), Hint: "give it up with --abort", Err: err}
	}
	return &s, nil
}

// sound reports whether a state is one that save wrote.
func (s *editState) sound() bool {
	return s.Version == editVersion && len(s.Fix.Steps) > len(s.Done) && len(s.Present) == len(s.Fix.Steps) &&
		filepath.IsLocal(s.Worktree) && strings.HasPrefix(s.Worktree, worktreePrefix) && !strings.ContainsAny(s.Worktree, `/\`)
}

// save writes the state in one step, and only when it is on the disk the old
// one is gone.
func (s *editState) save(dir string) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("keep the state of the edit: %w", err)
		}
	}()
	s.Version = editVersion
	f, err := os.CreateTemp(dir, editFile+".tmp-")
	if err != nil {
		return err
	}
	err = gob.NewEncoder(f).Encode(s)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, editFile))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncFolder(dir)
}

// syncFolder makes a rename in a folder last. Where folders cannot be synced,
// as on Windows, renames are journalled.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = f.Sync()
	return f.Close()
}

// tidy removes from the folder what a process that was killed left: all but the
// state and its worktree.
func (s *editState) tidy(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		ours := strings.HasPrefix(name, worktreePrefix) || strings.HasPrefix(name, editFile)
		if !ours || s != nil && (name == s.Worktree || name == editFile) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("tidy up after an edit: %w", err)
		}
	}
	return nil
}

// forget ends an edit: without its state it is over, and what then remains is
// removed now or by the next one.
func forget(dir string) error {
	if err := os.Remove(filepath.Join(dir, editFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("end the edit: %w", err)
	}
	return (*editState)(nil).tidy(dir)
}
