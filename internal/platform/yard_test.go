//go:build unix

package platform

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// yards are the entries below a root.
func yards(t *testing.T, root string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root, yardPrefix+"*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func openYard(t *testing.T, root string, undo map[string]Undo) *Yard {
	t.Helper()
	y, err := OpenYard(t.Context(), root, undo)
	if err != nil {
		t.Fatal(err)
	}
	return y
}

// Two yards at once leave each other alone; closed, nothing is left.
func TestYard(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "deep", "yards")
	a, b := openYard(t, root, nil), openYard(t, root, nil)
	var folders []string
	for _, y := range []*Yard{a, b, a} {
		dir, err := y.Folder("../he llo/\x00" + strings.Repeat("x", 300))
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 || !strings.HasPrefix(dir, root) {
			t.Errorf("%s: %v, %v", dir, info, err)
		}
		folders = append(folders, dir)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	c := openYard(t, root, nil)
	if _, err := os.Stat(folders[1]); err != nil {
		t.Errorf("another's folder: %v", err)
	}
	for _, y := range []*Yard{b, c} {
		if err := y.Close(); err != nil || len(y.Left()) > 0 {
			t.Errorf("%v, %v", err, y.Left())
		}
	}
	if left := yards(t, root); left != nil {
		t.Errorf("left: %v", left)
	}
}

// die drops a yard as a process that is killed does.
func (y *Yard) die() { y.lock.Close() }

