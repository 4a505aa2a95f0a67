package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ErrLocked says that somebody else holds a lock.
var ErrLocked = errors.New("somebody else holds the lock")

// lock waits for a lock. Nobody holds it for long.
func lock(ctx context.Context, path string) (*os.File, error) {
	for {
		f, err := TryLock(path)
		if !errors.Is(err, ErrLocked) {
			return f, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// An Undo removes something that was made elsewhere, by the words that it was
// noted with. It succeeds where the thing is not there, and bounds its own time.
type Undo func(ctx context.Context, words []string) error

// A Yard is the private folder for everything that verification leaves lying
// about while it works. Each has one entry below the root that all yards of a
// user share, locked for as long as its process lives: the kernel drops the lock
// however the process ends. Process ids decide nothing: the one in the lock says
// only whether waiting for it may be worth the time.
//
//	root/lock             held while entries are made or taken over
//	root/yard-…/lock      held by the owner, whose process id it has
//	root/yard-…/notes/7   things elsewhere, as JSON
//	root/yard-…/work/     the folders
type Yard struct {
	dir  string
	lock *os.File
	undo map[string]Undo
	left []error
	// ctx is for what Close has to undo; it is not cancelled.
	ctx context.Context

	mu    sync.Mutex
	notes int
}

const (
	yardPrefix = "yard-"
	lockFile   = "lock"
	notesDir   = "notes"
	workDir    = "work"
	// maxNote bounds, in bytes, a note that is read back.
	maxNote = 64 << 10
	// undoTime is for all that Close has to undo.
	undoTime = time.Minute
)

// note is one thing elsewhere.
type note struct {
	Kind  string   `json:"kind"`
	Words []string `json:"words"`
}

// OpenYard removes what dead processes left below root, also what they had noted
// elsewhere, and gives a yard of its own there. root is made if need be, for
// this user alone. What cannot be removed now stays for the next time, and is in
// Left. undo is by kind of note.
func OpenYard(ctx context.Context, root string, undo map[string]Undo) (*Yard, error) {
	y, dead, dying, err := enter(ctx, root, undo)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", root, err)
	}
	for _, dir := range dying {
		if held := lockDying(ctx, filepath.Join(dir, lockFile)); held != nil {
			dead = append(dead, &Yard{dir: dir, lock: held, undo: undo})
		}
	}
	for _, d := range dead {
		if err := d.remove(ctx); err != nil {
			y.left = append(y.left, err)
		}
	}
	return y, nil
}

// dying is how long a lock is waited for whose owner is gone.
const dying = 5 * time.Second

// lockDying waits for the lock of an owner that is gone. A process that it was
// just starting has the lock, too, until it runs its own program.
func lockDying(ctx context.Context, path string) *os.File {
	ctx, cancel := context.WithTimeout(ctx, dying)
	defer cancel()
	held, err := lock(ctx, path)
	if err != nil {
		return nil // the next start tries again
	}
	return held
}

// enter makes an entry and takes over those without an owner, while nobody else
// does either. Those in dying are locked, but their owner is gone.
func enter(ctx context.Context, root string, undo map[string]Undo) (own *Yard, dead []*Yard, dying []string, err error) {
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, nil, nil, err
	}
	root, err = filepath.Abs(root)
	if err != nil {
		return nil, nil, nil, err
	}
	gate, err := lock(ctx, filepath.Join(root, lockFile))
	if err != nil {
		return nil, nil, nil, err
	}
	defer gate.Close()
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), yardPrefix) {
			continue
		}
		dir := filepath.Join(root, e.Name())
		if held, err := TryLock(filepath.Join(dir, lockFile)); err == nil {
			dead = append(dead, &Yard{dir: dir, lock: held, undo: undo})
		} else if ownerGone(filepath.Join(dir, lockFile)) {
			dying = append(dying, dir)
		}
	}
	dir, err := os.MkdirTemp(root, yardPrefix)
	if err != nil {
		return nil, nil, nil, err
	}
	own = &Yard{dir: dir, undo: undo, ctx: context.WithoutCancel(ctx)}
	for _, name := range []string{notesDir, workDir} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			return nil, nil, nil, err
		}
	}
	if own.lock, err = TryLock(filepath.Join(dir, lockFile)); err == nil {
		_, err = own.lock.WriteString(strconv.Itoa(os.Getpid()))
	}
	return own, dead, dying, err
}

