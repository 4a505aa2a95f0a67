// Package pick answers one question: what happens when this change is applied
// to that tree?
//
// The oracle is git's own merge (ort) of three trees: the one before the fix
// (base), the target's (ours) and the fix's (theirs). Asking git for every
// pair is right but wide questions, such as thousands of fixes on ten release
// branches, repeat the same work: the branches share most of their files. So
// the engine answers what equal ids decide by itself and leaves the rest to
// git:
//
//  1. The change of a fix is read once: base against theirs, equal subtrees
//     never opened.
//  2. A path whose file on the target equals the base takes the fix's file; a
//     path whose file equals the fix's stays.
//  3. A file that both sides changed is merged once for every distinct triple of
//     blobs. Where the result is to be stored git does it: all open triples go
//     to one `git merge-tree` as three flat trees. Where only the answer counts
//     it is done here, see here.go.
//  4. Everything in which ort looks beyond equal paths goes to git as whole
//     trees: a file the target lacks or has elsewhere, a folder that is gone,
//     types that differ. See plain.go for the exact rule and why it is safe.
//
// Invariants:
//
//   - A clean result is git's, byte for byte: rule 2 is ort's own, rule 3 is
//     git's merge or one that gave the same on every file they were compared
//     on, rule 4 is git. Property tests and benchmarks compare them. A result
//     that is committed is always git's own for the whole trees
//     (Options.AskGit). One kind of clean result is not believed: that of git
//     2.39 in which git's own conflict markers stand. It is a conflict.
//   - Nothing is written outside the store; with Options.Write the result
//     trees are in the store, else only their ids are known.
//   - The work for a pick grows with the paths the fix touches and the depth
//     of the folders above them.
package pick
