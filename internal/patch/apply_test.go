package patch_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/patch"
)

// fileOf parses a diff of one file.
func fileOf(t interface{ Fatalf(string, ...any) }, diff string) patch.File {
	series, err := patch.Parse(strings.NewReader(diff), patch.Limits{})
	if err != nil || len(series.Patches) != 1 || len(series.Patches[0].Files) != 1 {
		t.Fatalf("%v: %+v\n%s", err, series, diff)
	}
	return series.Patches[0].Files[0]
}

func TestApply(t *testing.T) {
	t.Parallel()
	const created = "diff --git a/x b/x\nnew file mode 100644\n"
	const deleted = "diff --git a/x b/x\ndeleted file mode 100644\n"
	for _, test := range []struct{ name, diff, pre, want string }{
		{"change", smallDiff, "a\nrest\n", "b\nrest\n"},
		{"insertion without context", header + "@@ -2,0 +3 @@\n+c\n", "a\nb\nd\n", "a\nb\nc\nd\n"},
		{"insertion at the top without context", header + "@@ -0,0 +1 @@\n+c\n", "a\n", "c\na\n"},
		{"blank context without its space", header + "@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n", "a\n\nb\n", "a\n\nc\n"},
		{"no newline before and after", header + "@@ -1 +1 @@\n-a\n" + noTail + "+b\n" + noTail, "a", "b"},
		{"no newline on a line of context", header + "@@ -1,2 +1 @@\n-a\n b\n" + noTail, "a\nb", "b"},
		{"marker in another language", header + "@@ -1 +1 @@\n-a\n+b\n\\ Kein Zeilenumbruch am Dateiende.\n", "a\n", "b"},
		{"carriage returns", header + "@@ -1 +1 @@\n-a\r\n+b\r\n", "a\r\n", "b\r\n"},
		{"created", created + "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+b\n", "", "b\n"},
		{"created empty", created, "", ""},
		{"deleted", deleted + "--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n", "b\n", ""},
		{"deleted empty", deleted, "", ""},
		{"mode only", "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n", "a", "a"},
	} {
		got, err := fileOf(t, test.diff).Apply([]byte(test.pre))
		if err != nil || string(got) != test.want {
			t.Errorf("%s: got %q, %v, want %q", test.name, got, err, test.want)
		}
	}
	for _, test := range []struct{ name, diff, pre, want string }{
		{"other line", smallDiff, "c\n", `hunk 1 (line 5 of the patch): line 1 is "c\n", the patch was made for "a\n"`},
		{"other line end", smallDiff, "a\r\n", `hunk 1 (line 5 of the patch): line 1 is "a\r\n", the patch was made for "a\n"`},
		{"newline missing", smallDiff, "a", `hunk 1 (line 5 of the patch): line 1 is "a", the patch was made for "a\n"`},
		{"long line", smallDiff, strings.Repeat("x", 200), `hunk 1 (line 5 of the patch): line 1 is "` + strings.Repeat("x", 60) + `…", the patch was made for "a\n"`},
		{"right line, wrong place", smallDiff, "c\na\n", `hunk 1 (line 5 of the patch): line 1 is "c\n", the patch was made for "a\n"`},
		{"empty", smallDiff, "", `hunk 1 (line 5 of the patch): line 1 is missing, the patch was made for "a\n"`},
		{"too short", header + "@@ -9 +9 @@\n-a\n+b\n", "a\n", `hunk 1 (line 5 of the patch): it begins at line 9, the file has only 1`},
		{"second hunk", header + "@@ -1 +1 @@\n-a\n+b\n@@ -3 +3 @@\n-c\n+d\n", "a\nb\nC\n", `hunk 2 (line 8 of the patch): line 3 is "C\n", the patch was made for "c\n"`},
		{"text after a last line", header + "@@ -1 +1 @@\n-a\n+b\n" + noTail, "a\nb\n", "text would follow the end of the file at line 2"},
		{"created over contents", created, "a", "a file that is created has contents already"},
		{"deleted with more contents", deleted + "--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n", "b\nc\n", "the patch deletes less than the file has"},
		{"binary without data", "diff --git a/x b/x\nindex 1111111..2222222 100644\nBinary files a/x and b/x differ\n", "a", patch.ErrNoData.Error()},
		{"binary that is no zlib", "diff --git a/x b/x\nindex 1111111..2222222 100644\nGIT binary patch\nliteral 1\nD00000\n\n", "a", "binary data: zlib: invalid header"},
	} {
		got, err := fileOf(t, test.diff).Apply([]byte(test.pre))
		if want := `apply patch to "x": ` + test.want; err == nil || err.Error() != want || got != nil {
			t.Errorf("%s:\ngot  %q, %v\nwant %s", test.name, got, err, want)
		}
		if errors.Is(err, patch.ErrNoData) != (test.name == "binary without data") {
			t.Errorf("%s: %v and ErrNoData disagree", test.name, err)
		}
	}
}

