package publish

import (
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/provenance"
)

// A draft is the very commit that is written later, but for the clock and a
// signature, and leaves the repository as it was.
func TestDraft(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, story)
	b := newBench(t, r)
	pick := b.pick(t, "x", "release/1.x", r.ID("fix"))
	before := r.State(t)
	draft := func(opts Options) *backport.Branch {
		t.Helper()
		opts.Draft, opts.Style = true, provenance.GitX
		got, err := Branches(t.Context(), b.repo, b.store, []backport.Pick{pick}, opts)
		if err != nil || got[0].Branch == nil {
			t.Fatalf("%v %+v", err, got)
		}
		return got[0].Branch
	}
	branch := draft(Options{Override: "we\nmust"})
	if branch.State != "planned" || r.State(t) != before {
		t.Errorf("%+v; the repository changed: %v", branch, r.State(t) != before)
	}
	c, err := b.store.Commit(t.Context(), branch.Commit)
	if err != nil {
		t.Fatal(err)
	}
	if c.Tree != pick.Tree || c.Parents[0] != pick.Target.Commit || !strings.HasSuffix(string(c.Message), "\nBackstay-Override: we must\n") {
		t.Errorf("%+v", c)
	}
	if _, err := Branches(t.Context(), b.repo, b.store, []backport.Pick{pick}, Options{Style: provenance.GitX, Override: "we must"}); err != nil {
		t.Fatal(err)
	}
	if got := draft(Options{Override: "we must"}); got.State != "unchanged" {
		t.Errorf("once written: %+v", got)
	}
}
