package explain_test

import "testing"

// TestCausesOfWholeFiles has the conflicts that are not about lines, and those
// of files that a tool makes.
func TestCausesOfWholeFiles(t *testing.T) {
	t.Parallel()
	tellCauses(t, []story{
		{"a file that the target never had", fork + `
-- commit p on main: p --
-- file new.c --
new
-- commit fix on main: fix --
-- file new.c --
new and mended
`, "new.c:0 absent p | the fix changes new.c, made by p 'p' (2024-01-01), which 1.x does not have"},

		{"a file that a merged branch made", fork + `
-- branch topic from main --
-- commit p on topic: p --
-- file new.c --
new
-- commit q on main: q --
-- file other.c --
new
-- commit m on main: merge --
merge: topic
-- take new.c from topic --
-- commit fix on main: fix --
-- file new.c --
new and mended
`, "new.c:0 absent p | the fix changes new.c, made by p 'p' (2024-01-01), which 1.x does not have"},

		{"a file that the source renamed beyond recognition", fork + `
-- commit p on main: p --
-- rename f.c -> g.c --
-- commit q on main: q --
-- file g.c --
quite another text
with nothing in common
-- commit fix on main: fix --
-- edit g.c --
-quite another text
+mended
`, "g.c:0 moved p | the fix changes g.c, which 1.x has at f.c; the source moved it in p 'p' (2024-01-01)"},

		{"a file that the target removed", fork + `
-- commit fix on main: fix --
-- edit f.c --
-five is the fifth
+five mended
-- commit own on old: own --
-- delete f.c --
`, "f.c:0 target-change own | the fix changes f.c, which 1.x removed in own 'own' (2024-01-01)"},

		{"a file that the source tore off another one", fork + `
-- commit p on main: p --
-- file part.c --
six is the sixth
seven is the seventh
eight is the eighth
nine is the ninth
-- edit f.c --
-six is the sixth
-seven is the seventh
-eight is the eighth
-nine is the ninth
-- commit fix on main: fix --
-- edit part.c --
-seven is the seventh
+seven mended
`, "part.c:0 moved p | the fix changes part.c, which 1.x has at f.c; the source moved it in p 'p' (2024-01-01)"},

		{"a renamed file and a line of it", fork + `
-- commit p on main: p --
-- edit f.c --
-five is the fifth
+five from p
-- commit q on main: q --
-- rename f.c -> dir/g.c --
-- commit fix on main: fix --
-- edit dir/g.c --
-five from p
+five mended
`, "f.c:5 prerequisite p | the fix changes line 5 as left by p 'p' (2024-01-01), which 1.x does not have"},

		{"a generated file", fork + `
-- commit p on main: p --
-- file go.sum --
a v1
-- branch older from main --
-- commit q on main: q --
-- file go.sum --
a v2
-- commit fix on main: fix --
-- file go.sum --
a v3
-- branch old from older --
`, "go.sum:1 generated q | go.sum is made by a tool: make it again on 1.x; it differs since q 'q' (2024-01-01)"},

		{"the fix removes what the source had renamed", fork + `
-- commit p on main: p --
-- rename f.c -> dir/g.c --
-- commit fix on main: fix --
-- delete dir/g.c --
`, "f.c:0 moved p | the fix removes dir/g.c, which 1.x has at f.c; the source moved it in p 'p' (2024-01-01)"},

		{"a file for a folder that the source moved", `
-- commit root on main: root --
-- file old/a.c --
one is the first
two is the second
three is the third
-- file old/b.c --
four is the fourth
five is the fifth
six is the sixth
-- branch old from main --
-- commit p on main: p --
-- rename old -> new --
-- commit fix on main: fix --
-- file new/c.c --
quite another one
`, "old/c.c:0 moved p | the fix adds new/c.c to a folder which 1.x has at old; the source moved it in p 'p' (2024-01-01)"},

		{"both added a file", fork + `
-- commit fix on main: fix --
-- file new.c --
of main
-- commit own on old: own --
-- file new.c --
of the release
`, "new.c:0 target-change own | the fix adds new.c, where 1.x has another one: own 'own' (2024-01-01)"},

		{"the fix removes what the target changed", fork + `
-- commit fix on main: fix --
-- delete f.c --
-- commit own on old: own --
-- edit f.c --
-five is the fifth
+five of the release
`, "f.c:0 target-change own | the fix removes f.c, which 1.x changed itself in own 'own' (2024-01-01)"},

		{"the fix removes what a merge changed", fork + `
-- branch topic from main --
-- commit p on topic: p --
-- edit f.c --
-two is the second
+two from p
-- commit q on main: q --
-- edit f.c --
-nine is the ninth
+nine from q
-- commit m on main: merge --
merge: topic
-- edit f.c --
-two is the second
+two from p
-- commit fix on main: fix --
-- delete f.c --
`, "f.c:0 prerequisite p q | the fix removes f.c as left by p 'p' (2024-01-01) and q 'q' (2024-01-01), which 1.x does not have"},

		{"code that stands in another order", fork + `
-- commit fix on main: fix --
-- edit f.c --
-five is the fifth
-six is the sixth
-seven is the seventh
+mended
-- commit own on old: own --
-- edit f.c --
+eight is the eighth, and now in front
+nine is the ninth, and now in front
 five is the fifth
 six is the sixth
 seven is the seventh
-eight is the eighth
-nine is the ninth
`, "f.c:5 target-change own | the fix changes lines 5 to 7, which 1.x changed itself in own 'own' (2024-01-01)"},

		{"a binary", `
-- commit root on main: root --
-- file b escapes --
\x00one
-- branch old from main --
-- commit p on main: p --
-- file b escapes --
\x00two
-- commit fix on main: fix --
-- file b escapes --
\x00three
-- commit own on old: own --
-- file b escapes --
\x00four
`, "b:0 both p own | the fix changes b as left by p 'p' (2024-01-01), which 1.x does not have; and 1.x has a change of its own there: own 'own' (2024-01-01)"},

		{"a binary file whose earlier backport was altered", `
-- commit root on main: root --
-- file b escapes --
\x00one
-- branch old from main --
-- commit p on main: p --
-- file b escapes --
\x00two
-- commit fix on main: fix --
-- file b escapes --
\x00three
-- commit bp on old: p --

(cherry picked from commit {{id:p}})
-- file b escapes --
\x00four
`, "b:0 altered-backport p bp | the fix changes b; bp 'p' (2024-01-01) on 1.x is a backport of p 'p' (2024-01-01) that differs from it: it has another content"},

		{"a submodule", `
-- commit root on main: root --
-- gitlink sub 1111111111111111111111111111111111111111 --
-- branch old from main --
-- commit p on main: p --
-- gitlink sub 2222222222222222222222222222222222222222 --
-- commit fix on main: fix --
-- gitlink sub 3333333333333333333333333333333333333333 --
`, "sub:0 prerequisite p | the fix changes sub as left by p 'p' (2024-01-01), which 1.x does not have"},

		{"a submodule whose earlier backport was altered", `
-- commit root on main: root --
-- gitlink sub 1111111111111111111111111111111111111111 --
-- branch old from main --
-- commit p on main: p --
-- gitlink sub 2222222222222222222222222222222222222222 --
-- commit fix on main: fix --
-- gitlink sub 3333333333333333333333333333333333333333 --
-- commit bp on old: p --

(cherry picked from commit {{id:p}})
-- gitlink sub 4444444444444444444444444444444444444444 --
`, "sub:0 altered-backport p bp | the fix changes sub; bp 'p' (2024-01-01) on 1.x is a backport of p 'p' (2024-01-01) that differs from it: it has `Subproject commit 4444444444444444444444444444444444444444` where the original has `Subproject commit 2222222222222222222222222222222222222222`"},
	})
}
