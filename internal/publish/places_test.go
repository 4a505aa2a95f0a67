package publish

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// A branch arrives wherever the repository keeps its objects and refs.
func TestKindsOfRepository(t *testing.T) {
	t.Parallel()
	origin := gittest.New(t, story)
	origin.Git(t, "config", "uploadpack.allowFilter", "true")
	origin.Git(t, "config", "uploadpack.allowAnySHA1InWant", "true")
	fix, next, other := origin.ID("fix"), origin.ID("next"), origin.ID("other")
	clone := func(t *testing.T, args ...string) *gittest.Repo {
		dir := filepath.Join(t.TempDir(), "clone")
		origin.Git(t, append(append([]string{"clone", "-q", "--no-local"}, args...), "file://"+origin.Dir, dir)...)
		return &gittest.Repo{Dir: dir}
	}
	for _, c := range []struct {
		name string
		make func(*testing.T) (r *gittest.Repo, dir string)
		ref  string
	}{
		{name: "linked worktree", make: func(t *testing.T) (*gittest.Repo, string) {
			r := gittest.New(t, story)
			dir := filepath.Join(t.TempDir(), "linked")
			r.Git(t, "worktree", "add", "-q", "--detach", dir, "main")
			return r, dir
		}, ref: "refs/heads/release/1.x"},
		{name: "folder of a worktree", make: func(t *testing.T) (*gittest.Repo, string) {
			r := gittest.New(t, story)
			return r, filepath.Join(r.Dir, "lib")
		}, ref: "refs/heads/release/1.x"},
		{name: "packed", make: func(t *testing.T) (*gittest.Repo, string) {
			r := gittest.New(t, story)
			r.Git(t, "repack", "-adq", "--write-bitmap-index")
			r.Git(t, "pack-refs", "--all")
			r.Git(t, "commit-graph", "write", "--reachable")
			return r, r.Dir
		}, ref: "refs/heads/release/1.x"},
		{name: "alternates", make: func(t *testing.T) (*gittest.Repo, string) {
			r := clone(t, "--reference="+origin.Dir)
			return r, r.Dir
		}, ref: "refs/remotes/origin/release/1.x"},
		{name: "shallow", make: func(t *testing.T) (*gittest.Repo, string) {
			r := clone(t, "--depth=4", "--no-single-branch")
			return r, r.Dir
		}, ref: "refs/remotes/origin/release/1.x"},
		{name: "shallow target", make: func(t *testing.T) (*gittest.Repo, string) {
			r := clone(t, "--depth=1", "--branch=release/1.x")
			r.Git(t, "fetch", "-q", "--depth=4", "origin", "main")
			return r, r.Dir
		}, ref: "refs/remotes/origin/release/1.x"},
		{name: "partial", make: func(t *testing.T) (*gittest.Repo, string) {
			r := clone(t, "--filter=blob:none", "--no-checkout")
			// What is merged is here. The file that "other" adds is not, it is
			// only named by the result.
			for _, blob := range []string{fix + "~:lib/a.c", fix + ":lib/a.c", next + "~:lib/b.c", next + ":lib/b.c"} {
				r.Git(t, "cat-file", "-e", origin.Git(t, "rev-parse", blob))
			}
			return r, r.Dir
		}, ref: "refs/remotes/origin/release/1.x"},
		{name: "reftable", make: func(t *testing.T) (*gittest.Repo, string) {
			r := &gittest.Repo{Dir: filepath.Join(t.TempDir(), "tables")}
			if got := origin.Run(t, "", "init", "-q", "--bare", "--ref-format=reftable", r.Dir); got.Exit != 0 {
				t.Skip("this git has no reftable")
			}
			r.Git(t, "fetch", "-q", origin.Dir, "refs/heads/*:refs/heads/*")
			return r, r.Dir
		}, ref: "refs/heads/release/1.x"},
		{name: "fsync, shared, compressed", make: func(t *testing.T) (*gittest.Repo, string) {
			r := gittest.New(t, story)
			for _, kv := range []string{"core.fsync=all", "core.fsyncMethod=batch", "core.sharedRepository=group", "core.compression=9", "transfer.fsckObjects=true"} {
				key, value, _ := strings.Cut(kv, "=")
				r.Git(t, "config", key, value)
			}
			return r, r.Dir
		}, ref: "refs/heads/release/1.x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, dir := c.make(t)
			b := openBench(t, r, dir)
			picks, err := makePicks(t.Context(), b.repo, b.store, "x", []string{c.ref}, fix, next, other)
			if err != nil {
				t.Fatal(err)
			}
			p := picks[0]
			if name, ok := strings.CutPrefix(c.ref, "refs/remotes/"); ok {
				p.Target.Name = name
			}
			got := b.publish(t, Options{}, p)[0]
			expect(t, got, "created", "")
			const branch = "refs/heads/backport/release/1.x/x"
			if got.Branch == nil || got.Branch.Name != branch {
				t.Fatalf("branch %v", got.Branch)
			}
			if n := r.Git(t, "rev-list", "--count", c.ref+".."+branch); n != "3" {
				t.Errorf("%s commits", n)
			}
			if tree := r.Git(t, "rev-parse", branch+"^{tree}"); tree != p.Tree {
				t.Errorf("tree %s, want %s", tree, p.Tree)
			}
			if is := r.Git(t, "cat-file", "blob", branch+":lib/a.c"); !strings.HasPrefix(is, "one\nTWO\n") {
				t.Errorf("lib/a.c is %q", is)
			}
			if c.name != "reftable" {
				r.Fsck(t)
			}
			expect(t, openBench(t, r, dir).publish(t, Options{}, p)[0], "unchanged", "")
		})
	}
}

