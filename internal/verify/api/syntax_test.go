package api_test

import (
	"strings"
	"testing"
)

// TestSyntax has a file of each language before and after.
func TestSyntax(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, path, before, after string
		want                      []string
	}{
		{"C", "include/s.h", `#ifndef S_H
#define S_H
#define MAX 5
#define ADD(a, b) ((a) + (b))
struct foo { int a; char *b; };
enum e { A, B = 2 };
extern int global;
int same(int a, char *b);
int f(int a, const char *b);
int gone(void);
int _private(int);
#endif
`, `#ifndef S_H
#define S_H
#define MAX 6
#define ADD(x, y, z) ((x) + (y) + (z))
struct foo { long a; int c; };
enum e { A, C };
extern int global;
/* Same is. */
int same(int first,
	 char *second);
int f(int a, const char *b, int flags);
int _private(long);
int fresh(void);
#endif
`, []string{
			"~! (syntax) include/s.h:4 ADD", "~! (syntax) include/s.h:5 foo.a", "-! (syntax) include/s.h:5 foo.b", "+ (syntax) include/s.h:5 foo.c",
			"-! (syntax) include/s.h:6 e.B", "+ (syntax) include/s.h:6 e.C", "-! (syntax) include/s.h:10 gone", "~! (syntax) include/s.h:11 f", "+ (syntax) include/s.h:13 fresh",
		}},
		{"C in a source", "src/s.c", "int f(void) { return 1; }\n", "int g(void) { return 1; }\n", nil},
		{"C in a header of its own", "src/s.h", "int f(void);\n", "int g(void);\n", nil},
		{"C++ classes keep their members to themselves", "include/s.hpp", "class A { int a; };\nint f();\n", "class A { int b; };\n", []string{"-! (syntax) include/s.hpp:2 f"}},
		{"Java", "src/S.java", `package a;
public class S {
  public int f; int g; private int h;
  public S(int a) {}
  @Deprecated public String m(final String name, int... rest) { return null; }
  void pkg() {}
  @Override
  public String toString() { return ""; }
  public Map<String, List<Integer>> map() { return 1; }
  protected static class In { public void x() {} }
  public interface I { void y(int a); }
}
class Hidden { public void z() {} }
`, `package a;
public class S {
  public long f; long g; private long h;
  public S(int b) { super(); }
  public synchronized String m(String other, int... more) { return ""; }
  void pkg(int a) {}
  public java.util.Map<String, List<Integer>> map() throws IllegalStateException { return 2; }
  protected static class In { }
  public interface I { void y(long a); }
  public static void fresh() {}
}
class Hidden { public void q() {} }
`, []string{"~! (syntax) src/S.java:3 S.f", "~! (syntax) src/S.java:9 I.y", "-! (syntax) src/S.java:10 In.x", "+ (syntax) src/S.java:10 S.fresh"}},
		{"TypeScript", "src/s.ts", `export function f(a: number, b?: string): void {}
export interface I { a: number; m(x: string): void }
export class C { private p = 1; m(a: number) {} n() {} }
function hidden() {}
export const K = (a: number) => a;
`, `export function f(x: number, y?: string): string {}
export interface I { m(y: string): void }
export class C { private q = 1; m(a: string) {} }
function hidden(a) {}
export function fresh() {}
`, []string{"~! (syntax) src/s.ts:1 f", "-! (syntax) src/s.ts:2 I.a", "~! (syntax) src/s.ts:3 C.m", "-! (syntax) src/s.ts:3 C.n", "-! (syntax) src/s.ts:5 K", "+ (syntax) src/s.ts:5 fresh"}},
		{"Rust", "src/s.rs", `pub fn f(a: i32) -> i32 { a }
fn g() {}
pub struct S { pub a: i32, b: i32 }
impl S { pub fn m(&self, x: u8) {} fn n(&self) {} }
pub(crate) fn c() {}
pub trait T { fn t(&self); }
pub enum E { A, B }
`, `pub fn f(b: i32) -> i64 { b }
fn g(a: i32) {}
pub struct S { pub a: i32, c: i32 }
impl S { pub fn m(&self, y: u16) {} fn n(&self, a: u8) {} pub fn o(&self) {} }
pub(crate) fn d() {}
pub trait T { fn t(&self, a: u8); }
pub enum E { A, C }
`, []string{
			"~! (syntax) src/s.rs:1 f", "~! (syntax) src/s.rs:4 S.m", "+ (syntax) src/s.rs:4 S.o", "~! (syntax) src/s.rs:6 T.t",
			"-! (syntax) src/s.rs:7 E.B", "+ (syntax) src/s.rs:7 E.C",
		}},
		{"Python says what is public", "pkg/s.py", `__all__ = ["f", "C"]

def f(a, b=1):
    pass

def helper():
    pass

class C:
    def m(self, a):
        pass
    def gone(self):
        pass
    def _n(self):
        pass
`, `__all__ = ["f", "C", "fresh"]

def f(a, b=1, *, c=2):
    pass

def helper2():
    pass

def fresh():
    pass

class C:
    def m(self, a, b):
        def inner():
            pass
    def _o(self):
        pass
`, []string{"~ (syntax) pkg/s.py:3 f", "+ (syntax) pkg/s.py:9 fresh", "-! (syntax) pkg/s.py:12 C.gone", "~! (syntax) pkg/s.py:13 C.m"}},
		{"Python doesn't", "pkg/s.py", "def f(a):\n    pass\n\ndef g(a):\n    pass\n\ndef _h():\n    pass\n", "def f(a, b=1):\n    pass\n\ndef g(a, b):\n    pass\n\ndef fresh():\n    pass\n", []string{"~! (syntax) pkg/s.py:4 g"}},
		{"Ruby", "lib/s.rb", `class A
  def pub(a, b = 1); end
  def gone; end
  private
  class In
    def shown(a); end
  end
  def text
    <<~X
end
    X
  end
  def priv; end
end
`, `class A
  def pub(a, b, c = 1); end
  def fresh; end
  private
  class In
    def shown(a, b); end
  end
  def other; end
end
`, []string{"~! (syntax) lib/s.rb:2 A.pub", "-! (syntax) lib/s.rb:3 A.gone"}},
		{"PHP", "src/s.php", `<?php
class A { public function m(int $a, $b = 1) {} private function n() {} }
function f($a) {}
`, `<?php
class A { public function m(int $a) {} private function o() {} public function fresh() {} }
`, []string{"+ (syntax) src/s.php:2 A.fresh", "~! (syntax) src/s.php:2 A.m", "-! (syntax) src/s.php:3 f"}},
		{"tests", "tests/s.py", "def f(): pass\n", "def g(): pass\n", nil},
		{"vendored", "deps/lua/include/s.h", "int f(void);\n", "int g(void);\n", nil},
		{"generated", "src/s.rs", "// Code generated by x. DO NOT EDIT.\npub fn f() {}\n", "// Code generated by x. DO NOT EDIT.\npub fn g() {}\n", nil},
		{
			"another platform's Go", "a_windows.go", "package p\n\nfunc F(a int) {}\n\nfunc G(a, b int) error { return nil }\n\ntype T struct{ A int }\n\nfunc (t *T) M() {}\n",
			"package p\n\nfunc F(a string) {}\n\nfunc G(x, y int) error { return nil }\n\ntype T struct{ A, B int }\n\nfunc (u *T) M(n int) {}\n",
			[]string{"~! (syntax) a_windows.go:3 F", "+ (syntax) a_windows.go:7 T.B", "~! (syntax) a_windows.go:9 T.M"},
		},
		{"Go that doesn't parse", "a.go", "package p\n\nfunc F() {}\n", "package p\n\nfunc F( {}\n\nfunc G() {}\n", []string{"+ (syntax) a.go:5 G"}},
	}
	var list []test
	for _, x := range tests {
		list = append(list, test{x.name, "-- " + x.path + " --\n" + x.before, "-- " + x.path + " --\n" + x.after, x.want, x.path == "pkg/s.py"})
	}
	list = append(list,
		test{"a file goes", "-- include/s.h --\nstruct s { int a; };\nint f(void);\n", "-- b.txt --\n", []string{"-! (syntax) include/s.h:1 s", "-! (syntax) include/s.h:2 f"}, false},
		test{"a declaration moves to another header", "-- include/s.h --\nint f(void);\n-- include/t.h --\nint g(void);\n", "-- include/s.h --\nint h;\n-- include/t.h --\nint g(void);\nint f(void);\n", nil, true},
	)
	run(t, list)
}

