package textdiff

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// told writes the regions as one word: same text plain, ours <…>, theirs >…<,
// both =…=, a conflict {base|ours|theirs}, all without newlines.
func told(m Merge) string {
	var b strings.Builder
	plain := func(text []byte) string { return strings.ReplaceAll(string(text), "\n", "") }
	for _, r := range m.Regions {
		base, ours, theirs := m.Sides(r)
		switch r.Kind {
		case Same:
			b.WriteString(plain(base))
		case Ours:
			b.WriteString("<" + plain(base) + "|" + plain(ours) + ">")
		case Theirs:
			b.WriteString(">" + plain(base) + "|" + plain(theirs) + "<")
		case Both:
			b.WriteString("=" + plain(base) + "|" + plain(ours) + "=")
		case Conflict:
			b.WriteString("{" + plain(base) + "|" + plain(ours) + "|" + plain(theirs) + "}")
		}
	}
	return b.String()
}

func TestMerge3(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name               string
		base, ours, theirs string // a line for each letter
		want               string
	}{
		{"nothing", "", "", "", ""},
		{"no change", "abc", "abc", "abc", "abc"},
		{"ours alone", "abc", "aXc", "abc", "a<b|X>c"},
		{"theirs alone", "abc", "abc", "ac", "a>b|<c"},
		{"the same change", "abc", "aXc", "aXc", "a=b|X=c"},
		{"the same deletion", "abc", "ac", "ac", "a=b|=c"},
		{"one line between", "abc", "Xbc", "abY", "<a|X>b>c|Y<"},
		{"touching", "abcd", "aXcd", "abYd", "a{bc|Xc|bY}d"},
		{"insertions at one place", "ab", "aXb", "aYb", "a{|X|Y}b"},
		{"insertion beside a change", "abc", "abXc", "aYc", "a{b|bX|Y}c"},
		{"change against deletion", "abc", "aXc", "ac", "a{b|X|}c"},
		{"both created", "", "XY", "XZ", "=|X={|Y|Z}"},
		{"common head and tail leave a conflict", "abz", "aPXQz", "aPYQz", "a=|P={b|X|Y}=|Q=z"},
		{"base keeps its part of a common tail", "abcz", "aXQcz", "aYQcz", "a{b|X|Y}=|Q=cz"},
		{"three common lines do not divide", "abz", "aX123Yz", "aV123Wz", "a{b|X123Y|V123W}z"},
		{"four common lines divide", "abz", "aX1234Yz", "aV1234Wz", "a{|X|V}=|1234={b|Y|W}z"},
		{"base is divided as the lines are", "aklmnopz", "aX1234Yz", "aV1234Wz", "a{k|X|V}=lmno|1234={p|Y|W}z"},
		{"conflicts near each other", "abcdez", "aXcdYz", "aVcdWz", "a{bcde|XcdY|VcdW}z"},
		{"conflicts far from each other", "ab1234ez", "aX1234Yz", "aV1234Wz", "a{b|X|V}1234{e|Y|W}z"},
		{"a change between near conflicts", "abcdefz", "aXcQeYz", "aVcdeWz", "a{b|X|V}c<d|Q>e{f|Y|W}z"},
	}
	for _, tt := range tests {
		m := Merge3(spelled(tt.base), spelled(tt.ours), spelled(tt.theirs))
		if got := told(m); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		check(t, m, spelled(tt.base), spelled(tt.ours), spelled(tt.theirs))
	}
}

func TestMergeAnswers(t *testing.T) {
	t.Parallel()
	clean := Merge3([]byte("a\nb\nc\n"), []byte("A\nb\nc\n"), []byte("a\nb\nC"))
	if text, ok := clean.Text(); !ok || string(text) != "A\nb\nC" || !clean.Clean() || clean.Conflicts() != nil {
		t.Errorf("text %q, %v; clean %v; conflicts %v", text, ok, clean.Clean(), clean.Conflicts())
	}
	torn := Merge3([]byte("a\nb\nc\n"), []byte("a\nX\nc\n"), []byte("a\nY\nZ\nc\n"))
	if text, ok := torn.Text(); ok || text != nil || torn.Clean() {
		t.Errorf("a conflict gives text %q, %v", text, ok)
	}
	want := []Region{{Conflict, Span{1, 2}, Span{1, 2}, Span{1, 3}}}
	if diff := cmp.Diff(want, torn.Conflicts()); diff != "" {
		t.Errorf("conflicts (-want +got):\n%s", diff)
	}
	for kind, name := range map[RegionKind]string{Same: "same", Ours: "ours", Theirs: "theirs", Both: "both", Conflict: "conflict", 9: "RegionKind(9)", -1: "RegionKind(-1)"} {
		if kind.String() != name {
			t.Errorf("kind %d is %q, want %q", int(kind), kind, name)
		}
	}
}

