//go:build unix

package platform

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
)

// bench is a place to try commands in.
type bench struct {
	Place
	dir, scratch string
}

func open(t *testing.T, o LocalOptions) bench {
	t.Helper()
	b := bench{dir: t.TempDir(), scratch: t.TempDir()}
	o.Scratch = b.scratch
	if o.Path == "" {
		o.Path, o.Lang = "/usr/bin:/bin", "C.UTF-8"
	}
	place, err := NewLocal(o).Open(t.Context(), b.dir)
	if err != nil {
		t.Fatal(err)
	}
	b.Place = place
	t.Cleanup(func() {
		if err := place.Close(); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(b.scratch); err != nil || len(left) > 0 {
			t.Errorf("left in scratch: %v, %v", left, err)
		}
	})
	return b
}

// needs skips a test where this machine cannot keep something out.
func (b bench) needs(t *testing.T, what string) {
	t.Helper()
	if !slices.Contains(b.Kept(), what) {
		t.Skipf("%s is not kept out here", what)
	}
}

func (b bench) sh(t *testing.T, script string) Result {
	t.Helper()
	return b.run(t, Command{Run: []string{"sh", "-c", script}, Time: time.Minute})
}

func (b bench) run(t *testing.T, c Command) Result {
	t.Helper()
	r, err := b.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Both with namespaces, where they can be had, and without.
func both(t *testing.T, test func(t *testing.T, o LocalOptions)) {
	t.Helper()
	for name, o := range map[string]LocalOptions{"confined": {}, "unconfined": {Unconfined: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, o)
		})
	}
}

func TestEndings(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o LocalOptions) {
		b := open(t, o)
		for _, c := range []struct {
			name   string
			run    []string
			state  backport.RunState
			exit   int
			detail string
			tail   string
		}{
			{"passes", []string{"true"}, backport.RunPassed, 0, "", ""},
			{"fails", []string{"false"}, backport.RunFailed, 1, "", ""},
			{"exit code", []string{"sh", "-c", "echo out; echo err >&2; exit 77"}, backport.RunFailed, 77, "", "out\nerr\n"},
			{"high exit code", []string{"sh", "-c", "exit 255"}, backport.RunFailed, 255, "", ""},
			{"signal", []string{"sh", "-c", "kill -SEGV $$"}, backport.RunFailed, -1, "ended by signal 11 (segmentation fault)", ""},
			{"killed", []string{"sh", "-c", "kill -KILL $$"}, backport.RunFailed, -1, "ended by signal 9 (killed)", ""},
			{"ended", []string{"sh", "-c", "kill -TERM $$"}, backport.RunFailed, -1, "ended by signal 15 (terminated)", ""},
			{"no program", []string{"no-such-program"}, backport.RunError, -1, "start no-such-program: executable file not found in $PATH", ""},
			{"no file", []string{"./no-such-program"}, backport.RunError, -1, "no such file or directory", ""},
			{"no command", nil, backport.RunError, -1, "the command is empty", ""},
			{"empty name", []string{""}, backport.RunError, -1, "start : it has no name", ""},
			{"NUL", []string{"echo", "a\x00b"}, backport.RunError, -1, "an argument has a NUL byte", ""},
			{"NUL in name", []string{"ec\x00ho"}, backport.RunError, -1, "NUL byte", ""},
			{"no shell", []string{"echo", "$(id)", "a b", ";ls", "*", "\xff"}, backport.RunPassed, 0, "", "$(id) a b ;ls * \xff\n"},
			{"a folder", []string{"/"}, backport.RunError, -1, "permission denied", ""},
		} {
			r := b.run(t, Command{Run: c.run, Time: time.Minute})
			if r.State != c.state || r.Exit != c.exit || !strings.Contains(r.Detail, c.detail) || c.detail == "" && r.Detail != "" || r.Tail != c.tail || r.Seconds < 0 {
				t.Errorf("%s: %+v", c.name, r)
			}
		}
	})
}

