package carry_test

import (
	"fmt"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/verify"
)

// trailStory has a fix that went from main to 2.1 and 2.0 and on to 1.0, and
// releases that lack it.
const trailStory = `
-- commit base on main: base --
-- file a --
one
two
three
four
five
-- file b --
one
-- branch 1.0 from main --
-- branch 1.1 from main --
-- branch 2.0 from main --
-- branch 2.1 from main --
-- commit fix on main: mend it --
-- edit a --
-three
+mended
-- branch 3.0 from main --
-- commit on2 on 2.0: mend it --

(cherry picked from commit {{id:fix}})
-- edit a --
-three
+mended
-- commit quiet on 2.1: all at once --
-- edit a --
-three
+mended
@@
-five
+5
-- commit elsewhere on main: quite another thing --
-- edit b --
-one
+two
-- commit hand on 1.0: SUBJECT --

BODY
-- edit a --
-three
+mended
`

func trails(v *backport.Verification, r *gittest.Repo) string {
	names := map[string]string{"": "nothing"}
	for _, label := range []string{"fix", "on2", "hand", "elsewhere"} {
		names[r.ID(label)] = label
	}
	var words []string
	for _, h := range v.Trail {
		word := fmt.Sprintf("%s->%s", names[h.From], names[h.Commit])
		for _, b := range h.Branches {
			word += " " + b.Name + "=" + b.Has
		}
		words = append(words, word)
	}
	for _, f := range v.Findings {
		if f.Check == "trail" {
			words = append(words, string(f.Severity)+" "+names[f.Commit])
		}
	}
	return strings.Join(words, ", ")
}

