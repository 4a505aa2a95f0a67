// Package fine answers: which edits of the fix can be laid over the target's
// lines, if one looks closer than git does?
//
// Git merges by line, and takes edits that touch for a conflict. Here a chunk is
// merged more finely, in several ways that agree where the case is plain: lines
// whose edits touch but do not overlap; words; lines that are paired with their
// versions even where they differ, so that the fix's own edits, the way from
// base to theirs, can be replayed on the target's text. The last is what a
// backport needs most: both sides of the fix hold lines of earlier commits that
// the target never had, and only the difference between them is the fix.
//
// Where a merge alone does not know, each way to go on is a rung of its own:
// who comes first where both sides added lines, what becomes of an edit to a
// line that the target lacks, of the target's edit to a line that the fix
// deletes, and of words that both changed. Which of them people follow is
// measured elsewhere.
//
// Words are the same in all languages: letters, digits and underscores; blanks;
// punctuation. A lexer would not do better, since strings and comments have to
// be merged word by word anyway and a chunk may begin in the middle of one.
//
// Invariants:
//
//   - If one side equals base, every answer is the other side.
//   - Lines of an answer come from the three texts or are put together from
//     their words; conflict markers that no side has are never among them.
//   - Texts of more than 128 KiB together are merged by line only. A table that
//     pairs similar lines has at most 2^16 cells; a region that would need a
//     larger one is first cut at its equal lines. Time and memory then grow
//     with the size of the chunk, and of the file where names are learned from
//     it.
package fine