// A process that ignores signals, or whose parents ended, is ended; a handler
// that cleans up has its time.
func TestTime(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o LocalOptions) {
		b := open(t, o)
		begin := time.Now()
		r := b.run(t, Command{Run: []string{"sh", "-c", "trap 'echo cleaned up; exit 0' TERM; echo ready; while :; do sleep 0.05; done"}, Time: time.Second})
		if r.State != backport.RunLimit || r.Exit != -1 || r.Detail != "went over the limit of time" || !strings.HasSuffix(r.Tail, "cleaned up\n") {
			t.Errorf("asked to end: %+v", r)
		}
		r = b.run(t, Command{Run: []string{"sh", "-c", "trap '' TERM; (trap '' TERM HUP; setsid sleep 321 & ) & while :; do sleep 0.05; done"}, Time: time.Second})
		if r.State != backport.RunLimit || r.Detail != "went over the limit of time" {
			t.Errorf("deaf: %+v", r)
		}
		if took := time.Since(begin); took > 40*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestContext(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o LocalOptions) {
		b := open(t, o)
		why := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(300*time.Millisecond, func() { cancel(why) })
		if r, err := b.Run(ctx, Command{Run: []string{"sleep", "600"}}); !errors.Is(err, why) {
			t.Errorf("%+v, %v", r, err)
		}
		if r, err := b.Run(ctx, Command{Run: []string{"sleep", "600"}}); !errors.Is(err, why) {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// Close ends what runs, and nothing runs after it.
func TestClose(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o LocalOptions) {
		b := open(t, o)
		ended := make(chan error, 1)
		go func() {
			_, err := b.Run(t.Context(), Command{Run: []string{"sh", "-c", "mkdir -p $HOME/a/b $TMPDIR/c; touch $HOME/a/b/f; chmod 500 $HOME/a/b $HOME/a; echo >running; exec sleep 600"}})
			ended <- err
		}()
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			if _, err := os.Stat(filepath.Join(b.dir, "running")); err == nil {
				break
			}
			if time.Now().After(end) {
				t.Fatal("it does not start")
			}
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, errClosed) {
			t.Error(err)
		}
		if _, err := b.Run(t.Context(), Command{Run: []string{"true"}}); !errors.Is(err, errClosed) {
			t.Error(err)
		}
		if _, err := b.Read(t.Context(), "*", 1); !errors.Is(err, errClosed) {
			t.Error(err)
		}
	})
}

// What a command leaves running ends with it, however it hides.
func TestDaemons(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o LocalOptions) {
		if runtime.GOOS != "linux" {
			t.Skip("processes that leave their group are not found here")
		}
		b := open(t, o)
		r := b.sh(t, `
			(setsid sh -c 'echo >started; while :; do echo >>alive; sleep 0.05; done' </dev/null >/dev/null 2>&1 &) &
			while ! test -e started; do sleep 0.02; done; echo done`)
		if r.State != backport.RunPassed || r.Tail != "done\n" {
			t.Fatalf("%+v", r)
		}
		size := func() int64 {
			info, err := os.Stat(filepath.Join(b.dir, "alive"))
			if err != nil {
				return 0
			}
			return info.Size()
		}
		before := size()
		time.Sleep(400 * time.Millisecond)
		if after := size(); after != before {
			t.Errorf("it lives on: %d, %d", before, after)
		}
	})
}

