package api

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backstay.dev/backstay/internal/backport"
)

func lines(changes []backport.APIChange) []string {
	var out []string
	for _, c := range changes {
		out = append(out, fmt.Sprintf("%s %s %v %s", c.Symbol, c.Kind, c.Breaks, c.Level))
	}
	return out
}

// What abidiff 2.2.0 of Debian 12 says of the libraries of TestABILibraries.
const abiReport = `Functions changes summary: 1 Removed, 2 Changed, 1 Added functions
Variables changes summary: 0 Removed, 1 Changed, 0 Added variable

1 Removed function:

  [D] 'function int lib_close(int)'    {lib_close}

1 Added function:

  [A] 'function int lib_fresh()'    {lib_fresh}

2 functions with some indirect sub-type change:

  [C] 'function int lib_conf(cfg*)' at b.c:4:1 has some indirect sub-type changes:
    parameter 1 of type 'cfg*' has sub-type changes:
      in pointed to type 'struct cfg' at b.c:1:1:
        type size changed from 128 to 192 (in bits)

  [C] 'function int lib_open(const char*, int)' at b.c:3:1 has some indirect sub-type changes:
    parameter 2 of type 'int' changed:
      type name changed from 'int' to 'long int'

1 Changed variable:

  [C] 'int lib_version' was changed to 'long int lib_version' at b.c:7:1:
    size of symbol changed from 4 to 8

`

var abiWant = []string{"lib_close removed true abi", "lib_conf changed true abi", "lib_fresh added false abi", "lib_open changed true abi", "lib_version changed true abi"}

func TestParseABI(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in string
		want     []string
	}{
		{"nothing", "", nil},
		{"with debugging information", abiReport, abiWant},
		{
			"without", "1 Removed function symbol not referenced by debug info:\n\n  [D] lib_close\n\n1 Added function symbol not referenced by debug info:\n\n  [A] lib_fresh, aliases lib_new\n",
			[]string{"lib_close removed true abi", "lib_fresh added false abi"},
		},
		{
			"C++", "  [D] 'method std::map<int, std::string>& ns::A<int, long>::f(void (*)(int), int) const'    {_ZN1A1fEi}\n",
			[]string{"ns::A<int, long>::f removed true abi"},
		},
		{"soname", "ELF SONAME changed\nSONAME changed from 'liba.so.1' to 'liba.so.2'\n", []string{"SONAME changed true abi"}},
		{"no report", "abidiff: [X] nonsense\n[D]\n[C] \n", nil},
	}
	for _, test := range tests {
		if d := cmp.Diff(test.want, lines(parseABI(test.in, "l"))); d != "" {
			t.Errorf("%s: %s", test.name, d)
		}
	}
	for _, c := range parseABI(abiReport, "liba.so") {
		if c.Symbol == "lib_conf" && (!strings.Contains(c.Text, "type size changed from 128 to 192") || strings.Contains(c.Text, "lib_open") || c.Path != "liba.so") {
			t.Errorf("%+v", c)
		}
	}
}