// check holds a merge to what the package promises of any.
func check(t interface {
	Helper()
	Fatalf(string, ...any)
}, m Merge, base, ours, theirs []byte,
) {
	t.Helper()
	var at Region
	var b, o, th []byte
	conflicts := 0
	for i, r := range m.Regions {
		if r.Base.Start != at.Base.End || r.Ours.Start != at.Ours.End || r.Theirs.Start != at.Theirs.End {
			t.Fatalf("region %d of %v does not begin where the last ends", i, m.Regions)
		}
		if r.Base.Len() < 0 || r.Ours.Len() < 0 || r.Theirs.Len() < 0 || r.Base.Len()+r.Ours.Len()+r.Theirs.Len() == 0 {
			t.Fatalf("region %d of %v is empty", i, m.Regions)
		}
		if i > 0 && r.Kind == Same && at.Kind == Same {
			t.Fatalf("regions %d and %d of %v are both the same", i-1, i, m.Regions)
		}
		x, y, z := m.Sides(r)
		xy, xz, yz := bytes.Equal(x, y), bytes.Equal(x, z), bytes.Equal(y, z)
		holds := [...]bool{Same: xy && xz, Ours: xz && !xy, Theirs: xy && !xz, Both: yz && !xy, Conflict: !yz}
		if !holds[r.Kind] {
			t.Fatalf("region %d of %v is not %v: %q %q %q", i, m.Regions, r.Kind, x, y, z)
		}
		if r.Kind == Conflict {
			conflicts++
		}
		b, o, th = append(b, x...), append(o, y...), append(th, z...)
		at = r
	}
	if !bytes.Equal(b, base) || !bytes.Equal(o, ours) || !bytes.Equal(th, theirs) {
		t.Fatalf("%v do not cover the texts", m.Regions)
	}
	if _, ok := m.Text(); ok != (conflicts == 0) || ok != m.Clean() || len(m.Conflicts()) != conflicts {
		t.Fatalf("%v: clean %v, text %v, %d conflicts", m.Regions, m.Clean(), ok, len(m.Conflicts()))
	}
}

// version is a text related to another: some of its lines replaced.
func version(t *rapid.T, name string, lines []string) []byte {
	lines = append([]string(nil), lines...)
	for range rapid.IntRange(0, 4).Draw(t, name+" edits") {
		at := rapid.IntRange(0, len(lines)).Draw(t, "at")
		drop := rapid.IntRange(0, min(3, len(lines)-at)).Draw(t, "drop")
		put := rapid.SliceOfN(line, 0, 3).Draw(t, "put")
		lines = append(lines[:at:at], append(put, lines[at+drop:]...)...)
	}
	text := strings.Join(lines, "")
	if rapid.Bool().Draw(t, "without final newline") {
		text = strings.TrimSuffix(text, "\n")
	}
	return []byte(text)
}

var line = rapid.SampledFrom([]string{"a\n", "b\n", "c\n", "d\n", "\n", "a\r\n"})

func TestMerge3Laws(t *testing.T) {
	t.Parallel()
	clean := func(t *rapid.T, base, ours, theirs, want []byte) {
		if text, ok := Merge3(base, ours, theirs).Text(); !ok || !bytes.Equal(text, want) {
			t.Fatalf("merge of %q, %q, %q is %q, %v", base, ours, theirs, text, ok)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(line, 0, 30).Draw(t, "base")
		base := []byte(strings.Join(lines, ""))
		ours, theirs := version(t, "ours", lines), version(t, "theirs", lines)
		m := Merge3(base, ours, theirs)
		check(t, m, base, ours, theirs)
		clean(t, base, ours, base, ours)
		clean(t, base, base, theirs, theirs)
		clean(t, base, ours, ours, ours)

		text, ok := m.Text()
		swapped, also := Merge3(base, theirs, ours).Text()
		if ok != also || !bytes.Equal(text, swapped) {
			t.Fatalf("%q, %v with the sides swapped %q, %v", text, ok, swapped, also)
		}
		head, tail := []byte("head\n"), []byte("tail\n")
		for _, side := range [][]byte{base, ours, theirs} {
			if len(side) > 0 && !bytes.HasSuffix(side, newline) {
				tail = nil // it would become part of the side's last line
			}
		}
		pad := func(text []byte) []byte { return slices.Concat(head, text, tail) }
		if padded, also := Merge3(pad(base), pad(ours), pad(theirs)).Text(); ok != also || ok && !bytes.Equal(padded, pad(text)) {
			t.Fatalf("%q, %v between equal lines %q, %v", text, ok, padded, also)
		}
	})
}

func FuzzMerge3(f *testing.F) {
	for _, s := range [][3]string{
		{"", "", ""},
		{"a\nb\nc\n", "a\nX\nc\n", "a\nb\nY"},
		{"a\nb", "a\nb\n", "a\r\nb"},
		{"a\nb\nc\nc\na\nc\nc\n", "a\nc\nc\nc\na\na\nb\na\na\n", "a\nc\nc\nc\n"},
		{"\n", "x\n1\n2\n3\n4\ny\n", "v\n1\n2\n3\n4\nw\n"},
	} {
		f.Add([]byte(s[0]), []byte(s[1]), []byte(s[2]))
	}
	f.Fuzz(func(t *testing.T, base, ours, theirs []byte) {
		check(t, Merge3(base, ours, theirs), base, ours, theirs)
		check(t, Merge3Histogram(base, ours, theirs), base, ours, theirs)
	})
}
