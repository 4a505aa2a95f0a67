package platform

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// unmountBelow takes away what is mounted below a folder: a command that was not
// confined, and a superuser's, may have left there what is somebody else's, as
// those do that build systems in a folder. What is mounted stays as it is.
func unmountBelow(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	above, err := filepath.EvalSymlinks(filepath.Dir(dir))
	if err != nil {
		return err
	}
	dir = filepath.Join(above, filepath.Base(dir))
	table, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil // a system that doesn't tell lets nobody mount either
	}
	// The youngest first: it may be on top of others.
	for _, line := range slices.Backward(strings.Split(string(table), "\n")) {
		fields := strings.Fields(line)
		if len(fields) < 5 {
			continue
		}
		at := unescapeMount(fields[4])
		if !strings.HasPrefix(at, dir+"/") {
			continue
		}
		if err := unix.Unmount(at, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW); err != nil {
			return fmt.Errorf("unmount %s: %w", at, err)
		}
	}
	return nil
}

// unescapeMount reads a path as the kernel writes it: blanks, line ends and
// backslashes are a backslash and three octal digits.
func unescapeMount(path string) string {
	var b strings.Builder
	for {
		plain, rest, ok := strings.Cut(path, `\`)
		b.WriteString(plain)
		if !ok {
			return b.String()
		}
		if n, err := strconv.ParseUint(rest[:min(3, len(rest))], 8, 8); err == nil && len(rest) >= 3 {
			b.WriteByte(byte(n))
			path = rest[3:]
			continue
		}
		b.WriteByte('\\')
		path = rest
	}
}
