package place

import (
	"context"
	"errors"
	"fmt"
	"path"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/textdiff"
)

// Verdict says what came of carrying one file's change.
type Verdict string

// The verdicts.
const (
	// Placed: each change has its place; see Carried.Landings.
	Placed Verdict = "placed"
	// Partly: some changes have theirs, Carried.Left have none.
	Partly Verdict = "partly"
	// Unplaced: the target has what stands around the changes, but no place that
	// is theirs alone.
	Unplaced Verdict = "unplaced"
	// Here: the target has the file, and all that the fix changes in it where
	// git looks for it; the landing is git's own merge.
	Here Verdict = "here"
	// Absent: no file of the target has what the fix changes. The answer for
	// the path is to keep it deleted.
	Absent Verdict = "absent"
	// Twin: the target has it only in files that the fix's base has as well,
	// with the same lines there: copies that the fix did not mean, or changes
	// itself. The answer for the path is to keep it deleted.
	Twin Verdict = "twin"
	// Removed: the fix deletes the file, which the target has changed.
	Removed Verdict = "removed"
	// Unknown: the bounds of the search were met, or the file is too large.
	Unknown Verdict = "unknown"
)

// Change is one file's change by the fix that has no counterpart at its path.
type Change struct {
	Trees
	// Path is where the fix has the file.
	Path string
	// Base and Theirs are its texts before and after the fix; a nil Theirs
	// stands for a deletion.
	Base, Theirs []byte
	// Texts are files of the target as the pick has them now, where that is not
	// what the target's tree has: the fix changes them itself, or an earlier
	// change was carried there. May be nil.
	Texts map[string][]byte
}

// Landing is a change brought to one file of the target.
type Landing struct {
	// Path is the file, Mode its mode there.
	Path string
	Mode git.Mode
	// File has the three texts to merge: Ours is the target's file; Base and
	// Theirs are what the fix's two sides would be at this place. It may
	// conflict, as any merge; its chunks are for the other rungs.
	File *conflict.File
	// Rung is "place-file" for a file merged as a whole, "place-function" where
	// each function was merged with its counterpart, "place-beside" where new
	// ones were put next to the counterparts of their neighbours, and
	// "place-lines" where equal lines said where something belongs. The weakest
	// of a landing's places counts.
	Rung string
	// Hunks is how many of the fix's hunks landed here.
	Hunks int
	// Home is the evidence.
	Home Home
	// Why is one sentence for a person.
	Why string
}

// Left is a part of the fix that landed nowhere.
type Left struct {
	// Hunks are its hunks, base against theirs.
	Hunks []textdiff.Hunk
	// Unit is the function or other definition that they lie in, "" for none.
	Unit string
	// Absent says that no home has such a unit; otherwise the place was not
	// unique, or not like the fix's.
	Absent bool
}

// Carried is the answer of Carry.
type Carried struct {
	Verdict  Verdict
	Landings []Landing
	// Left are the parts of the fix that found no unique place.
	Left []Left
	// Homes are all files that were found, whether something landed there or
	// not.
	Homes []Home
	// Why is one sentence for a person.
	Why string
}

// Carry brings one file's change to where its content lives on the target. An
// object that the repository lacks is a *git.MissingError.
func (f *Finder) Carry(ctx context.Context, c Change) (Carried, error) {
	if c.Theirs == nil {
		return Carried{Verdict: Removed, Why: "the fix deletes the file"}, nil
	}
	if len(c.Base) > maxText || len(c.Theirs) > maxText {
		return Carried{Verdict: Unknown, Why: tooLarge}, nil
	}
	out, err := f.carry(ctx, c)
	if errors.Is(err, git.ErrTooLarge) {
		return Carried{Verdict: Unknown, Why: tooLarge}, nil
	}
	return out, err
}

const tooLarge = "the file is too large to look for its parts"

func (f *Finder) carry(ctx context.Context, c Change) (Carried, error) {
	fix := newFix(c.Path, c.Base, c.Theirs)
	if len(fix.hunks) > maxHunks {
		return Carried{Verdict: Unknown, Why: fmt.Sprintf("the fix changes more than %d places of the file", maxHunks)}, nil
	}
	own, err := f.lookup(ctx, c.Ours, c.Path)
	switch {
	case err != nil:
		return Carried{}, err
	case own.mode.IsRegular():
		return f.carryParts(ctx, c, fix, own)
	case own.mode != 0:
		return Carried{Verdict: Unknown, Why: "the target has something else than a file there"}, nil
	}
	return f.carryFile(ctx, c, fix)
}

