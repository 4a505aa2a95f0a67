package explain_test

import (
	"strings"
	"testing"

	"backstay.dev/backstay/internal/explain"
	"backstay.dev/backstay/internal/gittest"
)

// fork is a file of ten lines and a release branch that leaves main there.
const fork = `
-- commit root on main: root --
-- file f.c --
one is the first
two is the second
three is the third
four is the fourth
five is the fifth
six is the sixth
seven is the seventh
eight is the eighth
nine is the ninth
ten is the tenth
-- branch old from main --
`

// story is a history with the commit "fix" to be carried to "old"; want has a
// line for each region: path, line, kind, commits, and the sentence.
type story struct{ name, story, want string }

// tellCauses checks what explaining says to stories.
func tellCauses(t *testing.T, stories []story) {
	t.Helper()
	for _, tt := range stories {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, gittest.New(t, tt.story, gittest.Bare()))
			if got := d.lines(d.why(t, explain.Options{})); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestCauses has one story for each cause of a conflict about lines.
func TestCauses(t *testing.T) {
	t.Parallel()
	tellCauses(t, []story{
		{"prerequisite", fork + `
-- commit p on main: net: split rx path (#812) --
-- edit f.c --
-five is the fifth
+five was split
-- commit fix on main: fix --
-- edit f.c --
-five was split
+five was split and mended
`, "f.c:5 prerequisite p | the fix changes line 5 as left by p 'net: split rx path (#812)' (2024-01-01, #812), which 1.x does not have"},

		{"two prerequisites, oldest first", fork + `
-- commit p on main: p --
-- edit f.c --
-six is the sixth
+six from p
-- commit q on main: q --
-- edit f.c --
-five is the fifth
+five from q
-- commit fix on main: fix --
-- edit f.c --
-five from q
-six from p
+mended
`, "f.c:5 prerequisite p q | the fix changes lines 5 to 6 as left by p 'p' (2024-01-01) and q 'q' (2024-01-01), which 1.x does not have"},

		{"only neighbours changed", fork + `
-- commit p on main: p --
-- edit f.c --
-six is the sixth
+six from p
-- commit fix on main: fix --
-- edit f.c --
-five is the fifth
+five mended
`, "f.c:5 prerequisite p | the fix changes line 5 next to lines as left by p 'p' (2024-01-01), which 1.x does not have"},

		{"lines that the source removed", fork + `
-- commit p on main: p --
-- edit f.c --
-six is the sixth
-- commit fix on main: fix --
-- edit f.c --
-five is the fifth
+five mended
`, "f.c:5 prerequisite p | the fix changes line 5 where lines were removed by p 'p' (2024-01-01), which 1.x does not have"},

		{"the target's change", fork + `
-- commit fix on main: fix --
-- edit f.c --
-five is the fifth
+five mended
-- commit own on old: own --
-- edit f.c --
-five is the fifth
+five of the release
`, "f.c:5 target-change own | the fix changes line 5, which 1.x changed itself in own 'own' (2024-01-01)"},

		{"lines that the target removed", fork + `
-- commit fix on main: fix --
-- edit f.c --
-five is the fifth
+five mended
-- commit own on old: own --
-- edit f.c --
-five is the fifth
-six is the sixth
`, "f.c:5 target-change own | the fix changes line 5, which 1.x removed in own 'own' (2024-01-01)"},

		{"both sides", fork + `
-- commit p on main: p --
-- edit f.c --
-five is the fifth
+five from p
-- commit fix on main: fix --
-- edit f.c --
-five from p
+five mended
-- commit own on old: own --
-- edit f.c --
-five is the fifth
+five of the release
`, "f.c:5 both p own | the fix changes line 5 as left by p 'p' (2024-01-01), which 1.x does not have; and 1.x has a change of its own there: own 'own' (2024-01-01)"},

		{"an earlier backport that was altered", fork + `
-- commit p on main: p --
-- edit f.c --
-five is the fifth
+five with a flag
-- commit fix on main: fix --
-- edit f.c --
-five with a flag
+five mended
-- commit bp on old: p --

(cherry picked from commit {{id:p}})
-- edit f.c --
-five is the fifth
+five without one
`, "f.c:5 altered-backport p bp | the fix changes line 5; bp 'p' (2024-01-01) on 1.x is a backport of p 'p' (2024-01-01) that differs from it: it has `five without one` where the original has `five with a flag`"},

		{"a backport that left a line out", fork + `
-- commit p on main: p --
-- edit f.c --
-five is the fifth
+five from p
+five and a half
-- commit fix on main: fix --
-- edit f.c --
-five and a half
+five mended
-- commit bp on old: p --

(cherry picked from commit {{id:p}})
-- edit f.c --
-five is the fifth
+five from p
`, "f.c:6 altered-backport p bp | the fix changes line 6; bp 'p' (2024-01-01) on 1.x is a backport of p 'p' (2024-01-01) that differs from it: it leaves out `five and a half`"},

		{"a faithful backport, and the source went on", fork + `
-- commit p on main: p --
-- edit f.c --
-five is the fifth
+five from p
-- commit q on main: q --
-- edit f.c --
-five from p
+five from q
-- commit fix on main: fix --
-- edit f.c --
-five from q
+five mended
-- commit bp on old: p --

(cherry picked from commit {{id:p}})
-- edit f.c --
-five is the fifth
+five from p
`, "f.c:5 prerequisite q | the fix changes line 5 as left by q 'q' (2024-01-01), which 1.x does not have"},

		{"a faithful backport, and the target went on", fork + `
-- commit p on main: p --
-- edit f.c --
-five is the fifth
+five from p
-- commit fix on main: fix --
-- edit f.c --
-five from p
+five mended
-- commit bp on old: p --

(cherry picked from commit {{id:p}})
-- edit f.c --
-five is the fifth
+five from p
-- commit own on old: own --
-- edit f.c --
-five from p
+five of the release
`, "f.c:5 target-change own | the fix changes line 5, which 1.x changed itself in own 'own' (2024-01-01)"},

		{"a faithful backport, taken back on the target", fork + `
-- commit p on main: p --
-- edit f.c --
 five is the fifth
+five and a half
-- commit fix on main: fix --
-- edit f.c --
-five and a half
+five mended
-- commit bp on old: p --

(cherry picked from commit {{id:p}})
-- edit f.c --
 five is the fifth
+five and a half
-- commit own on old: own --
-- edit f.c --
-five and a half
`, "f.c:6 target-change own | the fix changes line 6, which 1.x removed in own 'own' (2024-01-01)"},

		{"a faithful backport, taken back on the source", fork + `
-- commit p on main: p --
-- edit f.c --
 five is the fifth
+five and a half
-- commit q on main: q --
-- edit f.c --
-five and a half
-- commit fix on main: fix --
-- edit f.c --
-five is the fifth
+five mended
-- commit bp on old: p --

(cherry picked from commit {{id:p}})
-- edit f.c --
 five is the fifth
+five and a half
`, "f.c:5 prerequisite q | the fix changes line 5 where lines were removed by q 'q' (2024-01-01), which 1.x does not have"},

		{"a backport without a word, known by author and date", fork + `
-- commit p on main: p --
date: 2024-02-01T00:00:00Z
-- edit f.c --
-five is the fifth
+five with a flag
-- commit fix on main: fix --
-- edit f.c --
-five with a flag
+five mended
-- commit bp on old: p --
date: 2024-02-01T00:00:00Z
-- edit f.c --
-five is the fifth
+five without one
`, "f.c:5 altered-backport p bp | the fix changes line 5; bp 'p' (2024-02-01) on 1.x is a backport of p 'p' (2024-02-01) that differs from it: it has `five without one` where the original has `five with a flag`"},

		{"a backport of what is newer than the fix", fork + `
-- commit fix on main: fix --
-- edit f.c --
-five is the fifth
+five mended
-- commit late on main: late --
-- edit f.c --
-five mended
+five late
-- commit bp on old: late --

(cherry picked from commit {{id:late}})
-- edit f.c --
-five is the fifth
+five late
`, "f.c:5 target-change bp | the fix changes line 5, which 1.x changed itself in bp 'late' (2024-01-01), a backport of late, which is not in the history of the fix"},

		{"code that the target never had", fork + `
-- commit p on main: p --
-- edit f.c --
 five is the fifth
+a new function
+its body
+its end
-- commit fix on main: fix --
-- edit f.c --
-a new function
-its body
+mended
`, "f.c:6 absent p | the fix changes lines 6 to 7, added by p 'p' (2024-01-01), which 1.x does not have"},

		{"a line that came with a merge", fork + `
-- branch topic from main --
-- commit p on topic: p --
-- edit f.c --
-five is the fifth
+five from p
-- commit q on main: q --
-- edit f.c --
-one is the first
+one from q
-- commit m on main: Merge pull request #44 from x/topic --
merge: topic
-- edit f.c --
-five is the fifth
+five from p
-- commit fix on main: fix --
-- edit f.c --
-five from p
+five mended
`, "f.c:5 prerequisite p | the fix changes line 5 as left by p 'p' (2024-01-01, #44), which 1.x does not have"},

		{"a line that a merged branch removed", fork + `
-- branch topic from main --
-- commit p on topic: p --
-- edit f.c --
-six is the sixth
-- commit q on main: q --
-- edit f.c --
-one is the first
+one from q
-- commit m on main: merge --
merge: topic
-- edit f.c --
-six is the sixth
-- commit fix on main: fix --
-- edit f.c --
-five is the fifth
+five mended
`, "f.c:5 prerequisite p | the fix changes line 5 where lines were removed by p 'p' (2024-01-01), which 1.x does not have"},

		{"criss-cross", fork + `
-- commit p on main: p --
-- edit f.c --
-two is the second
+two from p
-- commit o on old: o --
-- edit f.c --
-nine is the ninth
+nine of the release
-- commit m on main: merge old --
merge: o
-- edit f.c --
-nine is the ninth
+nine of the release
-- commit n on old: merge main --
merge: p
-- edit f.c --
-two is the second
+two from p
-- commit q on main: q --
-- edit f.c --
-five is the fifth
+five from q
-- commit fix on main: fix --
-- edit f.c --
-five from q
+five mended
-- commit own on old: own --
-- edit f.c --
-five is the fifth
+five of the release
`, "f.c:5 both q own | the fix changes line 5 as left by q 'q' (2024-01-01), which 1.x does not have; and 1.x has a change of its own there: own 'own' (2024-01-01)"},
	})
}

// lines are a report's causes, a line each.
func (d *desk) lines(r explain.Report) string {
	var out []string
	for _, c := range r.Causes() {
		out = append(out, strings.Join([]string{
			c.Path + ":" + itoa(c.Line), string(c.Kind), d.labels(c.Commits), "|", d.read(c.Text),
		}, " "))
	}
	return strings.Join(out, "\n")
}
