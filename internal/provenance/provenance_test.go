package provenance

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, message string
		want          []string
	}{
		{"stacked", "x\n\n(cherry picked from commit " + hopA + ")\n(cherry picked from commit " + hopB + ")\n(cherry picked from commit " + hopC + ")\n", []string{hopA, hopB, hopC}},
		{"upstream at the top", "x\n\ncommit " + hopA + " upstream.\n\n(cherry picked from commit " + hopB + ")\n", []string{hopA, hopB}},
		{"upstream at the bottom", "x\n\n(cherry picked from commit " + hopB + ")\nmaster commit: " + hopA + "\n", []string{hopA, hopB}},
		{"vendor hop at the top", "x\n\nrhel-8.git commit " + hopB + "\n(cherry picked from commit " + hopA + ")\n", []string{hopA, hopB}},
		{"one commit said twice", "x\n\nBackport of " + hopA[:9] + "\n\n(cherry picked from commit " + hopA + ")\nUpstream: https://github.com/o/r/commit/" + hopA[:12] + "\n", []string{hopA}},
		{"no picks", "x\n\nBackport of #12\n\nThis reverts commit " + hopA + ".\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, Parse(c.message).Chain()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestPicksAndReverts(t *testing.T) {
	t.Parallel()
	r := Parse("Backport #12\n\nThis reverts commit " + hopA + ".\nThis partially reverts commit " + hopB + ".\nPartial backport of " + hopB + "\n\n(cherry picked from commit " + hopC + ")\n(backported from https://lore.kernel.org/r/1)\n")
	if got := r.Picks(); len(got) != 2 || got[0].Kind != Partial || got[0].ID != hopB || got[1].ID != hopC {
		t.Errorf("Picks() = %+v, want the partial one of %s and %s", got, hopB, hopC)
	}
	if got := r.Reverts(); len(got) != 1 || got[0].ID != hopA {
		t.Errorf("Reverts() = %+v, want %s only", got, hopA)
	}
	if len(r.Claims) != 6 {
		t.Errorf("%d claims, want 6: %+v", len(r.Claims), r.Claims)
	}
}

func TestRecordJSON(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(Parse("x (#14)\n\nBackport of #12 to 1.7\n\nCVE: CVE-2024-0001\n(cherry picked from commit " + hopA + ")\n"))
	want := `{"claims":[{"kind":"request","dialect":"backport-of","target":"1.7","pr":12,"line":3},` +
		`{"kind":"picked","dialect":"git-x","id":"` + hopA + `","line":6}],"cves":["CVE-2024-0001"],"pr":14}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}

func TestParseIsBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("prose upon prose upon prose\n", 8<<10)
	message := "title\n\ncommit " + hopA + " upstream.\n\n" + long + "\nMaster commit: " + hopC + "\n" + long + "(cherry picked from commit " + hopB + ")\n"
	want := []Claim{
		picked("stable-upstream", hopA, 3),
		picked("git-x", hopB, strings.Count(message, "\n")),
	}
	if diff := cmp.Diff(want, Parse(message).Claims); diff != "" {
		t.Errorf("both ends of a long message: (-want +got)\n%s", diff)
	}

	many := "x\n\n"
	for range 300 {
		many += "(cherry picked from commit " + hopA + ")\n"
	}
	r := Parse(many + "(cherry picked from commit " + hopB + ")\n")
	if n := len(r.Claims); n != maxList || r.Claims[n-1].ID != hopB {
		t.Errorf("of 301 claims %d are kept, want %d with the last", n, maxList)
	}
	// One long line, and lines that ask to be looked behind of.
	for _, unit := range []string{"(", "[", "This reverts commit ", "[a: b\n", "(cherry picked from commit " + hopA + "\n", "This reverts commits:\n", "Conflicts:\n\ta\n", " (#1)", "[1.7]", "-", "Revert \"", "a", hopA + ",", "Conflicts: a.b "} {
		Parse(strings.Repeat(unit, 2*(maxHead+maxTail)/len(unit)))
		NormalSubject(strings.Repeat(unit, 2*maxTitle/len(unit)))
	}
}

func TestParseBranch(t *testing.T) {
	t.Parallel()
	pr := func(n int, target string) Claim {
		return Claim{Kind: Request, Dialect: "branch", PR: n, Target: target}
	}
	id := func(id, target string) Claim {
		return Claim{Kind: Picked, Dialect: "branch", ID: id, Target: target}
	}
	for name, want := range map[string][]Claim{
		"backport-12-to-1.7":                                     {pr(12, "1.7")},
		"backport-12-v1.21":                                      {pr(12, "v1.21")},
		"backport/1.7/pr-12":                                     {pr(12, "1.7")},
		"backport/release/1.7/pr-12":                             {pr(12, "release/1.7")},
		"backport/1.7/commit-1f3a5c7e":                           {id("1f3a5c7e", "1.7")},
		"backport/12/stable28":                                   {pr(12, "stable28")},
		"cherry-pick-12-to-release/2.3":                          {pr(12, "release/2.3")},
		"cherry-pick-" + hopA + "-to-2.0":                        {id(hopA, "2.0")},
		"cherrypick-#12-release-1.5":                             {pr(12, "release-1.5")},
		"automated-cherry-pick-of-#12-upstream-release-1.30":     {pr(12, "release-1.30")},
		"automated-cherry-pick-of-#12-#13-upstream-release-1.30": {pr(12, "release-1.30"), pr(13, "release-1.30")},
		"mergify/bp/release/1.7/pr-12":                           {pr(12, "release/1.7")},
		"auto-backport-of-pr-12-on-1.x":                          {pr(12, "1.x")},
		"patchback/backports/3.9/" + hopA + "/pr-12":             {{Kind: Picked, Dialect: "branch", ID: hopA, PR: 12, Target: "3.9"}},
		"backport-1f3a5c7-3.12":                                  {id("1f3a5c7", "3.12")},
		"backport-1234567-3.12":                                  {id("1234567", "3.12")},
		"bp-release-1.7-1f3a5c7_2b4d6f8a":                        {id("1f3a5c7", "release-1.7"), id("2b4d6f8a", "release-1.7")},
		"backport-1778":                                          {pr(1778, "")},
		"main":                                                   nil,
		"fix-backport-12":                                        nil,
		"backport-windows-fixes-2.0":                             nil,
		"backport/":                                              nil,
		"bp-":                                                    nil,
		"backport/1.7/12":                                        nil,
		"trop/27-x-y-bp-fix-it-1712345678":                       nil,
	} {
		if diff := cmp.Diff(want, ParseBranch(name)); diff != "" {
			t.Errorf("ParseBranch(%q): (-want +got)\n%s", name, diff)
		}
	}
}

func TestNormalSubject(t *testing.T) {
	t.Parallel()
	for subject, want := range map[string]string{
		"Fix it":                                        "Fix it",
		"  Fix \t it \r\nbody":                          "Fix it",
		"Fix it (#12)":                                  "Fix it",
		"Fix it (GH-12) (#14)":                          "Fix it",
		"Fix it (backport #12) (#14)":                   "Fix it",
		"Fix it (backport of e584d82f)":                 "Fix it",
		"Fix it (cherry picked from commit 1f3a5c7e)":   "Fix it",
		"[release/1.7] Fix it":                          "Fix it",
		"[release/1.7]: Fix it":                         "Fix it",
		"[release/1.7 backport] Fix it":                 "Fix it",
		"[Backport 1.7] Fix it":                         "Fix it",
		"[1.3.x] Fixed #123 -- it":                      "Fixed #123 -- it",
		"[v20.x backport] fs: fix":                      "fs: fix",
		"[7-2-stable] Fix it":                           "Fix it",
		"[stable28] Fix it":                             "Fix it",
		"[stable-only] Fix it":                          "Fix it",
		"[PR #12/1f3a5c7e backport][3.9] Fix it":        "Fix it",
		"[PATCH 6.1.y] usb: fix":                        "usb: fix",
		"[PATCH AUTOSEL 5.9 33/33] usb: fix":            "usb: fix",
		"[SRU][B/F][PATCH 1/1] fix":                     "[B/F] fix",
		"[JENKINS-12] [1.7] Fix it":                     "[JENKINS-12] Fix it",
		"[1.7][WIP] Fix it":                             "[WIP] Fix it",
		"BACKPORT: FROMGIT: mm: fix":                    "mm: fix",
		"UPSTREAM: mm: fix":                             "mm: fix",
		"MFC: tcp: fix":                                 "tcp: fix",
		"squid: mds: fix":                               "mds: fix",
		"1.7: Fix it":                                   "Fix it",
		"Backport PR #12 on branch 1.x (FIX: it (now))": "FIX: it (now)",
		"Backport PR #12: FIX: it":                      "FIX: it",
		"Automated cherry pick of #12: fix it":          "fix it",
		"Automated cherry pick of #12: #12: fix it":     "fix it",
		"Backport #12 to 1.7: fix it":                   "fix it",
		// What must stay.
		"[JENKINS-12] Fix it":               "[JENKINS-12] Fix it",
		"[5274] Fix it":                     "[5274] Fix it",
		"[ML2] Fix it":                      "[ML2] Fix it",
		"releases/v2.0.0.toml: clean up":    "releases/v2.0.0.toml: clean up",
		"Fix it (again)":                    "Fix it (again)",
		"Fix f(#12)":                        "Fix f(#12)",
		"Revert \"Fix it (#12)\"":           "Revert \"Fix it (#12)\"",
		"Backport 2.541.3":                  "Backport 2.541.3",
		"Backport #12":                      "Backport #12",
		"[1.7]":                             "[1.7]",
		"(#12)":                             "(#12)",
		"":                                  "",
		"Backport the fix for the backport": "Backport the fix for the backport",
	} {
		if got := NormalSubject(subject); got != want {
			t.Errorf("NormalSubject(%q) = %q, want %q", subject, got, want)
		}
	}
}
