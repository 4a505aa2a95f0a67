// Package history answers: what do the commits say about one another? Who is
// whose ancestor, which commit was carried from which, which was reverted, and
// which make the same change.
//
// It answers from an index that grows with history and is never made by
// walking all of it again. [Index.Update] reads the commits that are new, with
// one git process; [Index.IsAncestor], [Index.Carried] and [Index.Present]
// answer from memory.
//
// # The index
//
// A commit is a position in a few arrays: id, parents, committer date, request
// number, a hash of the subject, and the claims of its message (package
// provenance). Parents have lower positions than their children, so that each
// question of reachability is one pass over a bit set, from the tip down.
//
// Equal changes are found in two steps, each when it is first needed. The
// signature of a commit hashes which paths it changes; it needs trees only. Only
// where two signatures meet the patch-id (git patch-id --stable) is computed,
// which needs blobs and a diff and costs ten times as much. Both are kept.
//
// A commit that was carried and adapted without a word is known by what git
// cherry-pick, rebase and am keep: author, author date and subject, of which the
// index has one hash.
//
// A merge has no patch-id, nor has a commit that changes nothing, more than
// 2,000 paths, or more than 64 MiB of patch; a blob of more than 64 MiB counts
// by its id. A commit whose objects are missing (a partial clone) has none for
// as long as the process lives.
//
// Which commit touched which path is kept as hashes of the paths in which a
// commit differs from its first parent, a few bytes for each commit, found out
// when a [Span] first needs it (5 s for 100,000 commits). [Span.Trail] reads the
// history of a path along first parents off memory: a merge stands there for
// what it brought, and the branch that was merged is asked about next. A hash
// that fits says where to look; the trees say what is there.
//
// # The file
//
// The index file is a cache: it may be deleted at any time, and one that is
// damaged, of another version or of another repository counts as none. It is
// replaced in one step; of two processes that save at once the later wins.
//
// # Presence
//
// "Present" is a statement of the commits on the target about the fix, and the
// last one holds: picked, reverted, picked again is present. A revert names what
// it undoes by id, by subject (`Revert "subject"` and no id: the latest ancestor
// of that subject), or as the merge that brought it. A merge is also present where
// each of the commits is that it brought. Nothing here looks at file contents; no
// answer means that nobody said so.
//
// # Invariants
//
//   - Answers are the same whether the index was made at once or in steps, and
//     whether it came from the file or not.
//   - Parents are those that git log shows: replace refs, grafts and the shallow
//     boundary count. Where these change, the index is made anew.
//   - With Query.Before set, the answer is that of a repository in which the
//     later commits do not exist.
//   - A message can claim what it likes: a claim changes answers about the
//     commits it names, and nothing else.
package history
