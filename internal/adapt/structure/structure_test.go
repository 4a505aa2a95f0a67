package structure_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/adapt/structure"
)

func answers(c *conflict.Chunk) []conflict.Answer {
	var out []conflict.Answer
	for _, r := range structure.Rungs() {
		out = append(out, r.Answers(c)...)
	}
	return out
}

// The cases are whole files with one chunk each; want are texts that replace it.
var cases = []struct {
	name, path, base, ours, theirs string
	want                           map[string]string // by rung; "-" for no answer
}{
	{
		"Go, sorted", "a.go",
		"import (\n\t\"a\"\n\t\"m\"\n)\n", "import (\n\t\"a\"\n\t\"k\"\n\t\"m\"\n)\n", "import (\n\t\"a\"\n\t\"c\"\n\t\"m\"\n)\n",
		map[string]string{"imports": "\t\"c\"\n\t\"k\"\n"},
	},
	{
		"Go, of what base has the target lacks some", "a.go",
		"import (\n\t\"b\"\n\t\"x/core\"\n)\n", "import (\n\t\"b\"\n)\n", "import (\n\t\"b\"\n\t\"x/core\"\n\t\"x/more\"\n)\n",
		map[string]string{"imports": "\t\"x/more\"\n"},
	},
	{
		"Go, other paths", "a.go",
		"import (\n\t\"h/p/v2/core/a\"\n\t\"h/p/v2/core/z\"\n)\n", "import (\n\t\"h/p/a\"\n\t\"h/p/z\"\n)\n", "import (\n\t\"h/p/v2/core/a\"\n\t\"h/p/v2/core/m\"\n\t\"h/p/v2/core/z\"\n)\n",
		map[string]string{"imports-paths": "\t\"h/p/a\"\n\t\"h/p/m\"\n\t\"h/p/z\"\n"},
	},
	{
		"Python", "a.py",
		"import os\nimport sys\n\nx = 1\n", "import os\nimport re\nimport sys\n\nx = 1\n", "import os\nimport random\nimport sys\n\nx = 1\n",
		map[string]string{"imports": "import random\nimport re\n"},
	},
	{
		"Python, names of one module", "a.py",
		"from m import b, d\n", "from m import b, c, d\n", "from m import a, d\n",
		map[string]string{"imports": "from m import a, c, d\n"},
	},
	{
		"Python, one name a line", "a.py",
		"from m import b\nfrom m import z\n", "from m import b\nfrom m import o\nfrom m import z\n", "from m import b\nfrom m import c\nfrom m import z\n",
		map[string]string{"imports": "from m import c\nfrom m import o\n"},
	},
	{
		"JavaScript, names of one module", "a.js",
		"import { b, d } from 'm';\n", "import { b, c, d } from 'm';\n", "import { a, b, d } from 'm';\n",
		map[string]string{"imports": "import { a, b, c, d } from 'm';\n"},
	},
	{
		"Java, not sorted", "A.java",
		"import z.Z;\nimport b.B;\n", "import z.Z;\nimport c.C;\nimport b.B;\n", "import z.Z;\nimport y.Y;\nimport b.B;\n",
		map[string]string{"imports": "import c.C;\nimport y.Y;\n"},
	},
	{
		"JavaScript", "a.ts",
		"import a from 'a';\n", "import a from 'a';\nimport {c, d} from './c';\n", "import a from 'a';\nimport * as b from \"b\";\n",
		map[string]string{"imports": "import {c, d} from './c';\nimport * as b from \"b\";\n"},
	},
	{
		"C", "a.h",
		"#include <a.h>\n#include \"z.h\"\n", "#include <a.h>\n#include <o.h>\n#include \"z.h\"\n", "#include <a.h>\n#include <t.h>\n#include \"z.h\"\n",
		map[string]string{"imports": "#include <o.h>\n#include <t.h>\n"},
	},
	{
		"Ruby", "a.rb",
		"require 'a'\nrequire \"d\"\n", "require 'a'\nrequire \"c\"\nrequire \"d\"\n", "require 'a'\nrequire \"b\"\nrequire \"d\"\n",
		map[string]string{"imports": "require \"b\"\nrequire \"c\"\n"},
	},
	{
		"Rust", "a.rs",
		"use a::A;\nuse d::D;\n", "use a::A;\nuse c::C;\nuse d::D;\n", "use a::A;\nuse b::B;\nuse d::D;\n",
		map[string]string{"imports": "use b::B;\nuse c::C;\n"},
	},
	{
		"PHP", "a.php",
		"use A\\A;\nuse D\\D;\n", "use A\\A;\nuse C\\C;\nuse D\\D;\n", "use A\\A;\nuse B\\B;\nuse D\\D;\n",
		map[string]string{"imports": "use B\\B;\nuse C\\C;\n"},
	},
	{
		"not only imports", "a.go",
		"import \"a\"\n", "import \"b\"\nvar x = 1\n", "import \"c\"\n",
		map[string]string{"imports": "-"},
	},
	{
		"a list over several lines", "a.py",
		"x = [\n    'a',\n    'b'\n]\n", "x = [\n    'a',\n    'b',\n    'ours'\n]\n", "x = [\n    'a',\n    'b',\n    'theirs'\n]\n",
		map[string]string{"list-moved": "    'ours',\n    'theirs'\n"},
	},
	{
		"keys", "a.yaml",
		"a:\n  one: 1\n  two: 2\n", "a:\n  one: 10\n  two: 2\n  own: 3\n", "a:\n  one: 1\n  new: 5\n  two: 20\n",
		map[string]string{"keys": "  one: 10\n  new: 5\n  two: 20\n  own: 3\n"},
	},
	{
		"members, of one with a comment above", "a.c",
		"struct s {\n\tint a;\n\tint z;\n};\n", "struct s {\n\tint a;\n\tint ours;\n\tint z;\n};\n", "struct s {\n\tint a;\n\t/* said of it */\n\tint theirs;\n\tint z;\n};\n",
		map[string]string{"entries-moved": "\tint ours;\n\t/* said of it */\n\tint theirs;\n"},
	},
	{
		"cases, sorted", "a.c",
		"\tcase A:\n\t\treturn 1;\n\tcase G:\n\t\treturn 7;\n", "\tcase A:\n\t\treturn 1;\n\tcase D:\n\t\treturn 4;\n\tcase F:\n\t\treturn 6;\n\tcase G:\n\t\treturn 7;\n", "\tcase A:\n\t\treturn 1;\n\tcase E:\n\t\treturn 5;\n\tcase G:\n\t\treturn 7;\n",
		map[string]string{"entries-sorted": "\tcase D:\n\t\treturn 4;\n\tcase E:\n\t\treturn 5;\n\tcase F:\n\t\treturn 6;\n"},
	},
	{
		"a test next to one that the target lacks", "a.py",
		"def a():\n    1\n\ndef lacking():\n    2\n\ndef z():\n    3\n", "def a():\n    1\n\ndef z():\n    3\n", "def a():\n    1\n\ndef lacking():\n    2 + 2\n\ndef new():\n    4\n\ndef z():\n    3\n",
		map[string]string{"entries-fresh": "def new():\n    4\n\n"},
	},
	{
		"begins within an entry", "a.go",
		"\t\tx()\n\ta()\n", "\t\ty()\n\ta()\n\tb()\n", "\t\tz()\n\tc()\n",
		map[string]string{"entries": "-"},
	},
	{
		"two functions", "a.go",
		"package a\n\nfunc z() {\n}\n",
		"package a\n\nfunc o() {\n\tours()\n}\n\nfunc z() {\n}\n",
		"package a\n\nfunc t() {\n\ttheirs()\n}\n\nfunc z() {\n}\n",
		map[string]string{
			"inserted-ours-theirs": "func o() {\n\tours()\n}\n\nfunc t() {\n\ttheirs()\n",
			"inserted-theirs-ours": "func t() {\n\ttheirs()\n}\n\nfunc o() {\n\tours()\n",
		},
	},
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := conflict.New(test.path, []byte(test.base), []byte(test.ours), []byte(test.theirs))
			if len(f.Chunks) != 1 {
				t.Fatalf("%d chunks", len(f.Chunks))
			}
			got := map[string]string{}
			for _, a := range answers(f.Chunks[0]) {
				got[a.Rung] = string(a.Text)
				if a.Why == "" || strings.HasSuffix(a.Why, ".") {
					t.Errorf("%s says %q", a.Rung, a.Why)
				}
			}
			for rung, want := range test.want {
				if text, ok := got[rung]; !ok && want != "-" {
					t.Errorf("%s: no answer, want %q", rung, want)
				} else if ok && text != want {
					t.Errorf("%s: %q, want %q", rung, text, want)
				}
			}
			if t.Failed() {
				t.Logf("all: %q", got)
			}
		})
	}
}

