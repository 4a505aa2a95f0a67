package explain

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/provenance"
	"backstay.dev/backstay/internal/textdiff"
)

// Cut takes a part of a step's change: some files, and of some of these only
// the hunks that have a line of the commit's version, of those given, in them.
// The result is the step of a commit in the store that says what it is.
func Cut(ctx context.Context, store *git.Store, step backport.Step, parts []backport.Part) (backport.Step, error) {
	s := &cutter{store: store, objects: newObjects(store)}
	var pieces []piece
	for _, part := range byFile(parts) {
		p, err := s.piece(ctx, step, part.Path)
		if err != nil {
			return backport.Step{}, fmt.Errorf("take a part of %s: %w", step.Commit, err)
		}
		if p.old == p.new {
			return backport.Step{}, &backport.InputError{What: fmt.Sprintf("commit %.12s does not change %q", step.Commit, part.Path)}
		}
		if part.Hunks != nil {
			if err := s.hunks(ctx, &p); err != nil {
				return backport.Step{}, fmt.Errorf("take a part of %s: %w", step.Commit, err)
			}
			if p.take = touchedHunks(p.hunks, part.Hunks); len(p.take) == 0 {
				return backport.Step{}, &backport.InputError{
					What: fmt.Sprintf("commit %.12s changes other lines of %q", step.Commit, part.Path),
					Hint: fmt.Sprintf("git show %.12s shows them; lines count in the file as this commit leaves it", step.Commit),
				}
			}
		}
		pieces = append(pieces, p)
	}
	part, err := s.build(ctx, step, pieces)
	if err != nil {
		return part, fmt.Errorf("take a part of %s: %w", step.Commit, err)
	}
	return part, nil
}

// byFile makes one part of those of the same file.
func byFile(parts []backport.Part) []backport.Part {
	var out []backport.Part
	at := map[string]int{}
	for _, p := range parts {
		i, ok := at[p.Path]
		switch {
		case !ok:
			at[p.Path] = len(out)
			out = append(out, p)
		case p.Hunks == nil || out[i].Hunks == nil:
			out[i].Hunks = nil
		default:
			out[i].Hunks = slices.Concat(out[i].Hunks, p.Hunks)
		}
	}
	return out
}

// touchedHunks are the positions of the hunks that have a line of some wanted ones.
func touchedHunks(hunks []textdiff.Hunk, want []backport.Hunk) []int {
	var out []int
	for i, h := range hunks {
		from, to := h.NewStart+1, h.NewStart+max(h.NewCount, 1)
		for _, w := range want {
			if w.NewLine <= to && from <= w.NewLine+max(w.NewLines, 1)-1 {
				out = append(out, i)
				break
			}
		}
	}
	return out
}

// cutter takes commits apart.
type cutter struct {
	store *git.Store
	// objects are those of the explanations, so that both read a tree once.
	objects *objects
}

// piece is the change of one file in a commit, or some of its hunks.
type piece struct {
	path     string
	old, new leaf
	text     [2][]byte       // before and after
	hunks    []textdiff.Hunk // all of them; nil if the file is not cut
	take     []int           // positions in hunks; nil for all
}

// piece is what a step does to a file; nothing if old and new are the same.
func (s *cutter) piece(ctx context.Context, step backport.Step, path string) (p piece, err error) {
	p.path = path
	if step.Base != "" {
		if p.old, err = s.objects.find(ctx, step.Base, path); err != nil {
			return p, err
		}
	}
	if p.new, err = s.objects.find(ctx, step.Commit, path); err != nil {
		return p, err
	}
	if p.old.mode == git.ModeTree || p.new.mode == git.ModeTree {
		p.old, p.new = leaf{}, leaf{}
	}
	return p, nil
}

// trees are the trees before and after a step.
func (s *cutter) trees(ctx context.Context, step backport.Step) (out [2]string, err error) {
	out[0] = s.store.Format.EmptyTree()
	for i, id := range []string{step.Base, step.Commit} {
		if id == "" {
			continue
		}
		if out[i], err = s.objects.root(ctx, id); err != nil {
			return out, err
		}
	}
	return out, nil
}

