package carry_test

import (
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gittest"
)

// originalStory has two fixes of one file and backports that say where they come
// from, or not, or not right.
const originalStory = `
-- commit base on main: base --
-- file a.c --
int one(void) { return 1; }
int two(void) { return 2; }
int three(void) { return 3; }
int four(void) { return 4; }
-- file b.c --
int other(void) { return 0; }
int more(void) { return 9; }
-- branch 1.0 from main --
-- commit own on 1.0: b: a change of its own --
-- edit b.c --
-int more(void) { return 9; }
+int more(void) { return 10; }
-- commit fix on main: a: two and three are wrong --
author: Grace <grace@example.org>

Change-Id: I1
-- edit a.c --
-int two(void) { return 2; }
-int three(void) { return 3; }
+int two(void) { return twice(1); }
+int three(void) { return thrice(1); }
-- commit wrong on main: b: the other --
author: Hal <hal@example.org>
-- edit b.c --
-int other(void) { return 0; }
+int other(void) { return another(0); }
-- branch 2.0 from main --
-- branch hop-branch from 1.0 --
-- commit hop on hop-branch: a: two and three are wrong --
author: Grace <grace@example.org>

(cherry picked from commit {{id:fix}})
-- edit a.c --
-int two(void) { return 2; }
-int three(void) { return 3; }
+int two(void) { return twice(1); }
+int three(void) { return thrice(1); }
-- branch hands from 1.0 --
-- commit hand on hands: SUBJECT --
author: Ida <ida@example.org>

BODY
`

// By whom each change was made by hand.
const (
	exact = `-- edit a.c --
-int two(void) { return 2; }
-int three(void) { return 3; }
+int two(void) { return twice(1); }
+int three(void) { return thrice(1); }
`
	adapted = `-- edit a.c --
-int two(void) { return 2; }
-int three(void) { return 3; }
+int two(void) { return twice(1); }
+int three(void) { return thrice(1, 0); }
`
	// Half of its lines are another change's: the one that both remove.
	oneLine = `-- edit b.c --
-int other(void) { return 0; }
+int other(void) { return nothing(); }
`
	strange = `-- edit a.c --
-int one(void) { return 1; }
+int one(void) { return first(); }
`
)

func TestOriginal(t *testing.T) {
	t.Parallel()
	const title = "a: two and three are wrong"
	for name, c := range map[string]struct{ subject, body, files, want, how, finding string }{
		"git -x":                      {title, "(cherry picked from commit {{id:fix}})", adapted, "fix", "its message names it", ""},
		"abbreviated":                 {title, "(cherry picked from commit {{id:fix:10}})", adapted, "fix", "its message names it", ""},
		"stable":                      {"[1.0] " + title, "commit {{id:fix}} upstream.", adapted, "fix", "its message names it", ""},
		"another title, same lines":   {"a: repair", "[ Upstream commit {{id:fix}} ]", adapted, "fix", "its message names it", ""},
		"a chain":                     {title, "(cherry picked from commit {{id:fix}})\n(cherry picked from commit {{id:hop}})", adapted, "fix", "its message names it", ""},
		"the last hop alone":          {title, "(cherry picked from commit {{id:hop}})", adapted, "hop", "its message names it", ""},
		"looks like it, but is not":   {title, "(cherry picked from commit {{id:wrong}})", exact, "fix", "the same title", "error looks like the fix and is not"},
		"the same with another title": {"a: repair", "(cherry picked from commit {{id:wrong}})", adapted, "fix", "guess", "error looks like the fix and is not"},
		"named, and nothing like it":  {"a: one", "(cherry picked from commit {{id:wrong}})", strange, "", "is another change", "error changes other files"},
		"named, and the same file":    {"a: one", "(cherry picked from commit {{id:fix}})", strange, "fix", "names it", "warning changes other lines of the same files"},
		"unknown here":                {"a: one", "(cherry picked from commit 1234567890123456789012345678901234567890)", strange, "", "does not have", ""},
		"no word, same change":        {"a: repair", "", exact, "fix", "patch-id", ""},
		"no word, same title":         {title, "", adapted, "fix", "same title", ""},
		"no word, same lines":         {"a: repair", "", adapted, "fix", "a guess by the changed lines alone, of which they have 75 %", ""},
		"no word, one line alike":     {"a: repair", "", oneLine, "", "names no source", ""},
		"no word, nothing like it":    {"a: one", "", strange, "", "names no source", ""},
		"a revert quotes what it was": {`Revert "` + title + `"`, "This reverts commit {{id:own}}.\n\n(cherry picked from commit {{id:fix}})", strange, "", "undoes a backport", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, strings.NewReplacer("SUBJECT", c.subject, "BODY\n", c.body+"\n"+c.files).Replace(originalStory))
			v := verification(r, t, "hand", "1.0", 1)
			if err := carrier(t, r.Dir, false).Original(t.Context(), v); err != nil {
				t.Fatal(err)
			}
			got, want := "", ""
			if v.Original != nil {
				got = v.Original.ID()
			}
			if c.want != "" {
				want = r.ID(c.want)
			}
			if got != want || !strings.Contains(v.Found, c.how) {
				t.Errorf("got %s %q, want %s %q", got, v.Found, want, c.how)
			}
			severity, text, _ := strings.Cut(c.finding, " ")
			switch {
			case c.finding == "" && len(v.Findings) > 0, c.finding != "" && len(v.Findings) != 1:
				t.Errorf("findings %+v, want %q", v.Findings, c.finding)
			case c.finding != "" && (v.Findings[0].Severity != backport.Severity(severity) || !strings.Contains(v.Findings[0].Text, text)):
				t.Errorf("finding %+v, want %q", v.Findings[0], c.finding)
			}
		})
	}
}

