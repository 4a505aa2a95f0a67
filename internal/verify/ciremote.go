package verify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/platform"
)

const (
	// CIKind is what a platform.Yard calls a branch at a forge. UndoCI removes it.
	CIKind = "ci"
	// undoTime is for removing one branch.
	undoTime = time.Minute
)

// Checker says what came of a commit's checks, as Pipeline.Checks does.
type Checker interface {
	Checks(ctx context.Context, commit string) ([]backport.Check, error)
}

// Remote is a Pipeline: a remote of the user's repository, and the forge that is
// behind it. What is pushed is as git.Repo.Push has it: with the user's
// credentials, without hooks, and leaving the repository as it is.
type Remote struct {
	Repo *git.Repo
	// Store has the commits that the repository does not have yet.
	Store *git.Store
	// Name is the remote's in the repository's configuration.
	Name string
	Checker
	// Note remembers a branch until it is removed, under the kind CIKind
	// (platform.Yard has one); nil for no such memory.
	Note func(kind string, words ...string) (done func(), err error)

	mu    sync.Mutex
	noted map[string]func()
}

// Push makes a branch. It is noted before: a note too many costs a connection,
// one too few a branch that stays for ever.
func (r *Remote) Push(ctx context.Context, branch, commit string) error {
	if r.Note != nil {
		done, err := r.Note(CIKind, r.Name, branch, commit)
		if err != nil {
			return err
		}
		r.mu.Lock()
		if r.noted == nil {
			r.noted = map[string]func(){}
		}
		r.noted[branch] = done
		r.mu.Unlock()
	}
	err := r.Repo.Push(ctx, r.Store, r.Name, git.Update{Name: heads + branch, New: commit})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, git.ErrRefChanged):
		r.done(branch)
		return fmt.Errorf("%w: somebody else has this branch", err)
	case errors.Is(err, git.ErrPushRefused), errors.Is(err, git.ErrNoRemote):
		r.done(branch)
		return err
	}
	// It may be there all the same: the connection broke, or the time was up.
	removing, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTime)
	defer cancel()
	if left := r.Delete(removing, branch, commit); left != nil && left.Error() == err.Error() {
		r.done(branch) // what can't be reached in the same way twice was not reached
	}
	return err
}

// heads begins the full names of branches.
const heads = "refs/heads/"

// Delete removes a branch that is still at the commit. Where it is elsewhere by
// now it is somebody else's, and stays.
func (r *Remote) Delete(ctx context.Context, branch, commit string) error {
	err := r.Repo.Push(ctx, nil, r.Name, git.Update{Name: heads + branch, Old: commit})
	if err != nil && !errors.Is(err, git.ErrRefChanged) {
		return err
	}
	r.done(branch)
	return nil
}

// done takes back the note of a branch.
func (r *Remote) done(branch string) {
	r.mu.Lock()
	done := r.noted[branch]
	delete(r.noted, branch)
	r.mu.Unlock()
	if done != nil {
		done()
	}
}

// UndoCI removes branches that a dead process left at a remote of this
// repository: the platform.Undo of CIKind.
func UndoCI(repo *git.Repo) platform.Undo {
	return func(ctx context.Context, words []string) error {
		if len(words) != 3 || !strings.HasPrefix(words[1], branchPrefix) || !git.IsID(words[2]) {
			return errors.New("remove a branch from a remote: the note is damaged")
		}
		ctx, cancel := context.WithTimeout(ctx, undoTime)
		defer cancel()
		r := &Remote{Repo: repo, Name: words[0]}
		return r.Delete(ctx, words[1], words[2])
	}
}
