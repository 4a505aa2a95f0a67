package outline

// snippets are what the fuzzers begin with.
var snippets = []struct {
	lang Language
	src  string
}{
	{C, "#include <a.h>\n#define MAX(a, b) ((a) > (b) ? (a) : (b))\nstatic int __init f(struct s *p, ...)\n#ifdef X\n{ if (a) {\n#else\n{ if (b) {\n#endif\n} }\nstruct s { int (*g)(int); char *a, b[3]; };\nenum { A, B = 1 };\nint old(a, b)\n\tint a;\n\tchar *b;\n{ }\n"},
	{CPP, "namespace n { template <typename T> class C : public B<T> { public: C() : a(1) {} ~C(); bool operator==(const C &o) const; int a = 0; }; }\nvoid n::C::f() const { auto g = [](int x) { return R\"(})\"; }; }\n"},
	{Go, "package a\nimport (\n\tf \"fmt\"\n)\ntype T[K any] struct {\n\ta, b int\n\tio.Reader\n}\nfunc (t *T[K]) f(a, b int, c ...string) (x int, err error) { return `}`, nil }\n"},
	{Go, "package a\nfunc f( {\n}\nfunc g(a int) int { if x {\n}\nvar a, b = 1, 2\n"},
	{Python, "import a.b as c\nfrom . import (d as e, f)\n@dec(x)\nclass A(B):\n    x: int = 1\n    def f(self, a, *, b=2, **k):\n        '''doc\n'''\n        self.y = f\"{a!r:>{b}}\"\n\n    @staticmethod\n    async def g(a): return lambda x, y: x\n"},
	{Java, "package a.b;\nimport static c.D.*;\n@X(\"}\") public abstract class A<T extends B> implements C {\n enum E { P(1) { void f() {} }, Q; int z; }\n private static final int N = 1, M[] = {2};\n public <T> A(List<Map<K, V>> a, int... b) throws E { new Object() { void x() {} }; }\n abstract void g();\n record R(int a, String b) {}\n}\n"},
	{JavaScript, "import a, {b as c} from 'd';\nexport default class A extends B { static #x = 1; get y() { return /}/; } async *f(a, {b, c} = {}, ...d) {} g = (a) => { }\n}\nconst h = async a => `x${b(`}`)}`, {i} = require('j')\nA.prototype.k = function (l) { }\n"},
	{TypeScript, "interface I<T> { a?: string; f(x: number, y?: Map<A, B>): void }\ntype U = { a: 1 } | B;\nenum E { A = 'x', B }\nabstract class C { constructor(private a: number) {} abstract f(): Promise<void>; g(a: string): Array<{b: number}> { return [] } }\nexport const h = <T,>(a: T): T => a\n"},
	{Ruby, "require 'a'\nmodule A\n  class B < C\n    attr_accessor :x, :y\n    D = %w[a b].freeze\n    def self.f(a, b = 1, *c, d:, e: 2, **g, &h) = a\n    def g=(v)\n      return if v =~ /#{x}'/\n      x = if y then 1 else 2 end\n      while a do b end\n      puts <<~E, <<-'F'\n        end #{x}\n      E\n      def\n      F\n    end\n  end\nend\n"},
	{Rust, "use a::{b as c, d::{self, E}};\n#[derive(X)]\npub struct S<'a, T> where T: U { pub a: &'a str, b: Vec<(T, u8)> }\npub enum E { A(u8), B { x: i32 }, C = 3 }\nimpl<'a, T> F for S<'a, T> { const N: usize = 1; fn f(&mut self, a: impl Fn(u8) -> u8) -> R { |x, y| '}' } }\nmacro_rules! m { ($a:expr) => { }; }\ntrait Q { fn g(self) {} fn h(); }\n"},
	{PHP, "<html>it's\n<?php\nnamespace A\\B;\nuse C\\{D, E as F};\nabstract class G extends H { use T; const X = 1; private ?int $y = 2; public function f(array $a, &$b = null, ...$c): ?X { return fn($x) => \"}\"; } abstract function g(); }\nif (!function_exists('z')) { function z() {} }\n?>\n"},
	{Shell, "#!/bin/sh\n. ./lib.sh\nf() {\n  case $x in a) echo \"}$(g \"y\")\";; esac\n}\nfunction g { cat <<E\nfi }\nE\n}\nX=${Y:-1}\nif true; then f; fi\n"},
	{YAML, "a:\n  b: [1, {c: d}]\n  e: |\n    f: g\n  h:\n    - i: j\n      k: 'l''m'\n    - n\n---\n? o\n: p\n\tq: r\n"},
	{JSON, "{\"a\": [{\"b\": 1}, {\"c\": {\"d\": null}}], \"e\": \"f\"}"},
	{TOML, "a = 1\n[b.c]\nd = [\n  1,\n]\n[[e]]\n'f' = \"\"\"\ng = h\n\"\"\"\n"},
	{INI, "; a\n[b]\nc = d\ne: f\n"},
	{XML, "<?xml version='1.0'?><a><!-- b --><c d=\"e\">f</c><g/><h><i>j</i></h><![CDATA[<k>]]></a>"},
	{HTML, "<!doctype html><p class=a>it's<br><script>if (a < b) {}</script>"},
	{Markdown, "A\n=\n\n# b\n\n```\n# no\n```\n\n## c\n\nd\n---\n"},
	{Make, "A := 1\ninclude b.mk\nall: c \\\n  d\n\t@echo 'e\n\nd:\n"},
	{Groovy, "class A { def f(a, b = 1) { \"${x + \"}\"}\" } }\n"},
	{Kotlin, "class A(val a: Int) { fun f(b: List<Int>) = \"\"\"$a\"\"\" }\n"},
	{CSharp, "using A = B.C;\nnamespace D { [X] public class E { public int F { get; set; } void G(int a = 1, params int[] b) { var s = @\"a\"\"b\"; } } }\n"},
	{Lua, "--[[ a ]] function b(c, ...) return [[d]] end -- e\n"},
	{Tcl, "proc a {b {c 1}} {\n  # it's\n  puts \"d $e\"\n}\n"},
	{SQL, "select 'a''b' from c -- d\n"},
	{Proto, "message A { optional string b = 1; }\n"},
	{CSS, "a { b: url(c); } /* d */\n"},
	{Plain, "don't\n<<<<<<< a\nb\n=======\n>>>>>>> c\n"},
}
