package carry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"backstay.dev/backstay/internal/adapt/reuse"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/textdiff"
)

// EditFile is a path that is left to a person.
type EditFile struct {
	Path string `json:"path"`
	// Kind is git's word for the conflict.
	Kind  string          `json:"kind,omitempty"`
	Sides *backport.Sides `json:"sides,omitempty"`
	// Text says that an editor can resolve it: the file in the worktree has
	// its conflicts between markers. Else git add and git rm settle it.
	Text bool `json:"text"`
	// Chunks are its conflicting regions; Known are those of them that were
	// resolved before and have the same text now.
	Chunks int `json:"chunks,omitempty"`
	Known  int `json:"known,omitempty"`
	// Proposed is the rung whose text stands there to be looked at.
	Proposed string `json:"proposed,omitempty"`
	// Left says what is still to be done, "" for a file that is resolved.
	Left string `json:"left,omitempty"`
	// Markers are the lines of the worktree's file that have conflict markers.
	Markers []int `json:"markers,omitempty"`
}

// maxEdited bounds a file that is resolved in an editor, in bytes.
const maxEdited = 16 << 20

// labels are the words behind the conflict markers.
type labels struct{ ours, base, theirs string }

// openFile finds out how a person can resolve a path, and what the file in the
// worktree is to hold; nil to leave it as git left it.
func (e *Editor) openFile(ctx context.Context, known *reuse.Store, f backport.File, regular bool, l labels) (EditFile, []byte, error) {
	open := EditFile{Path: f.Path, Kind: f.Kind, Sides: f.Sides}
	if !regular || f.Sides == nil || f.Sides.Ours == "" || f.Sides.Theirs == "" || f.Kind != "contents" && f.Kind != "add/add" {
		return open, nil, nil
	}
	m, ok, err := e.merge(ctx, *f.Sides)
	if err != nil || !ok {
		return open, nil, err
	}
	open.Text, open.Chunks = true, len(m.Conflicts())
	if open.Chunks == 0 {
		return open, nil, nil // git's own markers stand there
	}
	var out []byte
	for _, r := range m.Regions {
		base, ours, theirs := m.Sides(r)
		if r.Kind != textdiff.Conflict {
			if r.Kind == textdiff.Theirs {
				ours = theirs
			}
			out = append(out, ours...)
			continue
		}
		before, err := known.Find(ctx, base, ours, theirs, 0)
		if err != nil {
			return open, nil, err
		}
		if len(before) > 0 && before[0].ByHand() {
			out = append(out, before[0].Result...)
			open.Known++
			continue
		}
		out = appendConflict(out, l, base, ours, theirs)
	}
	return open, out, nil
}

// merge merges the sides of a file; ok is false where one is no text.
func (e *Editor) merge(ctx context.Context, s backport.Sides) (m textdiff.Merge, ok bool, err error) {
	var text [3][]byte
	for i, id := range []string{s.Base, s.Ours, s.Theirs} {
		if id == "" {
			continue
		}
		o, err := e.Store.Read(ctx, id, maxEdited)
		if errors.Is(err, git.ErrTooLarge) || err == nil && (o.Kind != "blob" || git.Binary(o.Content)) {
			return m, false, nil
		}
		if err != nil {
			return m, false, err
		}
		text[i] = o.Content
	}
	return textdiff.Merge3Histogram(text[0], text[1], text[2]), true, nil
}

// appendConflict writes a region as `git merge-file --diff3` does, with its
// kind of line ends.
func appendConflict(out []byte, l labels, base, ours, theirs []byte) []byte {
	end := "\n"
	if bytes.Contains(ours, []byte("\r\n")) || len(ours) == 0 && bytes.Contains(theirs, []byte("\r\n")) {
		end = "\r\n"
	}
	part := func(marker, label string, text []byte) {
		if label != "" {
			marker += " " + label
		}
		out = append(append(out, marker+end...), text...)
		if len(text) > 0 && text[len(text)-1] != '\n' {
			out = append(out, end...)
		}
	}
	part("<<<<<<<", l.ours, ours)
	part("|||||||", l.base, base)
	part("=======", "", theirs)
	part(">>>>>>>", l.theirs, nil)
	return out
}

// look finds out which of the files are still to be resolved.
func (e *Editor) look(ctx context.Context, w *git.Workbench, files []EditFile) error {
	unmerged, err := w.Unmerged(ctx)
	if err != nil {
		return err
	}
	open := map[string]bool{}
	for _, path := range unmerged {
		open[path] = true
	}
	for i := range files {
		f := &files[i]
		f.Left, f.Markers = "", nil
		switch {
		case f.Text:
			if err := e.lookInto(ctx, w, f, open[f.Path]); err != nil {
				return err
			}
		case open[f.Path] && backport.SubmoduleKind(f.Kind): // git add wants it checked out
			f.Left = "decide with git update-index --cacheinfo 160000,COMMIT,PATH"
		case open[f.Path]:
			f.Left = "decide with git add or git rm"
		}
		delete(open, f.Path)
	}
	for path := range open {
		return fmt.Errorf("the worktree has a conflict that was not there: %s", path)
	}
	return nil
}

// lookInto looks for markers that none of the sides has.
func (e *Editor) lookInto(ctx context.Context, w *git.Workbench, f *EditFile, unmerged bool) error {
	text, err := w.Read(f.Path, maxEdited)
	switch {
	case errors.Is(err, git.ErrNoFile) && unmerged:
		f.Left = "no file is there; git rm confirms that it is to go"
		return nil
	case errors.Is(err, git.ErrNoFile):
		return nil
	case errors.Is(err, git.ErrTooLarge):
		f.Left = fmt.Sprintf("it is larger than %d MiB", maxEdited>>20)
		return nil
	case err != nil:
		return err
	}
	own := map[string]bool{}
	for _, id := range []string{f.Sides.Base, f.Sides.Ours, f.Sides.Theirs} {
		if id == "" {
			continue
		}
		o, err := e.Store.Read(ctx, id, maxEdited)
		if err != nil {
			return err
		}
		for _, line := range textdiff.Lines(o.Content) {
			if kind, _ := reuse.Marker(line); kind != 0 {
				own[strings.TrimRight(string(line), "\r\n")] = true
			}
		}
	}
	sure := false
	for i, line := range textdiff.Lines(text) {
		kind, _ := reuse.Marker(line)
		if kind != 0 && !own[strings.TrimRight(string(line), "\r\n")] {
			f.Markers = append(f.Markers, i+1)
			sure = sure || kind != '=' // that alone may underline a heading
		}
	}
	if f.Left = "conflict markers are left"; !sure {
		f.Left, f.Markers = "", nil
	}
	return nil
}
