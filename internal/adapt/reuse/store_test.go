package reuse_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"backstay.dev/backstay/internal/adapt/reuse"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

const story = `
-- commit base on main: base --
-- file a --
one
`

// open opens the resolutions of a repository as the program does.
func open(t testing.TB, dir string) *reuse.Store {
	t.Helper()
	repo, err := git.Open(t.Context(), dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := repo.NewStore(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	s, err := reuse.Open(t.Context(), repo, store)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func add(t testing.TB, s *reuse.Store, rs ...reuse.Resolution) {
	t.Helper()
	if err := s.Add(t.Context(), rs); err != nil {
		t.Fatal(err)
	}
}

// found joins the results for a chunk.
func found(t testing.TB, s *reuse.Store, base, ours, theirs string, before int64) string {
	t.Helper()
	rs, err := s.Find(t.Context(), []byte(base), []byte(ours), []byte(theirs), before)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range rs {
		out = append(out, r.By+":"+string(r.Result))
	}
	return strings.Join(out, "|")
}

func resolution(result string) reuse.Resolution {
	return reuse.Resolution{
		Base: []byte("b\n"), Ours: []byte("o\n"), Theirs: []byte("t\n"), Result: []byte(result),
		Path: "src/a \"b\"\n.c", Fix: strings.Repeat("1", 40), Target: strings.Repeat("2", 40), By: reuse.Person, When: 100,
	}
}

func TestAddAndFind(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			var opts []gittest.Option
			if format == "sha256" {
				opts = append(opts, gittest.SHA256())
			}
			r := gittest.New(t, story, opts...)
			s := open(t, r.Dir)
			if got := found(t, s, "b\n", "o\n", "t\n", 0); got != "" {
				t.Fatalf("found %q in nothing", got)
			}
			rung := resolution("rung\n")
			rung.By, rung.When = "tokens", 200
			late := resolution("late\n")
			late.When = 300
			add(t, s, resolution("x\n"), rung)
			add(t, s, late)
			for _, s := range []*reuse.Store{s, open(t, r.Dir)} {
				if got := found(t, s, "b\n", "o\n", "t\n", 0); got != "person:late\n|person:x\n|tokens:rung\n" {
					t.Errorf("found %q", got)
				}
				if got := found(t, s, "b\n", "o\n", "t\n", 200); got != "person:x\n" {
					t.Errorf("found %q before 200", got)
				}
				if got := found(t, s, "b\n", "t\n", "o\n", 0); got != "" {
					t.Errorf("found %q for swapped sides", got)
				}
			}
			if got := r.Git(t, "rev-list", "--count", reuse.Ref); got != "2" {
				t.Errorf("%s commits, want 2", got)
			}
			r.Fsck(t)
		})
	}
}

// What is there already is not written again, whatever the clock says now.
func TestAddAgain(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, story)
	add(t, open(t, r.Dir), resolution("x\n"))
	before := r.State(t)
	later := resolution("x\n")
	later.When = 900
	add(t, open(t, r.Dir), later)
	add(t, open(t, r.Dir))
	if r.State(t) != before {
		t.Error("something was written")
	}
	if got := found(t, open(t, r.Dir), "b\n", "o\n", "t\n", 200); got != "person:x\n" {
		t.Errorf("found %q", got)
	}
}

// What is printed by git is what docs/resolutions.md shows.
func TestReadableWithGit(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, story)
	add(t, open(t, r.Dir), resolution("x\n"))
	name := r.Git(t, "ls-tree", "-r", "--name-only", reuse.Ref)
	key := reuse.Key([]byte("b\n"), []byte("o\n"), []byte("t\n"))
	if !strings.HasPrefix(name, key[:2]+"/"+key[2:]+"-") {
		t.Errorf("name %q, key %q", name, key)
	}
	want := `backstay resolution 1
path "src/a \"b\"\n.c"
fix 1111111111111111111111111111111111111111
target 2222222222222222222222222222222222222222
by person
when 100
base 2
ours 2
theirs 2
result 2

==== base
b


==== ours
o


==== theirs
t


==== result
x
`
	if got := r.Git(t, "cat-file", "blob", reuse.Ref+":"+name); got != want {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}

// Many add at once, each through a store of its own: nothing is lost.
func TestRace(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, story)
	const n = 6
	var wg sync.WaitGroup
	for i := range n {
		s := open(t, r.Dir)
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := s.Add(t.Context(), []reuse.Resolution{resolution(fmt.Sprintf("%d\n", i))}); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	if got := strings.Count(found(t, open(t, r.Dir), "b\n", "o\n", "t\n", 0), "person:"); got != n {
		t.Errorf("%d resolutions, want %d", got, n)
	}
	if got := r.Git(t, "rev-list", "--count", reuse.Ref); got != fmt.Sprint(n) {
		t.Errorf("%s commits, want %d", got, n)
	}
	r.Fsck(t)
}

func TestHold(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, story)
	before := r.State(t)
	s := open(t, r.Dir)
	s.Hold(resolution("x\n"), resolution("x\n"))
	if got := found(t, s, "b\n", "o\n", "t\n", 0); got != "person:x\n" {
		t.Errorf("found %q", got)
	}
	if r.State(t) != before {
		t.Error("something was written")
	}
}

