// Package scenario answers: what does this little history look like as a real
// git repository?
//
// A scenario is a text that a person reads like a story; [Build] turns it into
// a repository with one git fast-import stream, in milliseconds, with a fixed
// clock and without the user's configuration, so that the same text gives the
// same commit ids everywhere. "backstay demo" and the tests use it.
//
// # Syntax
//
// The text is a txtar archive: sections that begin with a line "-- … --".
// What stands before the first section is a comment.
//
//	-- commit on main: http: add a client --
//	-- file http/client.go --
//	package http
//
//	func Get() error {
//		return nil
//	}
//	-- branch release/1.x from main --
//	-- commit fix on main: http: fail on an empty reply --
//	author: Grace <grace@example.org>
//
//	Seen in production, with a proxy in between.
//	-- edit http/client.go --
//	 func Get() error {
//	-	return nil
//	+	return errEmpty
//	-- commit on release/1.x: http: fail on an empty reply --
//
//	(cherry picked from commit {{id:fix}})
//	-- pick fix --
//	-- tag v1.0.1 at release/1.x --
//
// # Commits
//
//	-- commit [LABEL] on BRANCH: SUBJECT --
//
// adds a commit to BRANCH. A branch that does not exist yet starts here, with
// no parent: only "branch" joins it to something. The commit's files are those
// of its first parent, changed by the file sections that follow it. Its own
// text is header lines, an empty line, and the rest of the message:
//
//	author: NAME <MAIL>      default Ada Example <ada@example.org>
//	committer: NAME <MAIL>   default the author
//	date: RFC 3339           of author and committer; sets the clock
//	commit-date: RFC 3339    of the committer alone; the clock stays
//	merge: NAME NAME…        further parents
//	encoding: NAME           git's encoding header
//	escapes: yes             \xHH, \n, \t, \\ count in headers, subject and body
//	# …                      a remark
//
// The clock starts at 2024-01-01T00:00:00Z and moves one minute a commit. In
// messages of commits and tags {{id:NAME}} stands for the full id of an
// earlier commit, {{id:NAME:12}} for its first twelve digits. A NAME is a
// label, a branch or a tag; no two of them may be equal.
//
// # Files
//
//	-- file PATH [OPTION…] --       the file's content, byte for byte
//	-- symlink PATH -> TARGET --
//	-- gitlink PATH COMMIT-ID --    a submodule
//	-- edit PATH [crlf] --          changed lines, see below
//	-- mode PATH 755 --             or 644
//	-- delete PATH --               file or directory
//	-- rename OLD -> NEW --         file or directory
//	-- copy OLD -> NEW --           file or directory
//	-- take PATH from NAME --       the file, directory or "." as it is there
//	-- pick NAME --                 the file sections of that commit, again
//	-- revert NAME --               the opposite of what that commit did
//
// Options of file: 755 (executable), crlf (each line ends so), no-newline (the
// last line has none), escapes (\xHH and friends count), base64. A path, target
// or name with blanks or odd bytes is written as a Go string: "caf\xe9.txt".
//
// An edit is one or more hunks, divided by lines "@@". A hunk's lines begin
// with a blank, "-" or "+" as in a diff; an empty line is an empty line of the
// file, except at the section's ends. A hunk's old lines must occur exactly once
// in the file. The last line of a file may lack its newline; an edit keeps that.
//
// # Refs
//
//	-- branch BRANCH from NAME --   created or moved
//	-- tag TAG at NAME --           with a text: annotated by it
//	-- ref refs/… at NAME --        any other ref
//
// HEAD is the branch of the first commit.
//
// # Invariants
//
//   - The same text gives the same ids, whoever runs it, wherever and whenever.
//   - No configuration, hook, template or variable of the user takes part.
//   - A mistake is an error with its line; nothing is guessed.
//   - A tree holds at most 100,000 files.
package scenario
