package gittest

import (
	"compress/zlib"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
// date. They are written here, not by git commit-tree: property tests ask for
// thousands of picks, and two processes do for each what four did.
func (r *Repo) Pick(t testing.TB, fix, target string) (tree string, clean bool, said string) {
	t.Helper()
	facts := strings.Split(r.Git(t, "rev-parse", "--git-path", "objects", target+"^{tree}", fix+"^{tree}", fix+"^@"), "\n")
	objects, parents := filepath.Join(r.Dir, facts[0]), facts[3:]
	if filepath.IsAbs(facts[0]) {
		objects = facts[0]
	}
	merge := []string{"merge-tree", "--write-tree"}
	if len(parents) == 0 {
		merge = append(merge, "--allow-unrelated-histories")
	}
	for _, side := range facts[1:3] {
		id, err := writeCommit(objects, side, parents)
		if err != nil {
			t.Fatal(err)
		}
		merge = append(merge, id)
	}
	got := r.Run(t, "", merge...)
	if got.Exit != 0 && got.Exit != 1 {
		t.Fatalf("git merge-tree: exit status %d\n%s%s", got.Exit, got.Stdout, got.Stderr)
	}
	tree, _, _ = strings.Cut(got.Stdout, "\n")
	return tree, got.Exit == 0, got.Stdout
}

// writeCommit puts a commit of a tree on the first of parents, if there is one,
// among loose objects; ids have the tree's length.
func writeCommit(objects, tree string, parents []string) (id string, err error) {
	var text strings.Builder
	fmt.Fprintf(&text, "tree %s\n", tree)
	if len(parents) > 0 {
		fmt.Fprintf(&text, "parent %s\n", parents[0])
	}
	const who = "Tess Test <tess@example.org> 1735689600 +0000" // as in Env
	fmt.Fprintf(&text, "author %s\ncommitter %s\n\nside\n", who, who)
	object := fmt.Appendf(nil, "commit %d\x00%s", text.Len(), text.String())
	if len(tree) == 2*sha256.Size {
		sum := sha256.Sum256(object)
		id = hex.EncodeToString(sum[:])
	} else {
		sum := sha1.Sum(object)
		id = hex.EncodeToString(sum[:])
	}
	file := filepath.Join(objects, id[:2], id[2:])
	if _, err := os.Stat(file); err == nil {
		return id, nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(filepath.Dir(file), "tmp_obj_")
	if err != nil {
		return "", err
	}
	w := zlib.NewWriter(f)
	_, err = w.Write(object)
	if err = errors.Join(err, w.Close(), f.Chmod(0o444), f.Close()); err != nil {
		return "", err
	}
	return id, os.Rename(f.Name(), file)
}
