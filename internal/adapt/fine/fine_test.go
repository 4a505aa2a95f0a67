package fine_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/adapt/fine"
)

// chunk is a chunk of a file with a line above and one below.
func chunk(base, ours, theirs string) *conflict.Chunk {
	const above, below = "above\n\n", "below\n"
	f := conflict.New("a.txt", []byte(above+base+below), []byte(above+ours+below), []byte(above+theirs+below))
	return &conflict.Chunk{File: f, Region: 1, Base: []byte(base), Ours: []byte(ours), Theirs: []byte(theirs)}
}

func answers(c *conflict.Chunk) []conflict.Answer {
	var out []conflict.Answer
	for _, r := range fine.Rungs() {
		out = append(out, r.Answers(c)...)
	}
	return out
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, base, ours, theirs string
		want                     map[string]string // by rung; "-" for no answer
	}{
		{
			"edits touch",
			"a\nb\n", "A\nb\n", "a\nB\n",
			map[string]string{"adjacent": "A\nB\n", "tokens": "A\nB\n", "replay": "A\nB\n", "line-tokens": "-"},
		},
		{
			"the same line, other words",
			"call(one, two, three)\n", "call(ONE, two, three)\n", "call(one, two, THREE)\n",
			map[string]string{"adjacent": "-", "tokens": "call(ONE, two, THREE)\n", "line-tokens": "call(ONE, two, THREE)\n", "replay-tokens": "call(ONE, two, THREE)\n"},
		},
		{
			"the same words",
			"retry(3, true)\n", "retry(5, true)\n", "retry(7, false)\n",
			map[string]string{"tokens": "-", "tokens-ours": "retry(5, false)\n", "tokens-theirs": "retry(7, false)\n", "overlap-ours": "retry(5, false)\n", "overlap-theirs": "retry(7, false)\n"},
		},
		{
			"the target lacks lines beside the fix",
			"earlier commit\nanother\n", "", "earlier commit\nanother\nthe fix\n",
			map[string]string{"adjacent": "the fix\n", "tokens": "the fix\n", "replay": "the fix\n"},
		},
		{
			"the fix edits a line that the target lacks, and one that it has",
			"flags |= NEW_FLAG;\nsize = header_size(h);\n", "size = header_size(h);\n", "flags |= NEW_FLAG | OTHER;\nsize = header_size(h) + 1;\n",
			map[string]string{"replay": "-", "absent-dropped": "size = header_size(h) + 1;\n"},
		},
		{
			"the fix deletes what the target edited",
			"old_call(handle, name, 0);\nkeep();\n", "old_call(handle, name, flags);\nkeep();\n", "keep();\nmore();\n",
			map[string]string{"removed-gone": "keep();\nmore();\n"},
		},
		{
			"both added lines",
			"", "ours 1\nours 2\n", "theirs 1\n",
			map[string]string{"ours-theirs": "ours 1\nours 2\ntheirs 1\n", "theirs-ours": "theirs 1\nours 1\nours 2\n", "replay": "-"},
		},
		{
			"the target indents deeper",
			"    first(a, b);\n    second(a, b);\n", "        first(a, b);\n        second(a, c);\n", "    first(a, b);\n    if (x)\n        between();\n    second(a, b);\n",
			map[string]string{"replay-indented": "        first(a, b);\n        if (x)\n            between();\n        second(a, c);\n"},
		},
		{
			"a block of a list the target lacks is cut at its beginning",
			"  {\n    one,\n  },\n  {\n    two,\n  },\n", "", "  {\n    one,\n  },\n  {\n    new,\n  },\n  {\n    two,\n  },\n",
			map[string]string{"stranded-kept": "  {\n    new,\n  },\n", "stranded-outer": "  {\n    new,\n  },\n", "stranded-dropped": ""},
		},
		{
			"lines in a function that the target lacks",
			"func a() {\n\tone()\n\ttwo()\n}\n\n", "", "func a() {\n\tone()\n\tfix()\n\ttwo()\n}\n\nfunc b() {\n}\n\n",
			map[string]string{"stranded-outer": "func b() {\n}\n\n", "stranded-kept": "\tfix()\nfunc b() {\n}\n\n"},
		},
		{
			"a patch release of another series",
			"go: \"1.24.4\"\n", "go: \"1.23.10\"\n", "go: \"1.24.5\"\n",
			map[string]string{"increment": "go: \"1.23.11\"\n", "increment-near": "-"},
		},
		{
			"a patch release of the same series",
			"go: \"1.24.4\"\n", "go: \"1.24.2\"\n", "go: \"1.24.5\"\n",
			map[string]string{"increment": "-", "increment-near": "go: \"1.24.3\"\n"},
		},
		{
			"what both insert into a list",
			"use(a, b)\n", "use(a, b, ours)\n", "use(a, b, theirs)\n",
			map[string]string{"tokens": "-", "tokens-both": "use(a, b, ours, theirs)\n"},
		},
		{
			"blanks at the ends of lines that the fix brings",
			"a\nb\n", "A\nb\n", "a\nb \nc\t\n",
			map[string]string{"replay-trimmed": "A\nb\nc\n"},
		},
		{
			"lines below an open bracket follow it",
			"x = old(a,\n        b)\ny = old(c,\n        d)\n", "x = renamed(a,\n            b)\ny = renamed(c,\n            d)\n", "x = old(a,\n        b)\nz = old(e,\n        f)\ny = old(c,\n        d)\n",
			map[string]string{"renamed": "x = renamed(a,\n            b)\nz = renamed(e,\n            f)\ny = renamed(c,\n            d)\n"},
		},
		{
			"lines that both added, one side's to the line that it edited",
			"call(a)\n", "call(a)\nown()\n", "call(a,\n     b)\n",
			map[string]string{"replay-attached": "call(a,\n     b)\nown()\n"},
		},
		{
			"another series beside",
			"go: [\"1.24.4\"]\n", "go: [\"1.23.10\", \"1.24.4\"]\n", "go: [\"1.24.5\"]\n",
			map[string]string{"increment": "-", "increment-beside": "go: [\"1.23.11\", \"1.24.5\"]\n"},
		},
		{
			"no small step",
			"go: \"1.24.4\"\n", "go: \"1.23.10\"\n", "go: \"1.24.400\"\n",
			map[string]string{"increment": "-"},
		},
		{
			"two versions of what base lacks",
			"", "def start(self, host, **options):\n    super().start(host, **options)\n", "def start(self, host):\n    super().start(host)\n    notifier.watch([Deleted, Written])\n",
			map[string]string{"twin": "def start(self, host, **options):\n    super().start(host, **options)\n    notifier.watch([Deleted, Written])\n"},
		},
		{
			"another name",
			"x = lib.old_name(1)\ny = 2\n", "x = lib.new_name(1)\ny = 2\n", "x = lib.old_name(1)\nz = lib.old_name(3)\ny = 2\n",
			map[string]string{"renamed": "x = lib.new_name(1)\nz = lib.new_name(3)\ny = 2\n", "renamed-theirs": "x = lib.new_name(1)\nz = lib.new_name(3)\ny = 2\n"},
		},
		{
			"another name, which something else has in the fix",
			"x = old(1)\n", "x = set(1)\n", "x = old(1)\ny = old(2)\ny = set(2)\n",
			map[string]string{"renamed-theirs": "-"},
		},
		{
			"another path",
			"import \"host/v2/core/images\"\nimport \"host/v2/core/content\"\n", "import \"host/images\"\nimport \"host/content\"\n", "import \"host/v2/core/images\"\nimport \"host/v2/core/content\"\nimport \"host/v2/core/labels\"\n",
			map[string]string{"renamed": "import \"host/images\"\nimport \"host/content\"\nimport \"host/labels\"\n"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := map[string]string{}
			for _, a := range answers(chunk(test.base, test.ours, test.theirs)) {
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

// Two functions whose end git took out are not whole one after the other.
func TestHalved(t *testing.T) {
	t.Parallel()
	f := conflict.New("a.rb", []byte("a\n\nz\n"), []byte("a\n\ndef m\n  1\nend\n\nz\n"), []byte("a\n\ndef p\n  2\nend\n\nz\n"))
	if len(f.Chunks) != 1 {
		t.Fatalf("%d chunks", len(f.Chunks))
	}
	for _, a := range answers(f.Chunks[0]) {
		if bytes.Contains(a.Text, []byte("def m")) && bytes.Contains(a.Text, []byte("def p")) && !bytes.Contains(a.Text, []byte("end\n")) {
			t.Errorf("%s: %q", a.Rung, a.Text)
		}
	}
}

// A file may end without a newline; lines put behind its last one must not
// stick to it.
func TestLastLine(t *testing.T) {
	t.Parallel()
	f := conflict.New("a", []byte("same\n"), []byte("same\nours"), []byte("same\ntheirs\n"))
	if len(f.Chunks) != 1 {
		t.Fatalf("%d chunks", len(f.Chunks))
	}
	for _, a := range fine.Replay(f.Chunks[0]) {
		want := map[string]string{"ours-theirs": "ours\ntheirs", "theirs-ours": "theirs\nours"}[a.Rung]
		if string(a.Text) != want {
			t.Errorf("%s: %q, want %q", a.Rung, a.Text, want)
		}
	}
}

func TestLaws(t *testing.T) {
	t.Parallel()
	text := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{
		"\n", "}\n", "a = 1;\n", "  a = 2;\n", "if (b) {\n", "call(a, b)\n", "call(a, c)\n", "  call(a, b, c)\n", "end\n", "# a b c d\n", "\tx.y()\n",
	}), 0, 10), func(l []string) string { return strings.Join(l, "") })
	rapid.Check(t, func(t *rapid.T) {
		c := chunk(text.Draw(t, "base"), text.Draw(t, "ours"), text.Draw(t, "theirs"))
		all := answers(c)
		check(t, c, all)
		if again := answers(c); !slices.EqualFunc(all, again, func(a, b conflict.Answer) bool { return a.Rung == b.Rung && bytes.Equal(a.Text, b.Text) }) {
			t.Fatal("not the same answers twice")
		}
	})
}

// check asserts the invariants of the package.
func check(t interface{ Fatalf(string, ...any) }, c *conflict.Chunk, all []conflict.Answer) {
	seen := map[string]bool{}
	total := len(c.Base) + len(c.Ours) + len(c.Theirs)
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
		if bytes.Contains(a.Text, []byte("<<<<<<<")) && total < 7 {
			t.Fatalf("%s: markers in %q", a.Rung, a.Text)
		}
		if !c.Fits(a.Text) {
			t.Fatalf("%s: the brackets of %q are nobody's", a.Rung, a.Text)
		}
		if len(a.Text) > 4*total+100 {
			t.Fatalf("%s: %d bytes from %d", a.Rung, len(a.Text), total)
		}
		if n := len(a.Text); n > 0 && a.Text[n-1] != '\n' && whole(c.Base) && whole(c.Ours) && whole(c.Theirs) {
			t.Fatalf("%s: no newline at the end of %q", a.Rung, a.Text)
		}
	}
}

