package patch_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/patch"
)

// history has one commit for each kind of change and for each trap of mail.
func history() string {
	random := rand.New(rand.NewPCG(1, 2))
	blob := make([]byte, 6000)
	for i := range blob {
		blob[i] = byte(random.IntN(256))
	}
	edited := bytes.Clone(blob)
	copy(edited[3000:], "another middle")
	var long strings.Builder
	for i := range 200 {
		fmt.Fprintf(&long, "line %d\n", i)
	}
	b64 := base64.StdEncoding.EncodeToString
	return `
-- commit base on main: base --
-- file long.txt --
` + long.String() + `-- file dos.txt crlf --
one
two
three
-- file tail.txt no-newline --
first
last
-- file bin.dat base64 --
` + b64(blob) + `
-- file gone.txt --
to be deleted
-- file empty-gone.txt --
-- file tool.sh --
#!/bin/sh
-- file "caf\xe9 \"x\"\t.txt" --
old
-- file "latin.txt" escapes --
caf\xe9
b
-- file "with space.txt" --
old
-- file becomes-link --
text
-- gitlink sub 1111111111111111111111111111111111111111 --
-- commit on main: edits far apart --
-- edit long.txt --
-line 3
+LINE 3
@@
 line 100
+line 100 and a half
@@
-line 199
-- commit on main: [OVN] a bracket of the author's  and two blanks --
author: Jürgen "Jim" Groß, Jr <j.g@example.org>
date: 2024-02-03T04:05:06+05:30

First paragraph, with trailing blanks.   


Second after two blank lines.

From nobody in particular Mon Sep 17 in prose
>From quoted in the original? no, plain text

Signed-off-by: J <j@example.org>
-- edit dos.txt crlf --
-two
+TWO
-- commit on main: Ünïcödé: ein Betreff, der so lang ist, dass git ihn in der Mail auf mehrere Zeilen bricht, ja wirklich --
author: Ren\xe9 <rene@example.org>
encoding: ISO-8859-1
escapes: yes

Gr\xfc\xdfe
-- edit latin.txt --
-b
+B
-- commit on main: no newline at either end --
-- file tail.txt no-newline --
first
another last
-- commit on main: newline added --
-- file tail.txt --
first
another last
-- commit on main: newline taken away --
-- file tail.txt no-newline --
first
another last
-- commit on main: binary, changed a little and created --
-- file bin.dat base64 --
` + b64(edited) + `
-- file new.dat base64 --
` + b64(blob[:100]) + `
-- commit on main: deletions --
-- delete gone.txt --
-- delete empty-gone.txt --
-- commit on main: empty files --
-- file empty-new.txt --
-- file dir/empty.sh 755 --
-- commit on main: modes --
-- mode tool.sh 755 --
-- commit on main: mode and text --
-- file tool.sh --
#!/bin/sh
exit 0
-- commit on main: odd names --
-- file "caf\xe9 \"x\"\t.txt" --
new
-- file "with space.txt" --
new
-- file "tab\there/back\\slash" --
x
-- commit on main: rename, rename with edit, copy --
-- rename "with space.txt" -> moved --
-- copy long.txt -> long2.txt --
-- edit long.txt --
-line 50
+LINE 50
-- rename tail.txt -> "dir/t\xe4il" --
-- commit on main: links --
-- symlink link -> long.txt --
-- delete becomes-link --
-- symlink becomes-link -> tool.sh --
-- commit on main: submodule --
-- gitlink sub 2222222222222222222222222222222222222222 --
-- commit on main: submodule goes, another comes --
-- delete sub --
-- gitlink sub2 3333333333333333333333333333333333333333 --
-- commit quotes on main: quotes a diff --
author: "A. U. Thor (work)" <author@example.org>
date: 2024-06-30T23:59:59-03:30

Before:
--- expected
+++ actual
@@ -1 +1 @@
-a
+b
After.
-- edit long.txt --
-line 60
+LINE 60
-- commit on main: rewritten whole --
-- file long.txt --
nothing of it is left
`
}

// TestFormatPatch parses what git writes of every commit, applies it to the
// commit's parent in memory, and expects the commit's own tree.
func TestFormatPatch(t *testing.T) {
	t.Parallel()
	repo := gittest.New(t, history())
	objects := readObjects(t, repo)
	commits := strings.Fields(repo.Git(t, "rev-list", "--reverse", "main", "^"+repo.ID("base")))
	for _, options := range []string{
		"--full-index -M",
		"--full-index -M -C --find-copies-harder",
		"--no-renames",
		"--no-prefix",
		"--src-prefix=x/ --dst-prefix=y/",
		"-U0",
		"-U1 --inter-hunk-context=0 --patience",
		"--attach",
		"--inline --encode-email-headers",
		"--no-encode-email-headers --from=Sender<s@example.org>",
		"--signature=-x -n --base=" + repo.ID("base"),
	} {
		t.Run(options, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"format-patch", "--stdout", "--binary"}, strings.Fields(options)...)
			series, err := patch.Parse(strings.NewReader(repo.Git(t, append(args, repo.ID("base"))...)+"\n"), patch.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if len(series.Patches) != len(commits) {
				t.Fatalf("%d patches of %d commits", len(series.Patches), len(commits))
			}
			if strings.Contains(options, "--base") && series.BaseCommit != repo.ID("base") {
				t.Errorf("base commit is %q", series.BaseCommit)
			}
			for i, p := range series.Patches {
				if p.ID != commits[i] {
					t.Errorf("id is %s, want %s", p.ID, commits[i])
				}
				comparePatch(t, repo, objects, p, commits[i])
			}
		})
	}
}

