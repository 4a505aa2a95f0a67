package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/config"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/say"
)

// The exit statuses.
const (
	statusReached     = 0
	statusNeedsPerson = 1
	statusInput       = 2
	statusEnvironment = 3
	statusInterrupted = 130 // 128 + SIGINT, as shells have it
)

// exitStatus is the section of every help.
const exitStatus = `  0    all that was asked for was reached
  2    wrong use or bad input; nothing was done
  3    the environment failed: git, disk, network
  130  interrupted`

// errNeedsPerson ends a command with status 1. It is not printed: the results
// say it.
var errNeedsPerson = errors.New("some picks need a person")

// status is the exit status for an error.
func status(err error) int {
	var input *backport.InputError
	var conf *config.Error
	var lacks *lackError
	switch {
	case err == nil, errors.Is(err, syscall.EPIPE):
		return statusReached
	case errors.Is(err, context.Canceled):
		return statusInterrupted
	case errors.As(err, &input), errors.As(err, &conf), errors.Is(err, git.ErrNoRepository), errors.As(err, &lacks) && lacks.kept:
		return statusInput
	case errors.Is(err, errNeedsPerson):
		return statusNeedsPerson
	}
	return statusEnvironment
}

// report prints an error for a person and returns the exit status.
func (a *app) report(err error) int {
	code := status(err)
	switch code {
	case statusReached, statusNeedsPerson:
		return code
	case statusInterrupted:
		a.complain("interrupted", "")
		return code
	}
	what, hint := advice(err)
	a.complain(what, hint)
	var conf *config.Error
	if errors.As(err, &conf) && conf.Excerpt != "" {
		for line := range strings.SplitSeq(conf.Excerpt, "\n") {
			fmt.Fprintln(a.Err, say.Visible(line))
		}
	}
	return code
}

// complain prints the two lines of a failure.
func (a *app) complain(what, hint string) {
	fmt.Fprintf(a.Err, "%s %s\n", a.errStyle(red, "error:"), say.Visible(what))
	if hint != "" {
		fmt.Fprintf(a.Err, "%s %s\n", a.errStyle(yellow, "hint:"), say.Visible(hint))
	}
}

// note tells something beside the result.
func (a *app) note(format string, args ...any) {
	fmt.Fprintf(a.Err, "note: %s\n", say.Visible(fmt.Sprintf(format, args...)))
}

// advice says what is wrong and what to do about it.
func advice(err error) (what, hint string) {
	var input *backport.InputError
	var conf *config.Error
	var lacks *lackError
	var missing *git.MissingError
	var fetch *git.FetchError
	switch {
	case errors.As(err, &input):
		return input.What, input.Hint
	case errors.As(err, &conf):
		return conf.Error(), ""
	case errors.Is(err, git.ErrNoRepository):
		return err.Error(), "run it inside a repository, or name one with -C DIR"
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, git.ErrNoGit):
		return git.ErrNoGit.Error(), "install git 2.39 or newer; backstay doctor shows what is there"
	case errors.Is(err, git.ErrTooOld):
		return err.Error(), "backstay doctor shows what is missing"
	case errors.As(err, &fetch):
		return fetch.Error(), "see what git fetch " + shellWord(fetch.Remote) + " says; without --fetch nothing is fetched"
	case errors.As(err, &lacks):
		return err.Error(), lacks.hint()
	case errors.As(err, &missing):
		return err.Error(), "git fsck says what is damaged; another clone may have it"
	case errors.Is(err, syscall.ENOSPC):
		return err.Error(), "free some space, or set TMPDIR or BACKSTAY_CACHE to a folder on another disk"
	case errors.Is(err, os.ErrPermission):
		return err.Error(), "check who owns the folder; BACKSTAY_CACHE names another one for caches"
	}
	return err.Error(), ""
}

// wrongUse makes the error of a command line that cannot be understood.
func wrongUse(hint, format string, args ...any) error {
	return &backport.InputError{What: fmt.Sprintf(format, args...), Hint: hint}
}

// also joins two errors and leaves a lone one as it is. What the results say
// already is nothing beside a failure.
func also(err, more error) error {
	switch {
	case more == nil:
		return err
	case err == nil, errors.Is(err, errNeedsPerson):
		return more
	}
	return errors.Join(err, more)
}
