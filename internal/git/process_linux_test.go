package git_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// children finds the processes, zombies aside, that work in a store.
func children(t *testing.T, dir string) []int {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, path := range lines {
		text, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(text, []byte("--git-dir="+dir)) {
			continue // it ended, or is another's
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}

func goneSoon(t *testing.T, dir string) {
	t.Helper()
	var left []int
	for range 200 {
		if left = children(t, dir); len(left) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("processes %v of the store are still there", left)
}

func TestKilledReaderIsReplaced(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, twoBranches, gittest.Bare())
	_, s := openAt(t, r.Dir)
	ids := blobs(t, s, 3)
	readsRight(t.Context(), t, s, ids)
	before := children(t, s.Dir)
	if len(before) == 0 {
		t.Fatal("no reader runs")
	}
	for _, pid := range before {
		if group, err := syscall.Getpgid(pid); err != nil || group == syscall.Getpgrp() {
			t.Errorf("Ctrl-C reaches process %d: %v", pid, err)
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	readsRight(t.Context(), t, s, ids)
	for _, pid := range children(t, s.Dir) {
		if slices.Contains(before, pid) {
			t.Errorf("process %d was killed and is there", pid)
		}
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil { // also one that does not answer
		t.Error(err)
	}
	goneSoon(t, s.Dir)
}

func TestReaderKilledWhileItAnswers(t *testing.T) {
	t.Parallel()
	s := oneReader(t)
	ids := blobs(t, s, 3)
	many := slices.Repeat(ids, 20_000) // more than pipes and buffers hold
	err := s.ReadAll(t.Context(), many, func(i int, _ git.Object) error {
		if i == 10 {
			for _, pid := range children(t, s.Dir) {
				if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("got %v, want that it was killed", err)
	}
	readsRight(t.Context(), t, s, ids)
}

const (
	victimVariable = "BACKSTAY_TEST_VICTIM"
	victimScratch  = "BACKSTAY_TEST_SCRATCH"
)

// TestVictim is the process that TestKilledProcess kills.
func TestVictim(t *testing.T) {
	dir := os.Getenv(victimVariable)
	if dir == "" {
		t.Skip("only runs as a child of TestKilledProcess")
	}
	_, s := openWith(t, dir, 1, git.Options{Env: gittest.Env(), Scratch: os.Getenv(victimScratch)})
	readsRight(t.Context(), t, s, blobs(t, s, 1))
	if _, err := os.Stdout.WriteString("store " + s.Dir + "\n"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Minute)
}

// A process that is killed takes its readers along, and what it leaves is
// swept away by the next; the store of one that lives is not.
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, twoBranches, gittest.Bare())
	scratch := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestVictim$", "-test.v")
	cmd.Env = append(os.Environ(), victimVariable+"="+r.Dir, victimScratch+"="+scratch)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said []byte
	for buf := make([]byte, 4096); !bytes.Contains(said, []byte("store ")) || !bytes.HasSuffix(said, []byte("\n")); {
		n, err := out.Read(buf)
		if said = append(said, buf[:n]...); err != nil {
			break
		}
	}
	_, rest, _ := strings.Cut(string(said), "store ")
	dir, _, _ := strings.Cut(rest, "\n")
	if dir == "" || len(children(t, dir)) == 0 {
		t.Fatalf("the victim said %q and has no reader", said)
	}
	old := time.Now().Add(-time.Hour)
	age := func(dir string) {
		if err := os.Chtimes(dir, old, old); err != nil {
			t.Fatal(err)
		}
	}
	_, live := openWith(t, r.Dir, 1, git.Options{Env: gittest.Env(), Scratch: scratch})
	age(live.Dir)
	age(dir)
	if _, err := os.Stat(dir); err != nil {
		t.Fatal(err)
	}
	openWith(t, r.Dir, 1, git.Options{Env: gittest.Env(), Scratch: scratch})
	if _, err := os.Stat(dir); err != nil {
		t.Errorf("a living process lost its store: %v", err)
	}

	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	goneSoon(t, dir)
	openWith(t, r.Dir, 1, git.Options{Env: gittest.Env(), Scratch: scratch})
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the dead process's store: %v", err)
	}
	readsRight(t.Context(), t, live, blobs(t, live, 2))
}
