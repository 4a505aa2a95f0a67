// Package adapt answers: how would the people of this project resolve what git
// could not merge, and how sure is that?
//
// A fix is tried from several sources: the original, and earlier backports of
// it on other branches, which have been adapted once already. Each source that
// git cannot merge leaves decisions open: a conflicting region of a file (a
// Chunk), or a file that one side lacks. The rungs of the ladder give answers
// to each; equal answers of several rungs are one option with more evidence.
// What is seen of an option (which rungs gave it, how large the change is,
// whether the names it uses are there, how rungs fared on this path and kind of
// file before) makes a row, and a forest fitted to real backports gives its
// odds. A second one judges the whole: all decisions together, and what
// surrounds them. The measured precision of answers at least as sure is the
// confidence; from Confident on the pick is resolved, below that it is proposed,
// with alternatives.
//
// Nothing here is keyed to a repository's name. What is learned is learned from
// history by code that any user can run (Experience), strictly from what was
// committed before the moment asked about.
//
// Invariants:
//
//   - Adapt never runs where git merges the fix cleanly.
//   - Files that git merged are as git merged them; every other byte is named
//     with its rung, its evidence and its confidence.
//   - A result has no conflict markers that no side had.
//   - The same question with the same experience has the same answer.
package adapt
