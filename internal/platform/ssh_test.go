//go:build unix

package platform

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
)

// hostileWords are words that some shell would read as something else.
var hostileWords = []string{
	"", " ", "a b", "$(id)", "`id`", "'", "''", `'\''`, `"`, `\`, "\\\n", "a\nb", "!!", "*", "~", "-n", "--", "=x", "ü\xff",
	"a\tb", "${HOME}", "; exit 3", "$'x'", "#", "{a,b}", "%s", "\r", "}", "\x01",
}

func TestSSH(t *testing.T) {
	t.Parallel()
	p := openAt(t, NewSSH(host(t)))
	t.Logf("kept: %v", p.Kept())
	t.Run("checkout", func(t *testing.T) {
		r := runAt(t, p, Command{Run: []string{"sh", "-c", "cat a.txt dir/*/file; cat od*; readlink dir/link out; dir/run.sh x; ls -A; ls -ld . | cut -c1-10"}})
		want := "alpha\nlong\nodd\n../a.txt\n/etc/passwd\nran x\na.txt\ndir\nempty\nodd name's\nfile\nout\noutdir\ndrwx------\n"
		if r.State != backport.RunPassed || r.Tail != want {
			t.Errorf("%+v\nwant %q", r, want)
		}
	})
	t.Run("words", func(t *testing.T) {
		t.Parallel()
		r := runAt(t, p, Command{Run: append([]string{"printf", "[%s]"}, hostileWords...)})
		if want := "[" + strings.Join(hostileWords, "][") + "]"; r.Tail != want {
			t.Errorf("%q\nwant %q", r.Tail, want)
		}
	})
	t.Run("environment", func(t *testing.T) { t.Parallel(); sshEnvironment(t, p) })
	t.Run("status", func(t *testing.T) { t.Parallel(); statuses(t, p) })
	t.Run("output", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		r := runAt(t, p, Command{Run: []string{"yes", "0123456789"}, Output: 10000, Log: &log})
		if r.State != backport.RunLimit || !strings.Contains(r.Detail, limitOutput) || log.Len() < 10000 || log.Len() > 11000 {
			t.Errorf("%v %s, %d bytes", r.State, r.Detail, log.Len())
		}
	})
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		if _, err := os.Stat("/proc/self/smaps_rollup"); err != nil {
			t.Skip("nothing tells here what memory a process has")
		}
		hold := "head -c 60m /dev/zero | tail -c 60m | sleep 20 & "
		r := runAt(t, p, Command{Run: []string{"sh", "-c", hold + hold + hold + "wait"}, Memory: 150 << 20})
		if r.State != backport.RunLimit || !strings.Contains(r.Detail, limitMemory) || r.Seconds > 15 {
			t.Errorf("%+v", r)
		}
		r = runAt(t, p, Command{Run: []string{"sh", "-c", "head -c 60m /dev/zero | tail -c 60m | { sleep 4; wc -c; }; exit 7"}, Memory: 150 << 20})
		if r.State != backport.RunFailed || r.Exit != 7 || r.Tail != "62914560\n" {
			t.Errorf("%+v", r)
		}
	})
	t.Run("network", func(t *testing.T) {
		t.Parallel()
		devices := []string{"sh", "-c", "grep -c : /proc/self/net/dev; head -c 32 /proc/self/net/if_inet6"}
		off, on := runAt(t, p, Command{Run: devices}), runAt(t, p, Command{Run: devices, Network: true})
		if slices.Contains(p.Kept(), KeptNetwork) == (off.Tail == on.Tail) {
			t.Errorf("kept %v, devices %q and %q", p.Kept(), off.Tail, on.Tail)
		}
	})
	t.Run("read", func(t *testing.T) { t.Parallel(); reads(t, p) })
}

func sshEnvironment(t *testing.T, p Place) {
	hostile := "a'b\nc $(id) \xff"
	r := runAt(t, p, Command{Run: []string{"env", "-0"}, Env: []string{"A=" + hostile, "LANG=xx", "EMPTY="}})
	got := strings.Split(strings.TrimSuffix(r.Tail, "\x00"), "\x00")
	folder := p.(*sshPlace).folder
	for _, want := range []string{"A=" + hostile, "EMPTY=", "HOME=" + folder + "/home", "LANG=xx", "TMPDIR=" + folder + "/tmp"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
	// The last ones are what shells set for their children.
	known := []string{"A", "EMPTY", "HOME", "LANG", "TMPDIR", "PATH", "PWD", "OLDPWD", "SHLVL", "_"}
	for _, v := range got {
		if name, _, _ := strings.Cut(v, "="); !slices.Contains(known, name) && !strings.HasPrefix(name, "GIT_") {
			t.Errorf("the environment has %q", v)
		}
	}
}

// statuses tests that a place tells what came of a command exactly.
func statuses(t *testing.T, p Place) {
	for _, n := range []int{0, 77, 126, 255} {
		r := runAt(t, p, Command{Run: []string{"sh", "-c", "exit " + strconv.Itoa(n)}})
		if r.Exit != n || r.State != map[bool]backport.RunState{true: backport.RunPassed, false: backport.RunFailed}[n == 0] {
			t.Errorf("exit %d: %+v", n, r)
		}
	}
	for _, argv := range [][]string{{"no-such-program"}, {"./no-such"}, nil, {""}, {"a\x00b"}} {
		if r := runAt(t, p, Command{Run: argv}); r.State != backport.RunError || r.Exit != -1 || r.Detail == "" {
			t.Errorf("%q: %+v", argv, r)
		}
	}
	if r := runAt(t, p, Command{Run: []string{"true"}, Env: []string{"=x"}}); r.State != backport.RunError {
		t.Errorf("%+v", r)
	}
	if r := runAt(t, p, Command{Run: []string{"dir/run.sh", "y"}}); r.Tail != "ran y\n" {
		t.Errorf("%+v", r)
	}
	if r := runAt(t, p, Command{Run: []string{"sh", "-c", "cat; echo err >&2; echo out"}}); r.Tail != "err\nout\n" {
		t.Errorf("%+v", r)
	}
}

// reads tests that a place gives what a pattern means, and nothing else.
func reads(t *testing.T, p Place) {
	r := runAt(t, p, Command{Run: []string{"sh", "-c", `mkdir -p made/x/y && echo 1 >made/x/y/r.xml && echo 22 >made/r.xml && echo no >made/r.txt &&
		ln -s r.xml made/l.xml && ln -s /etc made/etc && head -c 5000000 /dev/zero >made/big.xml && mkfifo made/pipe.xml`}})
	if r.State != backport.RunPassed {
		t.Fatalf("%+v", r)
	}
	for _, test := range []struct {
		pattern string
		want    map[string]string
	}{
		{"made/**/*.xml", map[string]string{"made/x/y/r.xml": "1\n", "made/r.xml": "22\n", "made/big.xml": strings.Repeat("\x00", 100)}},
		{"made/r.*", map[string]string{"made/r.xml": "22\n", "made/r.txt": "no\n"}},
		{"**/file", map[string]string{long: "long\n"}},
		{"*", map[string]string{"a.txt": "alpha\n", "odd name's\nfile": "odd\n", "empty": ""}},
		{"made/etc/**", nil},
		{"none/*", nil},
	} {
		got, err := p.Read(t.Context(), test.pattern, 100)
		if err != nil || len(got) != len(test.want) {
			t.Errorf("%s: %d files, %v", test.pattern, len(got), err)
		}
		for name, text := range test.want {
			if b, ok := got[name]; !ok || string(b) != text {
				t.Errorf("%s: %s is %.50q, want %.50q", test.pattern, name, b, text)
			}
		}
	}
	for _, pattern := range []string{"../*", "/etc/*", "dir/../../*"} {
		if got, _ := p.Read(t.Context(), pattern, 100); len(got) > 0 {
			t.Errorf("%s: %d files", pattern, len(got))
		}
	}
}

// homed gives the command lines of the processes that live in a place's home.
func homed(folder string) (left []string) {
	environs, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, name := range environs {
		if env, err := os.ReadFile(name); err == nil && bytes.Contains(env, []byte("HOME="+folder+"/home\x00")) {
			line, _ := os.ReadFile(filepath.Join(filepath.Dir(name), "cmdline"))
			left = append(left, string(line))
		}
	}
	return left
}

// What a killed process of ours left is ended at once, and removed by the next.
func TestSSHKilled(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/environ"); err != nil {
		t.Skip("the processes of others cannot be looked at here")
	}
	o := host(t)
	root := filepath.Join(t.TempDir(), "yard")
	undo := map[string]Undo{SSHKind: UndoSSH}
	yard, err := OpenYard(t.Context(), root, undo)
	if err != nil {
		t.Fatal(err)
	}
	o.Yard = yard
	p, err := NewSSH(o).Open(t.Context(), sample(t))
	if err != nil {
		t.Fatal(err)
	}
	place := p.(*sshPlace)
	// Nothing but the session holds these together, and one gets away.
	place.on = ""
	script := "{ true\n" + runScript(place, "token", Command{Network: true, Time: time.Hour, Run: []string{"sh", "-c", "sleep 988 & setsid sleep 989 & wait"}}, []string{"HOME=" + place.folder + "/home"}) + "\n}\n"
	// The connection ends without a word, as it does when this process is killed.
	client := exec.Command(place.m.o.Program, place.m.arguments(shell)...)
	stdin, err := client.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := stdin.Write([]byte(script)); err != nil {
		t.Fatal(err)
	}
	running := func(what string) bool {
		return slices.ContainsFunc(homed(place.folder), func(line string) bool { return strings.HasSuffix(line, what+"\x00") })
	}
	wait(t, "the command starts", func() bool { return running("988") && running("989") })
	if err := client.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = client.Wait()
	wait(t, "the command ends", func() bool { return !running("988") })
	wait(t, "its watchers end", func() bool {
		return !slices.ContainsFunc(homed(place.folder), func(line string) bool { return strings.Contains(line, "kill -9") })
	})
	// The kernel drops the lock of a killed process.
	yard.lock.Close()
	next, err := OpenYard(t.Context(), root, undo)
	if err != nil || len(next.Left()) > 0 {
		t.Fatalf("%v, %v", err, next.Left())
	}
	if left := homed(place.folder); len(left) > 0 {
		t.Errorf("still there: %q", left)
	}
	if _, err := os.Lstat(place.folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is still there", place.folder)
	}
	if err := next.Close(); err != nil {
		t.Error(err)
	}
}

func TestSSHRefuses(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"", "-oProxyCommand=touch /tmp/x", "a\nb"} {
		if _, err := NewSSH(SSHOptions{Host: host}).Open(t.Context(), t.TempDir()); err == nil {
			t.Errorf("%q is a host", host)
		}
	}
	o := SSHOptions{Host: "box", Program: filepath.Join(t.TempDir(), "no-ssh")}
	if _, err := NewSSH(o).Open(t.Context(), t.TempDir()); err == nil {
		t.Error("no error without ssh")
	}
	for _, words := range [][]string{nil, {"ssh", "box", "../x"}, {"ssh", "box", "backstay-/../x"}, {"ssh", "box", "backstay-$(id)"}} {
		if err := UndoSSH(t.Context(), words); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%q: %v", words, err)
		}
	}
}

// A host that is not there is an error, not a failing test.
func TestSSHUnreachable(t *testing.T) {
	t.Parallel()
	o := host(t)
	o.Args = append(o.Args, "-p", strconv.Itoa(freePort(t)))
	if _, err := NewSSH(o).Open(t.Context(), sample(t)); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("%v", err)
	}
}
