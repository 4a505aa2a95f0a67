package carry_test

import (
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/gittest"
)

// A report names the commits that are on the branch, and not their drafts.
func TestPublishNamesWhatIsWritten(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, `
-- commit base on main: base --
-- file a --
one
-- branch 1.0 from main --
-- commit fix on main: mend it --
-- file a --
mended
`)
	c := carrier(t, r.Dir, false)
	fix := backport.Fix{Name: "fix", Slug: "fix", Subject: "mend it", Steps: []backport.Step{{Commit: r.ID("fix"), Base: r.ID("base"), Origin: r.ID("fix")}}}
	target := backport.Target{Name: "1.0", Ref: "refs/heads/1.0", Commit: r.ID("base")}
	order := carry.Order{Write: true, Draft: true}
	picks, err := c.Carry(t.Context(), []backport.Fix{fix}, []backport.Target{target}, order)
	if err != nil {
		t.Fatal(err)
	}
	vs, of, err := c.Drafts(t.Context(), picks)
	if err != nil || len(vs) != 1 {
		t.Fatal(vs, err)
	}
	draft := vs[0].Commits[0]
	vs[0].Verdict = backport.Verdict{State: backport.Overridden, Override: "agreed"}
	if picks, err = c.Publish(t.Context(), picks, vs, of, order); err != nil {
		t.Fatal(err)
	}
	tip := strings.TrimSpace(r.Git(t, "rev-parse", picks[0].Branch.Name))
	if len(vs[0].Commits) != 1 || vs[0].Commits[0] != tip || tip == draft {
		t.Errorf("the branch has %s, the draft was %s, the verification says %v", tip, draft, vs[0].Commits)
	}
}