// Left is what OpenYard found and could not remove.
func (y *Yard) Left() []error { return y.left }

// Folder makes a folder that only this user can read. name is for people who
// look there.
func (y *Yard) Folder(name string) (string, error) {
	return os.MkdirTemp(filepath.Join(y.dir, workDir), plain(name)+"-")
}

// plain is a name as part of a file's name.
func plain(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, name)
	return name[:min(len(name), 40)]
}

// Note keeps, also over a crash, that something is about to be made elsewhere.
// The undo of that kind removes it if done is never called; done says that it is
// gone.
func (y *Yard) Note(kind string, words ...string) (done func(), err error) {
	text, err := json.Marshal(note{kind, words})
	if err != nil {
		return nil, fmt.Errorf("note %s: %w", kind, err)
	}
	if len(text) > maxNote {
		return nil, fmt.Errorf("note %s: it has %d bytes, and may have %d", kind, len(text), maxNote)
	}
	y.mu.Lock()
	y.notes++
	path := filepath.Join(y.dir, notesDir, strconv.Itoa(y.notes))
	y.mu.Unlock()
	if err := writeThrough(path, text); err != nil {
		return nil, fmt.Errorf("note %s: %w", kind, err)
	}
	return func() { _ = os.Remove(path) }, nil // what stays is undone again, in vain
}

// writeThrough writes a file that is there after a crash, or not at all.
func writeThrough(path string, text []byte) error {
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// Close undoes what is still noted and removes the yard's folders. What cannot
// be undone stays noted for the next OpenYard.
func (y *Yard) Close() error {
	ctx, cancel := context.WithTimeout(y.ctx, undoTime)
	defer cancel()
	return y.remove(ctx)
}

// remove undoes and removes an entry whose lock is held, and lets go of it.
func (y *Yard) remove(ctx context.Context) error {
	defer y.lock.Close()
	// The folders first: what is elsewhere may not be reached, or only slowly.
	err := errors.Join(removeBusy(ctx, filepath.Join(y.dir, workDir)), y.undoAll(ctx))
	if err != nil {
		return fmt.Errorf("clean up %s: %w", y.dir, err)
	}
	// An open file cannot be removed on Windows. Whoever locks it in between
	// finds nothing to do.
	_ = y.lock.Close()
	if err := RemoveAll(y.dir); err != nil {
		return fmt.Errorf("clean up %s: %w", y.dir, err)
	}
	return nil
}

// removeBusy removes a folder that processes may still write to: the kernel drops
// the lock of one that is killed a little before it ends those it had started.
func removeBusy(ctx context.Context, dir string) (err error) {
	for wait := 10 * time.Millisecond; wait < 2*time.Second; wait *= 2 {
		if err = RemoveAll(dir); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
	return err
}

// undoAll undoes what is noted, the youngest first.
func (y *Yard) undoAll(ctx context.Context) error {
	dir := filepath.Join(y.dir, notesDir)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	number := func(e os.DirEntry) int {
		n, _ := strconv.Atoi(e.Name()) // 0 for one that was not finished
		return n
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return number(b) - number(a) })
	errs := []error{err}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if number(e) > 0 {
			if err := y.undoOne(ctx, path); err != nil {
				errs = append(errs, err)
				continue
			}
		}
		errs = append(errs, os.Remove(path))
	}
	return errors.Join(errs...)
}

func (y *Yard) undoOne(ctx context.Context, path string) error {
	f, err := os.OpenFile(path, openRead, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	var n note
	if err := json.NewDecoder(io.LimitReader(f, maxNote)).Decode(&n); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	undo := y.undo[n.Kind]
	if undo == nil {
		return fmt.Errorf("undo %s %q: nothing knows how", n.Kind, n.Words)
	}
	if err := undo(ctx, n.Words); err != nil {
		return fmt.Errorf("undo %s %q: %w", n.Kind, n.Words, err)
	}
	return nil
}
