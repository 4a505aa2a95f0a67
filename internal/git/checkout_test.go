package git_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// varied has what a tree can have but for submodules.
const varied = `
-- commit base on main: base --
-- file a --
one
-- file a.b --
two
-- file a-b/deep/er/file --
three
-- file "a-b/sp ace" --
four
-- file run 755 --
#!/bin/sh
-- commit second on main: second --
-- file a --
other
`

// A checkout is for its git what a clone is: clean, described, with its history.
func TestCheckout(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			var opts []gittest.Option
			if format == "sha256" {
				opts = append(opts, gittest.SHA256())
			}
			r := gittest.New(t, varied, opts...)
			r.Git(t, "tag", "-a", "-m", "one", "v1.0", r.ID("base"))
			r.Git(t, "tag", "-a", "-m", "nested", "nested", "v1.0")
			r.Git(t, "tag", "of-tree", r.ID("base")+"^{tree}")
			before := r.State(t)
			repo, store := openAt(t, r.Dir)
			dir := filepath.Join(t.TempDir(), "check \"out\"")
			if err := repo.Checkout(t.Context(), store, dir, r.ID("second"), r.ID("second")); err != nil {
				t.Fatal(err)
			}
			out := &gittest.Repo{Dir: dir}
			for args, want := range map[string]string{
				"status --porcelain --ignored": "", "rev-parse HEAD": r.ID("second"), "describe": r.Git(t, "describe"),
				"log --format=%s": "second\nbase", "symbolic-ref -q HEAD": "", "tag": "nested\nv1.0", "diff-files": "", "ls-files -s": r.Git(t, "ls-files", "-s"),
				"rev-parse v1.0^{} nested^{}": r.ID("base") + "\n" + r.ID("base"), "remote": "", "config --get-regexp ^(remote|branch|user)": "",
			} {
				got := out.Run(t, "", strings.Fields(args)...)
				if strings.TrimSuffix(got.Stdout, "\n") != want || got.Stderr != "" {
					t.Errorf("git %s: %q %q, want %q", args, got.Stdout, got.Stderr, want)
				}
			}
			out.Fsck(t)
			if err := os.WriteFile(filepath.Join(dir, "a"), []byte("OTHER\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			if got := out.Git(t, "status", "--porcelain"); got != " M a" {
				t.Errorf("a change of the same length is not seen: %q", got)
			}
			if got := r.State(t); got != before {
				t.Errorf("the user's repository changed:\n%s\n%s", before, got)
			}
			if err := repo.Checkout(t.Context(), store, dir, r.ID("base"), r.ID("base")); !errors.Is(err, fs.ErrExist) {
				t.Errorf("laid over a folder that is there: %v", err)
			}
			if text, err := os.ReadFile(filepath.Join(dir, "a")); err != nil || string(text) != "OTHER\n" {
				t.Errorf("what was there is gone: %q %v", text, err)
			}
		})
	}
}

// git opens no file of a fresh checkout to find it clean.
func TestCheckoutIsQuickToCompare(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, varied)
	repo, store := openAt(t, r.Dir)
	dir := filepath.Join(t.TempDir(), "c")
	if err := repo.Checkout(t.Context(), store, dir, "", r.ID("second")); err != nil {
		t.Fatal(err)
	}
	// Content that only reading it would show: same length, same time.
	name := filepath.Join(dir, "a")
	st, err := os.Stat(name)
	if err == nil {
		err = os.WriteFile(name, []byte("OTHER\n"), 0o644)
	}
	if err == nil {
		err = os.Chtimes(name, st.ModTime(), st.ModTime())
	}
	if err != nil {
		t.Fatal(err)
	}
	out := &gittest.Repo{Dir: dir}
	if got := out.Git(t, "status", "--porcelain"); got != "" {
		t.Errorf("%q: git reads files to compare them", got)
	}
}

