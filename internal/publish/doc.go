// Package publish answers: how does a pick become a branch that a person can
// push, once, and without touching anything else?
//
// [Branches] takes picks and writes, for each that has a result,
//
//	refs/heads/backport/<target>/<slug>             the branch
//	refs/backstay/branches/<target>/<slug>          what we wrote there
//
// The branch has one commit for each step of the fix on top of the target's
// tip, or one for all of them if the fix is squashed. A commit's author line,
// encoding and message are the original's bytes; provenance, a Conflicts:
// paragraph and a sign-off where asked stand below. The paragraph names each
// file of the commit that is not git's own result, and the rung or the person
// that resolved it. What is only proposed becomes a branch where the caller
// asks for it, and is marked "(proposed)" there. The committer is the user, and
// the user's git signs if it is set up to. Nothing else of the original commit
// is taken over.
//
// The second ref is how a later run knows that a branch is still as we left
// it. Together with what we would write now it decides:
//
//	the branch is                                      without Force   with Force
//	absent                                             created         created
//	the same commits (but for committer, signature)    unchanged       unchanged
//	other commits, and we wrote them                   refused         moved
//	other commits, and somebody else wrote them        refused         refused
//	checked out in some worktree, and not the same     refused         refused
//
// # Invariants
//
//   - A branch and its record are set in one transaction, on the condition that
//     both are what they were when the decision was taken.
//   - Targets do not depend on each other: what fails for one is its pick's
//     Error, and the others are written.
//   - "unchanged", "refused" and "planned" write nothing at all to the user's
//     repository.
//   - Killed at any moment and repeated, the result is the same as if it had
//     not been killed (git.Repo.Publish says what happens in between).
package publish
