package platform

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// What a command has mounted from elsewhere, where it may, is not removed as if
// it were its own.
func TestRemoveAllMounts(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"m", "a/b/m", "a b/\\040/\nm"} {
		precious, dir := t.TempDir(), filepath.Join(t.TempDir(), "dir")
		file := filepath.Join(precious, "sub", "file")
		mounted := filepath.Join(dir, at)
		for _, d := range []string{filepath.Dir(file), mounted} {
			if err := os.MkdirAll(d, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		for _, f := range []string{file, filepath.Join(precious, "file")} {
			if err := os.WriteFile(f, []byte("keep"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := unix.Mount(precious, mounted, "", unix.MS_BIND, ""); err != nil {
			t.Skipf("nothing can be mounted: %v", err)
		}
		if err := RemoveAll(dir); err != nil {
			t.Errorf("%s: %v", at, err)
		}
		if _, err := os.Lstat(dir); !os.IsNotExist(err) {
			t.Errorf("%s: it is still there: %v", at, err)
		}
		for _, f := range []string{file, filepath.Join(precious, "file")} {
			if text, err := os.ReadFile(f); err != nil || string(text) != "keep" {
				t.Errorf("%s: %s is %q, %v", at, f, text, err)
			}
		}
	}
}
