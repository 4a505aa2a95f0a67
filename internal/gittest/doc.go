// Package gittest answers: on which real repository does this test run?
//
// It is imported by tests only. [New] builds a repository from a scenario text
// (package scenario explains the syntax) in the test's temporary folder and
// runs git in it; [Random] draws the text of a random history for property
// tests. No test stubs git: what the installed git says is the oracle.
//
// # Invariants
//
//   - Repositories live under t.TempDir() only.
//   - Every git process gets [Env] and nothing else: the user's configuration,
//     hooks, clock and language take no part.
//   - The same text, and the same draws, give the same commit ids.
package gittest
