// Package replay answers one question: how often is Backstay's answer what
// people really committed?
//
// A case is a fix, the commit it went onto, and the commit that people made of
// it. Mine finds the cases in a repository's own history: whatever says, in
// any dialect of package provenance, where it was picked from. The Judge picks
// each fix again onto the very commit that people picked it onto and compares
// the tree with theirs.
//
//   - exact: the id of the result tree is the id of the tree people committed.
//   - code-exact: the same after setting aside documentation, changelogs, tests
//     and generated files; see codePath for the rule.
//
// The cases are survivors: a backport that was given up left no commit.
//
// Invariants:
//
//   - No leak. While a case is judged nothing is consulted that was committed
//     after its own moment, the committer date of what people committed: the
//     engine sees the fix, the commit it went onto, and of that one's history
//     only what was committed before.
//   - The same repository, cases and seed give the same results in the same
//     order, whatever the number of workers; only the times differ.
//   - One case that cannot be tried does not stop the others.
//   - Nothing is written outside the store.
package replay
