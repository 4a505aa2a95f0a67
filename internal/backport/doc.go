// Package backport answers one question: which words do all rooms of Backstay
// share?
//
// It holds values only. A Fix is one logical change to carry, a Target is
// where it goes, and a Pick is what came of trying one on the other. Every
// stage takes these values and gives these values back; nothing here reads,
// writes or runs anything.
//
// Invariants:
//
//   - Object ids are full, lower-case hexadecimal: 40 digits in a SHA-1
//     repository, 64 in a SHA-256 one.
//   - Paths are bytes as git has them, slash-separated, never starting with a
//     slash. In JSON a byte that is not UTF-8 appears as U+FFFD.
//   - JSON names are stable: a name is never given another meaning, new ones
//     may be added.
package backport
