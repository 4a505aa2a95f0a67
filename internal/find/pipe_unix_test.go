//go:build unix

package find_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"backstay.dev/backstay/internal/find"
	"backstay.dev/backstay/internal/gittest"
)

// A pipe that nobody writes to, and one whose writer is silent, do not hold up
// Ctrl-C.
func TestSilentPipe(t *testing.T) {
	t.Parallel()
	g := gittest.New(t, "-- commit base on main: base --\n-- file f --\n1\n")
	repo, store := open(t, g)
	for name, flag := range map[string]int{"no writer": 0, "a silent writer": os.O_RDWR} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "pipe.patch")
			if err := syscall.Mkfifo(path, 0o600); err != nil {
				t.Skip(err)
			}
			if flag != 0 {
				w, err := os.OpenFile(path, flag, 0)
				if err != nil {
					t.Fatal(err)
				}
				defer w.Close()
			}
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			_, err := find.Fixes(ctx, repo, store, []string{path}, find.FixOptions{})
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v, want the end of the context", err)
			}
		})
	}
}
