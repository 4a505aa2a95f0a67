package publish

import (
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gittest"
)

// What is not git's own result is named, with who made it.
func TestConflictsParagraph(t *testing.T) {
	t.Parallel()
	file := func(path, rung string, o backport.Outcome) backport.File {
		return backport.File{Path: path, Rung: rung, Outcome: o}
	}
	a, b2, c := file("lib/a.c", "tokens", backport.Resolved), file("lib/b.c", Person, backport.Resolved), file("lib/c.c", "lists", backport.Proposed)
	for _, tt := range []struct {
		name    string
		steps   []string
		squash  bool
		outcome backport.Outcome
		files   []backport.File
		want    []string // the end of each commit's message, oldest first
	}{
		{
			"one",
			[]string{"fix"},
			false, backport.Resolved,
			[]backport.File{a, file("doc/readme", "git", backport.Clean)},
			[]string{"Reviewed-by: Ada <ada@example.org>\n(cherry picked from commit {fix})\nConflicts:\n\tlib/a.c: resolved by tokens\nSigned-off-by: Tess Test <tess@example.org>\n"},
		},
		{
			"each step its own",
			[]string{"fix", "next", "other"},
			false, backport.Proposed,
			[]backport.File{a, b2, c},
			[]string{
				"(cherry picked from commit {fix})\nConflicts:\n\tlib/a.c: resolved by tokens\nSigned-off-by: Tess Test <tess@example.org>\n",
				"\n\n(cherry picked from commit {next})\nConflicts:\n\tlib/b.c: resolved by Tess Test\nSigned-off-by: Tess Test <tess@example.org>\n",
				"\n\n(cherry picked from commit {other})\nConflicts:\n\tlib/c.c: resolved by lists (proposed)\nSigned-off-by: Tess Test <tess@example.org>\n",
			},
		},
		{
			"squashed",
			[]string{"fix", "next"},
			true, backport.Resolved,
			[]backport.File{a, b2},
			[]string{"Conflicts:\n\tlib/a.c: resolved by tokens\n\tlib/b.c: resolved by Tess Test\nSigned-off-by: Tess Test <tess@example.org>\n"},
		},
		{
			"git's alone",
			[]string{"next"},
			false, backport.Clean,
			[]backport.File{file("lib/b.c", "git", backport.Clean)},
			[]string{"lib: mend b\n\n(cherry picked from commit {next})\nSigned-off-by: Tess Test <tess@example.org>\n"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, gittest.New(t, story))
			var ids []string
			for _, s := range tt.steps {
				ids = append(ids, b.ID(s))
			}
			p := b.pick(t, "x", "release/1.x", ids...)
			p.Outcome, p.Files, p.Fix.Squash = tt.outcome, tt.files, tt.squash
			opts := Options{Proposed: true, SignOff: true}
			expect(t, b.publish(t, opts, p)[0], "created", "")
			expect(t, b.publish(t, opts, p)[0], "unchanged", "")
			commits := strings.Fields(b.Git(t, "rev-list", "--reverse", "release/1.x..backport/release/1.x/x"))
			if len(commits) != len(tt.want) {
				t.Fatalf("%d commits, want %d", len(commits), len(tt.want))
			}
			for i, want := range tt.want {
				for _, s := range []string{"fix", "next", "other"} {
					want = strings.ReplaceAll(want, "{"+s+"}", b.ID(s))
				}
				if got := b.object(t, commits[i]); !strings.HasSuffix(got, want) {
					t.Errorf("commit %d is\n%s\nwant at its end\n%s", i, got, want)
				}
			}
			if strings.Contains(b.Git(t, "log", "--format=%b", "-1", "backport/release/1.x/x"), "doc/readme") {
				t.Error("git's own result is named")
			}
		})
	}
}

// What a rung leaves out of the fix is named too, though the commit has nothing
// of it.
func TestLeftOutIsNamed(t *testing.T) {
	t.Parallel()
	b := newBench(t, gittest.New(t, story))
	p := b.pick(t, "x", "release/1.x", b.ID("fix"))
	p.Outcome = backport.Proposed
	p.Files = []backport.File{
		{Path: "lib/a.c", Rung: "git", Outcome: backport.Clean},
		{Path: "lib/gone.c", Rung: "gone", Outcome: backport.Proposed},
	}
	p.StepFiles = [][]backport.File{p.Files}
	expect(t, b.publish(t, Options{Proposed: true}, p)[0], "created", "")
	message := b.Git(t, "log", "--format=%B", "-1", "backport/release/1.x/x")
	if !strings.Contains(message, "Conflicts:\n\tlib/gone.c: resolved by gone (proposed)") || strings.Contains(message, "lib/a.c") {
		t.Error(message)
	}
}
