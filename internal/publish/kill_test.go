//go:build unix

package publish

import (
	"bufio"
	"bytes"
	"context"
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

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// victims names the repositories that this process is to publish to, instead
// of running tests.
const victims = "BACKSTAY_TEST_PUBLISH_TO"

func TestMain(m *testing.M) {
	if dirs := os.Getenv(victims); dirs != "" {
		fmt.Println("ready")
		for _, dir := range filepath.SplitList(dirs) {
			if err := publishTen(context.Background(), dir); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// publishTen carries the fix, two commits, to r/0 … r/9.
func publishTen(ctx context.Context, dir string) error {
	repo, err := git.Open(ctx, dir, git.Options{Env: gittest.Env(), Scratch: dir + ".scratch"})
	if err != nil {
		return err
	}
	store, err := repo.NewStore(ctx, 1)
	if err != nil {
		return err
	}
	defer store.Close()
	fix, err := repo.Resolve(ctx, "main~2")
	if err != nil {
		return err
	}
	next, err := repo.Resolve(ctx, "main~1")
	if err != nil {
		return err
	}
	var picks []backport.Pick
	for i := range 10 {
		p, err := makePick(ctx, repo, store, "x", fmt.Sprintf("refs/heads/r/%d", i), fix, next)
		if err != nil {
			return err
		}
		picks = append(picks, p)
	}
	out, err := Branches(ctx, repo, store, picks, Options{})
	if err != nil {
		return err
	}
	for _, p := range out {
		if p.Error != "" {
			return fmt.Errorf("%s", p.Error)
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
	rounds := 15
	if os.Getenv("BACKSTAY_SLOW") != "" {
		rounds = 300
	}
	template := gittest.New(t, tenReleases())
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := publishTen(t.Context(), copyOf(t, template.Dir)); err != nil {
		t.Fatal(err)
	}
	once := time.Since(start)
	found := map[string]int{}
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
		time.Sleep(time.Duration(rand.Int64N(int64(2 * once))))
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
		_ = cmd.Wait() // it was killed, or was quicker
		for _, dir := range dirs {
			r := &gittest.Repo{Dir: dir}
			waitForWriters(t, dir)
			r.Fsck(t)
			found[fmt.Sprint(completeBranches(t, r))]++
			if err := publishTen(t.Context(), dir); err != nil {
				t.Fatal(err)
			}
			if n := completeBranches(t, r); n != 10 {
				t.Fatalf("%d branches after the repeat", n)
			}
			r.Fsck(t)
		}
	}
	t.Logf("branches found after the kill: %v", found)
}

// completeBranches counts the branches, of which none may be half done.
func completeBranches(t *testing.T, r *gittest.Repo) int {
	t.Helper()
	n := 0
	at := map[string]string{}
	for _, line := range strings.Split(r.Git(t, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/backport", "refs/backstay"), "\n") {
		name, id, ok := strings.Cut(line, " ")
		if ok {
			at[name] = id
		}
	}
	for name, id := range at {
		slug, ok := strings.CutPrefix(name, branches)
		if !ok {
			if at[branches+strings.TrimPrefix(name, records)] != id {
				t.Errorf("%s without its branch", name)
			}
			continue
		}
		n++
		if at[records+slug] != id {
			t.Errorf("%s without its record", name)
		}
		target := "refs/heads/" + strings.TrimSuffix(slug, "/x")
		if got := r.Git(t, "log", "--format=%s", target+".."+name); got != "lib: mend b\nlib: mend two" {
			t.Errorf("%s has %q", name, got)
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
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
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
