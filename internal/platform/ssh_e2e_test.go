//go:build e2e && unix

package platform

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
)

// Nothing outlives a command's time, nor its end.
func TestSSHEnds(t *testing.T) {
	t.Parallel()
	p := openAt(t, NewSSH(host(t)))
	begin := time.Now()
	r := runAt(t, p, Command{Run: []string{"sh", "-c", "echo begun; trap '' TERM HUP INT; sleep 987 & sleep 987"}, Time: 3 * time.Second})
	if r.State != backport.RunLimit || r.Tail != "begun\n" || !strings.Contains(r.Detail, limitTime) || r.Exit != -1 {
		t.Errorf("%+v", r)
	}
	if r := runAt(t, p, Command{Run: []string{"sh", "-c", "(sleep 987; echo late) & echo done"}}); r.State != backport.RunPassed || r.Tail != "done\n" {
		t.Errorf("%+v", r)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := p.Run(ctx, Command{Run: []string{"sleep", "987"}}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if took := time.Since(begin); took > time.Minute {
		t.Errorf("took %v", took)
	}
	if left := homed(p.(*sshPlace).folder); len(left) > 0 {
		t.Errorf("still there: %q", left)
	}
}

// What a build write-protects is removed too, and nothing stays on the host.
func TestSSHClose(t *testing.T) {
	t.Parallel()
	o := host(t)
	p, err := NewSSH(o).Open(t.Context(), sample(t))
	if err != nil {
		t.Fatal(err)
	}
	runAt(t, p, Command{Run: []string{"sh", "-c", `mkdir -p "$HOME/mod/x" && touch "$HOME/mod/x/f" && chmod -R a-w "$HOME/mod"`}})
	ran := make(chan error, 1)
	go func() {
		_, err := p.Run(context.Background(), Command{Run: []string{"sh", "-c", "touch begun; sleep 987"}})
		ran <- err
	}()
	wait(t, "the command begins", func() bool {
		_, err := os.Stat(filepath.Join(p.(*sshPlace).folder, "tree", "begun"))
		return err == nil
	})
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ran; !errors.Is(err, errClosed) {
		t.Errorf("%v, want %v", err, errClosed)
	}
	if left, err := os.ReadDir(remote(o)); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
	if _, err := p.Run(t.Context(), Command{Run: []string{"true"}}); !errors.Is(err, errClosed) {
		t.Errorf("%v, want %v", err, errClosed)
	}
	if err := p.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}