// A tree that is no commit's stands on the commit that it is tried on.
func TestCheckoutOfATreeOfItsOwn(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, varied, gittest.Bare())
	repo, store := openAt(t, r.Dir)
	blob, err := store.Write("blob", []byte("only here\n"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := git.Tree(nil).Apply([]git.Edit{{Name: "here", Mode: git.ModeFile, ID: blob}}, store.Format.RawLen())
	if err != nil {
		t.Fatal(err)
	}
	tree, err := store.Write("tree", raw)
	if err != nil {
		t.Fatal(err)
	}
	heads := map[string]bool{}
	for i, commit := range []string{r.ID("second"), r.ID("second"), ""} {
		dir := filepath.Join(t.TempDir(), fmt.Sprint(i))
		if err := repo.Checkout(t.Context(), store, dir, commit, tree); err != nil {
			t.Fatal(err)
		}
		out := &gittest.Repo{Dir: dir}
		head := out.Git(t, "rev-parse", "HEAD")
		heads[head] = true
		if got := out.Git(t, "status", "--porcelain"); got != "" || head == commit {
			t.Errorf("status %q, HEAD %s", got, head)
		}
		if parent := out.Run(t, "", "rev-parse", "-q", "--verify", "HEAD^").Stdout; strings.TrimSpace(parent) != commit {
			t.Errorf("HEAD stands on %q, want %q", parent, commit)
		}
		if text, err := os.ReadFile(filepath.Join(dir, "here")); err != nil || string(text) != "only here\n" {
			t.Errorf("%q %v", text, err)
		}
	}
	if len(heads) != 2 {
		t.Errorf("the same tree on the same commit got %d different heads", len(heads))
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := repo.Checkout(t.Context(), store, empty, r.ID("base"), store.Format.EmptyTree()); err != nil {
		t.Fatal(err)
	}
	if got := (&gittest.Repo{Dir: empty}).Git(t, "status", "--porcelain"); got != "" {
		t.Errorf("empty tree: %q", got)
	}
}

// rawTree writes a tree that git itself would refuse to make.
func rawTree(t *testing.T, s *git.Store, entries ...string) string {
	t.Helper()
	blob, err := s.Write("blob", []byte("content\n"))
	if err != nil {
		t.Fatal(err)
	}
	link, err := s.Write("blob", []byte("../../outside"))
	if err != nil {
		t.Fatal(err)
	}
	var raw git.Tree
	for _, e := range entries {
		mode, rest, _ := strings.Cut(e, " ")
		id := blob
		switch {
		case mode == "120000":
			id = link
		case strings.HasPrefix(mode, "4") || strings.HasPrefix(mode, "16"):
			var ok bool
			if rest, id, ok = strings.Cut(rest, "="); !ok {
				t.Fatal("no id")
			}
		}
		e, _, ok := git.Tree(fmt.Sprintf("100644 x\x00%s", strings.Repeat("\x00", 32))).Next(s.Format.RawLen())
		if !ok {
			t.Fatal("no entry")
		}
		one, err := git.Tree(nil).Apply([]git.Edit{{Name: "x", Mode: e.Mode, ID: id}}, s.Format.RawLen())
		if err != nil {
			t.Fatal(err)
		}
		raw = append(raw, mode+" "+rest+"\x00"...)
		raw = append(raw, one[len("100644 x\x00"):]...)
	}
	id, err := s.Write("tree", raw)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// No name of a tree leads out of the checkout or into its repository, and what
// fails leaves nothing.
func TestCheckoutRefuses(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides, gittest.Bare())
	repo, s := openAt(t, r.Dir)
	hooks := rawTree(t, s, "100755 post-checkout")
	bomb := rawTree(t, s, "100644 f")
	for range 7 { // ten to the seventh files in eight objects
		var entries []string
		for i := range 10 {
			entries = append(entries, fmt.Sprintf("40000 %d=%s", i, bomb))
		}
		bomb = rawTree(t, s, entries...)
	}
	deep := rawTree(t, s, "100644 f")
	for range 600 {
		deep = rawTree(t, s, "40000 d="+deep)
	}
	cases := map[string]string{
		"dot dot":               rawTree(t, s, "100644 .."),
		"dot dot folder":        rawTree(t, s, "40000 ..="+hooks),
		"dot":                   rawTree(t, s, "40000 .="+hooks),
		"slash":                 rawTree(t, s, "100644 ../evil"),
		"absolute":              rawTree(t, s, "100644 /tmp/evil"),
		"git":                   rawTree(t, s, "40000 .git="+hooks),
		"git in capitals":       rawTree(t, s, "40000 .GiT="+hooks),
		"git as a file":         rawTree(t, s, "100644 .git"),
		"git as a link":         rawTree(t, s, "120000 .git"),
		"git on HFS":            rawTree(t, s, "40000 .g\u200cit="+hooks),
		"git on NTFS":           rawTree(t, s, "40000 git~1="+hooks),
		"git with a dot":        rawTree(t, s, "40000 .git.="+hooks),
		"git with a blank":      rawTree(t, s, "40000 .git ="+hooks),
		"git as a stream":       rawTree(t, s, "40000 .git::$INDEX_ALLOCATION="+hooks),
		"git with a backslash":  rawTree(t, s, `100644 .git\hooks`),
		"git further down":      rawTree(t, s, "40000 sub="+rawTree(t, s, "40000 .git="+hooks)),
		"link, then below it":   rawTree(t, s, "120000 a", "40000 a="+hooks),
		"link twice":            rawTree(t, s, "120000 a", "100644 a"),
		"folder and file":       rawTree(t, s, "100644 a", "100644 a.b", "40000 a="+hooks),
		"not sorted":            rawTree(t, s, "100644 b", "100644 a"),
		"a commit for a folder": rawTree(t, s, "40000 a="+r.ID("base")),
		"a missing folder":      rawTree(t, s, "40000 a="+nothing),
		"a bomb":                bomb,
		"very deep":             deep,
	}
	for name, tree := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			above := t.TempDir()
			err := repo.Checkout(t.Context(), s, filepath.Join(above, "c"), r.ID("base"), tree)
			if err == nil {
				t.Error("it was laid out")
			}
			left, readErr := os.ReadDir(above)
			if readErr != nil || len(left) > 0 {
				t.Errorf("left behind: %v %v", left, readErr)
			}
		})
	}
	if err := repo.Checkout(t.Context(), s, filepath.Join(t.TempDir(), "c"), r.ID("base"), rawTree(t, s, "40000 a="+nothing)); err == nil {
		t.Error("laid out without one of its trees")
	} else {
		lacks(t, err, nothing)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := repo.Checkout(ctx, s, filepath.Join(t.TempDir(), "c"), r.ID("base"), r.ID("base")); !errors.Is(err, context.Canceled) {
		t.Errorf("ended: %v", err)
	}
}

