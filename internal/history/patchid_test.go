package history

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// indexOf opens the complete index of a repository, with all patch-ids.
func indexOf(t testing.TB, dir string, tips ...string) *Index {
	t.Helper()
	repo, err := git.Open(t.Context(), dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := repo.NewStore(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	x, err := Open(t.Context(), repo, store, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Update(t.Context(), tips); err != nil {
		t.Fatal(err)
	}
	if err := x.EnsurePatchIDs(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return x
}

// gitPatchIDs asks git for the patch-id of every commit without merges.
func gitPatchIDs(t testing.TB, r *gittest.Repo) map[string]string {
	t.Helper()
	log := r.Run(t, "", "log", "--all", "--no-merges", "-p", "--full-index")
	out := map[string]string{}
	for _, line := range strings.Split(r.Run(t, log.Stdout, "patch-id", "--stable").Stdout, "\n") {
		if id, commit, ok := strings.Cut(line, " "); ok {
			out[commit] = id
		}
	}
	return out
}

func compare(t *testing.T, r *gittest.Repo) (ids map[string]string) {
	t.Helper()
	commits := strings.Fields(r.Git(t, "rev-list", "--all"))
	x := indexOf(t, r.Dir, commits...)
	ids = gitPatchIDs(t, r)
	for _, id := range commits {
		if got := x.PatchID(id); got != ids[id] {
			t.Errorf("commit %s: patch-id %q, git says %q\n%s", id, got, ids[id], r.Run(t, "", "show", "--full-index", id).Stdout)
		}
	}
	return ids
}

// Every kind of change that a patch can have.
func TestPatchIDAsGitHasIt(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a line of some length\n", 20)
	late := strings.Repeat("text\n", 2000) + "nul\x00 in a line\x00 of text\n"
	r := gittest.New(t, `
-- commit on main: root --
-- file a --
1
2
3
-- file "with  blanks and \t" --
1
-- file crlf crlf --
1
2
-- file moved --
`+long+`-- file gone --
`+long+`-- file bin escapes --
\x00\x01
-- file late escapes --
`+strings.ReplaceAll(late, "\x00", `\x00`)+`-- file "odd\xff\"name" --
1
-- commit on main: edits --
-- file a --
1
2 and a half
3
-- file "with  blanks and \t" --
2
-- file "odd\xff\"name" --
2
-- commit on main: white space --
-- file a --
1
	2 and   a half
3
-- commit on main: line ends --
-- file crlf --
1
2
-- commit on main: no newline --
-- file a no-newline --
1
2
-- commit on main: mode, then text --
-- mode a 755 --
-- file crlf --
5
-- commit on main: text, then mode --
-- file a 755 --
7
-- mode crlf 755 --
-- commit on main: rename alone --
-- rename moved -> moved2 --
-- commit on main: rename and edit --
-- rename moved2 -> z/moved --
-- file z/moved --
`+long+`more
-- commit on main: delete --
-- delete gone --
-- commit on main: binary --
-- file bin escapes --
\x00\x02
-- commit on main: binary among text --
-- file a --
8
-- file bin escapes --
\x00\x03
-- file bin2 escapes --
\x00\x03
-- file crlf --
8
-- commit on main: binary renamed --
-- rename bin -> bin3 --
-- mode a 644 --
-- commit on main: NUL late in a text --
-- file late escapes --
`+strings.ReplaceAll(strings.Replace(late, "nul", "null", 1), "\x00", `\x00`)+`-- commit on main: types --
-- symlink a -> crlf --
-- gitlink sub 1111111111111111111111111111111111111111 --
-- commit on main: types again --
-- gitlink sub 2222222222222222222222222222222222222222 --
-- file a --
diff --git a/x b/x
--- a/x
+++ b/x
@@ -1 +1 @@
-- commit on main: a file that looks like a patch --
-- file a --
diff --git a/x b/x
--- a/y
+++ b/y
@@ -1 +1,2 @@
Binary files differ
1111111111111111111111111111111111111111
-- commit on main: nothing --
-- commit on main: empty file --
-- file empty no-newline --
`, gittest.Bare())
	ids := compare(t, r)
	if len(ids) < 18 {
		t.Errorf("git has %d patch-ids", len(ids))
	}
}

func TestPatchIDOfRandomHistories(t *testing.T) {
	t.Parallel()
	for seed := range 12 {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			compare(t, gittest.New(t, gittest.RandomSeed(seed), gittest.Bare()))
		})
	}
}

// The same commits, without and with a signature in common: equal patch-ids
// have equal signatures, or Present would not see them.
func TestSignatureCoversPatchID(t *testing.T) {
	t.Parallel()
	for seed := range 8 {
		r := gittest.New(t, gittest.RandomSeed(seed), gittest.Bare())
		x := indexOf(t, r.Dir, strings.Fields(r.Git(t, "rev-list", "--all"))...)
		c := x.columns.Load()
		by := map[string]uint64{}
		for i := range int32(c.len()) {
			id := string(c.patchID(i))
			if id == "" {
				continue
			}
			if sig, ok := by[id]; ok && sig != c.sigs[i] {
				t.Errorf("seed %d: two signatures of one patch-id", seed)
			}
			by[id] = c.sigs[i]
		}
	}
}

// A commit that changes very much has no patch-id and is told from others by
// its trees alone.
func TestLargeCommitsHaveNone(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("-- commit few on main: few --\n-- file a --\n1\n-- commit edge on main: as many as may be --\n")
	for n := range maxPaths {
		fmt.Fprintf(&text, "-- file d/%d --\n1\n", n)
	}
	text.WriteString("-- commit over on main: one more --\n")
	for n := range maxPaths + 1 {
		fmt.Fprintf(&text, "-- file d/%d --\n2\n", n)
	}
	r := gittest.New(t, text.String(), gittest.Bare())
	x := indexOf(t, r.Dir, r.ID("over"))
	ids := gitPatchIDs(t, r)
	for label, want := range map[string]string{"few": ids[r.ID("few")], "edge": ids[r.ID("edge")], "over": ""} {
		if got := x.PatchID(r.ID(label)); got != want || label == "over" && x.columns.Load().slots[2] != noID {
			t.Errorf("%s: %q, want %q", label, got, want)
		}
	}
}

// Commits whose blobs or trees are missing have no patch-id; the others have
// theirs, and Present goes on.
func TestMissingObjects(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("-- commit c0 on main: root --\n-- file d/f --\n0\n-- file keep --\n0\n-- branch old from main --\n")
	for n := 1; n <= 12; n++ {
		fmt.Fprintf(&text, "-- commit c%d on main: c --\n-- file d/f --\nline %[1]d\n", n)
	}
	text.WriteString("-- commit same on main: s --\n-- file keep --\n1\n-- commit p on old: by hand --\n-- file keep --\n1\n")
	r := gittest.New(t, text.String())
	loosen(t, r)
	for _, object := range []string{r.ID("c3") + ":d/f", r.ID("c8") + ":d"} {
		id := r.Git(t, "rev-parse", object)
		if err := os.Remove(filepath.Join(r.Dir, ".git", "objects", id[:2], id[2:])); err != nil {
			t.Fatal(err)
		}
	}
	x := indexOf(t, r.Dir, r.ID("main"), r.ID("old"))
	for n := range 13 {
		got := x.PatchID(r.ID(fmt.Sprintf("c%d", n)))
		lacks := n == 3 || n == 4 || n == 8 || n == 9
		if (got == "") != lacks {
			t.Errorf("c%d: %q", n, got)
		}
	}
	got, err := x.Present(t.Context(), r.ID("old"), []Query{{Fix: r.ID("c3")}, {Fix: r.ID("same")}, {Fix: r.ID("c8")}})
	if err != nil {
		t.Fatal(err)
	}
	if got[0] != nil || got[2] != nil || got[1] == nil || got[1].How != "patch-id" {
		t.Errorf("got %v", got)
	}
}

// loosen turns the repository's packs into loose objects.
func loosen(t *testing.T, r *gittest.Repo) {
	t.Helper()
	packs, err := filepath.Glob(filepath.Join(r.Dir, ".git/objects/pack/*.pack"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packs {
		pack, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Dir(p)); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "git", "-C", r.Dir, "unpack-objects", "-q")
		cmd.Env, cmd.Stdin = gittest.Env(), bytes.NewReader(pack)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
}

// A patch in pieces is the same patch, and no bytes at all do harm.
func FuzzPatchHash(f *testing.F) {
	f.Add([]byte("diff --git a/f b/f\nindex 11..22 100644\n--- a/f\n+++ b/f\n@@ -1,2 +1 @@ f\n a\n-b\n\\ No newline at end of file\n"), uint64(1))
	f.Add([]byte("diff --git a/f b/f\nnew file mode 100644\nindex 00..22\nBinary files a/f and b/f differ\ndiff --git a/g b/g\n"), uint64(2))
	f.Add([]byte("@@ -9999999999999999999,1 +1,-5 @@\n\n\n"), uint64(3))
	f.Add([]byte("diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1\n-\x00\n+x\n"), uint64(4))
	f.Fuzz(func(t *testing.T, patch []byte, seed uint64) {
		whole, pieces := newPatchHash(git.SHA1), newPatchHash(git.SHA1)
		whole.begin()
		pieces.begin()
		random := rand.New(rand.NewPCG(seed, 0))
		for line := range bytes.Lines(patch) {
			whole.line(line)
			// A reader's buffer is longer than anything that is looked for at
			// the start of a line.
			for len(line) > 80 && random.IntN(2) == 0 {
				n := 80 + random.IntN(len(line)-80)
				pieces.line(line[:n])
				line = line[n:]
			}
			if len(line) > 0 {
				pieces.line(line)
			}
		}
		if a, b := whole.end(), pieces.end(); !bytes.Equal(a, b) {
			t.Errorf("%x in whole lines, %x in pieces", a, b)
		}
	})
}
