package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/config"
	"backstay.dev/backstay/internal/git"
)

func TestSideLines(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"":                 {"(nothing)"},
		"a\n\tb\n":         {"a", "\tb"},
		"a\r\n":            {`a\r`},
		"a":                {"a", `\ no newline at the end`},
		"\n":               {""},
		"x\ty\x1b[1m\tz\n": {"x\ty\\x1b[1m\tz"},
	} {
		if got := sideLines(in, maxSide); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	long := sideLines(strings.Repeat("x\n", maxSide+7), maxSide)
	if len(long) != maxSide+1 || long[maxSide] != "(7 more lines)" {
		t.Errorf("a long side has %d lines and ends with %q", len(long), long[len(long)-1])
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errNeedsPerson, 1},
		{also(errNeedsPerson, nil), 1},
		{also(errNeedsPerson, io.ErrUnexpectedEOF), 3},
		{fmt.Errorf("x: %w", &backport.InputError{What: "y"}), 2},
		{fmt.Errorf("x: %w", &config.Error{}), 2},
		{fmt.Errorf("x: %w", git.ErrNoRepository), 2},
		{fmt.Errorf("x: %w", git.ErrTooOld), 3},
		{&os.PathError{Op: "write", Err: syscall.ENOSPC}, 3},
		{fmt.Errorf("write: %w", syscall.EPIPE), 0},
		{fmt.Errorf("x: %w", context.Canceled), 130},
		{errors.New("anything"), 3},
	} {
		if got := status(tt.err); got != tt.want {
			t.Errorf("status(%v) = %d, want %d", tt.err, got, tt.want)
		}
	}
}

// A failure is one line and at most one hint, whatever the error's text has.
func TestReport(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want string
	}{
		{errors.New("a\x1b[2J\nb"), "error: a\\x1b[2J\\nb\n"},
		{&backport.InputError{What: "w", Hint: "h"}, "error: w\nhint: h\n"},
		{fmt.Errorf("x: %w", &git.MissingError{IDs: []string{"abc"}}), "error: x: this repository lacks the object abc\nhint: git fsck says what is damaged; another clone may have it\n"},
		{&lackError{fmt.Errorf("x: %w", &git.MissingError{IDs: []string{"abc"}}), []string{"o"}, true}, "error: x: this repository lacks the object abc\nhint: it is a partial clone: add --fetch to have git fetch what it lacks from o\n"},
		{&lackError{fmt.Errorf("x: %w", &git.MissingError{IDs: []string{"abc"}}), []string{"o"}, false}, "error: x: this repository lacks the object abc\nhint: o does not have it either; another clone may\n"},
		{fmt.Errorf("x: %w", &git.FetchError{Remote: "o", Err: errors.New("gone")}), "error: fetch what this partial clone lacks from o: gone\nhint: see what git fetch o says; without --fetch nothing is fetched\n"},
		{errNeedsPerson, ""},
		{nil, ""},
	} {
		a, _, stderr := testApp(t)
		a.report(tt.err)
		if got := stderr.String(); got != tt.want {
			t.Errorf("%v:\ngot  %q\nwant %q", tt.err, got, tt.want)
		}
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	a, _, stderr := testApp(t)
	p := a.progress()
	p.start = time.Now().Add(-2 * progressAfter)
	p.update("commits", 1, 2)
	if stderr.Len() > 0 {
		t.Errorf("a file got %q", stderr)
	}
	a.ErrWidth = 60
	p.start = time.Now()
	p.update("commits", 1, 2)
	if stderr.Len() > 0 {
		t.Errorf("in the first second there is %q", stderr)
	}
	p.start = time.Now().Add(-2 * progressAfter)
	p.update("commits", 1, 2)
	p.update("commits", 2, 2) // too soon
	p.done()
	p.update("commits", 2, 2)
	want := "\rcommits  1 of 2  [############............]\x1b[K\r\x1b[K"
	if got := stderr.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestBarFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 100).Draw(t, "width")
		line := bar("patch-ids", rapid.IntRange(-5, 2000).Draw(t, "done"), rapid.IntRange(0, 1000).Draw(t, "total"), width)
		if n := utf8.RuneCountInString(line); n >= width && n > 0 {
			t.Fatalf("%q has %d columns, the terminal %d", line, n, width)
		}
	})
}

func TestPatientReader(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("0123456789", 20_000)
	got, err := io.ReadAll(&patientReader{ctx: t.Context(), from: strings.NewReader(text)})
	if err != nil || string(got) != text {
		t.Errorf("%d of %d bytes, %v", len(got), len(text), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	never, feed := io.Pipe()
	defer feed.Close()
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := io.ReadAll(&patientReader{ctx: ctx, from: never}); !errors.Is(err, context.Canceled) {
		t.Errorf("an interrupted wait ended with %v", err)
	}
}

// What is printed for pasting means the same to a shell.
func TestShellWord(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no POSIX shell")
	}
	for _, word := range []string{
		"plain", "a b", "it's", "$HOME", "`id`", "a;b", "release/*", "~", "~/x", "HEAD~2", "a\\b", "\"q\"", "", "-x", "é", "a&b", "x=1", "main~2..main", "!x",
	} {
		var out bytes.Buffer
		cmd := exec.CommandContext(t.Context(), sh, "-c", "printf %s "+shellWord(word))
		cmd.Stdout = &out
		if word == "-x" {
			cmd.Args[2] = "printf %s -- " + shellWord(word)
		}
		if err := cmd.Run(); err != nil {
			t.Errorf("%q: %v", word, err)
			continue
		}
		if got := strings.TrimPrefix(out.String(), "--"); got != word {
			t.Errorf("%q came out as %q", word, got)
		}
	}
	if got := shellWord("a\x1b\nb"); got != `'a\x1b\nb'` {
		t.Errorf("control characters came out as %s", got)
	}
}
