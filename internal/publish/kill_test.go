//go:build unix

package publish

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// victims names the repositories that this process is to publish to, instead
// of running tests.
const victims = "BACKSTAY_TEST_PUBLISH_TO"

func TestMain(m *testing.M) {
	if dirs := os.Getenv(victims); dirs != "" {
		if err := publishTen(context.Background(), filepath.SplitList(dirs), func() { fmt.Println("ready") }); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// publishTen carries the fix, two commits, to r/0 … r/9 of each repository.
// ready is called when only publishing is left to do.
func publishTen(ctx context.Context, dirs []string, ready func()) error {
	var jobs []func() error
	for _, dir := range dirs {
		repo, err := git.Open(ctx, dir, git.Options{Env: gittest.Env(), Scratch: dir + ".scratch"})
		if err != nil {
			return err
		}
		store, err := repo.NewStore(ctx, 1)
		if err != nil {
			return err
		}
		defer store.Close()
		steps, err := repo.RefValues(ctx, []string{"refs/heads/main~2", "refs/heads/main~1"})
		if err != nil {
			return err
		}
		var targets []string
		for i := range 10 {
			targets = append(targets, fmt.Sprintf("refs/heads/r/%d", i))
		}
		picks, err := makePicks(ctx, repo, store, "x", targets, steps["refs/heads/main~2"], steps["refs/heads/main~1"])
		if err != nil {
			return err
		}
		jobs = append(jobs, func() error {
			out, err := Branches(ctx, repo, store, picks, Options{})
			for _, p := range out {
				if p.Error != "" {
					err = errors.Join(err, errors.New(p.Error))
				}
			}
			return err
		})
	}
	ready()
	for _, job := range jobs {
		if err := job(); err != nil {
			return err
		}
	}
	return nil
}

// A process that publishes is killed at a random moment, alone or with its
// process group. Then: no lock and no unfinished file, nothing damaged, every
// branch with its record and complete or not there at all, and a repeat
// finishes the job.
func TestKilledAndRepeated(t *testing.T) {
	t.Parallel()
	rounds := 8
	if os.Getenv("BACKSTAY_SLOW") != "" {
		rounds = 300
	}
	template := gittest.New(t, tenReleases())
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var start time.Time
	if err := publishTen(t.Context(), []string{copyOf(t, template.Dir), copyOf(t, template.Dir)}, func() { start = time.Now() }); err != nil {
		t.Fatal(err)
	}
	window := time.Since(start)
	found := map[int]int{}
	for round := range rounds {
		dirs := []string{copyOf(t, template.Dir), copyOf(t, template.Dir)}
		cmd := exec.CommandContext(t.Context(), self)
		cmd.Env = append(gittest.Env(), victims+"="+strings.Join(dirs, string(filepath.ListSeparator)))
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		said, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(said).ReadString('\n'); line != "ready\n" {
			t.Fatalf("%q, %v", line, err)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(window))))
		pid, signal := cmd.Process.Pid, syscall.SIGKILL
		switch round % 4 {
		case 1, 2:
			pid = -pid
		case 3: // Ctrl-C
			pid, signal = -pid, syscall.SIGINT
		}
		if err := syscall.Kill(pid, signal); err != nil {
			t.Fatal(err)
		}
		// Keep the window as wide as publishing takes at the moment.
		if cmd.Wait() == nil {
			window = window * 3 / 4
		} else {
			window = window * 5 / 4
		}
		var again []string
		for _, dir := range dirs {
			r := &gittest.Repo{Dir: dir}
			waitForWriters(t, dir)
			r.Fsck(t)
			n := completeBranches(t, r)
			found[n]++
			if n < 10 {
				again = append(again, dir)
			}
		}
		if err := publishTen(t.Context(), again, func() {}); err != nil {
			t.Fatal(err)
		}
		for _, dir := range again {
			if n := completeBranches(t, &gittest.Repo{Dir: dir}); n != 10 {
				t.Fatalf("%d branches after the repeat", n)
			}
		}
	}
	t.Logf("branches found after the kill: %v", found)
}

// completeBranches counts the branches, of which none may be half done. That
// all objects are there fsck knows.
func completeBranches(t *testing.T, r *gittest.Repo) int {
	t.Helper()
	n := 0
	at := map[string]string{}
	for _, line := range strings.Split(r.Git(t, "for-each-ref", "--format=%(refname) %(objectname) %(subject)", "refs/heads/backport", "refs/backstay"), "\n") {
		if name, what, ok := strings.Cut(line, " "); ok {
			at[name] = what
		}
	}
	for name, what := range at {
		place, isBranch := strings.CutPrefix(name, branches)
		if isBranch {
			n++
		} else {
			place = strings.TrimPrefix(name, records)
		}
		if at[branches+place] != what || at[records+place] != what || !strings.HasSuffix(what, " lib: mend b") {
			t.Errorf("half done: %s %s", name, what)
		}
	}
	return n
}

func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "repo")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// waitForWriters waits for the git that may still be writing to this
// repository. Where the system lists no processes it waits for its files.
func waitForWriters(t *testing.T, dir string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if !running(dir) && !unfinished(t, dir) {
			return
		}
	}
	t.Fatalf("something is still being written to %s", dir)
}

func running(dir string) bool {
	lists, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(lists) == 0 {
		time.Sleep(200 * time.Millisecond)
		return false
	}
	for _, list := range lists {
		args, err := os.ReadFile(list)
		if err == nil && bytes.Contains(args, []byte("\x00"+dir+"\x00")) {
			return true
		}
	}
	return false
}

func unfinished(t *testing.T, dir string) bool {
	t.Helper()
	left := false
	err := filepath.WalkDir(filepath.Join(dir, ".git"), func(path string, d fs.DirEntry, err error) error {
		name := filepath.Base(path)
		left = left || strings.HasSuffix(name, ".lock") || strings.HasPrefix(name, "tmp_")
		return nil // files come and go while we look
	})
	if err != nil {
		t.Fatal(err)
	}
	return left
}
