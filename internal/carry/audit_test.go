package carry_test

import (
	"fmt"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gittest"
)

// auditStory has a fix that git cannot merge in one of its three places on 1.0,
// and merges well on 2.0. BACKPORT is one by hand.
const auditStory = `
-- commit base on main: base --
-- file f.c --
one
two
three
four
five
six
seven
eight
nine
ten
-- file run.sh --
echo
-- branch 2.0 from main --
-- branch 1.0 from main --
-- commit own on 1.0: own change --
-- edit f.c --
-two
+two of 1.0
-- commit fix on main: f: mend it --
-- edit f.c --
-two
+two mended
-- edit f.c --
-nine
+nine mended
-- file new.txt --
new
-- commit hand on BRANCH: f: mend it --

BODY
`

// The files of backports: what git leaves open decided, and more.
const (
	asGit    = "-- file new.txt --\nnew\n-- edit f.c --\n-nine\n+nine mended\n"
	decided  = asGit + "-- edit f.c --\n-two of 1.0\n+two of 1.0, mended\n"
	onTwo    = asGit + "-- edit f.c --\n-two\n+two mended\n"
	withMore = decided + "-- edit f.c --\n-six\n+six by hand\n"
)

// verification is what is asked of a branch that stands on another.
func verification(r *gittest.Repo, t *testing.T, name, target string, n int) *backport.Verification {
	t.Helper()
	commits := strings.Fields(r.Git(t, "rev-list", "--reverse", fmt.Sprintf("-%d", n), r.ID(name)))
	return &backport.Verification{
		Name: name, Target: backport.Target{Name: target, Commit: r.Git(t, "rev-parse", commits[0]+"^")}, Commits: commits,
		Tree: r.Git(t, "rev-parse", r.ID(name)+"^{tree}"),
	}
}

