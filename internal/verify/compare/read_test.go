package compare

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

func openStore(t testing.TB, r *gittest.Repo) *git.Store {
	t.Helper()
	repo, err := git.Open(t.Context(), r.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s, err := repo.NewStore(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// listed is what Read gave, a line each.
func listed(files []File) string {
	var b strings.Builder
	for _, f := range files {
		side := func(c []byte, mode uint32) string {
			if c == nil {
				return "-"
			}
			return fmt.Sprintf("%o:%q", mode, c)
		}
		fmt.Fprintf(&b, "%s<%s %s %s %s\n", f.Path, f.OldPath, side(f.Before, f.OldMode), side(f.After, f.Mode), f.Unread)
	}
	return b.String()
}

const readScenario = `
-- commit on main: one --
-- file same/deep/a --
a
-- file changed --
1
-- file dir/moved.go --
package p
one
two
three
-- file gone --
g
-- file became/file --
f
-- symlink link -> here --
-- gitlink sub 1111111111111111111111111111111111111111 --
-- file run --
r
-- commit two on main: two --
-- file changed --
2
-- rename dir/moved.go -> other/moved.go --
-- file other/moved.go --
package p
one
two
four
-- delete gone --
-- delete became --
-- file became --
now a file
-- symlink link -> there --
-- gitlink sub 2222222222222222222222222222222222222222 --
-- mode run 755 --
-- file empty --
-- file bin base64 --
AAEC
`

func TestRead(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, readScenario, gittest.Bare())
	s := openStore(t, r)
	base, head := r.Git(t, "rev-parse", r.ID("two")+"^"), r.ID("two")
	want := `became< - 100644:"now a file\n" 
became/file< 100644:"f\n" - 
bin< - 100644:"\x00\x01\x02" 
changed< 100644:"1\n" 100644:"2\n" 
empty< - 100644:"" 
gone< 100644:"g\n" - 
link< 120000:"here" 120000:"there" 
other/moved.go<dir/moved.go 100644:"package p\none\ntwo\nthree\n" 100644:"package p\none\ntwo\nfour\n" 
run< 100644:"r\n" 100755:"r\n" 
sub< 160000:"Subproject commit 1111111111111111111111111111111111111111\n" 160000:"Subproject commit 2222222222222222222222222222222222222222\n" 
`
	for _, ids := range [][2]string{{base, head}, {r.Git(t, "rev-parse", base+"^{tree}"), r.Git(t, "rev-parse", head+"^{tree}")}} {
		files, err := Read(t.Context(), s, ids[0], ids[1])
		if err != nil {
			t.Fatal(err)
		}
		if got := listed(files); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
	all, err := Read(t.Context(), s, "", base)
	if err != nil || len(all) != 8 {
		t.Errorf("from nothing: %d files, %v", len(all), err)
	}
	if none, err := Read(t.Context(), s, head, head); err != nil || len(none) != 0 {
		t.Errorf("no change: %v, %v", none, err)
	}
}

func TestReadTooLarge(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("0123456789abcde\n", maxFile/16)
	r := gittest.New(t, "-- commit on main: one --\n-- file a --\n"+big+"-- commit two on main: two --\n-- file a --\n"+big+"more\n", gittest.Bare())
	s := openStore(t, r)
	files, err := Read(t.Context(), s, r.Git(t, "rev-parse", r.ID("two")+"^"), r.ID("two"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 || files[0].Unread != "too large" || string(files[0].After) != r.Git(t, "rev-parse", r.ID("two")+":a") {
		t.Fatalf("got %s", listed(files))
	}
	other := slices.Clone(files)
	other[0].After = []byte("another id")
	if got, want := show(Functions(files, files)), "identical a:0: a:0: same=2\n"; got != want {
		t.Errorf("got %s", got)
	}
	if got := show(Functions(files, other)); !strings.HasPrefix(got, "differs a:0: a:0: same=1\n") || !strings.Contains(got, "b +too large: another id\n") {
		t.Errorf("got %s", got)
	}
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, readScenario, gittest.Bare())
	s := openStore(t, r)
	var missing *git.MissingError
	if _, err := Read(t.Context(), s, strings.Repeat("1", 40), r.ID("two")); !errors.As(err, &missing) {
		t.Errorf("no such commit: %v", err)
	}
	if _, err := Read(t.Context(), s, r.Git(t, "rev-parse", r.ID("two")+":changed"), r.ID("two")); err == nil || !strings.Contains(err.Error(), "is a blob") {
		t.Errorf("a blob: %v", err)
	}
	tree, err := s.Write("tree", []byte("100644 a\x00\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read(t.Context(), s, "", tree); !errors.As(err, &missing) || !strings.Contains(err.Error(), `"a"`) {
		t.Errorf("no such blob: %v", err)
	}
	if tree, err = s.Write("tree", []byte("100644 a")); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(t.Context(), s, "", tree); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a damaged tree: %v", err)
	}
}

// TestReadAsGit: the paths are those that git's diff names, renames taken apart.
func TestReadAsGit(t *testing.T) {
	t.Parallel()
	for seed := range 12 {
		r := gittest.New(t, gittest.RandomSeed(seed), gittest.Bare())
		s := openStore(t, r)
		from, to := r.ID("main"), r.ID("old")
		files, err := Read(t.Context(), s, from, to)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range files {
			got = append(got, f.Path)
			if f.OldPath != "" {
				got = append(got, f.OldPath)
			}
		}
		want := strings.FieldsFunc(r.Git(t, "diff", "--name-only", "--no-renames", "-z", from, to), func(c rune) bool { return c == 0 })
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("seed %d: got %q, git has %q", seed, got, want)
		}
	}
}
