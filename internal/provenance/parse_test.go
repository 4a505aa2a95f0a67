package provenance

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Ids of commits in the tests: hopA is the origin, hopB and hopC are later.
const (
	hopA   = "1f3a5c7e9b2d4f6081a3c5e7092b4d6f8a0c2e41"
	hopB   = "2b4d6f8a0c2e41f3a5c7e9b2d4f6081a3c5e7092"
	hopC   = "3c5e7092b4d6f8a0c2e41f3a5c7e9b2d4f6081a1"
	sha256 = "4f6081a3c5e7092b4d6f8a0c2e41f3a5c7e9b2d4f6081a3c5e7092b4d6f8a0c2"
)

func picked(dialect, id string, line int) Claim {
	return Claim{Kind: Picked, Dialect: dialect, ID: id, Line: line}
}

func request(dialect string, pr, line int) Claim {
	return Claim{Kind: Request, Dialect: dialect, PR: pr, Line: line}
}

func claims(cs ...Claim) Record { return Record{Claims: cs} }

func TestParsePicks(t *testing.T) {
	t.Parallel()
	checkParse(t, map[string]parseCase{
		"git cherry-pick -x": {
			"net: close the socket\n\nIt leaked.\n\nSigned-off-by: A <a@example.org>\n(cherry picked from commit " + hopA + ")\nSigned-off-by: B <b@example.org>\n",
			claims(picked("git-x", hopA, 6)),
		},
		"two hops, Gerrit": {
			"Fix it\n\nCloses-Bug: #1834308\nChange-Id: I" + hopC + "\n(cherry picked from commit " + hopA + ")\n(cherry picked from commit " + hopB + ")\n",
			Record{
				Claims:   []Claim{picked("git-x", hopA, 5), picked("git-x", hopB, 6)},
				Bugs:     []string{"#1834308"},
				ChangeID: "I" + hopC,
			},
		},
		"upper case, hyphen, SHA-256, CRLF": {
			"Fix it\r\n\r\n(Cherry-picked from commit " + strings.ToUpper(sha256) + ")\r\n",
			claims(picked("git-x", sha256, 3)),
		},
		"without the word commit": {"Fix\n\n(cherry picked from 9362d4f)\n", claims(picked("git-x", "9362d4f", 3))},
		"colon":                   {"Fix\n\n(cherry picked from commit: " + hopA + ")\n", claims(picked("git-x", hopA, 3))},
		"dash":                    {"Fix\n\n(cherry picked from commit - " + hopA + ")\n", claims(picked("git-x", hopA, 3))},
		"indented":                {"Fix\n\n    (cherry picked from commit " + hopA + ")\n", claims(picked("git-x", hopA, 3))},
		"glued by old git":        {"Fix it.(cherry picked from commit " + hopA + ")", claims(picked("git-x", hopA, 1))},
		"repository and branch": {
			"ANDROID fix\n\n(cherry picked from commit " + hopA + " https://git.example.org/linux.git main)\n",
			claims(Claim{Kind: Picked, Dialect: "git-x", ID: hopA, Repo: "https://git.example.org/linux.git", Branch: "main", Line: 3}),
		},
		"repository and branch on the next line": {
			"UPSTREAM: fix\n\n(cherry picked from commit " + hopA + "\n https://git.example.org/linux.git master)\nChange-Id: Iabc\n",
			claims(Claim{Kind: Picked, Dialect: "git-x", ID: hopA, Repo: "https://git.example.org/linux.git", Branch: "master", Line: 3}),
		},
		"repository only": {
			"fix\n\n(cherry picked from commit " + hopA + " linux-next)\n",
			claims(Claim{Kind: Picked, Dialect: "git-x", ID: hopA, Repo: "linux-next", Line: 3}),
		},
		"branch in words": {
			"fix\n\n(cherry-picked from " + hopA + " on master)\n",
			claims(Claim{Kind: Picked, Dialect: "git-x", ID: hopA, Branch: "master", Line: 3}),
		},
		"target in words": {
			"fix\n\n(cherry picked from commit " + hopA + " into 1.599)\n",
			claims(Claim{Kind: Picked, Dialect: "git-x", ID: hopA, Target: "1.599", Line: 3}),
		},
		"id on the next line": {
			"fix\n\n(partially cherry picked from commit\n" + hopA + ")\n",
			claims(Claim{Kind: Partial, Dialect: "git-x", ID: hopA, Line: 3}),
		},
		"repository before, id on the next line": {
			"fix\n\n(cherry picked from dynamic-routing commit\n" + hopA + ")\n",
			claims(Claim{Kind: Picked, Dialect: "git-x", ID: hopA, Repo: "dynamic-routing", Line: 3}),
		},
		"Gerrit address": {
			"fix\n\n(cherry picked from https://review.example.org/q/commit:" + hopA + ")\nMerged-In: Iabc\n",
			claims(Claim{Kind: Picked, Dialect: "git-x", ID: hopA, Repo: "https://review.example.org", Line: 3}),
		},
		"two commits in one": {
			"fix\n\n(cherry picked from commit " + hopA + " and commit " + hopB + ")\n",
			claims(picked("git-x", hopA, 3), picked("git-x", hopB, 3)),
		},
		"manual": {
			"fix\n\n(manually cherry picked from commit " + hopA + ")\n",
			claims(Claim{Kind: Backported, Dialect: "git-x", ID: hopA, Line: 3}),
		},
		"Ubuntu": {
			"UBUNTU: SAUCE: fix\n\nBugLink: https://bugs.launchpad.net/bugs/2012345\n\n(backported from commit " + hopA + ")\n[rtg: context adjustments]\nSigned-off-by: R <r@example.org>\n",
			Record{
				Claims: []Claim{{Kind: Backported, Dialect: "ubuntu", ID: hopA, Line: 5}},
				Bugs:   []string{"https://bugs.launchpad.net/bugs/2012345"},
				Notes:  []string{"rtg: context adjustments"},
			},
		},
		"backported from an address": {
			"fix\n\n(backported from https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/commit/?id=" + hopA + ")\n",
			claims(Claim{Kind: Backported, Dialect: "ubuntu", ID: hopA, Repo: "https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git", Line: 3}),
		},
		"backported from a mail": {
			"fix\n\n(backported from https://lore.kernel.org/r/20240101.1234@example.org)\n",
			claims(Claim{Kind: Backported, Dialect: "ubuntu", Repo: "https://lore.kernel.org/r/20240101.1234@example.org", Line: 3}),
		},
		"plain words": {
			"fix\n\nCherry-picked from oslo-incubator 234f64d608266f43d8856ff98c89ceba6699d752\n",
			claims(Claim{Kind: Picked, Dialect: "cherry-pick", ID: "234f64d608266f43d8856ff98c89ceba6699d752", Repo: "oslo-incubator", Line: 3}),
		},
		"partial in words": {
			"bump\n\nPartial cherry-pick of " + hopA + " which\nupdates x/net.\n",
			claims(Claim{Kind: Partial, Dialect: "cherry-pick", ID: hopA, Line: 3}),
		},
		"trailer":        {"fix\n\nCherry-picked-from: " + hopA + "\n", claims(picked("cherry-pick", hopA, 3))},
		"other project":  {"Fix leak\n\nThis is a backport of redis/hiredis@b9b9f44.\n", claims(Claim{Kind: Picked, Dialect: "backport-of", ID: "b9b9f44", Repo: "redis/hiredis", Line: 3})},
		"kernel, Greg":   {"usb: fix\n\ncommit " + hopA + " upstream.\n\nIt leaked.\n", claims(picked("stable-upstream", hopA, 3))},
		"kernel, indent": {"usb: fix\n\n  Commit " + hopA + " upstream\n", claims(picked("stable-upstream", hopA, 3))},
		"kernel, Sasha": {
			"usb: fix\n\n[ Upstream commit " + hopA + " ]\n\nIt leaked.\n\nStable-dep-of: " + hopB + " (\"usb: more\")\n[ Minor conflict resolved due to context change. ]\nSigned-off-by: S <s@example.org>\n",
			Record{
				Claims:   []Claim{picked("stable-bracket", hopA, 3)},
				NeededBy: []string{hopB},
				Notes:    []string{"Minor conflict resolved due to context change."},
			},
		},
		"kernel, no blank line": {"usb: fix it\ncommit " + hopA + " upstream.\n", claims(picked("stable-upstream", hopA, 2))},
		"git's words, then a person's": {
			"x\n\nThis reverts commit " + hopB + " because it broke.\n\ncommit " + hopA + " upstream.\n",
			claims(Claim{Kind: Reverts, Dialect: "git-revert", ID: hopB, Line: 3}, picked("stable-upstream", hopA, 5)),
		},
		"bracketed commit upstream": {"fix\n\n[ commit " + hopA + " upstream ]\n", claims(picked("stable-upstream", hopA, 3))},
		"DPDK":                      {"net: fix\n\n[ upstream commit " + hopA + " ]\n\nFixes: 0bcd1fe07a2b (\"net: add\")\n", Record{Claims: []Claim{picked("dpdk", hopA, 3)}, Fixes: []string{"0bcd1fe07a2b"}}},
		"Xen":                       {"x86: fix\n\nmaster commit: " + hopA + "\nmaster date: 2024-01-02 03:04:05 +0100\n", claims(picked("xen", hopA, 3))},
		"SUSE": {
			"From: A <a@example.org>\n\nGit-commit: " + hopA + "\nPatch-mainline: v6.5-rc7\nReferences: bsc#1212345 CVE-2023-1234 jsc#PED-12 git-fixes\nGit-commit: " + hopB + " (partial)\n",
			Record{
				Claims: []Claim{picked("suse", hopA, 3), {Kind: Partial, Dialect: "suse", ID: hopB, Line: 6}},
				CVEs:   []string{"CVE-2023-1234"},
				Bugs:   []string{"bsc#1212345", "jsc#PED-12"},
			},
		},
		"CIQ": {
			"net: fix\n\njira VULN-168\ncve CVE-2022-3565\ncve-bf CVE-2022-0001\ncommit-author A <a@example.org>\ncommit " + hopA + "\nupstream-diff context only\n\n        Signed-off-by: A <a@example.org>\n        (cherry picked from commit " + hopA + ")\n",
			Record{
				Claims: []Claim{{Kind: Backported, Dialect: "ciq", ID: hopA, Line: 7}, {Kind: Backported, Dialect: "git-x", ID: hopA, Line: 11}},
				CVEs:   []string{"CVE-2022-3565", "CVE-2022-0001"},
				Bugs:   []string{"VULN-168"},
				Notes:  []string{"upstream-diff context only"},
			},
		},
		"RHEL": {
			"mm: fix\n\nJIRA: https://issues.example.com/browse/RHEL-1234\nCVE: CVE-2024-0001\n\ncommit " + hopA + "\nAuthor: A <a@example.org>\nDate:   Mon Jan 1 00:00:00 2024\n\n    mm: fix\n",
			Record{
				Claims: []Claim{picked("rhel", hopA, 6)},
				CVEs:   []string{"CVE-2024-0001"},
				Bugs:   []string{"https://issues.example.com/browse/RHEL-1234"},
			},
		},
		"RHEL hop": {
			"mm: fix\n\nrhel-8.git commit " + hopB + "\n(cherry picked from commit " + hopA + ")\n",
			claims(Claim{Kind: Picked, Dialect: "rhel-hop", ID: hopB, Repo: "rhel-8.git", Line: 3}, picked("git-x", hopA, 4)),
		},
		"DEP-3 backport": {
			"CVE-2024-11053\n\nOrigin: backport, https://github.com/curl/curl/commit/" + hopA + ".patch\nBug-Debian: https://bugs.debian.org/1089682\n",
			Record{
				Claims: []Claim{{Kind: Backported, Dialect: "dep3", ID: hopA, Repo: "https://github.com/curl/curl", Line: 3}},
				CVEs:   []string{"CVE-2024-11053"},
				Bugs:   []string{"https://bugs.debian.org/1089682"},
			},
		},
		"DEP-3 commit": {"fix\n\nOrigin: upstream, commit:" + hopA + "\n", claims(picked("dep3", hopA, 3))},
		"DEP-3 bare addresses": {
			"fix\n\nOrigin: https://git.kernel.org/linus/" + hopA + ", https://gitlab.example.org/g/p/-/commit/3c5e7092\n",
			claims(
				Claim{Kind: Picked, Dialect: "dep3", ID: hopA, Repo: "https://git.kernel.org", Line: 3},
				Claim{Kind: Picked, Dialect: "dep3", ID: "3c5e7092", Repo: "https://gitlab.example.org/g/p", Line: 3}),
		},
		"DEP-3 applied":  {"fix\n\nApplied-Upstream: 1.2, commit:" + hopA + "\n", claims(picked("dep3", hopA, 3))},
		"DEP-3 gitweb":   {"fix\n\nOrigin: upstream, https://git.example.org/?p=gnupg.git;a=commit;h=" + hopA + "\n", claims(Claim{Kind: Picked, Dialect: "dep3", ID: hopA, Repo: "https://git.example.org/?p=gnupg.git", Line: 3})},
		"DEP-3 request":  {"fix\n\nOrigin: upstream, https://github.com/o/r/pull/12\n", claims(Claim{Kind: Request, Dialect: "dep3", PR: 12, Repo: "https://github.com/o/r", Line: 3})},
		"Yocto":          {"fix\n\nUpstream-Status: Backport [https://github.com/o/r/commit/" + hopA + "]\nCVE: CVE-2024-0002 CVE-2024-0003\n", Record{Claims: []Claim{{Kind: Picked, Dialect: "yocto", ID: hopA, Repo: "https://github.com/o/r", Line: 3}}, CVEs: []string{"CVE-2024-0002", "CVE-2024-0003"}}},
		"Yocto, wrapped": {"fix\n\nUpstream-Status: Backport\n[https://github.com/o/r/commit/" + hopA + "]\n", claims(Claim{Kind: Picked, Dialect: "yocto", ID: hopA, Repo: "https://github.com/o/r", Line: 3})},
		"Yocto, commit":  {"fix\n\nUpstream-Status: Backport [commit " + hopA + "]\n", claims(picked("yocto", hopA, 3))},
		"Buildroot":      {"fix\n\nUpstream: https://gitlab.com/o/r/-/commit/" + hopA + "\n", claims(Claim{Kind: Picked, Dialect: "buildroot", ID: hopA, Repo: "https://gitlab.com/o/r", Line: 3})},
		"Bitcoin": {
			"wallet: fix\n\nGithub-Pull: #12345\nRebased-From: " + hopA + " " + hopB + "\n",
			claims(request("bitcoin", 12345, 3), picked("bitcoin", hopA, 4), picked("bitcoin", hopB, 4)),
		},
		"Django": {
			"[1.3.x] Fixed #123 -- Stopped it.\n\nBackport of " + hopA + " from main.\n",
			claims(Claim{Kind: Picked, Dialect: "backport-of", ID: hopA, Branch: "main", Line: 3}),
		},
		"Skara title":        {"Backport " + hopA + "\n", claims(picked("skara", hopA, 1))},
		"Skara trailer":      {"8123456: Fix it\n\nReviewed-by: x\nBackport-of: " + hopA + "\n", claims(picked("skara", hopA, 4))},
		"FreeBSD":            {"tcp: fix\n\nMFC after: 1 week\nX-MFC-With: 1234567890ab\n(cherry picked from commit " + hopA + ")\n", Record{Claims: []Claim{picked("git-x", hopA, 5)}, Depends: []string{"1234567890ab"}}},
		"FreeBSD title":      {"MFC 1234567890ab: tcp: fix\n", claims(picked("freebsd", "1234567890ab", 1))},
		"backports, in list": {"fix\n\nBackport of " + hopA + " and\n" + hopB + "\n", claims(picked("backport-of", hopA, 3), picked("backport-of", hopB, 3))},
		"title in brackets":  {"Return error (backport of e584d82f)\n", claims(picked("backport-of", "e584d82f", 1))},
		"Android adapted": {
			"BACKPORT: FROMGIT: mm: fix\n\nBug: 123456789\n(cherry picked from commit " + hopA + ")\n[joe: Resolved minor conflict in drivers/foo/bar.c ]\nSigned-off-by: J <j@example.org>\n",
			Record{
				Claims: []Claim{{Kind: Backported, Dialect: "git-x", ID: hopA, Line: 4}},
				Bugs:   []string{"123456789"},
				Notes:  []string{"joe: Resolved minor conflict in drivers/foo/bar.c"},
			},
		},
		"Latin-1": {"Fix f\xfcr it\n\n\xe9t\xe9\n(cherry picked from commit " + hopA + ")\n", claims(picked("git-x", hopA, 4))},
		"nothing": {"", Record{}},
	})
}