// told are deviations as text.
func told(a *backport.Audit) string {
	if a == nil {
		return "none"
	}
	words := []string{string(a.State), string(a.Outcome)}
	for _, d := range a.Deviations {
		word := fmt.Sprintf("%s %s:%d+%d", d.Kind, d.Path, d.Line, d.Lines)
		if d.By != "" {
			word += " by " + d.By
		}
		if d.NoConflict {
			word += " without one"
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

func TestAudit(t *testing.T) {
	t.Parallel()
	const x = "(cherry picked from commit {{id:fix}})"
	for name, c := range map[string]struct{ branch, body, files, want string }{
		"as git does it":                  {"2.0", x, onTwo, "faithful, clean"},
		"present":                         {"2.0", x, onTwo, "faithful, clean"},
		"something decided, not a word":   {"1.0", x, decided, "deviates, conflict, conflict f.c:2+1"},
		"the fix's side taken":            {"1.0", x, asGit + "-- edit f.c --\n-two of 1.0\n+two mended\n", "deviates, conflict, conflict f.c:2+1"},
		"the target's side taken":         {"1.0", x, asGit, "deviates, conflict, conflict f.c:2+1"},
		"both gone":                       {"1.0", x, asGit + "-- edit f.c --\n-two of 1.0\n", "deviates, conflict, conflict f.c:2+0"},
		"more lines than git had":         {"1.0", x, asGit + "-- edit f.c --\n-two of 1.0\n+a\n+b\n+c\n", "deviates, conflict, conflict f.c:2+3"},
		"git's comments":                  {"1.0", x + "\n\n# Conflicts:\n#\tf.c", decided, "declared, conflict, conflict f.c:2+1 by conflicts"},
		"git's paragraph":                 {"1.0", x + "\n\nConflicts:\n\tf.c", decided, "declared, conflict, conflict f.c:2+1 by conflicts"},
		"ours":                            {"1.0", x + "\nConflicts:\n\tf.c: resolved by tokens", decided, "declared, conflict, conflict f.c:2+1 by conflicts"},
		"Ceph's, with prose":              {"1.0", x + "\n\nConflicts:\n\tf.c\n- 1.0 has no other two", decided, "declared, conflict, conflict f.c:2+1 by conflicts"},
		"OpenStack's list":                {"1.0", "Conflicts:\n    f.c\n\n" + x, decided, "declared, conflict, conflict f.c:2+1 by conflicts"},
		"another file's conflict":         {"1.0", x + "\n\nConflicts:\n\tg.c", decided, "deviates, conflict, conflict f.c:2+1"},
		"a file without a conflict":       {"2.0", x + "\n\nConflicts:\n\tf.c", onTwo + "-- edit f.c --\n-six\n+six by hand\n", "declared, clean, changed f.c:6+1 by conflicts without one"},
		"beside a conflict":               {"1.0", x + "\n\nConflicts:\n\tf.c", withMore, "declared, conflict, conflict f.c:2+1 by conflicts, changed f.c:6+1 by conflicts"},
		"kernel's note":                   {"1.0", "commit {{id:fix}} upstream.\n\n[ tess: two is another one here ]\nSigned-off-by: Tess <t@example.org>", withMore, "declared, conflict, conflict f.c:2+1 by note, changed f.c:6+1 by note"},
		"Ubuntu's note with a path":       {"1.0", "(backported from commit {{id:fix}})\n[tess: adjusted context in f.c]\nSigned-off-by: Tess <t@example.org>", decided, "declared, conflict, conflict f.c:2+1 by note"},
		"note of another file":            {"1.0", "(backported from commit {{id:fix}})\n[tess: adjusted context in lib/g.c]\nSigned-off-by: Tess <t@example.org>", decided, "deviates, conflict, conflict f.c:2+1"},
		"backported, not a word on what":  {"1.0", "(backported from commit {{id:fix}})", decided, "deviates, conflict, conflict f.c:2+1"},
		"override":                        {"1.0", x + "\nBackstay-Override: agreed with\n the maintainers", withMore, "declared, conflict, conflict f.c:2+1 by override, changed f.c:6+1 by override"},
		"more than was decided":           {"1.0", x, withMore, "deviates, conflict, conflict f.c:2+1, changed f.c:6+1"},
		"next to what was decided":        {"1.0", x, asGit + "-- edit f.c --\n-two of 1.0\n-three\n+both of them\n", "deviates, conflict, conflict f.c:2+1, changed f.c:3+0"},
		"a place of the fix left out":     {"1.0", x, "-- file new.txt --\nnew\n-- edit f.c --\n-two of 1.0\n+two of 1.0, mended\n", "deviates, conflict, conflict f.c:2+1, changed f.c:9+1"},
		"changed on a target that merges": {"2.0", x, onTwo + "-- edit f.c --\n-four\n", "deviates, clean, changed f.c:4+0"},
		"a file left out":                 {"2.0", x, strings.TrimPrefix(onTwo, "-- file new.txt --\nnew\n"), "deviates, clean, removed new.txt:0+0"},
		"a file too many":                 {"2.0", x, onTwo + "-- file extra.txt --\nextra\n", "deviates, clean, added extra.txt:0+0"},
		"a mode":                          {"2.0", x, onTwo + "-- file run.sh 755 --\necho\n", "deviates, clean, mode run.sh:0+0"},
		"binary":                          {"2.0", x, onTwo + "-- file new.txt escapes --\n\\x00\n", "deviates, clean, changed new.txt:0+0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, strings.NewReplacer("BRANCH", c.branch, "BODY\n", c.body+"\n"+c.files).Replace(auditStory))
			v := verification(r, t, "hand", c.branch, 1)
			car := carrier(t, r.Dir, false)
			before := r.State(t)
			if err := car.Original(t.Context(), v); err != nil || v.Original.ID() != r.ID("fix") {
				t.Fatal(v.Original, v.Found, err)
			}
			if err := car.Audit(t.Context(), v); err != nil {
				t.Fatal(err)
			}
			if got := told(v.Audit); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			open := 0
			for _, d := range v.Audit.Deviations {
				if d.By == "" {
					open++
				}
			}
			for _, f := range v.Findings {
				if f.Check == "undeclared" {
					if open--; f.Severity != backport.Error || f.Commit != r.ID("fix") || f.Path == "" {
						t.Errorf("finding %+v", f)
					}
				}
			}
			if open != 0 {
				t.Errorf("%d deviations that nobody declares are no findings", open)
			}
			if r.State(t) != before {
				t.Error("the repository changed")
			}
		})
	}
}

// What the original's message says of its own conflicts declares nothing.
func TestAuditReadsTheBackportsOwnWords(t *testing.T) {
	t.Parallel()
	words := "\n\nConflicts:\n\tf.c\n\n[tess: adjusted]\nSigned-off-by: Tess <t@example.org>"
	story := strings.Replace(auditStory, "on main: f: mend it --", "on main: f: mend it --"+words, 1)
	for body, want := range map[string]string{
		words[2:] + "\n(cherry picked from commit {{id:fix}})":                           "deviates, conflict, conflict f.c:2+1",
		words[2:] + "\n(cherry picked from commit {{id:fix}})\nConflicts:\n\tf.c":        "declared, conflict, conflict f.c:2+1 by conflicts",
		words[2:] + "\n(cherry picked from commit {{id:fix}})\n[tess: another two here]": "declared, conflict, conflict f.c:2+1 by note",
	} {
		r := gittest.New(t, strings.NewReplacer("BRANCH", "1.0", "BODY\n", body+"\n"+decided).Replace(story))
		v := verification(r, t, "hand", "1.0", 1)
		car := carrier(t, r.Dir, false)
		if err := car.Original(t.Context(), v); err != nil {
			t.Fatal(err)
		}
		if err := car.Audit(t.Context(), v); err != nil || told(v.Audit) != want {
			t.Errorf("%q: %s %v, want %s", body, told(v.Audit), err, want)
		}
	}
}

const severalStory = `
-- commit base on main: base --
-- file a --
one
-- file b --
one
-- branch 1.0 from main --
-- commit own on 1.0: own --
-- edit a --
-one
+own
-- branch steps from 1.0 --
-- branch squash from 1.0 --
-- commit first on main: first --
-- edit a --
-one
+first
-- commit other on main: other --
-- file c --
other
-- commit second on main: second --
-- edit b --
-one
+second
-- commit s1 on steps: first --

(cherry picked from commit {{id:first}})
Conflicts:
	a
-- edit a --
-own
+own first
-- commit s2 on steps: second --

(cherry picked from commit {{id:second}})
-- edit b --
-one
+second, by hand
-- commit q on squash: first and second --

(cherry picked from commit {{id:first}})
(cherry picked from commit {{id:second}})
Conflicts:
	a
-- edit a --
-own
+own first
-- edit b --
-one
+second
`

// Several commits are repeated one by one where they are as many as the
// original's, and as one change where they are not.
func TestAuditOfSeveral(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, severalStory)
	for name, want := range map[string]string{
		"s2": "deviates, conflict, conflict a:1+1 by conflicts, changed b:1+1",
		"q":  "declared, conflict, conflict a:1+1 by conflicts",
	} {
		n := map[string]int{"s2": 2, "q": 1}[name]
		v := verification(r, t, name, "1.0", n)
		car := carrier(t, r.Dir, false)
		if err := car.Original(t.Context(), v); err != nil || v.Original == nil || len(v.Original.Steps) != 2 || v.Original.Squash != (n == 1) {
			t.Fatalf("%s: %+v %s %v", name, v.Original, v.Found, err)
		}
		if err := car.Audit(t.Context(), v); err != nil || told(v.Audit) != want {
			t.Errorf("%s: %s %v, want %s", name, told(v.Audit), err, want)
		}
	}
}

// What cannot be repeated is unknown, and no error.
func TestAuditUnrepeated(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, auditStory[:strings.Index(auditStory, "-- commit hand")])
	car := carrier(t, r.Dir, false)
	v := verification(r, t, "own", "1.0", 1)
	v.Original = &backport.Fix{Steps: []backport.Step{{Commit: strings.Repeat("12", 20), Origin: strings.Repeat("12", 20)}}}
	if err := car.Audit(t.Context(), v); err != nil || v.Audit == nil || v.Audit.State != backport.Unrepeated || v.Audit.Detail == "" {
		t.Errorf("%+v %v", v.Audit, err)
	}
	v.Audit, v.Original = nil, nil
	if err := car.Audit(t.Context(), v); err != nil || v.Audit != nil {
		t.Errorf("without an original: %+v %v", v.Audit, err)
	}
}

