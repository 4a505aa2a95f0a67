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