func TestManyObjectsArriveAsPack(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, story)
	r.Git(t, "repack", "-adq")
	b := newBench(t, r)
	p := b.pick(t, "x", "release/1.x", r.ID("fix"))
	var edits []git.Edit
	for i := range 120 {
		id, err := b.store.Write("blob", fmt.Appendf(nil, "new %d\n", i))
		if err != nil {
			t.Fatal(err)
		}
		edits = append(edits, git.Edit{Name: fmt.Sprintf("f%d", i), Mode: git.ModeFile, ID: id})
	}
	tree, err := git.Tree{}.Apply(edits, b.store.Format.RawLen())
	if err != nil {
		t.Fatal(err)
	}
	if p.Tree, err = b.store.Write("tree", tree); err != nil {
		t.Fatal(err)
	}
	p.StepTrees = []string{p.Tree}
	expect(t, b.publish(t, Options{}, p)[0], "created", "")
	if n := r.Git(t, "count-objects"); !strings.HasPrefix(n, "0 objects") {
		t.Error(n)
	}
	r.Fsck(t)
}

// The user's git signs as it is set up to; what it cannot sign as it stands is
// not written.
func TestSigned(t *testing.T) {
	t.Parallel()
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Skip("no ssh-keygen")
	}
	keys := t.TempDir()
	key := filepath.Join(keys, "key")
	if out, err := exec.CommandContext(t.Context(), keygen, "-q", "-t", "ed25519", "-N", "", "-C", "tess", "-f", key).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	public, err := os.ReadFile(key + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	allowed := filepath.Join(keys, "allowed")
	if err := os.WriteFile(allowed, []byte("tess@example.org "+string(public)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, opts := range [][]gittest.Option{nil, {gittest.SHA256()}} {
		r := gittest.New(t, story+`
-- commit latin on main: gr\xfc\xdfe --
author: J\xf6rg <joerg@example.org>
encoding: ISO-8859-1
escapes: yes
-- file lib/m5 --
5
`, opts...)
		for k, v := range map[string]string{"commit.gpgSign": "yes", "gpg.format": "ssh", "user.signingKey": key, "gpg.ssh.allowedSignersFile": allowed} {
			r.Git(t, "config", k, v)
		}
		b := newBench(t, r)
		steps := []string{r.ID("fix"), r.ID("next"), r.ID("latin")}
		got := b.publish(t, Options{}, b.pick(t, "x", "release/1.x", steps...), b.pick(t, "x", "release/2.x", steps...))
		r.Git(t, "config", "commit.gpgSign", "false")
		plain := newBench(t, r).publish(t, Options{}, b.pick(t, "plain", "release/1.x", steps...))[0]
		for _, p := range got {
			expect(t, p, "created", "")
			r.Git(t, "verify-commit", p.Branch.Name, p.Branch.Name+"~", p.Branch.Name+"~2")
		}
		signed := b.object(t, got[0].Branch.Name+"~2")
		if unsigned := string(git.Unsigned([]byte(signed))); unsigned == signed || unsigned != b.object(t, plain.Branch.Name+"~2") {
			t.Errorf("signed:\n%s", signed)
		}
		r.Fsck(t)
		// A signature more or less is no other branch.
		expect(t, b.publish(t, Options{}, b.pick(t, "x", "release/1.x", steps...))[0], "unchanged", "")
	}

	r := gittest.New(t, story)
	r.Git(t, "config", "commit.gpgSign", "true")
	r.Git(t, "config", "gpg.format", "ssh")
	r.Git(t, "config", "user.signingKey", key)
	b := newBench(t, r)
	c, err := b.store.Commit(t.Context(), r.ID("fix"))
	if err != nil {
		t.Fatal(err)
	}
	for slug, author := range map[string]string{
		"blanks": "Two  Blanks. <x@example.org> 1700000000 +0000",
		"noname": " <x@example.org> 1700000000 +0000",
		"commas": ", <x@example.org> 1700000000 +0000",
		"late":   "X <x@example.org> 99999999999999999999 +0000",
		"never":  "X <x@example.org> never",
	} {
		odd := b.pick(t, slug, "release/1.x", r.ID("fix"))
		c.Author = author
		if odd.Fix.Steps[0].Commit, err = b.store.Write("commit", c.Encode()); err != nil {
			t.Fatal(err)
		}
		got := b.publish(t, Options{}, odd, b.pick(t, slug, "release/2.x", r.ID("fix")))
		expect(t, got[0], "none", "git cannot sign this commit")
		expect(t, got[1], "created", "")
	}

	r.Git(t, "config", "user.signingKey", filepath.Join(keys, "nothing"))
	refs := r.Git(t, "for-each-ref")
	_, err = Branches(t.Context(), b.repo, b.store, []backport.Pick{b.pick(t, "y", "release/1.x", r.ID("fix"))}, Options{})
	if err == nil || !strings.Contains(err.Error(), "sign commit") || strings.Contains(err.Error(), "\n") {
		t.Errorf("without a key: %v", err)
	}
	if now := r.Git(t, "for-each-ref"); now != refs {
		t.Errorf("refs are\n%s\nwere\n%s", now, refs)
	}
}

// A committer whose name has other letters than ASCII commits in the encoding
// of the commit.
func TestCommitterInTheCommitsEncoding(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, story+`
-- commit latin on main: gr\xfc\xdfe --
author: J\xf6rg <joerg@example.org>
encoding: ISO-8859-1
escapes: yes
-- file lib/m5 --
5
`)
	b := openBench(t, r, r.Dir, "GIT_COMMITTER_NAME=Zoë")
	got := b.publish(t, Options{SignOff: true}, b.pick(t, "x", "release/1.x", r.ID("latin"), r.ID("other")))
	expect(t, got[0], "created", "")
	for rev, want := range map[string]string{"": "Zoë", "~": "Zo\xeb"} {
		is := b.object(t, got[0].Branch.Name+rev)
		if !strings.Contains(is, "\ncommitter "+want+" <") || !strings.Contains(is, "\nSigned-off-by: "+want+" <tess@example.org>\n") {
			t.Errorf("%q", is)
		}
	}
	if log := r.Git(t, "-c", "i18n.logOutputEncoding=UTF-8", "log", "-2", "--format=%cn %s", got[0].Branch.Name); log != "Zoë lib: add c\nZoë grüße" {
		t.Errorf("log: %s", log)
	}
	squashed := b.pick(t, "y", "release/1.x", r.ID("latin"), r.ID("fix"))
	squashed.Fix.Squash = true
	got = b.publish(t, Options{}, squashed)
	expect(t, got[0], "created", "")
	if is := b.object(t, got[0].Branch.Name); !strings.Contains(is, "\nencoding ISO-8859-1\n") || !strings.Contains(is, "Co-authored-by: J\xf6rg <") {
		t.Errorf("%q", is)
	}
}

// A commit that says it is in UTF-16 has headers in ASCII all the same.
func TestCommitterWhereTheEncodingIsNotOfBytes(t *testing.T) {
	t.Parallel()
	for _, encoding := range []string{"UTF-16", "UTF-32LE", "IBM037", "nonsense"} {
		r := gittest.New(t, story+"-- commit wide on main: wide --\nencoding: "+encoding+"\n-- file lib/m5 --\n5\n")
		b := newBench(t, r)
		got := b.publish(t, Options{SignOff: true}, b.pick(t, "x", "release/1.x", r.ID("wide")))
		expect(t, got[0], "created", "")
		is := b.object(t, got[0].Branch.Name)
		if !strings.Contains(is, "\ncommitter Tess Test <tess@example.org> ") || !strings.Contains(is, "\nSigned-off-by: Tess Test <tess@example.org>\n") {
			t.Errorf("%s: %q", encoding, is)
		}
		r.Git(t, "fsck", "--strict")
	}
}