// A backport that was picked from another backport owes no word for what that
// one decided.
func TestAuditOfABackportHandedOn(t *testing.T) {
	t.Parallel()
	body := "(cherry picked from commit {{id:fix}})\n" + decided + `-- branch 0.9 from own --
-- commit older on 0.9: older --
-- file old.txt --
old
-- commit on on 0.9: f: mend it --

(cherry picked from commit {{id:fix}})
(cherry picked from commit {{id:hand}})
` + decided
	for more, want := range map[string]string{
		"":                              "declared, conflict, conflict f.c:2+1 by note",
		"-- file old.txt --\nchanged\n": "deviates, conflict, conflict f.c:2+1, changed old.txt:1+1",
	} {
		r := gittest.New(t, strings.NewReplacer("BRANCH", "1.0", "BODY\n", body+more).Replace(auditStory))
		v := verification(r, t, "on", "0.9", 1)
		car := carrier(t, r.Dir, false)
		if err := car.Original(t.Context(), v); err != nil || v.Original.ID() != r.ID("fix") {
			t.Fatal(v.Original, v.Found, err)
		}
		if err := car.Audit(t.Context(), v); err != nil || told(v.Audit) != want {
			t.Errorf("%s %v, want %s", told(v.Audit), err, want)
		}
	}
}

