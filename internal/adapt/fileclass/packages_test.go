package fileclass_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/adapt/fileclass"
)

func yarn(name, version string) string {
	return name + "@^" + version + ":\n  version \"" + version + "\"\n  resolved \"https://r/" + name + "-" + version + "\"\n\n"
}

func cargo(name, version, more string) string {
	return "[[package]]\nname = \"" + name + "\"\nversion = \"" + version + "\"\n" + more + "\n"
}

func npm(name, version, more string) string {
	return "    \"node_modules/" + name + "\": {\n      \"version\": \"" + version + "\",\n      \"integrity\": \"" + name + version + "\"" + more + "\n    }"
}

func npmLock(version string, packages ...string) string {
	return "{\n  \"name\": \"app\",\n  \"version\": \"" + version + "\",\n  \"lockfileVersion\": 3,\n  \"packages\": {\n" + strings.Join(packages, ",\n") + "\n  }\n}\n"
}

func composer(packages ...string) string {
	var out []string
	for _, p := range packages {
		name, version, _ := strings.Cut(p, " ")
		out = append(out, "        {\n            \"name\": \""+name+"\",\n            \"version\": \""+version+"\"\n        }")
	}
	return "{\n    \"_readme\": [\n        \"generated\"\n    ],\n    \"packages\": [\n" + strings.Join(out, ",\n") + "\n    ]\n}\n"
}

func TestPackages(t *testing.T) {
	t.Parallel()
	const yarnHead = "# yarn lockfile v1\n\n\n"
	gems := func(rack, deps string) string {
		return "GEM\n  remote: https://g/\n  specs:\n    a (1.0)\n      rack (>= 1)\n" + rack + "\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n" + deps
	}
	pnpm := func(packages ...string) string {
		out := "lockfileVersion: '6.0'\n\npackages:\n"
		for _, p := range packages {
			name, hash, _ := strings.Cut(p, " ")
			out += "\n  /" + name + ":\n    resolution: {integrity: " + hash + "}\n    dev: true\n"
		}
		return out
	}
	tests := []struct{ name, path, base, ours, theirs, want string }{
		{
			"yarn", "web/yarn.lock",
			yarnHead + yarn("a", "1.1.0") + yarn("c", "2.0.0"), yarnHead + yarn("a", "1.0.0") + yarn("c", "2.0.0") + yarn("d", "1.0.0"), yarnHead + yarn("a", "1.1.0") + yarn("b", "0.1.0") + yarn("c", "2.0.1"),
			yarnHead + yarn("a", "1.0.0") + yarn("b", "0.1.0") + yarn("c", "2.0.1") + yarn("d", "1.0.0"),
		},
		{
			"Cargo", "Cargo.lock",
			"version = 3\n\n" + cargo("a", "1.1.0", "") + strings.TrimSuffix(cargo("c", "0.3.1", "dependencies = [\n \"a\",\n]\n"), "\n"),
			"version = 3\n\n" + cargo("a", "1.0.0", "") + strings.TrimSuffix(cargo("c", "0.3.1", "dependencies = [\n \"a\",\n]\n"), "\n"),
			"version = 3\n\n" + cargo("a", "1.1.0", "") + cargo("b", "0.1.0", "") + cargo("c", "0.3.2", "dependencies = [\n \"a\",\n \"b\",\n]\n") + strings.TrimSuffix(cargo("d", "1.0.0", ""), "\n"),
			"version = 3\n\n" + cargo("a", "1.0.0", "") + cargo("b", "0.1.0", "") + cargo("c", "0.3.2", "dependencies = [\n \"a\",\n \"b\",\n]\n") + strings.TrimSuffix(cargo("d", "1.0.0", ""), "\n"),
		},
		{
			"npm", "package-lock.json",
			npmLock("2.0.0", npm("a", "1.1.0", ""), npm("b", "2.0.0", "")),
			npmLock("1.5.0", npm("a", "1.0.0", ",\n      \"dev\": true"), npm("b", "2.0.0", "")),
			npmLock("2.0.0", npm("a", "1.1.0", ""), npm("b", "2.0.1", ""), npm("c", "3.0.0", "")),
			npmLock("1.5.0", npm("a", "1.0.0", ",\n      \"dev\": true"), npm("b", "2.0.1", ""), npm("c", "3.0.0", "")),
		},
		{
			"npm, the last one goes", "package-lock.json",
			npmLock("2.0.0", npm("a", "1.1.0", ""), npm("b", "2.0.0", "")), npmLock("1.0.0", npm("a", "1.0.0", ""), npm("b", "2.0.0", "")), npmLock("2.0.0", npm("a", "1.2.0", "")),
			npmLock("1.0.0", npm("a", "1.2.0", "")),
		},
		{
			"composer", "composer.lock",
			composer("x/a 1.1", "x/c 1.0"), composer("x/a 1.0", "x/c 1.0"), composer("x/a 1.1", "x/b 0.1", "x/c 1.1"),
			composer("x/a 1.0", "x/b 0.1", "x/c 1.1"),
		},
		{
			"pnpm", "pnpm-lock.yaml",
			pnpm("a@1.1.0 h1", "b@2.0.0 h2"), pnpm("a@1.0.0 h0", "b@2.0.0 h2"), pnpm("a@1.1.0 h1", "b@2.0.0 h3", "c@1.0.0 h4"),
			pnpm("a@1.0.0 h0", "b@2.0.0 h3", "c@1.0.0 h4"),
		},
		{
			"gems", "Gemfile.lock",
			gems("    rack (2.1)\n", "  a\n  rack (= 2.1)\n"), gems("    rack (2.0)\n", "  a\n  rack (= 2.0)\n"), gems("    rack (2.2)\n    rake (1.0)\n", "  a\n  rack (= 2.2)\n  rake\n"),
			gems("    rack (2.2)\n    rake (1.0)\n", "  a\n  rack (= 2.2)\n  rake\n"),
		},
		{
			"package.json", "package.json",
			"{\n  \"version\": \"2.0.0\",\n  \"dependencies\": {\n    \"a\": \"^1.1.0\",\n    \"b\": \"2.0.0\"\n  }\n}\n",
			"{\n  \"version\": \"1.0.0\",\n  \"dependencies\": {\n    \"a\": \"^1.0.0\",\n    \"b\": \"2.0.0\"\n  }\n}\n",
			"{\n  \"version\": \"2.0.0\",\n  \"dependencies\": {\n    \"a\": \"^1.1.0\",\n    \"b\": \"2.0.1\",\n    \"c\": \"0.1.0\"\n  }\n}\n",
			"{\n  \"version\": \"1.0.0\",\n  \"dependencies\": {\n    \"a\": \"^1.0.0\",\n    \"b\": \"2.0.1\",\n    \"c\": \"0.1.0\"\n  }\n}\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := conflict.New(tt.path, []byte(tt.base), []byte(tt.ours), []byte(tt.theirs))
			got, why, ok := fileclass.Packages(f, fileclass.Higher)
			if !ok || why == "" || string(got) != tt.want {
				t.Errorf("%v %q\n%s\nwant\n%s", ok, why, got, tt.want)
			}
			if files := fileclass.Files(f); len(files) == 0 || !bytes.Equal(files[0].Text, got) {
				t.Errorf("Files: %q", texts(files))
			}
		})
	}
}

