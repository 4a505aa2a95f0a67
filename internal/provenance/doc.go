// Package provenance answers: what does this commit message say of where the
// commit came from? In every dialect, read and written.
//
// There is one dialect per project, sometimes one per bot:
//
//	git-x            (cherry picked from commit X)          git cherry-pick -x, and its hand-written cousins
//	ubuntu           (backported from commit X)
//	stable-upstream  commit X upstream.
//	stable-bracket   [ Upstream commit X ]
//	dpdk             [ upstream commit X ]                  also Cilium
//	xen              master commit: X
//	suse             Git-commit: X (partial)                also Alt-commit
//	ciq              commit X                               in the paragraph of jira, cve, commit-author
//	rhel             commit X, then "Author:"               after JIRA, BZ, Bugzilla or Upstream Status
//	rhel-hop         rhel-8.git commit X
//	dep3             Origin: upstream|backport, URL or commit:X; Applied-Upstream
//	yocto            Upstream-Status: Backport [URL]
//	buildroot        Upstream: URL
//	bitcoin          Rebased-From: X, Github-Pull: #N
//	freebsd          MFC X
//	skara            Backport X as the whole subject; Backport-of: X
//	patchback        [PR #N/X backport][B] title
//	mergify          title (backport #N), automatic backport of pull request #N
//	automated-pick   Automated cherry pick of #N            Kubernetes, Prow
//	meeseeks         Backport PR #N on branch B (title)
//	gitea            Backport #N by @author
//	cpython          [3.12] title (GH-N) (#M)
//	node             PR-URL beside Backport-PR-URL
//	backport-of      Backport of X from main. / Backports #N
//	cherry-pick      Cherry-picked from X / Cherry-pick of #N
//	branch           the source branch in "Merge pull request #M from o/cherry-pick-N-to-B"
//	git-revert       This reverts commit X.
//
// Sources: the manual pages of git-cherry-pick, git-revert and
// git-interpret-trailers; Documentation/process/stable-kernel-rules.rst and
// backporting.rst of Linux; DEP-3; the Yocto contributor guide; and the
// documents and histories of the projects named.
//
// # Reading
//
// A claim is anchored: it stands at the start of a line, after blanks, in a
// form no sentence of prose takes by accident. A quoted line ("> ") claims
// nothing. Neither does "From X" of a patch file (Debian's openssh patches name
// packaging commits there), nor "Fixes: X", which names the culprit.
// Whether an id exists in the source is for the caller to ask.
//
// # Writing
//
// The original message stays byte for byte. Trailing styles follow git's own
// placing rule (tested against git cherry-pick -x and -s), so that a Change-Id
// or a Reviewed-by of the original stays visible to git interpret-trailers.
//
// # Invariants
//
//   - Parse never fails and never panics; its cost is linear in the message, of
//     which it reads 64 KiB at most: the first 48 KiB and the last 16 KiB.
//   - Ids are lower-case hex, 7 to 64 digits, never all zeros.
//   - For every style s and full id, Parse(Append(m, s, id)) has a claim of
//     that id whose Dialect is s.
package provenance