func TestYardUndoes(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	var undone []string
	unreachable := errors.New("unreachable")
	undo := map[string]Undo{
		"ssh": func(_ context.Context, words []string) error {
			undone = append(undone, strings.Join(words, " "))
			if words[0] == "away" {
				return unreachable
			}
			return nil
		},
	}
	y := openYard(t, root, undo)
	for _, words := range [][]string{{"host", "/tmp/a b\n"}, {"away", "/tmp/b"}, {"gone", "/tmp/c"}} {
		done, err := y.Note("ssh", words...)
		if err != nil {
			t.Fatal(err)
		}
		if words[0] == "gone" {
			done()
			done()
		}
	}
	if _, err := y.Note("vm", "x"); err != nil {
		t.Fatal(err)
	}
	if _, err := y.Note("vm", strings.Repeat("x", maxNote)); err == nil {
		t.Error("a note without bounds is taken")
	}
	// What a killed process was about to note it has not made.
	if err := os.WriteFile(filepath.Join(y.dir, notesDir, "9.new"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	folder, err := y.Folder("x")
	if err != nil {
		t.Fatal(err)
	}
	y.die()
	next := openYard(t, root, undo)
	if want := []string{"away /tmp/b", "host /tmp/a b\n"}; !slices.Equal(undone, want) {
		t.Errorf("undone %q, want %q", undone, want)
	}
	if len(next.Left()) != 1 || !errors.Is(next.Left()[0], unreachable) || !strings.Contains(next.Left()[0].Error(), `undo vm ["x"]: nothing knows how`) {
		t.Errorf("left %v", next.Left())
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("folder: %v", err)
	}
	// Once it can be reached, it is undone, and nothing stays.
	undone, undo["vm"] = nil, undo["ssh"]
	undo["ssh"] = func(_ context.Context, words []string) error { undone = append(undone, words[0]); return nil }
	if _, err := next.Note("ssh", "mine"); err != nil {
		t.Fatal(err)
	}
	last := openYard(t, root, undo)
	if want := []string{"x", "away"}; !slices.Equal(undone, want) || last.Left() != nil {
		t.Errorf("undone %q, want %q, left %v", undone, want, last.Left())
	}
	for _, y := range []*Yard{next, last} {
		if err := y.Close(); err != nil {
			t.Error(err)
		}
	}
	if left := yards(t, root); left != nil || undone[len(undone)-1] != "mine" {
		t.Errorf("left %v, undone %q", left, undone)
	}
}

// An entry whose process was killed before it had locked it is nobody's.
func TestYardHalfMade(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, path := range []string{"yard-1", "yard-2/work/x"} {
		if err := os.MkdirAll(filepath.Join(root, path), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"yard-file", "mine"} {
		if err := os.WriteFile(filepath.Join(root, path), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(t.TempDir(), filepath.Join(root, "yard-link")); err != nil {
		t.Fatal(err)
	}
	y := openYard(t, root, nil)
	if err := y.Close(); err != nil {
		t.Error(err)
	}
	left := yards(t, root)
	for i := range left {
		left[i] = filepath.Base(left[i])
	}
	if want := []string{"yard-file", "yard-link"}; !slices.Equal(left, want) {
		t.Errorf("left %v, want %v", left, want)
	}
}

func TestYardContext(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	held, err := TryLock(filepath.Join(root, lockFile))
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := OpenYard(ctx, root, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// Hostile folders: no right to write, links, sockets, a depth that no path can
// name.
func TestRemoveAll(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "f"), nil, 0o400); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(outside, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(outside, 0o700) })
	dir := filepath.Join(t.TempDir(), "d")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	make := exec.CommandContext(t.Context(), "sh", "-c", `
		mkdir -p a/b/c .up-1 && echo x >a/b/f && ln -s "$1" a/link && ln -s "$1/f" a/b/l && ln -s . loop && mkfifo a/pipe && chmod 400 a/b/f &&
		mkdir 'new
line'`, "sh", outside)
	make.Dir = dir
	if out, err := make.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	deep(t, dir, 100)
	for range batch + 100 {
		if err := os.Symlink("x", filepath.Join(dir, fmt.Sprintf("link-%d", time.Now().UnixNano()))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"a/b/c", "a/b", "a"} {
		if err := os.Chmod(filepath.Join(dir, name), 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is there: %v", err)
	}
	if info, err := os.Stat(outside); err != nil || info.Mode().Perm() != 0o500 {
		t.Errorf("what a link led to: %v, %v", info, err)
	}
	if _, err := os.Stat(filepath.Join(outside, "f")); err != nil {
		t.Error(err)
	}
	for _, nothing := range []string{dir, filepath.Join(dir, "x")} {
		if err := RemoveAll(nothing); err != nil {
			t.Error(err)
		}
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(outside, link); err != nil {
		t.Fatal(err)
	}
	if err := RemoveAll(link); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(outside, "f")); err != nil {
		t.Error(err)
	}
}

// deep makes folders in folders whose path is longer than a path can be.
func deep(t *testing.T, dir string, levels int) {
	t.Helper()
	at, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.Repeat("x", 200)
	for range levels {
		if err := at.Mkdir(name, 0o700); err != nil {
			t.Fatal(err)
		}
		below, err := at.OpenRoot(name)
		if err != nil {
			t.Fatal(err)
		}
		at.Close()
		at = below
	}
	at.Close()
}

// performYard works in a yard until it is killed: a checkout, a place, a command
// with a daemon.
func performYard(root string) int {
	ctx := context.Background()
	for {
		y, err := OpenYard(ctx, root, nil)
		if err != nil {
			return fail(err)
		}
		dir, err := y.Folder("checkout")
		if err != nil {
			return fail(err)
		}
		scratch, err := y.Folder("homes")
		if err != nil {
			return fail(err)
		}
		o := LocalOptions{Scratch: scratch, Path: "/usr/bin:/bin", Unconfined: os.Getenv("UNCONFINED") != ""}
		place, err := NewLocal(o).Open(ctx, dir)
		if err != nil {
			return fail(err)
		}
		script := `mkdir -p a/b; touch a/b/c; chmod 500 a a/b; (while :; do mkdir -p w/$i/x; touch w/$i/f; i=$((i+1)); done >/dev/null 2>&1 &); (setsid sh -c 'sleep "$0"' "$1" &) & echo running; sleep "$1"`
		if _, err := place.Run(ctx, Command{Run: []string{"sh", "-c", script, "sh", os.Getenv("MARK")}, Time: 300 * time.Millisecond, Memory: 1 << 30, Log: os.Stdout}); err != nil {
			return fail(err)
		}
		if err := errors.Join(place.Close(), y.Close()); err != nil {
			return fail(err)
		}
	}
}

func fail(err error) int {
	fmt.Println(err)
	return 1
}

// TestKilled kills a process that works in a yard at moments spread over its
// work: no process lives on, and the next to open a yard there leaves no folder.
func TestKilled(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o LocalOptions) { kill(t, kills, o.Unconfined) })
}

func kill(t *testing.T, times int, unconfined bool) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	for i := range times {
		// As a number of seconds it marks the processes.
		mark := fmt.Sprintf("3%07d.%d", os.Getpid(), time.Now().UnixNano()%1e9)
		worker := exec.CommandContext(t.Context(), exe)
		worker.Env = []string{"PLATFORM_TEST_PLAY=yard", "YARD=" + root, "MARK=" + mark}
		if unconfined {
			worker.Env = append(worker.Env, "UNCONFINED=1")
		}
		out, err := worker.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := worker.Start(); err != nil {
			t.Fatal(err)
		}
		if i%3 > 0 {
			// Otherwise in the midst of starting.
			if line := make([]byte, 8); true {
				if _, err := out.Read(line); err != nil || string(line) != "running\n" {
					t.Fatalf("%q, %v", line, err)
				}
			}
		}
		time.Sleep(time.Duration(i) * 311 % 997 * time.Millisecond)
		if err := worker.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = worker.Wait() // it was killed
		if i%2 > 0 {
			ended(t, mark) // otherwise they are ending when the next one starts
		}
		y := openYard(t, root, nil)
		if y.Left() != nil {
			t.Errorf("left %v", y.Left())
		}
		if all := yards(t, root); len(all) != 1 {
			t.Errorf("after %d: %v", i, all)
		}
		if err := y.Close(); err != nil {
			t.Error(err)
		}
		ended(t, mark)
	}
}
