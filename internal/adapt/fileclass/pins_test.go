package fileclass_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/adapt/fileclass"
)

// whole is a file that is one chunk.
func whole(path, base, ours, theirs string) *conflict.Chunk {
	f := &conflict.File{Path: path, Base: []byte(base), Ours: []byte(ours), Theirs: []byte(theirs)}
	return &conflict.Chunk{File: f, Base: f.Base, Ours: f.Ours, Theirs: f.Theirs}
}

func texts(answers []conflict.Answer) map[string]string {
	out := map[string]string{}
	for _, a := range answers {
		out[a.Rung] = string(a.Text)
	}
	return out
}

func TestPins(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, path, base, ours, theirs string
		want                           map[string]string
	}{
		{
			"each line of versions has its next release", "ci.yml",
			"GO: \"1.24.4\"\n", "GO: \"1.23.10\"\n", "GO: \"1.24.5\"\n",
			map[string]string{"pins-line": "GO: \"1.23.11\"\n", "pins-fix": "GO: \"1.24.5\"\n", "pins-branch": "GO: \"1.23.10\"\n"},
		},
		{
			"lists", "ci.yml",
			"go: [\"1.24.4\"]\n", "go: [\"1.23.10\", \"1.24.4\"]\n", "go: [\"1.24.5\"]\n",
			map[string]string{"pins-line": "go: [\"1.23.11\", \"1.24.5\"]\n", "pins-fix": "go: [\"1.23.10\", \"1.24.5\"]\n"},
		},
		{
			"lists that lose and win items", "ci.yml",
			"os: [a-1, b-1, c-1]\n", "os: [b-1, d-1, a-1]\n", "os: [b-1, e-1, f-1, c-1]\n",
			map[string]string{"pins-line": "os: [b-1, e-1, f-1, d-1]\n"},
		},
		{
			"the neighbours stay", "pom.xml",
			"  <a.version>1.4</a.version>\n  <b.version>2.0</b.version>\n", "  <a.version>1.2</a.version>\n  <b.version>1.9</b.version>\n  <c.version>1</c.version>\n",
			"  <a.version>1.5</a.version>\n  <b.version>2.0</b.version>\n",
			map[string]string{
				"pins-line":   "  <a.version>1.5</a.version>\n  <b.version>1.9</b.version>\n  <c.version>1</c.version>\n",
				"pins-branch": "  <a.version>1.2</a.version>\n  <b.version>1.9</b.version>\n  <c.version>1</c.version>\n",
			},
		},
		{
			"the project's own version", "pom.xml",
			"<version>1.513</version>\n", "<version>1.509.4-SNAPSHOT</version>\n", "<version>1.514</version>\n",
			map[string]string{"pins-line": "<version>1.509.4-SNAPSHOT</version>\n", "pins-fix": "<version>1.514</version>\n"},
		},
		{
			"its own file", "src/version.h",
			"#define V \"7.9.1\"\n", "#define V \"7.0.3\"\n", "#define V \"7.9.2\"\n",
			map[string]string{"pins-branch": "#define V \"7.0.3\"\n", "pins-line": "#define V \"7.0.4\"\n", "pins-fix": "#define V \"7.9.2\"\n"},
		},
		{
			"an id and its version go together", "ci.yml",
			"- uses: a/b@1111111111111111111111111111111111111111 # v4.1.0\n", "- uses: a/b@2222222222222222222222222222222222222222 # v3.9.0\n",
			"- uses: a/b@3333333333333333333333333333333333333333 # v4.2.0\n",
			map[string]string{
				"pins-line":   "- uses: a/b@3333333333333333333333333333333333333333 # v4.2.0\n",
				"pins-branch": "- uses: a/b@2222222222222222222222222222222222222222 # v3.9.0\n",
			},
		},
		{
			"the branch is further", "ci.yml", "a: 1.9\n", "a: 1.11\n", "a: 1.10\n",
			map[string]string{"pins-line": "a: 1.11\n", "pins-fix": "a: 1.10\n"},
		},
		{"more than numbers", "ci.yml", "a: 1.9\n", "a: 1.8\n", "b: 1.10\n", map[string]string{}},
		{"vendored", "vendor/a/version.go", "v 1.9\n", "v 1.8\n", "v 1.10\n", map[string]string{}},
		{"a line more", "ci.yml", "a: 1.9\n", "a: 1.8\n", "a: 1.9\nb: 1\n", map[string]string{}},
		{"nothing of it here", "ci.yml", "a: 1.9\n", "b: 1.8\n", "a: 1.10\n", map[string]string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := texts(fileclass.Pins(whole(tt.path, tt.base, tt.ours, tt.theirs)))
			if len(got) != len(tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
			for rung, want := range tt.want {
				if got[rung] != want {
					t.Errorf("%s: %q, want %q", rung, got[rung], want)
				}
			}
		})
	}
	if first := fileclass.Pins(whole("VERSION", "v 1.2\n", "v 1.1\n", "v 1.3\n"))[0]; first.Rung != "pins-branch" {
		t.Errorf("the first answer for a version file is %s", first.Rung)
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, path, base, ours, theirs, want string }{
		{
			"a requirement more", "requirements.txt",
			"a>=1.2 # MIT\nc>=3.0\n", "a>=1.1 # MIT\nc>=2.9\n", "a>=1.2 # MIT\nb>=0.5\nc>=3.0\n",
			"a>=1.1 # MIT\nb>=0.5\nc>=2.9\n",
		},
		{
			"one less, one changed", "Gemfile",
			"gem \"a\", \"~> 2.0\"\ngem \"b\"\ngem \"c\"\n", "gem \"a\", \"~> 1.9\"\ngem \"b\"\ngem \"c\"\ngem \"d\"\n", "gem \"a\", \"~> 2.1\"\ngem \"c\"\n",
			"gem \"a\", \"~> 2.1\"\ngem \"c\"\ngem \"d\"\n",
		},
		{
			"what the branch lacks", "vendor.conf",
			"x/y 1.0.1\nx/z 2.0.3\n", "x/z 2.0.1\n", "x/y 1.0.2\nx/z 2.0.4\n", "x/z 2.0.4\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := fileclass.Lines(whole(tt.path, tt.base, tt.ours, tt.theirs))
			if len(got) == 0 || string(got[0].Text) != tt.want {
				t.Errorf("%q, want %q", texts(got), tt.want)
			}
		})
	}
	if got := fileclass.Lines(whole("main.go", "a\n", "b\n", "c\n")); got != nil {
		t.Errorf("code: %q", texts(got))
	}
}

