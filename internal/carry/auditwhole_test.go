package carry_test

import (
	"strings"
	"testing"

	"backstay.dev/backstay/internal/gittest"
)

// Where a conflict is not about lines, what stands there in the backport is told
// in words.
func TestAuditOfWholeFiles(t *testing.T) {
	t.Parallel()
	const story = `
-- commit base on main: base --
-- file f.c --
one
-- file old.c --
old
-- file new.c --
new
-- gitlink sub 1111111111111111111111111111111111111111 --
-- branch 1.0 from main --
-- commit own on 1.0: own change --
-- file old.c --
old of 1.0
-- delete new.c --
-- gitlink sub 2222222222222222222222222222222222222222 --
-- commit fix on main: f: mend it --
-- file f.c --
one mended
-- delete old.c --
-- file new.c --
new mended
-- gitlink sub 3333333333333333333333333333333333333333 --
-- commit hand on 1.0: f: mend it --

(cherry picked from commit {{id:fix}})
-- file f.c --
one mended
`
	for name, c := range map[string]struct{ files, want string }{
		"as on the target": {"", "new.c: nothing | old.c: a file, as on the target | sub: Subproject commit 2222222222222222222222222222222222222222"},
		"as in the fix": {
			"-- delete old.c --\n-- file new.c --\nnew mended\n-- gitlink sub 3333333333333333333333333333333333333333 --\n",
			"new.c: a file, as in the fix | old.c: nothing | sub: Subproject commit 3333333333333333333333333333333333333333",
		},
		"something else": {
			"-- file old.c --\nother\n-- symlink new.c -> old.c --\n-- gitlink sub 4444444444444444444444444444444444444444 --\n",
			"new.c: a link of another content | old.c: a file of another content | sub: Subproject commit 4444444444444444444444444444444444444444",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, story+c.files)
			v := verification(r, t, "hand", "1.0", 1)
			car := carrier(t, r.Dir, false)
			if err := car.Original(t.Context(), v); err != nil || v.Original.ID() != r.ID("fix") {
				t.Fatal(v.Original, v.Found, err)
			}
			if err := car.Audit(t.Context(), v); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range v.Audit.Deviations {
				actual := d.Actual
				if actual == "" {
					actual = "nothing"
				}
				got = append(got, d.Path+": "+actual)
			}
			if got := strings.Join(got, " | "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