// What another branch was carried from is no backport of that.
func TestOriginalOfAnOriginal(t *testing.T) {
	t.Parallel()
	story := strings.NewReplacer("SUBJECT", "a: four", "BODY\n", "-- edit a.c --\n-int four(void) { return 4; }\n+int four(void) { return mended(4); }\n").Replace(originalStory) + `
-- commit forward on main: a: four --

(cherry picked from commit {{id:hand}})
-- edit a.c --
-int four(void) { return 4; }
+int four(void) { return mended(4, 1); }
`
	r := gittest.New(t, story)
	v := verification(r, t, "hand", "1.0", 1)
	if err := carrier(t, r.Dir, false).Original(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	if want := "is itself what " + r.ID("forward")[:12] + " says to be carried from"; v.Original != nil || !strings.Contains(v.Found, want) {
		t.Errorf("got %v %q, want none and %q", v.Original, v.Found, want)
	}
}

// Without an index what a message says still counts.
// A twin on an older release is not the original where the source has what both
// were made of.
func TestOriginalIsTheSourcesOwn(t *testing.T) {
	t.Parallel()
	story := strings.Replace(originalStory, "-- branch hands from 1.0 --\n", `-- commit source on main: c: four --
-- edit a.c --
 int three(void) { return thrice(1); }
-int four(void) { return 4; }
+int four(void) { return newer(4); }
-- branch older from 1.0 --
-- commit twin on older: c: four --
-- edit a.c --
-int four(void) { return 4; }
+int four(void) { return mended(4); }
-- branch hands from 1.0 --
`, 1)
	r := gittest.New(t, strings.NewReplacer("SUBJECT", "c: four", "BODY\n", "-- edit a.c --\n-int four(void) { return 4; }\n+int four(void) { return mended(4); }\n").Replace(story))
	v := verification(r, t, "hand", "1.0", 1)
	if err := carrier(t, r.Dir, false).Original(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	if v.Original == nil || v.Original.ID() != r.ID("source") {
		t.Errorf("%+v %s", v.Original, v.Found)
	}
}

func TestOriginalWithoutHistory(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, strings.NewReplacer("SUBJECT", "a: repair", "BODY\n", "(cherry picked from commit {{id:fix}})\n"+adapted).Replace(originalStory))
	c := carrier(t, r.Dir, false)
	c.Index = nil
	v := verification(r, t, "hand", "1.0", 1)
	if err := c.Original(t.Context(), v); err != nil || v.Original == nil || v.Original.ID() != r.ID("fix") {
		t.Fatal(v.Original, v.Found, err)
	}
	if err := c.Audit(t.Context(), v); err != nil || v.Audit == nil || v.Audit.State != backport.Deviates {
		t.Error(v.Audit, err)
	}
	if err := c.Trail(t.Context(), v, nil); err != nil || len(v.Trail) != 1 {
		t.Error(v.Trail, err)
	}
}
