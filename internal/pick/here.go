package pick

import (
	"context"
	"errors"
	"fmt"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/textdiff"
)

// maxHere bounds the files that are merged here, in bytes each.
const maxHere = 1 << 20

// mergeHere merges files in this process, for answers whose trees are not
// stored, or are drafts: the same file of a fix is read once for all targets,
// and only of drafts a result is written. textdiff's merge by histogram is
// git's on every file that they were compared on (docs/performance.md); what is
// no text, or large, or has a merge driver, is git's to merge.
func (e *Engine) mergeHere(ctx context.Context, files []fileMerge) error {
	content := map[string][]byte{}
	var ids []string
	for _, f := range files {
		for _, id := range []string{f.Base, f.Ours, f.Theirs} {
			if _, listed := content[id]; !listed && f.Driver == git.DriverText {
				content[id] = nil
				ids = append(ids, id)
			}
		}
	}
	err := e.store.ReadAll(ctx, ids, func(i int, o git.Object) error {
		if o.Kind == "blob" && isText(o.Content) {
			content[ids[i]] = o.Content
		}
		return nil
	})
	var missing *git.MissingError
	if err != nil && !errors.As(err, &missing) {
		return fmt.Errorf("merge files: %w", err)
	}
	var left []fileMerge
	for _, f := range files {
		base, ours, theirs := content[f.Base], content[f.Ours], content[f.Theirs]
		if f.Driver != git.DriverText || base == nil || ours == nil || theirs == nil {
			left = append(left, f)
			continue
		}
		answer := git.MergedBlob{Kind: "contents"}
		if text, ok := textdiff.Merge3Histogram(base, ours, theirs).Text(); ok {
			answer = git.MergedBlob{Clean: true, ID: e.store.Format.Hash("blob", text)}
			if e.opts.Draft {
				if answer.ID, err = e.store.Write("blob", text); err != nil {
					return fmt.Errorf("merge files: %w", err)
				}
			}
		}
		e.memo.keepMerged([]git.Triple{f.Triple}, []git.MergedBlob{answer})
	}
	if len(left) == 0 {
		return nil
	}
	return e.mergeByGit(ctx, left)
}

// isText reports whether a file may be merged here. An empty file is left to
// git like a missing one.
func isText(content []byte) bool {
	return len(content) > 0 && len(content) <= maxHere && !git.Binary(content)
}
