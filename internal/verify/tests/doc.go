// Package tests answers: which tests are a fix's own, and how is just one of
// them run?
//
// KindOf tells tests, their data and their helpers by their paths, as the
// languages' tools do and as projects are used to. Select reads both versions of
// a changed test file, finds the tests in it lexically (package outline) and
// names those that the change adds or alters: a line inside a test is that
// test's; a line of a helper belongs to the tests of the file that mention it,
// through other helpers too; a line of which nobody can say whose it is belongs
// to all tests of its group or file. Narrow makes of the command that runs all
// tests the commands that run the selected ones. Lay puts the tests of a fix on
// a tree that lacks the fix.
//
// Invariants:
//
//   - A change of no test, no data and no helper selects nothing. Rust modules
//     under #[cfg(test)] are the one case where a product's file holds tests.
//   - Names and paths come from a hostile repository. What Narrow makes of them
//     is an argument of its own or the value of an option, never an option;
//     regular expressions and patterns are escaped; no shell, and no program
//     that would hand them to one, gets anything but plain words.
//   - Narrow never runs fewer tests than were selected: where a runner cannot
//     name a test, the whole file, package or suite is run, and it says so.
//   - Whatever the texts are, nothing panics, and time grows linearly with their
//     length.
package tests
