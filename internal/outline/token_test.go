package outline

import (
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

func FuzzTokens(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, n uint8, src []byte) {
		checkTokens(t, languages[int(n)%len(languages)], src)
	})
}

func TestTokens(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		lang Language
		src  string
		want string // tokens that are no blanks, one kind letter each: w n s p d c
	}{
		{"C, a directive", C, "# define A(x) \\\n  (x)\n", "d:# define w:A p:( w:x p:) p:( w:x p:)"},
		{"C, an include", C, "#include <a/b.h> // c\n", "d:#include s:<a/b.h> c:// c"},
		{"C, an apostrophe behind #error", C, "#error don't\nint a;", "d:#error s: don't w:int w:a p:;"},
		{"C, a comment that a backslash goes on with", C, "// a \\\nb\nc", "c:// a \\\nb w:c"},
		{"C, an open string ends with its line", C, "a = \"b;\nc", "w:a p:= s:\"b; w:c"},
		{"C, prefixes of strings", C, `L"a" u8'b'`, `s:L"a" s:u8'b'`},
		{"C++, a raw string", CPP, "R\"x(a)\" \")x\" 1'000", "s:R\"x(a)\" \")x\" n:1'000"},
		{"C, numbers", C, "0x1fUL 1.5e-3f a.b 1..2", "n:0x1fUL n:1.5e-3f w:a p:. w:b n:1 p:.. n:2"},
		{"Rust, a lifetime and a character", Rust, `&'a 'b' '\'' r#"c"d"#`, `p:& p:'a s:'b' s:'\'' s:r#"c"d"#`},
		{"Rust, comments nest", Rust, "/* a /* b */ c */ d", "c:/* a /* b */ c */ w:d"},
		{"Java, a text block", Java, "\"\"\"\n a \"b\"\n\"\"\" 'c'", "s:\"\"\"\n a \"b\"\n\"\"\" s:'c'"},
		{"JavaScript, a template", JavaScript, "`a ${b + `c${d}`} e`", "s:`a ${ w:b p:+ s:`c${ w:d s:}` s:} e`"},
		{"JavaScript, a regular expression", JavaScript, `a = /[/"]+/g; b / c / d`, `w:a p:= s:/[/"]+/g p:; w:b p:/ w:c p:/ w:d`},
		{"JavaScript, private names", JavaScript, "this.#a", "w:this p:. w:#a"},
		{"Python, strings", Python, "'''a\n'b''' r'\\' c' b\"d\"", "s:'''a\n'b''' s:r'\\' c' s:b\"d\""},
		{"Python, code in a string", Python, `f"a{b!r:>{c}} {{d}}"`, `s:f"a{ w:b p:! w:r s::>{ w:c s:}} {{d}}"`},
		{"Python, an open string ends with its line", Python, "a = f'b{c\nd", "w:a p:= s:f'b{ w:c w:d"},
		{"Ruby, words", Ruby, "%w[a b] x % y a? :b", "s:%w[a b] w:x p:% w:y w:a? p:: w:b"},
		{"Ruby, a here document", Ruby, "f(<<~A, 1)\n  it's\n  A\ng", "w:f p:( s:<<~A p:, n:1 p:) s:  it's s:A w:g"},
		{"Ruby, a shift", Ruby, "a << b\nclass << self\n", "w:a p:<< w:b w:class p:<< w:self"},
		{"Ruby, code in a string", Ruby, `"a#{b["c"]}d"`, `s:"a#{ w:b p:[ s:"c" p:] s:}d"`},
		{"Ruby, a regular expression as an argument", Ruby, "f /a'b/\nx / y", "w:f s:/a'b/ w:x p:/ w:y"},
		{"Ruby, globals and characters", Ruby, "$' + ?' + @a + @@b", "w:$' p:+ s:?' p:+ w:@a p:+ w:@@b"},
		{"Ruby, operators are defined", Ruby, "def %(a)\n:%\n", "w:def p:% p:( w:a p:) p:: p:%"},
		{"Ruby, an aside", Ruby, "=begin\ndon't\n=end\na", "c:=begin\ndon't\n=end w:a"},
		{"Ruby, data behind the end", Ruby, "a\n__END__\nit's\n", "w:a w:__END__ s:it's"},
		{"PHP, text around code", PHP, "it's <?php $a ?> don't\n", "s:it's <?php w:$a p:?> s: don't"},
		{"PHP, a here document", PHP, "<?php f(<<<EOT\nit's\nEOT\n);", "s:<?php w:f p:( s:<<<EOT s:it's s:EOT p:) p:;"},
		{"shell, comments and variables", Shell, "a $# $b ${#c} 'd\ne'f #g 'h", "w:a p:$# w:$b p:${# w:c p:} s:'d\ne' w:f c:#g 'h"},
		{"shell, a here document", Shell, "cat <<-'E' | f\n\tit's\n\tE\ng", "w:cat s:<<-'E' p:| w:f s:\tit's s:E w:g"},
		{"shell, code in a string", Shell, `"a $(b "c") d"`, `s:"a $( w:b s:"c" s:) d"`},
		{"YAML, plain texts and strings", YAML, "a: don't\nb: 'it''s' # c\n", "w:a p:: w:don p:' w:t w:b p:: s:'it''s' c:# c"},
		{"YAML, a block of text", YAML, "a:\n  b: |\n    it's\n\n    c: d\n  e: f\n", "w:a p:: w:b p:: p:| s:it's s:c: d w:e p:: w:f"},
		{"TOML, strings", TOML, "a = '''b\n''' # c", "w:a p:= s:'''b\n''' c:# c"},
		{"XML, tags and text", XML, "<a b='c'>it's</a><!-- d -->", "p:< w:a w:b p:= s:'c' p:> w:it p:' w:s p:</ w:a p:> c:<!-- d -->"},
		{"a shebang", JavaScript, "#!/usr/bin/env node\na", "c:#!/usr/bin/env node w:a"},
		{"plain text", Plain, "don't, 1", "w:don p:' w:t p:, n:1"},
	}
	letters := map[Kind]byte{Word: 'w', Number: 'n', String: 's', Punct: 'p', Directive: 'd', Comment: 'c'}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, tok := range Tokens(tt.lang, []byte(tt.src)) {
				if l := letters[tok.Kind]; l != 0 {
					got = append(got, string(l)+":"+tt.src[tok.Start:tok.End])
				}
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("tokens are\n%s\nwant\n%s", s, tt.want)
			}
		})
	}
}

