package textdiff

import (
	"bytes"
	"fmt"
	"math"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// text of one line for each letter.
func spelled(letters string) []byte {
	var b strings.Builder
	for _, r := range letters {
		b.WriteRune(r)
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

func TestLines(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want []string
	}{
		{"", []string{}},
		{"\n", []string{"\n"}},
		{"a", []string{"a"}},
		{"a\n", []string{"a\n"}},
		{"a\nb", []string{"a\n", "b"}},
		{"a\r\n\nb\r", []string{"a\r\n", "\n", "b\r"}},
		{"\x00\n\xff", []string{"\x00\n", "\xff"}},
	}
	for _, tt := range tests {
		got := make([]string, 0)
		for _, l := range Lines([]byte(tt.text)) {
			got = append(got, string(l))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("Lines(%q) (-want +got):\n%s", tt.text, diff)
		}
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		old, new string
		want     []Hunk
	}{
		{"both empty", "", "", nil},
		{"equal", "a\nb\n", "a\nb\n", nil},
		{"all new", "", "a\nb\n", []Hunk{{0, 0, 0, 2}}},
		{"all gone", "a\nb", "", []Hunk{{0, 2, 0, 0}}},
		{"replaced", "a\nb\nc\n", "a\nx\ny\nc\n", []Hunk{{1, 1, 1, 2}}},
		{"newline at the end lost", "a\nb\n", "a\nb", []Hunk{{1, 1, 1, 1}}},
		{"carriage return won", "a\nb\n", "a\r\nb\n", []Hunk{{0, 1, 0, 1}}},
		{"two places", "a\nb\nc\nd\n", "b\nc\nx\nd\n", []Hunk{{0, 1, 0, 0}, {3, 0, 2, 1}}},
		{"an insertion slides down", "a\nx\nx\nb\n", "a\nx\nx\nx\nb\n", []Hunk{{3, 0, 3, 1}}},
		{"a block slides down", "{\n}\n\n{\n}\n", "{\n}\n\n{\n}\n\n{\n}\n", []Hunk{{5, 0, 5, 3}}},
		{"a deletion slides to the insertion it faces", "a\nx\nx\nb\n", "a\nn\nx\nb\n", []Hunk{{1, 1, 1, 1}}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, Diff([]byte(tt.old), []byte(tt.new))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// apply rebuilds b from a and the hunks; it takes from b only what the hunks
// name, and refuses hunks out of order or without an unchanged element between.
func apply[T comparable](a, b []T, hunks []Hunk) ([]T, error) {
	var out []T
	at := 0
	for i, h := range hunks {
		if h.OldStart < at || i > 0 && h.OldStart == at || h.OldCount+h.NewCount == 0 {
			return nil, fmt.Errorf("hunk %d, %+v, touches line %d", i, h, at)
		}
		out = append(out, a[at:h.OldStart]...)
		if len(out) != h.NewStart {
			return nil, fmt.Errorf("hunk %d, %+v, begins at new line %d", i, h, len(out))
		}
		out = append(out, b[h.NewStart:h.NewStart+h.NewCount]...)
		at = h.OldStart + h.OldCount
	}
	return append(out, a[at:]...), nil
}

func changed(hunks []Hunk) int {
	n := 0
	for _, h := range hunks {
		n += h.OldCount + h.NewCount
	}
	return n
}

// shortest is the number of changed elements of a shortest script, by the
// textbook's table.
func shortest(a, b []int32) int {
	lcs := make([]int, len(b)+1)
	for _, x := range a {
		diagonal := 0
		for j, y := range b {
			above := lcs[j+1]
			if x == y {
				lcs[j+1] = diagonal + 1
			} else {
				lcs[j+1] = max(above, lcs[j])
			}
			diagonal = above
		}
	}
	return len(a) + len(b) - 2*lcs[len(b)]
}

func TestDiffSymbolsLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		symbol := rapid.SampledFrom([]int32{0, 1, 2, 3, 1 << 30, math.MaxInt32, -1, math.MinInt32})
		a := rapid.SliceOfN(symbol, 0, 60).Draw(t, "a")
		b := rapid.SliceOfN(symbol, 0, 60).Draw(t, "b")
		hunks := DiffSymbols(a, b)
		got, err := apply(a, b, hunks)
		if err != nil || !slices.Equal(got, b) {
			t.Fatalf("%v give %v, %v", hunks, got, err)
		}
		if got, want := changed(hunks), shortest(a, b); got != want {
			t.Fatalf("%v change %d elements, %d suffice", hunks, got, want)
		}
		if len(DiffSymbols(a, a)) > 0 {
			t.Fatal("a differs from itself")
		}
	})
}

// Fresh elements at the ends move the hunks and do nothing else.
func TestDiffSymbolsPadding(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		seq := rapid.SliceOfN(rapid.Int32Range(0, 4), 0, 40)
		a, b := seq.Draw(t, "a"), seq.Draw(t, "b")
		head := rapid.SliceOfN(rapid.Int32Range(10, 14), 0, 20).Draw(t, "head")
		tail := rapid.SliceOfN(rapid.Int32Range(20, 24), 0, 20).Draw(t, "tail")
		want := DiffSymbols(a, b)
		for i := range want {
			want[i].OldStart += len(head)
			want[i].NewStart += len(head)
		}
		got := DiffSymbols(slices.Concat(head, a, tail), slices.Concat(head, b, tail))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// A search that gives up early still gives a valid script, with every limit.
func TestSearchGivesUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		seq := rapid.SliceOfN(rapid.Int32Range(0, 3), 0, 80)
		a, b := seq.Draw(t, "a"), seq.Draw(t, "b")
		at := make([]int32, max(len(a), len(b)))
		for i := range at {
			at[i] = int32(i)
		}
		s := search{
			a: a, b: b, atA: at, atB: at,
			changedA: make([]bool, len(a)), changedB: make([]bool, len(b)),
			reach: rapid.IntRange(1, 10).Draw(t, "reach"),
		}
		s.box(0, len(a), 0, len(b))
		got, err := apply(a, b, hunks(s.changedA, s.changedB))
		if err != nil || !slices.Equal(got, b) {
			t.Fatalf("gives %v, %v", got, err)
		}
	})
}

