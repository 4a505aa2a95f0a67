package outline

import (
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var languages = []Language{
	Plain, C, CPP, Go, Python, Java, JavaScript, TypeScript, Ruby, Rust, PHP, Shell, YAML, JSON, TOML, INI, XML,
	HTML, Markdown, Make, CSS, Groovy, Kotlin, CSharp, Proto, Tcl, Lua, SQL,
}

// checkTokens fails unless tokens cover the text in order.
func checkTokens(t interface{ Fatalf(string, ...any) }, lang Language, src []byte) {
	at := 0
	for i, tok := range Tokens(lang, src) {
		if tok.Start != at || tok.End <= tok.Start || tok.End > len(src) {
			t.Fatalf("%s: token %d of %q is %+v, begins not at %d or is empty", lang, i, src, tok, at)
		}
		at = tok.End
	}
	if at != len(src) {
		t.Fatalf("%s: tokens of %q end at %d of %d", lang, src, at, len(src))
	}
}

// pieces of all languages, thrown together, reach odd corners sooner than bytes.
var pieces = []string{
	"a", "b1", " ", "\t", "\n", "\r\n", "\r", "\\", "\\\n", "\\\r\n", "\"", "'", "`", "\"\"\"", "'''", "f\"", "r#\"", "\"#", "R\"x(", ")x\"", "{", "}", "(", ")", "[", "]", "<", ">",
	"${", "#{", "$(", "%w[", "%r{", "%(", "<<~EOS", "<<EOF", "<<<EOT", "<<-'X'", "EOS\n", "EOF\n", "EOT;\n", "X\n", "/", "//", "/*", "*/", "#", "# ", "--", "--[[", "]]", "<!--", "-->", "<![CDATA[", "]]>",
	"<?php", "?>", "=begin\n", "\n=end", "\n__END__\n", "?", "?x", "$", "$'", "@", "@@x", ":", ": |\n  ", "- ", "key: ", "=", ",", ";", "|", "\xff", "é", "\x00", "0x1f", "1.5e+3", "1'000", "'a", "'\\''",
	"#include <x.h>", "#define A(x)", "#if 0", "\n#ifdef X\n", "\n#else\n", "\n#endif\n", "def ", "end", "class ", "if ", "do", "struct ", "int ", "f(a, b)", "fn ", "func ", "function ", "=>", "return ", "import ", "enum ",
	"\n  ", "\n    ", "\n\t", "<<<<<<< x\n", "=======\n", ">>>>>>> y\n", "begin", "case ", "static ", "public ", "impl ", "trait ", "type ", "const ", "operator", "template<", "typedef ", "...", "*", "&", "lambda ", "@x\n", "\n# h\n", "[t]\n", "<a b='c'>", "</a>",
}

func broken(t *rapid.T) []byte {
	var b strings.Builder
	for range rapid.IntRange(0, 40).Draw(t, "n") {
		b.WriteString(rapid.SampledFrom(pieces).Draw(t, "piece"))
	}
	return []byte(b.String())
}

func TestTokensCoverAnyText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		src := broken(t)
		for _, lang := range languages {
			checkTokens(t, lang, src)
		}
	})
}

func BenchmarkTokens(b *testing.B) {
	src, err := os.ReadFile("lexer.go")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		Tokens(Go, src)
	}
}
