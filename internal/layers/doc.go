// Package layers answers: does the house still stand as it was drawn?
//
// It holds tests only. They ask the go command for every import and every file
// of the module and compare them with the order of the rooms that
// ARCHITECTURE.md draws. The linter's depguard rules say the same sooner, in the
// editor, but can't see the whole.
//
// # Invariants
//
//   - A package of internal has a layer, and imports only lower ones; in L2 and
//     L4 not even its neighbours.
//   - Tests may use gittest on top of that, and nothing but tests may.
//   - Every package tells its question in doc.go; no file exceeds 500 lines.
package layers
