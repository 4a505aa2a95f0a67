package outline

import (
	"bytes"
	"testing"
	"time"
)

// hostile are texts that, repeated, make a careless reader look back, or ahead,
// again and again.
var hostile = []struct {
	lang   Language
	pieces []string
}{
	{C, []string{"a{}", "={}", "f(", "#if A\n{\n#else\n", "#if A\n", "int a(b) int c; ", "int a(b)\nint c;\n{", "enum { A,", "struct {", "typedef struct { int (*", "int a, b, "}},
	{CPP, []string{"a<", "template<", "operator(", "class A {", "a::", "R\"("}},
	{Go, []string{"func f(", "type A struct {\n", "var (\n", "var a, b = "}},
	{Python, []string{"import {", "class A:\n", "lambda a:", "f(*a, ", "f\"{", "a:\n "}},
	{Java, []string{"A<A<A<", "@A(", "@A ", "class A {", "enum {", "f(a,"}},
	{JavaScript, []string{"`${", "/[", "(/", "= /a\n", "function(){", "a=>{", "a=>a,", "var a,", "a:{", "import {", "x={},"}},
	{TypeScript, []string{"a<b,", "f(a: {", "): A<", "class A {"}},
	{Ruby, []string{"a;", "def a\n", "def f(", "do ", "if ", "end ", "  end\n", "= /", "x = <<B1\n", "<<~A\n", "\"#{", "%w["}},
	{Rust, []string{"r#\"", "use a::{", "impl<", "f(|a| b, ", "#[a]"}},
	{PHP, []string{"<?php use A\\{", "<?php <<<A\n", "<?php function f("}},
	{Shell, []string{"f() {\n", "function(){", "\"$(", "<<A ", "if a; then ", "case a in b) "}},
	{YAML, []string{"- ", "- a:\n", "a: |\n", "a: \"", "{"}},
	{JSON, []string{"{\"a\":[", "[", "{\"a\":"}},
	{XML, []string{"<a>", "</a>", "<a", "<!--"}},
	{TOML, []string{"[", "a = [\n"}},
	{Markdown, []string{"# a\n", "a\n=\n", "```\n"}},
	{Make, []string{"a:\\\n", "a = b\n"}},
}

// Whatever is repeated, time grows with the length. The limit is far above what
// is needed; what is quadratic takes longer.
func TestBounds(t *testing.T) {
	t.Parallel()
	const size = 60_000
	for _, tt := range hostile {
		t.Run(string(tt.lang), func(t *testing.T) {
			t.Parallel()
			for _, piece := range tt.pieces {
				src := bytes.Repeat([]byte(piece), size/len(piece))
				begin := time.Now()
				Parse(tt.lang, src)
				Uses(tt.lang, src)
				if d := time.Since(begin); d > time.Minute { // hours, were it not bounded; the race detector is slow
					t.Errorf("%q takes %v", piece, d)
				}
			}
		})
	}
}