func TestParseRequests(t *testing.T) {
	t.Parallel()
	target := func(dialect string, pr, line int, target string) Claim {
		return Claim{Kind: Request, Dialect: dialect, PR: pr, Target: target, Line: line}
	}
	withPR := func(pr int, cs ...Claim) Record { return Record{Claims: cs, PR: pr} }
	checkParse(t, map[string]parseCase{
		"Mergify title":       {"fix it (backport #12) (#14)\n", withPR(14, request("mergify", 12, 1))},
		"Mergify body":        {"fix it\n\nThis is an automatic backport of pull request #12 done by [Mergify](https://mergify.com).\n", claims(request("mergify", 12, 3))},
		"Prow":                {"[release-1.2] fix\n\nThis is an automated cherry-pick of #12\n", claims(request("automated-pick", 12, 3))},
		"Kubernetes":          {"Automated cherry pick of #12: fix it\n", claims(request("automated-pick", 12, 1))},
		"Kubernetes body":     {"fix\n\nCherry pick of #12 on release-1.30.\n\n#12: fix\n", claims(target("cherry-pick", 12, 3, "release-1.30"))},
		"korthout and others": {"[Backport 1.7] fix\n\nBackport of #12 to `1.7`.\n", claims(target("backport-of", 12, 3, "1.7"))},
		"Gitea":               {"fix (#13)\n\nBackport #12 by @author\n", withPR(13, request("gitea", 12, 3))},
		"plural":              {"fix\n\nBackports #12\n", claims(request("backport-of", 12, 3))},
		"several":             {"fix\n\nBackport #12 and #13 to 6-1-stable\n", claims(target("backport-of", 12, 3, "6-1-stable"), target("backport-of", 13, 3, "6-1-stable"))},
		"Meeseeks":            {"Backport PR #12 on branch 1.x (FIX: it)\n", claims(target("meeseeks", 12, 1, "1.x"))},
		"Meeseeks merged":     {"Backport PR #12 on branch 1.x (FIX: it) (#14)\n", withPR(14, target("meeseeks", 12, 1, "1.x"))},
		"Patchback title":     {"[PR #12/1f3a5c7e backport][3.9] Fix it (#14)\n", withPR(14, Claim{Kind: Picked, Dialect: "patchback", ID: "1f3a5c7e", PR: 12, Line: 1})},
		"Patchback body":      {"Fix\n\n**This is a backport of PR #12 as merged into main (" + hopA + ").**\n", claims(Claim{Kind: Picked, Dialect: "patchback", ID: hopA, PR: 12, Branch: "main", Line: 3})},
		"CPython":             {"[3.12] gh-99: Fix it (GH-12) (#14)\n", withPR(14, request("cpython", 12, 1))},
		"CPython, open":       {"[3.12] gh-99: Fix it (GH-12)\n", claims(request("cpython", 12, 1))},
		"own request only":    {"[release/1.7] Fix it (#14)\n", withPR(14)},
		"issue and request":   {"Fix it (#12) (#14)\n", withPR(14)},
		"Node": {
			"fs: fix\n\nPR-URL: https://github.com/nodejs/node/pull/12\nBackport-PR-URL: https://github.com/nodejs/node/pull/14\nReviewed-By: x\n",
			withPR(14, Claim{Kind: Request, Dialect: "node", PR: 12, Repo: "https://github.com/nodejs/node", Line: 3}),
		},
		"Node, original":     {"fs: fix\n\nPR-URL: https://github.com/nodejs/node/pull/12\n", withPR(12)},
		"OpenSSL":            {"Fix\n\nReviewed-by: x\n(Merged from https://github.com/openssl/openssl/pull/12)\n", withPR(12)},
		"GitLab merge":       {"Merge branch 'fix' into 'main'\n\nFix\n\nSee merge request group/project!12\n", withPR(12)},
		"Forgejo":            {"fix\n\nReviewed-on: https://codeberg.org/o/r/pulls/12\n", withPR(12)},
		"Nextcloud":          {"fix\n\nBackport of PR #12\n", claims(request("backport-of", 12, 3))},
		"address":            {"fix\n\nBackport of: https://github.com/o/r/pull/12\n", claims(Claim{Kind: Request, Dialect: "backport-of", PR: 12, Repo: "https://github.com/o/r", Line: 3})},
		"Markdown link":      {"fix\n\nBackport of [#12](https://github.com/o/r/pull/12)\n", claims(Claim{Kind: Request, Dialect: "backport-of", PR: 12, Repo: "https://github.com/o/r", Line: 3})},
		"Markdown reference": {"fix\n\nBackport of [#12][]\n", claims(request("backport-of", 12, 3))},
		"GitLab's number":    {"fix\n\nBackport of !12\n", claims(request("backport-of", 12, 3))},
		"other repository":   {"fix\n\nBackport of o/r#12\n", claims(Claim{Kind: Request, Dialect: "backport-of", PR: 12, Repo: "o/r", Line: 3})},
		"a part of it":       {"Backport parts of #12 to fix tests\n", claims(Claim{Kind: Partial, Dialect: "backport-of", PR: 12, Line: 1})},
		"merge of a branch":  {"Merge pull request #14 from robot/cherry-pick-12-to-release/2.3\n\n[release/2.3] fix\n", withPR(14, target("branch", 12, 1, "release/2.3"))},
		"merge, Gitea":       {"Merge pull request 'Fix (#1) it' (#14) from me/backport-12-v1.21 into v1.21\n", withPR(14, target("branch", 12, 1, "v1.21"))},
		"merge, GitLab":      {"Merge branch 'backport-12-to-1.7' into '1.7'\n\nFix\n\nSee merge request g/p!14\n", withPR(14, target("branch", 12, 1, "1.7"))},
		"plain merge":        {"Merge pull request #14 from me/fix\n\nfix\n", withPR(14)},
		"title in brackets":  {"[1.7] Backport #12\n", claims(request("backport-of", 12, 1))},
		"copy by Mergify":    {"fix (copy #12)\n", claims(request("mergify", 12, 1))},
		"cherry-pick, title": {"[release/2.0] fix (cherry-picked #12)\n", claims(request("cherry-pick", 12, 1))},
	})
}

