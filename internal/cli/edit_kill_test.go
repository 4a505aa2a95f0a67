//go:build unix

package cli_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"backstay.dev/backstay/internal/gittest"
)

// editing runs the command on a repository of its own.
type editing struct {
	*gittest.Repo
	t     *testing.T
	state string
	env   []string
	// program is this test under the name by which TestMain knows the command.
	program string
}

func newEditing(t *testing.T, r *gittest.Repo) *editing {
	t.Helper()
	dir := t.TempDir()
	e := &editing{Repo: &gittest.Repo{Dir: filepath.Join(dir, "r")}, t: t, state: filepath.Join(dir, "state"), program: filepath.Join(dir, "backstay")}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	solve := filepath.Join(dir, "solve")
	script := "#!/bin/sh\nsed -i -e '/^<<<<<<< /,/^>>>>>>> /c\\\tfor i := 0; i < 44; i++ {' \"$1\"\n"
	for _, err := range []error{
		os.CopyFS(e.Dir, os.DirFS(r.Dir)), os.Symlink(self, e.program), os.WriteFile(solve, []byte(script), 0o755),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	e.env = append(gittest.Env(), "BACKSTAY_STATE="+e.state, "BACKSTAY_CACHE="+filepath.Join(dir, "cache"), "GIT_EDITOR="+solve)
	return e
}

func (e *editing) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(e.t.Context(), e.program, append([]string{"-C", e.Dir, "pick"}, args...)...)
	cmd.Env = e.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// run runs it to its end.
func (e *editing) run(args ...string) (exit int, said string) {
	e.t.Helper()
	out, err := e.command(args...).CombinedOutput()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return failed.ExitCode(), string(out)
	}
	if err != nil {
		e.t.Fatal(err)
	}
	return 0, string(out)
}

// killed runs it and kills it after a while, alone or with its children; it
// tells whether it had ended before.
func (e *editing) killed(after time.Duration, all bool, args ...string) bool {
	e.t.Helper()
	cmd := e.command(args...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		e.t.Fatal(err)
	}
	time.Sleep(after)
	pid := cmd.Process.Pid
	if all {
		pid = -pid
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		e.t.Fatal(err)
	}
	return cmd.Wait() == nil
}

// An edit is killed at random moments, again and again. A repeat ends it: with
// the branch, one answer, and nothing left behind.
func TestEditKilled(t *testing.T) {
	t.Parallel()
	rounds := 4
	if os.Getenv("BACKSTAY_SLOW") != "" {
		rounds = 200
	}
	text, err := os.ReadFile(filepath.Join("testdata", "repos", "net.txt"))
	if err != nil {
		t.Fatal(err)
	}
	template := gittest.New(t, string(text))
	fix := template.ID("chunk")
	begin := []string{fix, "--to", "release/1.9", "--git-only", "--edit"}
	branch := "backport/release/1.9/" + fix[:12]
	clock := newEditing(t, template)
	start := time.Now()
	if exit, said := clock.run(begin...); exit != 0 {
		t.Fatalf("exit status %d: %s", exit, said)
	}
	window := time.Since(start)
	want := clock.Git(t, "rev-parse", branch+"^{tree}")
	kills, states := 0, map[string]int{}
	for round := range rounds {
		e := newEditing(t, template)
		for range 3 {
			// What was begun is gone on with; what was not is begun.
			args := begin
			if left, err := filepath.Glob(filepath.Join(e.state, "*", "edit", "state")); err != nil {
				t.Fatal(err)
			} else if len(left) > 0 {
				args = []string{"--continue", "--edit"}
			}
			states[args[len(args)-2]]++
			if e.killed(time.Duration(rand.Int64N(int64(window))), round%2 == 0, args...) {
				break
			}
			kills++
		}
		time.Sleep(50 * time.Millisecond) // an editor whose parent was killed types on
		exit, said := e.run("--continue", "--edit")
		if exit == 2 && strings.Contains(said, "no edit is under way") {
			exit, said = e.run(begin...)
		}
		if exit != 0 {
			t.Fatalf("round %d: exit status %d: %s", round, exit, said)
		}
		if got := e.Git(t, "rev-parse", branch+"^{tree}"); got != want {
			t.Errorf("round %d: tree %s, want %s", round, got, want)
		}
		if got := e.Git(t, "ls-tree", "-r", "--name-only", "refs/backstay/resolutions"); len(strings.Fields(got)) != 1 {
			t.Errorf("round %d: resolutions %q", round, got)
		}
		left, err := filepath.Glob(filepath.Join(e.state, "*", "edit", "*"))
		if err != nil || len(left) > 0 {
			t.Errorf("round %d: %q is left, %v", round, left, err)
		}
		e.Fsck(t)
		if got := e.Git(t, "status", "--porcelain"); got != "" {
			t.Errorf("round %d: the checkout was touched: %s", round, got)
		}
	}
	t.Logf("%d kills in %d rounds; begun and continued: %v", kills, rounds, states)
}
