// Package cache answers: what was read before, as far as it may be kept?
//
// A Cache keeps values within a bound of bytes. It has two generations: when the
// young one is full it becomes the old one and the old one goes; what is used
// again moves to the young one. That is cheap, needs no list, and forgets what
// nobody asks for.
//
// Invariants:
//
//   - What is kept takes no more than the bound and one value.
//   - A Cache may be used by several goroutines at once.
package cache