// Where one side changed nothing, every answer is the other side's text.
func TestChunkLaws(t *testing.T) {
	t.Parallel()
	line := rapid.Custom(func(t *rapid.T) string {
		name := rapid.SampledFrom([]string{"a", "b", "uses: x/y@", "- c", "<d>"}).Draw(t, "name")
		return name + rapid.SampledFrom([]string{" 1.2.3\n", "v4\n", " [1.2, 1.3]\n", " [\"1.2.9\"]\n", " 1.2.4 # 2\n", " on\n"}).Draw(t, "version")
	})
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) string {
			var b bytes.Buffer
			for _, l := range rapid.SliceOfNDistinct(line, 0, 4, rapid.ID[string]).Draw(t, name) {
				b.WriteString(l)
			}
			return b.String()
		}
		base, other := draw("base"), draw("other")
		for _, r := range fileclass.Rungs() {
			for _, a := range r.Answers(whole("ci.yml", base, other, base)) {
				if string(a.Text) != other {
					t.Fatalf("%s: %q for a fix without a change, want %q", a.Rung, a.Text, other)
				}
			}
		}
		for _, a := range fileclass.Pins(whole("ci.yml", base, base, other)) {
			if string(a.Text) != other {
				t.Fatalf("%s: %q for a branch without a change, want %q", a.Rung, a.Text, other)
			}
		}
	})
}

func FuzzChunks(f *testing.F) {
	f.Add([]byte("a: 1.2\n"), []byte("a: [1.2, 1.1]\n"), []byte("a: [\n"))
	f.Add([]byte("[]\n"), []byte("[,]\n"), []byte("a[1,2]]\n"))
	f.Add([]byte("v1 v2\n"), []byte("99999999999999999999.1\n"), []byte("\x00 1\n"))
	f.Fuzz(func(t *testing.T, base, ours, theirs []byte) {
		c := whole("requirements.txt", string(base), string(ours), string(theirs))
		for _, r := range fileclass.Rungs() {
			for _, a := range r.Answers(c) {
				if a.Why == "" || a.Rung == "" {
					t.Errorf("%+v", a)
				}
			}
		}
	})
}