// hunks finds the hunks of a piece; a file that is made, removed, changes its
// kind or is no text is one unit.
func (s *cutter) hunks(ctx context.Context, p *piece) error {
	if !p.old.mode.IsRegular() || p.old.mode != p.new.mode || p.hunks != nil {
		return nil
	}
	for i, l := range []leaf{p.old, p.new} {
		text, err := s.objects.text(ctx, l.id)
		if err != nil {
			return ignoreText(err)
		}
		p.text[i] = text
	}
	p.hunks = s.objects.diff([2]string{p.old.id, p.new.id}, p.text[0], p.text[1])
	return nil
}

// build makes a commit of the private store whose change is a part of another
// one's. Its message is that one's, and says so.
func (s *cutter) build(ctx context.Context, whole backport.Step, pieces []piece) (backport.Step, error) {
	part := backport.Step{Base: whole.Base}
	trees, err := s.trees(ctx, whole)
	if err != nil {
		return part, err
	}
	tree := trees[0]
	for _, p := range pieces {
		edit := git.Edit{Mode: p.new.mode, ID: p.new.id}
		if p.hunks != nil && p.take != nil && len(p.take) < len(p.hunks) {
			if edit.ID, err = s.store.Write("blob", withHunks(p)); err != nil {
				return part, err
			}
		}
		if tree, err = s.edit(ctx, tree, p.path, edit); err != nil {
			return part, err
		}
	}
	if tree == "" {
		if tree, err = s.store.Write("tree", nil); err != nil {
			return part, err
		}
	}
	c, err := s.store.Commit(ctx, whole.Commit)
	if err != nil {
		return part, err
	}
	c.Tree, c.Parents = tree, nil
	if whole.Base != "" {
		c.Parents = []string{whole.Base}
	}
	c.Message = []byte(partly(string(c.Message), whole.Commit))
	part.Commit, err = s.store.Write("commit", c.Encode())
	return part, err
}

// partly adds to a message that only a part of this commit was taken.
func partly(message, id string) string {
	const said = "(cherry picked from commit "
	message = provenance.Append(message, provenance.GitX, id)
	at := strings.LastIndex(message, said)
	if at < 0 {
		return message
	}
	return message[:at] + "(partially " + message[at+len("("):]
}

// withHunks is the old text with the hunks that are taken.
func withHunks(p piece) []byte {
	before, after := textdiff.Lines(p.text[0]), textdiff.Lines(p.text[1])
	var out []byte
	at := 0
	for _, i := range p.take {
		h := p.hunks[i]
		out = append(out, bytes.Join(before[at:h.OldStart], nil)...)
		out = append(out, bytes.Join(after[h.NewStart:h.NewStart+h.NewCount], nil)...)
		at = h.OldStart + h.OldCount
	}
	return append(out, bytes.Join(before[at:], nil)...)
}

// edit stores a tree with one path changed and returns its id, "" for one that
// has nothing left.
func (s *cutter) edit(ctx context.Context, tree, path string, e git.Edit) (string, error) {
	var t git.Tree
	if tree != "" && tree != s.store.Format.EmptyTree() {
		var err error
		if t, err = s.objects.trees.Tree(ctx, tree); err != nil {
			return "", err
		}
	}
	name, rest, deeper := strings.Cut(path, "/")
	e.Name = name
	if deeper {
		sub := ""
		if old, ok := t.Find(name, s.store.Format.RawLen()); ok && old.IsTree() {
			sub = old.ID()
		}
		below := e
		e = git.Edit{Name: name, Mode: git.ModeTree}
		id, err := s.edit(ctx, sub, rest, below)
		if err != nil {
			return "", err
		}
		e.ID = id
		if e.ID == "" {
			e.Mode = 0
		}
	}
	t, err := t.Apply([]git.Edit{e}, s.store.Format.RawLen())
	if err != nil || len(t) == 0 {
		return "", err
	}
	return s.store.Write("tree", t)
}