func TestParseReverts(t *testing.T) {
	t.Parallel()
	rev := func(id string, line int) Claim {
		return Claim{Kind: Reverts, Dialect: "git-revert", ID: id, Line: line}
	}
	checkParse(t, map[string]parseCase{
		"git revert": {
			"Revert \"net: fix\"\n\nThis reverts commit " + hopA + ".\n",
			Record{Claims: []Claim{rev(hopA, 3)}, RevertSubject: "net: fix"},
		},
		"of a merge": {
			"Revert \"Merge x\"\n\nThis reverts commit " + hopA + ", reversing\nchanges made to " + hopB + ".\n",
			Record{Claims: []Claim{rev(hopA, 3)}, RevertSubject: "Merge x"},
		},
		"with --reference": {"fix\n\nThis reverts commit 1f3a5c7 (net: fix, 2024-01-02).\n", claims(rev("1f3a5c7", 3))},
		"stable kernel": {
			"Revert \"usb: fix\"\n\nThis reverts commit " + hopB + " which is\ncommit " + hopA + " upstream.\n",
			Record{Claims: []Claim{{Kind: Reverts, Dialect: "git-revert", ID: hopB, Upstream: hopA, Line: 3}}, RevertSubject: "usb: fix"},
		},
		"stable kernel, one line": {
			"Revert\n\nThis reverts commit " + hopB + ", which is commit " + hopA + " upstream.\n",
			claims(Claim{Kind: Reverts, Dialect: "git-revert", ID: hopB, Upstream: hopA, Line: 3}),
		},
		"stable kernel, in parentheses": {
			"Revert\n\nThis reverts commit " + hopB + "\n(which is upstream commit\n" + hopA + ").\n",
			claims(Claim{Kind: Reverts, Dialect: "git-revert", ID: hopB, Upstream: hopA, Line: 3}),
		},
		"upstream reverted it too": {
			"Revert \"usb: fix\"\n\n[ Upstream commit " + hopA + " ]\n\nThis reverts commit " + hopB + ".\n",
			Record{Claims: []Claim{picked("stable-bracket", hopA, 3), rev(hopB, 5)}, RevertSubject: "usb: fix"},
		},
		"several": {"x\n\nThis reverts commits " + hopA + ", " + hopB + " and\n" + hopC + ".\n", claims(rev(hopA, 3), rev(hopB, 3), rev(hopC, 3))},
		"a list":  {"x\n\nThis reverts commits:\n - " + hopA + " net: fix\n - " + hopB + " net: more\n\nDone.\n", claims(rev(hopA, 3), rev(hopB, 3))},
		"partly":  {"x\n\nThis partially reverts commit " + hopA + ".\n", claims(Claim{Kind: PartlyReverts, Dialect: "git-revert", ID: hopA, Line: 3})},
		"part of": {"Revert part of 1f3a5c7e\n", claims(Claim{Kind: PartlyReverts, Dialect: "git-revert", ID: "1f3a5c7e", Line: 1})},
		"GitHub's button": {
			"Revert \"Fix it\" (#14)\n\nReverts o/r#12\n",
			Record{Claims: []Claim{{Kind: Reverts, Dialect: "git-revert", PR: 12, Repo: "o/r", Line: 3}}, PR: 14, RevertSubject: "Fix it"},
		},
		"GitLab's button":  {"x\n\nThis reverts merge request !12\n", claims(Claim{Kind: Reverts, Dialect: "git-revert", PR: 12, Line: 3})},
		"title with an id": {"Revert 1f3a5c7e (#14)\n", Record{Claims: []Claim{rev("1f3a5c7e", 1)}, PR: 14}},
		"picked revert": {
			"Revert \"fix\"\n\nThis reverts commit " + hopA + ".\n\n(cherry picked from commit " + hopB + ")\n",
			Record{Claims: []Claim{rev(hopA, 3), picked("git-x", hopB, 5)}, RevertSubject: "fix"},
		},
		"reapply": {
			"Reapply \"fix\"\n\nThis reverts commit " + hopA + ".\n",
			Record{Claims: []Claim{rev(hopA, 3)}, ReapplySubject: "fix"},
		},
		"revert of a revert": {
			"Revert \"Revert \"fix\"\"\n\nThis reverts commit " + hopA + ".\n",
			Record{Claims: []Claim{rev(hopA, 3)}, ReapplySubject: "fix"},
		},
		"three times":   {"Revert \"Revert \"Revert \"fix\"\"\"\n", Record{RevertSubject: "fix"}},
		"of a backport": {"[1.7] Revert \"fix\"\n", Record{RevertSubject: "fix"}},
	})
}

