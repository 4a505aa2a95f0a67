// Package report answers one question: how is a verification shown to those who
// have to decide on it?
//
// Each format has its reader, and says the same:
//
//   - [Text]: a person at a terminal.
//   - [Markdown]: a reviewer of a pull request, perhaps on a phone.
//   - [HTML]: a reviewer who reads the whole difference, perhaps offline.
//   - [JSON]: programs; docs/verify.schema.json describes it.
//   - [JUnit]: the test view of a build server.
//   - [SARIF]: the code view of a forge.
//
// The verdict comes first, then the rules that led to it, then the evidence: what
// needs a person before what is fine, and what is identical as a number only.
//
// Invariants:
//   - Every text of a verification may be hostile: subjects, paths, test names and
//     logs come from repositories and from programs that they run. No control
//     character, no mark that turns the direction of writing and no byte that is
//     not UTF-8 reaches a reader, save in JSON, where it is escaped. No such
//     text becomes markup, a link, a mention or a reference.
//   - Each output is well formed, also where it had to be cut; what was cut is
//     said.
//   - The same values give the same bytes: no clock, no environment, no files.
package report