// carryFile brings a file's change to where the target has the file.
func (f *Finder) carryFile(ctx context.Context, c Change, fix *fix) (Carried, error) {
	found, homes, err := f.homes(ctx, c, c.Theirs)
	if err != nil {
		return Carried{}, err
	}
	out := Carried{Homes: found.Homes}
	if len(homes) > 0 {
		out.Landings, out.Left = fix.land(homes)
	}
	switch {
	case len(out.Landings) > 0:
		out.Verdict, out.Why = Placed, out.Landings[0].Why
		if len(out.Left) > 0 {
			out.Verdict = Partly
		}
	case len(homes) > 0:
		out.Verdict, out.Why = Unplaced, found.Homes[0].Why+", but none of the changes has a place of its own there"
	case len(found.Homes) > 0:
		out.Verdict, out.Why = Twin, found.Homes[0].Why
	case vendored(c.Path):
		out.Verdict, out.Why = Absent, "code of other projects is brought in by its tool; the target lacks this file"
	case !found.Complete:
		out.Verdict, out.Why = Unknown, fmt.Sprintf("not found in the %d files of the target that were compared", found.Looked)
	default:
		out.Verdict, out.Why = Absent, fmt.Sprintf("none of the %d files in which the target differs has what stands around the changes", found.Looked)
	}
	return out, nil
}

// carryParts brings parts of a file's change, where the target has the file but
// not what they change, to other places of the file or to other files.
func (f *Finder) carryParts(ctx context.Context, c Change, fix *fix, own leaf) (Carried, error) {
	main, err := f.open(ctx, c, Home{Path: c.Path, Blob: own.id, Mode: own.mode, Score: 1, Whole: 1, Why: "the target has the file"})
	if err != nil {
		return Carried{}, err
	}
	moved, keeps := fix.moved(main)
	out := Carried{Verdict: Here, Landings: []Landing{moved}, Why: main.Why}
	landings, left := fix.byParts([]*home{main})
	gone, stays := fix.split(left)
	if landings, left := choose(moved, keeps, landings, left); len(left) == 0 && landings[0].Rung != fileRung {
		out = Carried{Verdict: Placed, Landings: landings, Why: landings[0].Why}
	}
	if len(gone) == 0 {
		return out, nil
	}
	found, homes, err := f.homes(ctx, c, fix.with(gone))
	if err != nil || len(homes) == 0 {
		return out, err
	}
	if landings, left = newFix(c.Path, c.Base, fix.with(gone)).byParts(homes); len(left) > 0 {
		return out, nil
	}
	if len(stays) > 0 {
		var here []Landing
		here, left = newFix(c.Path, c.Base, fix.with(stays)).land([]*home{main})
		landings = append(here, landings...)
	}
	out = Carried{Verdict: Placed, Landings: landings, Left: left, Homes: found.Homes, Why: landings[len(landings)-1].Why}
	if len(left) > 0 {
		out.Verdict = Partly
	}
	return out, nil
}

// homes finds and reads the files where a change to c's file may belong.
func (f *Finder) homes(ctx context.Context, c Change, theirs []byte) (Found, []*home, error) {
	found, err := f.Find(ctx, c.Trees, c.Path, c.Base, theirs)
	if err != nil {
		return Found{}, nil, err
	}
	var homes []*home
	for _, h := range found.Homes {
		if h.Twin || len(homes) > 0 && h.Score < found.Homes[0].Score*far {
			continue
		}
		there, err := f.open(ctx, c, h)
		if err != nil {
			return Found{}, nil, err
		}
		homes = append(homes, there)
	}
	return found, homes, nil
}

// far is the share of the best home's score below which others are not tried.
const far = 0.3

// maxHunks bounds the places that one fix changes in a file.
const maxHunks = 500

// open reads a home as the pick has it now, and what the fix's base has at its
// path.
func (f *Finder) open(ctx context.Context, c Change, h Home) (*home, error) {
	text, ok := c.Texts[h.Path]
	if !ok {
		o, err := f.store.Read(ctx, h.Blob, maxText)
		if err != nil {
			return nil, fmt.Errorf("read %s on the target: %w", h.Path, err)
		}
		text = o.Content
	}
	there := &home{Home: h, source: sourceOf(h.Path, text)}
	if h.Path == c.Path {
		return there, nil // it is the file itself
	}
	l, err := f.origin(ctx, c, h.Path)
	if err != nil {
		return nil, err
	}
	if l.mode.IsRegular() {
		o, err := f.store.Read(ctx, l.id, maxText)
		if err != nil {
			return nil, fmt.Errorf("read %s in the fix's base: %w", h.Path, err)
		}
		there.twin = sourceOf(h.Path, o.Content)
	}
	return there, nil
}

// origin is the file of the fix's base that a home goes by: the one at its path,
// else the only one of its name that the target lacks, other than the fix's own.
func (f *Finder) origin(ctx context.Context, c Change, home string) (leaf, error) {
	l, err := f.lookup(ctx, c.Trees.Base, home)
	if err != nil || l.mode != 0 {
		return l, err
	}
	pairs, _, err := f.differing(ctx, c.Trees.Base, c.Ours)
	if err != nil {
		return leaf{}, err
	}
	n := 0
	for _, p := range pairs {
		if p.ours.mode == 0 && p.base.mode.IsRegular() && path.Base(p.path) == path.Base(home) {
			n++
			if p.path != c.Path {
				l = p.base
			}
		}
	}
	if n != 1 {
		return leaf{}, nil
	}
	return l, nil
}
