// Package fileclass answers: what kind of file is this, and how are two
// versions of such a file merged where lines are the wrong unit?
//
// Class tells the kind from the name alone. For some kinds there is a better
// unit than the line: a requirement, the checksums of a module, the block of a
// package, the entry of a release. The rungs here merge by that unit. They look
// at whole files and give whole files, because the place of an entry is rarely
// the place of the conflict:
//
//   - Changelogs: the fix's entry goes where this branch keeps those of its
//     next release; or it is left out.
//   - go.mod, go.sum, vendor/modules.txt: what the fix changed of each module
//     is changed here. Where both sides changed a version, a Prefer says whose
//     stands.
//
// A text is bytes and is cut into pieces that joined are the text; nothing is
// parsed into values and written anew, so what no side changed stays as it is,
// to the last blank.
//
// Invariants:
//
//   - Rungs are pure and know no project. They answer for their own kinds of
//     files only; which answer people take is measured elsewhere.
//   - Where one side changed nothing, the other side's text is the answer.
//   - Time grows with the length of the texts, never with its square.
package fileclass
