package place

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A drawn function is written in Go or Python, so that brackets and indentation
// are both tried.
func drawn(lang, name string, body []string) string {
	var b strings.Builder
	if lang == "go" {
		fmt.Fprintf(&b, "func %s() {\n", name)
	} else {
		fmt.Fprintf(&b, "def %s():\n", name)
	}
	for _, l := range body {
		fmt.Fprintf(&b, "\t%s()\n", l)
	}
	if lang == "go" {
		b.WriteString("}\n")
	}
	return b.String()
}

// The fix adds a line to one function of several that are alike. Whatever the
// target made of the file, a landing differs from the target's file in the
// counterpart of that function only.
func TestLandsInTheCounterpart(t *testing.T) {
	t.Parallel()
	names := []string{"alpha", "beta", "gamma", "delta"}
	lines := []string{"open", "check", "read", "write", "close"}
	rapid.Check(t, func(t *rapid.T) {
		lang := rapid.SampledFrom([]string{"go", "python"}).Draw(t, "language")
		body := rapid.SliceOfN(rapid.SampledFrom(lines), 1, 5)
		text := func(names []string, bodies map[string][]string) string {
			var parts []string
			for _, n := range names {
				parts = append(parts, drawn(lang, n, bodies[n]))
			}
			return strings.Join(parts, "\n")
		}
		base, ours := map[string][]string{}, map[string][]string{}
		for _, n := range names {
			base[n] = body.Draw(t, "base "+n)
			ours[n] = base[n]
			if rapid.Bool().Draw(t, "changed "+n) {
				ours[n] = body.Draw(t, "ours "+n)
			}
		}
		mended := rapid.SampledFrom(names).Draw(t, "mended")
		at := rapid.IntRange(0, len(base[mended])).Draw(t, "at")
		theirs := map[string][]string{}
		for _, n := range names {
			theirs[n] = base[n]
		}
		theirs[mended] = append(append(append([]string{}, base[mended][:at]...), "mend"), base[mended][at:]...)
		there := rapid.Permutation(names).Draw(t, "order")[:rapid.IntRange(1, len(names)).Draw(t, "kept")]

		path := "a.go"
		if lang == "python" {
			path = "a.py"
		}
		f := newFix(path, []byte(text(names, base)), []byte(text(names, theirs)))
		h := &home{Home: Home{Path: path, Score: 1, Whole: 1}, source: sourceOf(path, []byte(text(there, ours)))}
		landings, _ := f.land([]*home{h})
		for _, l := range landings {
			for side := range 2 {
				var answers [][]byte
				for _, c := range l.File.Chunks {
					answers = append(answers, [][]byte{c.Ours, c.Theirs}[side])
				}
				got := string(l.File.Text(answers))
				for _, n := range there {
					if n != mended && !strings.Contains(got, drawn(lang, n, ours[n])) {
						t.Fatalf("%s by %s is changed:\n%s\nwas\n%s", n, l.Rung, got, h.text)
					}
				}
				if len(answers) == 0 && strings.Count(got, "mend()") > 1 {
					t.Fatalf("mended twice:\n%s", got)
				}
			}
		}
	})
}

// Texts of few different lines, of no language: nothing panics, and where no
// edit is made the target's lines stay.
func TestSplicedKeepsTheRest(t *testing.T) {
	t.Parallel()
	text := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{"alpha\n", "beta\n", "gamma\n", "{\n", "}\n", "\n", "int f(void)\n"}), 0, 20), func(l []string) []byte {
		return []byte(strings.Join(l, ""))
	})
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.SampledFrom([]string{"a.c", "a.txt", "a.py"}).Draw(t, "path")
		f := newFix(path, text.Draw(t, "base"), text.Draw(t, "theirs"))
		h := &home{Home: Home{Path: path, Score: 1}, source: sourceOf(path, text.Draw(t, "ours"))}
		placed := map[int]bool{}
		var edits []edit
		for n := range f.parts {
			e, _, ok := f.place(n, h.source, 0)
			if !ok {
				continue
			}
			if e.start < 0 || e.end < e.start || e.end > len(h.lines) {
				t.Fatalf("edit of lines %d to %d of %d", e.start, e.end, len(h.lines))
			}
			placed[n] = true
			edits = append(edits, e)
		}
		file, ok := spliced(path, h.source, edits)
		if !ok {
			return
		}
		if merged, clean := file.Merge.Text(); clean && len(edits) == 0 && !bytes.Equal(merged, h.text) {
			t.Fatalf("no edit, yet %q became %q", h.text, merged)
		}
		landings, left := f.byParts([]*home{h})
		hunks := 0
		for _, l := range left {
			hunks += len(l.Hunks)
		}
		for _, l := range landings {
			hunks += l.Hunks
		}
		if hunks != len(f.hunks) {
			t.Fatalf("%d hunks landed or are left, the fix has %d", hunks, len(f.hunks))
		}
	})
}

