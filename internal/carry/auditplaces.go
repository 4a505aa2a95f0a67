package carry

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/textdiff"
)

// The kinds of deviations.
const (
	deviationConflict = "conflict"
	deviationChanged  = "changed"
	deviationAdded    = "added"
	deviationRemoved  = "removed"
	deviationMode     = "mode"
)

const (
	// maxAuditText bounds in bytes the files that are compared line by line.
	maxAuditText = 16 << 20
	// maxAuditPaths bounds how many paths two trees may differ in.
	maxAuditPaths = 10_000
	// maxPlaces bounds the places that one file is told to differ in; the last
	// of them then stands for the rest.
	maxPlaces = 200
	// maxPlaceText bounds in bytes what is shown of a place.
	maxPlaceText = 4 << 10
)

// A comparison finds the places in which a backport differs from git's merge.
type comparison struct {
	trees     *git.Trees
	conflicts []backport.File // what git could not merge
	actual    string          // the backport's tree
	more      string          // the first path that is beyond maxAuditPaths
}

// compare compares two trees, the first of which may have git's markers in the
// files that conflict.
func (c *comparison) compare(ctx context.Context, expected, actual string) ([]backport.Deviation, error) {
	c.actual = actual
	changes, err := treeChanges(ctx, c.trees, expected, actual, maxAuditPaths+1)
	if err != nil {
		return nil, err
	}
	if len(changes) > maxAuditPaths {
		c.more, changes = changes[maxAuditPaths].Path, changes[:maxAuditPaths]
	}
	var out []backport.Deviation
	told := map[string]bool{}
	for _, ch := range changes {
		told[ch.Path] = true
		places, err := c.path(ctx, ch)
		if err != nil {
			return nil, err
		}
		out = append(out, places...)
	}
	for _, f := range c.conflicts {
		if !told[f.Path] { // decided as git left it: without markers, as for a file that one side removed
			told[f.Path] = true
			whole, err := c.whole(ctx, f)
			if err != nil {
				return nil, err
			}
			out = append(out, whole...)
		}
	}
	slices.SortStableFunc(out, func(a, b backport.Deviation) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), a.Line-b.Line)
	})
	return out, nil
}

// path compares one path.
func (c *comparison) path(ctx context.Context, ch git.Change) ([]backport.Deviation, error) {
	if i := slices.IndexFunc(c.conflicts, func(f backport.File) bool { return f.Path == ch.Path }); i >= 0 {
		return c.conflict(ctx, c.conflicts[i], ch)
	}
	switch ch.Status {
	case 'A':
		return []backport.Deviation{{Path: ch.Path, Kind: deviationAdded}}, nil
	case 'D':
		return []backport.Deviation{{Path: ch.Path, Kind: deviationRemoved}}, nil
	}
	var out []backport.Deviation
	if ch.Old != ch.New {
		out = append(out, backport.Deviation{Path: ch.Path, Kind: deviationMode, Expected: modeText(ch.Old), Actual: modeText(ch.New)})
	}
	if ch.OldID == ch.NewID {
		return out, nil
	}
	whole := append(out, backport.Deviation{Path: ch.Path, Kind: deviationChanged})
	if !ch.Old.IsRegular() || !ch.New.IsRegular() { // a submodule's commit is not even here
		return whole, nil
	}
	texts, ok, err := c.read(ctx, ch.OldID, ch.NewID)
	if err != nil {
		return nil, err
	}
	if !ok {
		return whole, nil
	}
	return append(out, changedPlaces(ch.Path, texts[0], texts[1])...), nil
}

func modeText(m git.Mode) string {
	switch m {
	case git.ModeExec:
		return "an executable file"
	case git.ModeSymlink:
		return "a link"
	case git.ModeGitlink:
		return "a submodule"
	}
	return "a file"
}

// conflict compares a file that git could not merge with what somebody made of
// it: where git has a conflict anything may stand, and it is told as such; the
// rest should be as git merges it.
func (c *comparison) conflict(ctx context.Context, f backport.File, ch git.Change) ([]backport.Deviation, error) {
	whole, err := c.whole(ctx, f)
	if err != nil {
		return nil, err
	}
	if f.Sides == nil || f.Sides.Ours == "" || f.Sides.Theirs == "" || !ch.New.IsRegular() || ch.Status == 'D' {
		return whole, nil
	}
	ids := []string{ch.NewID, f.Sides.Ours, f.Sides.Theirs}
	if f.Sides.Base != "" {
		ids = append(ids, f.Sides.Base)
	}
	texts, ok, err := c.read(ctx, ids...)
	if err != nil || !ok {
		return whole, err
	}
	var base []byte
	if len(texts) > 3 {
		base = texts[3]
	}
	m := textdiff.Merge3Histogram(base, texts[1], texts[2])
	if m.Clean() {
		return whole, nil
	}
	return conflictPlaces(f.Path, m, texts[0]), nil
}