// What only looks like a claim.
func TestParseNegative(t *testing.T) {
	t.Parallel()
	for name, message := range map[string]string{
		"upstream commit in prose":   "x\n\nthe upstream commit abc1234 introduced a leak\nUpstream commit abc1234 introduced it.\n",
		"commit upstream in prose":   "x\n\nThis needs what was done by\ncommit " + hopA + " upstream.\n",
		"quoted":                     "x\n\n> (cherry picked from commit " + hopA + ")\n> This reverts commit " + hopA + ".\n>[ Upstream commit " + hopA + " ]\n",
		"cherry-picks in prose":      "x\n\nWe saw (cherry picked from commit " + hopA + ") there.\nAlso see it (cherry picked from commit " + hopA + ")\n",
		"wrapped prose":              "x\n\nIt was broken by the\nbackport of 1f3a5c7e to this branch.\n",
		"a verb follows":             "x\n\nBackport of 1f3a5c7e is too risky.\n",
		"condition":                  "x\n\nThis commit can be cherry picked to 6.0 only if we also cherry pick f866023.\n",
		"no id":                      "x\n\n(cherry picked from commit)\n(cherry picked from master + conflicts)\n",
		"zero id":                    "x\n\n(cherry picked from commit " + strings.Repeat("0", 40) + ")\nGit-commit: " + strings.Repeat("0", 40) + "\n",
		"six digits":                 "x\n\n(cherry picked from commit abc123)\n",
		"65 digits":                  "x\n\n(cherry picked from commit " + sha256 + "a)\n",
		"Gerrit's id":                "x\n\n(cherry picked from commit I" + hopA + ")\n",
		"a word of hex digits":       "x\n\nBackport defaced pages\nBackport accede1d-foo\n",
		"a date":                     "x\n\nBackport 20240102\n",
		"a version":                  "Backport 2.541.3\n\nBackporting for LTS 2.452.3\n",
		"a patch's From":             "From " + hopA + " Mon Sep 17 00:00:00 2001\n\nx\n",
		"a squash":                   "Squashed commit of the following:\n\ncommit " + hopA + "\nAuthor: A <a@example.org>\nDate: x\n\n    fix\n",
		"a pasted log":               "x\n\ncommit " + hopA + "\nAuthor: A <a@example.org>\n",
		"plans":                      "x\n\nBackport: mimic, nautilus\nBackport: 4.9+ # maybe older\nMFC after: 1 week\nPick-to: 6.5 6.2\nBackpatch-through: 13\n",
		"a status without a commit":  "x\n\nUpstream-Status: Pending\nUpstream: N/A local\nOrigin: vendor\nUpstream-Status: Inactive-Upstream [lastcommit: " + hopA + "]\n",
		"subject of a squash":        "x\n\n* Backport #12\n* Revert \"foo\"\n",
		"a revert quoted in a title": "Revert \"1f3a5c7e is bad\"\n",
		"a link":                     "x\n\n[1] https://github.com/o/r/commit/" + hopA + "\nLink: https://github.com/o/r/commit/" + hopA + "\n",
		"upstream in parentheses":    "x\n\n(upstream commit abc1234 introduced a leak)\n",
		"backport in parentheses":    "x\n\n(backport of 1f3a5c7e is too risky)\n(cherry picked from commit 1f3a5c7e it would not build)\n",
		"plan to revert":             "x\n\nReverting " + hopA + " would break users, and the change was\nreverted 1f3a5c7e\n",
		"numbers too long":           "x\n\nBackport of #1234567890\nBackport of #012\n",
		"a merged topic":             "Merge branch 'fix-it' into 'main'\n",
		"reverting in prose":         "x\n\nReverting to the state before 1f3a5c7e\nThis reverts ignoring errors introduced at 02da8ae.\n",
		"a branch at an id":          "x\n\nOrigin: https://git.example.org/r/tree/?h=abcdef1-topic\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if r := Parse(message); len(r.Claims) > 0 {
				t.Errorf("Parse(%q) claims %+v, want nothing", message, r.Claims)
			}
		})
	}
}

