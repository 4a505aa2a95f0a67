// Package lazy answers: what need not be made before somebody asks for it?
//
// Regular expressions of packages are compiled at the start of the program, and
// a program has a hundred of them for one command that needs three: that is
// milliseconds of every command.
//
// Invariants:
//
//   - What is made is made once, whoever asks.
package lazy
