package find

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
)

// BackportOptions say what backports are taken for.
type BackportOptions struct {
	// To is the target by name; "" has it found.
	To string
	// Patterns replace the recognition of releases, see Releases.
	Patterns []string
}

// Backports reads what the user calls backports, one for each argument: a
// branch, a range A..B, or a commit, which stands on its first parent. Each is
// a Verification with the name, the target, the commits and the tree.
//
// The target of a result branch is the one in its name; that of another branch
// is the release branch from which it has the fewest commits, that of a range or
// a commit the release that has it, or else the nearest one too.
func Backports(ctx context.Context, repo *git.Repo, store *git.Store, args []string, opts BackportOptions) ([]backport.Verification, error) {
	b, err := listBranches(ctx, repo)
	if err != nil {
		return nil, err
	}
	s := &seeker{reader: &reader{repo: repo, store: store}, branches: &b}
	if opts.To != "" {
		t, err := b.target(ctx, repo, opts.To)
		if err != nil {
			return nil, err
		}
		s.among = []backport.Target{t}
		s.given = true
	} else {
		releases, err := b.releases(ctx, repo, store, opts.Patterns)
		if err != nil {
			return nil, err
		}
		s.among = releases.Targets
	}
	var out []backport.Verification
	for _, arg := range args {
		v, err := s.backport(ctx, arg)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// seeker finds backports and where they go.
type seeker struct {
	*reader
	branches *branches
	// among are the targets there may be; given says that the user named it.
	among []backport.Target
	given bool
}

func (s *seeker) backport(ctx context.Context, arg string) (backport.Verification, error) {
	v := backport.Verification{Name: arg}
	var err error
	if from, to, ok := strings.Cut(arg, ".."); ok {
		err = s.span(ctx, &v, orHead(from), orHead(strings.TrimPrefix(to, ".")))
	} else if ref := s.branch(ctx, arg); ref != "" {
		err = s.ofBranch(ctx, &v, ref)
	} else {
		err = s.single(ctx, &v)
	}
	if err != nil {
		return v, err
	}
	last, err := s.commit(ctx, arg, v.Commits[len(v.Commits)-1])
	v.Tree, v.Subject = last.Tree, last.Subject()
	return v, err
}

// branch is the full ref of a name that is a branch, else "".
func (s *seeker) branch(ctx context.Context, arg string) string {
	ref := s.repo.FullRef(ctx, arg)
	if strings.HasPrefix(ref, headsPrefix) || strings.HasPrefix(ref, remotesPrefix) {
		return ref
	}
	return ""
}

// span reads a range.
func (s *seeker) span(ctx context.Context, v *backport.Verification, from, to string) error {
	a, err := s.resolve(ctx, v.Name, from)
	if err != nil {
		return err
	}
	b, err := s.resolve(ctx, v.Name, to)
	if err != nil {
		return err
	}
	if err := s.stand(ctx, v, a, b); err != nil {
		return err
	}
	return s.place(ctx, v, b)
}

// errBare says that a span has no commits.
var errBare = errors.New("no commits")

// stand fills in the commits that b has and a lacks, and what they stand on.
func (s *seeker) stand(ctx context.Context, v *backport.Verification, a, b string) error {
	order, err := s.between(ctx, a, b)
	switch {
	case errors.Is(err, errTooMany):
		return &backport.InputError{
			What: fmt.Sprintf("%s has more than %d commits of its own", quote(v.Name), maxSteps),
			Hint: "name what it stands on with --to, or give a range",
		}
	case err != nil:
		return err
	case len(order) == 0:
		return &backport.InputError{What: quote(v.Name) + " has no commits of its own", Hint: "name the commits of the backport as a range A..B", Err: errBare}
	}
	v.Commits = order
	for id := b; ; {
		c, err := s.commit(ctx, v.Name, id)
		if err != nil {
			return err
		}
		if len(c.Parents) == 0 {
			return &backport.InputError{What: quote(v.Name) + " stands on nothing: its history begins there"}
		}
		if id = c.Parents[0]; !slices.Contains(order, id) {
			v.Target.Commit = id
			return nil
		}
	}
}

// single reads one commit.
func (s *seeker) single(ctx context.Context, v *backport.Verification) error {
	id, err := s.resolve(ctx, v.Name, v.Name)
	if err != nil {
		return err
	}
	c, err := s.commit(ctx, v.Name, id)
	if err != nil {
		return err
	}
	step, err := s.step(v.Name, c)
	if err != nil {
		return err
	}
	if step.Base == "" {
		return &backport.InputError{What: quote(v.Name) + " stands on nothing: its history begins there"}
	}
	v.Commits, v.Target.Commit = []string{id}, step.Base
	return s.place(ctx, v, id)
}

// place names the target of commits that stand somewhere: the oldest release
// that has them, or else the nearest.
func (s *seeker) place(ctx context.Context, v *backport.Verification, tip string) error {
	found, err := s.holding(ctx, tip)
	if err != nil {
		return err
	}
	if found < 0 {
		if found, err = s.nearest(ctx, v.Target.Commit); err != nil {
			return err
		}
	}
	if found >= 0 {
		v.Target.Name, v.Target.Ref = s.among[found].Name, s.among[found].Ref
	} else {
		v.Target.Name = git.ShortID(v.Target.Commit)
	}
	return nil
}

// holding is the oldest of the releases that have a commit, -1 where none has:
// the last one of the list. That some release from one on has it is asked at
// once, so that of n releases log2 n walks tell.
func (s *seeker) holding(ctx context.Context, tip string) (int, error) {
	if s.given {
		return -1, nil
	}
	var tips []string
	for _, t := range s.among {
		tips = append(tips, t.Commit)
	}
	errOwn := errors.New("it has a commit of its own")
	from, end := -1, len(tips)
	for at := 0; end-from > 1; at = (from + end) / 2 {
		err := s.store.Log(ctx, []string{tip}, tips[at:], func(git.LogEntry) error { return errOwn })
		switch {
		case err == nil:
			from = at
		case errors.Is(err, errOwn):
			end = at
		default:
			return -1, err
		}
	}
	return from, nil
}

// nearest is the target from which a commit has the fewest commits of its own;
// of several the one that has the fewest which it lacks; -1 where none is within
// maxSteps.
func (s *seeker) nearest(ctx context.Context, tip string) (int, error) {
	best, fewest := -1, maxSteps
	var also []int // the others with as few
	for i, t := range s.among {
		own, err := s.count(ctx, t.Commit, tip)
		if err != nil {
			return -1, err
		}
		switch {
		case own < fewest:
			best, fewest, also = i, own, nil
		case own == fewest && best >= 0:
			also = append(also, i)
		}
	}
	if len(also) == 0 {
		return best, nil
	}
	fewest = maxSteps + 1
	for _, i := range append([]int{best}, also...) {
		lacks, err := s.count(ctx, tip, s.among[i].Commit)
		if err != nil {
			return -1, err
		}
		if lacks < fewest {
			best, fewest = i, lacks
		}
	}
	return best, nil
}

// count is how many commits to reaches and from does not, at most maxSteps.
func (s *seeker) count(ctx context.Context, from, to string) (int, error) {
	order, err := s.between(ctx, from, to)
	if errors.Is(err, errTooMany) {
		return maxSteps, nil
	}
	return len(order), err
}

// ofBranch reads what a branch has beyond its target.
func (s *seeker) ofBranch(ctx context.Context, v *backport.Verification, ref string) error {
	tip, err := s.resolve(ctx, v.Name, ref)
	if err != nil {
		return err
	}
	t, ok := s.promised(ref)
	if !ok {
		at, err := s.nearest(ctx, tip)
		if err != nil {
			return err
		}
		if at < 0 {
			return &backport.InputError{What: "no release branch is near " + quote(v.Name), Hint: "say with --to where it goes, or give a range A..B"}
		}
		t = s.among[at]
	}
	if t.Ref == ref {
		return &backport.InputError{What: quote(v.Name) + " is itself the release branch", Hint: "name the commits of the backport: one commit, or a range A..B"}
	}
	v.Target = t
	bare := s.stand(ctx, v, t.Commit, tip)
	if !errors.Is(bare, errBare) {
		return bare
	}
	merge, err := s.merged(ctx, t.Commit, tip)
	if err != nil || merge == "" {
		return cmp.Or(err, bare)
	}
	return &backport.InputError{
		What: fmt.Sprintf("%s has no commits of its own: %s merged it into %s", quote(v.Name), git.ShortID(merge), t.Name),
		Hint: fmt.Sprintf("name what it brought: %s^1..%s", git.ShortID(merge), v.Name),
	}
}

// merged is the first merge of a target that brought it a branch with this tip, "" if
// there is none.
func (s *seeker) merged(ctx context.Context, target, tip string) (string, error) {
	merge, date := "", int64(0)
	err := s.store.Log(ctx, []string{target}, []string{tip}, func(e git.LogEntry) error {
		if slices.Index(e.Parents, tip) > 0 && (merge == "" || e.Date < date) {
			merge, date = e.ID, e.Date
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("look for the merge of a branch: %w", err)
	}
	return merge, nil
}

// promised is the target in the name of a result branch; the one that the user
// named goes before it.
func (s *seeker) promised(ref string) (t backport.Target, ok bool) {
	if s.given {
		return s.among[0], true
	}
	_, rest, result := strings.Cut(ref, "/"+resultPrefix)
	if !result {
		return t, false
	}
	for _, b := range s.branches.shown {
		if strings.HasPrefix(rest, b.Name+"/") && len(b.Name) > len(t.Name) {
			t = b
		}
	}
	return t, t.Name != ""
}
