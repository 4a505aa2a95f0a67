// Package compare answers: is a backport the same change as the original,
// function by function, and if not, what does it do that the original does not,
// and the reverse?
//
// Read gives the files that a change touches, Functions compares two changes.
// What it gives is the difference of the two differences, as in git-range-diff(1),
// but cut at the borders of functions, so that a function that moved to another
// file or goes by another name still stands beside its counterpart; and only
// what differs is in it, the rest is folded.
//
// The way of a change through the package:
//
//	read.go     two trees → files; renames paired
//	file.go     a file before and after → lines, numbered
//	script.go   → the lines removed and added, in order
//	agree.go    a change has many scripts, and two equal changes should not differ
//	            by the choice: replay.go tries the script of one on the other,
//	            slide.go moves groups of lines to where they could lie as well
//	units.go    script → what it does to each function, and between functions
//	pairs.go    which file is which on the other side; match.go the same of units
//	pieces.go   hunks that landed in another function
//	body.go     a unit with its context; interdiff.go the difference of two
//
// Invariants:
//
//   - Functions is pure: the same input gives the same output, and nothing that
//     it was given is changed. Whatever the files are, it neither fails nor
//     panics; what is too large or has no lines is compared as a whole.
//   - Every line that either change removes or adds is in exactly one
//     FunctionDiff, or counted by its Same.
//   - Where the lines that a file's change removes and adds are the same in both,
//     in the same order, no item of the file differs, whatever surrounds them.
//   - Time grows with the size of the changed files, times a constant; the
//     constants that bound the rest are told where they stand.
package compare
