package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
)

// Ref is one ref and what it points at.
type Ref struct {
	// Name is the full name, "refs/heads/main".
	Name string
	// Object is what it points at; Commit is the commit behind it, equal to
	// Object unless that is an annotated tag. Empty if it leads to no commit.
	Object, Commit string
	// Symref is the ref it stands for, "" for an ordinary one.
	Symref string
}

// Refs lists refs under the given prefixes, sorted by name.
func (r *Repo) Refs(ctx context.Context, prefixes ...string) ([]Ref, error) {
	refs, err := r.listRefs(ctx, "%(objecttype)%00%(*objectname)%00%(*objecttype)", prefixes)
	var missing *MissingError
	if errors.As(err, &missing) {
		// A ref that points at nothing, or in a partial clone at a blob that
		// was left out: the others are still good.
		refs, err = r.listRefs(ctx, "tag%00%00tag", prefixes)
	}
	if err != nil {
		return nil, fmt.Errorf("list refs: %w", err)
	}
	var tags []string
	for _, ref := range refs {
		if ref.Commit == unpeeled {
			tags = append(tags, ref.Object)
		}
	}
	if len(tags) == 0 {
		return refs, nil
	}
	commits, err := r.peel(ctx, tags)
	if err != nil {
		return nil, fmt.Errorf("list refs: %w", err)
	}
	for i := range refs {
		if refs[i].Commit == unpeeled {
			refs[i].Commit = commits[refs[i].Object]
		}
	}
	return refs, nil
}

// unpeeled stands for the commit of a tag of a tag, which for-each-ref of git
// before 2.45 does not follow to its end.
const unpeeled = "unpeeled"

// listRefs runs for-each-ref; kinds formats the object's type, and the name
// and type of what a tag points at.
func (r *Repo) listRefs(ctx context.Context, kinds string, prefixes []string) ([]Ref, error) {
	args := append([]string{
		"for-each-ref", "--format=%(refname)%00%(objectname)%00" + kinds + "%00%(symref)%00",
	}, prefixes...)
	out, err := r.user.output(ctx, nil, args...)
	if err != nil {
		return nil, err
	}
	var refs []Ref
	for len(out) > 0 {
		f := bytes.SplitN(out, []byte{0}, 7)
		if len(f) != 7 {
			return nil, fmt.Errorf("cannot read %.100q", firstLine(out))
		}
		ref := Ref{Name: string(f[0]), Object: string(f[1]), Symref: string(f[5])}
		switch {
		case string(f[2]) == "commit":
			ref.Commit = ref.Object
		case string(f[4]) == "commit":
			ref.Commit = string(f[3])
		case string(f[4]) == "tag":
			ref.Commit = unpeeled
		}
		refs = append(refs, ref)
		out = bytes.TrimPrefix(f[6], []byte("\n"))
	}
	return refs, nil
}

// peel maps objects to the commits that they lead to, if they do.
func (r *Repo) peel(ctx context.Context, ids []string) (map[string]string, error) {
	in := strings.NewReader(strings.Join(ids, "^{commit}\n") + "^{commit}\n")
	out, err := r.user.output(ctx, in, "cat-file", "--batch-check=%(objectname)", "--buffer")
	if err != nil {
		return nil, err
	}
	commits := map[string]string{}
	for i, line := range strings.Split(strings.TrimSuffix(string(out), "\n"), "\n") {
		if i < len(ids) && IsID(line) {
			commits[ids[i]] = line
		}
	}
	return commits, nil
}

func firstLine(b []byte) string {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return string(line)
}

// ErrUnknownName says that a name leads to no object.
var ErrUnknownName = errors.New("no such commit")

// ErrAmbiguousName says that an abbreviated id fits several objects.
var ErrAmbiguousName = errors.New("ambiguous: more digits are needed")

