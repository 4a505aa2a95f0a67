package explain_test

// ground is a file whose lines are far enough apart to be changed on their own,
// and the release that was made from it.
const ground = `
-- commit base on main: base --
-- file a --
one
two
three
four
five
six
seven
eight
nine
-- file b --
alpha
beta
gamma
-- branch 1.0 from main --
`

// planCases are fixes that conflict on 1.0. needs says what stands behind the
// conflicts of each commit; plans are written as "commit commit", a part as
// "commit(path:lines)" with the lines that the hunk has in the commit.
var planCases = []planCase{
	{
		name: "one prerequisite",
		story: `
-- commit p on main: p --
-- edit a --
-two
+two p
-- commit fix on main: fix --
-- edit a --
-two p
+two fixed
`,
		needs: map[string]string{"fix": "p"},
		plans: []string{"p"},
	},
	{
		name: "of several candidates one is needed",
		story: `
-- commit q on main: q --
-- edit a --
-eight
+eight q
-- commit p on main: p --
-- edit a --
-two
+two p
-- commit r on main: r --
-- edit b --
-alpha
+alpha r
-- commit fix on main: fix --
-- edit a --
-two p
+two fixed
`,
		needs: map[string]string{"fix": "q p r"},
		plans: []string{"p"},
	},
	{
		name: "a pair of several",
		story: `
-- commit p on main: p --
-- edit a --
-two
+two p
-- commit r on main: r --
-- edit b --
-alpha
+alpha r
-- commit q on main: q --
-- edit a --
-eight
+eight q
-- commit fix on main: fix --
-- edit a --
-two p
+two fixed
@@
-eight q
+eight fixed
`,
		needs: map[string]string{"fix": "p r q"},
		plans: []string{"p q"},
	},
	{
		name: "two deep",
		story: `
-- commit p on main: p --
-- edit a --
-two
+two p
-- commit q on main: q --
-- edit a --
-two p
+two q
-- commit fix on main: fix --
-- edit a --
-two q
+two fixed
`,
		needs: map[string]string{"fix": "q", "q": "p"},
		plans: []string{"p q"},
	},
	{
		name: "three deep, and one on the way that is not needed",
		story: `
-- commit p on main: p --
-- edit a --
-two
+two p
-- commit n on main: n --
-- edit b --
-alpha
+alpha n
-- commit q on main: q --
-- edit a --
-two p
+two q
-- commit r on main: r --
-- edit a --
-two q
+two r
-- commit fix on main: fix --
-- edit a --
-two r
+two fixed
`,
		needs: map[string]string{"fix": "r", "r": "n q", "q": "p"},
		plans: []string{"p q r"},
	},
	{
		name: "a prerequisite that conflicts itself, in another file: its part",
		story: `
-- commit p on main: p --
-- edit a --
-two
+two p
-- edit b --
-alpha
+alpha p
-- commit fix on main: fix --
-- edit a --
-two p
+two fixed
-- commit on 1.0: own --
-- edit b --
-alpha
+alpha of 1.0
`,
		needs: map[string]string{"fix": "p"},
		plans: []string{"p(a)"},
	},
	{
		name: "and in another place of the file: one hunk",
		story: `
-- commit p on main: p --
-- edit a --
-two
+two p
@@
-eight
+eight p
-- commit fix on main: fix --
-- edit a --
-two p
+two fixed
-- commit on 1.0: own --
-- edit a --
-eight
+eight of 1.0
`,
		needs: map[string]string{"fix": "p"},
		plans: []string{"p(a:2)"},
	},
	{
		name: "the whole and, smaller, a hunk of it",
		story: `
-- commit p on main: p --
-- edit a --
-two
+two p
+and a half
@@
-eight
+eight p
-- delete b --
-- commit fix on main: fix --
-- edit a --
-and a half
+and two thirds
`,
		needs: map[string]string{"fix": "p"},
		plans: []string{"p", "p(a:2-3)"},
	},
	{
		name: "a file that the target lacks",
		story: `
-- commit p on main: p --
-- file c --
cee
-- edit b --
-alpha
+alpha p
-- commit fix on main: fix --
-- file c --
cee fixed
-- commit on 1.0: own --
-- edit b --
-alpha
+alpha of 1.0
`,
		needs: map[string]string{"fix": "p"},
		plans: []string{"p(c)"},
	},
	{
		name: "a file that the source moved is not added beside the old one",
		story: `
-- commit p on main: p --
-- rename b -> c --
-- edit a --
-eight
+eight p
-- file c --
one
two
three
-- commit fix on main: fix --
-- file c --
one
two fixed
three
-- commit on 1.0: own --
-- edit a --
-eight
+eight of 1.0
`,
		needs: map[string]string{"fix": "p+"},
	},
	{
		name: "a merge",
		story: `
-- branch topic from main --
-- commit t on topic: t --
-- edit a --
-two
+two t
-- commit on main: other --
-- edit b --
-alpha
+alpha m
-- commit p on main: Merge topic --
merge: topic
-- take a from topic --
-- commit fix on main: fix --
-- edit a --
-two t
+two fixed
`,
		needs: map[string]string{"fix": "p"},
		plans: []string{"p"},
	},
	{
		name: "the target's own change, nothing works",
		story: `
-- commit p on main: p --
-- edit a --
-two
+two p
-- commit fix on main: fix --
-- edit a --
-two p
+two fixed
-- commit on 1.0: own --
-- edit a --
-two
+two of 1.0
`,
		needs: map[string]string{"fix": "p"},
	},
	{
		name: "what makes the fix needless is no plan",
		story: `
-- commit p on main: p --
-- edit a --
-two
+two fixed
-- commit back on main: back --
-- edit a --
-two fixed
+two b
-- commit fix on main: fix --
-- edit a --
-two b
+two fixed
`,
		needs: map[string]string{"fix": "p"},
	},
	{
		name: "no candidate",
		story: `
-- commit fix on main: fix --
-- edit a --
-two
+two fixed
-- commit on 1.0: own --
-- edit a --
-two
+two of 1.0
`,
	},
}

type planCase struct {
	name, story string
	needs       map[string]string
	plans       []string
}
