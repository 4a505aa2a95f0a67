package carry

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"slices"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/textdiff"
)

const (
	// treesKept bounds in bytes the trees that are kept while one backport is
	// looked at.
	treesKept = 32 << 20
	// maxChangePaths and maxChangeText bound what is read of a commit to compare
	// its lines: paths, and bytes of one file.
	maxChangePaths = 200
	maxChangeText  = 1 << 20
)

// treeChanges are the paths in which two trees differ, in order, limit of them
// at most.
func treeChanges(ctx context.Context, trees *git.Trees, from, to string, limit int) ([]git.Change, error) {
	var out []git.Change
	err := trees.Diff(ctx, from, to, nil, func(path string, x, y git.Entry) error {
		if len(out) == limit {
			return fs.SkipAll
		}
		ch := git.Change{Status: 'M', Old: x.Mode, New: y.Mode, OldID: x.ID(), NewID: y.ID(), Path: path}
		switch {
		case x.Mode == 0:
			ch.Status = 'A'
		case y.Mode == 0:
			ch.Status = 'D'
		case x.Mode.IsRegular() != y.Mode.IsRegular():
			ch.Status = 'T'
		}
		out = append(out, ch)
		return nil
	})
	return out, err
}

// A change is what a commit changes, as lines.
type change struct {
	paths []string
	// lines counts the removed and added lines that say something, each behind
	// its sign and without the blanks around it; total is their sum.
	lines map[string]int
	total int
}

// likeness is how many of the lines two changes have in common, 0 to 1.
func (a change) likeness(b change) float64 {
	if a.total == 0 || b.total == 0 {
		return 0
	}
	return 2 * float64(a.common(b)) / float64(a.total+b.total)
}

// holds is how many of b's lines are in a, 0 to 1.
func (a change) holds(b change) float64 {
	if b.total == 0 {
		return 0
	}
	return float64(a.common(b)) / float64(b.total)
}

// near tells whether most of a's paths are b's, too.
func (a change) near(b change) bool {
	n := 0
	for _, p := range a.paths {
		if slices.Contains(b.paths, p) {
			n++
		}
	}
	return n > 0 && 2*n >= len(a.paths)
}

func (a change) common(b change) int {
	n := 0
	for line, k := range a.lines {
		n += min(k, b.lines[line])
	}
	return n
}

// changeOf reads what a commit changes against its first parent.
func changeOf(ctx context.Context, trees *git.Trees, id string) (change, git.Commit, error) {
	out := change{lines: map[string]int{}}
	commit, err := trees.Commit(ctx, id)
	if err != nil {
		return out, commit, err
	}
	before := ""
	if len(commit.Parents) > 0 {
		parent, err := trees.Commit(ctx, commit.Parents[0])
		if err != nil {
			return out, commit, err
		}
		before = parent.Tree
	}
	changes, err := treeChanges(ctx, trees, before, commit.Tree, maxChangePaths)
	if err != nil {
		return out, commit, err
	}
	for _, ch := range changes {
		out.paths = append(out.paths, ch.Path)
		old, err := out.text(ctx, trees, ch.Old, ch.OldID)
		if err != nil {
			return out, commit, err
		}
		now, err := out.text(ctx, trees, ch.New, ch.NewID)
		if err != nil {
			return out, commit, err
		}
		out.add(old, now)
	}
	return out, commit, nil
}

// text is a file's content; empty for what is compared by no lines.
func (a *change) text(ctx context.Context, trees *git.Trees, mode git.Mode, id string) ([]byte, error) {
	if !mode.IsRegular() {
		return nil, nil
	}
	o, err := trees.Read(ctx, id, maxChangeText)
	if errors.Is(err, git.ErrTooLarge) || err == nil && git.Binary(o.Content) {
		return nil, nil
	}
	return o.Content, err
}

func (a *change) add(old, now []byte) {
	was, is := textdiff.Lines(old), textdiff.Lines(now)
	for _, h := range textdiff.Diff(old, now) {
		for _, l := range was[h.OldStart : h.OldStart+h.OldCount] {
			a.count('-', l)
		}
		for _, l := range is[h.NewStart : h.NewStart+h.NewCount] {
			a.count('+', l)
		}
	}
}

// count counts a line that has more than a word's worth of letters: brackets
// stand in every change.
func (a *change) count(sign byte, line []byte) {
	line = bytes.TrimSpace(line)
	letters := 0
	for _, c := range line {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80 {
			letters++
		}
	}
	if letters > 3 {
		a.lines[string(sign)+string(line)]++
		a.total++
	}
}
