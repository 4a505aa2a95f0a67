//go:build e2e && linux

package platform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"backstay.dev/backstay/internal/backport"
)

// realEngine gives options with a podman whose images and containers are the
// test's own, and an image of nothing but busybox.
func realEngine(t *testing.T) ContainerOptions {
	t.Helper()
	busybox := staticBusybox(t)
	if _, err := exec.LookPath("podman"); err != nil {
		t.Skipf("no container engine here: %v", err)
	}
	// A socket's path may have 107 bytes, and podman makes some.
	dir, err := os.MkdirTemp("", "engine")
	if err != nil {
		t.Fatal(err)
	}
	var files unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &files); err != nil {
		t.Fatal(err)
	}
	// Podman's own defaults need a root who may raise limits.
	writeFile(t, filepath.Join(dir, "containers.conf"), 0o644, fmt.Sprintf(`[containers]
default_ulimits = ["nofile=%[1]d:%[1]d", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
`, files.Max))
	o := ContainerOptions{Image: "localhost/backstay-test:1", Engine: filepath.Join(dir, "podman"), Scratch: t.TempDir()}
	var why []string
	for _, runtime := range []string{"", " --runtime runc", " --runtime crun"} {
		// Another process writes the script: one that is being started elsewhere
		// may hold a file open that this one wrote.
		script := fmt.Sprintf("#!/bin/sh\nCONTAINERS_CONF=%[1]s/containers.conf exec podman --root %[1]s/store --runroot %[1]s/run --storage-driver vfs%[2]s \"$@\"\n", dir, runtime)
		write := exec.Command("sh", "-c", `printf %s "$1" >"$2" && chmod +x "$2"`, "sh", script, o.Engine)
		if out, err := write.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if runtime == "" {
			importImage(t, o, busybox)
			t.Cleanup(func() {
				_ = exec.Command(o.Engine, "rm", "--all", "--force").Run()
				if err := os.RemoveAll(dir); err != nil {
					t.Error(err)
				}
			})
		}
		out, err := exec.Command(o.Engine, "run", "--rm", "--network", "none", "--pids-limit", "100", "--memory", "64m", o.Image, "/bin/true").CombinedOutput()
		if err == nil {
			t.Logf("podman%s", runtime)
			return o
		}
		why = append(why, strings.TrimSpace(string(out)))
	}
	t.Skipf("podman can make no container here: %s", strings.Join(why, "; "))
	return o
}

func staticBusybox(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("busybox")
	if err != nil {
		t.Skipf("no static busybox to make an image of: %v", err)
	}
	if out, _ := exec.Command("ldd", path).CombinedOutput(); !strings.Contains(string(out), "not a dynamic") {
		t.Skip("the busybox here is no static one")
	}
	return path
}

// importImage makes an image without a registry.
func importImage(t *testing.T, o ContainerOptions, busybox string) {
	t.Helper()
	script := `set -e
mkdir -p "$1/bin" "$1/tmp" "$1/proc" "$1/dev" "$1/etc"
chmod 1777 "$1/tmp"
cp "$3" "$1/bin/busybox"
for a in $("$3" --list); do [ -e "$1/bin/$a" ] || ln -s busybox "$1/bin/$a"; done
tar -C "$1" -cf - . | "$2" import --quiet - "$4"`
	cmd := exec.Command("sh", "-c", script, "sh", filepath.Join(t.TempDir(), "image"), o.Engine, busybox, o.Image)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("podman can import no image here: %v: %s", err, out)
	}
}

