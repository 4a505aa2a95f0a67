package find

import (
	"context"
	"path"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
)

// branches are the branches of a repository as a user names them.
type branches struct {
	// shown are the local branches and those of the default remote that have
	// no local one, by short name without the remote, sorted by name.
	shown []backport.Target
	// remote are all remote-tracking branches by their short name with the
	// remote, sorted by name.
	remote []backport.Target
	// origin is the default remote, "" if there is none.
	origin string
	// main is the short name of the default branch, "" where it is unknown.
	main string
}

const (
	headsPrefix   = "refs/heads/"
	remotesPrefix = "refs/remotes/"
	tagsPrefix    = "refs/tags/"
	// resultPrefix is where results go; they are nobody's targets.
	resultPrefix = "backport/"
)

func listBranches(ctx context.Context, repo *git.Repo) (branches, error) {
	refs, err := repo.Refs(ctx, headsPrefix, remotesPrefix)
	if err != nil {
		return branches{}, err
	}
	var b branches
	local := map[string]bool{}
	heads := map[string]string{} // the HEAD of each remote
	for _, ref := range refs {
		short, ok := strings.CutPrefix(ref.Name, headsPrefix)
		if ok && ref.Commit != "" && ref.Symref == "" { // a symref is another name of a branch
			b.shown = append(b.shown, backport.Target{Name: short, Ref: ref.Name, Commit: ref.Commit})
			local[short] = true
		}
		short, ok = strings.CutPrefix(ref.Name, remotesPrefix)
		if name, isHead := strings.CutSuffix(short, "/HEAD"); ok && isHead && ref.Symref != "" {
			heads[name] = ref.Symref
		}
		if !ok || ref.Commit == "" || ref.Symref != "" {
			continue
		}
		b.remote = append(b.remote, backport.Target{Name: short, Ref: ref.Name, Commit: ref.Commit})
	}
	b.origin = defaultRemote(b.remote, heads)
	if head, ok := heads[b.origin]; ok {
		b.main = strings.TrimPrefix(head, remotesPrefix+b.origin+"/")
	} else if repo.Worktree == "" {
		// The HEAD of a bare repository is what a clone would check out.
		b.main = strings.TrimPrefix(repo.FullRef(ctx, "HEAD"), headsPrefix)
	}
	for _, t := range b.remote {
		short, ok := strings.CutPrefix(t.Name, b.origin+"/")
		if ok && b.origin != "" && !local[short] {
			b.shown = append(b.shown, backport.Target{Name: short, Ref: t.Ref, Commit: t.Commit})
		}
	}
	slices.SortFunc(b.shown, func(x, y backport.Target) int { return strings.Compare(x.Name, y.Name) })
	return b, nil
}

// defaultRemote is origin, or the only remote there is: what git itself falls
// back to.
func defaultRemote(remote []backport.Target, heads map[string]string) string {
	names := map[string]bool{}
	for _, t := range remote {
		name, _, _ := strings.Cut(t.Name, "/")
		names[name] = true
	}
	for name := range heads {
		names[name] = true
	}
	if names["origin"] {
		return "origin"
	}
	if len(names) == 1 {
		for name := range names {
			return name
		}
	}
	return ""
}

// named returns the branch that is shown by this name, nil if there is none.
func (b *branches) named(short string) *backport.Target { return findName(b.shown, short) }

func findName(sorted []backport.Target, name string) *backport.Target {
	i, ok := slices.BinarySearchFunc(sorted, name, func(t backport.Target, name string) int { return strings.Compare(t.Name, name) })
	if !ok {
		return nil
	}
	return &sorted[i]
}

// isGlob reports whether a name has a wildcard; no name of a ref has one.
func isGlob(s string) bool { return strings.ContainsAny(s, "*?[") }

// maxPattern bounds a pattern in bytes.
const maxPattern = 1000

// checkPattern checks a pattern for names of branches: as git-for-each-ref(1)
// has it, "*" never crosses a slash; see package glob.
func checkPattern(pattern string) error {
	if len(pattern) > maxPattern || pattern == "" {
		return &backport.InputError{What: quote(pattern) + " is no pattern for branches"}
	}
	for segment := range strings.SplitSeq(pattern, "/") {
		if _, err := path.Match(segment, ""); err != nil {
			return &backport.InputError{
				What: "malformed pattern " + quote(pattern),
				Hint: `close every "[", and put "\" before a character that stands for itself`,
			}
		}
	}
	return nil
}
