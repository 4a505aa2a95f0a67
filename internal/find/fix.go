package find

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
)

// FixOptions say how fixes are read.
type FixOptions struct {
	// Mainline is the parent of a merge that its change is taken against,
	// counted from 1, as `git cherry-pick --mainline` has it. 0: the first
	// parent is guessed for a single merge, and a merge in a range refused.
	Mainline int
	// Squash makes one commit of a fix with several steps.
	Squash bool
	// Stdin is what the argument "-" stands for.
	Stdin io.Reader
	// Releases are the patterns for release branches, see Releases. They
	// matter for patches that do not say what they were made for.
	Releases []string
}

// Fixes reads what the user calls fixes, one for each argument: a commit-ish,
// a range A..B, the file of a patch or mailbox, or "-" for one on standard
// input. Relative paths start at repo.Dir.
func Fixes(ctx context.Context, repo *git.Repo, store *git.Store, args []string, opts FixOptions) ([]backport.Fix, error) {
	r := &reader{repo: repo, store: store, opts: opts}
	var fixes []backport.Fix
	asked := map[string]bool{}
	for _, arg := range args {
		if asked[arg] {
			continue
		}
		asked[arg] = true
		fix, err := r.fix(ctx, arg)
		if err != nil {
			return nil, err
		}
		fix.Name, fix.Squash = arg, opts.Squash && len(fix.Steps) > 1
		fixes = append(fixes, fix)
	}
	return tellApart(fixes), nil
}

// tellApart drops fixes that are the same by another name and gives those of
// the same slug different ones.
func tellApart(fixes []backport.Fix) []backport.Fix {
	same := func(a, b backport.Fix) bool { return slices.Equal(a.Steps, b.Steps) }
	var out []backport.Fix
	slugs := map[string]bool{}
	for _, f := range fixes {
		if slices.ContainsFunc(out, func(o backport.Fix) bool { return same(o, f) }) {
			continue
		}
		if slugs[f.Slug] {
			f.Slug += "-" + git.ShortID(f.Steps[len(f.Steps)-1].Commit)
		}
		slugs[f.Slug] = true
		out = append(out, f)
	}
	return out
}

// reader reads fixes.
type reader struct {
	repo  *git.Repo
	store *git.Store
	opts  FixOptions

	trees    map[string]git.Tree // read before, by id
	places   []place             // where patches may fit; nil: not looked for
	branches branches            // known with places
	released bool                // the releases are among places
}

// fix reads one argument. What is a commit is never taken for a file of the
// same name, unless the name ends as those of patches do.
func (r *reader) fix(ctx context.Context, arg string) (backport.Fix, error) {
	if arg == "-" {
		if r.opts.Stdin == nil {
			return backport.Fix{}, &backport.InputError{What: "there is no standard input to read a patch from"}
		}
		return r.mailbox(ctx, "standard input", r.opts.Stdin)
	}
	path := arg
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.repo.Dir, path)
	}
	info, statErr := os.Stat(path)
	if arg == "" {
		statErr = os.ErrNotExist
	}
	if statErr == nil && !info.IsDir() && looksLikePatch(arg) {
		return r.file(ctx, arg, path)
	}
	fix, err := r.commits(ctx, arg)
	if !errors.Is(err, git.ErrUnknownName) {
		return fix, err
	}
	switch {
	case statErr == nil && info.IsDir():
		return fix, &backport.InputError{What: quote(arg) + " is a folder", Hint: "name the patch files in it"}
	case statErr == nil:
		return r.file(ctx, arg, path)
	case looksLikePatch(arg) && errors.Is(statErr, os.ErrNotExist):
		return fix, &backport.InputError{What: "no such file: " + quote(arg), Hint: "paths start at " + r.repo.Dir, Err: statErr}
	case looksLikePatch(arg):
		return fix, &backport.InputError{What: fmt.Sprintf("read %s: %v", quote(arg), reason(statErr)), Err: statErr}
	}
	return fix, err
}

