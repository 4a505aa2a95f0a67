package platform

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
)

// What can be seen and written from inside.
func TestRoom(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	for name, text := range map[string]string{"secret": "s3", "dir/key": "k3", "readable/file": "r", "cache/file": "c"} {
		path := filepath.Join(outside, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text+"\n"), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) string { return filepath.Join(outside, name) }
	b := open(t, LocalOptions{
		Readable: []string{at("readable")}, Writable: []string{at("cache"), at("none")}, Hidden: []string{"/usr/share", "/etc/passwd", at("none"), at("dir")}, // one is below /tmp
	})
	b.needs(t, KeptFiles)
	for _, c := range []struct{ script, want string }{
		{"ls /tmp | wc -l", "1\n"},                      // the way to the checkout only
		{"cat " + at("readable/file"), "r\n"},           // what is readable
		{"echo x >" + at("readable/file"), "Read-only"}, // and no more
		{"cat " + at("cache/file"), "c\n"},              // what is writable
		{"echo y >" + at("cache/new") + " && echo ok", "ok\n"},
		{"ls -A /usr/share; echo x >/usr/share/x", "Read-only"},
		{"wc -c </etc/passwd", "0\n"},
		{"touch /etc/x", "Read-only"},
		{"touch /x", "Read-only"},
		{"touch /run/x", "Read-only"},
		{"ls -A /run | grep -v -e systemd -e resolvconf -e NetworkManager -e current-system; echo end", "end\n"},
		{"touch /sys/x", "sys"},
		{"echo 1 >/proc/sys/kernel/panic", "Read-only"},
		{"echo h >/proc/sysrq-trigger || echo no", "no\n"},
		// The superuser would need no privilege for these, only the right to write.
		{"cd /proc; for f in [a-z]*; do case $(ls -ld $f) in -?w*) [ ! -w $f ] || echo $f;; esac; done | wc -l", "0\n"},
		{"echo x >/tmp/mine && cat $TMPDIR/mine && cat /var/tmp/mine", "x\nx\n"},
		{"echo x >/dev/shm/mine && cat /dev/shm/mine", "x\n"},
		{"ls /dev | tr '\\n' ' '", "fd full null ptmx pts random shm stderr stdin stdout urandom zero "},
		{"head -c 3 /dev/zero | tr '\\0' z", "zzz"},
		{"echo gone >/dev/null && echo ok", "ok\n"},
		{"echo x >/dev/x", "Read-only"},
		{"ls -d /proc/[0-9]* | wc -l | awk '{print ($1 < 10)}'", "1\n"},
		{"cat /proc/1/environ | wc -c", "0\n"},
		{"kill -9 1; kill -TERM 1; echo lives", "lives\n"},
		{"grep NoNewPrivs /proc/self/status", "NoNewPrivs:\t1\n"},
		{"mount -t tmpfs none /mnt 2>&1 | grep -c -e permission -e denied -e superuser", "1\n"},
		{"umount /tmp 2>&1 || echo stays", "stays\n"},
		{"unshare -Um umount /run 2>&1 || echo stays", "stays\n"},
		{"unshare -Urm mount -o remount,rw,bind / 2>&1 || echo stays", "stays\n"},
		{"mknod $TMPDIR/disk b 254 0 2>&1 || echo no", "no\n"},
		{"pwd; touch here && echo ok", "ok\n"},
	} {
		r := b.sh(t, c.script)
		if !strings.Contains(r.Tail, c.want) || strings.Contains(r.Tail, "s3") || strings.Contains(r.Tail, "k3") {
			t.Errorf("%s: %+v, want %q", c.script, r, c.want)
		}
	}
	if text, err := os.ReadFile(at("cache/new")); err != nil || string(text) != "y\n" {
		t.Errorf("written: %q, %v", text, err)
	}
	// Other names for the places of before lead nowhere.
	for _, path := range []string{"/proc/1/root/tmp", "/proc/1/cwd/tmp", "/proc/self/root/tmp"} {
		if r := b.sh(t, "cat "+path+strings.TrimPrefix(at("dir/../../"), "/tmp")+"/*/secret"); strings.Contains(r.Tail, "s3") {
			t.Errorf("%s: %+v", path, r)
		}
	}
	if _, err := os.Stat(filepath.Join(b.dir, "here")); err != nil {
		t.Error(err)
	}
}

// A checkout's git finds the objects that it borrows, also those in a folder for
// temporary files.
func TestBorrowedObjects(t *testing.T) {
	t.Parallel()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("no git")
	}
	from := t.TempDir()
	place := t.TempDir()
	for _, args := range [][]string{
		{"init", "-q", from},
		{"-C", from, "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-q", "--allow-empty", "-m", "borrowed"},
		{"clone", "-q", "--shared", from, place},
	} {
		cmd := exec.CommandContext(t.Context(), git, args...)
		cmd.Env = []string{"GIT_CONFIG_GLOBAL=/dev/null", "PATH=" + os.Getenv("PATH")}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	p, err := NewLocal(LocalOptions{Scratch: t.TempDir(), Path: filepath.Dir(git) + ":/usr/bin:/bin"}).Open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	r, err := p.Run(t.Context(), Command{Run: []string{"git", "log", "--format=%s"}, Time: time.Minute})
	if err != nil || r.Tail != "borrowed\n" {
		t.Errorf("%+v, %v", r, err)
	}
}

