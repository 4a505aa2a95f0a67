package reuse_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/adapt/reuse"
	"backstay.dev/backstay/internal/textdiff"
)

func lines(words ...string) []byte {
	if len(words) == 0 {
		return nil
	}
	return []byte(strings.Join(words, "\n") + "\n")
}

func split(s string) []byte { return lines(strings.Fields(s)...) }

func TestResults(t *testing.T) {
	t.Parallel()
	const lost = "(lost)"
	for _, tt := range []struct {
		name                       string
		base, ours, theirs, result string
		want                       []string
	}{
		{"one side", "a b c", "a o c", "a t c", "a t c", []string{"t"}},
		{"both", "a b c", "a o c", "a t c", "a o t c", []string{"o t"}},
		{"nothing", "a b c", "a o c", "a t c", "a c", []string{""}},
		{"at the top", "b c", "o c", "t c", "x y c", []string{"x y"}},
		{"at the end", "a b", "a o", "a t", "a x", []string{"x"}},
		{"all of it", "b", "o", "t", "x y", []string{"x y"}},
		{"two", "a b c d e f g h", "a o c d e f O h", "a t c d e f T h", "a 1 c d e f 2 3 h", []string{"1", "2 3"}},
		{"a brace more", "a { } z", "a { o } z", "a { t } z", "a { o } { t } z", []string{"o } { t"}},
		{"lines of the surroundings", "a b c d e f g", "a b c o e f g", "a b c t e f g", "a b c c c o e f g e f g", []string{"c c o e f g"}},
		{"the line above changed", "a b c", "a o c", "a t c", "A o c", []string{lost}},
		{"the line below changed", "a b c", "a o c", "a t c", "a o C", []string{lost}},
		{"a brace above, and above it a change", "a { b c", "a { o c", "a { t c", "A { o c", []string{lost}},
		{"far away a change", "1 a b c 2", "1 a o c 2", "1 a t c 2", "one a o c two", []string{"o"}},
		{"one lost of two", "a b c d e f g h", "a o c d e f O h", "a t c d e f T h", "a o c d e F T h", []string{"o", lost}},
		{"from the other side too", "1 2 3 a b c 7 8 9", "one 2 3 a o c 7 8 9", "1 2 3 a t c 7 8 nine", "one 2 3 a x c 7 8 nine", []string{"x"}},
		{"the file is gone", "a b c", "a o c", "a t c", "", []string{lost}},
		{"clean", "a b c d e", "A b c d e", "a b c d E", "A b c d E", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := textdiff.Merge3Histogram(split(tt.base), split(tt.ours), split(tt.theirs))
			texts, ok := reuse.Results(m, split(tt.result))
			var got []string
			for i, text := range texts {
				if !ok[i] {
					got = append(got, lost)
				} else {
					got = append(got, strings.Join(strings.Fields(string(text)), " "))
				}
			}
			if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// put is the merge with these texts in the places of its conflicts.
func put(m textdiff.Merge, texts [][]byte) []byte {
	var out []byte
	for _, r := range m.Regions {
		_, ours, theirs := m.Sides(r)
		switch r.Kind {
		case textdiff.Conflict:
			out, texts = append(out, texts[0]...), texts[1:]
		case textdiff.Theirs:
			out = append(out, theirs...)
		default:
			out = append(out, ours...)
		}
	}
	return out
}

// text draws lines of few kinds, so that they repeat.
func text(kinds string, n int) *rapid.Generator[[]byte] {
	var words []string
	for _, c := range kinds {
		words = append(words, string(c))
	}
	return rapid.Map(rapid.SliceOfN(rapid.SampledFrom(words), 0, n), func(l []string) []byte { return lines(l...) })
}

// merge draws a merge in which no two chunks are side by side.
func merge(t *rapid.T, kinds string, n int) textdiff.Merge {
	m := textdiff.Merge3Histogram(text(kinds, n).Draw(t, "base"), text(kinds, n).Draw(t, "ours"), text(kinds, n).Draw(t, "theirs"))
	for i, r := range m.Regions {
		if i > 0 && r.Kind == textdiff.Conflict && m.Regions[i-1].Kind == textdiff.Conflict {
			t.Skip("neighbours")
		}
	}
	return m
}

// Whatever stands in the places of the chunks, only they changed: what is
// found, put there, is the file. What has no line of the surroundings in it is
// found as it was; so is everything where there is but one chunk.
func TestResultsAreWhatWasPut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := merge(t, "abcdef{}", 30)
		n := len(m.Conflicts())
		kinds := rapid.SampledFrom([]string{"abcdef{}", "ABC"}).Draw(t, "kinds")
		replacement := make([][]byte, n)
		for i := range replacement {
			replacement[i] = text(kinds, 8).Draw(t, "replacement")
		}
		file := put(m, replacement)
		texts, ok := reuse.Results(m, file)
		for i := range texts {
			if !ok[i] {
				t.Fatalf("chunk %d of %q is lost", i, file)
			}
			if (kinds == "ABC" || n == 1) && !bytes.Equal(texts[i], replacement[i]) {
				t.Fatalf("chunk %d of %q: %q, want %q", i, file, texts[i], replacement[i])
			}
		}
		if got := put(m, texts); !bytes.Equal(got, file) {
			t.Fatalf("%q, want %q", got, file)
		}
	})
}

