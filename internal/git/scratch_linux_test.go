package git

import (
	"os"
	"testing"
)

func TestMemoryScratchIsOurs(t *testing.T) {
	t.Parallel()
	dir := MemoryScratch()
	if dir == "" {
		t.Skip("no memory to put stores in")
	}
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() || info.Mode().Perm() != 0o700 {
		t.Fatalf("%s: %v, %v", dir, info, err)
	}
	if again := MemoryScratch(); again != dir {
		t.Errorf("asked again: %q, not %q", again, dir)
	}
}
