package carry

import (
	"context"
	"errors"
	"strings"

	"backstay.dev/backstay/internal/git"
)

// declinedKey is the key of the line that records a decision: a branch shall not
// have a fix, and why.
//
//	Backstay-Declined: release/1.7: the code came with 2.0
//
// It stands in the message of the backport, as a trailer, or in a git note on
// the fix or on the backport, so that a decision can be taken after the fact,
// shared and seen with git alone:
//
//	git notes --ref=backstay append -m "Backstay-Declined: 1.7: …" <fix>
//	git log --notes=backstay
const declinedKey = "Backstay-Declined"

// notesRef is where those notes are.
const notesRef = "refs/notes/backstay"

// maxNote bounds a note in bytes.
const maxNote = 1 << 20

// decisions are the reasons why branches shall not have the fix, by branch.
func (t *tracer) decisions(ctx context.Context, fixes []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range t.v.Commits {
		commit, err := t.c.Store.Commit(ctx, id)
		if err != nil {
			return nil, err
		}
		declinedWords(trailers(string(commit.Message)), out)
	}
	tips, err := t.c.Repo.RefValues(ctx, []string{notesRef})
	if err != nil {
		return nil, err
	}
	tip := tips[notesRef]
	if tip == "" {
		return out, nil
	}
	notes, err := t.c.Store.Commit(ctx, tip)
	if err != nil {
		return nil, err
	}
	for _, id := range append(append([]string{}, fixes...), t.v.Commits...) {
		text, err := note(ctx, t.trees, notes.Tree, id)
		if err != nil {
			return nil, err
		}
		declinedWords(text, out)
	}
	return out, nil
}

// declinedWords reads the decisions in a text.
func declinedWords(text string, out map[string]string) {
	for _, value := range trailerValues(text, declinedKey) {
		branch, reason, ok := strings.Cut(value, ": ")
		if branch, reason = strings.TrimSpace(branch), strings.TrimSpace(reason); ok && branch != "" && reason != "" {
			out[branch] = reason
		}
	}
}

// note is the text of the note on a commit, "" for none. Notes are files named
// after what they are on, in folders of two digits where they are many.
func note(ctx context.Context, trees *git.Trees, tree, id string) (string, error) {
	for path, rest := "", id; ; {
		e, ok, err := trees.Lookup(ctx, tree, path+rest)
		if err != nil {
			return "", err
		}
		if ok && e.Mode.IsRegular() {
			o, err := trees.Read(ctx, e.ID(), maxNote)
			if errors.Is(err, git.ErrTooLarge) {
				return "", nil
			}
			return string(o.Content), err
		}
		if len(rest) <= 2 {
			return "", nil
		}
		path, rest = path+rest[:2]+"/", rest[2:]
	}
}
