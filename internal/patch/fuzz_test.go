package patch_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/patch"
)

// seeds are inputs of every kind that the parser reads.
func seeds() []string {
	list := []string{
		smallDiff,
		"diff --git a/x b/y\nsimilarity index 90%\nrename from x\nrename to y\nindex 1111111..2222222 100644\n--- a/x\n+++ b/y\n@@ -1,2 +1 @@ f()\n-a\n b\n" + noTail,
		"diff --git \"a/\\303\\244\" \"b/\\303\\244\"\nold mode 100644\nnew mode 100755\n",
		"diff --git a/x b/x\nindex 1111111..2222222 100644\nGIT binary patch\ndelta 14\nVcmdnMe}H#_7!wPl9;Yb~0Du1j0RR91\n\nliteral 3\nKcmYdfNXr5M01*Hn\n\n",
		"--- x.orig\n+++ x\n@@ -0,0 +1 @@\n+a\n--- /dev/null\n+++ b/y\n@@ -0,0 +1 @@\n+a\n",
		"commit " + strings.Repeat("a", 40) + "\nAuthor: A <a@b.c>\nDate:   Thu Apr 7 15:14:13 2005 -0700\n\n    x\n\n" + smallDiff,
		"From " + strings.Repeat("a", 40) + " Mon Sep 17 00:00:00 2001\nFrom: A <a@b.c>\nDate: Thu, 7 Apr 2005 15:14:13 -0700\nSubject: [PATCH] =?utf-8?q?=C3=A4?=\n\n>From x\n--- a\n---\n x | 2 +-\n 1 file changed, 1 insertion(+)\n\n" + smallDiff + "-- \n2.39\n\nFrom a Tue Jan  1 10:00:00 2019\nSubject: y\n\n" + smallDiff,
		"From: a@b.c\nContent-Type: multipart/mixed; boundary=q\n\n--q\nContent-Transfer-Encoding: base64\n\n" + "QQo=\n--q\nContent-Type: text/x-patch\nContent-Transfer-Encoding: quoted-printable\n\n" + smallDiff + "--q--\n",
		strings.ReplaceAll("Description: x\n y\nAuthor: A <a@b.c>\n\n"+smallDiff, "\n", "\r\n"),
	}
	for _, m := range mails {
		list = append(list, m.mail+smallDiff)
	}
	return list
}

// FuzzParse: nothing panics, every error is one line that says where, and what
// comes out keeps the promises of the types.
func FuzzParse(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s))
	}
	limits := patch.Limits{Bytes: 1 << 20, Patches: 5, Files: 10}
	f.Fuzz(func(t *testing.T, text []byte) {
		series, err := patch.Parse(bytes.NewReader(text), limits)
		if err != nil {
			said := err.Error()
			if strings.ContainsAny(said, "\n\x00") || !errors.Is(err, patch.ErrNotAPatch) && !strings.HasPrefix(said, "line ") && len(text) <= 1<<20 {
				t.Errorf("error is %q", said)
			}
			return
		}
		files := 0
		for _, p := range series.Patches {
			files += len(p.Files)
			checkPatch(t, p)
		}
		if n := len(series.Patches); n == 0 || n > limits.Patches || files > limits.Files {
			t.Errorf("%d patches, %d files", n, files)
		}
	})
}

func checkPatch(t *testing.T, p patch.Patch) {
	t.Helper()
	if len(p.Files) == 0 || strings.ContainsAny(p.Subject, "\n\x00") || p.Message != "" && !strings.HasSuffix(p.Message, "\n") ||
		strings.ContainsAny(p.Author.Name+p.Author.Email, "<>\n\x00") || p.Author.Known && (p.Author.Email == "" || p.Author.Seconds < 0) {
		t.Errorf("patch is %+v", p)
	}
	for _, f := range p.Files {
		if f.OldPath == "" && f.NewPath == "" || !safe(f.OldPath) || !safe(f.NewPath) {
			t.Errorf("paths are %q and %q", f.OldPath, f.NewPath)
		}
	}
}

// safe is written apart from the package's own check, and only knows the plain
// cases.
func safe(path string) bool {
	if strings.HasPrefix(path, "/") || strings.Contains(path, "\x00") {
		return false
	}
	for part := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '/' || r == '\\' }) {
		if lower := strings.ToLower(part); part == "." || part == ".." || lower == ".git" || lower == "git~1" {
			return false
		}
	}
	return !strings.Contains(path, "//") && !strings.HasSuffix(path, "/")
}

// FuzzApply: a diff never panics on any contents; where ApplyNear moves
// nothing, it agrees with Apply.
func FuzzApply(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s), []byte("a\n"))
		f.Add([]byte(s), []byte("a\nb"))
	}
	f.Fuzz(func(t *testing.T, text, pre []byte) {
		series, err := patch.Parse(bytes.NewReader(text), patch.Limits{Bytes: 1 << 16})
		if err != nil {
			return
		}
		for _, p := range series.Patches {
			for _, file := range p.Files {
				before := bytes.Clone(pre)
				post, err := file.Apply(pre)
				near, offsets, errNear := file.ApplyNear(pre)
				if !bytes.Equal(pre, before) {
					t.Fatal("Apply writes to its input")
				}
				if err != nil && (strings.Contains(err.Error(), "\n") || post != nil) {
					t.Errorf("error is %q with %q", err, post)
				}
				moved := false
				for _, n := range offsets {
					moved = moved || n != 0
				}
				if errNear == nil && !moved && (err != nil || !bytes.Equal(post, near)) {
					t.Errorf("Apply gives %q, %v, ApplyNear %q", post, err, near)
				}
			}
		}
	})
}
