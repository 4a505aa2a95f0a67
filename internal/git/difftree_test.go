package git_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

func TestChanges(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, `
-- commit root on main: root --
-- file a/f --
1
-- file "odd \t\xff" --
1
-- commit all on main: of each kind --
-- rename a/f -> b/f --
-- file new 755 --
1
-- symlink "odd \t\xff" -> x --
-- gitlink sub 1111111111111111111111111111111111111111 --
-- commit none on main: nothing --
-- commit edit on main: edit --
-- file b/f --
2
`, gittest.Bare())
	s := storeOf(t, r)
	var got []string
	ids := []string{r.ID("edit"), r.ID("root"), r.ID("none"), r.ID("all"), r.ID("edit")}
	err := s.Changes(t.Context(), ids, 3, func(i int, changes []git.Change, err error) {
		line := fmt.Sprint(i)
		for _, c := range changes {
			line += fmt.Sprintf(" %c%o>%o %q", c.Status, c.Old, c.New, c.Path)
			if old := strings.Trim(c.OldID, "0"); old == "" && c.Status != 'A' || c.NewID == c.OldID {
				t.Errorf("%+v", c)
			}
		}
		got = append(got, line)
		if err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`0 M100644>100644 "b/f"`,
		`1 A0>100644 "a/f" A0>100644 "odd \t\xff"`,
		`2`,
		`3 D100644>0 "a/f" A0>100644 "b/f" A0>100755 "new" T100644>120000 "odd \t\xff"`, // 5, cut off after 4
		`4 M100644>100644 "b/f"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestPatchesAreThoseOfGitShow(t *testing.T) {
	t.Parallel()
	for seed := range 4 {
		r := gittest.New(t, gittest.RandomSeed(seed), gittest.Bare())
		ids := strings.Fields(r.Git(t, "rev-list", "--all"))
		var patch bytes.Buffer
		next := 0
		err := storeOf(t, r).Patches(t.Context(), ids, patch.Reset, func(b []byte) { patch.Write(b) }, func(i int, err error) {
			if i != next || err != nil {
				t.Errorf("commit %d after %d: %v", i, next, err)
			}
			next++
			want := r.Run(t, "", "show", "--format=", "--full-index", ids[i]).Stdout
			if patch.String() != want {
				t.Errorf("commit %s: got\n%s\nwant\n%s", ids[i], patch.String(), want)
			}
		})
		if err != nil || next != len(ids) {
			t.Errorf("%d of %d: %v", next, len(ids), err)
		}
	}
}

// Lines longer than any buffer come in pieces.
func TestPatchesLongLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0123456789abcdef", 40<<10)
	r := gittest.New(t, "-- commit c on main: c --\n-- file f --\n"+long+"\n"+long[:50]+"\n-- commit d on main: d --\n-- file f --\nshort\n", gittest.Bare())
	var patch bytes.Buffer
	pieces := 0
	err := storeOf(t, r).Patches(t.Context(), []string{r.ID("c"), r.ID("d")}, patch.Reset,
		func(b []byte) { patch.Write(b); pieces++ },
		func(i int, err error) {
			if err != nil || !strings.Contains(patch.String(), long+"\n") {
				t.Errorf("commit %d: %v, %d bytes", i, err, patch.Len())
			}
		})
	if err != nil || pieces < 15 {
		t.Errorf("%d pieces, %v", pieces, err)
	}
}

// breakObjects takes objects away, or damages them.
func breakObjects(t *testing.T, r *gittest.Repo, damage bool, names ...string) {
	t.Helper()
	packs, err := filepath.Glob(filepath.Join(r.Dir, "objects/pack/*.pack"))
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
	for _, name := range names {
		id := r.Git(t, "rev-parse", name)
		path := filepath.Join(r.Dir, "objects", id[:2], id[2:])
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if damage {
			if err := os.WriteFile(path, []byte("not an object"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// edits is a history of n commits on one file; commit cN gives it content N.
func edits(n int) string {
	var text strings.Builder
	for k := range n {
		fmt.Fprintf(&text, "-- commit c%d on main: %[1]d --\n-- file d/f --\nline %[1]d\n-- file keep --\nkeep\n", k)
	}
	return text.String()
}

// One missing object costs the commits that need it, wherever they stand.
func TestDiffTreeGoesOn(t *testing.T) {
	t.Parallel()
	const n = 9
	for _, c := range []struct {
		name   string
		object string // of the commit that is taken away
		damage bool
		trees  bool // Changes misses it too
	}{
		{"blob", ":d/f", false, false},
		{"tree", ":d", false, true},
		{"root tree", "^{tree}", false, true},
		{"damaged blob", ":d/f", true, false},
	} {
		for _, at := range []int{0, 4, n - 1} {
			t.Run(fmt.Sprintf("%s %d", c.name, at), func(t *testing.T) {
				t.Parallel()
				r := gittest.New(t, edits(n), gittest.Bare())
				var ids []string
				for k := range n {
					ids = append(ids, r.ID(fmt.Sprintf("c%d", k)))
				}
				breakObjects(t, r, c.damage, ids[at]+c.object)
				s := storeOf(t, r)
				var patch bytes.Buffer
				next := 0
				check := func(what string, lacks bool) func(int, error) {
					next = 0
					return func(i int, err error) {
						if i != next {
							t.Fatalf("%s: commit %d after %d", what, i, next)
						}
						next++
						var missing *git.MissingError
						if errors.As(err, &missing) != (lacks && (i == at || i == at+1)) {
							t.Errorf("%s: commit %d: %v", what, i, err)
						}
						if err == nil && what == "patch" && !strings.Contains(patch.String(), fmt.Sprintf("+line %d\n", i)) {
							t.Errorf("commit %d has the patch %q", i, patch.String())
						}
					}
				}
				end := check("patch", true)
				if err := s.Patches(t.Context(), ids, patch.Reset, func(b []byte) { patch.Write(b) }, end); err != nil || next != n {
					t.Errorf("patches: %d, %v", next, err)
				}
				end = check("changes", c.trees)
				if err := s.Changes(t.Context(), ids, 10, func(i int, _ []git.Change, err error) { end(i, err) }); err != nil || next != n {
					t.Errorf("changes: %d, %v", next, err)
				}
			})
		}
	}
}

// Where hardly anything is there, the answer is quick and still right about
// what is.
func TestDiffTreeWithoutBlobs(t *testing.T) {
	t.Parallel()
	const n = 200
	r := gittest.New(t, edits(n), gittest.Bare())
	var ids, gone []string
	for k := range n {
		ids = append(ids, r.ID(fmt.Sprintf("c%d", k)))
		if k < n-2 {
			gone = append(gone, ids[k]+":d/f")
		}
	}
	breakObjects(t, r, false, gone...)
	var missing []int
	next := 0
	err := storeOf(t, r).Patches(t.Context(), ids, func() {}, func([]byte) {}, func(i int, err error) {
		next++
		if err != nil {
			missing = append(missing, i)
		}
	})
	if err != nil || next != n || len(missing) != n-1 || missing[n-2] != n-2 {
		t.Errorf("%d commits, %d missing: %v", next, len(missing), err)
	}
}
