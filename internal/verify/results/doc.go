// Package results answers: what did the tests say?
//
// Parse reads the output of a test command, or a file it wrote, in one of the
// formats that test tools speak; Detect recognises the format. The reports of
// several commands and files come together in Merge, and Compare tells what
// differs between the tree without and the tree with a change.
//
// A report says of itself why it cannot be trusted: a stream that was cut off,
// a build that failed, no test at all. What such a report lacks is unknown, and
// Compare does not take it for gone. That a test could not be built is told
// apart from a test that fails, for they prove opposite things about a fix.
//
// The id of a test is its name with what encloses it: "example.org/m/pkg.TestA/sub"
// for Go, "tests/test_a.py::TestA::test_b" for pytest, "class.name" for JUnit,
// "outer > inner" for TAP, "crate::module::test" for cargo, else the bare name.
// What changes from run to run (durations, addresses, temporary paths, ports)
// is taken out of it.
//
// Invariants:
//
//   - The same input gives the same report; nothing here does I/O of its own or
//     looks at a clock.
//   - Whatever the input is, nothing panics, time grows linearly with it, and
//     memory is bounded by the constants in builder.go, not by the input.
//   - A report without a test, and one whose end is missing, is Broken.
//   - Compare of a report with itself is empty; Merge does not depend on the
//     order.
package results
