package carry_test

import (
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/gittest"
)

// deep is a chain of three commits that a fix of two steps stands on; 1.0 has
// none of them, 1.1 the first by cherry-pick and 1.2 something of its own.
const deep = `
-- commit base on main: base --
-- file a --
one
two
three
four
five
six
seven
-- branch 1.0 from main --
-- branch 1.1 from main --
-- branch 1.2 from main --
-- commit p on main: p --
-- edit a --
-two
+two p
-- commit q on main: q --
-- edit a --
-two p
+two q
-- commit r on main: r --
-- edit a --
-two q
+two r
-- commit first on main: first --
-- edit a --
-seven
+seven mended
-- commit fix on main: mend it --
-- edit a --
-two r
+two mended
-- commit picked on 1.1: p --

(cherry picked from commit {{id:p}})
-- pick p --
-- commit own on 1.2: own --
-- edit a --
-two
+two of 1.2
`

func TestExplain(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, deep)
	c := carrier(t, r.Dir, false)
	before := r.State(t)
	one := backport.Fix{Slug: "mend", Steps: []backport.Step{
		{Commit: r.ID("fix"), Base: r.ID("first"), Origin: r.ID("fix")},
	}}
	two := backport.Fix{Slug: "both", Steps: []backport.Step{
		{Commit: r.ID("first"), Base: r.ID("r"), Origin: r.ID("first")}, one.Steps[0],
	}}
	var targets []backport.Target
	for _, name := range []string{"1.0", "1.1", "1.2"} {
		targets = append(targets, backport.Target{Name: name, Ref: "refs/heads/" + name, Commit: r.ID(name)})
	}
	picks, err := c.Carry(t.Context(), []backport.Fix{one, two}, targets, carry.Order{Chunks: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		inquiry carry.Inquiry
		want    []string
	}{
		{"why", carry.Inquiry{}, []string{
			"conflict prerequisite", "conflict prerequisite", "conflict both",
			"conflict prerequisite", "conflict prerequisite", "conflict both",
		}},
		{"plans", carry.Inquiry{Plans: true, Budget: time.Minute}, []string{
			"blocked prerequisite: p q r", "blocked prerequisite: q r", "conflict both",
			"blocked prerequisite: p q r", "blocked prerequisite: q r", "conflict both",
		}},
		// Nobody had said then that 1.1 has p, but its files do.
		{"before", carry.Inquiry{Plans: true, Budget: time.Minute, Before: c.Index.Date(r.ID("fix"))}, []string{
			"blocked prerequisite: p q r", "blocked prerequisite: q r", "conflict both",
			"blocked prerequisite: p q r", "blocked prerequisite: q r", "conflict both",
		}},
	} {
		got, err := c.Explain(t.Context(), picks, tt.inquiry)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range got {
			word := string(e.Pick.Outcome) + " " + e.Problem
			for _, cause := range e.Pick.Causes {
				word = strings.TrimSpace(word) + " " + string(cause.Kind)
			}
			for k, p := range e.Pick.Plans {
				if word += map[bool]string{true: ":", false: " or"}[k == 0]; p.Outcome != backport.Clean {
					t.Errorf("%s: the plan's outcome is %s", tt.name, p.Outcome)
				}
				for _, s := range p.Steps {
					word += " " + s.Subject
				}
			}
			if word != tt.want[i] {
				t.Errorf("%s: %s on %s: %s, want %s", tt.name, e.Pick.Fix.Slug, e.Pick.Target.Name, word, tt.want[i])
			}
		}
	}
	if r.State(t) != before {
		t.Error("the repository changed")
	}
}
