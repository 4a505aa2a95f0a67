package fileclass_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/adapt/fileclass"
)

type merge func(*conflict.File, fileclass.Prefer) ([]byte, string, bool)

func TestGoFiles(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, path         string
		merge              merge
		prefer             fileclass.Prefer
		base, ours, theirs string
		want               string
	}{
		{
			name: "the fix's version, the branch's neighbours", path: "go.mod", merge: fileclass.GoMod,
			base:   "module m\n\ngo 1.21\n\nrequire (\n\ta.b/c v1.1.0\n\ta.b/d v1.0.0\n)\n",
			ours:   "module m\n\ngo 1.19\n\nrequire (\n\ta.b/c v1.0.0\n\ta.b/d v1.0.0\n)\n",
			theirs: "module m\n\ngo 1.21\n\nrequire (\n\ta.b/c v1.1.0\n\ta.b/d v1.0.1\n)\n",
			want:   "module m\n\ngo 1.19\n\nrequire (\n\ta.b/c v1.0.0\n\ta.b/d v1.0.1\n)\n",
		},
		{
			name: "the branch is further", path: "go.mod", merge: fileclass.GoMod,
			base: "require a.b/c v1.9.0\n", ours: "require a.b/c v1.11.0 // indirect\n", theirs: "require a.b/c v1.10.0\n",
			want: "require a.b/c v1.11.0 // indirect\n",
		},
		{
			name: "the fix's, whichever is higher", path: "go.mod", merge: fileclass.GoMod, prefer: fileclass.Fix,
			base: "require a.b/c v1.9.0\n", ours: "require a.b/c v1.11.0 // indirect\n", theirs: "require a.b/c v1.10.0\n",
			want: "require a.b/c v1.10.0 // indirect\n",
		},
		{
			name: "the branch's", path: "go.mod", merge: fileclass.GoMod, prefer: fileclass.Branch,
			base: "require (\n\ta v1.2.0\n\tb v1.0.0\n)\n", ours: "require (\n\ta v1.1.0\n\tb v1.0.0\n)\n", theirs: "require (\n\ta v1.3.0\n\tb v1.1.0\n)\n",
			want: "require (\n\ta v1.1.0\n\tb v1.1.0\n)\n",
		},
		{
			name: "new ones go into order, and into their block", path: "go.mod", merge: fileclass.GoMod,
			base:   "require (\n\ta v1.0.0\n\tc v1.1.0\n)\n\nrequire (\n\tx v1.0.0 // indirect\n)\n",
			ours:   "require (\n\ta v1.0.0\n\tc v1.0.0\n)\n\nrequire (\n\tx v1.0.0 // indirect\n)\n",
			theirs: "require (\n\ta v1.0.0\n\t// for the leak\n\tb v0.1.0\n\tc v1.1.0\n)\n\nrequire (\n\tw v1.0.0 // indirect\n\tx v1.0.0 // indirect\n\ty v1.0.0 // indirect\n)\n",
			want:   "require (\n\ta v1.0.0\n\t// for the leak\n\tb v0.1.0\n\tc v1.0.0\n)\n\nrequire (\n\tw v1.0.0 // indirect\n\tx v1.0.0 // indirect\n\ty v1.0.0 // indirect\n)\n",
		},
		{
			name: "from indirect to direct", path: "go.mod", merge: fileclass.GoMod,
			base:   "require (\n\ta v1.1.0\n)\n\nrequire (\n\tb v1.2.0 // indirect\n\tc v1.0.0 // indirect\n)\n",
			ours:   "require (\n\ta v1.0.0\n)\n\nrequire (\n\tb v1.1.0 // indirect\n\tc v1.0.0 // indirect\n)\n",
			theirs: "require (\n\ta v1.1.0\n\tb v1.2.0\n)\n\nrequire (\n\tc v1.0.0 // indirect\n)\n",
			want:   "require (\n\ta v1.0.0\n\tb v1.1.0\n)\n\nrequire (\n\tc v1.0.0 // indirect\n)\n",
		},
		{
			name: "replacements, and what the branch does not need", path: "go.mod", merge: fileclass.GoMod,
			base:   "require a v1.0.0\nrequire z v1.0.0\n\nreplace (\n\ta => b v1.0.0\n)\n",
			ours:   "require a v1.0.0\n\nreplace (\n\ta => b v1.0.0\n\tc => ./c\n)\n",
			theirs: "require a v1.1.0\nrequire z v1.1.0\n\nreplace (\n\ta => b v1.1.0\n)\n",
			want:   "require a v1.1.0\n\nreplace (\n\ta => b v1.1.0\n\tc => ./c\n)\n",
		},
		{
			name: "checksums: the fix's instead of the branch's", path: "go.sum", merge: fileclass.GoSum,
			base:   "a v1.1.0 h1:1=\na v1.1.0/go.mod h1:2=\nb v1.0.0/go.mod h1:3=\n",
			ours:   "a v1.0.0 h1:4=\na v1.0.0/go.mod h1:5=\nc v1.0.0 h1:6=\n",
			theirs: "a v1.2.0 h1:7=\na v1.2.0/go.mod h1:8=\nb v1.0.0/go.mod h1:3=\nd v0.1.0/go.mod h1:9=\n",
			want:   "a v1.2.0 h1:7=\na v1.2.0/go.mod h1:8=\nc v1.0.0 h1:6=\nd v0.1.0/go.mod h1:9=\n",
		},
		{
			name: "checksums: the branch is further", path: "go.sum", merge: fileclass.GoSum,
			base: "a v1.9.0 h1:1=\na v1.9.0/go.mod h1:2=\n", ours: "a v1.11.0 h1:3=\na v1.11.0/go.mod h1:4=\n", theirs: "a v1.10.0 h1:5=\na v1.10.0/go.mod h1:6=\n",
			want: "a v1.11.0 h1:3=\na v1.11.0/go.mod h1:4=\n",
		},
		{
			name: "checksums: not built here", path: "go.sum", merge: fileclass.GoSum,
			base: "a v1.0.0 h1:1=\na v1.0.0/go.mod h1:2=\n", ours: "a v0.9.0/go.mod h1:3=\n", theirs: "a v1.1.0 h1:5=\na v1.1.0/go.mod h1:6=\n",
			want: "a v0.9.0/go.mod h1:3=\na v1.1.0/go.mod h1:6=\n",
		},
		{
			name: "modules: version and packages", path: "vendor/modules.txt", merge: fileclass.ModulesTxt,
			base:   "# a v1.1.0\n## explicit\na\na/x\n# t v1.0.0\n## explicit\nt\n",
			ours:   "# a v1.0.0\n## explicit\na\na/w\na/x\n# b v1.0.0\nb\n",
			theirs: "# a v1.2.0\n## explicit; go 1.20\na\na/y\n# t v1.1.0\n## explicit\nt\n",
			want:   "# a v1.2.0\n## explicit; go 1.20\na\na/w\na/y\n# b v1.0.0\nb\n",
		},
		{
			name: "modules: replaced", path: "vendor/modules.txt", merge: fileclass.ModulesTxt,
			base: "# a v1.0.0 => f v1.0.0\na\n# a => f v1.0.0\n", ours: "# a v1.0.0 => f v1.0.0\na\na/b\n# a => f v1.0.0\n", theirs: "# a v1.1.0\na\n",
			want: "# a v1.1.0\na\na/b\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, why, ok := tt.merge(conflict.New(tt.path, []byte(tt.base), []byte(tt.ours), []byte(tt.theirs)), tt.prefer)
			if !ok || why == "" || string(got) != tt.want {
				t.Errorf("%v %q\n%s\nwant\n%s", ok, why, got, tt.want)
			}
		})
	}
}

