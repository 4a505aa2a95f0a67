// Package find answers one question: which fixes does the user mean, and which
// branches are the supported releases?
//
// Names become values here and nowhere else. Releases recognises release
// branches without configuration, Targets turns what stands after --to into
// backport.Target values, Fixes turns commits, ranges, merges, patch files and
// mailboxes into backport.Fix values whose steps are commits that the store can
// read. A patch is no commit; it becomes one in the store, on the base that it
// was made for:
//
//  1. its base-commit line, or the parent of the commit that its first line
//     names, where the repository has it and the patch applies to it: at the
//     stated lines, to the very blobs that its index lines name;
//  2. HEAD or the default branch, on the same condition;
//  3. a tree of just those blobs, wherever in history they were, as
//     `git am --3way` makes it;
//  4. without (known) index lines: the first of HEAD, the default branch and
//     the releases on which every hunk fits at the stated line or at one other
//     place only; never with fuzz. That is a guess, and the fix's notes say so.
//
// Invariants:
//
//   - The user's repository is only read. Commits, trees and blobs made from
//     patches are written to the store.
//   - What is wrong with the input is a *backport.InputError; any other error
//     is the environment's.
//   - Order and duplicates: fixes and explicit targets keep the user's order,
//     globs and releases are newest first, nothing appears twice.
//   - The same repository and arguments give the same values, the ids of trial
//     commits included.
package find
