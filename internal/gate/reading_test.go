package gate

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/outline"
)

// TestImports reads import statements of each language.
func TestImports(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lang outline.Language
		src  string
		want string // name=path@line
	}{
		{outline.Go, "package p\n\nimport \"fmt\"\n", "fmt=fmt@2"},
		{outline.Go, "/* a\nb */\npackage p\n\nimport (\n\t\"a/b\"\n\t// c\n\tx \"c/d\"\n\t_ \"e\"\n\t. \"f\"\n)\nvar s = \"no\"\n", "b=a/b@5 x=c/d@7 *=f@9"},
		{outline.Go, "import (\"a/v2\"; \"gopkg.in/yaml.v3\"; \"x/go-foo\"; \"y/bar-go\")", "a=a/v2@0 yaml=gopkg.in/yaml.v3@0 foo=x/go-foo@0 bar=y/bar-go@0"},
		{outline.Python, "import os\nimport a.b.c\nimport d.e as f, g\n", "os=os@0 a=a@1 f=d.e@2 g=g@2"},
		{outline.Python, "'''\nimport no\n'''\nfrom a.b import c, d as e\nfrom . import g\nfrom x import *\n", "c=a.b.c@3 e=a.b.d@3 g=.g@4 *=x.*@5"},
		{outline.Python, "from a import (b,\n    c as d,\n)\nx = 'import y'\n", "b=a.b@0 d=a.c@1"},
		{outline.Python, "def f():\n    import late\n    return late\n", "late=late@1"},
		{outline.Python, "import\nfrom\nfrom a\nimport ,\n", ""},
		{outline.Java, "package a;\nimport java.util.List;\nimport static a.B.c;\nimport d.*;\nclass X { }\n", "List=java.util.List@1 c=a.B.c@2 *=d.*@3"},
		{outline.JavaScript, "import a, {b, c as d} from 'm'\nimport * as e from \"n\";\nimport 'side'\n", "a=m.a@0 b=m.b@0 d=m.d@0 e=n.e@1"},
		{outline.Rust, "use a::b;\npub use c::{d, e as f, g::{self, h}};\n", "b=a.b@0 d=c.d@1 f=c.e@1 g=c.g@1 h=c.g.h@1"},
		{outline.PHP, "<?php\nuse A\\B;\nuse C\\D as E;\n", "B=A.B@1 E=C.D@2"},
		{outline.C, "#include <stdio.h>\n", ""},
	} {
		var got []string
		for _, b := range (&text{lang: tt.lang, src: []byte(tt.src)}).getImports() {
			got = append(got, fmt.Sprintf("%s=%s@%d", b.name, b.path, b.line))
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s %q:\n got %s\nwant %s", tt.lang, tt.src, s, tt.want)
		}
	}
}

// TestWords compares wordsOf with a plain way to the same set.
func TestWords(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		src := rapid.SliceOf(rapid.SampledFrom([]byte("ab_9$ .\n(\xc3\xa9\"#"))).Draw(t, "src")
		set := map[uint32]bool{}
		for _, w := range bytes.FieldsFunc(bytes.ReplaceAll(src, []byte("\xc3\xa9"), []byte("Z")), func(c rune) bool { return !inWord[byte(c)] }) {
			w = bytes.ReplaceAll(w, []byte("Z"), []byte("\xc3\xa9"))
			if w[0] < '0' || w[0] > '9' {
				set[wordOf(string(w))] = true
			}
		}
		got := wordsOf(src)
		if !slices.IsSorted(got) || len(got) != len(set) {
			t.Fatalf("%q: %d words, want %d", src, len(got), len(set))
		}
		for w := range set {
			if !got.has(w) {
				t.Fatalf("%q: a word is not found", src)
			}
		}
	})
}

// TestWordsMany fills the table past its first size.
func TestWordsMany(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "name%d ", i)
	}
	got := wordsOf([]byte(b.String()))
	for i := range 5000 {
		if !got.has(wordOf(fmt.Sprintf("name%d", i))) {
			t.Fatalf("name%d is not found", i)
		}
	}
	if got.has(wordOf("name5000")) {
		t.Error("name5000 was never there")
	}
}

func TestIDWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                   "",
		"see 1234567 and abcdef0":            "abcdef0",
		"I1234abcd is a change id":           "",
		"(abcdef1234).":                      "abcdef1234",
		"abcdef":                             "",
		strings.Repeat("a", 65):              "",
		"commit\n" + strings.Repeat("b", 40): strings.Repeat("b", 40),
	} {
		if got := strings.Join(idWords([]byte(text)), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestMentionsFile writes and reads the cache, and damages it.
func TestMentionsFile(t *testing.T) {
	t.Parallel()
	id := strings.Repeat("ab", 20)
	l := &mentionList{tips: []string{id}, by: map[string][]mention{}}
	l.read(id, 7, []byte("x\n\nFixes: 1234567abcde (\"y\")\nsee also cdef0123456\n"))
	l.read(id, 8, []byte("Revert \"x\"\n\nThis reverts commit "+id+".\n"))
	b := l.encode("shape")
	back := parseMentions(b, "shape")
	if back == nil || !bytes.Equal(back.encode("shape"), b) {
		t.Fatalf("read back: %+v from\n%s", back, b)
	}
	if got := back.of("1234567abcde"+strings.Repeat("0", 28), 0); len(got) != 1 || got[0].kind != mends {
		t.Errorf("mends: %+v", got)
	}
	if got := back.of(id, 9); len(got) != 0 { // a commit does not undo itself
		t.Errorf("undoes: %+v", got)
	}
	for _, bad := range [][]byte{nil, b[:len(b)-1], append([]byte("x"), b...), append(slices.Clone(b), "tip\n"...), append(slices.Clone(b), (id + " x undoes " + id + "\n")...)} {
		if parseMentions(bad, "shape") != nil {
			t.Errorf("taken for whole:\n%s", bad)
		}
	}
	if parseMentions(b, "other") != nil {
		t.Error("of another shape, and read")
	}
}

// TestWordFile writes and reads the cache, and damages it.
func TestWordFile(t *testing.T) {
	t.Parallel()
	w := newWordStore(20)
	for i := range 3 {
		w.put(strings.Repeat(string(rune('a'+i)), 20), wordsOf([]byte(strings.Repeat("word ", i)+"other x y z"[:3*i])))
	}
	b := w.encode()
	back := parseWords(b, 20)
	if back == nil || !bytes.Equal(back.encode(), b) || len(back.sets) != 3 {
		t.Fatalf("read back: %+v", back)
	}
	for i := range b {
		bad := slices.Clone(b)
		bad[i] ^= 1
		if parseWords(bad, 20) != nil || parseWords(b[:i], 20) != nil {
			t.Fatalf("damaged at byte %d, and read", i)
		}
	}
	if parseWords(b, 32) != nil {
		t.Error("read as a file of longer ids")
	}
}

func TestHeadings(t *testing.T) {
	t.Parallel()
	src := &text{src: []byte("int a(void)\n{\n\tif (x) {\n\t\ty();\n\t}\n}\n\nint b(void)\n{\n\tz();\n}\n")}
	for line, want := range map[int]string{3: "if (x) {\nint a(void)\n", 9: "int b(void)\n", 99: ""} {
		if got := src.headings(line); got != want {
			t.Errorf("line %d: %q, want %q", line, got, want)
		}
	}
}

func FuzzImports(f *testing.F) {
	for _, s := range []string{"import (\n\"a\"", "import (\n\"(\n", "from a import (b, c", "use a::{{{{", "import {a as", "import a.b.*;", "from . import", "use \\"} {
		f.Add(s)
	}
	langs := []outline.Language{outline.Go, outline.Python, outline.Java, outline.JavaScript, outline.Rust, outline.PHP}
	f.Fuzz(func(t *testing.T, src string) {
		for _, lang := range langs {
			x := &text{lang: lang, src: []byte(src)}
			for _, b := range x.getImports() {
				if b.name == "" || b.line < 0 || b.line > strings.Count(src, "\n") {
					t.Errorf("%s %q: %+v", lang, src, b)
				}
			}
			eachCall(x, func(line int, callee, _ string) {
				if callee == "" || line < 0 || line > strings.Count(src, "\n") {
					t.Errorf("%s %q: call of %q in line %d", lang, src, callee, line)
				}
			})
			eachKeywords(x, func(line int, callee string, _ map[string]bool) {
				if callee == "" || line < 0 || line > strings.Count(src, "\n") {
					t.Errorf("%s %q: call of %q in line %d", lang, src, callee, line)
				}
			})
		}
	})
}

func FuzzWordFile(f *testing.F) {
	f.Add([]byte("aaaaaaaaaaaaaaaaaaaa\x01\x00\x00\x00\x07\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, body []byte) {
		b := append(append([]byte(wordsMagic), 20), body...)
		b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
		if w := parseWords(b, 20); w != nil && parseWords(w.encode(), 20) == nil {
			t.Errorf("%q: what was read cannot be read again", body)
		}
	})
}

func FuzzMentions(f *testing.F) {
	f.Add([]byte(mentionsFormat + " s\ntip " + strings.Repeat("a", 40) + "\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if l := parseMentions(b, "s"); l != nil {
			if again := parseMentions(l.encode("s"), "s"); again == nil {
				t.Errorf("%q: what was read cannot be read again", b)
			}
		}
	})
}
