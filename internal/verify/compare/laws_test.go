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
	vocabulary := rapid.SampledFrom([][]string{
		{"a", "b", "", "}"},
		{"func f() {", "\tx()", "\ty()", "}", "", "// why"},
		{"int f(void)", "{", "\tx();", "}", "", "#include <a>"},
		{"one", "two", "three", "four", "five", "six", "seven", ""},
	}).Draw(t, "vocabulary")
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

// TestSameByGit: where git's diffs of the two changes remove and add the same
// lines, nothing differs.
func TestSameByGit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	diff := func(before, after string) string {
		for name, text := range map[string]string{"a": before, "b": after} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return bodies(gitIn(t, dir, "diff", "--no-index", "--no-color", "-U0", "a", "b"))["b"]
	}
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
