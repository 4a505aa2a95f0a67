package conflict_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// With the sides of the target for answers, each line of the file comes from a
// region; contexts are what stands there.
func TestFile(t *testing.T) {
	t.Parallel()
	f := conflict.New("a.c", []byte("1\n2\n3\n4\n5\n6\n7\n8\n9\n"), []byte("1\n2\n3\no\n5\n6\n7\n8\nninth\n"), []byte("first\n2\n3\nt\n5\n6\n7\n8\n9\n"))
	if len(f.Chunks) != 1 {
		t.Fatalf("%d chunks, want 1", len(f.Chunks))
	}
	c := f.Chunks[0]
	if string(c.Base) != "4\n" || string(c.Ours) != "o\n" || string(c.Theirs) != "t\n" {
		t.Errorf("chunk %q %q %q", c.Base, c.Ours, c.Theirs)
	}
	if got := bytes.Join(c.Before(2), nil); string(got) != "2\n3\n" {
		t.Errorf("before: %q", got)
	}
	if got := bytes.Join(c.Before(9), nil); string(got) != "first\n2\n3\n" {
		t.Errorf("before: %q", got)
	}
	if got := bytes.Join(c.After(9), nil); string(got) != "5\n6\n7\n8\nninth\n" {
		t.Errorf("after: %q", got)
	}
	if got := f.Text([][]byte{[]byte("X\n")}); string(got) != "first\n2\n3\nX\n5\n6\n7\n8\nninth\n" {
		t.Errorf("text: %q", got)
	}
}

// A merge without a conflict has its text, whatever the texts are; with
// conflicts the number of answers is that of the conflicting regions.
func TestTextIsTheMerge(t *testing.T) {
	t.Parallel()
	text := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{"a\n", "b\n", "c\n", "d\n"}), 0, 12), func(l []string) []byte {
		var out []byte
		for _, s := range l {
			out = append(out, s...)
		}
		return out
	})
	rapid.Check(t, func(t *rapid.T) {
		f := conflict.New("x", text.Draw(t, "base"), text.Draw(t, "ours"), text.Draw(t, "theirs"))
		if len(f.Chunks) != len(f.Merge.Conflicts()) {
			t.Fatalf("%d chunks, %d conflicts", len(f.Chunks), len(f.Merge.Conflicts()))
		}
		answers := make([][]byte, len(f.Chunks))
		for i, c := range f.Chunks {
			answers[i] = c.Ours
		}
		got := f.Text(answers)
		if merged, ok := f.Merge.Text(); ok && !bytes.Equal(got, merged) {
			t.Fatalf("text %q, merge %q", got, merged)
		}
		if n := len(textdiff.Lines(got)); n < len(textdiff.Lines(f.Ours))-len(textdiff.Lines(f.Base)) {
			t.Fatalf("%d lines", n)
		}
	})
}

// What git took out of two insertions belongs to both.
func TestHalved(t *testing.T) {
	t.Parallel()
	f := conflict.New("a.go", []byte("a\n\nz\n"), []byte("a\n\nfunc m() {\n\tm\n}\n\nz\n"), []byte("a\n\nfunc p() {\n\tp\n}\n\nz\n"))
	if len(f.Chunks) != 1 {
		t.Fatalf("%d chunks", len(f.Chunks))
	}
	c := f.Chunks[0]
	if !c.Halved() {
		t.Errorf("%q and %q are whole", c.Ours, c.Theirs)
	}
	for text, want := range map[string]bool{
		string(c.Ours): true, string(c.Theirs): true, string(c.Ours) + "}\n\n" + string(c.Theirs): true,
		string(c.Ours) + string(c.Theirs): false, "": false,
	} {
		if c.Fits([]byte(text)) != want {
			t.Errorf("%q fits: %v", text, !want)
		}
	}
	for name, sides := range map[string][3]string{
		"a blank line": {"a\nz\n", "a\nm\n\nz\n", "a\np\n\nz\n"},
		"no insertion": {"a\nb\nz\n", "a\nm\n}\nz\n", "a\np\n}\nz\n"},
		"whole":        {"a\nz\n", "a\nm\nz\n", "a\np\nz\n"},
		"amid others":  {"a\nz\n", "a\nm\n}\nn\nz\n", "a\np\n}\nq\nz\n"},
	} {
		for _, c := range conflict.New("a", []byte(sides[0]), []byte(sides[1]), []byte(sides[2])).Chunks {
			if c.Halved() {
				t.Errorf("%s: %q and %q are not whole", name, c.Ours, c.Theirs)
			}
		}
	}
}

func TestFits(t *testing.T) {
	t.Parallel()
	type texts = map[string]bool
	for name, tt := range map[string]struct {
		base, ours, theirs string
		fits               texts
	}{
		"both add": {"a(\n", "a(\nif (x) {\n", "a(\n}\n", texts{
			"a(\nif (x) {\n": true, "a(\n}\n": true, "a(\nif (x) {\n}\n": true, "}\nif (x) {\na(\n": true,
			"a(\n": true, "a(\n}\n}\n": false, "a(\nif (x {\n}\n": false, "a(\nif (x) {\n]\n": false,
		}},
		"conditionals": {"", "f();\n", "#endif\n", texts{
			"f();\n#endif\n": true, "f();\n": true, "  #  endif /* X */\n": true, "#endif\n#if\n": true,
			"#ifdef X\n": false, "#ifndef X\n": false, "#endif\n#endif\n": false, "#iffy\n#endifs\n": true,
		}},
		"one changes": {"f(a, b)\n", "f(a, g(b))\n", "f(a, c)\n", texts{
			"f(a, g(c))\n": true, "f(a, g(c)\n": false, "f(a, c))\n": false,
		}},
	} {
		f := &conflict.File{Base: []byte(tt.base), Ours: []byte(tt.ours), Theirs: []byte(tt.theirs)}
		c := &conflict.Chunk{File: f, Base: f.Base, Ours: f.Ours, Theirs: f.Theirs}
		for text, want := range tt.fits {
			if c.Fits([]byte(text)) != want {
				t.Errorf("%s: %q fits: %v", name, text, !want)
			}
		}
	}
}