// Files that carry a checksum of themselves, or two formats, have no answer.
func TestPackagesNoAnswer(t *testing.T) {
	t.Parallel()
	for path, text := range map[string][3]string{
		"poetry.lock": {"[metadata]\ncontent-hash = \"1\"\n", "[metadata]\ncontent-hash = \"2\"\n", "[metadata]\ncontent-hash = \"3\"\n"},
		"yarn.lock":   {"a@1:\n  version \"1\"\n", "\n__metadata:\n  version: 6\n", "a@1:\n  version \"2\"\n"},
		"x.json":      {"{}", "{1}", "{2}"},
	} {
		f := conflict.New(path, []byte(text[0]), []byte(text[1]), []byte(text[2]))
		if got, _, ok := fileclass.Packages(f, fileclass.Higher); ok {
			t.Errorf("%s: %q", path, got)
		}
	}
}

// Where one side changed nothing the other side's text is the answer, and what
// each side adds is there.
func TestPackagesLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, from []string) string {
			names := rapid.SliceOfNDistinct(rapid.SampledFrom(from), 0, len(from), rapid.ID[string]).Draw(t, name)
			slices.Sort(names)
			var out []string
			for _, n := range append([]string{"app"}, names...) {
				out = append(out, npm(n, "1.0.0", ""))
			}
			return npmLock("1.0.0", out...)
		}
		base, ours, theirs := draw("base", []string{"b", "d"}), draw("ours", []string{"a", "b", "d", "f"}), draw("theirs", []string{"b", "c", "d", "e"})
		f := conflict.New("package-lock.json", []byte(base), []byte(ours), []byte(theirs))
		got, _, ok := fileclass.Packages(f, fileclass.Line)
		if !ok {
			t.Fatal("no answer")
		}
		for _, n := range []string{"a", "b", "c", "d", "e", "f"} {
			in := func(text string) bool { return strings.Contains(text, "node_modules/"+n) }
			want := in(ours)
			if in(base) != in(theirs) {
				want = in(theirs)
			}
			if in(string(got)) != want {
				t.Fatalf("%s: %v in\n%s", n, !want, got)
			}
		}
		if opened, closed := strings.Count(string(got), "{"), strings.Count(string(got), "}"); opened != closed {
			t.Fatalf("%d {, %d }", opened, closed)
		}
		if same, _, _ := fileclass.Packages(conflict.New("package-lock.json", []byte(base), []byte(ours), []byte(base)), fileclass.Line); string(same) != ours {
			t.Fatalf("%s", same)
		}
	})
}

