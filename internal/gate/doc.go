// Package gate answers one question: what is suspicious about this pick,
// although it has a tree?
//
// Git merges lines. A pick can be clean and wrong: the fix calls what the target
// does not have, uses an import that only the source's file has, or lands where
// the code only looks alike. Nothing is built here; the four versions of each
// file (source before and after the fix, target before and after the pick), the
// words of the trees and what history tells are compared.
//
// The checks, each a file of that name unless told otherwise:
//
//   - marker: conflict markers in the result.
//   - parse: the result parses worse than the target's file and the fix's own.
//   - placement: a hunk landed in another function than it was made for.
//   - unbound: names that imports make known against those that are used: one
//     that only the fix's own file knows, one whose import the fix takes away,
//     an import that nothing uses any more.
//   - import (module.go): an added import of what the target does not have.
//   - moved: a member taken from a module in which the target does not have it.
//   - missing: a name that the source had before the fix and that occurs nowhere
//     on the target; or a member new to both, of a library of which the two
//     need different versions.
//   - key (key.go, quoted.go): a configuration key that the source had elsewhere
//     before the fix and that nothing on the target has.
//   - arity: a call that the source's definition accepts and the target's does
//     not.
//   - leftover: uses of a definition that the fix takes away.
//   - dialect: the added code says what the source says where the target's file
//     says it otherwise, always.
//   - neighbour: an earlier backport of the fix has another text that fits this
//     target as well.
//   - namesake: a commit of the target has the fix's title and many of its lines.
//   - followup: the fix was mended or taken back.
//   - sibling: a copy of the code that the fix mends, left as it was.
//
// A name that the target lacks is found missing by the words of all its files of
// that language (vocabulary.go): strings and comments count, so that a name
// which is only looked up at run time is there. What the source has more is
// named with the commit that brought it (origin.go).
//
// What is compared is names and lines; types are not known. A check that is
// often wrong says so by its severity: warning and error are for what is right
// often enough to be worth a look each time, info for the rest. Of 176 clean
// picks of five projects that people committed with other code, 100 (57 %) get a
// warning; of 7,198 that they committed exactly as git made them, 66 (0.9 %).
// What is never found is what no tree shows: a comment reworded, a line broken
// elsewhere, a feature that the branch's owners did not want.
//
// Invariants:
//   - The tree is never changed, and nothing is written but the two caches of
//     Options, which may be deleted at any time.
//   - The same question has the same answer, whatever was asked before.
//   - The work grows with what the pick touches and with the folders in which
//     the target differs from what was looked at before. Equal subtrees are not
//     opened; files, trees and what is kept of them are bounded.
//   - With Question.Before set, no commit of that moment or later is consulted,
//     the fix itself excepted.
//   - What cannot be read (too large, no text, lacking in a partial clone) is no
//     reason for a finding.
package gate