// Resolve finds the commit that a name stands for, as `git rev-parse` would:
// branch, tag, abbreviated id, HEAD~3. Names that begin with a dash, have a
// line break or are longer than any path are refused.
func (r *Repo) Resolve(ctx context.Context, name string) (string, error) {
	if !sane(name) {
		return "", fmt.Errorf("%.100q: %w", name, ErrUnknownName)
	}
	commit := name + "^{commit}"
	if strings.HasPrefix(name, ":/") {
		commit = name // all that follows is the text to look for
	}
	out, err := r.user.output(ctx, nil, "rev-parse", "--verify", "--end-of-options", commit)
	if err != nil {
		var failed *commandError
		if errors.As(err, &failed) {
			if strings.Contains(failed.stderr, "error: short ") && strings.Contains(failed.stderr, " is ambiguous") {
				return "", fmt.Errorf("%q: %w", name, ErrAmbiguousName)
			}
			return "", fmt.Errorf("%q: %w", name, ErrUnknownName)
		}
		return "", fmt.Errorf("resolve %q: %w", name, err)
	}
	id := strings.TrimSpace(string(out))
	if !IsID(id) {
		return "", fmt.Errorf("%q: %w", name, ErrUnknownName)
	}
	return id, nil
}

// maxName bounds a name of a commit in bytes; a ref's is a path.
const maxName = 4096

// sane says whether a name can be put on a command line as one.
func sane(name string) bool {
	return name != "" && name[0] != '-' && len(name) <= maxName && !strings.ContainsAny(name, "\n\x00")
}

// FullRef finds the full ref that a short name stands for, "" if it is no ref.
func (r *Repo) FullRef(ctx context.Context, name string) string {
	if !sane(name) || IsID(name) && len(name) == 2*r.Format.RawLen() {
		return "" // a full id is one, even if a branch is called so
	}
	out, err := r.user.output(ctx, nil, "rev-parse", "--symbolic-full-name", "--verify", "-q", "--end-of-options", name)
	if err != nil {
		return ""
	}
	full := strings.TrimSpace(string(out))
	if !strings.HasPrefix(full, "refs/") {
		return ""
	}
	return full
}

// CheckedOut maps each branch that some worktree has checked out to that
// worktree's folder.
func (r *Repo) CheckedOut(ctx context.Context) (map[string]string, error) {
	out, err := r.user.output(ctx, nil, "worktree", "list", "--porcelain", "-z")
	if err != nil {
		return nil, fmt.Errorf("list worktrees: %w", err)
	}
	busy := map[string]string{}
	var dir string
	for _, field := range strings.Split(string(out), "\x00") {
		if d, ok := strings.CutPrefix(field, "worktree "); ok {
			dir = d
		}
		if b, ok := strings.CutPrefix(field, "branch "); ok {
			busy[b] = dir
		}
	}
	return busy, nil
}

// RefValues looks up single refs by their full names: what each points at,
// unpeeled, and nothing for those that are not there. Unlike Refs it never
// opens the other refs of the same folder.
func (r *Repo) RefValues(ctx context.Context, names []string) (map[string]string, error) {
	if len(names) == 0 {
		return map[string]string{}, nil
	}
	in := strings.NewReader(strings.Join(names, "\n") + "\n")
	out, err := r.user.output(ctx, in, "cat-file", "--batch-check=%(objectname)", "--buffer")
	if err != nil {
		return nil, fmt.Errorf("look up refs: %w", err)
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(lines) != len(names) {
		return nil, fmt.Errorf("look up refs: git answered %d of %d", len(lines), len(names))
	}
	values := make(map[string]string, len(names))
	for i, line := range lines {
		if IsID(line) {
			values[names[i]] = line
		}
	}
	return values, nil
}

// Remotes lists the names of the remotes.
func (r *Repo) Remotes(ctx context.Context) ([]string, error) {
	out, err := r.user.output(ctx, nil, "remote")
	if err != nil {
		return nil, fmt.Errorf("list remotes: %w", err)
	}
	return strings.Fields(string(out)), nil
}