// whole tells a conflict that is not about lines, in words: git's, and what
// stands there in the backport.
func (c *comparison) whole(ctx context.Context, f backport.File) ([]backport.Deviation, error) {
	e, ok, err := c.trees.Lookup(ctx, c.actual, f.Path)
	if err != nil {
		return nil, err
	}
	actual := ""
	switch {
	case !ok:
	case e.Mode == git.ModeGitlink:
		actual = git.Subproject + e.ID()
	case f.Sides != nil && e.ID() == f.Sides.Ours:
		actual = modeText(e.Mode) + ", as on the target"
	case f.Sides != nil && e.ID() == f.Sides.Theirs:
		actual = modeText(e.Mode) + ", as in the fix"
	default:
		actual = modeText(e.Mode) + " of another content"
	}
	return []backport.Deviation{{Path: f.Path, Kind: deviationConflict, Expected: f.Detail, Actual: actual}}, nil
}

// read reads texts; ok is false where one is none, or too large to compare.
func (c *comparison) read(ctx context.Context, ids ...string) (texts [][]byte, ok bool, err error) {
	for _, id := range ids {
		o, err := c.trees.Read(ctx, id, maxAuditText)
		switch {
		case errors.Is(err, git.ErrTooLarge), err == nil && (o.Kind != "blob" || git.Binary(o.Content)):
			return nil, false, nil
		case err != nil:
			return nil, false, err
		}
		texts = append(texts, o.Content)
	}
	return texts, true, nil
}

// changedPlaces are the places in which two texts differ.
func changedPlaces(path string, expected, actual []byte) []backport.Deviation {
	was, is := textdiff.Lines(expected), textdiff.Lines(actual)
	var out []backport.Deviation
	for _, h := range textdiff.Diff(expected, actual) {
		out = append(out, backport.Deviation{
			Path: path, Kind: deviationChanged, Line: h.NewStart + 1, Lines: h.NewCount,
			Expected: shown(was[h.OldStart : h.OldStart+h.OldCount]), Actual: shown(is[h.NewStart : h.NewStart+h.NewCount]),
		})
	}
	return bounded(out)
}

// conflictPlaces compares a text with a merge that has conflicts. Each of them
// is a place where anything may stand; the lines around them should be those of
// the merge. What was changed next to a conflict cannot be told from what was
// decided in it: of that the lines of the merge that are gone are told.
func conflictPlaces(path string, m textdiff.Merge, actual []byte) []backport.Deviation {
	numbers := textdiff.Numbering{}
	is := textdiff.Lines(actual)
	there := numbers.All(is)
	var was [][]byte              // the lines of the merge, and one for each conflict
	var symbols []int32           // their numbers; a conflict's is nobody else's
	conflicts := map[int]string{} // what is shown of the conflict at this line
	for _, r := range m.Regions {
		_, ours, theirs := m.Sides(r)
		if r.Kind == textdiff.Conflict {
			conflicts[len(was)] = "<<<<<<< target\n" + ended(ours) + "=======\n" + ended(theirs) + ">>>>>>> fix\n"
			was, symbols = append(was, nil), append(symbols, -1-int32(len(conflicts)))
			continue
		}
		text := ours
		if r.Kind == textdiff.Theirs {
			text = theirs
		}
		for _, line := range textdiff.Lines(text) {
			was, symbols = append(was, line), append(symbols, numbers.Of(line))
		}
	}
	var out []backport.Deviation
	for _, h := range textdiff.DiffSymbols(symbols, there) {
		place := backport.Deviation{Path: path, Kind: deviationChanged, Line: h.NewStart + 1, Lines: h.NewCount, Actual: shown(is[h.NewStart : h.NewStart+h.NewCount])}
		after := place
		after.Line, after.Lines, after.Actual = h.NewStart+h.NewCount+1, 0, ""
		for from, end := h.OldStart, h.OldStart+h.OldCount; ; {
			to := from
			for to < end && conflicts[to] == "" {
				to++
			}
			if to > from || h.OldCount == 0 { // lines of the merge
				one := place
				if len(conflicts) > 0 && holdsConflict(conflicts, h) {
					one = after
				}
				one.Kind, one.Expected = deviationChanged, shown(was[from:to])
				out = append(out, one)
			}
			if to == end {
				break
			}
			one := place
			one.Kind, one.Expected = deviationConflict, cut(conflicts[to])
			out = append(out, one)
			place = after // what follows in this place has no line of its own
			from = to + 1
			if from == end {
				break
			}
		}
	}
	return bounded(out)
}

// holdsConflict tells whether a conflict lies in a hunk.
func holdsConflict(conflicts map[int]string, h textdiff.Hunk) bool {
	for i := range h.OldCount {
		if conflicts[h.OldStart+i] != "" {
			return true
		}
	}
	return false
}

// bounded cuts off what is too much of a file.
func bounded(places []backport.Deviation) []backport.Deviation {
	if len(places) <= maxPlaces {
		return places
	}
	last := &places[maxPlaces-1]
	last.Expected, last.Actual = "", "this place and all below it"
	return places[:maxPlaces]
}

// ended is a text with an end to its last line.
func ended(text []byte) string {
	if len(text) > 0 && text[len(text)-1] != '\n' {
		return string(text) + "\n"
	}
	return string(text)
}

func shown(lines [][]byte) string { return cut(string(bytes.Join(lines, nil))) }

// cut bounds what is shown, in valid UTF-8.
func cut(s string) string {
	if len(s) > maxPlaceText {
		s = s[:maxPlaceText] + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
