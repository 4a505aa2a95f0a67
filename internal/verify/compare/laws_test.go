package compare

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gittest"
)

// drawn is a text, an edit of it, and the same for another version of the text.
type drawn struct{ before, after, onto, ported string }

// drawPair draws a text of few different lines, changes some here and there for
// the target, and makes the same edits, mostly, on both.
func drawPair(t *rapid.T) drawn {
	return drawFrom(t, rapid.SampledFrom([][]string{
		{"a", "b", "", "}"},
		{"func f() {", "\tx()", "\ty()", "}", "", "// why"},
		{"int f(void)", "{", "\tx();", "}", "", "#include <a>"},
		{"one", "two", "three", "four", "five", "six", "seven", ""},
	}).Draw(t, "vocabulary"))
}

// drawFrom is drawPair with lines of a vocabulary.
func drawFrom(t *rapid.T, vocabulary []string) drawn {
	line := func(name string) string { return rapid.SampledFrom(vocabulary).Draw(t, name) }
	n := rapid.IntRange(0, 30).Draw(t, "lines")
	var d [4]strings.Builder
	add := func(to string, l string) {
		for i, c := range to {
			if c == 'x' {
				d[i].WriteString(l + "\n")
			}
		}
	}
	// The texts are before, after, onto and ported.
	for i := range n {
		switch rapid.SampledFrom([]string{"keep", "keep", "keep", "keep", "keep", "add", "remove", "replace", "theirs", "ours", "extra"}).Draw(t, fmt.Sprint("edit", i)) {
		case "keep":
			add("xxxx", line("l"))
		case "add":
			add(" x x", line("l"))
		case "remove":
			add("x x ", line("l"))
		case "replace":
			add("x x ", line("l"))
			add(" x x", line("l"))
		case "ours":
			add("xx  ", line("l"))
		case "theirs":
			add("  xx", line("l"))
		case "extra":
			if rapid.IntRange(0, 5).Draw(t, "extra") == 0 {
				add("   x", line("l"))
			} else {
				add("xxxx", line("l"))
			}
		}
	}
	out := drawn{d[0].String(), d[1].String(), d[2].String(), d[3].String()}
	for _, s := range []*string{&out.after, &out.ported} {
		if rapid.IntRange(0, 19).Draw(t, "end") == 0 {
			*s = strings.TrimSuffix(*s, "\n")
		}
	}
	return out
}

func (d drawn) files(path string) (a, b []File) {
	return edit(path, d.before, d.after), edit(path, d.onto, d.ported)
}