func TestLaws(t *testing.T) {
	t.Parallel()
	text := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{
		"\n", "\"a\"\n", "\"b/c\"\n", "import \"d\"\n", "x \"b/v2/c\"\n", "import a.b\n", "from x import y\n", "  'k': 1,\n", "  'l': [1, 2],\n", "key: value\n", "  sub: [a, b]\n", "}\n", "def f():\n", "    return 1\n", "func a() {\n",
	}), 0, 8), func(l []string) []byte { return []byte(strings.Join(l, "")) })
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.SampledFrom([]string{"a.go", "a.py", "a.java", "a.rb", "a.yaml", "a.json", "a.toml", "a.c", "a.js"}).Draw(t, "path")
		f := conflict.New(path, text.Draw(t, "base"), text.Draw(t, "ours"), text.Draw(t, "theirs"))
		for _, c := range f.Chunks {
			all := answers(c)
			check(t, c, all)
			if again := answers(c); !slices.EqualFunc(all, again, func(a, b conflict.Answer) bool { return a.Rung == b.Rung && bytes.Equal(a.Text, b.Text) }) {
				t.Fatal("not the same answers twice")
			}
		}
	})
}

// check asserts the invariants of the package.
func check(t interface{ Fatalf(string, ...any) }, c *conflict.Chunk, all []conflict.Answer) {
	seen := map[string]bool{}
	total := len(c.File.Base) + len(c.File.Ours) + len(c.File.Theirs)
	for _, a := range all {
		if seen[a.Rung] {
			t.Fatalf("%s answers twice", a.Rung)
		}
		seen[a.Rung] = true
		switch {
		case bytes.Equal(c.Base, c.Ours) && !bytes.Equal(a.Text, c.Theirs):
			t.Fatalf("%s: only the fix changed, yet %q", a.Rung, a.Text)
		case bytes.Equal(c.Base, c.Theirs) && !bytes.Equal(a.Text, c.Ours):
			t.Fatalf("%s: only the target changed, yet %q", a.Rung, a.Text)
		}
		if bytes.Contains(a.Text, []byte("<<<<<<<")) && !bytes.Contains(c.Ours, []byte("<<<<<<<")) && !bytes.Contains(c.Theirs, []byte("<<<<<<<")) {
			t.Fatalf("%s: markers in %q", a.Rung, a.Text)
		}
		if !c.Fits(a.Text) && !strings.HasPrefix(a.Rung, "inserted") && !strings.HasPrefix(a.Rung, "imports") {
			t.Fatalf("%s: the brackets of %q are nobody's", a.Rung, a.Text)
		}
		if len(a.Text) > 4*total+100 {
			t.Fatalf("%s: %d bytes from %d", a.Rung, len(a.Text), total)
		}
		if n := len(a.Text); n > 0 && a.Text[n-1] != '\n' {
			t.Fatalf("%s: no newline at the end of %q", a.Rung, a.Text)
		}
	}
}