// TestNames finds out which file a diff is about, whatever stands before it.
func TestNames(t *testing.T) {
	t.Parallel()
	const hunk = "@@ -1 +1 @@\n-a\n+b\n"
	const all = "@@ -0,0 +1 @@\n+b\n"
	for _, test := range []struct{ name, diff, old, new string }{
		{"git", "diff --git a/d/x b/d/x\n--- a/d/x\n+++ b/d/x\n" + hunk, "d/x", "d/x"},
		{"reversed", "diff --git b/d/x a/d/x\n--- b/d/x\n+++ a/d/x\n" + hunk, "d/x", "d/x"},
		{"mnemonic", "diff --git c/d/x w/d/x\n--- c/d/x\n+++ w/d/x\n" + hunk, "d/x", "d/x"},
		{"no prefix", "diff --git d/x d/x\n--- d/x\n+++ d/x\n" + hunk, "d/x", "d/x"},
		{"no prefix, new", "diff --git d/x d/x\nnew file mode 100644\n--- /dev/null\n+++ d/x\n" + all, "", "d/x"},
		{"no prefix in a folder a", "diff --git a/x a/x\n--- a/x\n+++ a/x\n" + hunk, "a/x", "a/x"},
		{"unequal prefixes", "diff --git old/d/x newer/d/x\n--- old/d/x\n+++ newer/d/x\n" + hunk, "d/x", "d/x"},
		{"spaces", "diff --git a/x b/x b/x b/x\nold mode 100644\nnew mode 100755\n", "x b/x", "x b/x"},
		{"space and tab", "diff --git a/x y b/x y\n--- a/x y\t\n+++ b/x y\t\n" + hunk, "x y", "x y"},
		{"quoted", `diff --git "a/\303\244\t\"\\" "b/\303\244\t\"\\"` + "\nold mode 100644\nnew mode 100755\n", "ä\t\"\\", "ä\t\"\\"},
		{"quoted rename", `diff --git a/x "b/\377"` + "\nrename from x\nrename to \"\\377\"\n", "x", "\xff"},
		{"quoted old side", `diff --git "a/\377" b/x` + "\nrename from \"\\377\"\nrename to x\n", "\xff", "x"},
		{"deleted by the name line", "diff --git a/x b/x\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n", "x", ""},

		{"quilt", "Index: linux/d/x\n=====\n--- linux.orig/d/x\t2020-01-01 10:00:00\n+++ linux/d/x\n" + hunk, "d/x", "d/x"},
		{"backup", "--- d/x.orig\n+++ d/x\n" + hunk, "d/x", "d/x"},
		{"backup below prefixes", "--- a/d/x~\n+++ b/d/x\n" + hunk, "d/x", "d/x"},
		{"svn", "Index: d/x\n====\n--- d/x\t(revision 1)\n+++ d/x\t(working copy)\n" + hunk, "d/x", "d/x"},
		{"new", "--- /dev/null\n+++ b/d/x\n" + all, "", "d/x"},
		{"new, no prefix", "--- /dev/null\n+++ dir/x\n" + all, "", "dir/x"},
		{"new by the epoch", "--- a/d/x\t1970-01-01 01:00:00.000000000 +0100\n+++ b/d/x\t2020-01-01 10:00:00.5 +0100\n" + all, "", "d/x"},
		{"emptied, then filled", "--- a/d/x\t2019-01-01 01:00:00.000000000 +0100\n+++ b/d/x\t2020-01-01 10:00:00.5 +0100\n" + all, "d/x", "d/x"},
		{"deleted by the epoch of hg", "--- a/d/x\tThu Jan 01 10:00:00 2009 +0000\n+++ b/d/x\tThu Jan 01 00:00:00 1970 +0000\n@@ -1 +0,0 @@\n-a\n", "d/x", ""},
	} {
		f := fileOf(t, test.diff)
		if f.OldPath != test.old || f.NewPath != test.new {
			t.Errorf("%s: %q becomes %q, want %q and %q", test.name, f.OldPath, f.NewPath, test.old, test.new)
		}
	}
	series, err := patch.Parse(strings.NewReader("--- /dev/null\n+++ linux/new\n"+all+"--- linux.orig/x\n+++ linux/x\n"+hunk), patch.Limits{})
	if err != nil || series.Patches[0].Files[0].NewPath != "new" {
		t.Errorf("prefix of a new file is not that of the others: %v, %+v", err, series)
	}
}