func TestEnvironment(t *testing.T) {
	t.Setenv("SECRET_TOKEN", "s3cret")
	t.Setenv("GIT_DIR", "/elsewhere")
	t.Setenv("SSH_AUTH_SOCK", "/agent")
	for _, o := range []LocalOptions{{}, {Unconfined: true}} {
		o.Env = []string{"A=0", "GOCACHE=/other"}
		b := open(t, o)
		r := b.run(t, Command{Run: []string{"env"}, Env: []string{"GOCACHE=/cache", "LANG=de_DE", "A=1", "A=2", "EMPTY="}, Time: time.Minute})
		home := b.scratch + "/home-"
		if slices.Contains(b.Kept(), KeptFiles) {
			home = roomHome + "\n"
		}
		var names []string
		for line := range strings.Lines(r.Tail) {
			name, _, _ := strings.Cut(line, "=")
			names = append(names, name)
		}
		slices.Sort(names)
		if got, want := strings.Join(names, " "), "A EMPTY GIT_CONFIG_NOSYSTEM GIT_TERMINAL_PROMPT GOCACHE HOME LANG PATH PWD TMPDIR"; got != want {
			t.Errorf("variables %s, want %s", got, want)
		}
		for _, want := range []string{"A=2\n", "LANG=de_DE\n", "GOCACHE=/cache\n", "HOME=" + home, "PWD=" + b.Top() + "\n", "PATH=/usr/bin:/bin\n"} {
			if !strings.Contains(r.Tail, want) {
				t.Errorf("%q lacks %q", r.Tail, want)
			}
		}
		for _, bad := range []string{"NOVALUE", "=x", "A=\x00"} {
			if r := b.run(t, Command{Run: []string{"env"}, Env: []string{bad}}); r.State != backport.RunError {
				t.Errorf("%q: %+v", bad, r)
			}
		}
		r = b.sh(t, `cat; test ! -t 0 && echo no terminal; ulimit -c; umask; cat /dev/stdin; pwd; touch $HOME/h $TMPDIR/t && echo writes`)
		if want := "no terminal\n0\n0022\n" + b.Top() + "\nwrites\n"; r.Tail != want {
			t.Errorf("%q, want %q", r.Tail, want)
		}
		// Its own session: no terminal of the caller can be reached.
		if r := b.sh(t, `test "$(ps -o sid= -p $$ | tr -d ' ')" = "$(echo $$)" && echo own; : >/dev/tty`); !strings.HasPrefix(r.Tail, "own\n") || r.State != backport.RunFailed {
			t.Errorf("%+v", r)
		}
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	run, env, readable := actor(t, "echo")
	b := open(t, LocalOptions{Readable: readable})
	b.needs(t, KeptNetwork)
	if r := b.run(t, Command{Run: run, Env: env, Time: time.Minute}); r.State != backport.RunPassed {
		t.Errorf("its own network: %+v", r)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	run, env, _ = actor(t, "dial")
	env = append(env, "ADDRESS="+l.Addr().String())
	if r := b.run(t, Command{Run: run, Env: env, Time: time.Minute}); r.Exit != 7 {
		t.Errorf("without leave: %+v", r)
	}
	if r := b.run(t, Command{Run: run, Env: env, Network: true, Time: time.Minute}); r.State != backport.RunPassed {
		t.Errorf("with leave: %+v", r)
	}
}

// All processes together, none of which takes much.
func TestMemory(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("memory is not limited here")
	}
	both(t, func(t *testing.T, o LocalOptions) {
		run, env, readable := actor(t, "hog")
		o.Readable = readable
		b := open(t, o)
		c := Command{Run: run, Env: env, Memory: 300 << 20, Time: time.Minute}
		r := b.run(t, c)
		if r.State != backport.RunLimit || r.Detail != "went over the limit of memory" {
			t.Errorf("%+v", r)
		}
		c.Run = []string{"sh", "-c", `for i in 1 2 3 4; do head -c 60m /dev/zero | tail -c 60m | sleep 20 & done; sleep 2; echo all; wait`}
		c.Memory = 150 << 20
		if r := b.run(t, c); r.State != backport.RunLimit || r.Detail != "went over the limit of memory" {
			t.Errorf("many: %+v", r)
		}
		c.Memory = 1 << 30
		c.Run = []string{"sh", "-c", `head -c 60m /dev/zero | tail -c 60m | wc -c`}
		if r := b.run(t, c); r.State != backport.RunPassed || r.Tail != "62914560\n" {
			t.Errorf("enough: %+v", r)
		}
	})
}

// A file system that loses space is looked at; holes take none.
func TestDisk(t *testing.T) {
	t.Parallel()
	shared := t.TempDir()
	if err := os.WriteFile(filepath.Join(shared, "of-others"), make([]byte, 30<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	b := open(t, LocalOptions{Disk: 20 << 20, Writable: []string{shared}})
	if r := b.sh(t, "truncate -s 1G hole; head -c 5m /dev/zero >file; head -c 5m /dev/zero >"+shared+"/file; sleep 1.5"); r.State != backport.RunPassed {
		t.Errorf("%+v", r)
	}
	for _, where := range []string{shared, "$HOME"} {
		if r := b.sh(t, "for i in 1 2 3 4 5 6; do head -c 10m /dev/zero >"+where+"/file$i; done; sleep 50"); r.State != backport.RunLimit || r.Detail != "went over the limit of disk" {
			t.Errorf("%s: %+v", where, r)
		}
	}
}

// What is closed, lies too deep for a path or has nothing in it takes room, too.
func TestDiskHidden(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"closed": "mkdir closed && exec 3>closed/file && chmod 0 closed && head -c 60m /dev/zero >&3",
		"deep": `for d in a b; do
			d=$PWD/$d && for i in $(seq 30); do d=$d/$(printf %0100d $i) || exit; done; mkdir -p $d || exit
		done
		head -c 60m /dev/zero >$d/file && mv b a/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*`,
		"many": "seq 4000 | xargs touch",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t, LocalOptions{Disk: 8 << 20})
			t.Cleanup(func() { _ = os.Chmod(filepath.Join(b.dir, "closed"), 0o700) }) // else it cannot be removed
			if r := b.sh(t, script+"; sleep 50"); r.State != backport.RunLimit || r.Detail != "went over the limit of disk" {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestOutput(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o LocalOptions) {
		run, env, readable := actor(t, "output")
		o.Readable = readable
		b := open(t, o)
		var log bytes.Buffer
		r := b.run(t, Command{Run: run, Env: env, Output: 1 << 20, Log: &log, Time: time.Minute})
		if r.State != backport.RunLimit || r.Detail != "went over the limit of output" || len(r.Tail) > MaxTail || len(r.Tail) < MaxTail/2 {
			t.Errorf("%s, %s, tail of %d bytes", r.State, r.Detail, len(r.Tail))
		}
		if want := "\n[cut here: more than 1048576 bytes]\n"; log.Len() != 1<<20+len(want) || !strings.HasSuffix(log.String(), want) {
			t.Errorf("log of %d bytes", log.Len())
		}
		if !o.Unconfined {
			r = b.run(t, Command{Run: run, Env: env, Output: 100 << 20, Log: io.Discard, Time: time.Minute})
			if r.State != backport.RunPassed || !strings.HasPrefix(r.Tail, "0123456789abcde\n") {
				t.Errorf("read to its end: %s %s", r.State, r.Detail)
			}
		}
		if _, err := b.Run(t.Context(), Command{Run: []string{"echo", "x"}, Log: broken{}}); !errors.Is(err, errBroken) {
			t.Errorf("a log that cannot be written: %v", err)
		}
	})
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{{"/", t.TempDir()}, {filepath.Join(t.TempDir(), "none"), t.TempDir()}, {t.TempDir(), filepath.Join(t.TempDir(), "none")}} {
		if p, err := NewLocal(LocalOptions{Scratch: c[1]}).Open(t.Context(), c[0]); err == nil {
			t.Errorf("%v: %v", c, p.Close())
		}
	}
}

// ended waits until no process has this among its arguments.
func ended(t *testing.T, argument string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		out, err := exec.CommandContext(t.Context(), "ps", "-A", "-ww", "-o", "pid=,args=").Output()
		if err != nil {
			t.Fatal(err)
		}
		var left []string
		for line := range strings.Lines(string(out)) {
			if strings.Contains(line, argument) {
				left = append(left, line)
			}
		}
		if left == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("processes live on: %q", left)
		}
	}
}
