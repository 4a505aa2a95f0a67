package git_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

const (
	treeID  = "1111111111111111111111111111111111111111"
	parent1 = "2222222222222222222222222222222222222222"
	parent2 = "3333333333333333333333333333333333333333"
	who     = "A U Thor <a@example.org> 1700000000 +0100"
)

const signed = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n tree " + parent1 + "\n parent " + parent1 + "\n encoding x\n author me\n -----END PGP SIGNATURE-----\n"

func TestParseCommit(t *testing.T) {
	t.Parallel()
	head := "tree " + treeID + "\nparent " + parent1 + "\nauthor " + who + "\ncommitter C <c> 5 -0000\n"
	plain := git.Commit{ID: "x", Tree: treeID, Parents: []string{parent1}, Author: who, Committer: "C <c> 5 -0000"}
	with := func(f func(*git.Commit)) git.Commit {
		c := plain
		f(&c)
		return c
	}
	for _, c := range []struct {
		name, text string
		want       git.Commit
	}{
		{"message", head + "\nsubject\n\nbody\n\n\nmore\n", with(func(c *git.Commit) { c.Message = []byte("subject\n\nbody\n\n\nmore\n") })},
		{"no message", head + "\n", with(func(c *git.Commit) { c.Message = []byte{} })},
		{"not even the empty line", head, plain},
		{"message of blank lines", head + "\n\n\n", with(func(c *git.Commit) { c.Message = []byte("\n\n") })},
		{"NUL in it", head + "\na\x00b", with(func(c *git.Commit) { c.Message = []byte("a\x00b") })},
		{"encoding", head + "encoding ISO-8859-1\n\ncaf\xe9", with(func(c *git.Commit) { c.Encoding = "ISO-8859-1"; c.Message = []byte("caf\xe9") })},
		{"first encoding counts", head + "encoding A\nencoding B\n\nm", with(func(c *git.Commit) { c.Encoding = "A"; c.Message = []byte("m") })},
		{"signature", head + signed + "encoding A\n\nm", with(func(c *git.Commit) { c.Encoding = "A"; c.Message = []byte("m") })},
		{
			"two parents", strings.Replace(head, "\nauthor", "\nparent "+parent2+"\nauthor", 1) + "\nm",
			with(func(c *git.Commit) { c.Parents = []string{parent1, parent2}; c.Message = []byte("m") }),
		},
		{"root", strings.Replace(head, "parent "+parent1+"\n", "", 1) + "\nm", with(func(c *git.Commit) { c.Parents = nil; c.Message = []byte("m") })},
		{
			"parents out of place are none", head + "parent " + parent2 + "\ntree " + parent2 + "\nauthor x\ncommitter y\n\nm",
			with(func(c *git.Commit) { c.Message = []byte("m") }),
		},
		{"no author", "tree " + treeID + "\n\nm", git.Commit{ID: "x", Tree: treeID, Message: []byte("m")}},
	} {
		got, err := git.ParseCommit("x", []byte(c.text))
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", c.name, err, diff)
		}
	}
	for _, text := range []string{
		"", "\n\n", "tree", "tree \n\n", "tree main\n", "parent " + parent1 + "\ntree " + treeID + "\n\n", "\ntree " + treeID,
		"tree " + treeID + "\nparent x\n\n", "tree " + treeID + "\nparent " + parent1 + parent2[:24] + "\n\n", "Tree " + treeID + "\n\n",
	} {
		if got, err := git.ParseCommit("x", []byte(text)); err == nil {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

// What git log makes of odd commits is what ParseCommit makes of them.
func TestCommitsAsGitReadsThem(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, twoBranches, gittest.Bare())
	_, s := openAt(t, r.Dir)
	head := "tree " + r.Git(t, "rev-parse", "main^{tree}") + "\nparent " + r.ID("base") + "\n"
	for _, text := range []string{
		head + "author " + who + "\ncommitter " + who + "\nparent " + r.ID("tip") + "\n\n  subject\non two lines\n \nbody",
		head + "author " + who + "\ncommitter " + who + "\n" + signed + "\nsubject",
		head + "parent " + r.ID("tip") + "\nauthor " + who + "\ncommitter " + who + "\n",
		head + "author " + who + "\ncommitter " + who + "\nencoding ISO-8859-1\n\n\n\n \nsubject\n",
	} {
		id := strings.TrimSpace(r.Run(t, text, "hash-object", "--literally", "-t", "commit", "-w", "--stdin").Stdout)
		c, err := s.Commit(t.Context(), id)
		got := c.Tree + "\n" + strings.Join(c.Parents, " ") + "\n" + c.Subject()
		want := r.Git(t, "log", "-1", "--no-show-signature", "--format=%T%n%P%n%s", id)
		if want = strings.ReplaceAll(want, "\n  ", "\n"); err != nil || got != want {
			t.Errorf("%q:\ngot  %q %v\nwant %q", text, got, err, want)
		}
	}
	blob, err := s.Write("blob", []byte("tree "+treeID+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Commit(t.Context(), blob); err == nil {
		t.Error("a blob passes for a commit")
	}
}

func TestWhen(t *testing.T) {
	t.Parallel()
	for ident, want := range map[string]int64{
		who: 1700000000, "": 0, "A <a>": 0, "A <a> x": 0, "A <a> 99999999999999999999 +0000": 0, "A <a> b> 7 +0000": 7, "12": 12,
	} {
		if got := git.When(ident); got != want {
			t.Errorf("%q: got %d, want %d", ident, got, want)
		}
	}
}

func FuzzParseCommit(f *testing.F) {
	f.Add([]byte("tree " + treeID + "\nparent " + parent1 + "\nauthor " + who + "\ncommitter " + who + "\n" + signed + "\nm\n\nn"))
	f.Add([]byte("tree " + treeID + "\n\n"))
	f.Add([]byte("tree " + treeID))
	f.Fuzz(func(t *testing.T, content []byte) {
		c, err := git.ParseCommit("x", content)
		if err != nil {
			return
		}
		_, _ = c.Subject(), git.When(c.Author)
		if !git.IsID(c.Tree) || !bytes.HasSuffix(content, c.Message) {
			t.Fatalf("tree %q, message %q", c.Tree, c.Message)
		}
		again, err := git.ParseCommit("x", c.Encode())
		if diff := cmp.Diff(c, again); err != nil || diff != "" && len(c.Message) > 0 {
			t.Fatalf("encoded and read again: %v %s", err, diff)
		}
	})
}