// gitIn runs git, which may find a difference.
func gitIn(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir, cmd.Env = dir, append(gittest.Env(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 && stderr.Len() == 0 {
		err = nil
	}
	if err != nil {
		t.Fatalf("git %v: %v: %s", args, err, stderr.Bytes())
	}
	return string(out)
}

func anyDiffers(list []backport.FunctionDiff) bool {
	for _, d := range list {
		if d.State != backport.FunctionIdentical && d.State != backport.FunctionContext {
			return true
		}
	}
	return false
}

// differ gives the removed and added lines between two texts by git's diff.
func differ(t *testing.T) func(before, after string) string {
	dir := t.TempDir()
	return func(before, after string) string {
		for name, text := range map[string]string{"a": before, "b": after} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		text := bodies(gitIn(t, dir, "diff", "--no-index", "--no-color", "-U0", "a", "b"))["b"]
		return strings.ReplaceAll(text, hunkStart, "")
	}
}

// TestSameByGit: where git's diffs of the two changes remove and add the same
// lines, nothing differs.
func TestSameByGit(t *testing.T) {
	t.Parallel()
	diff := differ(t)
	equal := 0
	rapid.Check(t, func(rt *rapid.T) {
		d := drawPair(rt)
		if diff(d.before, d.after) != diff(d.onto, d.ported) {
			return
		}
		equal++
		path := rapid.SampledFrom([]string{"a.go", "a.c", "a.txt"}).Draw(rt, "path")
		a, b := d.files(path)
		if got := Functions(a, b); anyDiffers(got) {
			rt.Fatalf("git's diffs are\n%s\nbut\n%s", diff(d.before, d.after), show(got))
		}
	})
	if equal == 0 {
		t.Error("no two diffs were the same")
	}
}

// TestSameFunctionByGit: that holds for one function, too, whatever differs in
// another.
func TestSameFunctionByGit(t *testing.T) {
	t.Parallel()
	diff := differ(t)
	equal := 0
	rapid.Check(t, func(rt *rapid.T) {
		d := drawFrom(rt, []string{"\tx()", "\ty()", "", "\t// why", "\treturn"})
		file := func(body, other string) string {
			return "package p\n\nfunc f() {\n" + strings.TrimSuffix(body, "\n") + "\n}\n\nfunc g() {\n\tfirst()\n" + other + "\tlast()\n}\n"
		}
		one := func(body string) string { return file(body, "") }
		if said := diff(one(d.before), one(d.after)); said == "" || said != diff(one(d.onto), one(d.ported)) {
			return
		}
		equal++
		got := Functions(edit("a.go", file(d.before, ""), file(d.after, "\tone()\n")), edit("a.go", file(d.onto, ""), file(d.ported, "\tanother()\n")))
		for _, f := range got {
			if f.State != backport.FunctionIdentical && f.State != backport.FunctionContext && (f.Original == nil || f.Original.Name != "g") {
				rt.Fatalf("git's diffs are\n%s\nbut\n%s", diff(one(d.before), one(d.after)), show(got))
			}
		}
		if !anyDiffers(got) {
			rt.Fatalf("g should differ:\n%s", show(got))
		}
	})
	if equal == 0 {
		t.Error("no two functions were the same")
	}
}

// TestSameByRangeDiff: where git range-diff calls two commits equal, nothing
// differs.
func TestSameByRangeDiff(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	gitIn(t, dir, "init", "-q", "--bare", ".")
	equal, n := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		if n++; n > 40 {
			return // a check costs 60 ms
		}
		path := rapid.SampledFrom([]string{"a.go", "a.c", "a.txt"}).Draw(rt, "path")
		d := drawPair(rt)
		var in strings.Builder
		for i, text := range []string{d.before, d.after, d.onto, d.ported} {
			fmt.Fprintf(&in, "commit refs/heads/%d-%d\ncommitter A <a@example.org> %d +0000\ndata 1\nx\n", n, i, i)
			if i%2 == 1 {
				fmt.Fprintf(&in, "from refs/heads/%d-%d\n", n, i-1)
			}
			fmt.Fprintf(&in, "M 100644 inline %s\ndata %d\n%s\n", path, len(text), text)
		}
		cmd := exec.CommandContext(t.Context(), "git", "fast-import", "--quiet", "--force")
		cmd.Dir, cmd.Env, cmd.Stdin = dir, gittest.Env(), strings.NewReader(in.String())
		if out, err := cmd.CombinedOutput(); err != nil {
			rt.Fatalf("git fast-import: %v: %s", err, out)
		}
		name := func(i int) string { return fmt.Sprintf("%d-%d", n, i) }
		said := gitIn(t, dir, "range-diff", "--no-color", "--creation-factor=999", name(0)+".."+name(1), name(2)+".."+name(3))
		if f := strings.Fields(said); len(f) < 3 || f[2] != "=" {
			return
		}
		equal++
		a, b := d.files(path)
		if got := Functions(a, b); anyDiffers(got) {
			rt.Fatalf("git range-diff says\n%s\nbut\n%s", said, show(got))
		}
	})
	if equal == 0 {
		t.Error("no two commits were equal")
	}
}

