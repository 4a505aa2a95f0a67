// Package textdiff answers: what changed between two texts, and which regions
// of three versions of a text conflict?
//
// A text is bytes; its unit is the line, newline included, so that a last line
// without a newline differs from the same line with one, and CRLF from LF.
// There is no encoding, no whitespace folding and no notion of binary: callers
// that want one of these decide before they ask.
//
// [Diff] finds a shortest edit script with the linear-space algorithm of
// E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986),
// section 4b, then slides each group of changed lines to the place where a
// reader, and git, expect it. [Merge3] lays the two diffs from the base side by
// side, as diff3 does, and cuts the three texts into regions. Both follow git's
// conventions closely enough that `git merge-file` serves as the oracle of the
// tests; git stays the judge of what is written, this package explains it.
//
// Among shortest scripts of equal length git may take another one than this
// package, and git's search is not always shortest. So a merge may be clean
// here and not there, or the reverse, where lines repeat a lot. On real files
// that is a matter of one triple in thousands.
//
// Invariants:
//   - The same input gives the same output; nothing here does I/O, looks at a
//     clock, keeps state between calls or changes what it was given.
//   - Applying Diff(a, b) to a gives b. Hunks are in order and at least one
//     unchanged line apart. Up to the cost limit documented at [DiffSymbols] no
//     shorter script exists.
//   - Regions are in order and cover each of the three texts exactly once. A
//     region's kind is true of its lines by comparison, not by inference.
//   - A merge is clean exactly when no region is a [Conflict].
//   - Time is bounded by the number of lines times a constant, whatever the
//     texts are; memory by some tens of bytes per line.
package textdiff