// What a tree may have and what nobody may follow or run.
func TestCheckoutOfAHostileRepository(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, custom)
	mark := filepath.Join(t.TempDir(), "ran")
	env := hostile(t, r, mark)
	repo, s := openAt(t, r.Dir, env...)
	outside := t.TempDir()
	blob := func(text string) string {
		id, err := s.Write("blob", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	top, err := git.Tree(nil).Apply([]git.Edit{
		{Name: ".gitattributes", Mode: git.ModeFile, ID: blob("* filter=own diff=own ident eol=crlf text working-tree-encoding=UTF-16\nversion export-subst\n")},
		{Name: ".gitmodules", Mode: git.ModeFile, ID: blob("[submodule \"m\"]\n\tpath = m\n\turl = ext::sh -c touch% " + mark + "\n")},
		{Name: "m", Mode: git.ModeGitlink, ID: r.ID("base")},
		{Name: "out", Mode: git.ModeSymlink, ID: blob(outside)},
		{Name: "up", Mode: git.ModeSymlink, ID: blob("../../..")},
		{Name: "a.txt", Mode: git.ModeFile, ID: blob("$Id$\nlf\ncrlf\r\n")},
		{Name: "version", Mode: git.ModeFile, ID: blob("$Format:%H$\n")},
		{Name: "hooks", Mode: git.ModeExec, ID: blob("#!/bin/sh\ntouch '" + mark + "'\n")},
	}, s.Format.RawLen())
	if err != nil {
		t.Fatal(err)
	}
	tree, err := s.Write("tree", top)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "c")
	if err := repo.Checkout(t.Context(), s, dir, r.ID("ours"), tree); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a.txt": "$Id$\nlf\ncrlf\r\n", "version": "$Format:%H$\n"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
	if got, err := os.Readlink(filepath.Join(dir, "out")); err != nil || got != outside {
		t.Errorf("a link that leads out: %q %v", got, err)
	}
	if st, err := os.Stat(filepath.Join(dir, "hooks")); err != nil || st.Mode()&0o100 == 0 && runtime.GOOS != "windows" {
		t.Errorf("a program cannot be run: %v", err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "m")); err != nil || len(left) > 0 {
		t.Errorf("a submodule: %v %v", left, err)
	}
	if left, err := os.ReadDir(outside); err != nil || len(left) > 0 {
		t.Errorf("written outside: %v %v", left, err)
	}
	out := &gittest.Repo{Dir: dir}
	for _, args := range []string{"status --porcelain", "diff HEAD", "stash list", "update-index --refresh"} {
		if got := out.Run(t, "", strings.Fields(args)...); got.Stdout != "" || got.Stderr != "" {
			t.Errorf("git %s: %s%s", args, got.Stdout, got.Stderr)
		}
	}
	out.Git(t, "checkout", "--force", "HEAD", "--", ".")
	if ran, err := os.ReadFile(mark); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a program of the repository was run: %s %v", ran, err)
	}
}

