// Package carry answers: how does a fix get from what is known to a branch that
// a person can push? It tells the story, and drives fixes through the stages.
//
//	find ──► pick ──► explain ──► adapt ──► gate ──► verify ──► publish
//
// find has read what the user meant; carry asks history what is there already
// and has pick try the rest. What conflicts is explained, taken up the ladder
// target by target (Cascade: what became of a fix on one target is a source for
// the next), and has its generated files made anew where the user allows it
// (Regenerator). The gates look at every result, and publish writes what was
// asked for. It may be called again at any time: every stage starts from what
// the repository says.
//
// Three more ways begin here. Explain looks for plans and has pick, the ladder
// and the gates prove them. An Editor lays out in a worktree of its own what is
// left to a person, goes on with what she made of it, and keeps her answers.
// Verify looks at backports that are there, whoever made them: Original finds the
// fix that one carries, Audit repeats its pick, Trail follows the provenance
// chain, package verify builds and tests it, and a policy judges; VerifyBatch
// builds several together. Picks that Carry has only drafted go the same way
// (Drafts) before Publish writes those that are accepted.
//
// Invariants:
//
//   - A tree that is written is git's own answer for the whole trees, but for
//     the files that its pick names with their rung; the shorter ways of package
//     pick only answer questions.
//   - Without Order.Write nothing in the repository changes.
//   - One target that fails does not stop the others.
//   - No program of a project is run without Regenerator.Allowed, or
//     Inspection.Verifier.
//   - What Verify could not find out is a finding or an open rule, never a pass.
//   - An edit survives the end of the process at any moment: it is either as it
//     was before the call or as it is after it.
package carry
