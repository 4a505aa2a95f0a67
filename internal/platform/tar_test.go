//go:build unix

package platform

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"pgregory.net/rapid"
)

// What is packed is what another tar program unpacks.
func TestPack(t *testing.T) {
	t.Parallel()
	dir := sample(t)
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stream bytes.Buffer
	if err := pack(t.Context(), &stream, dir); err != nil {
		t.Fatal(err)
	}
	for tr := tar.NewReader(bytes.NewReader(stream.Bytes())); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.Gid != 0 || h.Uname != "" || h.Gname != "" || len(h.PAXRecords) > 0 {
			t.Errorf("%s tells of its owner: %+v", h.Name, h)
		}
	}
	to := t.TempDir()
	cmd := exec.Command("tar", "-x", "-o", "-f", "-", "-C", to)
	cmd.Stdin = &stream
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.RemoveAll(filepath.Join(dir, ".git")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "pipe")); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("diff", "-r", "--no-dereference", dir, to).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	for name, want := range map[string]os.FileMode{"dir/run.sh": 0o755, "a.txt": 0o644} {
		if info, err := os.Stat(filepath.Join(to, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, %v", name, info.Mode(), err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := pack(ctx, io.Discard, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func all(name string) (string, bool) { return name, name != "left" }

func TestUnpack(t *testing.T) {
	t.Parallel()
	var stream bytes.Buffer
	w := tar.NewWriter(&stream)
	for _, h := range []tar.Header{
		{Name: "a", Size: 5, Typeflag: tar.TypeReg},
		{Name: "link", Linkname: "/etc/passwd", Typeflag: tar.TypeSymlink},
		{Name: "left", Size: 5, Typeflag: tar.TypeReg},
		{Name: "dir/", Typeflag: tar.TypeDir},
		{Name: "dir/b", Size: 5, Typeflag: tar.TypeReg},
	} {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := w.Write([]byte("12345")); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	if err := unpack(bytes.NewReader(stream.Bytes()), 3, files, all); err != nil {
		t.Fatal(err)
	}
	if len(files) != 2 || string(files["a"]) != "123" || string(files["dir/b"]) != "123" {
		t.Errorf("%q", files)
	}
	if err := unpack(bytes.NewReader(stream.Bytes()[:514]), 3, files, all); err == nil {
		t.Error("a stream that breaks off is no error")
	}
}

func FuzzUnpack(f *testing.F) {
	var stream bytes.Buffer
	w := tar.NewWriter(&stream)
	_ = w.WriteHeader(&tar.Header{Name: strings.Repeat("long", 60), Size: 1, Typeflag: tar.TypeReg, Format: tar.FormatGNU})
	_, _ = w.Write([]byte("x"))
	_ = w.Close()
	f.Add(stream.Bytes())
	f.Add(stream.Bytes()[:512])
	f.Add([]byte("no tar"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		files := map[string][]byte{}
		_ = unpack(bytes.NewReader(stream), 100, files, all)
		for name, text := range files {
			if len(text) > 100 || name == "left" {
				t.Errorf("%q has %d bytes", name, len(text))
			}
		}
	})
}

// A POSIX shell reads what is quoted as it was.
func TestQuote(t *testing.T) {
	t.Parallel()
	read := func(words []string) string {
		cmd := exec.Command("/bin/sh", "-s")
		cmd.Stdin = strings.NewReader("{\nset -- " + quoteAll(words) + "\nfor w; do printf '%s\\0' \"$w\"; done\n}\n")
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	want := func(words []string) string {
		var b strings.Builder
		for _, w := range words {
			b.WriteString(w + "\x00")
		}
		return b.String()
	}
	if got := read(hostileWords); got != want(hostileWords) {
		t.Errorf("%q", got)
	}
	rapid.Check(t, func(rt *rapid.T) {
		words := rapid.SliceOfN(rapid.SliceOf(rapid.ByteRange(1, 255)), 1, 20).Draw(rt, "words")
		var list []string
		for _, w := range words {
			list = append(list, string(w))
		}
		if got := read(list); got != want(list) {
			rt.Errorf("%q was read as %q", list, got)
		}
	})
}

// Lines and marks are found however the stream is cut.
func TestStreams(t *testing.T) {
	t.Parallel()
	const text = "Welcome to TOKE the box\nTOKETOKEN\nfirst\r\nsecond TOKEN\n\nthe end"
	rapid.Check(t, func(rt *rapid.T) {
		var rest bytes.Buffer
		var heard []string
		a := &after{mark: "TOKEN\n", w: &rest}
		l := &lines{hear: func(line string) bool { heard = append(heard, line); return line == "first" }}
		for left := text; left != ""; {
			n := rapid.IntRange(1, len(left)).Draw(rt, "n")
			for _, w := range []io.Writer{a, l} {
				if m, err := w.Write([]byte(left[:n])); m != n || err != nil {
					rt.Fatalf("%d, %v", m, err)
				}
			}
			left = left[n:]
		}
		if rest.String() != "first\r\nsecond TOKEN\n\nthe end" {
			rt.Errorf("after the mark: %q", rest.String())
		}
		if want := []string{"Welcome to TOKE the box", "TOKETOKEN", "first", "second TOKEN", ""}; !slices.Equal(heard, want) {
			rt.Errorf("heard %q", heard)
		}
		if err := l.last(); err == nil || err.Error() != "the end" {
			rt.Errorf("%v", err)
		}
	})
}

func TestBelow(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ pattern, top, depth string }{
		{"a.xml", "", "-maxdepth 1"},
		{"build/reports/*.xml", "build/reports", "-maxdepth 1"},
		{"build/*/r/x.xml", "build", "-maxdepth 3"},
		{"build/**/*.xml", "build", ""},
		{"**", "", ""},
		{"a/b", "a", "-maxdepth 1"},
	} {
		if top, depth := below(test.pattern); top != test.top || depth != test.depth {
			t.Errorf("%s: %q %q", test.pattern, top, depth)
		}
	}
}
