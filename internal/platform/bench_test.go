//go:build unix

package platform

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// What a command costs beside itself.
func BenchmarkRun(b *testing.B) {
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			if err := exec.CommandContext(b.Context(), "/bin/true").Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, c := range []struct {
		name    string
		options LocalOptions
		command Command
	}{
		{"confined", LocalOptions{}, Command{}},
		{"confined, with network", LocalOptions{}, Command{Network: true}},
		{"confined, with a limit of memory", LocalOptions{}, Command{Memory: 1 << 30}},
		{"unconfined", LocalOptions{Unconfined: true}, Command{}},
	} {
		b.Run(c.name, func(b *testing.B) {
			c.options.Scratch, c.options.Path = b.TempDir(), "/usr/bin:/bin"
			c.command.Run = []string{"true"}
			place, err := NewLocal(c.options).Open(b.Context(), b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			defer place.Close()
			for b.Loop() {
				if r, err := place.Run(b.Context(), c.command); err != nil || r.Exit != 0 {
					b.Fatal(r, err)
				}
			}
		})
	}
}

func BenchmarkRemoveAll(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		b.StopTimer()
		top := filepath.Join(dir, "top")
		for i := range 100 {
			folder := filepath.Join(top, "a", strconv.Itoa(i), "b")
			if err := os.MkdirAll(folder, 0o755); err != nil {
				b.Fatal(err)
			}
			for k := range 100 {
				if err := os.WriteFile(filepath.Join(folder, strconv.Itoa(k)), nil, 0o644); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.StartTimer()
		if err := RemoveAll(top); err != nil {
			b.Fatal(err)
		}
	}
}
