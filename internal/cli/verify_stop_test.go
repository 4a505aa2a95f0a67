//go:build linux

package cli_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Ctrl-C ends the commands and removes everything, at once.
func TestVerifyInterrupted(t *testing.T) {
	t.Parallel()
	mark := "backstay-test-" + strconv.Itoa(os.Getpid()) + "-" + strconv.FormatUint(rand.Uint64(), 36)
	v := newVerifying(t, pump(t), fmt.Sprintf(`
platforms:
  - name: slow
    env: {MARK: %s}
    test: [sh, -c, "trap '' INT TERM; sleep 600 & sleep 600"]
`, mark))
	before := v.State(t)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		cmd := v.command("my/handed", "--build")
		var out, said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for until := time.Now().Add(20 * time.Second); len(marked(t, "MARK="+mark)) < 2; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(until) {
				_ = cmd.Process.Kill()
				t.Fatalf("the command did not start: %s", said.String())
			}
		}
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_ = cmd.Wait() // its status is looked at
		if got := cmd.ProcessState.ExitCode(); got != 130 {
			t.Errorf("%s: exit status %d\n%s%s", signal, got, out.String(), said.String())
		}
		if took := time.Since(start); took > 15*time.Second {
			t.Errorf("%s: it took %s", signal, took)
		}
		if lines := strings.Count(said.String(), "\n"); lines > 2 || out.Len() > 0 {
			t.Errorf("%s: it said\n%s%s", signal, out.String(), said.String())
		}
		if got := marked(t, "MARK="+mark); len(got) > 0 {
			t.Errorf("%s: processes are left: %s", signal, got)
		}
		if left := v.left(); len(left) > 0 {
			t.Errorf("%s: %q is left", signal, left)
		}
	}
	if after := v.State(t); after != before {
		t.Errorf("the repository was\n%s\nand is\n%s", before, after)
	}
}

// Several at once on one repository do not disturb each other.
func TestVerifyAtOnce(t *testing.T) {
	t.Parallel()
	v := newVerifying(t, pump(t), `
platforms:
  - name: here
    build: [./check]
    test: [./run]
    proof: [./run, "{files}"]
    results: tap
`)
	before := v.State(t)
	var group sync.WaitGroup
	for n := range 4 {
		group.Go(func() {
			name := []string{"my/handed", "my/rounding"}[n%2]
			cmd := v.command(name, "--build", "--fresh")
			text, _ := cmd.CombinedOutput() // its status is looked at
			out := string(text)
			if got := cmd.ProcessState.ExitCode(); got != n%2 || !strings.Contains(out, "here  proven") {
				t.Errorf("%s: exit status %d\n%s", name, got, out)
			}
		})
	}
	group.Wait()
	if left := v.left(); len(left) > 0 {
		t.Errorf("%q is left", left)
	}
	if after := v.State(t); after != before {
		t.Errorf("the repository was\n%s\nand is\n%s", before, after)
	}
}
