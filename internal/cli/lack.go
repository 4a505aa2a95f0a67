package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/say"
)

// A lackError is a failure for want of objects, in a partial clone.
type lackError struct {
	err error
	// promisors are the remotes that have them; kept says that they were not
	// asked, since --fetch was not given.
	promisors []string
	kept      bool
}

func (e *lackError) Error() string { return e.err.Error() }

func (e *lackError) Unwrap() error { return e.err }

func (e *lackError) hint() string {
	from := strings.Join(e.promisors, ", ")
	if e.kept {
		return "it is a partial clone: add --fetch to have git fetch what it lacks from " + from
	}
	return from + " does not have it either; another clone may"
}

// lacking makes a lackError of an error that is one.
func lacking(ctx context.Context, repo *git.Repo, fetch bool, err error) error {
	var missing *git.MissingError
	var failed *git.FetchError
	if err == nil || !errors.As(err, &missing) || errors.As(err, &failed) {
		return err
	}
	promisors := repo.Promisors(ctx)
	if len(promisors) == 0 {
		return err
	}
	return &lackError{err: err, promisors: promisors, kept: !fetch}
}

// tellLacking says in one line what the answer is without.
func (w *workspace) tellLacking(ctx context.Context) {
	missed := w.store.Missed()
	if len(missed) == 0 {
		return
	}
	what := "the object " + missed[0]
	if len(missed) > 1 {
		what = say.Count(len(missed), "object") + " that are asked for here (" + missed[0] + ", …)"
	}
	promisors := w.repo.Promisors(ctx)
	switch {
	case len(promisors) == 0:
		w.app.note("the repository lacks %s, so not all is known; git fsck says what is damaged", what)
	case w.store.FetchError() != nil: // which says it
	case w.store.Fetches():
		w.app.note("%s does not have %s either, so not all is known", strings.Join(promisors, ", "), what)
	default:
		w.app.note("this partial clone lacks %s, so not all is known; to have git fetch what it lacks from %s: %s",
			what, strings.Join(promisors, ", "), w.app.withFetch())
	}
}

// withFetch is the same command line once more, with --fetch.
func (a *app) withFetch() string {
	args := slices.Clone(a.args)
	at := len(args)
	if n := slices.Index(args, "--"); n >= 0 {
		at = n
	}
	out := a.Program
	for _, arg := range slices.Insert(args, at, "--fetch") {
		out += " " + shellWord(arg)
	}
	return out
}
