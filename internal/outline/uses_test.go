package outline

import (
	"fmt"
	"strings"
	"testing"
)

func TestUses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		lang      Language
		src, want string // uses in order: kind letter, qualifier, name, arguments
	}{
		{
			C, "#include <a.h>\n#define F(x) g(x)\n#if defined(B)\n#pragma pack\nint f(int a) { return s->b(a, c.d, (int)e()); }\n#endif\n",
			"i:a.h n:F n:x c:g/1 n:x n:B n:f n:a n:s c:s.b/3 n:a n:c m:c.d c:e/0",
		},
		{CPP, "auto x = std::max<int, Map<a, b>>(y, z); T::f();", "n:x n:std c:std.max/2 n:Map n:a n:b n:y n:z n:T c:T.f/0"},
		{Go, "package a\nimport x \"y/z\"\nfunc F(a int) { x.G(a, func(b, c int) {}, b...); h() }\n", "n:a i:y/z n:F n:a n:int n:x c:x.G n:a n:b n:c n:int n:b c:h/0"},
		{Java, "import a.b.C;\n@Old(1) class A { void f(int a) { new B<C, D>(a, () -> { g(a, b); }).h(Map.<K>of()); } }", "i:a.b.C n:Old n:A n:f n:a c:B/2 n:C n:D n:a c:g/2 n:a n:b c:h/1 n:Map n:K c:of/0"},
		{Python, "from a import b as c\ndef f(x): return g(*x) + h(a, lambda p, q: p, k=[1, 2]).i.j(f'{y.z}')\n", "i:a.b n:f n:x c:g n:x c:h/3 n:a n:p n:q n:p n:k m:i c:i.j/1 n:y m:y.z"},
		{JavaScript, "import {a} from 'b'; a?.(1, ...c); `x${d(e)}`; // f()\n", "i:b n:a c:a n:c c:d/1 n:e"},
		{TypeScript, "f<A, B>(x as C, y < z)", "c:f/2 n:A n:B n:x n:C n:y n:z"},
		{Ruby, "require 'a'\ndef f(x) = g x, y\nA::B.h?(1) { |z| z[0] }\nputs \"#{i}\" if @j\n", "i:a c:require n:f n:x c:g n:x n:y n:A m:A.B c:B.h?/1 n:z n:z c:puts n:i n:@j"},
		{Rust, "use a::b;\nfn f() { v::<u8>(1, |x, y| x); m![1]; T::new(&y).z }", "i:a::b n:f c:v/2 n:x n:y n:x c:m n:T c:T.new/1 n:y m:z"},
		{PHP, "<?php use A\\B;\nfunction f($x) { return $this->g($x, ...$y) . B::h(); }", "i:A\\B n:f n:$x c:$this.g n:$x n:$y n:B c:B.h/0"},
		{Shell, ". ./a.sh\nf() { g \"$(h x)\" --long /usr/bin/y $z; }\nf\n", "i:./a.sh n:f c:g c:h n:x n:z c:f"},
		{YAML, "a:\n  b: c\n", "k:a k:a.b"},
		{Markdown, "# a\nb\n", ""},
		{C, "f(a, b", "c:f n:a n:b"},
	}
	letters := map[string]string{"call": "c", "member": "m", "name": "n", "import": "i", "key": "k"}
	for _, tt := range tests {
		t.Run(string(tt.lang), func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, u := range Uses(tt.lang, []byte(tt.src)) {
				s := letters[u.Kind] + ":"
				if u.Qualifier != "" {
					s += u.Qualifier + "."
				}
				s += u.Name
				if u.Args >= 0 {
					s += fmt.Sprintf("/%d", u.Args)
				}
				got = append(got, s)
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("uses are\n%s\nwant\n%s", s, tt.want)
			}
		})
	}
}

func TestUsesTellLines(t *testing.T) {
	t.Parallel()
	for _, u := range Uses(C, []byte("a;\n/*\n*/ b;\n\"x\\\ny\", c;\n")) {
		if want := map[string]int{"a": 0, "b": 2, "c": 4}[u.Name]; u.Line != want {
			t.Errorf("%s is in line %d, want %d", u.Name, u.Line, want)
		}
	}
}
