// Package api answers: what does a change do to what others may use?
//
// Changes compares two trees. For Go it type-checks the packages that the
// change touches, in memory and without a build, and compares what they export;
// for other languages, and for Go files of other platforms, it compares
// declarations as they are written (internal/outline). ABI compares built
// libraries with abidiff.
//
// The three levels know different things, and a change says which one found it
// (Level): "types" knows what a name means, "syntax" how it is declared, "abi"
// how it lies in memory.
//
// What is public is taken from what the language says: exported names of Go,
// pub of Rust, export of TypeScript, public and protected of Java and PHP,
// headers in the folders where public headers are kept, __all__ of Python. Where
// a language doesn't say (Python without __all__, Ruby), a name without a
// leading underscore may be used by somebody: that it goes or changes is told,
// that it comes is not. Tests, examples, vendored and generated files are no
// API, nor is anything below a folder "internal".
//
// What is imported from elsewhere is a stub: types of other modules have a name
// and nothing else. The stubs of both sides are made in the same way, and where
// a type comes out as invalid on one side nothing is said of it.
//
// Invariants:
//
//   - Changes of a tree and itself is empty; so are those of two trees that
//     differ in bodies, comments, formatting and names of parameters alone.
//   - No program runs but the one handed to ABI.
//   - Files, packages and their number are bounded (maxFile, maxFiles,
//     maxPackages); what exceeds them is left out. Nothing panics.
package api