func TestParseOther(t *testing.T) {
	t.Parallel()
	checkParse(t, map[string]parseCase{
		"Fixes is not a pick": {
			"x\n\nFixes: 1234567890ab (\"net: add\")\nFixes: https://github.com/o/r/issues/7\nFixes #12\nCloses: #13, #14\nFixes: https://github.com/o/r/commit/" + hopA + "\n",
			Record{Fixes: []string{"1234567890ab", hopA}, Bugs: []string{"https://github.com/o/r/issues/7", "#12", "#13", "#14"}},
		},
		"follow-ups": {
			"x\n\nFollow-up for " + hopA + ".\nFollow-up to: 2b4d6f8a\nRegression from 3c5e7092\n",
			Record{Fixes: []string{hopA, "2b4d6f8a", "3c5e7092"}},
		},
		"prerequisites of a stable nomination": {
			"x\n\nCc: <stable@vger.kernel.org> # 3.3.x: a1f84a3: sched: Check for idle\nCc: <stable@vger.kernel.org> # 3.3.x: 1b9508f: sched: Rate-limit\nCc: <stable@vger.kernel.org> # 3.3.x\nCc: A <a@example.org> # abcdef1: x\n",
			Record{Depends: []string{"a1f84a3", "1b9508f"}},
		},
		"CVEs anywhere, once, but not in quotes": {
			"Fix CVE-2024-12345, cve-2023-0001\n\nSee CVE-2024-12345 and XCVE-2024-1111, CVE-2024-1, CVE-99-1234.\n> CVE-2020-2222\n",
			Record{CVEs: []string{"CVE-2024-12345", "CVE-2023-0001"}},
		},
		"bugs in many shapes": {
			"x\n\nBug: b/123, 45\nBUG: 77\nResolves: rhbz#5\nBZ: 1948690\nBug-Ubuntu: https://bugs.launchpad.net/bugs/1\nFixes: [#9](https://github.com/o/r/issues/9)\nFixes: 3 problems\n",
			Record{Bugs: []string{"b/123", "77", "rhbz#5", "1948690", "https://bugs.launchpad.net/bugs/1", "#9"}},
		},
		"notes": {
			"x\n\nWords [not: a note] here.\n[SQL: DELETE\n[v2: better words]\n[1] https://example.org/a: b]\n\n[bwh: Forward-ported to 5.6:\n efi_get() no longer takes\n a parameter]\nSigned-off-by: B <b@example.org>\n[ci skip]\n",
			Record{Notes: []string{"bwh: Forward-ported to 5.6: efi_get() no longer takes a parameter"}},
		},
		"git's conflicts": {
			"x\n\n# Conflicts:\n#\tlib/a.c\n#\tMakefile\n\nConflicts:\n\tlib/b.c\n\tmy dir/c d.txt\n\"quoted\n",
			Record{Conflicts: []string{"lib/a.c", "Makefile", "lib/b.c", "my dir/c d.txt"}},
		},
		"conflicts in a quote sign, a gap, one line": {
			"x\n\n> Conflicts:\n>\tgo.mod\nSigned-off-by: A <a@example.org>\n\nConflicts:\n\n\t.gitignore\n\nConflicts: lib/c.py\n",
			Record{Conflicts: []string{"go.mod", ".gitignore", "lib/c.py"}},
		},
		"conflicts of Ceph": {
			"x\n\n(cherry picked from commit " + hopA + ")\n\nConflicts:\n\tsrc/osd/PG.cc\n- mimic does not have blatz; use batlo instead\n\tsrc/mon/Monitor.cc: trivial, e.g. includes\n- src/msg/m.h (dropped)\n\nSee src/none.c too.\n",
			Record{Claims: []Claim{picked("git-x", hopA, 3)}, Conflicts: []string{"src/osd/PG.cc", "src/mon/Monitor.cc", "src/msg/m.h"}},
		},
		"conflicts among trailers": {
			"x\n\nConflicts:\n    neutron/agent.py\n    Makefile\nChange-Id: I" + hopA + "\n(cherry picked from commit " + hopB + ")\nsee v1.2/none\n",
			Record{Claims: []Claim{picked("git-x", hopB, 7)}, Conflicts: []string{"neutron/agent.py", "Makefile"}, ChangeID: "I" + hopA},
		},
	})
}

type parseCase struct {
	message string
	want    Record
}

func checkParse(t *testing.T, cases map[string]parseCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, Parse(c.message)); diff != "" {
				t.Errorf("Parse(%q): (-want +got)\n%s", c.message, diff)
			}
		})
	}
}
