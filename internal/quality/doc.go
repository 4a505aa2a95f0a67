// Package main answers: how good are the answers above git, measured on real
// backports, and is the shipped model the one that these figures are of?
//
// It studies the tuning repositories, judges each with a model fitted to the
// others, and writes docs/quality.md. With -ship it fits a model to all of them
// and writes the one that the program carries.
//
// Invariants:
//
//   - Each table says whether its model was fitted to the cases it is about.
//   - The same clones give the same figures and the same model.
package main
