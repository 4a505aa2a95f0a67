package carry_test

import (
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gittest"
)

// mergeStory has a merge of two branches, each with a change, and what
// `git cherry-pick -m N` of it would have written on 1.0: on first the change of
// the topic, on second that of main, and on hand the latter with more.
const mergeStory = `
-- commit base on main: base --
-- file a.c --
int a(void) { return 1; }
-- file b.c --
int b(void) { return 1; }
-- file c.c --
int c(void) { return 1; }
-- branch 1.0 from main --
-- branch topic from main --
-- commit mine on topic: a: mend it --
-- file a.c --
int a(void) { return 2; }
-- commit theirs on main: b: mend it --
-- file b.c --
int b(void) { return 2; }
-- commit m on main: Merge branch 'topic' --
merge: topic
-- file a.c --
int a(void) { return 2; }
-- branch first from 1.0 --
-- commit one on first: Merge branch 'topic' --

(cherry picked from commit {{id:m}})
-- file a.c --
int a(void) { return 2; }
-- branch second from 1.0 --
-- commit two on second: Merge branch 'topic' --

(cherry picked from commit {{id:m}})
-- file b.c --
int b(void) { return 2; }
-- branch hand from 1.0 --
-- commit three on hand: Merge branch 'topic' --

(cherry picked from commit {{id:m}})
-- file b.c --
int b(void) { return 2; }
-- file c.c --
int c(void) { return 2; }
`

// No message says which parent a merge was taken against: the one that fits is.
func TestMainline(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, mergeStory)
	for _, test := range []struct {
		name, parent string
		state        backport.AuditState
		said         string
	}{
		{"one", "^1", backport.Faithful, "taken against its parent 1 (-m 1): that pick gives its very tree"},
		{"two", "^2", backport.Faithful, "taken against its parent 2 (-m 2): that pick gives its very tree"},
		{"three", "^2", backport.Deviates, "taken against its parent 2 (-m 2): of all parents it is nearest to that pick"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := carrier(t, r.Dir, false)
			v := verification(r, t, test.name, "1.0", 1)
			if err := c.Original(t.Context(), v); err != nil || v.Original == nil {
				t.Fatal(v.Found, err)
			}
			if err := c.Audit(t.Context(), v); err != nil {
				t.Fatal(err)
			}
			if want := r.Git(t, "rev-parse", r.ID("m")+test.parent); v.Original.Steps[0].Base != want || v.Audit.State != test.state {
				t.Errorf("base %s, want %s; %+v", v.Original.Steps[0].Base, want, v.Audit)
			}
			if !strings.Contains(v.Found, test.said) || len(v.Original.Notes) != 1 || !strings.Contains(v.Original.Notes[0], test.said) {
				t.Errorf("found %q, notes %q", v.Found, v.Original.Notes)
			}
		})
	}
}
