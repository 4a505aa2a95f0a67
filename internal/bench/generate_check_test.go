package bench

import (
	"strings"
	"testing"

	"backstay.dev/backstay/internal/pick"
)

var tiny = shape{files: 60, commits: 80, branches: 3, carried: 12}

// The benchmarks are worth nothing if what they run on is not what they say, or
// if both ways give different answers: a small run of each is a test.
func TestSmallRun(t *testing.T) {
	t.Parallel()
	dir := generate(t, tiny)
	run(t, dir, "git", "fsck", "--strict", "--no-dangling", "--no-progress")
	s := open(t, dir)
	if len(s.releases) != 3 || s.releases[0].Name != "release/1.2" {
		t.Errorf("releases %v", s.releases)
	}
	if n := len(strings.Split(run(t, dir, "git", "ls-tree", "-r", "--name-only", "release/1.0"), "\n")); n != tiny.files {
		t.Errorf("release/1.0 has %d files", n)
	}
	store := s.store(t)
	index := s.index(t, store)
	cases := mined(t, s, index, 1000)
	if len(cases) < 30 {
		t.Errorf("%d cases", len(cases))
	}
	pairs, _ := judge(t, s, index, cases)
	c := askGit(t, s, pairs)
	if c.mismatches != 0 || c.present != 0 || c.clean == 0 || c.clean == c.pairs {
		t.Errorf("replay: %+v", c)
	}
	todo := matrix(t, s, 40, 3)
	pairs, _ = picks(t.Context(), t, s, todo, index, pick.Options{Jobs: jobs, Brief: true})
	c = askGit(t, s, pairs)
	if c.mismatches != 0 || c.present == 0 || c.clean == 0 || c.clean == c.pairs {
		t.Errorf("matrix: %+v", c)
	}
}
