// Package place answers: where does the code that a fix changes live on the
// target, and what is the fix there?
//
// Files are renamed, moved, split, merged and copied between the version a fix
// was made for and a release branch. git follows a file that is gone at its old
// path and at least half of which stands at a new one (git-merge(1),
// find-renames). It does not follow what was split off a file that is still
// there, what was merged into a larger one, or a function.
//
// A Finder looks at the files in which the target differs from the fix's base.
// The lines that stand around the fix's changes speak for a place, the less the
// more files have them; a line that the base has at the same path as well is
// that file's own and speaks for nothing. Carry then gives, for each file where
// the change belongs, the three texts of an ordinary merge: a file that moved as
// a whole is merged as a whole, of others function by function.
//
// Invariants:
//
//   - A change never lands in another function than the counterpart of the one
//     that the fix changed.
//   - What stands outside of the regions that the fix touches is the target's,
//     byte for byte.
//   - Equal subtrees are never opened; files opened, bytes read and trees
//     walked are bounded for each search. Where a bound was met the answer is
//     Unknown, never Absent.
//   - Nothing is written.
package place
