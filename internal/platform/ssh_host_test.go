//go:build unix

package platform

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// host starts an sshd of the test's own on the loopback device and gives the
// options to reach it.
func host(t *testing.T) SSHOptions {
	t.Helper()
	const sshd = "/usr/sbin/sshd"
	for _, program := range []string{sshd, "ssh", "ssh-keygen"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("no OpenSSH server and client here: %v", err)
		}
	}
	if os.Getuid() == 0 {
		// As root it insists on the folder that it locks itself up in.
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Skipf("make sshd's own folder: %v", err)
		}
	}
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	public := map[string]string{}
	for _, key := range []string{"host", "user"} {
		if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, key)).CombinedOutput(); err != nil {
			t.Fatalf("ssh-keygen: %v: %s", err, out)
		}
		text, err := os.ReadFile(filepath.Join(dir, key+".pub"))
		if err != nil {
			t.Fatal(err)
		}
		public[key] = string(text)
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "remote"), 0o700); err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	write("authorized", public["user"])
	write("known", fmt.Sprintf("[127.0.0.1]:%d %s", port, public["host"]))
	write("sshd_config", fmt.Sprintf(`ListenAddress 127.0.0.1:%d
HostKey %[2]s/host
AuthorizedKeysFile %[2]s/authorized
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
PrintMotd no
MaxStartups 100
SetEnv TMPDIR=%[2]s/remote LEAKED=from-the-server
`, port, dir))
	write("ssh_config", fmt.Sprintf(`Host box
	HostName 127.0.0.1
	Port %d
	User %s
	IdentityFile %[3]s/user
	IdentitiesOnly yes
	UserKnownHostsFile %[3]s/known
	StrictHostKeyChecking yes
`, port, me.Username, dir))
	server := exec.Command(sshd, "-D", "-e", "-f", filepath.Join(dir, "sshd_config"))
	var log bytes.Buffer
	server.Stderr = &log
	if err := server.Start(); err != nil {
		t.Skipf("start sshd: %v", err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGTERM)
		_ = server.Wait()
		if t.Failed() {
			t.Logf("sshd says: %.4000s", log.String())
		}
	})
	wait(t, "sshd listens", func() bool {
		conn, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	return SSHOptions{Host: "box", Args: []string{"-F", filepath.Join(dir, "ssh_config")}}
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

// remote is the folder that the host of a test makes its folders in.
func remote(o SSHOptions) string { return filepath.Join(filepath.Dir(o.Args[1]), "remote") }

func wait(t *testing.T, what string, until func() bool) {
	t.Helper()
	for range 1500 {
		if until() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("%s: not in half a minute", what)
}

// long is a name that no old tar format can hold.
var long = "dir/" + strings.Repeat("long", 60) + "/file"

// sample makes a small checkout with all that a commit can hold, and a .git.
func sample(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.txt": "alpha\n", "dir/run.sh": "#!/bin/sh\necho \"ran $1\"\n", ".git/config": "[core]\n",
		long: "long\n", "odd name's\nfile": "odd\n", "empty": "",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Chmod(filepath.Join(dir, "dir/run.sh"), 0o755), os.Symlink("../a.txt", filepath.Join(dir, "dir/link")),
		os.Symlink("/etc/passwd", filepath.Join(dir, "out")), os.Symlink("/etc", filepath.Join(dir, "outdir"))); err != nil {
		t.Fatal(err)
	}
	return dir
}

func openAt(t *testing.T, m Machine) Place {
	t.Helper()
	p, err := m.Open(t.Context(), sample(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return p
}

func runAt(t *testing.T, p Place, c Command) Result {
	t.Helper()
	if c.Time == 0 {
		c.Time = time.Minute
	}
	r, err := p.Run(t.Context(), c)
	if err != nil {
		t.Fatalf("%q: %v", c.Run, err)
	}
	return r
}

func writeFile(t *testing.T, path string, perm os.FileMode, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), perm); err != nil {
		t.Fatal(err)
	}
}
