// Package fileclass answers: what kind of file is this, and how are two
// versions of such a file merged where lines are the wrong unit?
//
// Class tells the kind from the name alone. For some kinds there is a better
// unit than the line: a requirement, the checksums of a module, the block of a
// package, the entry of a release, the number in a line. The rungs here merge by
// that unit. Two look at chunks (Rungs):
//
//   - Pins: lines that differ in version numbers only, number by number.
//   - Lines: lists of requirements, line by line of one name.
//
// The others look at whole files (Files), because the place of an entry is
// rarely the place of the conflict; ByChunk cuts what they give to the chunks:
//
//   - Changelogs: the fix's entry goes where this branch keeps those of its
//     next release; or it is left out.
//   - go.mod, go.sum, vendor/modules.txt: what the fix changed of each module
//     is changed here.
//   - Lock files and package.json: package by package.
//
// Where both sides changed a version, no text says whose stands. There is an
// answer for each Prefer; which of them people take is measured elsewhere.
//
// A text is bytes and is cut into pieces that joined are the text; nothing is
// parsed into values and written anew, so what no side changed stays as it is,
// to the last blank.
//
// Invariants:
//
//   - Rungs are pure and know no project. They answer for their own kinds of
//     files only.
//   - A fix that changes nothing leaves the branch's text as it is; of a file
//     that the branch did not change, what whole-file rungs give is the fix's.
//   - Time grows with the length of the texts, never with its square.
package fileclass
