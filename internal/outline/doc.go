// Package outline answers: which functions, symbols, tokens and identifier uses
// does a text have, by its language?
//
// A text is bytes in one of the languages of [Detect]. [Tokens] cuts it up,
// [Parse] finds what it defines, [Uses] what it mentions. None of them can fail:
// a text that is half broken, that no compiler would take, or that is no code at
// all still has lines and words, and [Problem] says what was wrong with it.
//
// Go is read by go/parser where that works. All other languages, and broken Go,
// are read lexically: one lexer driven by a short description of the language,
// brackets or indentation or "end" to see what encloses what, and the words
// before a body to see what it is. A grammar would know more of a correct text
// and less of a real one: C as projects write it is made of macros that no
// grammar accepts without its preprocessor, and a merge is looked at while it is
// still broken.
//
// Invariants:
//   - The same input gives the same output; nothing here does I/O, looks at a
//     clock, keeps state between calls or changes what it was given.
//   - Tokens are in order, not empty, and cover the text exactly once.
//   - Lines count from zero and end with "\n"; a last line needs none. The lines
//     of a symbol lie in the text: 0 <= Start <= Body < End.
//   - Whatever the text is, nothing panics, time and memory grow linearly with
//     its length, and no recursion follows its nesting.
package outline
