package patch_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"backstay.dev/backstay/internal/patch"
)

// header is the header of a changed file, four lines.
const header = "diff --git a/x b/x\nindex 1111111..2222222 100644\n--- a/x\n+++ b/x\n"

// noTail is what git writes after a last line without newline.
const noTail = "\\ No newline at end of file\n"

func TestMalformed(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("y", 5000)
	tests := []struct{ name, text, want string }{
		{"nothing", "", "not a patch: there is no diff in it"},
		{"prose", "hello\nworld\n", "not a patch: there is no diff in it"},
		{"mail without diff", "From: a@b.c\nSubject: x\n\nbody\n---\n x | 1 +\n", "not a patch: there is no diff in it"},
		{"UTF-16", "\xff\xfed\x00i\x00", "line 1: the text is UTF-16: write the patch with git's --output=FILE, not through a shell that recodes it"},

		{"hunk cut off by the end", header + "@@ -1,2 +1,2 @@\n a\n", "line 5: hunk is cut off: the input ends 1 old and 1 new lines too early"},
		{"hunk cut off by a file", header + "@@ -1,2 +1,2 @@\n-a\n" + header, "line 7: hunk of line 5 is cut off: 1 old and 2 new lines before this line are missing"},
		{"hunk cut off by a signature", header + "@@ -1,2 +1,2 @@\n-a\n+b\n-- \n2.39\n", "line 9: hunk of line 5 is cut off: 0 old and 1 new lines before this line are missing"},
		{"more old lines than said", header + "@@ -1 +1,2 @@\n-a\n-b\n+b\n", "line 7: hunk of line 5 has more lines than its header says"},
		{"more new lines than said", header + "@@ -1 +1 @@\n-a\n+b\n+c\n", "line 8: hunk is longer than its header says"},
		{"more context than said", header + "@@ -1 +1 @@\n-a\n+b\n c\n", "line 8: hunk is longer than its header says"},
		{"more deletions than said", header + "@@ -1 +1 @@\n-a\n+b\n-c\n", "line 8: hunk is longer than its header says"},
		{"hunk without a change", header + "@@ -1 +1 @@\n a\n", "line 5: hunk changes nothing"},
		{"hunk without lines", header + "@@ -0,0 +0,0 @@\n", "line 5: hunk changes nothing"},
		{"hunk header damaged", header + "@@ -1,x +1 @@\n-a\n+b\n", "line 5: hunk header is damaged"},
		{"hunk header with huge numbers", header + "@@ -1,99999999999 +1 @@\n-a\n+b\n", "line 5: hunk header is damaged"},
		{"hunk with negative numbers", header + "@@ --1 +1 @@\n-a\n+b\n", "line 5: hunk header is damaged"},
		{"hunk from line 0", header + "@@ -0 +1 @@\n-a\n+b\n", "line 5: hunk header is damaged"},
		{"hunks overlap", header + "@@ -1,2 +1 @@\n-a\n b\n@@ -2 +1 @@\n-b\n+c\n", "line 8: hunk overlaps the one before it"},
		{"no newline in the middle", header + "@@ -1,2 +1 @@\n-a\n" + noTail + "-b\n+c\n", "line 8: text goes on after the end of the file"},
		{"no newline marker first", header + "@@ -1 +1 @@\n" + noTail + "-b\n+c\n", "line 6: line that begins with a backslash is out of place"},
		{"no newline marker twice", header + "@@ -1 +1 @@\n-b\n+c\n" + noTail + noTail, "line 9: line that begins with a backslash is out of place"},
		{"hunk without a file", smallDiff + "\n@@ -9 +9 @@\n-a\n+b\n", "line 9: hunk without a file header before it"},
		{"hunk of a new file has old lines", "diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", "line 5: hunk of a new file has old lines"},
		{"hunk of a deleted file has new lines", "diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +1 @@\n-a\n+b\n", "line 5: hunk of a deleted file has new lines"},

		{"header without a change", "diff --git a/x b/x\nindex 1111111..2222222 100644\n\ntext\n", "line 1: file header without a change after it"},
		{"names without hunks", header, "line 1: file header without a change after it"},
		{"names differ", "diff --git a/x b/y\n--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n", `line 1: names "a/x" and "b/y" don't tell which file it is`},
		{"names of the lines differ from the header", "diff --git a/x b/x\n--- a/z\n+++ b/z\n@@ -1 +1 @@\n-a\n+b\n", `line 1: names "a/z" and "b/z" don't tell which file it is`},
		{"names of a plain diff differ", "--- foo\n+++ bar\n@@ -1 +1 @@\n-a\n+b\n", `line 1: names "foo" and "bar" don't tell which file it is`},
		{"names of unequal prefixes, mode only", "diff --git old/x newer/x\nold mode 100644\nnew mode 100755\n", "line 1: names on the diff line don't tell which file it is"},
		{"name missing", "diff --git a/x b/x\n--- \n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", "line 2: name is missing"},
		{"name quoted badly", "diff --git \"a/\\400\" \"b/\\400\"\nold mode 100644\nnew mode 100755\n", "line 1: quoted name is damaged"},
		{"name not closed", "diff --git a/x b/x\nrename from \"x\nrename to y\n", "line 2: quoted name is damaged"},
		{"new and deleted", "diff --git a/x b/x\nnew file mode 100644\ndeleted file mode 100644\n", `line 1: file "x" is both new and deleted`},
		{"new with an old name", "diff --git a/x b/x\nnew file mode 100644\n--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+b\n", "line 1: new file has an old name"},
		{"rename from only", "diff --git a/x b/y\nrename from x\n", "line 1: rename or copy lines are incomplete or contradict others"},
		{"rename and copy", "diff --git a/x b/y\nrename from x\ncopy to y\n", "line 1: rename or copy lines are incomplete or contradict others"},
		{"rename twice", "diff --git a/x b/y\nrename from x\nrename from z\n", "line 3: name is stated twice"},
		{"rename to itself", "diff --git a/x b/x\nrename from x\nrename to x\n", `line 1: rename or copy of "x" to itself`},
		{"mode of a directory", "diff --git a/x b/x\nnew file mode 040000\n", "line 2: mode 040000 is not that of a file, link or submodule"},
		{"mode no number", "diff --git a/x b/x\nnew file mode rwx\n", `line 2: mode "rwx" is no octal number`},
		{"mode twice", "diff --git a/x b/x\nold mode 100644\nold mode 100755\n", "line 3: mode is stated twice"},
		{"mode changes the type", "diff --git a/x b/x\nold mode 100644\nnew mode 120000\n", `line 1: path "x" changes its type: git writes that as a deletion and a creation`},
		{"index without ids", "diff --git a/x b/x\nindex foo..bar\n", "line 2: index line has no two object ids"},
		{"index twice", "diff --git a/x b/x\nindex 1111..2222\nindex 1111..2222\n", "line 3: index line is there twice"},

		{"file twice", smallDiff + smallDiff, `line 8: path "x" is changed twice`},
		{"file made twice", "diff --git a/y b/x\ncopy from y\ncopy to x\n" + smallDiff, `line 4: path "x" is made twice`},
		{"file and directory", "diff --git a/x/y b/x/y\nnew file mode 100644\ndiff --git a/x-z b/x-z\nnew file mode 100644\n" + smallDiff, `line 1: path "x" is a file and a directory`},
		{"path too long", "diff --git a/" + long + " b/" + long + "\nnew file mode 100644\n", `line 1: path "` + long[:100] + `…" is too long`},

		{"binary without its header", "\nGIT binary patch\nliteral 1\n", "line 2: binary patch without a file header before it"},
		{"binary of diff -r", "Binary files a/x and b/x differ\n", "line 1: binary change without its content: make the diff with git diff --binary"},
		{"binary without data", "diff --git a/x b/x\nnew file mode 100644\nGIT binary patch\n\n", "line 4: binary patch has no literal or delta line"},
		{"binary cut off", "diff --git a/x b/x\nnew file mode 100644\nGIT binary patch\nliteral 2\nBcmZQ%\n", "line 4: binary patch is cut off"},
		{"binary damaged", "diff --git a/x b/x\nnew file mode 100644\nGIT binary patch\nliteral 2\nJcmZQ%0\n\n", "line 5: line of binary data is damaged"},
		{"binary with foreign digits", "diff --git a/x b/x\nnew file mode 100644\nGIT binary patch\nliteral 2\nDcmZ Q\n\n", "line 5: line of binary data is damaged"},
		{"binary with digits too large", "diff --git a/x b/x\nnew file mode 100644\nGIT binary patch\nliteral 2\nD~~~~~\n\n", "line 5: line of binary data is damaged"},
		{"binary too large", "diff --git a/x b/x\nnew file mode 100644\nGIT binary patch\nliteral 134217729\nAcmZQ\n\n", "line 4: binary content is larger than 134217728 bytes"},
		{"binary of a file diff -N misses", smallDiff + "Only in b: y\n", "line 8: file without its content: make the diff with diff -N"},
		{"combined diff", "diff --cc x\nindex 1,2..3\n", "line 1: combined diff of a merge: make it a diff against one parent (git show -m --first-parent)"},
		{"context diff", "*** a/x\n--- b/x\n***************\n", "line 3: context diff: make it a unified one (diff -u)"},
		{"submodule log before a diff", "Submodule lib 1234567...89abcde (rewind):\n  < fix\n" + smallDiff, "line 1: submodule log instead of a diff: make it with --submodule=short"},
		{"submodule log", "Submodule lib 1234567..89abcde:\n  > fix\n", "line 1: submodule log instead of a diff: make it with --submodule=short"},
		{"two commits of a log", "commit " + strings.Repeat("a", 40) + "\n\n    x\n\n" + smallDiff + "\ncommit " + strings.Repeat("b", 40) + "\n", "line 13: second commit of a log: give several commits as git format-patch writes them, their order is certain there"},

		{"second mail", "From: a@b.c\nSubject: x\n\n" + smallDiff + "From x Tue Jan  1 10:00:00 2019\nSubject: y\n\n" + header + "@@ -1 +1 @@\n-a\n", "line 18: hunk is cut off: the input ends 0 old and 1 new lines too early"},
		{"in quoted-printable text", "From: a@b.c\nContent-Transfer-Encoding: quoted-printable\n\n" + strings.ReplaceAll(smallDiff, "+b\n", "+=\nb\n+c\n"), "line 4 in the decoded text, line 8: hunk is longer than its header says"},
		{"base64 damaged", "From: a@b.c\nContent-Transfer-Encoding: base64\n\nAAAA\n!AAA\n", "line 5: the base64 text is damaged"},
		{"base64 cut off", "From: a@b.c\nContent-Transfer-Encoding: base64\n\nAAAA\nAA\n", "line 5: the base64 text is cut off"},
		{"charset unknown", "From: a@b.c\nContent-Type: text/plain; charset=x-none\n\n\xff\n---\n" + smallDiff, `line 4: charset "x-none" is not known`},
		{"subject of unknown charset", "From: a@b.c\nSubject: =?x-none?q?=FF?=\n\n" + smallDiff, `line 4: charset "x-none" is not known`},
		{"NUL in the message", "From: a@b.c\nSubject: a\x00b\n\n---\n" + smallDiff, "line 4: message before this line has a NUL byte in it"},
		{"parts too deep", "From: a@b.c\nContent-Type: multipart/mixed; boundary=0\n\n" +
			"--0\nContent-Type: multipart/mixed; boundary=1\n\n--1\nContent-Type: multipart/mixed; boundary=2\n\n" +
			"--2\nContent-Type: multipart/mixed; boundary=3\n\n--3\nContent-Type: multipart/mixed; boundary=4\n\n--4\n\n", "line 16: more than 4 levels of MIME parts"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := patch.Parse(strings.NewReader(test.text), patch.Limits{})
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
			if errors.Is(err, patch.ErrNotAPatch) != strings.HasPrefix(test.want, "not a patch") {
				t.Errorf("%v and ErrNotAPatch disagree", err)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	mail := "From x Tue Jan  1 10:00:00 2019\nSubject: y\n\n" + smallDiff
	two := smallDiff + strings.ReplaceAll(smallDiff, "/x", "/y")
	for want, test := range map[string]struct {
		text   string
		limits patch.Limits
	}{
		"patch is larger than 10 bytes":                     {smallDiff, patch.Limits{Bytes: 10}},
		"line 14: more than 1 patches":                      {mail + mail, patch.Limits{Patches: 1}},
		"line 8: more changed files than the limit allows":  {two, patch.Limits{Files: 1}},
		"line 14: more changed files than the limit allows": {mail + mail, patch.Limits{Files: 1}},
	} {
		if _, err := patch.Parse(strings.NewReader(test.text), test.limits); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	if _, err := patch.Parse(strings.NewReader(mail+mail), patch.Limits{Bytes: int64(2 * len(mail)), Patches: 2, Files: 2}); err != nil {
		t.Errorf("limits that are just kept: %v", err)
	}
	if _, err := patch.Parse(iotest.ErrReader(io.ErrClosedPipe), patch.Limits{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("reader's error is lost: %v", err)
	}
}

// TestUnsafePaths tries each path in every place where a diff can state one.
func TestUnsafePaths(t *testing.T) {
	t.Parallel()
	const outside, reserved, absolute, empty = "leaves its directory", "reaches into a .git directory", "is absolute", "has an empty component"
	for path, why := range map[string]string{
		"..": outside, "../x": outside, "x/../../y": outside, "x/..": outside, ".": outside, "x/./y": outside,
		`..\x`: outside, `x\..\..\y`: outside, ".. /x": outside, "..\u200d/x": outside,
		"/etc/passwd": absolute, `\x`: absolute, `C:\x`: absolute, "c:/x": absolute,
		"x//y": empty, "x/": empty,
		".git/config": reserved, ".GIT/x": reserved, "x/.gIt": reserved, ".git ": reserved, ".git.": reserved, ".git . .": reserved,
		`x\.git\y`: reserved, ".git::$INDEX_ALLOCATION": reserved, ".git:stream": reserved, "git~1": reserved, "GIT~1/config": reserved,
		".g\u200cit/config": reserved, "\ufeff.git": reserved, ".gi\u206ft": reserved, ".git\u202e": reserved,
		"a\x00b": "has a NUL byte in it",
	} {
		quoted := `"` + strings.NewReplacer(`\`, `\\`, "\x00", `\000`).Replace(path) + `"`
		prefixed := func(p string) string { return `"` + p + quoted[1:] }
		for name, text := range map[string]string{
			"new":    "diff --git " + prefixed("a/") + " " + prefixed("b/") + "\nnew file mode 100644\n",
			"change": "diff --git " + prefixed("a/") + " " + prefixed("b/") + "\n--- " + prefixed("a/") + "\n+++ " + prefixed("b/") + "\n@@ -1 +1 @@\n-a\n+b\n",
			"rename": "diff --git a/x b/y\nrename from zz\nrename to " + quoted + "\n",
			"from":   "diff --git a/x b/y\ncopy from " + quoted + "\ncopy to zz\n",
			"plain":  "--- " + prefixed("a/") + "\n+++ " + prefixed("b/") + "\n@@ -1 +1 @@\n-a\n+b\n",
			"gone":   "--- " + prefixed("a/") + "\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n",
		} {
			_, err := patch.Parse(strings.NewReader(text), patch.Limits{})
			if err == nil || !strings.HasPrefix(err.Error(), "line 1: path ") || !strings.HasSuffix(err.Error(), why) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s %q: %v, want: %s", name, path, err, why)
			}
		}
	}
	for _, path := range []string{".gitignore", ".gitmodules", "git", "x.git", ".git-x", "a.b/..c", "...", "git~2", `a\b`, "\xff\xfe", "-x", "~", "c:x", " "} {
		p := strings.ReplaceAll(path, `\`, `\\`)
		series, err := patch.Parse(strings.NewReader(`diff --git "a/`+p+`" "b/`+p+"\"\nnew file mode 100644\n"), patch.Limits{})
		if err != nil || series.Patches[0].Files[0].NewPath != path {
			t.Errorf("%q: %v, %+v", path, err, series)
		}
	}
	link := strings.NewReader("diff --git a/x/.GitModules b/x/.GitModules\nnew file mode 120000\n")
	if _, err := patch.Parse(link, patch.Limits{}); err == nil || err.Error() != `line 1: path "x/.GitModules" makes .gitmodules a symbolic link` {
		t.Errorf(".gitmodules as a link: %v", err)
	}
}