// Where lines that do not touch a chunk changed too, it is still found.
func TestResultsAmongOtherChanges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var base, ours, theirs []string
		var want []string
		var file []string
		for i := range rapid.IntRange(1, 4).Draw(t, "chunks") {
			n := rapid.IntRange(5, 60).Draw(t, "context")
			for k := range n {
				line := fmt.Sprintf("context %d.%d", i, k)
				base, ours, theirs = append(base, line), append(ours, line), append(theirs, line)
				edit := rapid.IntRange(0, 10).Draw(t, "edit")
				switch touches := k == 0 || k == n-1; {
				case edit == 0 && !touches:
					file = append(file, line+" edited")
				case edit == 1 && !touches:
					file = append(file, line, "added")
				case edit > 2 || touches:
					file = append(file, line)
				}
			}
			base, ours, theirs = append(base, fmt.Sprint("base ", i)), append(ours, fmt.Sprint("ours ", i)), append(theirs, fmt.Sprint("theirs ", i))
			put := string(text("ABC", 3).Draw(t, "replacement"))
			want = append(want, put)
			if put != "" {
				file = append(file, strings.TrimSuffix(put, "\n"))
			}
		}
		m := textdiff.Merge3Histogram(lines(base...), lines(ours...), lines(theirs...))
		texts, ok := reuse.Results(m, lines(file...))
		if len(texts) != len(want) {
			t.Skip("joined")
		}
		for i := range texts {
			if !ok[i] || string(texts[i]) != want[i] {
				t.Fatalf("chunk %d: %v %q, want %q", i, ok[i], texts[i], want[i])
			}
		}
	})
}

// Large files are cut into parts; hostile ones end soon, one way or the other.
func TestResultsOfLargeFiles(t *testing.T) {
	t.Parallel()
	var base, ours, theirs, file bytes.Buffer
	var want []string
	for i := range 60_000 {
		if i%2000 == 1000 {
			fmt.Fprintf(&base, "b%d\n", i)
			fmt.Fprintf(&ours, "o%d\n", i)
			fmt.Fprintf(&theirs, "t%d\n", i)
			fmt.Fprintf(&file, "t%d\n}\no%d\n", i, i)
			want = append(want, fmt.Sprintf("t%d\n}\no%d\n", i, i))
			continue
		}
		line := fmt.Sprintf("line %d\n", i%700)
		if i%5 == 0 {
			line = "}\n"
		}
		for _, b := range []*bytes.Buffer{&base, &ours, &theirs, &file} {
			b.WriteString(line)
		}
	}
	texts, ok := reuse.Results(textdiff.Merge3Histogram(base.Bytes(), ours.Bytes(), theirs.Bytes()), file.Bytes())
	for i := range want {
		if !ok[i] || string(texts[i]) != want[i] {
			t.Fatalf("chunk %d: %v %q, want %q", i, ok[i], texts[i], want[i])
		}
	}
	half := bytes.Repeat([]byte("a\n"), 20_000)
	many := bytes.Repeat([]byte("a\nb\n"), 20_000)
	m := textdiff.Merge3Histogram(slicesConcat(half, half), slicesConcat(half, []byte("x\n"), half), slicesConcat(half, []byte("y\n"), half))
	if _, ok := reuse.Results(m, many); len(ok) != 1 {
		t.Errorf("%d chunks", len(ok))
	}
}

func slicesConcat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestLearn(t *testing.T) {
	t.Parallel()
	m := textdiff.Merge3Histogram(split("a b c d e f g h"), split("a o c d e f O h"), split("a t c d e f T h"))
	got := reuse.Learn(m, split("a x c d e F T h"), reuse.Resolution{Path: "p", By: reuse.Person, When: 5})
	if len(got) != 1 || string(got[0].Base) != "b\n" || string(got[0].Ours) != "o\n" || string(got[0].Theirs) != "t\n" ||
		string(got[0].Result) != "x\n" || got[0].Path != "p" || got[0].When != 5 {
		t.Errorf("%+v", got)
	}
}

func BenchmarkResults(b *testing.B) {
	var texts [3]bytes.Buffer
	for i := range 2000 {
		for k := range texts {
			if i%200 == 100 {
				fmt.Fprintf(&texts[k], "side %d of %d\n", k, i)
			} else {
				fmt.Fprintf(&texts[k], "line %d\n", i%300)
			}
		}
	}
	m := textdiff.Merge3Histogram(texts[0].Bytes(), texts[1].Bytes(), texts[2].Bytes())
	for b.Loop() {
		if _, ok := reuse.Results(m, texts[2].Bytes()); !ok[0] {
			b.Fatal("lost")
		}
	}
}
