package textdiff

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/gittest"
)

// runGit runs git in dir and gives its output and exit status.
func runGit(t *testing.T, dir string, args ...string) (out string, status int) {
	t.Helper()
	return feedGit(t, dir, nil, args...)
}

// feedGit is runGit with an input.
func feedGit(t *testing.T, dir string, in io.Reader, args ...string) (out string, status int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Stdin = in
	cmd.Dir, cmd.Env = dir, append(gittest.Env(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) || stderr.Len() > 0 {
		t.Fatalf("git %v: %v\n%s", args, err, stderr.Bytes())
	}
	return stdout.String(), cmd.ProcessState.ExitCode()
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// triple is a case for merge-file.
type triple struct{ base, ours, theirs []byte }

// mergeFile asks git: the text, with markers where it conflicts, and the number
// of conflicts.
func (x triple) mergeFile(t *testing.T, dir string) (text string, conflicts int) {
	t.Helper()
	write(t, filepath.Join(dir, "base"), x.base)
	write(t, filepath.Join(dir, "ours"), x.ours)
	write(t, filepath.Join(dir, "theirs"), x.theirs)
	return runGit(t, dir, "merge-file", "-p", "-q", "-L", "ours", "-L", "base", "-L", "theirs", "ours", "base", "theirs")
}

// marked is the merged text with markers like git's; the lines all end in
// newlines.
func marked(m Merge) string {
	var b strings.Builder
	for _, r := range m.Regions {
		_, ours, theirs := m.Sides(r)
		switch r.Kind {
		case Conflict:
			fmt.Fprintf(&b, "<<<<<<< ours\n%s=======\n%s>>>>>>> theirs\n", ours, theirs)
		case Theirs:
			b.Write(theirs)
		default:
			b.Write(ours)
		}
	}
	return b.String()
}

// draw is a text of 5 to 44 lines, each one of six letters, and two versions of
// it with one to four edits. So few letters make every line ambiguous: what
// thousands of real files hide comes out in seconds.
func draw(r *rand.Rand) triple {
	letters := func(n int) []byte {
		out := make([]byte, n)
		for i := range out {
			out[i] = byte('a' + r.Intn(6))
		}
		return out
	}
	base := letters(5 + r.Intn(40))
	version := func() []byte {
		v := slices.Clone(base)
		for range 1 + r.Intn(4) {
			at, kind := r.Intn(len(v)+1), r.Intn(3)
			var drop int
			var put []byte
			if kind != 0 {
				drop = min(r.Intn(4), len(v)-at)
			}
			if kind != 1 {
				put = letters(r.Intn(4))
			}
			v = slices.Replace(v, at, at+drop, put...)
		}
		return spelled(string(v))
	}
	return triple{spelled(string(base)), version(), version()}
}

// BACKSTAY_SLOW=1 asks for fifty times as many.
func TestMerge3AgainstGit(t *testing.T) {
	t.Parallel()
	n := 400
	if os.Getenv("BACKSTAY_SLOW") != "" {
		n = 20_000
	}
	const workers = 2
	for w := range workers {
		t.Run(fmt.Sprint("seed ", w), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewSource(int64(w)))
			dir := t.TempDir()
			for range n / workers {
				x := draw(r)
				text, conflicts := x.mergeFile(t, dir)
				if got := marked(Merge3(x.base, x.ours, x.theirs)); got != text {
					t.Errorf("base %q ours %q theirs %q\ngit, %d conflicts:\n%s\ngot:\n%s", x.base, x.ours, x.theirs, conflicts, text, got)
				}
			}
		})
	}
}

