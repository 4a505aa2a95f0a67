//go:build unix

package platform

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func recipe(t *testing.T, argv ...string) Recipe {
	t.Helper()
	return Recipe{Run: argv, Dir: t.TempDir(), Scratch: t.TempDir(), Path: "/usr/bin:/bin", Lang: "C.UTF-8", Timeout: time.Minute}
}

func TestRun(t *testing.T) {
	t.Setenv("SECRET", "s3")
	r := recipe(t, "sh", "-c", "echo out; echo err >&2; env; pwd; cat")
	out, err := Run(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"out\n", "err\n", "HOME=/", "/home", "TMPDIR=/", "PATH=/usr/bin:/bin", "LANG=C.UTF-8", "PWD=/"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q lacks %q", out, want)
		}
	}
	if strings.Contains(out, "SECRET") {
		t.Errorf("the environment was handed on: %q", out)
	}
}

// A name with a slash is the repository's own program; arguments are no shell's.
func TestRunOwnProgram(t *testing.T) {
	t.Parallel()
	r := recipe(t, "tools/gen", "$(id)", "a b")
	if err := os.MkdirAll(filepath.Join(r.Dir, "tools"), 0o755); err != nil {
		t.Fatal(err)
	}
	// The script is written by another process: a child that is being started
	// elsewhere may hold a file open that this one wrote.
	script := exec.CommandContext(t.Context(), "sh", "-c", `printf '#!/bin/sh\necho "$1|$2"\n' > tools/gen && chmod +x tools/gen`)
	script.Dir = r.Dir
	if err := script.Run(); err != nil {
		t.Fatal(err)
	}
	if out, err := Run(t.Context(), r); err != nil || out != "$(id)|a b\n" {
		t.Errorf("%q, %v", out, err)
	}
}

func TestRunFails(t *testing.T) {
	t.Parallel()
	var failed *FailedError
	if _, err := Run(t.Context(), recipe(t, "sh", "-c", "echo no; exit 3")); !errors.As(err, &failed) || failed.Status != 3 || failed.Output != "no\n" {
		t.Errorf("%#v", err)
	}
	for _, argv := range [][]string{nil, {""}, {"no-such-program"}, {"./no-such-program"}} {
		if _, err := Run(t.Context(), recipe(t, argv...)); err == nil || errors.As(err, &failed) {
			t.Errorf("%q: %v", argv, err)
		}
	}
	r := recipe(t, "sh")
	r.Path = ".:relative"
	if _, err := Run(t.Context(), r); err == nil || !strings.Contains(err.Error(), exec.ErrNotFound.Error()) {
		t.Errorf("a relative path was searched: %v", err)
	}
	if found, err := Find("sh", ".:relative:/usr/bin:/bin"); err != nil || !filepath.IsAbs(found) {
		t.Errorf("found %q, %v", found, err)
	}
	if found, err := Find("sh", ".:relative"); err == nil {
		t.Errorf("found %q in a relative path", found)
	}
}

// What a program starts ends with its time and its context.
func TestRunEnds(t *testing.T) {
	t.Parallel()
	r := recipe(t, "sh", "-c", "sleep 600 & sleep 600")
	r.Timeout = 100 * time.Millisecond
	start := time.Now()
	if _, err := Run(t.Context(), r); !errors.Is(err, ErrTimeout) {
		t.Errorf("%v, want %v", err, ErrTimeout)
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("took %v", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, recipe(t, "sh", "-c", "sleep 600")); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
}

func TestRunKeepsTheEnd(t *testing.T) {
	t.Parallel()
	r := recipe(t, "sh", "-c", "yes 0123456789 | head -c 3000000; echo; echo end")
	var log bytes.Buffer
	r.Log = &log
	out, err := Run(t.Context(), r)
	if log.Len() != 3000005 {
		t.Errorf("%d bytes are logged", log.Len())
	}
	if err != nil || len(out) > MaxTail || len(out) < MaxTail-100 || !strings.HasPrefix(out, "0123456789\n") || !strings.HasSuffix(out, "\nend\n") {
		t.Errorf("%d bytes, %v", len(out), err)
	}
}