func TestContainer(t *testing.T) {
	t.Parallel()
	o := realEngine(t)
	p := openAt(t, NewContainer(o))
	t.Logf("kept: %v", p.Kept())
	t.Run("checkout", func(t *testing.T) {
		r := runAt(t, p, Command{Run: []string{"sh", "-c", "cat a.txt dir/*/file; readlink dir/link; dir/run.sh x; pwd; echo $HOME $TMPDIR; id -u; touch $HOME/made; mkdir -p $HOME/.x; chmod a-w $HOME/.x; echo $$; tr -d '\\0' </proc/1/comm"}})
		if r.State != backport.RunPassed || !strings.HasPrefix(r.Tail, "alpha\nlong\n../a.txt\nran x\n/backstay/tree\n/backstay/home /tmp\n0\n") || strings.Contains(r.Tail, "\n1\n") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("words", func(t *testing.T) {
		words := slices.DeleteFunc(slices.Clone(hostileWords), func(w string) bool { return !utf8.ValidString(w) })
		r := runAt(t, p, Command{Run: append([]string{"printf", "[%s]"}, words...)})
		if want := "[" + strings.Join(words, "][") + "]"; r.Tail != want {
			t.Errorf("%q\nwant %q", r.Tail, want)
		}
		r = runAt(t, p, Command{Run: []string{"sh", "-c", `printf %s "$A"`}, Env: []string{"A=a'b $(id)\nc"}})
		if r.Tail != "a'b $(id)\nc" {
			t.Errorf("%q", r.Tail)
		}
		if r := runAt(t, p, Command{Run: []string{"echo", "\xff"}}); r.State != backport.RunError {
			t.Errorf("%+v", r)
		}
	})
	t.Run("status", func(t *testing.T) { statuses(t, p) })
	t.Run("read", func(t *testing.T) { reads(t, p) })
	t.Run("output", func(t *testing.T) {
		var log bytes.Buffer
		r := runAt(t, p, Command{Run: []string{"yes", "0123456789"}, Output: 10000, Log: &log})
		if r.State != backport.RunLimit || !strings.Contains(r.Detail, limitOutput) || log.Len() < 10000 || log.Len() > 11000 {
			t.Errorf("%v %s, %d bytes", r.State, r.Detail, log.Len())
		}
	})
	t.Run("time", func(t *testing.T) {
		r := runAt(t, p, Command{Run: []string{"sh", "-c", "trap '' TERM; echo begun; sleep 986 & sleep 986"}, Time: 3 * time.Second})
		if r.State != backport.RunLimit || r.Tail != "begun\n" || !strings.Contains(r.Detail, limitTime) || r.Seconds > 30 {
			t.Errorf("%+v", r)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if _, err := p.Run(ctx, Command{Run: []string{"sleep", "986"}}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		if left := sleepers("986"); len(left) > 0 {
			t.Errorf("still there: %q", left)
		}
	})
	t.Run("limits", func(t *testing.T) {
		if slices.Contains(p.Kept(), KeptMemory) {
			r := runAt(t, p, Command{Run: []string{"sh", "-c", "tail /dev/zero"}, Memory: 64 << 20})
			if r.State != backport.RunLimit || !strings.Contains(r.Detail, limitMemory) {
				t.Errorf("%+v", r)
			}
			if _, err := os.Lstat("oom"); err == nil {
				t.Error("the engine has left a file where this process runs")
			}
		}
		r := runAt(t, p, Command{Run: []string{"sh", "-c", "b() { b | b & }; b; sleep 1; exit 5"}, Processes: 40, Time: 20 * time.Second})
		if r.State == backport.RunPassed {
			t.Errorf("%+v", r)
		}
		r = runAt(t, p, Command{Run: []string{"sh", "-c", "ip -o link | wc -l; nproc >/dev/null; mount -t tmpfs x /tmp; echo $?"}})
		if r.Tail == "" || !strings.HasPrefix(r.Tail, "1\n") || strings.HasSuffix(r.Tail, "\n0\n") {
			t.Errorf("%+v", r)
		}
	})
	if left, err := exec.Command(o.Engine, "ps", "--all", "--quiet").Output(); err != nil || len(left) > 0 {
		t.Errorf("containers are left: %s, %v", left, err)
	}
}

// sleepers are the processes that sleep that long.
func sleepers(seconds string) (left []string) {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, name := range lines {
		if line, err := os.ReadFile(name); err == nil && bytes.HasSuffix(line, []byte("sleep\x00"+seconds+"\x00")) {
			left = append(left, string(line))
		}
	}
	return left
}

// A killed process of ours takes its container's processes with it, and the next
// start removes the container.
func TestContainerKilled(t *testing.T) {
	t.Parallel()
	o := realEngine(t)
	root := filepath.Join(t.TempDir(), "yard")
	undo := map[string]Undo{ContainerKind: UndoContainer}
	yard, err := OpenYard(t.Context(), root, undo)
	if err != nil {
		t.Fatal(err)
	}
	p := openAt(t, NewContainer(o)).(*containerPlace)
	name := "backstay-killed"
	if _, err := yard.Note(ContainerKind, o.Engine, name); err != nil {
		t.Fatal(err)
	}
	args := p.create(name, "token", Command{Run: []string{"sh", "-c", "sleep 985 & setsid sleep 985"}, Processes: 100}, nil)
	if out, err := exec.Command(o.Engine, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	// The test is the process that is killed: what it leaves is an engine's
	// program whose input ends.
	leave(t, o, name, "985", "the command ends")
	outlive(t, o, p)
	yard.lock.Close()
	next, err := OpenYard(t.Context(), root, undo)
	if err != nil || len(next.Left()) > 0 {
		t.Fatalf("%v, %v", err, next.Left())
	}
	if left, err := exec.Command(o.Engine, "ps", "--all", "--quiet").Output(); err != nil || len(left) > 0 {
		t.Errorf("containers are left: %s, %v", left, err)
	}
	if err := errors.Join(UndoContainer(t.Context(), []string{o.Engine, name}), next.Close()); err != nil {
		t.Error(err)
	}
}

// outlive has a command end what would end it with this process: the engine ends
// it when its time is over.
func outlive(t *testing.T, o ContainerOptions, p *containerPlace) {
	t.Helper()
	name := "backstay-outlives"
	args := p.create(name, "token", Command{Run: []string{"sh", "-c", "kill -9 -1; sleep 983 & setsid sleep 983"}, Processes: 100, Time: time.Second}, nil)
	if out, err := exec.Command(o.Engine, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	defer func() {
		if err := p.engine.remove(context.Background(), name); err != nil {
			t.Error(err)
		}
	}()
	leave(t, o, name, "983", "the engine ends it")
}

// leave starts a container whose command has two sleepers of this mark, and is no
// longer there: its input ends. Then the sleepers have to.
func leave(t *testing.T, o ContainerOptions, name, mark, ends string) {
	t.Helper()
	client := exec.Command(o.Engine, "start", "--attach", "--interactive", name)
	client.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := client.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	wait(t, "the command starts", func() bool { return len(sleepers(mark)) == 2 })
	stdin.Close()
	wait(t, ends, func() bool { return len(sleepers(mark)) == 0 })
	_ = client.Wait() // it was killed
}
