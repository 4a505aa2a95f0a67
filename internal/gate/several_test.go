package gate_test

import (
	"slices"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gate"
)

// TestNeighboursOfSeveralSteps asks about a fix of two commits that another branch has:
// an earlier backport of the last one alone is none of the whole fix.
func TestNeighboursOfSeveralSteps(t *testing.T) {
	t.Parallel()
	const story = `
-- commit base on main: start --
-- file run.py --
def run(n):
    return start(n)

def stop():
    return 0
-- file wait.py --
def wait(n):
    return n
-- branch v2 from main --
-- branch v1 from main --
-- commit one on main: wait longer --
-- edit run.py --
-    return start(n)
+    return start(n, check=True)
-- edit wait.py --
-    return n
+    return n + 1
-- commit two on main: stop --
-- edit run.py --
-    return 0
+    return 1
`
	const second = `
-- commit second on v2: stop --

(cherry picked from commit {{id:two}})
-- edit run.py --
-    return 0
+    return 1
`
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"in a row", `
-- commit first on v2: wait longer --

(cherry picked from commit {{id:one}})
-- edit run.py --
-    return start(n)
+    return start_checked(n)
-- edit wait.py --
-    return n
+    return n + 1
` + second, []string{"neighbour warning run.py:2 an earlier backport of this fix has another text here, which fits the target too: commit second"}},
		{"the last one alone", second, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := open(t, story+tt.text)
			step := func(name string) backport.Step {
				return backport.Step{Commit: b.ID(name), Base: b.Git(t, "rev-parse", b.ID(name)+"^"), Origin: b.ID(name)}
			}
			q := gate.Question{Pick: backport.Pick{
				Fix:     backport.Fix{Steps: []backport.Step{step("one"), step("two")}},
				Target:  backport.Target{Commit: b.ID("v1")},
				Outcome: backport.Clean,
			}, Tree: b.Git(t, "rev-parse", b.ID("two")+"^{tree}")}
			if got := b.told(t, q); !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