// entry is one path of a tree.
type entry struct {
	mode uint32
	text string
}

// comparePatch applies p to the parent of commit, as far as the index lines
// lead, and compares the changed paths with what git says of the commit.
func comparePatch(t *testing.T, repo *gittest.Repo, objects map[string]string, p patch.Patch, commit string) {
	t.Helper()
	want := map[string]entry{}
	fields := strings.Split(repo.Git(t, "diff-tree", "-r", "-z", "--no-commit-id", "--no-renames", commit), "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		f := strings.Fields(fields[i])
		mode, err := strconv.ParseUint(f[1], 8, 32)
		if err != nil {
			t.Fatal(err)
		}
		want[fields[i+1]] = entry{uint32(mode), contents(objects, f[3])}
	}
	got := map[string]entry{}
	for _, f := range p.Files {
		if f.NewPath != f.OldPath && f.OldPath != "" && !f.Copy {
			if _, made := got[f.OldPath]; !made {
				got[f.OldPath] = entry{}
			}
		}
		pre := contents(objects, f.OldID)
		if f.OldID == "" && f.OldPath != "" { // an exact rename or a change of mode has no index line
			pre = contents(objects, repo.Git(t, "rev-parse", commit+"~:"+f.OldPath))
		}
		post, err := f.Apply([]byte(pre))
		if err != nil {
			t.Errorf("%s: %v", commit, err)
			continue
		}
		if f.NewID != "" && contents(objects, f.NewID) != string(post) {
			t.Errorf("%s: %q: content differs from blob %s", commit, f.NewPath, f.NewID)
		}
		if f.NewPath != "" {
			got[f.NewPath] = entry{modeAfter(t, repo, f, commit), string(post)}
		}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(entry{})); diff != "" {
		t.Errorf("%s (-git +ours):\n%s", p.Subject, diff)
	}
}

// modeAfter is the stated new mode; an exact rename states none.
func modeAfter(t *testing.T, repo *gittest.Repo, f patch.File, commit string) uint32 {
	t.Helper()
	if f.NewMode != 0 {
		return f.NewMode
	}
	if f.OldID != "" || !f.Rename && !f.Copy {
		t.Errorf("%s: %q has no new mode", commit, f.NewPath)
	}
	mode, _, _ := strings.Cut(repo.Git(t, "ls-tree", commit+"~", "--", f.OldPath), " ")
	m, err := strconv.ParseUint(mode, 8, 32)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(m)
}

// readObjects reads every blob of the repository.
func readObjects(t *testing.T, repo *gittest.Repo) map[string]string {
	t.Helper()
	objects := map[string]string{}
	out := repo.Git(t, "cat-file", "--batch", "--batch-all-objects") + "\n"
	for out != "" {
		head, rest, _ := strings.Cut(out, "\n")
		f := strings.Fields(head)
		size, err := strconv.Atoi(f[2])
		if err != nil {
			t.Fatal(err)
		}
		objects[f[0]] = rest[:size]
		out = rest[size+1:]
	}
	return objects
}

// contents finds an object by an abbreviated id. What is no object is a
// submodule, which diffs as a line of text; no id is no file.
func contents(objects map[string]string, id string) string {
	if strings.Trim(id, "0") == "" {
		return ""
	}
	for full, text := range objects {
		if strings.HasPrefix(full, id) {
			return text
		}
	}
	return "Subproject commit " + strings.Repeat(id[:1], 40) + "\n"
}

