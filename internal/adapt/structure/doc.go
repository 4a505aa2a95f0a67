// Package structure answers: what is merged if one knows what the lines are?
//
// Imports, the elements of a list, the members of a type, the entries of a
// table, functions: things that stand beside one another, and whose order says
// little or follows a rule. Merged by line, two of them added at one place are a
// conflict. Here they are a set: what the fix adds is added to the target's,
// what it removes is removed, and the target's order is kept; sorted runs stay
// sorted.
//
// The fix's change is always the difference between base and theirs: of what
// both have and the target lacks, nothing is taken.
//
// Invariants:
//
//   - If one side equals base, every answer is the other side.
//   - A rung answers only if it can read all lines of all three sides as what it
//     is about; one stray line, and it has nothing to say.
//   - Time and memory grow with the size of the chunk, or of the file where its
//     names are looked up; chunks of more than 2,000 lines or 128 KiB, all
//     sides together, are left alone.
package structure