func TestAuditWeighsWords(t *testing.T) {
	t.Parallel()
	const x = "(cherry picked from commit {{id:fix}})"
	const whole = "deviates, conflict, conflict f.c:2+1"
	for name, c := range map[string]struct{ body, files, want string }{
		"an override quoted in prose": {"Somebody wrote\nBackstay-Override: not needed\nand we agreed.\n\n" + x, decided, whole},
		"an override above a paragraph of conflicts": {
			x + "\nBackstay-Override: agreed\n\nConflicts:\n\tg.c", decided, "declared, conflict, conflict f.c:2+1 by override",
		},
		"an override in a last paragraph that begins with prose": {
			"They said so. " + x + "\nBackstay-Override: agreed\nSigned-off-by: Tess <t@example.org>", decided,
			"declared, conflict, conflict f.c:2+1 by override",
		},
		"a link in brackets": {"[link: https://example.org/f.c]\n" + x, decided, whole},
		"a submodule": {
			x + "\n\nConflicts:\n\tf.c", decided + "-- gitlink sub 1234567890123456789012345678901234567890 --\n",
			"deviates, conflict, conflict f.c:2+1 by conflicts, changed sub:0+0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story := strings.Replace(auditStory, "-- file f.c --\none\n", "-- gitlink sub 2234567890123456789012345678901234567890 --\n-- file f.c --\none\n", 1)
			r := gittest.New(t, strings.NewReplacer("BRANCH", "1.0", "BODY\n", c.body+"\n"+c.files).Replace(story))
			v := verification(r, t, "hand", "1.0", 1)
			car := carrier(t, r.Dir, false)
			if err := car.Original(t.Context(), v); err != nil || v.Original.ID() != r.ID("fix") {
				t.Fatal(v.Original, v.Found, err)
			}
			if err := car.Audit(t.Context(), v); err != nil || told(v.Audit) != c.want {
				t.Errorf("%s %v, want %s", told(v.Audit), err, c.want)
			}
		})
	}
}

// What one commit says of itself does not speak for another, but for what none
// of them does.
func TestAuditOfCommitsThatSpeakForThemselves(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, strings.NewReplacer("BRANCH", "1.0", "BODY\n", `(cherry picked from commit {{id:fix}})
-- edit f.c --
-two of 1.0
+two of 1.0, mended
@@
-nine
+nine mended
-- commit next on 1.0: next version --

[tess: what comes next]
Signed-off-by: Tess <t@example.org>
-- file VERSION --
2
`).Replace(auditStory))
	v := verification(r, t, "next", "1.0", 2)
	car := carrier(t, r.Dir, false)
	if err := car.Original(t.Context(), v); err != nil || v.Original.ID() != r.ID("fix") {
		t.Fatal(v.Original, v.Found, err)
	}
	const want = "deviates, conflict, added VERSION:0+0 by note, conflict f.c:2+1, removed new.txt:0+0 by note"
	if err := car.Audit(t.Context(), v); err != nil || told(v.Audit) != want {
		t.Errorf("%s %v, want %s", told(v.Audit), err, want)
	}
}

func TestAuditOfTooMuch(t *testing.T) {
	t.Parallel()
	var many strings.Builder
	for i := range 10_001 {
		fmt.Fprintf(&many, "-- file a/%d --\n", i)
	}
	r := gittest.New(t, strings.NewReplacer("BRANCH", "2.0", "BODY\n",
		"(cherry picked from commit {{id:fix}})\n\nConflicts:\n\t./a\n"+onTwo+many.String()+"-- file run.sh --\nevil\n-- file z --\nevil\n").Replace(auditStory))
	v := verification(r, t, "hand", "2.0", 1)
	car := carrier(t, r.Dir, false)
	if err := car.Original(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	if err := car.Audit(t.Context(), v); err != nil || v.Audit.State != backport.Deviates {
		t.Fatal(v.Audit.State, err)
	}
	last := v.Audit.Deviations[len(v.Audit.Deviations)-1]
	if len(v.Audit.Deviations) != 10_001 || last.By != "" || !strings.Contains(last.Actual, "too many") {
		t.Errorf("%d deviations, the last is %+v", len(v.Audit.Deviations), last)
	}
}

func TestAuditOfItself(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, strings.NewReplacer("BRANCH", "2.0", "BODY\n", onTwo).Replace(auditStory))
	v := verification(r, t, "hand", "2.0", 1)
	v.Original = &backport.Fix{Name: "hand", Slug: "hand", Steps: []backport.Step{{Commit: v.Commits[0], Base: v.Target.Commit, Origin: v.Commits[0]}}}
	if err := carrier(t, r.Dir, false).Audit(t.Context(), v); err != nil || v.Audit.State != backport.Unrepeated || !strings.Contains(v.Audit.Detail, "itself") {
		t.Error(v.Audit, err)
	}
}
