package provenance

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func FuzzParse(f *testing.F) {
	for _, m := range append(randomMessages(20), footers...) {
		f.Add(m)
	}
	for _, m := range typical {
		f.Add(m)
	}
	for _, m := range []string{
		"Revert \"Revert \"x\"\" (#1)\n\nThis reverts commits " + hopA + ",\n" + hopB + " which is\ncommit " + hopC + " upstream.",
		"[PR #12/1f3a5c7e backport][3.9] x (GH-1) (#2)\n\n[a: b\nc]\n",
		"x\n\nConflicts:\n\t\"a\\303\\274\"\n- b/c: d\n",
		"Merge pull request #1 from a/bp-1.7-1f3a5c7_2b4d6f8a\n",
		"x\n\nOrigin: backport, https://e.org/?p=x.git;a=commit;h=" + hopA + "\nUpstream-Status: Backport\nhttps://e.org/c/+/" + hopB,
		"(Cherry pick 1111111\nrepo a\tb)",
		"x\n\n(cherry picked from commit\n1f3a5c7e\nrepo branch)\n[#12](https://e.org/o/r/pull/12)",
	} {
		f.Add(m)
	}
	f.Fuzz(func(t *testing.T, message string) {
		checkLaws(t, message)
	})
}

// Laws of reading and writing that hold for any message.
func checkLaws(t testing.TB, message string) {
	r := Parse(message)
	lines := strings.Count(message, "\n") + 1
	last := 1
	for _, c := range r.Claims {
		if c.Line < last || c.Line > lines {
			t.Errorf("claim %+v is not between line %d and %d", c, last, lines)
		}
		last = c.Line
		if c.ID == "" && c.PR == 0 && c.Repo == "" {
			t.Errorf("claim %+v names nothing", c)
		}
		if c.Kind == "" || c.Dialect == "" {
			t.Errorf("claim %+v has no kind or dialect", c)
		}
		for _, id := range []string{c.ID, c.Upstream} {
			if got, ok := hexID(id); id != "" && (!ok || got != id) {
				t.Errorf("claim %+v: %q is no id", c, id)
			}
		}
		if strings.ContainsAny(c.Repo+c.Branch+c.Target, "\r\n\t ") {
			t.Errorf("claim %+v has a name of several words", c)
		}
	}
	for _, list := range [][]string{r.CVEs, r.Bugs, r.Depends, r.NeededBy, r.Fixes, r.Notes, r.Conflicts} {
		if len(list) > maxList {
			t.Errorf("a list of %d", len(list))
		}
	}
	if r.RevertSubject != "" && r.ReapplySubject != "" {
		t.Errorf("both a revert of %q and a reapply of %q", r.RevertSubject, r.ReapplySubject)
	}

	for _, style := range Styles() {
		written := Append(message, style, hopA)
		if !isInsertion(message, written) {
			t.Errorf("%s changed %q to %q", style, message, written)
		}
		// A title of many kilobytes pushes the line out of sight.
		if titleEnd(message) > 1<<10 && style.onTop() {
			continue
		}
		if !isClaimed(Parse(written), hopA, style) {
			t.Errorf("no %s claim of %s in %q: %+v", style, hopA, written, Parse(written).Claims)
		}
	}
	// Below no title at all git takes the first sign-off for one.
	signed := AppendSignOff(message, identity)
	if !isBlank(message) && AppendSignOff(signed, identity) != signed {
		t.Errorf("two sign-offs in %q", AppendSignOff(signed, identity))
	}
	if n := NormalSubject(message); NormalSubject(n) != n {
		t.Errorf("NormalSubject(%q) = %q, and of that %q", message, n, NormalSubject(n))
	}
}

// isClaimed tells whether id is claimed in style, or the list of claims is full.
func isClaimed(r Record, id string, style Style) bool {
	for _, c := range r.Claims {
		if c.ID == id && c.Dialect == string(style) && c.IsPick() {
			return true
		}
	}
	return len(r.Claims) == maxList
}

// isInsertion tells whether t is s with one piece put in, and perhaps a last
// line end.
func isInsertion(s, t string) bool {
	i := 0
	for i < len(s) && i < len(t) && s[i] == t[i] {
		i++
	}
	return len(t) >= len(s) && (strings.HasSuffix(t, s[i:]) || strings.HasSuffix(strings.TrimSuffix(t, "\n"), s[i:]))
}

func TestLaws(t *testing.T) {
	t.Parallel()
	parts := []string{
		"fix it", "\n", "\n\n", "\r\n", "> ", "    ", "Revert \"", "\"", "This reverts commit ", "which is", "commit ", " upstream.",
		hopA, hopB[:8], "0000000", "(cherry picked from commit ", ")", "[ Upstream commit ", " ]", "[a: b]", "Conflicts:\n\t", "a/b.c",
		"#12", "(#12)", "(backport #12)", "Backport of ", "Backport PR #12 on branch 1.x (", "[1.7] ", "1.7: ", "BACKPORT: ", "Signed-off-by: A <a@example.org>",
		"Fixes: ", "Cc: stable # 3.3: ", "Origin: ", "https://e.org/commit/", "Upstream-Status: Backport ", "jira VULN-1\n", "\xff", "é", ",", " and ", ": ", "MFC: ",
	}
	rapid.Check(t, func(t *rapid.T) {
		checkRapid(t, strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 24).Draw(t, "parts"), ""))
	})
}

func checkRapid(t *rapid.T, message string) {
	var log recorder
	checkLaws(&log, message)
	if log.failed != "" {
		t.Fatalf("%s", log.failed)
	}
}

func TestLawsOfSubjects(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`(\[(1\.7|x|PATCH|JENKINS-1)\] ?){0,3}(UPSTREAM: |1\.7: |squid: |Backport #1: ){0,3}[a-z ]{0,8}( \((#1|GH-2|backport #3|x)\)){0,3}`).Draw(t, "subject")
		n := NormalSubject(s)
		if NormalSubject(n) != n {
			t.Fatalf("NormalSubject(%q) = %q, and of that %q", s, n, NormalSubject(n))
		}
		if (n == "") != (strings.Trim(s, " ") == "") {
			t.Fatalf("NormalSubject(%q) = %q", s, n)
		}
		if !utf8.ValidString(n) {
			t.Fatalf("NormalSubject(%q) broke the text", s)
		}
	})
}

// A recorder makes the laws usable under rapid, whose T is not a testing.TB.
type recorder struct {
	testing.TB
	failed string
}

func (r *recorder) Errorf(format string, args ...any) {
	if r.failed == "" {
		r.failed = fmt.Sprintf(format, args...)
	}
}