func TestTrail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ subject, body, note, want string }{
		"one hop": {"mend it", "(cherry picked from commit {{id:fix}})", "", "hand->fix 3.0=yes 2.1=yes 2.0=yes 1.1=no, warning fix"},
		"two hops, one line": {
			"mend it", "(cherry picked from commit {{id:on2}})", "",
			"hand->on2 3.0=yes 2.1=yes 2.0=yes 1.1=no, on2->fix 3.0=yes 2.1=yes 2.0=yes 1.1=no, warning fix",
		},
		"two hops, two lines": {
			"mend it", "(cherry picked from commit {{id:fix}})\n(cherry picked from commit {{id:on2}})", "",
			"hand->fix 3.0=yes 2.1=yes 2.0=yes 1.1=no, hand->on2 3.0=yes 2.1=yes 2.0=yes 1.1=no, on2->fix 3.0=yes 2.1=yes 2.0=yes 1.1=no, warning fix",
		},
		"declined in the message": {
			"mend it", "(cherry picked from commit {{id:fix}})\nBackstay-Declined: 1.1: out of\n service", "",
			"hand->fix 3.0=yes 2.1=yes 2.0=yes 1.1=declined",
		},
		"declined in a note":   {"mend it", "(cherry picked from commit {{id:fix}})", "Backstay-Declined: 1.1: out of service", "hand->fix 3.0=yes 2.1=yes 2.0=yes 1.1=declined"},
		"declined in prose":    {"mend it", "They wrote\nBackstay-Declined: 1.1: no\nand erred.\n\n(cherry picked from commit {{id:fix}})", "", "hand->fix 3.0=yes 2.1=yes 2.0=yes 1.1=no, warning fix"},
		"without a reason":     {"mend it", "(cherry picked from commit {{id:fix}})", "Backstay-Declined: 1.1:", "hand->fix 3.0=yes 2.1=yes 2.0=yes 1.1=no, warning fix"},
		"not here":             {"mend it", "(cherry picked from commit 1234567890123456789012345678901234567890)", "", "hand->nothing, warning hand, warning fix"},
		"another commit's id":  {"mend it", "(cherry picked from commit {{id:elsewhere}})", "", "hand->elsewhere 3.0=no 2.1=no 2.0=no 1.1=no, error elsewhere, warning elsewhere, warning fix"},
		"says nothing":         {"mend it", "Signed-off-by: Tess <t@example.org>", "", "warning fix"},
		"a title of its own":   {"repair", "(cherry picked from commit {{id:fix}})", "", "hand->fix 3.0=yes 2.1=yes 2.0=yes 1.1=no, warning fix"},
		"names itself, nearly": {"mend it", "(cherry picked from commit {{id:fix}})\n(cherry picked from commit {{id:fix:12}})", "", "hand->fix 3.0=yes 2.1=yes 2.0=yes 1.1=no, warning fix"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, strings.NewReplacer("SUBJECT", c.subject, "BODY", c.body).Replace(trailStory))
			if c.note != "" {
				r.Git(t, "notes", "--ref=backstay", "append", "-m", "seen by Tess", r.ID("fix"))
				r.Git(t, "notes", "--ref=backstay", "append", "-m", c.note, r.ID("fix"))
			}
			var releases []backport.Target
			for _, name := range []string{"1.1", "3.0", "1.0", "2.0", "2.1"} {
				releases = append(releases, backport.Target{Name: name, Ref: "refs/heads/" + name, Commit: r.ID(name)})
			}
			v := verification(r, t, "hand", "1.0", 1)
			car := carrier(t, r.Dir, false)
			if err := car.Original(t.Context(), v); err != nil {
				t.Fatal(err)
			}
			if err := car.Trail(t.Context(), v, releases); err != nil {
				t.Fatal(err)
			}
			if got := trails(v, r); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// What was never accepted may have been made to be carried.
func TestTrailOfWhatNobodyAccepted(t *testing.T) {
	t.Parallel()
	const story = `
-- commit base on main: base --
-- file a --
one
two
-- branch 1.0 from main --
-- branch topic from main --
-- commit fix on TOPIC: mend it --
-- edit a --
-two
+mended
-- commit hand on 1.0: mend it --

(cherry picked from commit {{id:fix}})
-- edit a --
-two
+mended, differently
-- branch 0.9 from base --
-- commit older on 0.9: mend it --

(cherry picked from commit {{id:fix}})
(cherry picked from commit {{id:hand}})
-- edit a --
-two
+mended, differently
-- branch side from hand --
-- branch 1.0 from RELEASED --
-- tag TAG --
`
	for name, c := range map[string]struct{ topic, released, tag, backport, want, state string }{
		"a topic":                       {"topic", "base", "v1 at base", "hand", "is part of no main or release branch, it is on topic only", "deviates"},
		"the trunk":                     {"main", "base", "v1 at base", "hand", "", "deviates"},
		"a hop that is on no release":   {"main", "base", "v1 at base", "older", "is part of no main or release branch, it is on side only", "deviates"},
		"a hop that is on a release":    {"main", "hand", "v1 at base", "older", "", "declared"},
		"a topic that was tagged":       {"topic", "base", "v1 at fix", "hand", "", "deviates"},
		"a topic that a release merged": {"1.1", "base", "v1 at base", "hand", "", "deviates"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.NewReplacer("TOPIC", c.topic, "RELEASED", c.released, "TAG", c.tag).Replace(story)
			r := gittest.New(t, strings.Replace(text, "-- branch topic", "-- branch 1.1 from main --\n-- branch topic", 1))
			var releases []backport.Target
			for _, name := range []string{"1.1", "1.0", "0.9"} {
				releases = append(releases, backport.Target{Name: name, Ref: "refs/heads/" + name, Commit: r.ID(name)})
			}
			target := map[string]string{"hand": "1.0", "older": "0.9"}[c.backport]
			vs := []backport.Verification{*verification(r, t, c.backport, target, 1)}
			vs[0].Target.Ref = "refs/heads/" + target
			in := carry.Inspection{Releases: releases, Policy: func(string) verify.Policy { return verify.Policy{} }}
			if err := carrier(t, r.Dir, false).Verify(t.Context(), vs, in); err != nil || vs[0].Error != "" {
				t.Fatal(err, vs[0].Error)
			}
			said := ""
			for _, f := range vs[0].Findings {
				if f.Check == "trail" && strings.Contains(f.Text, "no main") {
					said += f.Text
				}
			}
			if state := string(vs[0].Audit.State); state != c.state || !strings.Contains(said, c.want) || (said == "") != (c.want == "") {
				t.Errorf("%s %q, want %s %q", state, said, c.state, c.want)
			}
		})
	}
}
