//go:build unix

package cli_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"backstay.dev/backstay/internal/gittest"
)

// verifying runs "backstay verify" on a repository.
type verifying struct {
	*gittest.Repo
	t                testing.TB
	cache, tmp, home string
	env              []string
	// program is this test under the name by which TestMain knows the command.
	program string
}

// newVerifying gives a repository a configuration, and the command folders of
// its own.
func newVerifying(t testing.TB, r *gittest.Repo, config string) *verifying {
	t.Helper()
	dir := t.TempDir()
	v := &verifying{
		Repo: r, t: t, program: filepath.Join(dir, "backstay"),
		cache: filepath.Join(dir, "cache"), tmp: filepath.Join(dir, "tmp"), home: filepath.Join(dir, "home"),
	}
	self, err := os.Executable()
	if err := errors.Join(err, os.Symlink(self, v.program), os.Mkdir(v.tmp, 0o700), os.Mkdir(v.home, 0o700)); err != nil {
		t.Fatal(err)
	}
	v.Write(t, ".backstay.yaml", config)
	v.env = append(gittest.Env(), "BACKSTAY_CACHE="+v.cache, "BACKSTAY_STATE="+filepath.Join(dir, "state"), "TMPDIR="+v.tmp, "HOME="+v.home)
	return v
}

// pump is the repository of the scripts.
func pump(t testing.TB, opts ...gittest.Option) *gittest.Repo {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "repos", "pump.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return gittest.New(t, string(text), opts...)
}

func (v *verifying) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(v.t.Context(), v.program, append([]string{"-C", v.Dir, "verify"}, args...)...)
	cmd.Env = v.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// run runs it to its end.
func (v *verifying) run(args ...string) (exit int, stdout, stderr string) {
	v.t.Helper()
	cmd := v.command(args...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		v.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), said.String()
}

// left are the files that a run has left in its folders for what is under way.
func (v *verifying) left() []string {
	v.t.Helper()
	var all []string
	for _, pattern := range []string{
		filepath.Join(v.cache, "*", "verify", "yard", "*"), filepath.Join(v.cache, "stores", "*"), filepath.Join(v.tmp, "*"), filepath.Join(v.home, "*"),
	} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			v.t.Fatal(err)
		}
		for _, f := range found {
			if name := filepath.Base(f); name != "lock" && !strings.HasSuffix(name, ".lock") {
				all = append(all, f)
			}
		}
	}
	return all
}

// age lets two minutes pass for object stores without a lock: those that are
// younger than one are left alone, as their owners may be about to make it.
func (v *verifying) age() {
	v.t.Helper()
	stores, err := filepath.Glob(filepath.Join(v.cache, "stores", "*"))
	if err != nil {
		v.t.Fatal(err)
	}
	then := time.Now().Add(-2 * time.Minute)
	for _, s := range stores {
		if _, err := os.Lstat(filepath.Join(s, "owner.lock")); err == nil {
			continue
		}
		if err := os.Chtimes(s, then, then); err != nil {
			v.t.Fatal(err)
		}
	}
}
