package find_test

import (
	"strings"
	"testing"

	"backstay.dev/backstay/internal/find"
	"backstay.dev/backstay/internal/gittest"
)

func TestBackports(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, `
-- commit on main: base --
-- file a --
1
-- branch release/0.9 from main --
-- branch early from main --
-- commit on early: by hand --
-- file a --
2
-- branch release/1.0 from main --
-- commit on release/1.0: one --
-- file b --
1
-- branch release/2.0 from main --
-- commit on release/2.0: two --
-- file b --
2
-- commit on main: fix --
-- file a --
2
-- branch mine from release/1.0 --
-- commit on mine: by hand --
-- file a --
2
-- commit on mine: and more --
-- file c --
2
-- branch backport/release/2.0/abc from release/2.0 --
-- commit on backport/release/2.0/abc: made --
-- file a --
2
-- commit on release/2.0: later --
-- file d --
2
-- branch done from release/2.0 --
-- commit on done: by hand, too --
-- file e --
2
-- commit merge on release/2.0: merged --
merge: done
-- branch resting from release/1.0 --
`)
	id := func(name string) string { return strings.TrimSpace(r.Git(t, "rev-parse", name)) }
	for _, tt := range []struct {
		arg, to     string
		target, on  string
		commits     []string
		tree, error string
	}{
		{arg: "mine", target: "release/1.0", on: "release/1.0", commits: []string{"mine~1", "mine"}},
		{arg: "backport/release/2.0/abc", target: "release/2.0", on: "release/2.0~2", commits: []string{"backport/release/2.0/abc"}},
		{arg: "backport/release/2.0/abc", to: "release/1.0", target: "release/1.0", on: "main~1", commits: []string{"backport/release/2.0/abc~1", "backport/release/2.0/abc"}},
		// It stands on what all releases have, and is the tip of one.
		{arg: "early", target: "release/0.9", on: "main~1", commits: []string{"early"}},
		{arg: "early^!", error: "unknown commit"},
		{arg: "main~1..early", target: "release/0.9", on: "main~1", commits: []string{"early"}},
		{arg: "mine~1", target: "release/1.0", on: "release/1.0", commits: []string{"mine~1"}},
		{arg: "mine~1..mine", target: "release/1.0", on: "mine~1", commits: []string{"mine"}},
		{arg: "release/1.0..mine", target: "release/1.0", on: "release/1.0", commits: []string{"mine~1", "mine"}},
		{arg: id("release/2.0"), target: "release/2.0", on: "release/2.0~1", commits: []string{"release/2.0"}},
		{arg: "release/2.0", error: "itself the release branch"},
		{arg: "mine..mine", error: "no commits of its own"},
		{arg: "done", error: `"done" has no commits of its own: ` + r.ID("merge")[:12] + " merged it into release/2.0"},
		{arg: r.ID("merge")[:12] + "^1..done", target: "release/2.0", on: "release/2.0^1", commits: []string{"done"}},
		{arg: "resting", error: `"resting" has no commits of its own`},
		{arg: "main~1", error: "stands on nothing"},
		{arg: "nothing", error: "unknown commit"},
		{arg: "mine", to: "nothing", error: "unknown target"},
	} {
		repo, store := open(t, r)
		got, err := find.Backports(t.Context(), repo, store, []string{tt.arg}, find.BackportOptions{To: tt.to})
		if tt.error != "" {
			if err == nil || !strings.Contains(err.Error(), tt.error) {
				t.Errorf("%s: %v, want %q", tt.arg, err, tt.error)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.arg, err)
			continue
		}
		v := got[0]
		if v.Name != tt.arg || v.Target.Name != tt.target || v.Target.Commit != id(tt.on) || v.Tree != id(tt.commits[len(tt.commits)-1]+"^{tree}") {
			t.Errorf("%s to %q: %+v", tt.arg, tt.to, v)
		}
		var want []string
		for _, c := range tt.commits {
			want = append(want, id(c))
		}
		if strings.Join(v.Commits, " ") != strings.Join(want, " ") {
			t.Errorf("%s: commits %v, want %v", tt.arg, v.Commits, want)
		}
	}
}