// All checkouts are at one place, each command's own; what it makes of that
// place leaves no trace.
func TestOnePlace(t *testing.T) {
	t.Parallel()
	for range 2 {
		b := open(t, LocalOptions{})
		b.needs(t, KeptFiles)
		if got := b.Top(); got != "/run/backstay/tree" {
			t.Errorf("it is at %s", got)
		}
		for _, c := range []struct{ script, want string }{
			{`echo mine >file; echo "$PWD $HOME $TMPDIR"; pwd -P; cd ~ && pwd -P`, "/run/backstay/tree /run/backstay/home /tmp\n/run/backstay/tree\n/run/backstay/home\n"},
			{"ls; ls -A ..; ls -A /tmp", "file\nhome\ntree\n"},
			{"touch ../x; mv ../tree ../other; rm -rf ../home; mkdir -p ../../new; ln -s / ../tree; ls -A .. | tr '\\n' ' '", "home tree "},
			{"ls -ld " + b.dir + " " + b.scratch + " 2>&1 | grep -c 'No such'", "2\n"}, // below /tmp
		} {
			if r := b.sh(t, c.script); !strings.HasSuffix(r.Tail, c.want) {
				t.Errorf("%s: %+v, want %q", c.script, r, c.want)
			}
		}
		files, err := b.Read(t.Context(), "*", 10)
		if err != nil || len(files) != 1 || string(files["file"]) != "mine\n" {
			t.Errorf("%v, %v", files, err)
		}
		if r := b.run(t, Command{Run: []string{"./program"}}); r.State != backport.RunError {
			t.Errorf("%+v", r)
		}
		write := `printf '#!/bin/sh\necho runs\n' >"$1" && chmod 755 "$1"` // not here, see TestMapped
		if out, err := exec.CommandContext(t.Context(), "sh", "-c", write, "sh", filepath.Join(b.dir, "program")).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if r := b.run(t, Command{Run: []string{"./program"}}); r.Tail != "runs\n" {
			t.Errorf("%+v", r)
		}
	}
}

// A link that a command puts where it may write leads the next one nowhere.
func TestLinksIntoTheRoom(t *testing.T) {
	t.Parallel()
	outside, caches := t.TempDir(), t.TempDir()
	inner := filepath.Join(caches, "a", "b")
	if err := os.MkdirAll(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	b := open(t, LocalOptions{Writable: []string{caches, inner}})
	b.needs(t, KeptFiles)
	if r := b.sh(t, "cd "+caches+" && mv a c && ln -s "+filepath.Dir(outside)+" a; ls -l"); r.State != backport.RunPassed {
		t.Fatalf("%+v", r)
	}
	if err := os.Symlink(filepath.Base(outside), filepath.Join(filepath.Dir(outside), "b")); err != nil {
		t.Fatal(err)
	}
	if r := b.sh(t, "echo x >"+inner+"/x; echo x >"+outside+"/x"); r.State != backport.RunError || !strings.Contains(r.Detail, "symbolic links") {
		t.Errorf("%+v", r)
	}
	if left, err := os.ReadDir(outside); err != nil || len(left) > 0 {
		t.Errorf("written outside: %v, %v", left, err)
	}
}

// A program that starts others without end is ended, and leaves nothing. It is
// let loose only where something else holds it, too, should Backstay not: a
// control group of the test, or a limit that binds who is not the superuser.
func TestForkBomb(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o LocalOptions) {
		exe, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		mark := fmt.Sprintf("bomb-%d-%d", os.Getpid(), time.Now().UnixNano())
		cmd := exec.CommandContext(t.Context(), exe)
		cmd.Env = []string{"PLATFORM_TEST_PLAY=bomb", "MARK=" + mark, "SCRATCH=" + t.TempDir(), "DIR=" + t.TempDir()}
		if o.Unconfined {
			cmd.Env = append(cmd.Env, "UNCONFINED=1")
		}
		begin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		guard := newGroup(1000, 0)
		defer guard.remove()
		if guarded := guard.add(cmd.Process.Pid).processes; !guarded && os.Geteuid() == 0 {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			t.Skip("a fork bomb cannot be tried here: no control group can be made")
		}
		if _, err := begin.Write([]byte{'\n'}); err != nil {
			t.Fatal(err)
		}
		err = cmd.Wait()
		ended(t, mark)
		if limit := guard.over(); limit != "" {
			t.Errorf("it went over the limit of the test: %s", limit)
		}
		// Where the limit is the user's, the kernel only refuses, and a shell gives
		// up.
		refused := os.Geteuid() != 0 && out.String() == "failed: \n"
		if err != nil || out.String() != "limit: went over the limit of processes\n" && !refused {
			t.Errorf("%v: %s", err, out.String())
		}
	})
}

// userless are the attributes of a process that is not the superuser's.
func userless() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534, NoSetGroups: false}}
}

// The same tests, but for who is not the superuser: in a user namespace.
func TestMapped(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("the other tests are that already")
	}
	if os.Getenv("PLATFORM_TEST_MAPPED") != "" {
		t.Skip("it is")
	}
	temp, err := os.MkdirTemp("/tmp", "mapped-") // TestRoom counts what is seen there
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := RemoveAll(temp); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chown(temp, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	// Go's own folder for it is closed to others. Another program copies it: were it
	// open for writing here, what another test starts at that moment would have it
	// open, too, and it could not be run (ETXTBSY).
	exe := filepath.Join(temp, "platform.test")
	if self, err := os.Executable(); err != nil {
		t.Fatal(err)
	} else if out, err := exec.CommandContext(t.Context(), "cp", self, exe).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.v", "-test.run="+mappedTests)
	cmd.Env = []string{"TMPDIR=" + temp, "PATH=" + os.Getenv("PATH"), "PLATFORM_TEST_MAPPED=1"}
	cmd.Dir = temp
	cmd.SysProcAttr = userless()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if text := string(out); strings.Contains(text, "is not kept out here") {
		t.Skip("a user namespace cannot be had here")
	}
}
