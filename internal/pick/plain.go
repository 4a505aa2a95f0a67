package pick

import (
	"context"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
)

// verdict is what the plain rule says of one change on one target.
type verdict struct {
	edits   []change // decided paths, new being what the result has
	open    []open   // files both sides changed, for git to merge
	present []string // paths where the target has the fix's file already
	// why is not empty where git must merge the whole trees: the first reason.
	why string
	// others says that there are reasons besides lacking files.
	others bool
	// lacking are the regular files that the fix changes and the target lacks:
	// conflicts, unless the target has them elsewhere; gone are those that it
	// surely has not.
	lacking []change
	gone    []backport.File
	// sure is a path that conflicts whatever git finds elsewhere, if any.
	sure *backport.File
}

// leave notes a reason to leave the pick to git.
func (v *verdict) leave(why string) {
	if v.why == "" {
		v.why = why
	}
}

// open is a file that both sides changed.
type open struct {
	path               string
	base, ours, theirs leaf
	mode               git.Mode // the result's
}

// plain decides what follows from equal ids alone, path by path, or says why
// it cannot.
//
// git's ort merge (git-merge(1), MERGE STRATEGIES; the reasoning is in the
// comments of merge-ort.c and in git's remembering-renames design note)
// differs from a path-by-path merge only where it detects renames, and a
// rename needs a path that is gone on one side and a path that is new on that
// side:
//
//   - Renames made by the fix need a deletion and an addition in the fix. They
//     matter where the target changed the old path, has something at the new
//     one, or has files of its own in a folder that the fix emptied.
//   - Renames made by the target matter for old paths that the fix changes and
//     the target lacks, and for folders that the target no longer has and the
//     fix adds a file to.
//
// Each of these, and everything whose type differs between the sides, is left
// to git. What remains is decided as ort decides it: a side that equals the
// base yields to the other.
func (e *Engine) plain(ctx context.Context, baseTree, theirTree, ours string, changes []change) (verdict, error) {
	var v verdict
	adds := false
	for _, c := range changes {
		adds = adds || c.old.mode == 0
	}
	for _, c := range changes {
		w, entry, depth, err := e.lookup(ctx, ours, c.path)
		if err != nil {
			return v, err
		}
		why := ""
		switch {
		case w == blocked || w == folder:
			why = "a file stands where the other side has a folder"
		case c.old.mode == 0 && w == file:
			why = "both sides added the path"
		case c.old.mode == 0:
			why, err = e.goneFolder(ctx, baseTree, c.path, depth)
			v.edits = append(v.edits, c)
		case w == absent:
			why = "the target lacks the file"
			if c.new.mode != 0 && c.old.mode.IsRegular() {
				v.lacking = append(v.lacking, c)
			} else {
				v.others = true
			}
		case c.new.mode == 0:
			if leafOf(entry) != c.old {
				why = "the target changed a file that the fix deletes"
				if !adds { // the fix has nothing new that it could have become
					f := conflictFile(c.path, "modify/delete", why, backport.Sides{Base: c.old.id, Ours: entry.ID()})
					v.sure = &f
				}
			} else if adds {
				why, err = e.emptiedFolder(ctx, theirTree, c.path)
			}
			v.edits = append(v.edits, c)
		default:
			why = v.file(c, leafOf(entry))
		}
		if err != nil {
			return v, err
		}
		v.leave(why)
		v.others = v.others || why != "" && w != absent || why != "" && c.old.mode == 0
	}
	return v, nil
}

// file merges one path that all three sides have.
func (v *verdict) file(c change, ours leaf) (why string) {
	switch {
	case ours == c.new:
		v.present = append(v.present, c.path)
		return ""
	case ours == c.old:
		v.edits = append(v.edits, c)
		return ""
	case !c.old.mode.IsRegular() || !c.new.mode.IsRegular() || !ours.mode.IsRegular():
		return "both sides changed something that is no regular file"
	}
	mode, ok := three(c.old.mode, ours.mode, c.new.mode)
	if !ok {
		return "both sides changed the mode"
	}
	if id, ok := three(c.old.id, ours.id, c.new.id); ok {
		v.edits = append(v.edits, change{path: c.path, new: leaf{mode: mode, id: id}})
		return ""
	}
	v.open = append(v.open, open{path: c.path, base: c.old, ours: ours, theirs: c.new, mode: mode})
	return ""
}

// three is the three-way rule for values that are equal or not.
func three[T comparable](base, ours, theirs T) (T, bool) {
	switch {
	case ours == base, ours == theirs:
		return theirs, true
	case theirs == base:
		return ours, true
	}
	return ours, false
}

// goneFolder says whether a folder above path stands in the base but not on
// the target, which has only depth of them: the target may have renamed it,
// and ort would move the added file along.
func (e *Engine) goneFolder(ctx context.Context, baseTree, path string, depth int) (string, error) {
	if depth == strings.Count(path, "/") {
		return "", nil
	}
	_, _, inBase, err := e.lookup(ctx, baseTree, path)
	if err == nil && inBase > depth {
		return "the target lacks the folder", nil
	}
	return "", err
}

// emptiedFolder says whether the fix left nothing of the folder of a path that
// it deletes: the fix may have renamed the folder, and ort would move what the
// target has there.
func (e *Engine) emptiedFolder(ctx context.Context, theirTree, path string) (string, error) {
	_, _, depth, err := e.lookup(ctx, theirTree, path)
	if err == nil && depth < strings.Count(path, "/") {
		return "the fix emptied a folder", nil
	}
	return "", err
}
