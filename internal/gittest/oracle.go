package gittest

import (
	"strings"
	"testing"
)

// Pick is what the installed git makes of picking fix onto target: the three-way
// merge with base = the fix's first parent (the empty tree for a root), ours =
// target, theirs = fix. tree is the result's id, with conflict markers in it
// unless clean; said is merge-tree's whole output.
//
// Git 2.39 finds the base by itself only. Therefore both sides become commits
// on top of the fix's first parent, newer than all others: git walks history by
// date.
func (r *Repo) Pick(t testing.TB, fix, target string) (tree string, clean bool, said string) {
	t.Helper()
	side := []string{"commit-tree", "-m", "side"}
	merge := []string{"merge-tree", "--write-tree"}
	if parents := strings.Fields(r.Git(t, "log", "-1", "--format=%P", fix)); len(parents) > 0 {
		side = append(side, "-p", parents[0])
	} else {
		merge = append(merge, "--allow-unrelated-histories")
	}
	ours := r.Git(t, append(side, target+"^{tree}")...)
	theirs := r.Git(t, append(side, fix+"^{tree}")...)
	got := r.Run(t, "", append(merge, ours, theirs)...)
	if got.Exit != 0 && got.Exit != 1 {
		t.Fatalf("git merge-tree: exit status %d\n%s%s", got.Exit, got.Stdout, got.Stderr)
	}
	tree, _, _ = strings.Cut(got.Stdout, "\n")
	return tree, got.Exit == 0, got.Stdout
}