// Texts of the largest size that is read cost no more than a moment.
func TestHostile(t *testing.T) {
	t.Parallel()
	numbered := func(format string, n int) []byte {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return []byte(b.String())
	}
	for _, format := range []string{"import a%d\n", "from a%d import b, c, d\n", "key%d: value\n", "    'a%d',\n", "a%d {\n\n  b\n}\n\n", "((((%d\n\n"} {
		for _, path := range []string{"a.py", "a.yaml"} {
			sides := [3][]byte{numbered(format, 300), numbered("o"+format, 300), numbered("t"+format, 300)}
			for _, c := range conflict.New(path, sides[0], sides[1], sides[2]).Chunks {
				start := time.Now()
				check(t, c, answers(c))
				if d := time.Since(start); d > time.Minute {
					t.Errorf("%s %q took %v", path, format, d)
				}
			}
		}
	}
}

func FuzzRungs(f *testing.F) {
	for _, c := range cases {
		f.Add(c.path, []byte(c.base), []byte(c.ours), []byte(c.theirs))
	}
	f.Fuzz(func(t *testing.T, path string, base, ours, theirs []byte) {
		if len(base)+len(ours)+len(theirs) > 4096 {
			return
		}
		for _, c := range conflict.New(path, base, ours, theirs).Chunks {
			check(t, c, answers(c))
		}
	})
}