// A block that the branch lacks has no place.
func TestGoModNoPlace(t *testing.T) {
	t.Parallel()
	f := conflict.New("go.mod", []byte("module m\n"), []byte("module m\n"), []byte("module m\nreplace a => b v1.0.0\n"))
	f.Ours = []byte("module n\n")
	if got, _, ok := fileclass.GoMod(f, fileclass.Higher); ok {
		t.Errorf("%q", got)
	}
	f.Path = "main.go"
	for _, m := range []merge{fileclass.GoMod, fileclass.GoSum, fileclass.ModulesTxt} {
		if _, _, ok := m(f, fileclass.Higher); ok {
			t.Error("an answer for other files")
		}
	}
}

// requirements draws the versions of a few modules.
func requirements(t *rapid.T, name string) map[string]int {
	return rapid.MapOfN(rapid.SampledFrom(strings.Fields("a b c d e f g")), rapid.IntRange(0, 12), 1, 7).Draw(t, name)
}

func goMod(versions map[string]int) []byte {
	var b strings.Builder
	b.WriteString("module m\n\nrequire (\n")
	for m := range strings.FieldsSeq("a b c d e f g") {
		if v, ok := versions[m]; ok {
			fmt.Fprintf(&b, "\tx.y/%s v1.%d.0\n", m, v)
		}
	}
	b.WriteString(")\n")
	return []byte(b.String())
}