func TestABIErrors(t *testing.T) {
	t.Parallel()
	bad := errors.New("no such program")
	for name, test := range map[string]struct {
		out  string
		exit int
		err  error
	}{
		"not there": {err: bad, exit: -1}, "wrong file": {out: "file nosuch does not exist", exit: 1}, "wrong use": {exit: 2}, "no program": {exit: 127},
		"not understood": {out: "something new", exit: 12},
	} {
		run := func(context.Context, []string) (string, int, error) { return test.out, test.exit, test.err }
		if got, err := ABI(t.Context(), run, "a", "b"); err == nil || got != nil || !errors.Is(err, test.err) && test.err != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// TestABILibraries builds two libraries and lets abidiff compare them.
func TestABILibraries(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"abidiff", "gcc"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed (Debian: abigail-tools, gcc)", program)
		}
	}
	dir := t.TempDir()
	build := func(name, source string) string {
		c, library := filepath.Join(dir, name+".c"), filepath.Join(dir, name+".so")
		if err := os.WriteFile(c, []byte(source), 0o666); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), "gcc", "-g", "-shared", "-fPIC", "-o", library, c).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return library
	}
	before := build("a", `struct cfg { int size; char *name; };
int lib_open(const char *path, int flags) { return path && flags; }
int lib_close(int fd) { return fd; }
int lib_conf(struct cfg *c) { return c->size; }
int lib_version = 3;
`)
	after := build("b", `struct cfg { int size; long extra; char *name; };
int lib_open(const char *path, long flags) { return path && flags; }
int lib_conf(struct cfg *c) { return c->size; }
int lib_fresh(void) { return 1; }
long lib_version = 3;
`)
	run := func(ctx context.Context, argv []string) (string, int, error) {
		cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return string(out), exit.ExitCode(), nil
		}
		return string(out), 0, err
	}
	got, err := ABI(t.Context(), run, before, after)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(abiWant, lines(got)); d != "" {
		t.Error(d)
	}
	if same, err := ABI(t.Context(), run, before, before); err != nil || len(same) > 0 {
		t.Errorf("a library differs from itself: %v, %v", same, err)
	}
}

func FuzzABI(f *testing.F) {
	f.Add(abiReport)
	f.Add("  [D] 'method A<B>& C::d(e)'    {x}\nSONAME changed from 'a' to 'b'\n")
	f.Fuzz(func(t *testing.T, in string) {
		for _, c := range parseABI(in, "l") {
			if c.Symbol == "" || len(c.Text) > maxText+len("…") || len(c.Symbol) > maxText+len("…") {
				t.Errorf("%+v", c)
			}
		}
	})
}

// FuzzDeclarations reads what is no code in every language, also as a change of
// itself, which must be none.
func FuzzDeclarations(f *testing.F) {
	for _, seed := range []string{
		"int f(int a, char *b);\nstruct s { int a; };\n", "public class A { public <T> Map<T, List<T>> m(int... a) throws X { } }",
		"export class C { m(a?: number): void {} }", "pub trait T { fn t<'a>(&'a self, x: Vec<Vec<u8>>) -> u8; }", "__all__ = ['f']\ndef f(a, *, b=1): pass\n",
		"class A\n  private\n  def x(a, b = 1); end\nend\n", "<?php class A { public function m(int $a) {} }", "package p\n\nfunc (t *T[K]) M(a, b int) {}\ntype T[K any] struct{ A, B int }\n",
	} {
		f.Add(seed)
	}
	paths := []string{"include/a.h", "include/a.hpp", "A.java", "a.ts", "a.js", "a.rs", "a.py", "a.rb", "a.php", "a_windows.go"}
	f.Fuzz(func(t *testing.T, src string) {
		for _, p := range paths {
			d := file{path: p, lang: detect(p)}
			for name, x := range declarations(d, []byte(src)) {
				if text, _ := x.compare(x, d.lang); text != "" || name == "" || x.line < 0 {
					t.Errorf("%s: %+v: %s", p, x, text)
				}
			}
		}
	})
}

// FuzzGo type-checks what may be no program.
func FuzzGo(f *testing.F) {
	for _, p := range []string{
		"import \"a/b\"\ntype T[P b.C] struct { b.X; y *T[P] }\nfunc (T[P]) M(b.Y[int]) {}\n", "type A = []A\ntype I interface { ~int | I; error }\nvar V = I.M\n", "const C = 1 << 1000000 >> 99999\n",
		"import . \"x\"\nvar V Y\nfunc F(a ...Y) (b, c int)\n",
	} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, src string) {
		x, y := checked(src), checked(src)
		if x == nil || y == nil || x.types == nil {
			return
		}
		c := comparer{}
		c.packageChanges(x, y)
		if len(c.changes) > 0 {
			t.Errorf("a package differs from itself: %+v", c.changes)
		}
	})
}