// The shapes that letters do not have.
func TestMerge3ShapesAgainstGit(t *testing.T) {
	t.Parallel()
	equal := strings.Repeat("x\n", 100_000)
	long := strings.Repeat("y", 1<<20)
	tests := []struct{ name, base, ours, theirs string }{
		{"no final newline on one side", "a\nb\nc\n", "a\nb\nc", "A\nb\nc\n"},
		{"no final newline on one side, which the other changes", "a\nb\nc\n", "a\nb\nc", "a\nb\nC\n"},
		{"no final newline on both sides", "a\nb\nc\n", "A\nb\nc", "a\nb\nc"},
		{"no final newline in base alone", "a\nb\nc", "A\nb\nc\n", "a\nb\nc\n"},
		{"no final newline anywhere", "a\nb\nc", "A\nb\nc", "a\nb\nC"},
		{"a line added after no final newline", "a\nb\nc", "a\nb\nc\nd", "A\nb\nc"},
		{"CRLF on one side", "a\nb\nc\n", "a\r\nb\r\nc\r\n", "a\nB\nc\n"},
		{"CRLF on both sides", "a\nb\nc\n", "a\r\nb\r\nc\r\n", "a\r\nb\r\nc\r\n"},
		{"a lone carriage return", "a\rb\nc\nd\n", "A\rb\nc\nd\n", "a\rb\nc\nD\n"},
		{"all empty", "", "", ""},
		{"emptied on one side", "a\n", "", "a\n"},
		{"emptied on one side, changed on the other", "a\n", "", "b\n"},
		{"created alike", "", "a\nb\n", "a\nb\n"},
		{"created differently", "", "a\n", "b\n"},
		{"blank lines", "\n\n\n", "\n\n\n\n", "\n\n"},
		{"a long line changed", long + "\nb\nc\n", "z" + long + "\nb\nc\n", long + "\nb\nC\n"},
		{"a long line changed on both sides", long + "\n", "z" + long + "\n", long + "z\n"},
		{"equal lines, fewer and one other", equal, equal[:190_000], "y\n" + equal},
		{"equal lines, one other on each side", equal, equal[:100_000] + "y\n" + equal[100_000:], equal[:50_000] + "z\n" + equal[50_000:]},
		{"equal lines, fewer and more", equal, equal[:100_000], equal + equal[:2]},
	}
	dir := t.TempDir()
	for _, tt := range tests {
		x := triple{[]byte(tt.base), []byte(tt.ours), []byte(tt.theirs)}
		want, conflicts := x.mergeFile(t, dir)
		m := Merge3(x.base, x.ours, x.theirs)
		check(t, m, x.base, x.ours, x.theirs)
		got, clean := m.Text()
		if clean != (conflicts == 0) || len(m.Conflicts()) != conflicts {
			t.Errorf("%s: %d conflicts, git has %d", tt.name, len(m.Conflicts()), conflicts)
		} else if clean && string(got) != want {
			t.Errorf("%s: the texts differ", tt.name)
		}
	}
}

// No script is longer than the shortest git can find. All pairs go through one
// process.
func TestDiffAgainstGit(t *testing.T) {
	t.Parallel()
	const pairs = 300
	dir := t.TempDir()
	for _, side := range []string{"old", "new"} {
		if err := os.Mkdir(filepath.Join(dir, side), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r := rand.New(rand.NewSource(3))
	ours := make(map[string]int)
	for i := range pairs {
		x, y := draw(r), draw(r)
		name := fmt.Sprint(i)
		old, changedTo := slices.Concat(x.base, y.base), slices.Concat(x.ours, y.theirs)
		if i%10 == 0 {
			changedTo = y.ours // nothing to do with old
		}
		write(t, filepath.Join(dir, "old", name), old)
		write(t, filepath.Join(dir, "new", name), changedTo)
		ours["new/"+name] = changed(Diff(old, changedTo))
	}
	out, _ := runGit(t, dir, "diff", "--no-index", "--minimal", "--numstat", "-z", "old", "new")
	// added TAB deleted TAB NUL old NUL new NUL, for each pair that differs.
	fields := strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
	for ; len(fields) >= 3; fields = fields[3:] {
		var added, deleted int
		if _, err := fmt.Sscan(fields[0], &added, &deleted); err != nil {
			t.Fatalf("git says %q: %v", fields[0], err)
		}
		if got := ours[fields[2]]; got > added+deleted {
			t.Errorf("%s: %d changed lines, git has %d", fields[2], got, added+deleted)
		}
		delete(ours, fields[2])
	}
	for name, n := range ours {
		if n != 0 {
			t.Errorf("%s: %d changed lines, git has none", name, n)
		}
	}
}
