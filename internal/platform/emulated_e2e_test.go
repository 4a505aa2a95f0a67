//go:build e2e && linux

package platform

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
)

// The recipes of docs/platforms.md: other processors by qemu's user emulation,
// on this machine's confined place. The projects read four bytes in this
// machine's order where they mean little endian, which only a big-endian
// processor shows.
func TestEmulated(t *testing.T) {
	t.Parallel()
	tools := func(t *testing.T, programs ...string) (path string) {
		t.Helper()
		folders := []string{"/usr/bin", "/bin"}
		for _, program := range programs {
			found, err := exec.LookPath(program)
			if err != nil {
				t.Skipf("%s is not here: %v", program, err)
			}
			folders = append(folders, filepath.Dir(found))
		}
		return strings.Join(folders, ":")
	}
	for _, test := range []struct {
		goarch, processor string
		state             backport.RunState
		c                 string
	}{
		{"arm64", "aarch64", backport.RunPassed, "ok 1 - reads little endian\n"},
		{"s390x", "s390x", backport.RunFailed, "not ok 1 - reads little endian\n"},
	} {
		emulator := "qemu-" + test.processor + "-static"
		t.Run("go on "+test.goarch, func(t *testing.T) {
			p := openLocal(t, tools(t, "go", emulator), map[string]string{
				"go.mod": "module example.org/endian\n\ngo 1.21\n",
				"endian.go": `package endian

import "encoding/binary"

func Read(b []byte) uint32 { return binary.NativeEndian.Uint32(b) }
`,
				"endian_test.go": `package endian

import "testing"

func TestRead(t *testing.T) {
	if got := Read([]byte{1, 0, 0, 0}); got != 1 {
		t.Errorf("read %#x", got)
	}
}
`,
			})
			r := runAt(t, p, Command{
				Run: []string{"go", "test", "-vet=off", "-v", "-exec", emulator, "./..."},
				Env: []string{"GOARCH=" + test.goarch, "CGO_ENABLED=0", "GOTOOLCHAIN=local"}, Time: 5 * time.Minute,
			})
			want := map[backport.RunState]string{backport.RunPassed: "--- PASS: TestRead", backport.RunFailed: "read 0x1000000"}[test.state]
			if r.State != test.state || !strings.Contains(r.Tail, want) {
				t.Errorf("%+v", r)
			}
		})
		t.Run("c on "+test.processor, func(t *testing.T) {
			compiler := test.processor + "-linux-gnu-gcc"
			p := openLocal(t, tools(t, compiler, emulator), map[string]string{"endian.c": `#include <stdint.h>
#include <stdio.h>
#include <string.h>
int main(void)
{
	unsigned char b[4] = {1, 0, 0, 0};
	uint32_t v;
	memcpy(&v, b, 4);
	printf("1..1\n%sok 1 - reads little endian\n", v == 1 ? "" : "not ");
	return v != 1;
}
`})
			if r := runAt(t, p, Command{Run: []string{compiler, "-static", "-o", "endian", "endian.c"}}); r.State != backport.RunPassed {
				t.Fatalf("%+v", r)
			}
			if r := runAt(t, p, Command{Run: []string{emulator, "./endian"}}); r.State != test.state || r.Tail != "1..1\n"+test.c {
				t.Errorf("%+v", r)
			}
		})
	}
}

func openLocal(t *testing.T, path string, files map[string]string) Place {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p, err := NewLocal(LocalOptions{Scratch: t.TempDir(), Path: path, Lang: "C.UTF-8"}).Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return p
}
