// Package explain answers: why does this pick conflict?
//
// A conflict stands where the text that the fix was made on (the base) and the
// text of the target (ours) differ. Both come from one older text, so for each
// line in which they differ somebody, on one side or the other, wrote it or
// removed what the other side still has. That commit is the cause:
//
//   - a line of the base that the source wrote since the two parted, or a line
//     of the target that the source removed: a commit that the target lacks;
//   - a line of the target that the target wrote itself, or a line of the base
//     that it removed: the target's own change;
//   - where one of these commits says that it carries the other, or both say
//     that they carry the same change: a backport that differs from its
//     original.
//
// Only lines in which the two texts differ next to what the fix changes are
// followed, not the whole file and not every line of the region.
//
// # How lines are followed
//
// The versions of a path along first parents are known to package history
// without asking git. Two versions far apart are compared first; only if one of
// the lines in question differs, the versions between them are, by halves: of a
// thousand versions some dozen are read. Where the step that wrote a line is a
// merge, the line is followed into the branch that was merged. A file that was
// made by a commit that removed the same or a similar one is followed under the
// older name. A line that was removed is found in the same way from the other
// end.
//
// # Plans
//
// A [Planner] looks for source commits with which the fix would fit. Candidates
// are the prerequisites of the conflicting regions, and in turn those of
// prerequisites that conflict themselves. A plan is what was applied to the
// target's tree, step by step, by the stage that picks ([Trier]), and after which
// the fix itself fitted. It is made as small as it can be: every commit of it,
// and of a part every hunk, is needed, unless the time ran out. [Cut] makes a
// part of a commit into a commit.
//
// # Invariants
//
//   - No plan is given that was not applied with its very trees.
//   - A commit that is named as having written or removed a line did so: the
//     version before it and the version after it differ in that line.
//   - Every commit of ChunkReport.Prerequisites is an ancestor of the fix and no
//     ancestor of the target, and the target has it under no other id either,
//     as far as its commits say.
//   - With Options.Before set nothing that was committed later is consulted
//     about the target.
//   - Work is bounded: so many comparisons, bytes, versions and renames for one
//     Pick. What was not found within the bounds is said to be unknown.
package explain