func whole(text []byte) bool { return len(text) == 0 || text[len(text)-1] == '\n' }

// Words alone could put markers together from the pieces of others.
func TestNoMarkers(t *testing.T) {
	t.Parallel()
	c := chunk("<<<< x <<<\n", "<<<<x <<<\n", "<<<< <<<\n")
	for _, a := range answers(c) {
		if bytes.Contains(a.Text, []byte("<<<<<<<")) {
			t.Errorf("%s: %q", a.Rung, a.Text)
		}
	}
}

// The target's file has other line ends than the source's.
func TestLineEnds(t *testing.T) {
	t.Parallel()
	f := conflict.New("a", []byte("a\nb\nc\n"), []byte("a\r\nB\r\nc\r\n"), []byte("a\nb\nnew\nc\n"))
	if len(f.Chunks) != 1 {
		t.Fatalf("%d chunks", len(f.Chunks))
	}
	all := fine.Adjacent(f.Chunks[0])
	if len(all) != 1 || string(all[0].Text) != "a\r\nB\r\nnew\r\nc\r\n" {
		t.Errorf("%q", all)
	}
}

// Texts that are large, or have large lines, or many alike, cost no more than
// their size.
func TestHostile(t *testing.T) {
	t.Parallel()
	numbered := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, sides := range map[string][3]string{
		"many lines":   {numbered("a b c d e %d\n", 10000), numbered("a b c d f %d\n", 10000), numbered("a b c e f %d\n", 10000)},
		"equal lines":  {strings.Repeat("a b\n", 10000), strings.Repeat("a c\n", 9000), strings.Repeat("a d\n", 11000)},
		"long lines":   {numbered("%d "+strings.Repeat("x y ", 5000)+"\n", 60), numbered("%d "+strings.Repeat("x z ", 5000)+"\n", 60), numbered("%d "+strings.Repeat("z y ", 5000)+"\n", 60)},
		"blank lines":  {strings.Repeat("\n", 10000), strings.Repeat("\n", 9000) + "a\n", "b\n" + strings.Repeat("\n", 5000)},
		"one long one": {strings.Repeat("((((a", 6000), strings.Repeat("b((((", 6000), strings.Repeat("((a((", 6000)},
		"blocks":       {strings.Repeat("{\n}\n", 4000), "", strings.Repeat("{\nx\n}\n", 4000)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := chunk(sides[0], sides[1], sides[2])
			start := time.Now()
			check(t, c, answers(c))
			if d := time.Since(start); d > 30*time.Second {
				t.Errorf("took %v", d)
			} else {
				t.Log(d)
			}
		})
	}
}

func FuzzRungs(f *testing.F) {
	f.Add([]byte("a\nb\n"), []byte("A\nb\n"), []byte("a\nB\n"))
	f.Add([]byte(""), []byte("x {\n}\n"), []byte("y {\n}"))
	f.Add([]byte("if (a) {\n\tb\n}\n"), []byte(""), []byte("if (a) {\n\tb\n\tc\n}\n\n"))
	f.Add([]byte(""), []byte("0\n"), []byte("0\n\n\n000 ")) // both added the file
	f.Add([]byte("\xff\x00\r\n\n\n"), []byte("\r\n"), []byte("import a.b/c\n\xff"))
	f.Fuzz(func(t *testing.T, base, ours, theirs []byte) {
		if len(base)+len(ours)+len(theirs) > 4096 {
			return
		}
		for _, c := range conflict.New("f", base, ours, theirs).Chunks {
			check(t, c, answers(c))
		}
	})
}
