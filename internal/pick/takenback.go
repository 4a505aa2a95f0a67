package pick

import (
	"bytes"
	"context"
	"errors"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/textdiff"
)

// undone reports whether a step that some commit says the target has, or that
// a commit there made, is gone again although nobody said so: it merges
// cleanly, every path of it changes, and the target has none of its lines. Then
// the content is believed, and a finding says what history had said. A step of
// which some part is there, or which conflicts, was carried in another form and is
// present.
func (e *Engine) undone(ctx context.Context, r *run, step int, got Result) (bool, error) {
	if got.Err != nil || !got.Clean || len(got.Files) == 0 {
		return false, nil
	}
	for _, f := range got.Files {
		if f.Outcome != backport.Clean {
			return false, nil
		}
	}
	some, err := e.partly(ctx, r.job.Fix.Steps[step], r.tree)
	var missing *git.MissingError
	if err != nil && !errors.As(err, &missing) { // what a partial clone lacks says nothing
		return false, err
	}
	if some {
		return false, nil
	}
	there := r.there[step]
	r.there[step] = nil
	r.pick.Findings = append(r.pick.Findings, backport.Finding{
		Check: "taken-back", Severity: backport.Warning, Commit: there.Commit,
		Text: "history says that " + r.job.Target.Name + " has this fix (" + there.How + "), but nothing of it is in the files: it was taken back without a word, or carried in another place",
	})
	return true, nil
}

// minTelling is how many bytes a line must have to be told from others like it.
const minTelling = 10

// partly reports whether a tree has, at the paths of a step, a line that the step
// adds and that was not there before it.
func (e *Engine) partly(ctx context.Context, s backport.Step, tree string) (bool, error) {
	base, err := e.commit(ctx, s.Base)
	if err != nil {
		return false, err
	}
	theirs, err := e.commit(ctx, s.Commit)
	if err != nil {
		return false, err
	}
	changes, err := e.changes(ctx, base.Tree, theirs.Tree)
	if err != nil {
		return false, err
	}
	for _, c := range changes {
		ours, err := e.leafAt(ctx, tree, c.path)
		if err != nil {
			return false, err
		}
		var text [3][]byte
		for n, l := range []leaf{c.old, c.new, ours} {
			if text[n], err = e.lines(ctx, l); err != nil {
				return false, err
			}
		}
		if addsTo(text[0], text[1], text[2]) {
			return true, nil
		}
	}
	return false, nil
}

// lines is the text of a file; nil where there is none, or too much.
func (e *Engine) lines(ctx context.Context, l leaf) ([]byte, error) {
	if !l.mode.IsRegular() {
		return nil, nil
	}
	o, err := e.store.Read(ctx, l.id, maxChunkFile)
	if errors.Is(err, git.ErrTooLarge) || err == nil && git.Binary(o.Content) {
		return nil, nil
	}
	return o.Content, err
}

// addsTo reports whether a text has a line that new has and old has not.
func addsTo(old, new, text []byte) bool {
	had := map[string]bool{}
	for _, l := range textdiff.Lines(old) {
		had[string(bytes.TrimSpace(l))] = true
	}
	has := map[string]bool{}
	for _, l := range textdiff.Lines(text) {
		has[string(bytes.TrimSpace(l))] = true
	}
	for _, l := range textdiff.Lines(new) {
		if l = bytes.TrimSpace(l); len(l) >= minTelling && !had[string(l)] && has[string(l)] {
			return true
		}
	}
	return false
}
