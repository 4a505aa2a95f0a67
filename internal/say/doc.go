// Package say answers: how is a value said to a person?
//
// Invariants:
//
//   - What Visible gives has no character that a terminal, a comment or a page
//     would act on, and says the same for the same text.
package say