func FuzzPackages(f *testing.F) {
	f.Add([]byte("a@1:\n  version \"1\"\n"), []byte("\"@a/b@1\", c@2:\n"), []byte("x\n@\n"))
	f.Add([]byte("{\n \"a\": {\n  \"b\": 1\n }\n}"), []byte("{\n \"a\": [\n  {\n   \"name\": \"x\"\n  }\n ]\n}"), []byte("{}\n\n\n"))
	f.Add([]byte("[[package]]\nname = \"a\"\nversion = \"0.1\"\n"), []byte("[[package]]\n"), []byte("[package]\n\n\n"))
	f.Add([]byte("GEM\n  specs:\n    a (1)\n      b\n"), []byte("DEPENDENCIES\n  a!\n"), []byte("      x\n"))
	f.Fuzz(func(t *testing.T, base, ours, theirs []byte) {
		for _, path := range []string{"yarn.lock", "Cargo.lock", "Gemfile.lock", "package-lock.json", "composer.lock", "pnpm-lock.yaml"} {
			file := conflict.New(path, base, ours, theirs)
			fileclass.ByChunk(file)
		}
	})
}

func TestCut(t *testing.T) {
	t.Parallel()
	f := conflict.New("a", []byte("1\nx\n2\n3\n4\n5\ny\n6\n"), []byte("1\nxo\n2\n3\n4\n5\nyo\n6\n"), []byte("1\nxt\n2\n3\n4\n5\nyt\n6\n"))
	for text, want := range map[string][]string{
		"1\nA\n2\n3\n4\n5\nB\nC\n6\n":      {"A\n", "B\nC\n"},
		"1\n2\n3\n4\n5\nyo\n6\n":           {"", "yo\n"},
		"1\n2\n2\n3\n4\n5\n5\n6\n":         {"2\n", "5\n"},
		"1\n1\n2\n3\n4\n5\n6\n6\n":         {"1\n", "6\n"},
		"1\nA\n2\n3!\n4\n5\nB\n6\n":        nil,
		"0\n1\nA\n2\n3\n4\n5\nB\n6\n":      nil,
		"1\nA\n2\n3\n4\n4.5\n5\nB\n6\n7\n": nil,
	} {
		got, ok := fileclass.Cut(f, []byte(text))
		if ok != (want != nil) || ok && (string(got[0]) != want[0] || string(got[1]) != want[1]) {
			t.Errorf("%q: %q, %v", text, got, ok)
		}
	}
}

// What Text puts together Cut takes apart, so that Text gives it again.
func TestCutLaw(t *testing.T) {
	t.Parallel()
	text := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{"a\n", "b\n", "c\n"}), 0, 10), func(l []string) []byte { return []byte(strings.Join(l, "")) })
	rapid.Check(t, func(t *rapid.T) {
		f := conflict.New("x", text.Draw(t, "base"), text.Draw(t, "ours"), text.Draw(t, "theirs"))
		answers := make([][]byte, len(f.Chunks))
		for i := range answers {
			answers[i] = text.Draw(t, "answer")
		}
		whole := f.Text(answers)
		if got, ok := fileclass.Cut(f, whole); ok && !bytes.Equal(f.Text(got), whole) {
			t.Fatalf("%q of %q", got, whole)
		}
	})
}