func TestApplyNear(t *testing.T) {
	t.Parallel()
	const middle = header + "@@ -3,3 +3,3 @@\n b\n-c\n+C\n d\n"
	const top = header + "@@ -1,2 +1,2 @@\n-c\n+C\n d\n"
	const bottom = header + "@@ -3,2 +3,2 @@\n b\n-c\n+C\n"
	const two = middle + "@@ -13,3 +13,3 @@\n b\n-c\n+C\n d\n"
	const block = "b\nc\nd\n"
	xs, ys := "x\nx\n", strings.Repeat("y\n", 7)
	for _, test := range []struct {
		name, diff, pre, want string // want is the contents, or the error
		offsets               []int
	}{
		{"stated place", middle, xs + block, xs + "b\nC\nd\n", []int{0}},
		{"stated place of several", middle, xs + block + block, xs + "b\nC\nd\n" + block, []int{0}},
		{"further down", middle, xs + xs + block + ys, xs + xs + "b\nC\nd\n" + ys, []int{2}},
		{"further up", middle, block, "b\nC\nd\n", []int{-2}},
		{"several places", middle, block + block, "it fits at line 1 and at line 4", nil},
		{"nowhere", middle, xs + "b\nc \nd\n", "its lines are not in the file", nil},
		{"nothing to search in", middle, "", "its lines are not in the file", nil},
		{"two hunks as stated", two, xs + block + ys + block, xs + "b\nC\nd\n" + ys + "b\nC\nd\n", []int{0, 0}},
		{"two hunks that may have moved", two, "x\n" + block + ys + block, "it fits at line 2 and at line 12", nil},
		{"second hunk moved further", two, xs + block + ys + ys + block, xs + "b\nC\nd\n" + ys + ys + "b\nC\nd\n", []int{0, 7}},
		{"second hunk only before the first", two, xs + block + ys, "its lines are not in the file", nil},
		{"top", top, "c\nd\n" + xs, "C\nd\n" + xs, []int{0}},
		{"top has moved", top, xs + "c\nd\n", "its lines are in the file, but not at the start or end to which they belong", nil},
		{"bottom", bottom, ys + "b\nc\n", ys + "b\nC\n", []int{5}},
		{"bottom has moved", bottom, xs + block, "its lines are in the file, but not at the start or end to which they belong", nil},
		{"no context", header + "@@ -2,0 +3 @@\n+c\n", xs, "it has no line that would show its place", nil},
		{"no context, no file", header + "@@ -0,0 +1 @@\n+c\n", "", "c\n", []int{0}},
		{"no newline is context", header + "@@ -1,2 +1,2 @@\n-b\n+B\n c\n" + noTail, "b\nc\n", "its lines are not in the file", nil},
		{"repeats of a beginning", header + "@@ -9,4 +9,4 @@\n b\n b\n-c\n+C\n d\n", "b\nb\nb\nb\nc\nd\n", "b\nb\nb\nb\nC\nd\n", []int{-6}},
	} {
		got, offsets, err := fileOf(t, test.diff).ApplyNear([]byte(test.pre))
		if test.offsets == nil {
			if err == nil || !strings.HasSuffix(err.Error(), ": "+test.want) {
				t.Errorf("%s: got %q, %v, %v, want error %s", test.name, got, offsets, err, test.want)
			}
			continue
		}
		if err != nil || string(got) != test.want || !slices.Equal(offsets, test.offsets) {
			t.Errorf("%s: got %q, %v, %v, want %q, %v", test.name, got, offsets, err, test.want, test.offsets)
		}
		if theirs, ok := gitApply(t, test.diff, test.pre); !ok || theirs != test.want {
			t.Errorf("%s: git apply gives %q, %t, want %q", test.name, theirs, ok, test.want)
		}
	}
}

