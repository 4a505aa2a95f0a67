package carry_test

import (
	"fmt"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gittest"
)

// againStory has a fix, what somebody made of it by hand on 1.0, and two
// backports of it as git makes them: one that was written as a result, and one
// on a branch of its own, both later.
const againStory = `
-- commit base on main: base --
-- file f.c --
int wait(void) { return 5; }
int a(void) { return 1; }
int b(void) { return 2; }
int next(void) { return raised(); }
-- branch 2.0 from main --
-- branch 1.0 from main --
-- commit fix on main: f: the first is not skipped --
-- edit f.c --
-int next(void) { return raised(); }
+int next(void) { return first(); }
-- commit hand on 1.0: f: the first is not skipped --

(cherry picked from commit {{id:fix}})
-- edit f.c --
-int wait(void) { return 5; }
+int wait(void) { return 7; }
-- edit f.c --
-int next(void) { return raised(); }
+int next(void) { return first(); }
-- branch backport/2.0/fix from 2.0 --
-- commit result on backport/2.0/fix: f: the first is not skipped --

(cherry picked from commit {{id:fix}})
-- edit f.c --
-int next(void) { return raised(); }
+int next(void) { return first(); }
-- branch ours from 2.0 --
-- commit mine on ours: f: the first is not skipped --
author: Ida <ida@example.org>

(cherry picked from commit {{id:fix}})
-- edit f.c --
-int next(void) { return raised(); }
+int next(void) { return first(); }
`

// An earlier backport is told whether the index knew the backport before or not,
// and the backport itself is none.
func TestAuditSaysTheSameAgain(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"result", "mine"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, againStory)
			if name == "result" { // else it is one that was told as well
				r.Git(t, "branch", "-D", "ours")
			}
			want := fmt.Sprintf("neighbour f.c:1 %s", r.ID("hand"))
			car := carrier(t, r.Dir, false)
			for _, index := range []string{"cold", "warm"} {
				again := carrier(t, r.Dir, false)
				again.Index = car.Index // the second carrier knows of it what the first has learned
				v := verification(r, t, name, "2.0", 1)
				if err := again.Original(t.Context(), v); err != nil || v.Original.ID() != r.ID("fix") {
					t.Fatal(v.Original, v.Found, err)
				}
				if err := again.Audit(t.Context(), v); err != nil {
					t.Fatal(err)
				}
				if got := findings(v.Findings); got != want {
					t.Errorf("%s: got  %s\nwant %s", index, got, want)
				}
			}
		})
	}
}

// findings are findings as text.
func findings(found []backport.Finding) string {
	var words []string
	for _, f := range found {
		words = append(words, fmt.Sprintf("%s %s:%d %s", f.Check, f.Path, f.Line, f.Commit))
	}
	return strings.Join(words, ", ")
}