// TestAm compares author and message of every patch with the commit that git am
// makes of it.
func TestAm(t *testing.T) {
	t.Parallel()
	for _, options := range []string{"--no-signature", "--attach", "--from=Sender<s@example.org>", "--pretty=mboxrd"} {
		t.Run(options, func(t *testing.T) {
			t.Parallel()
			// git am takes the diff quoted in a message for the change
			story, _, _ := strings.Cut(history(), "-- commit quotes")
			repo := gittest.New(t, story)
			base := repo.ID("base")
			mbox := repo.Git(t, "format-patch", "--stdout", "--binary", options, base) + "\n"
			repo.Git(t, "checkout", "-q", "-b", "am", base)
			am := []string{"am", "-q", "--keep-non-patch", "--keep-cr"}
			if strings.Contains(options, "mboxrd") {
				am = append(am, "--patch-format=mboxrd")
			}
			if got := repo.Run(t, mbox, am...); got.Exit != 0 {
				t.Fatal(got)
			}
			series, err := patch.Parse(strings.NewReader(mbox), patch.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			log := repo.Git(t, "log", "--reverse", "--date=raw", "--format=%an <%ae> %ad%n%B%x00", base+"..am")
			want := strings.Split(strings.TrimSuffix(log, "\x00"), "\x00\n")
			if len(want) != len(series.Patches) {
				t.Fatalf("%d patches, %d commits of git am", len(series.Patches), len(want))
			}
			for i, p := range series.Patches {
				a := p.Author
				if !a.Known {
					t.Errorf("author of %q is not known", p.Subject)
				}
				message := p.Message
				if options != "--pretty=mboxrd" { // there the quoting is undone without being asked for
					message = strings.ReplaceAll(message, "\nFrom quoted", "\n>From quoted")
				}
				zone := fmt.Sprintf("%+03d%02d", a.Offset/60, max(a.Offset, -a.Offset)%60)
				got := fmt.Sprintf("%s <%s> %d %s\n%s", a.Name, a.Email, a.Seconds, zone, message)
				if diff := cmp.Diff(strings.TrimRight(want[i], "\n"), strings.TrimRight(got, "\n")); diff != "" {
					t.Errorf("patch %d (-git am +ours):\n%s", i+1, diff)
				}
			}
		})
	}
}

// TestQuotedDiff keeps the whole message where git am stops at a diff that is
// quoted in it.
func TestQuotedDiff(t *testing.T) {
	t.Parallel()
	repo := gittest.New(t, history())
	mail := repo.Git(t, "format-patch", "-1", "--stdout", repo.ID("quotes"))
	series, err := patch.Parse(strings.NewReader(mail), patch.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	p := series.Patches[0]
	if got, want := p.Message, repo.Git(t, "log", "-1", "--format=%B", repo.ID("quotes")); got != want {
		t.Errorf("message is %q, want %q", got, want)
	}
	if len(p.Files) != 1 || p.Files[0].NewPath != "long.txt" {
		t.Errorf("files are %v", p.Files)
	}
}

// TestSHA256 reads the longer ids.
func TestSHA256(t *testing.T) {
	t.Parallel()
	repo := gittest.New(t, "-- commit base on main: base --\n-- file x --\na\n-- commit tip on main: tip --\n-- file x --\nb\n", gittest.SHA256())
	p := parseOne(t, repo.Git(t, "format-patch", "-1", "--stdout", "--full-index", "main"))
	if p.ID != repo.ID("tip") || p.Files[0].NewID != repo.Git(t, "rev-parse", "main:x") {
		t.Errorf("ids are %s and %s", p.ID, p.Files[0].NewID)
	}
}

// TestDiffAndShow reads the other outputs of git.
func TestDiffAndShow(t *testing.T) {
	t.Parallel()
	repo := gittest.New(t, history())
	objects := readObjects(t, repo)
	for _, commit := range strings.Fields(repo.Git(t, "rev-list", "main", "^"+repo.ID("base"))) {
		for _, args := range [][]string{
			{"diff", "--binary", "--full-index", commit + "~", commit},
			{"-c", "diff.mnemonicPrefix=true", "diff", "--binary", "--stat", "-p", commit + "~", commit},
			{"show", "--binary", commit},
			{"show", "--binary", "--pretty=fuller", "--stat", "-p", "--date=iso", "--no-expand-tabs", commit},
			{"show", "--binary", "--pretty=raw", commit},
		} {
			series, err := patch.Parse(strings.NewReader(repo.Git(t, args...)+"\n"), patch.Limits{})
			if err != nil {
				t.Fatalf("git %s: %v", args, err)
			}
			p := series.Patches[0]
			comparePatch(t, repo, objects, p, commit)
			if args[0] != "show" {
				if p.Message != "" || p.Author.Known || p.ID != "" {
					t.Errorf("git %s: has a head: %+v", args, p)
				}
				continue
			}
			message := repo.Run(t, repo.Git(t, "log", "-1", "--format=%B", commit), "stripspace").Stdout
			if p.Message != message || p.ID != commit {
				t.Errorf("git %s: message is %q, want %q", args, p.Message, message)
			}
			a := p.Author
			if got, want := fmt.Sprintf("%s <%s> %d %t", a.Name, a.Email, a.Seconds, a.Known), repo.Git(t, "log", "-1", "--format=%an <%ae> %at true", commit); got != want {
				t.Errorf("git %s: author is %s, want %s", args, got, want)
			}
		}
	}
}