// drawChange draws a change of a few files, whose functions come from a common
// stock, some of them elsewhere or renamed.
func drawChange(t *rapid.T, name string) []File {
	var out []File
	for i := range rapid.IntRange(0, 3).Draw(t, name+"files") {
		path := rapid.SampledFrom([]string{"a.go", "b.go", "c.c", "d/a.go", "README.md", "x"}).Draw(t, fmt.Sprint(name, "path", i))
		text := func(side string) []byte {
			if rapid.IntRange(0, 9).Draw(t, "no"+side) == 0 {
				return nil
			}
			parts := rapid.SliceOfN(rapid.SampledFrom([]string{
				"func f() {\n\tone()\n\ttwo()\n\tthree()\n}\n\n", "func f() {\n\tone()\n\tthree()\n}\n\n", "func g() {\n\tone()\n\ttwo()\n\tthree()\n}\n",
				"// why\nfunc g() {\n\tone()\n\ttwo(2)\n\tthree()\n}\n\n", "#include <x>\n", "int x;\n", "\n", "}\n", "# Title\ntext\n", "\x00", "é\xff\n", "crlf\r\n", "end",
				"type t struct {\n\ta int\n}\n\nfunc (t) f() {\n\tone()\n}\n",
			}), 0, 8).Draw(t, side)
			return []byte(strings.Join(parts, ""))
		}
		f := File{Path: path, Before: text("before"), After: text("after")}
		if rapid.IntRange(0, 5).Draw(t, "renamed") == 0 {
			f.OldPath = "old/" + path
		}
		out = append(out, f)
	}
	return out
}

// count counts the lines of one side's files that must be told of.
func count(files []File) int {
	n, budget := 0, maxTotal
	for i, f := range files {
		c := newChange(f, i, newLines(), &budget)
		n += len(c.ops) + len(c.header())
	}
	return n
}

// told counts the lines of one side that a result tells of.
func told(list []backport.FunctionDiff, side string) int {
	n := 0
	for _, d := range list {
		n += d.Same
		for _, l := range d.Lines {
			if l.Side == side && l.Op != " " && l.Text != noEnd {
				n++
			}
		}
	}
	return n
}

// TestEveryLineIsTold: what a change does is shown or counted, once; equal
// changes are identical; and nothing is changed that was given.
func TestEveryLineIsTold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		a, b := drawChange(rt, "a"), drawChange(rt, "b")
		before := fmt.Sprint(a, b)
		got := Functions(a, b)
		if after := fmt.Sprint(a, b); after != before {
			rt.Fatalf("changed %s to %s", before, after)
		}
		for side, files := range map[string][]File{"original": a, "backport": b} {
			want := count(files)
			if n := told(got, side); n != want {
				rt.Fatalf("%d of %d lines of the %s in\n%s", n, want, side, show(got))
			}
		}
		if again := Functions(a, b); show(again) != show(got) {
			rt.Fatalf("first\n%s\nthen\n%s", show(got), show(again))
		}
		for _, d := range Functions(a, a) {
			if d.State != backport.FunctionIdentical || len(d.Lines) > 0 {
				rt.Fatalf("a change beside itself:\n%s", show([]backport.FunctionDiff{d}))
			}
		}
	})
}

func FuzzFunctions(f *testing.F) {
	f.Add("a.go", "b.go", []byte("func f() {\n\tx()\n}\n"), []byte("func f() {\n\ty()\n}\n"), []byte("func g() {\n\tx()\n}\n"), []byte("func g() {\n\ty()\n}\n"))
	f.Add("a.c", "a.c", []byte("int f(void)\n{\n}\n"), []byte("int f(void)\n{\n}\n\nint g(void)\n{\n}\n"), []byte("a\r\n"), []byte("b"))
	f.Add("x.py", "y.py", []byte("class A:\n  def f(self):\n    pass\n"), []byte(""), []byte("\x00"), []byte("# c\n@d\ndef f():\n  pass\n"))
	f.Fuzz(func(t *testing.T, p, q string, before, after, onto, ported []byte) {
		a, b := []File{{Path: p, Before: before, After: after}}, []File{{Path: q, Before: onto, After: ported}}
		got := Functions(a, b)
		for side, files := range map[string][]File{"original": a, "backport": b} {
			if n, want := told(got, side), count(files); n != want {
				t.Fatalf("%d of %d lines of the %s in\n%s", n, want, side, show(got))
			}
		}
	})
}
