// Package cli answers: what does a person type, and what does she see?
//
// There is one file per command, and each has the same three parts: a type
// xOptions with what was asked for, newX that turns flags and arguments into
// it, and runX that does it. newX takes the function to run, so that flags and
// behaviour are tested apart.
//
// This is the only package that prints. The rules:
//
//   - Standard output has results and nothing else; with --json exactly one
//     JSON document, or one per line where the help says so.
//   - Everything else goes to standard error. A failure is one line "error: …",
//     and where something can be done about it a second one "hint: …".
//     No capitals at the start, no full stop at the end.
//   - What comes from a repository, a patch or a path is printed with its
//     control characters escaped (see say.Visible): a subject must not move the
//     cursor, and a name must not look like another.
//   - Colours and progress are for terminals. Progress appears after a second,
//     on standard error, and is gone when the result comes.
//   - Exit status: 0 all that was asked for was reached; 1 some pick needs a
//     person; 2 wrong use or bad input; 3 the environment failed; 130
//     interrupted.
//
// Invariants:
//
//   - Whatever ends a command, a signal among it, its store is removed and its
//     children are gone.
//   - Output that nobody reads any more (a closed pipe) is no error.
//   - The environment is read here and handed down.
package cli
