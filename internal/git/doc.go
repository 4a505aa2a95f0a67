// Package git answers one question: what does the installed git say about
// this repository, as values?
//
// It is a typed driver of git's plumbing. The user's repository is only read,
// through `git -C`, for what lives in its configuration and refs (discovery,
// names, identity), and written only by Publish. A remote is written only by
// Push, which leaves the repository as it is. Everything that thinks runs
// in a Store: a private bare repository whose object store borrows the user's
// objects through objects/info/alternates. What a trial merge writes lands
// there and goes away with it.
//
// Invariants:
//
//   - The user's refs, index, checkout and configuration are never touched by
//     anything but Publish.
//   - A Store sees no system, user or repository configuration, nor git's
//     variables but those that say where objects are, so a result does not
//     depend on whose machine it is. Replace refs, grafts and the shallow
//     boundary are taken over, so that history looks as it does to the user's
//     git.
//   - No hook, filter, diff driver or merge driver of a repository is run, and
//     no missing object is fetched unless Options.Fetch says so.
//   - An answer is checked against its question, and what git says on stderr
//     while it goes on is heard: an object that cannot be read is a
//     *MissingError, never an empty tree or a neighbour's content.
//   - Memory is bounded: one object by the caller or 1 GiB, one output by 256
//     MiB.
//   - Every child process has one owner, ends with its context, and on Linux
//     dies with this process; only Publish's are left to finish, since a
//     writer killed half-way would leave a lock behind.
//
// The floor is git 2.39. Features are found by trying them: a git that does
// not know a command answers with its usage, and that becomes ErrTooOld.
package git
