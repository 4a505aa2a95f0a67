// Package conflict answers: what does a rung of the ladder get to see, and what
// does it give back?
//
// A File is one path that git could not merge, with its three texts and git's
// own regions. Each conflicting region is a Chunk. A rung looks at one Chunk,
// in its File, and gives Answers: texts that could stand in its place. It says
// nothing of how sure it is; that is measured elsewhere, for all rungs alike.
//
// Invariants:
//
//   - Rungs are pure: same chunk, same answers. They do no I/O and change
//     nothing of what they are given.
//   - An answer's text is whole lines: it ends with a newline unless it stands
//     at the end of a file, and never holds conflict markers that no side has.
//   - No rung knows a repository's name.
package conflict
