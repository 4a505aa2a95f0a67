package carry

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/provenance"
	"backstay.dev/backstay/internal/textdiff"
)

// text draws a text of numbered lines of which some were changed by one side.
func text(t *rapid.T, base []string, side string) []byte {
	var b bytes.Buffer
	for i, line := range base {
		switch rapid.IntRange(0, 5).Draw(t, side) {
		case 0:
			fmt.Fprintf(&b, "%s %d\n", side, i)
		case 1: // gone
		case 2:
			fmt.Fprintf(&b, "%s\n%s more %d\n", line, side, i)
		default:
			b.WriteString(line + "\n")
		}
	}
	return b.Bytes()
}

// Whatever stands in the places that git leaves open, nothing else is told; and
// each of them is told once, where it is.
func TestConflictsAreWildcards(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var base []string
		for i := range rapid.IntRange(1, 30).Draw(t, "lines") {
			base = append(base, fmt.Sprintf("line %d", i))
		}
		m := textdiff.Merge3Histogram([]byte(strings.Join(base, "\n")+"\n"), text(t, base, "ours"), text(t, base, "theirs"))
		var made bytes.Buffer
		var want []string
		for i, r := range m.Regions {
			_, ours, theirs := m.Sides(r)
			switch r.Kind {
			case textdiff.Conflict:
				line := bytes.Count(made.Bytes(), []byte("\n")) + 1
				n := rapid.IntRange(0, 3).Draw(t, "decided")
				for k := range n {
					fmt.Fprintf(&made, "decided %d %d\n", i, k)
				}
				want = append(want, fmt.Sprintf("conflict %d+%d", line, n))
			case textdiff.Theirs:
				made.Write(theirs)
			default:
				made.Write(ours)
			}
		}
		var got []string
		for _, d := range conflictPlaces("p", m, made.Bytes()) {
			got = append(got, fmt.Sprintf("%s %d+%d", d.Kind, d.Line, d.Lines))
		}
		if strings.Join(got, ", ") != strings.Join(want, ", ") {
			t.Errorf("got  %q\nwant %q\n%s", got, want, made.Bytes())
		}
	})
}

// A line that is changed away from the places that git leaves open is told.
func TestChangesOutsideConflictsAreTold(t *testing.T) {
	t.Parallel()
	base := []byte("a\nb\nc\nd\ne\nf\ng\n")
	m := textdiff.Merge3Histogram(base, bytes.Replace(base, []byte("b"), []byte("B"), 1), bytes.Replace(base, []byte("b"), []byte("bb"), 1))
	for actual, want := range map[string]string{
		"a\nx\nc\nd\ne\nf\ng\n":    "conflict 2+1",
		"a\nx\nc\nd\ne\nF\ng\n":    "conflict 2+1, changed 6+1",
		"a\nx\nc\nd\ne\ng\n":       "conflict 2+1, changed 6+0",
		"a\nx\nc\nd\ne\nf\ng\nh\n": "conflict 2+1, changed 8+1",
		"a\nd\ne\nf\ng\n":          "conflict 2+0, changed 2+0",
		"x\nd\ne\nf\ng\n":          "changed 2+0, conflict 1+1, changed 2+0",
		"":                         "changed 1+0, conflict 1+0, changed 1+0",
	} {
		var got []string
		for _, d := range conflictPlaces("p", m, []byte(actual)) {
			got = append(got, fmt.Sprintf("%s %d+%d", d.Kind, d.Line, d.Lines))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q: got %q, want %s", actual, got, want)
		}
	}
}

func TestPathsOfNotes(t *testing.T) {
	t.Parallel()
	for note, want := range map[string]string{
		"bwh: Adjust context":                        "",
		"bwh: adjusted context in lib/a.c":           "lib/a.c",
		"tess: `main.go`, and (Makefile.am).":        "main.go Makefile.am",
		"tess: v1.7 has no d.fd, see 6.1.y and e.g.": "",
		"see https://example.org/a.c":                "",
		"rewrote do_it() as a/b() was missing":       "",
		"either/or":                                  "either/or",
	} {
		if got := strings.Join(paths(note), " "); got != want {
			t.Errorf("%q: got %q, want %q", note, got, want)
		}
	}
	for _, c := range []struct {
		name, path string
		want       bool
	}{
		{"a.c", "lib/a.c", true},
		{"lib/a.c", "lib/a.c", true},
		{"lib", "lib/a.c", true},
		{"./lib/", "lib/a.c", true},
		{"ib/a.c", "lib/a.c", false},
		{"", "lib/a.c", false},
		{"/", "lib/a.c", false},
		{"b.c", "lib/a.c", false},
		{"lib/a", "lib/a.c", false},
	} {
		if got := names(c.name, c.path); got != c.want {
			t.Errorf("%q means %q: %v", c.name, c.path, got)
		}
	}
}

// Whatever a message says, reading it ends, and what it declares it says.
func FuzzDeclared(f *testing.F) {
	for _, s := range []string{
		"x\n\nConflicts:\n\ta.c\n", "x\n\n[tess: adjusted a.c]\nSigned-off-by: T <t@e>\n", "x\n\nBackstay-Override: why\n  and how\n",
		"x\n\nBackstay-Declined: 1.0: no\nBackstay-Declined: 2.0\nBACKSTAY-DECLINED: 3.0: x\n", "Backstay-Override:", "[", "",
	} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, message, original string) {
		d := declared(message, []string{original})
		all := declared(message, nil)
		if len(d.conflicts) > len(all.conflicts) || len(d.notes) > len(all.notes) {
			t.Errorf("an original adds to what is declared: %+v, %+v", d, all)
		}
		dev := backport.Deviation{Path: "a.c", Kind: deviationChanged}
		d.declare(&dev)
		if (dev.By == "") != (dev.Declared == "") {
			t.Errorf("half declared: %+v", dev)
		}
		if own := declared(message, []string{message}); len(own.conflicts)+len(own.notes) > 0 || own.override != "" {
			t.Errorf("a message declares more than itself: %+v", own)
		}
		for branch, reason := range declinedIn(message) {
			if branch == "" || reason == "" || !strings.Contains(message, branch) {
				t.Errorf("declined %q: %q", branch, reason)
			}
		}
		for _, v := range trailerValues(message, provenance.Override) {
			if strings.Contains(v, "\n") {
				t.Errorf("value %q", v)
			}
		}
	})
}

func declinedIn(text string) map[string]string {
	out := map[string]string{}
	declinedWords(text, out)
	return out
}
