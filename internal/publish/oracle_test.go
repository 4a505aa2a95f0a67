package publish

import (
	"cmp"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/gittest"
)

// The clock and the committer are fixed for both sides, so that the oracle is
// the commit's id: everything that git cherry-pick -x would write.
func TestBranchesAreWhatCherryPickMakes(t *testing.T) {
	t.Parallel()
	const messages = story + `
-- commit bare on main: only a title --
-- file lib/m1 --
1
-- commit trailers on main: with trailers --

Text.

Change-Id: I0123456789012345678901234567890123456789
Signed-off-by: Ada <ada@example.org>
-- file lib/m2 --
2
-- commit chain on main: picked before --
author: Grace <grace@example.org>
commit-date: 2024-06-01T00:00:00Z

Text.

(cherry picked from commit 0123456789012345678901234567890123456789)
Signed-off-by: Grace <grace@example.org>
-- file lib/m3 --
3
-- commit signed on main: signed by the committer --

Signed-off-by: Tess Test <tess@example.org>
-- file lib/m4 --
4
-- commit latin on main: gr\xfc\xdfe --
author: J\xf6rg <joerg@example.org>
encoding: ISO-8859-1
escapes: yes

\xc4rger.
-- file lib/m5 --
5
-- commit utf on main: grüße --
author: Jörg <joerg@example.org>

Ärger.
-- file lib/m6 --
6
-- commit long on main: a title --

of two paragraphs, with text that: looks like trailers

Fixes: 123
and this does not
-- file lib/m7 --
7
-- commit zone on main: far away --
author: Ada <ada@example.org>
date: 1999-12-31T23:59:59-11:30
-- file lib/m8 --
8
`
	r := gittest.New(t, messages)
	b := newBench(t, r)
	for _, c := range []struct {
		name    string
		labels  []string
		signOff bool
		config  string
	}{
		{name: "title", labels: []string{"bare"}},
		{name: "title, sign-off", labels: []string{"bare"}, signOff: true},
		{name: "trailers", labels: []string{"trailers"}},
		{name: "trailers, sign-off", labels: []string{"trailers"}, signOff: true},
		{name: "chain", labels: []string{"chain"}},
		{name: "chain, sign-off", labels: []string{"chain"}, signOff: true},
		{name: "signed, sign-off", labels: []string{"signed"}, signOff: true},
		{name: "latin1", labels: []string{"latin"}, config: "ISO-8859-1"},
		{name: "latin1, sign-off", labels: []string{"latin"}, config: "ISO-8859-1", signOff: true},
		{name: "UTF-8", labels: []string{"utf"}},
		{name: "prose", labels: []string{"long"}},
		{name: "zone", labels: []string{"zone"}},
		{name: "several", labels: []string{"fix", "next", "trailers", "chain", "utf"}, signOff: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var ids []string
			for _, l := range c.labels {
				ids = append(ids, r.ID(l))
			}
			slug := strings.NewReplacer(" ", "", ",", "-").Replace(c.name)
			got := b.publish(t, Options{SignOff: c.signOff}, b.pick(t, slug, "release/2.x", ids...))[0]
			expect(t, got, "created", "")
			if want := "refs/heads/backport/release/2.x/" + slug; got.Branch.Name != want {
				t.Errorf("branch %s, want %s", got.Branch.Name, want)
			}
			r.Git(t, "checkout", "-q", "--detach", "release/2.x")
			args := []string{"-c", "i18n.commitEncoding=" + cmp.Or(c.config, "UTF-8"), "cherry-pick", "-x"}
			if c.signOff {
				args = append(args, "-s")
			}
			r.Git(t, append(args, ids...)...)
			want := r.Git(t, "rev-parse", "HEAD")
			if tip := r.Git(t, "rev-parse", got.Branch.Name); tip != want || got.Branch.Commit != want {
				t.Errorf("branch is\n%s\nbut cherry-pick makes\n%s", b.object(t, tip), b.object(t, want))
			}
			if record := r.Git(t, "rev-parse", "refs/backstay/branches/release/2.x/"+slug); record != want {
				t.Errorf("record is %s, want %s", record, want)
			}
			if log := r.Git(t, "reflog", "--format=%gs", got.Branch.Name); log != "backstay: pick "+ids[len(ids)-1] {
				t.Errorf("reflog: %q", log)
			}
		})
	}
	r.Fsck(t)
}

// What git cherry-pick would tidy up stays as it is.
func TestMessageStaysByteForByte(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, story)
	b := newBench(t, r)
	parent := r.ID("other")
	tree := r.Git(t, "rev-parse", r.ID("other")+"^{tree}")
	for i, c := range []struct{ head, message, want string }{
		{"", "", "\n(cherry picked from commit %)\n"},
		{"", "no line end", "no line end\n\n(cherry picked from commit %)\n"},
		{"", "title  \n\n\n\ntext\t\n\n\n", "title  \n\n\n\ntext\t\n\n\n\n(cherry picked from commit %)\n"},
		{"", "# not a comment\n\n# nor this\n", "# not a comment\n\n# nor this\n\n(cherry picked from commit %)\n"},
		{"", "crlf\r\n\r\ntext\r\n", "crlf\r\n\r\ntext\r\n\n(cherry picked from commit %)\n"},
		{"", "not UTF-8 \xff\xfe\n", "not UTF-8 \xff\xfe\n\n(cherry picked from commit %)\n"},
		{"encoding x-nobody-knows\n", "odd \x80\n", "odd \x80\n\n(cherry picked from commit %)\n"},
		{"gpgsig -----BEGIN\n nothing\n -----END\nmergetag object\n more\n", "signed once\n", "signed once\n\n(cherry picked from commit %)\n"},
	} {
		author := "Odd  Name <> 1700000000 -0730"
		raw := "tree " + tree + "\nparent " + parent + "\nauthor " + author + "\ncommitter A <a@b> 1700000000 +0000\n" + c.head + "\n" + c.message
		made := r.Run(t, raw, "hash-object", "-t", "commit", "-w", "--stdin")
		id := strings.TrimSpace(made.Stdout)
		if id == "" {
			// git refuses to write what fsck complains about
			t.Fatalf("%q: %s", raw, made.Stderr)
		}
		p := b.pick(t, "odd"+string(rune('a'+i)), "release/1.x", r.ID("other"))
		p.Fix.Steps[0].Commit, p.Fix.Steps[0].Origin = id, id
		got := b.publish(t, Options{}, p)[0]
		expect(t, got, "created", "")
		head := ""
		if strings.HasPrefix(c.head, "encoding") {
			head = c.head
		}
		want := "tree " + p.Tree + "\nparent " + p.Target.Commit + "\nauthor " + author +
			"\ncommitter Tess Test <tess@example.org> 1735689600 +0000\n" + head + "\n" + strings.ReplaceAll(c.want, "%", id)
		if is := b.object(t, got.Branch.Name); is != want {
			t.Errorf("commit is\n%q\nwant\n%q", is, want)
		}
		expect(t, b.publish(t, Options{}, p)[0], "unchanged", "")
	}
}