// One hunk deletes the head of the file and what the first unit begins with: the
// head has no end of its own.
func TestHunkFromHeadIntoUnit(t *testing.T) {
	t.Parallel()
	f := newFix("a.c", []byte("beta\nalpha\n}\nalpha\nalpha\nbeta\n"), []byte("alpha\n"))
	h := &home{Home: Home{Path: "a.c", Score: 1}, source: sourceOf("a.c", []byte("alpha\nalpha\nalpha\n"))}
	landings, left := f.byParts([]*home{h})
	if len(landings)+len(left) == 0 {
		t.Error("the fix's hunks neither landed nor are left")
	}
}

func TestAffinity(t *testing.T) {
	t.Parallel()
	const more, same, less = 1, 0, -1
	for _, c := range []struct {
		old, a, b string
		want      int
	}{
		{"src/cluster_legacy.c", "src/cluster.c", "src/server.c", more},
		{"lib/foo/__init__.py", "lib/foo.py", "lib/bar.py", more},
		{"lib/foo.py", "lib/foo/__init__.py", "lib/bar.py", more},
		{"agent/dhcp/agent.py", "agent/dhcp_agent.py", "agent/l3_router.py", more},
		{"pkg/a/x.go", "internal/a/x.go", "internal/b/x.go", more},
		{"pkg/a/x.go", "pkg/a/y.go", "pkg/b/z.go", more},
		{"zuul.d/base.yaml", ".zuul.yaml", "doc/index.yaml", more},
		{"plugins/types.go", "plugin/plugin.go", "archive/tar.go", more},
		{"tests/test_ovs_neutron_agent.py", "tests/test_ovs_quantum_agent.py", "tests/test_dhcp_agent.py", more},
		{"a/x.c", "b/x.c", "c/x.c", same},
		{"a/x.c", "a/x.txt", "b/y.c", more},
		{"a/x.c", "a/y.txt", "a/y.c", less},
	} {
		got := 0
		switch a, b := affinity(c.old, c.a), affinity(c.old, c.b); {
		case a > b:
			got = more
		case a < b:
			got = less
		}
		if got != c.want {
			t.Errorf("%s: %s %v, %s %v", c.old, c.a, affinity(c.old, c.a), c.b, affinity(c.old, c.b))
		}
	}
}

// What is inserted into a sorted block goes where the order of the target's
// block puts it.
func TestInOrder(t *testing.T) {
	t.Parallel()
	base := "import a\nimport c\nimport d\nimport g\n\ncode\n"
	theirs := "import a\nimport c\nimport d\nimport f\nimport g\n\ncode\n"
	for name, c := range map[string]struct{ ours, want string }{
		"sorted":     {"import a\nimport c\nimport d\nimport e\nimport h\n\ncode\n", "import a\nimport c\nimport d\nimport e\nimport f\nimport h\n\ncode\n"},
		"not sorted": {"import h\nimport a\nimport c\nimport d\nimport e\n\ncode\n", "import h\nimport a\nimport c\nimport d\nimport f\nimport e\n\ncode\n"},
		"too short":  {"import c\nimport d\n\ncode\n", ""},
	} {
		f := newFix("a.txt", []byte(base), []byte(theirs))
		home := sourceOf("a.txt", []byte(c.ours))
		e, _, ok := f.place(0, home, 0)
		if !ok {
			if c.want != "" {
				t.Errorf("%s: no place", name)
			}
			continue
		}
		file, ok := spliced("a.txt", home, []edit{e})
		text, clean := file.Merge.Text()
		if !ok || !clean || c.want != "" && string(text) != c.want {
			t.Errorf("%s:\n%s", name, text)
		}
	}
}

func TestVendored(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{"vendor/a/b.go": true, "api/vendor/x.go": true, "web/node_modules/x.js": true, "vendors/x.go": false, "pkg/vendor.go": false} {
		if got := vendored(path); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}
