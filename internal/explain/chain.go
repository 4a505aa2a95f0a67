package explain

import (
	"context"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
)

const (
	// maxVersions bounds the versions of one path that are followed.
	maxVersions = 20000
	// maxRenames bounds the renames of one path.
	maxRenames = 16
	// maxRenameSources bounds the deleted files that are compared with a new one.
	maxRenameSources = 256
)

// version is one version of a file along a line of first parents.
type version struct {
	// commit made this version out of the next, older one; "" where the line
	// begins: then the version is what was there before the span.
	commit string
	// at is the commit in whose tree the version lies.
	at, path string
	known    bool
	blob     string // "" where there is no file
}

// chain is the versions of a path, newest first. The last one is what was there
// before: at the border of the span, or nothing.
type chain struct {
	side     *side
	versions []version
	// cut says that the end is not where the sides parted: the chain is too long,
	// or this clone is shallow.
	cut bool
	// line has the commits that the chain went along.
	line *history.Line
}

// side is one branch since it parted from the other.
type side struct {
	o    *objects
	span *history.Span // nil where the history of this side is not known
	tip  string
	name string
	work *budget
	// exact says that only files with the same content count as renamed: for
	// files that a tool makes, of which there are many, and of which nobody asks
	// more than that.
	exact bool
}

// chain follows a path from a commit, until it leaves the span or comes to a
// line above. A version that was handed in stands in front if the commit has
// another one.
func (s *side) chain(ctx context.Context, from, path, blob string, above *history.Line) (*chain, error) {
	c := &chain{side: s}
	if s.span == nil {
		c.versions = []version{{path: path, blob: blob, known: true}}
		c.cut = true
		return c, nil
	}
	c.line = s.span.NewLine(above)
	for range maxRenames {
		t := s.span.Trail(from, path, maxVersions-len(c.versions), c.line)
		for _, id := range t.Commits {
			c.versions = append(c.versions, version{commit: id, at: id, path: path})
		}
		c.versions = append(c.versions, version{at: t.End, path: path, known: t.End == ""})
		if t.Cut || t.Root != "" && s.o.store.Boundary(t.Root) {
			c.cut = true
			break
		}
		next, err := c.renamed(ctx)
		if err != nil {
			return nil, err
		}
		if next.path == "" {
			break
		}
		c.versions = c.versions[:len(c.versions)-1]
		from, path = next.at, next.path
	}
	if blob != "" {
		got, err := c.blob(ctx, 0)
		if err != nil {
			return nil, err
		}
		if got != blob {
			c.versions = append([]version{{path: c.versions[0].path, blob: blob, known: true}}, c.versions...)
		}
	}
	if above == nil {
		return c, c.ahead(ctx)
	}
	return c, nil
}

// parents are a commit's parents; a version that no commit made has none.
func (s *side) parents(commit string) []string {
	if s.span == nil || commit == "" {
		return nil
	}
	return s.span.Parents(commit)
}

// last is the place of the version before the span.
func (c *chain) last() int { return len(c.versions) - 1 }

// blob is the id of a version's content.
func (c *chain) blob(ctx context.Context, i int) (string, error) {
	v := &c.versions[i]
	if v.known {
		return v.blob, nil
	}
	l, err := c.side.o.find(ctx, v.at, v.path)
	if err != nil {
		return "", err
	}
	if l.mode == git.ModeGitlink || l.mode.IsRegular() || l.mode == git.ModeSymlink {
		v.blob = l.id
	}
	v.known = true
	return v.blob, nil
}

// renamed tells, of a chain whose file was made inside the span, where its
// content was before: in a file that the same commit removed.
func (c *chain) renamed(ctx context.Context) (version, error) {
	last, err := c.blob(ctx, c.last())
	if err != nil || last != "" {
		return version{}, err
	}
	// Versions without a file at the end are those of commits that only seemed
	// to touch it, or of an earlier file of the name.
	for c.last() > 0 {
		id, err := c.blob(ctx, c.last()-1)
		if err != nil {
			return version{}, err
		}
		if id != "" || c.versions[c.last()-1].commit == "" {
			break
		}
		c.versions = append(c.versions[:c.last()-1], c.versions[c.last()])
	}
	if c.last() == 0 || c.versions[c.last()-1].commit == "" {
		return version{}, nil
	}
	made := c.versions[c.last()-1]
	parents := c.side.parents(made.commit)
	if len(parents) == 0 {
		return version{}, nil
	}
	from, err := c.side.source(ctx, made, parents[0])
	if err != nil || from == "" {
		return version{}, err
	}
	return version{at: parents[0], path: from}, nil
}

// source finds the file that a commit renamed: one it removed, with the same
// content or with most of its lines in common; "" if there is none.
func (s *side) source(ctx context.Context, made version, parent string) (string, error) {
	var gone []git.Change
	err := s.o.store.ChangesSince(ctx, []string{made.commit}, []string{parent}, 1<<14, func(_ int, changes []git.Change, err error) {
		for _, ch := range changes {
			if err == nil && ch.Status == 'D' && ch.Old.IsRegular() {
				gone = append(gone, ch)
			}
		}
	})
	if err != nil {
		return "", err
	}
	return s.alike(ctx, made.blob, made.path, gone, func(c git.Change) string { return c.OldID })
}

// text reads a version on the account of this explanation.
func (s *side) text(ctx context.Context, blob string) ([]byte, error) {
	if err := s.work.spend(ctx); err != nil {
		return nil, err
	}
	t, err := s.o.text(ctx, blob)
	if err == nil {
		err = s.work.read(len(t))
	}
	return t, err
}