// Any tree lies there as git's own checkout lays it.
func TestCheckoutAgreesWithGit(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides)
	repo, s := openAt(t, r.Dir)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		if n++; n > 30 { // each costs half a dozen processes
			return
		}
		paths := rapid.SliceOfNDistinct(rapid.StringMatching(`[a.\-0é]{1,2}(/[a.\-0]{1,3}){0,3}`), 1, 30, rapid.ID[string]).Draw(rt, "paths")
		var info strings.Builder
		for i, p := range paths {
			text := rapid.SampledFrom([]string{"", "x\n", "longer text\n", "\xff\x01"}).Draw(rt, "text")
			id, err := s.Write("blob", []byte(text+fmt.Sprint(i%3)))
			if err != nil {
				rt.Fatal(err)
			}
			fmt.Fprintf(&info, "%s %s\t%s\n", rapid.SampledFrom([]string{"100644", "100755", "120000"}).Draw(rt, "mode"), id, p)
		}
		store := &gittest.Repo{Dir: s.Dir}
		if got := store.Run(t, info.String(), "--git-dir=.", "update-index", "--index-info"); got.Exit != 0 {
			rt.Skip("not a tree") // two of the paths exclude each other, or one is no path
		}
		defer func() { _ = os.Remove(filepath.Join(s.Dir, "index")) }() // may be none
		tree := store.Run(t, "", "--git-dir=.", "write-tree")
		if tree.Exit != 0 {
			rt.Skip("not a tree")
		}
		dir := filepath.Join(t.TempDir(), "c")
		if err := repo.Checkout(t.Context(), s, dir, "", strings.TrimSpace(tree.Stdout)); err != nil {
			rt.Fatal(err)
		}
		out := &gittest.Repo{Dir: dir}
		if got := out.Git(t, "status", "--porcelain"); got != "" {
			rt.Errorf("status %q", got)
		}
		out.Git(t, "add", "--all")
		if got := out.Git(t, "write-tree"); got != strings.TrimSpace(tree.Stdout) {
			rt.Errorf("the files make the tree %s, want %s", got, tree.Stdout)
		}
	})
}
