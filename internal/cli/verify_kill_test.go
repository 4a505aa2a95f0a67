//go:build linux

package cli_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// untidy is a configuration whose first platform leaves behind what is hard to
// remove: daemons that left their group and their session, one that hears no
// signal, and folders that nobody may write to.
const untidy = `
platforms:
  - name: untidy
    env: {MARK: %s}
    build: [sh, -c, "mkdir -p locked/deep && : >locked/deep/file && ln -s / locked/root && chmod 500 locked/deep locked"]
    test:
      - [sh, -c, "(setsid sh -c 'sleep 600 & sleep 600' >/dev/null 2>&1 &); (trap '' TERM HUP INT; sleep 600) >/dev/null 2>&1 & sleep 0.2"]
      - [./run]
  - name: quick
    test: ["true"]
`

// marked are the processes that have a variable in their environment.
func marked(t *testing.T, variable string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range files {
		env, err := os.ReadFile(f)
		if err == nil && bytes.Contains(append([]byte{0}, env...), []byte("\x00"+variable+"\x00")) {
			command, _ := os.ReadFile(filepath.Join(filepath.Dir(f), "cmdline"))
			found = append(found, fmt.Sprintf("%s: %q", f, command))
		}
	}
	return found
}

// Verification is killed at random moments, again and again, alone or with all
// that it has started. The next start removes what was left; the repository
// never sees any of it.
func TestVerifyKilled(t *testing.T) {
	t.Parallel()
	mark := "backstay-test-" + strconv.Itoa(os.Getpid()) + "-" + strconv.FormatUint(rand.Uint64(), 36)
	v := newVerifying(t, pump(t), fmt.Sprintf(untidy, mark))
	before := v.State(t)
	start := time.Now()
	hard := []string{"my/handed", "--platform", "untidy", "--fresh"}
	if exit, out, said := v.run(hard...); exit != 1 || !strings.Contains(out, "untidy  passed") {
		t.Fatalf("exit status %d\n%s%s", exit, out, said)
	}
	window := time.Since(start)
	if got := marked(t, "MARK="+mark); len(got) > 0 {
		t.Fatalf("processes are left: %s", got)
	}
	atWork, under := 0, 0
	for round := range verifyKills {
		cmd := v.command(hard...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(window))))
		if len(marked(t, "MARK="+mark)) > 0 {
			atWork++
		}
		pid := cmd.Process.Pid
		if round%2 == 0 {
			pid = -pid
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		if len(v.left()) > 0 {
			under++
		}
		v.age()

		if exit, out, said := v.run("my/handed", "--platform", "quick"); exit != 1 || !strings.Contains(out, "quick  passed") || said != "" {
			t.Errorf("round %d: exit status %d\n%s%s", round, exit, out, said)
		}
		left := v.left()
		if len(left) > 0 && !slices.ContainsFunc(left, func(f string) bool { return filepath.Base(filepath.Dir(f)) != "stores" }) {
			// A git of the killed one's, itself just dying, still had the store when it
			// was swept: it goes with the start after that.
			v.age()
			if exit, _, said := v.run("my/handed", "--platform", "quick"); exit != 1 || said != "" {
				t.Errorf("round %d: exit status %d\n%s", round, exit, said)
			}
			left = v.left()
		}
		if len(left) > 0 {
			t.Fatalf("round %d: %q is left", round, left)
		}
		if got := marked(t, "MARK="+mark); len(got) > 0 {
			t.Errorf("round %d: processes are left: %s", round, got)
		}
		if after := v.State(t); after != before {
			t.Fatalf("round %d: the repository was\n%s\nand is\n%s", round, before, after)
		}
	}
	v.Fsck(t)
	t.Logf("%d kills in a window of %s: %d while commands ran, %d with something left to remove", verifyKills, window, atWork, under)
}
