package gate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gate"
	"backstay.dev/backstay/internal/gittest"
)

// TestOwnParent picks commits onto their own parents: the result is the commit
// itself, and nothing about that is suspicious.
func TestOwnParent(t *testing.T) {
	t.Parallel()
	for seed := range 4 {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			b := open(t, gittest.RandomSeed(seed))
			for _, id := range commits(t, b) {
				parent := b.Git(t, "rev-parse", id+"^")
				q := gate.Question{Pick: backport.Pick{
					Fix:     backport.Fix{Steps: []backport.Step{{Commit: id, Base: parent, Origin: id}}},
					Target:  backport.Target{Commit: parent},
					Outcome: backport.Clean,
					Tree:    b.Git(t, "rev-parse", id+"^{tree}"),
				}}
				if got := b.told(t, q); len(got) > 0 {
					t.Errorf("%s on its own parent:\n%s", id, strings.Join(got, "\n"))
				}
			}
		})
	}
}

// TestFindings checks what holds for every answer: the same each time, whoever
// asked before; lines that the result has; commits that exist.
func TestFindings(t *testing.T) {
	t.Parallel()
	for seed := range 4 {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			b := open(t, gittest.RandomSeed(seed))
			target := b.Git(t, "rev-parse", "old")
			for _, id := range commits(t, b) {
				tree, clean, _ := b.Repo.Pick(t, id, target)
				if !clean {
					continue
				}
				q := gate.Question{Pick: backport.Pick{
					Fix:     backport.Fix{Steps: []backport.Step{{Commit: id, Base: b.Git(t, "rev-parse", id+"^"), Origin: id}}},
					Target:  backport.Target{Commit: target},
					Outcome: backport.Clean, Tree: tree,
				}}
				first, err := b.Check(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				again, err := b.Check(t.Context(), q)
				if err != nil || !slices.Equal(first, again) {
					t.Errorf("%s: %v, then %v, %v", id, first, again, err)
				}
				for _, f := range first {
					if f.Line > 0 {
						text := b.Run(t, "", "cat-file", "blob", tree+":"+f.Path)
						if n := strings.Count(text.Stdout, "\n"); text.Exit != 0 || f.Line > n+1 {
							t.Errorf("%s: %+v: the file has %d lines", id, f, n)
						}
					}
				}
			}
		})
	}
}

// commits are all that have one parent.
func commits(t testing.TB, b bench) []string {
	return strings.Fields(b.Git(t, "log", "--all", "--no-merges", "--min-parents=1", "--format=%H"))
}

const carriedTwice = `
-- commit base on main: start --
-- file run.py --
def run(n):
    return start(n)
-- branch v2 from main --
-- branch v1 from main --
-- commit fix on main: check --
-- edit run.py --
-    return start(n)
+    return start(n, check=True)
-- commit picked on v2: check --

(cherry picked from commit {{id:fix}})
-- edit run.py --
-    return start(n)
+    return start_checked(n)
-- commit back on main: Revert "check" --

This reverts commit {{id:fix}}.
-- revert fix --
`

// TestBefore asks at moments before and after other commits were made.
func TestBefore(t *testing.T) {
	t.Parallel()
	b := open(t, carriedTwice)
	for _, tt := range []struct {
		name   string
		before int64
		want   []string // checks
	}{
		{"no bound", 0, []string{"neighbour", "followup"}},
		{"before both", b.index.Date(b.ID("picked")), nil},
		{"between", b.index.Date(b.ID("back")), []string{"neighbour"}},
		{"after both", b.index.Date(b.ID("back")) + 1, []string{"neighbour", "followup"}},
	} {
		q := b.question(t, "fix", "v1", "")
		q.Before = tt.before
		var got []string
		for _, line := range b.told(t, q) {
			got = append(got, strings.Fields(line)[0])
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestNothingToSay asks about picks that have no tree to look at.
func TestNothingToSay(t *testing.T) {
	t.Parallel()
	b := open(t, carriedTwice)
	q := b.question(t, "fix", "v1", "")
	for _, o := range []backport.Outcome{backport.Present, backport.NotAffected, backport.Conflict, backport.Blocked, backport.Failed} {
		q.Pick.Outcome = o
		if got := b.told(t, q); len(got) > 0 {
			t.Errorf("%s: %q", o, got)
		}
	}
}

// TestSeveralSteps asks about a fix of two commits; what the first one brings,
// the second may use.
func TestSeveralSteps(t *testing.T) {
	t.Parallel()
	b := open(t, `
-- commit base on main: start --
-- file run.go --
package run

func Run(n int) int { return n }
-- branch old from main --
-- commit one on main: a helper --
-- file helper.go --
package run

func helper(n int) int { return -n }
-- commit two on main: use it --
-- edit run.go --
-func Run(n int) int { return n }
+func Run(n int) int { return helper(n) }
`)
	step := func(name string) backport.Step {
		return backport.Step{Commit: b.ID(name), Base: b.Git(t, "rev-parse", b.ID(name)+"^"), Origin: b.ID(name)}
	}
	q := gate.Question{Pick: backport.Pick{
		Fix:     backport.Fix{Steps: []backport.Step{step("one"), step("two")}},
		Target:  backport.Target{Commit: b.ID("old")},
		Outcome: backport.Clean,
	}, Tree: b.Git(t, "rev-parse", b.ID("two")+"^{tree}")}
	if got := b.told(t, q); len(got) > 0 {
		t.Errorf("both steps: %q", got)
	}
	alone := b.question(t, "two", "old", "")
	want := []string{"missing warning run.go:3 the target has no function helper; the source has it in helper.go, since one"}
	if got := b.told(t, alone); !slices.Equal(got, want) {
		t.Errorf("the second alone: %q, want %q", got, want)
	}
}