// gitApply lets git apply a diff of x.
func gitApply(t *testing.T, diff, pre string) (post string, ok bool) {
	t.Helper()
	repo := gittest.New(t, "-- commit on main: base --\n")
	repo.Write(t, "x", pre)
	ok = repo.Run(t, diff, "apply", "-").Exit == 0
	text, err := os.ReadFile(filepath.Join(repo.Dir, "x"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text), ok
}

// drawText draws a text of few different lines, so that places repeat.
func drawText(t *rapid.T, label string) string {
	line := rapid.SampledFrom([]string{"a", "b", "c", "", "-- x", "++ x", "@@ -1 +1 @@", "diff --git a/x b/x", "\\ No newline", "r\r"})
	text := strings.Join(rapid.SliceOfN(line, 0, 30).Draw(t, label), "\n")
	if text != "" && rapid.Bool().Draw(t, label+" ends in a newline") {
		text += "\n"
	}
	return text
}

// TestApplyGitDiff applies what git diff says of two random texts.
func TestApplyGitDiff(t *testing.T) {
	t.Parallel()
	repo := gittest.New(t, "-- commit on main: base --\n")
	rapid.Check(t, func(rt *rapid.T) {
		pre, post := drawText(rt, "pre"), drawText(rt, "post")
		if pre == post {
			return
		}
		context := rapid.IntRange(0, 3).Draw(rt, "context")
		repo.Write(t, "old", pre)
		repo.Write(t, "new", post)
		said := repo.Run(t, "", "diff", "--no-index", "--text", fmt.Sprintf("-U%d", context), "old", "new").Stdout
		f := fileOf(rt, strings.ReplaceAll(strings.Replace(said, "a/old b/new", "a/x b/x", 1), "--- a/old\n+++ b/new\n", "--- a/x\n+++ b/x\n"))
		if got, err := f.Apply([]byte(pre)); err != nil || string(got) != post {
			rt.Errorf("%s\n%q becomes %q, %v, want %q", said, pre, got, err, post)
		}
		if context == 0 {
			return
		}
		got, offsets, err := f.ApplyNear([]byte(pre))
		if err != nil || string(got) != post || slices.ContainsFunc(offsets, func(n int) bool { return n != 0 }) {
			rt.Errorf("%s\n%q becomes %q, %v, %v, want %q", said, pre, got, offsets, err, post)
		}
	})
}

// TestApplyNearShift puts lines before a text of distinct lines: every hunk
// that neither begins nor ends the file is found that much further down.
func TestApplyNearShift(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(10, 60).Draw(rt, "lines")
		at := rapid.IntRange(4, n-4).Draw(rt, "changed line")
		shift := rapid.IntRange(-3, 9).Draw(rt, "shift")
		var lines []string
		for i := range n {
			lines = append(lines, fmt.Sprintf("line %d\n", i+1))
		}
		changed := slices.Clone(lines)
		changed[at-1] = "new\n"
		diff := header + fmt.Sprintf("@@ -%d,3 +%d,3 @@\n %s-%s+new\n %s", at-1, at-1, lines[at-2], lines[at-1], lines[at])
		moved := func(l []string) string {
			if shift < 0 {
				return strings.Join(l[-shift:], "")
			}
			return strings.Repeat("x\n", shift) + strings.Join(l, "")
		}
		if shift < 0 && at-2 < -shift {
			return // a line of context would be gone
		}
		got, offsets, err := fileOf(rt, diff).ApplyNear([]byte(moved(lines)))
		if err != nil || string(got) != moved(changed) || !slices.Equal(offsets, []int{shift}) {
			rt.Errorf("got %q, %v, %v", got, offsets, err)
		}
	})
}

// TestApplyNearBounds keeps the cost of a search in check: every hunk is made
// to run through the whole text.
func TestApplyNearBounds(t *testing.T) {
	t.Parallel()
	long := []byte(strings.Repeat("\n", 4<<20+1))
	if _, _, err := fileOf(t, smallDiff).ApplyNear(long); err == nil || !strings.HasSuffix(err.Error(), "its place can't be searched") {
		t.Errorf("text of many lines: %v", err)
	}
}