// Two repositories that exchange their resolutions with plain git come to the
// same set, and then to rest.
func TestExchange(t *testing.T) {
	t.Parallel()
	hub := gittest.New(t, story, gittest.Bare())
	var clones []*gittest.Repo
	for i := range 2 {
		r := gittest.New(t, story)
		r.Git(t, "remote", "add", "origin", hub.Dir)
		r.Git(t, "config", "remote.origin.fetch", "+refs/backstay/resolutions:refs/backstay/remotes/origin/resolutions")
		own := resolution(fmt.Sprintf("%d\n", i))
		both := resolution("both\n")
		both.When += int64(i)
		add(t, open(t, r.Dir), own, both)
		clones = append(clones, r)
	}
	a, b := clones[0], clones[1]
	a.Git(t, "push", "-q", "origin", reuse.Ref)
	b.Git(t, "fetch", "-q", "origin")
	if got := found(t, open(t, b.Dir), "b\n", "o\n", "t\n", 0); strings.Count(got, ":") != 3 {
		t.Errorf("fetched, but found %q", got)
	}
	add(t, open(t, b.Dir))
	if got := b.Git(t, "rev-list", "--parents", "-1", reuse.Ref); len(strings.Fields(got)) != 3 {
		t.Errorf("no merge: %s", got)
	}
	b.Git(t, "push", "-q", "origin", reuse.Ref)
	a.Git(t, "fetch", "-q", "origin")
	add(t, open(t, a.Dir))
	if x, y := a.Git(t, "rev-parse", reuse.Ref), b.Git(t, "rev-parse", reuse.Ref); x != y {
		t.Errorf("%s and %s", x, y)
	}
	add(t, open(t, b.Dir))
	add(t, open(t, a.Dir))
	if x, y := a.Git(t, "rev-parse", reuse.Ref), b.Git(t, "rev-parse", reuse.Ref); x != y {
		t.Errorf("no rest: %s and %s", x, y)
	}
	if got := len(strings.Fields(a.Git(t, "ls-tree", "-r", "--name-only", reuse.Ref))); got != 3 {
		t.Errorf("%d files, want 3", got)
	}
	// The same with plain git alone, as the documentation says.
	c := gittest.New(t, story)
	alone := resolution("alone\n")
	add(t, open(t, c.Dir), alone)
	c.Git(t, "fetch", "-q", hub.Dir, "+refs/backstay/resolutions:refs/backstay/remotes/origin/resolutions")
	tree := strings.Fields(c.Git(t, "merge-tree", "--allow-unrelated-histories", reuse.Ref, "refs/backstay/remotes/origin/resolutions"))[0]
	if got := len(strings.Fields(c.Git(t, "ls-tree", "-r", "--name-only", tree))); got != 4 {
		t.Errorf("%d files, want 4", got)
	}
}

// Names that do not go with their contents, damaged files, odd entries: they
// count as not there, and what is sound among them is found.
func TestHostile(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, story)
	add(t, open(t, r.Dir), resolution("x\n"))
	name := r.Git(t, "ls-tree", "-r", "--name-only", reuse.Ref)
	blob := r.Git(t, "rev-parse", reuse.Ref+":"+name)
	wrong := r.Run(t, "backstay resolution 1\npath \"p\"\nwhen 1\nbase 2\nours 2\ntheirs 2\nresult 2\n\n==== base\nB\n\n\n==== ours\no\n\n\n==== theirs\nt\n\n\n==== result\ny\n\n", "hash-object", "-w", "--stdin").Stdout[:40]
	junk := r.Run(t, "backstay resolution 1\nbase 99999999999999999999\n", "hash-object", "-w", "--stdin").Stdout[:40]
	key := name[3:65]
	inner := r.Run(t, fmt.Sprintf("100644 blob %s\t%s-0000000000000000\n100644 blob %s\t%s-1111111111111111\n100644 blob %s\t%s\n120000 blob %s\t%s-2222222222222222\n",
		wrong, key, junk, key, blob, name[3:], blob, key), "mktree").Stdout[:40]
	root := r.Run(t, fmt.Sprintf("040000 tree %s\t%s\n040000 tree %s\tzz\n100644 blob %s\tREADME\n100644 blob %s\t00\n", inner, name[:2], inner, junk, junk), "mktree").Stdout[:40]
	commit := r.Git(t, "commit-tree", "-m", "bad", root)
	for _, ref := range []string{reuse.Ref, "refs/backstay/remotes/evil/resolutions"} {
		r.Git(t, "update-ref", ref, commit)
		if got := found(t, open(t, r.Dir), "b\n", "o\n", "t\n", 0); got != "person:x\n" {
			t.Errorf("%s: found %q", ref, got)
		}
	}
	r.Git(t, "update-ref", "refs/backstay/remotes/odd/resolutions", r.Git(t, "rev-parse", "main:a"))
	add(t, open(t, r.Dir), resolution("<<<<<<< o\n"), resolution(">>>>>>>\n"), resolution("a\x00\n"))
	if got := found(t, open(t, r.Dir), "b\n", "o\n", "t\n", 0); got != "person:x\n" {
		t.Errorf("found %q", got)
	}
	big := resolution(strings.Repeat("x\n", 200_000))
	add(t, open(t, r.Dir), big, resolution("z\n"))
	if got := found(t, open(t, r.Dir), "b\n", "o\n", "t\n", 0); got != "person:x\n|person:z\n" && got != "person:z\n|person:x\n" {
		t.Errorf("found %q", got)
	}
	r.Fsck(t)
}

func repository(t *testing.T) string { return gittest.New(t, story).Dir }