// Where one side changed nothing the other side's text is the answer; what the
// fix did not touch is the branch's, and the rest is the preferred of two.
func TestGoModLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base, ours, theirs := requirements(t, "base"), requirements(t, "ours"), requirements(t, "theirs")
		prefer := fileclass.Prefer(rapid.IntRange(0, 2).Draw(t, "prefer"))
		merged := func(b, o, x map[string]int) []byte {
			text, _, ok := fileclass.GoMod(conflict.New("go.mod", goMod(b), goMod(o), goMod(x)), prefer)
			if !ok {
				t.Fatal("no answer")
			}
			return text
		}
		if got := merged(base, base, theirs); !bytes.Equal(got, goMod(theirs)) {
			t.Fatalf("unchanged here: %s, want %s", got, goMod(theirs))
		}
		if got := merged(base, ours, base); !bytes.Equal(got, goMod(ours)) {
			t.Fatalf("unchanged there: %s, want %s", got, goMod(ours))
		}
		want := map[string]int{}
		for m := range strings.FieldsSeq("a b c d e f g") {
			b, had := base[m]
			o, have := ours[m]
			x, got := theirs[m]
			switch {
			case b == x && had == got:
				if have {
					want[m] = o
				}
			case got && have:
				want[m] = x
				if b != o || !had {
					want[m] = map[fileclass.Prefer]int{fileclass.Higher: max(o, x), fileclass.Fix: x, fileclass.Branch: o}[prefer]
				}
			case got && !had:
				want[m] = x
			}
		}
		if got := merged(base, ours, theirs); !bytes.Equal(got, goMod(want)) {
			t.Fatalf("%s\nwant\n%s", got, goMod(want))
		}
	})
}

func FuzzGoFiles(f *testing.F) {
	f.Add([]byte("require (\n"), []byte(")\nrequire a v1\n"), []byte("require (\n// x\na v2 // indirect\n)"))
	f.Add([]byte("# a v1\na\n"), []byte("# a => b\n"), []byte("x\n# a v2 => c v3\n"))
	f.Add([]byte("a v1 h1:x=\n"), []byte("a v1/go.mod h1:x=\na v1/go.mod h1:x=\n"), []byte("a v2 h1:y=\na /go.mod h1:=\n"))
	f.Fuzz(func(t *testing.T, base, ours, theirs []byte) {
		for path, m := range map[string]merge{"go.mod": fileclass.GoMod, "go.sum": fileclass.GoSum, "vendor/modules.txt": fileclass.ModulesTxt} {
			file := conflict.New(path, base, ours, base)
			if text, _, ok := m(file, fileclass.Higher); ok && !bytes.Equal(text, ours) {
				t.Errorf("%s: %q without a change, want %q", path, text, ours)
			}
			m(conflict.New(path, base, ours, theirs), fileclass.Prefer(len(base)%3))
		}
	})
}