// looksLikePatch reports whether a name ends as those of patch files do.
func looksLikePatch(name string) bool {
	return slices.Contains([]string{".patch", ".diff", ".mbox", ".eml"}, strings.ToLower(filepath.Ext(name)))
}

// reason is an error of the file system without the path.
func reason(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func (r *reader) file(ctx context.Context, arg, path string) (backport.Fix, error) {
	f, err := open(ctx, path)
	if ctx.Err() != nil {
		return backport.Fix{}, ctx.Err()
	}
	if err != nil {
		return backport.Fix{}, &backport.InputError{What: fmt.Sprintf("read %s: %v", quote(arg), reason(err)), Err: err}
	}
	stop := context.AfterFunc(ctx, func() { _ = f.Close() }) // ends a read from a silent pipe
	defer f.Close()
	defer stop()
	fix, err := r.mailbox(ctx, plain(arg), f)
	if ctx.Err() != nil {
		return backport.Fix{}, ctx.Err()
	}
	return fix, err
}

// open opens a file for reading. A named pipe opens when somebody writes to it,
// which may be never: ctx ends the wait.
func open(ctx context.Context, path string) (*os.File, error) {
	type opened struct {
		f   *os.File
		err error
	}
	done := make(chan opened)
	go func() {
		f, err := os.Open(path)
		select {
		case done <- opened{f, err}:
		case <-ctx.Done():
			if err == nil {
				_ = f.Close()
			}
		}
	}()
	select {
	case o := <-done:
		return o.f, o.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// commits reads a commit-ish or a range. An error that is git.ErrUnknownName
// says that the name may be something else.
func (r *reader) commits(ctx context.Context, arg string) (backport.Fix, error) {
	if from, to, ok := strings.Cut(arg, "..."); ok {
		return backport.Fix{}, &backport.InputError{
			What: quote(arg) + " is a symmetric difference, not a range",
			Hint: "write " + quote(orHead(from)+".."+orHead(to)) + " for the commits that " + orHead(to) + " has and " + orHead(from) + " lacks",
		}
	}
	if from, to, ok := strings.Cut(arg, ".."); ok {
		return r.span(ctx, arg, orHead(from), orHead(to))
	}
	id, err := r.resolve(ctx, arg, arg)
	if err != nil {
		return backport.Fix{}, err
	}
	c, err := r.commit(ctx, arg, id)
	if err != nil {
		return backport.Fix{}, err
	}
	step, err := r.step(arg, c)
	if err != nil {
		return backport.Fix{}, err
	}
	changes, err := r.changes(ctx, arg, c, step)
	if err != nil {
		return backport.Fix{}, err
	}
	if !changes {
		return backport.Fix{}, &backport.InputError{What: fmt.Sprintf("commit %s changes nothing%s", called(arg, id), against(step, c))}
	}
	fix := backport.Fix{Slug: git.ShortID(id), Subject: c.Subject(), Steps: []backport.Step{step}}
	if len(c.Parents) > 1 && r.opts.Mainline == 0 {
		fix.Notes = append(fix.Notes, fmt.Sprintf("%s is a merge; its change against the first parent, %s, is taken (-m 1)", git.ShortID(id), git.ShortID(step.Base)))
	}
	return fix, nil
}

// orHead reads an omitted end of a range as git does.
func orHead(name string) string {
	if name == "" {
		return "HEAD"
	}
	return name
}

func against(s backport.Step, c git.Commit) string {
	if len(c.Parents) < 2 {
		return ""
	}
	return " against its parent " + git.ShortID(s.Base)
}

// called is how a message names a commit: as the user did, and by its id.
func called(arg, id string) string {
	if strings.HasPrefix(id, arg) {
		return git.ShortID(id)
	}
	return fmt.Sprintf("%s (%s)", git.ShortID(id), quote(arg))
}

// resolve finds the commit that a name stands for; arg is the argument that
// the name is part of.
func (r *reader) resolve(ctx context.Context, arg, name string) (string, error) {
	if git.IsID(name) && len(name) == 2*r.store.Format.RawLen() {
		if kind, _, err := r.store.Info(ctx, name); err == nil && kind == "commit" {
			return name, nil // thousands of ids need no thousand processes
		}
	}
	id, err := r.repo.Resolve(ctx, name)
	switch {
	case errors.Is(err, git.ErrAmbiguousName):
		return "", ambiguous(name, err)
	case errors.Is(err, git.ErrUnknownName):
		return "", r.unknown(ctx, arg, name, err)
	}
	return id, err
}

func (r *reader) unknown(ctx context.Context, arg, name string, err error) error {
	what := "unknown commit " + quote(name)
	if name != arg {
		what = "unknown commit " + quote(name) + " in " + quote(arg)
	}
	const hint = "a fix is a commit, a range or a patch"
	if r.repo.FullRef(ctx, name) != "" {
		return &backport.InputError{What: quote(name) + " leads to no commit", Hint: hint, Err: err}
	}
	if git.IsID(name) && len(name) == 2*r.store.Format.RawLen() {
		if kind, _, infoErr := r.store.Info(ctx, name); infoErr == nil && kind != "" {
			return &backport.InputError{What: fmt.Sprintf("%s is a %s, no commit", name, kind), Hint: hint, Err: err}
		}
	}
	if r.repo.Shallow && strings.ContainsAny(name, "~^") {
		return &backport.InputError{What: what, Hint: "this clone is shallow: if it lies beyond the boundary, run git fetch --unshallow", Err: err}
	}
	if len(name) >= 4 && strings.Trim(strings.ToLower(name), "0123456789abcdef") == "" {
		return &backport.InputError{What: what, Hint: "this repository does not have it: is it on another remote (git fetch)?", Err: err}
	}
	near := "no branch, tag, commit or file has this name"
	if refs, listErr := r.repo.Refs(ctx, headsPrefix, tagsPrefix, remotesPrefix); listErr == nil {
		var all []string
		for _, ref := range refs {
			_, rest, _ := strings.Cut(strings.TrimPrefix(ref.Name, "refs/"), "/")
			all = append(all, rest)
		}
		if close := didYouMean(name, all); close != "" {
			near = close
		}
	}
	return &backport.InputError{What: what, Hint: near, Err: err}
}

// commit reads a commit of the fix.
func (r *reader) commit(ctx context.Context, arg, id string) (git.Commit, error) {
	c, err := r.store.Commit(ctx, id)
	if err != nil {
		return c, fmt.Errorf("fix %s: %w", quote(arg), err)
	}
	return c, nil
}

// step takes a commit's change against its parent, or its mainline parent.
func (r *reader) step(arg string, c git.Commit) (backport.Step, error) {
	s := backport.Step{Commit: c.ID, Origin: c.ID}
	if r.store.Boundary(c.ID) {
		return s, &backport.InputError{
			What: fmt.Sprintf("commit %s: its parent lies beyond the shallow boundary", called(arg, c.ID)),
			Hint: "run git fetch --deepen=1",
		}
	}
	mainline := max(r.opts.Mainline, 1)
	switch {
	// git cherry-pick takes -m 1 for an ordinary commit as well.
	case mainline > 1 && mainline > len(c.Parents):
		return s, &backport.InputError{
			What: fmt.Sprintf("commit %s does not have parent %d", called(arg, c.ID), mainline),
			Hint: parentsHint(len(c.Parents)),
		}
	case len(c.Parents) > 0:
		s.Base = c.Parents[mainline-1]
	}
	return s, nil
}

func parentsHint(n int) string {
	if n < 2 {
		return "it is no merge; leave -m out"
	}
	return fmt.Sprintf("it has %d", n)
}

// changes reports whether a step's trees differ.
func (r *reader) changes(ctx context.Context, arg string, c git.Commit, s backport.Step) (bool, error) {
	if s.Base == "" {
		return c.Tree != r.store.Format.EmptyTree(), nil
	}
	base, err := r.commit(ctx, arg, s.Base)
	if err != nil {
		return false, err
	}
	return base.Tree != c.Tree, nil
}
