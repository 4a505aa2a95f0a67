package platform

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"backstay.dev/backstay/internal/backport"
)

// attack is what the test binary does as a command that means ill.
func attack(what string) int {
	switch what {
	case "takeover": // reach the first process while it may be reached
		for range 2000 {
			for _, name := range []string{"/proc/1/fd/4", "/proc/1/mem"} {
				if f, err := os.OpenFile(name, os.O_WRONLY, 0); err == nil {
					fmt.Println("has", name)
					_ = f.Close()
					return 1
				}
			}
		}
	case "escape": // each of these must fail
		if _, err := unix.KeyctlSearch(unix.KEY_SPEC_USER_KEYRING, "user", "none", 0); err != unix.EPERM {
			fmt.Println("keys:", err)
			return 1
		}
		if fd, err := unix.OpenTree(unix.AT_FDCWD, "/", unix.OPEN_TREE_CLONE); err != unix.EPERM {
			fmt.Println("mounts:", fd, err)
			return 1
		}
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			return fail(err)
		}
		for _, e := range entries {
			if name, _ := os.Readlink("/proc/self/fd/" + e.Name()); strings.Contains(name, "inherited") {
				fmt.Println("has", name)
				return 1
			}
		}
	case "blind": // keep the first process from counting
		for _, resource := range []int{unix.RLIMIT_NOFILE, unix.RLIMIT_NPROC} {
			if err := unix.Prlimit(os.Getppid(), resource, &unix.Rlimit{}, nil); err != nil {
				fmt.Println("prlimit:", err)
			}
		}
		return perform("hog")
	case "share": // 16 MiB more each time, mapped by nobody
		for n := range 64 {
			fd, err := unix.MemfdCreate("shared", 0)
			if err == nil {
				_, err = unix.Write(fd, make([]byte, 16<<20))
			}
			if err != nil {
				return fail(err)
			}
			fmt.Println(n + 1)
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(time.Second)
	}
	return 0
}

// Neither the user's keys, nor mounts, nor files that were left open.
func TestEscape(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "inherited")
	left, err := unix.Open(path, unix.O_CREAT|unix.O_RDWR, 0o600) // without O_CLOEXEC
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(left)
	run, env, readable := actor(t, "escape")
	b := open(t, LocalOptions{Readable: readable})
	b.needs(t, KeptProcesses)
	if r := b.run(t, Command{Run: run, Env: env, Time: time.Minute}); r.State != backport.RunPassed {
		t.Errorf("%+v", r)
	}
	// A control group ends processes that cannot be seen.
	r := b.sh(t, "unshare -UrmC sh -c 'mount -t cgroup2 none /tmp && ls /tmp'")
	if r.State == backport.RunPassed || strings.Contains(r.Tail, "cgroup.procs") {
		t.Errorf("%+v", r)
	}
	plain := open(t, LocalOptions{Unconfined: true})
	if r := plain.sh(t, "ls -l /proc/self/fd"); strings.Contains(r.Tail, "inherited") {
		t.Errorf("%+v", r)
	}
}

// Device files that lie about are no devices for a command.
func TestDeviceFiles(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	if err := unix.Mknod(filepath.Join(outside, "zero"), unix.S_IFCHR|0o666, 1<<8|5); err != nil {
		t.Skipf("no device can be made: %v", err)
	}
	b := open(t, LocalOptions{Readable: []string{outside}})
	b.needs(t, KeptFiles)
	if err := unix.Mknod(filepath.Join(b.dir, "zero"), unix.S_IFCHR|0o666, 1<<8|5); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{outside + "/zero", "./zero"} {
		if r := b.sh(t, "head -c 3 "+name+" | wc -c"); !strings.HasSuffix(r.Tail, "Permission denied\n0\n") {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// A command that configures git for itself does so at home, and no device is
// taken for a file that can be replaced.
func TestGitConfig(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	both(t, func(t *testing.T, o LocalOptions) {
		b := open(t, o)
		if r := b.sh(t, "env | grep /dev/"); r.Tail != "" {
			t.Fatalf("a command is told of %s", r.Tail)
		}
		r := b.sh(t, `git config --global a.b mine && git config --global --list --show-origin; test -s "$HOME/.gitconfig"`)
		if r.State != backport.RunPassed || !strings.HasSuffix(r.Tail, "a.b=mine\n") {
			t.Errorf("%+v", r)
		}
	})
}

// The first process cannot be reached, not even in the moment in which it has
// started the command.
func TestTakeover(t *testing.T) {
	t.Parallel()
	run, env, readable := actor(t, "takeover")
	b := open(t, LocalOptions{Readable: readable})
	b.needs(t, KeptProcesses)
	for range 20 {
		if r := b.run(t, Command{Run: run, Env: env, Time: time.Minute}); r.State != backport.RunPassed {
			t.Fatalf("%+v", r)
		}
	}
}

// Who keeps the first process from counting is ended.
func TestBlind(t *testing.T) {
	t.Parallel()
	run, env, readable := actor(t, "blind")
	b := open(t, LocalOptions{Readable: readable})
	b.needs(t, KeptProcesses)
	r, err := b.Run(t.Context(), Command{Run: run, Env: env, Memory: 300 << 20, Time: time.Minute})
	// Where the first process can go no further, everything has ended with it.
	ended := err != nil && strings.Contains(err.Error(), "ended without a word")
	if r.State != backport.RunLimit && !ended || !ended && !strings.Contains(r.Detail, limitMemory) || strings.HasSuffix(r.Tail, "\n64\n") {
		t.Errorf("%s %s %s, %v", r.State, r.Detail, r.Tail[max(0, len(r.Tail)-100):], err)
	}
}

// Memory that no process has mapped is memory. Where nothing but looking at the
// processes bounds it, a place does not say that it keeps it.
func TestShared(t *testing.T) {
	t.Parallel()
	run, env, readable := actor(t, "share")
	b := open(t, LocalOptions{Readable: readable})
	r := b.run(t, Command{Run: run, Env: env, Memory: 300 << 20, Time: time.Minute})
	over := r.State == backport.RunLimit && strings.Contains(r.Detail, limitMemory)
	if kept := slices.Contains(b.Kept(), KeptMemory); kept && !over {
		t.Errorf("kept %v: %+v", b.Kept(), r)
	}
}
