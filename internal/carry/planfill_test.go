package carry_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/gittest"
)

// within is a fix that stands on a line of the commit limits. That one does not
// fit as a whole: the release tunes the pool itself. The line uses what limits
// has in two other files, the one of which uses the other. A later fix stands on
// a name, too, which is in the file that does not fit.
const within = `
-- commit base on main: base --
-- file net.go --
package net

func open(addr string) error {
	return dial(addr)
}
-- file dial.go --
package net

func dial(addr string) error { return nil }
-- file pool.go --
package net

const pool = 3
-- branch 1.0 from main --
-- commit own on 1.0: tune the pool --
-- edit pool.go --
-const pool = 3
+const pool = 30
-- commit limits on main: limits --
-- edit net.go --
-	return dial(addr)
+	return dialWithin(addr)
-- edit dial.go --
 func dial(addr string) error { return nil }
+
+func dialWithin(addr string) error { return elapse(addr) }
-- file clock.go --
package net

func elapse(addr string) error { return dial(addr) }
-- edit pool.go --
-const pool = 3
+const pool = 4
-- file notes --
dialWithin and elapse, in words
-- commit fix on main: trim --
-- edit net.go --
-	return dialWithin(addr)
+	return dialWithin(addr[1:])
-- commit tall on main: limit the pool, too --
-- edit pool.go --
-const pool = 4
+const poolSize = 4
-- edit net.go --
-	return dialWithin(addr[1:])
+	return dialWithin(addr[poolSize:])
-- commit late on main: trim again --
-- edit net.go --
-	return dialWithin(addr[poolSize:])
+	return dialWithin(addr[poolSize+1:])
`

// A part of a commit brings what it uses of the commit's rest, and what that
// uses; of what does not fit, the finding stays.
func TestPlanFilled(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, within)
	c := carrier(t, r.Dir, false)
	target := backport.Target{Name: "1.0", Ref: "refs/heads/1.0", Commit: r.ID("1.0")}
	for fix, want := range map[string]string{
		"fix":  "limits: clock.go dial.go net.go; doubts: ",
		"late": "limits: clock.go dial.go net.go, trim: , limit the pool, too: net.go; doubts: poolSize",
	} {
		step := backport.Step{Commit: r.ID(fix), Base: r.Git(t, "rev-parse", r.ID(fix)+"^"), Origin: r.ID(fix)}
		picks, err := c.Carry(t.Context(), []backport.Fix{{Slug: fix, Steps: []backport.Step{step}}}, []backport.Target{target}, carry.Order{Chunks: true})
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Explain(t.Context(), picks, carry.Inquiry{Plans: true, Budget: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		if len(got[0].Pick.Plans) == 0 {
			t.Errorf("%s: no plan: %+v", fix, got[0].Planning)
			continue
		}
		plan := got[0].Pick.Plans[0]
		var words, doubts []string
		for _, s := range plan.Steps {
			var paths []string
			for _, p := range s.Part {
				paths = append(paths, p.Path)
			}
			slices.Sort(paths)
			words = append(words, s.Subject+": "+strings.Join(paths, " "))
		}
		for _, f := range plan.Findings {
			if f.Severity != backport.Info {
				doubts = append(doubts, f.Lacks)
			}
		}
		if got := fmt.Sprintf("%s; doubts: %s", strings.Join(words, ", "), strings.Join(doubts, " ")); got != want {
			t.Errorf("%s: the plan is %q, want %q", fix, got, want)
		}
	}
}
