// Package carry tells the story: it drives fixes through the stages, from what
// is known to branches that a person can push.
//
//	find ──► pick ──► publish
//
// find has read what the user meant; carry asks history what is there
// already, has pick try the rest, and publish write what was asked for. It may
// be called again at any time: every stage starts from what the repository
// says.
//
// Invariants:
//
//   - A tree that is written is git's own answer for the whole trees; the
//     shorter ways of package pick only answer questions.
//   - Without Order.Write nothing in the repository changes.
//   - One target that fails does not stop the others.
package carry
