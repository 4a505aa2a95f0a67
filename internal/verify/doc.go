// Package verify answers: does a backport hold what it promises, on every
// platform of the project?
//
// A Platform says where and with which commands a tree is built and tested. The
// package runs them, on the backport and where it must on the target without
// it, and reads what single tests said: those of the fix must fail before and
// pass after, and no other may fail that passed. A Policy makes a verdict of
// that and of what was found out without a build.
//
// A Platform of kind CI is the checks of a forge: a Pipeline takes the backport as
// a branch of its own and says what became of it.
//
// The rooms below it each answer one question: compare (is it the same change,
// function by function?), results (what did the tests say?), tests (which tests
// are the fix's own, and how is one of them run?), api (what do others lose or
// gain?).
//
// Invariants:
//
//   - Nothing is run that no Platform names, and nothing in the user's own
//     checkout.
//   - Nothing is pushed but what a Platform of kind CI asks for, and that branch
//     goes away again, at the latest with the next start.
//   - What could not be tried is open, never held.
//   - A result that may differ the next time is not kept.
package verify
