// Package patch answers: what does this mail, mbox or diff ask to change, and
// what do these bytes become when it is applied?
//
// [Parse] reads what people hand over as a fix: the output of git format-patch
// (one mail or an mbox of many), of git show and git diff, mails saved from a
// list in any transfer encoding, and quilt patches with a free-text or DEP-3
// head. It gives a [Series]: patches in their order, each with the author and
// message that git am would commit, and the files it changes. [File.Apply]
// turns the old bytes of a file into the new ones.
//
// The road of the bytes through the package:
//
//	mbox.go     input → mails, at the "From " lines
//	mail.go     mail → header fields and body     mime.go, charset.go   → plain text
//	message.go  body → author and message         show.go  the same for git show
//	diff.go     rest → files                      header.go, name.go    whose
//	hunk.go     hunks, checked and left as text   binary.go             binary data
//	apply.go    old bytes → new bytes             near.go               at an offset
//
// How mails are read follows git-mailinfo(1) and git-am(1), as called with
// --keep-non-patch, so that "[JENKINS-123]" survives. Three things differ: "\r"
// is removed only where the whole text was sent with CRLF line ends, so that
// patches to CRLF files survive; mboxrd quoting is undone without being asked
// for; and a diff that the message quotes is not taken for the change where a
// diffstat shows that the real one follows. How diffs are read follows
// "Generating patch text with -p" of git-diff(1).
//
// Text hunks are read and applied here. The go-gitdiff library does the
// inflating and the delta instructions of binary patches; its text applier
// puts hunks without context one line too early (git diff -U0 counts a hunk of
// no old lines from the line before it), cannot allow an offset, and its header
// parser removes one leading directory whatever the prefix.
//
// Invariants:
//   - The package is pure: no files, network, processes or clock.
//   - Nothing panics; input, patches, files and results are bounded ([Limits]),
//     and work is linear in the input.
//   - Every path of a parsed [File] is relative, stays in the tree, and names
//     no .git directory on any file system that git protects. Paths are bytes,
//     not text.
//   - What is not understood but may carry a change is an error, never skipped:
//     combined and context diffs, binary changes without a header, hunks that
//     are shorter or longer than they say, submodule logs.
//   - Apply never guesses: lines match at the stated place or it fails.
//     ApplyNear allows an offset, never fuzz, and never picks one of several
//     places that fit equally.
//   - Every error of Parse is one line that begins with the number of the line
//     it complains about, except [ErrNotAPatch], an input over its limit, and
//     errors of the reader.
package patch