func TestKeyword(t *testing.T) {
	t.Parallel()
	for lang, list := range map[Language]string{C: "int NULL", Go: "func nil", Python: "def None", Java: "class null", JavaScript: "function undefined", Ruby: "end nil", Rust: "fn self", PHP: "function null", Shell: "fi local"} {
		for word := range strings.FieldsSeq(list) {
			if !Keyword(lang, []byte(word)) {
				t.Errorf("%s: %s is no keyword", lang, word)
			}
		}
		if Keyword(lang, []byte("frobnicate")) {
			t.Errorf("%s: frobnicate is a keyword", lang)
		}
	}
	if Keyword(Plain, []byte("if")) {
		t.Error("plain text has keywords")
	}
}

func TestDetect(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		path, content string
		want          Language
	}{
		{"a/b.c", "", C},
		{"a.h", "", C},
		{"a.HPP", "", CPP},
		{"x/y.go", "", Go},
		{"m.pyi", "", Python},
		{"Main.java", "", Java},
		{"a.tsx", "", TypeScript},
		{"Gemfile", "", Ruby},
		{"lib.rs", "", Rust},
		{"a.php", "", PHP},
		{"a.yml", "", YAML},
		{"go.mod", "", Plain},
		{"Cargo.lock", "", TOML},
		{"package-lock.json", "", JSON},
		{"pom.xml", "", XML},
		{"README.md", "", Markdown},
		{"src/Makefile", "", Make},
		{"Makefile.am", "", Plain},
		{"config.h.in", "", C},
		{"Makefile.in", "", Make},
		{"tool", "#!/usr/bin/env -S python3.11 -u\n", Python},
		{"run", "#! /bin/bash\n", Shell},
		{"x", "#!/opt/perl\n", Plain},
		{"x", "", Plain},
		{".bashrc", "", Shell},
		{"dir.go/x", "", Plain},
	} {
		if got := Detect(tt.path, []byte(tt.content)); got != tt.want {
			t.Errorf("Detect(%q, %q) = %q, want %q", tt.path, tt.content, got, tt.want)
		}
	}
}