// Texts on which a search without limits, or sliding without limits, would take
// minutes. The test's own time limit is what fails.
func TestDiffBounds(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewSource(1))
	numbered := func(n, of int) []byte {
		var b bytes.Buffer
		for range n {
			fmt.Fprintf(&b, "%d\n", r.Intn(of))
		}
		return b.Bytes()
	}
	fibonacci := func(n int) []byte {
		a, b := "a", "ab"
		for len(b) < n {
			a, b = b, b+a
		}
		return spelled(b[:n])
	}
	equal := bytes.Repeat([]byte("x\n"), 100_000)
	tests := []struct {
		name     string
		old, new []byte
		most     int // changed lines
	}{
		{"equal lines", equal, equal[:100_000], 50_000},
		{"equal lines, an odd one in the middle", equal, slices.Concat(equal[:90_000], []byte("y\n"), equal[90_000:]), 1},
		{"different lines", numbered(50_000, 1<<40), numbered(50_000, 1<<40), 100_000},
		{"shuffled lines", numbered(50_000, 50_000), numbered(50_000, 50_000), 100_000},
		{"few kinds of lines", numbered(10_000, 2), numbered(10_000, 2), 5_000},
		{"long lines", bytes.Repeat([]byte("x"), 1<<20), bytes.Repeat([]byte("y"), 1<<20), 2},
		{"repetition in repetition", fibonacci(100_000), fibonacci(100_000)[30_000:], 15_000},
		{"two periods", bytes.Repeat([]byte("a\nb\nc\n"), 5_000), bytes.Repeat([]byte("a\nc\nb\nb\n"), 4_000), 20_000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			hunks := Diff(tt.old, tt.new)
			want := Lines(tt.new)
			got, err := apply(texts(Lines(tt.old)), texts(want), hunks)
			if err != nil || !slices.Equal(got, texts(want)) {
				t.Fatalf("the script is not valid: %v", err)
			}
			if n := changed(hunks); n > tt.most {
				t.Errorf("%d changed lines, at most %d expected", n, tt.most)
			}
		})
	}
}

func texts(lines [][]byte) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = string(l)
	}
	return out
}

// Sliding keeps the sequence of unchanged elements, wherever it has to stop.
func TestSlideGivesUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		period := rapid.SliceOfN(rapid.Int32Range(0, 1), 1, 6).Draw(t, "period")
		v := slices.Repeat(period, rapid.IntRange(1, 30).Draw(t, "repeats"))
		marks := rapid.SliceOfN(rapid.Bool(), len(v), len(v)).Draw(t, "marks")
		before := unmarked(v, marks)
		var other []bool
		for range before {
			for range rapid.IntRange(0, 1).Draw(t, "facing") {
				other = append(other, true)
			}
			other = append(other, false)
		}
		slide(v, marks, other, rapid.IntRange(0, 200).Draw(t, "moves"))
		if after := unmarked(v, marks); !slices.Equal(before, after) {
			t.Fatalf("unchanged elements were %v, are %v", before, after)
		}
	})
}

func unmarked(v []int32, marks []bool) (out []int32) {
	for i, m := range marks {
		if !m {
			out = append(out, v[i])
		}
	}
	return out
}

func FuzzDiff(f *testing.F) {
	for _, s := range [][2]string{
		{"", ""},
		{"a\nb\n", "b\na"},
		{"a\r\nb\n", "a\nb\n"},
		{"\n\n\n", "\n\n"},
		{"abcabba", "cbabac"},
		{"x\ny\nx\ny\nx\n", "y\nx\ny\n"},
		{"\x00\xff\n", "\n\xff\x00"},
	} {
		f.Add([]byte(s[0]), []byte(s[1]))
	}
	f.Fuzz(func(t *testing.T, old, new []byte) {
		a, b := Lines(old), Lines(new)
		if !bytes.Equal(bytes.Join(a, nil), old) {
			t.Fatal("lines joined are not the text")
		}
		got, err := apply(texts(a), texts(b), Diff(old, new))
		if err != nil || strings.Join(got, "") != string(new) {
			t.Fatalf("the script is not valid: %v", err)
		}
	})
}