// TestBounds compares what is large or deep.
func TestBounds(t *testing.T) {
	t.Parallel()
	pairs := map[string][2]string{
		"many symbols":  {"-- include/a.h --\n" + strings.Repeat("int f(void);\nstruct s { int a; };\n", 10000), "-- include/a.h --\nint g(void);\n"},
		"one line":      {"-- src/a.rs --\n" + strings.Repeat("pub fn f(a: u8) {} ", 5000) + "\n", "-- src/a.rs --\n" + strings.Repeat("pub fn g(a: u8) {} ", 5000) + "\n"},
		"deep types":    {"-- a.go --\npackage p\n\nvar V " + strings.Repeat("[]", 5000) + "int\n", "-- a.go --\npackage p\n\nvar V " + strings.Repeat("*", 5000) + "int\n"},
		"wide aliases":  {"-- a.go --\npackage p\n" + aliases(60, "int"), "-- a.go --\npackage p\n" + aliases(60, "string")},
		"long strings":  {"-- a.go --\npackage p\n" + doubled(60), "-- a.go --\npackage p\n" + doubled(61)},
		"long sums":     {"-- a.go --\npackage p\n\nconst A = 1" + strings.Repeat("+1", 50000) + "\n", "-- a.go --\npackage p\n\nconst A = 2" + strings.Repeat("+1", 50000) + "\n"},
		"deep brackets": {"-- src/a.ts --\nexport function f(" + strings.Repeat("[", 20000) + "\n", "-- src/a.ts --\nexport function f(" + strings.Repeat("<", 20000) + "\n"},
	}
	var tests []test
	for name, pair := range pairs {
		tests = append(tests, test{name: name, before: pair[0], after: pair[1], oneWay: true})
	}
	for i, got := range compare(t, tests) {
		if len(got) > 20_000 {
			t.Errorf("%s: %d changes", tests[i].name, len(got))
		}
	}
}

// doubled are strings each of which is twice the one before, and their lengths.
func doubled(n int) string {
	var b strings.Builder
	b.WriteString("const A = \"x\"\n")
	prev := "A"
	for range n {
		name := prev + "x"
		b.WriteString("const " + name + " = (" + prev + ") + \"y\" + " + prev + "\n\nconst L" + name + " = len(" + name + ")\n\nvar V" + name + " [len(" + prev + "+" + prev + ")]int\n")
		prev = name
	}
	return b.String()
}

// aliases are types each of which is made of the one before, twice.
func aliases(n int, of string) string {
	var b strings.Builder
	prev := of
	for i := range n {
		name := "A" + strings.Repeat("x", i)
		b.WriteString("type " + name + " = struct{ a, b " + prev + " }\n")
		prev = name
	}
	return b.String()
}
