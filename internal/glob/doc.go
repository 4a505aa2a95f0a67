// Package glob answers: does a pattern mean this path, or this branch?
//
// A pattern is compared segment by segment, as path.Match does; a segment "**"
// stands for any number of segments, none among them, as in a pathspec of git
// with the glob magic word.
//
// Invariants:
//
//   - What is matched is what trying all ways would match.
//   - The time is at most that of comparing each segment of the one with each of
//     the other.
package glob
