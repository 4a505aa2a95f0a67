package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       Config
	}{
		{name: "nothing"},
		{name: "a remark only", text: "# nothing yet\n"},
		{name: "a document of nothing", text: "---\n"},
		{name: "keys without values", text: "releases:\nprovenance:\nsign-off:\nsquash: ~\n"},
		{
			name: "all keys",
			text: "# ours\nreleases:\n  - release/*   # the usual ones\n  - v0.2.x\nprovenance: git-x\nsign-off: true\nsquash: true\n",
			want: Config{Releases: []string{"release/*", "v0.2.x"}, Provenance: "git-x", SignOff: true, Squash: true},
		},
		{
			name: "values that are numbers, dates or truths to YAML stay as written",
			text: "releases: [1.7, 2.0, 2.10, 007, 0x10, 1e3, 3_0, true, 2026-01-01, .5]\n",
			want: Config{Releases: []string{"1.7", "2.0", "2.10", "007", "0x10", "1e3", "3_0", "true", "2026-01-01", ".5"}},
		},
		{
			name: "quotes and escapes",
			text: "\"releases\": ['it''s', \"b\\u00e4r/**\"]\n",
			want: Config{Releases: []string{"it's", "bär/**"}},
		},
		{name: "flow style is YAML too", text: `{"squash": true, "releases": ["a"]}`, want: Config{Squash: true, Releases: []string{"a"}}},
		{name: "CRLF", text: "squash: true\r\nsign-off: true\r\n", want: Config{Squash: true, SignOff: true}},
		{name: "byte order mark", text: "\ufeffsquash: true\n", want: Config{Squash: true}},
		{name: "a document between marks", text: "---\nsquash: true\n...\n", want: Config{Squash: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Parse(FileName, []byte(tt.text))
			if err != nil {
				t.Fatalf("Parse: %v", err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// Every error is one line with its place; the excerpt is checked where it shows
// something of its own.
func TestParseErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want, excerpt string }{
		{
			name:    "unknown key",
			text:    "squash: true\nbrnch: stable/v6\nother: 1\n",
			want:    `f:2:1: unknown key "brnch"; known are platforms, policy, provenance, regenerate, releases, sign-off, squash`,
			excerpt: "   2 | brnch: stable/v6\n       ^",
		},
		{name: "not a truth", text: "sign-off: yes\n", want: "f:1:11: expected true or false"},
		{name: "a number for a truth", text: "squash: 1\n", want: "f:1:9: expected true or false"},
		{name: "a string for a truth", text: "squash: \"true\"\n", want: "f:1:9: expected true or false"},
		{name: "a list for a truth", text: "squash: [true]\n", want: "f:1:9: expected true or false"},
		{name: "no list", text: "releases: release/*\n", want: "f:1:11: expected a list of branch patterns"},
		{name: "a map for a list", text: "releases: {a: b}\n", want: "f:1:11: expected a list of branch patterns"},
		{name: "a list in a list", text: "releases:\n- [a]\n", want: "f:2:3: expected one branch pattern"},
		{name: "empty list", text: "releases: []\n", want: "f:1:11: the list of branch patterns is empty; leave the key out to have releases recognised by name"},
		{name: "empty pattern", text: "releases: [a, '']\n", want: "f:1:15: an empty branch pattern"},
		{name: "no pattern", text: "releases:\n- a\n-\n", want: "f:3:3: an empty branch pattern"},
		{name: "malformed pattern", text: "releases: ['v[1']\n", want: `f:1:12: malformed branch pattern "v[1"`},
		{name: "pattern like an option", text: "releases: ['-v']\n", want: `f:1:12: "-v" cannot be the name of a branch`},
		{name: "pattern with a line break", text: "releases: [\"a\\nb\"]\n", want: `f:1:12: "a\nb" cannot be the name of a branch`},
		{name: "style", text: "provenance: Git X\n", want: `f:1:13: "Git X" is no provenance style`},
		{name: "styles", text: "provenance: [git-x]\n", want: "f:1:13: expected the name of one provenance style"},
		{name: "key twice", text: "squash: true\nsquash: false\n", want: `f:2:1: mapping key "squash" already defined at [1:1]`},
		{name: "key twice, quoted", text: "squash: true\n\"squash\": false\n", want: `f:2:1: mapping key "squash" already defined at [1:1]`},
		{name: "wrong indentation", text: "releases:\n  - a\n - b\n", want: "f:3:2: value is not allowed in this context"},
		{name: "tab", text: "releases:\n\t- a\n", want: `f:2:1: found character '\t' that cannot start any token`},
		{name: "open quote", text: "releases: \"a\n", want: "f:1:11: could not find end character of double-quoted text"},
		{name: "open list", text: "releases: [a\n", want: "f:1:11: sequence end token ']' not found"},
		{name: "word", text: "release/*\n", want: "f:1:1: expected `key: value` lines"},
		{name: "list", text: "- a\n", want: "f:1:1: expected `key: value` lines"},
		{name: "two documents", text: "squash: true\n---\nsquash: false\n", want: "f:3: a second document: one is read", excerpt: "   3 | squash: false"},
		{name: "anchor", text: "releases: &a [x]\n", want: "f:1:11: anchors are not read here"},
		{name: "alias", text: "releases: *a\n", want: "f:1:11: aliases are not read here"},
		{name: "merge key", text: "<<: {squash: true}\n", want: "f:1:1: merge keys are not read here"},
		{name: "tag", text: "squash: !!bool true\n", want: "f:1:9: tags are not read here"},
		{name: "directive", text: "%YAML 1.2\n---\nsquash: true\n", want: "f:1:1: directives are not read here"},
		{name: "question mark", text: "? squash\n: true\n", want: "f:1:1: `? key` is not read here; write `key: value`"},
		{name: "deep flow", text: "releases: [[[[[[[[[[a]]]]]]]]]]\n", want: "f:1:18: nested more than 8 deep"},
		{name: "deep dashes", text: "releases:\n  - - - - - - - - - a\n", want: "f:2:17: nested more than 8 deep"},
		{name: "not UTF-8", text: "squash: true\n# \xff\n", want: "f:2: the text is not UTF-8", excerpt: "   2 | # \ufffd"},
		{name: "too large", text: strings.Repeat("#", MaxSize+1), want: "f: the file has 1048577 bytes, more than the 1048576 that are read"},
		{name: "too many tokens", text: "releases:\n" + strings.Repeat("- a\n", MaxTokens), want: "f: the file has more than 10000 YAML tokens"},
		{
			name:    "a long line is cut around the place",
			text:    `{"squash": false, "provenance": "` + strings.Repeat("x", 100) + `", "brnch": [` + strings.Repeat("1, ", 100) + "1]}\n",
			want:    `f:1:137: unknown key "brnch"; known are platforms, policy, provenance, regenerate, releases, sign-off, squash`,
			excerpt: `   1 | ` + strings.Repeat("x", 33) + `", "brnch": [` + strings.Repeat("1, ", 8) + "1,\n" + strings.Repeat(" ", 43) + "^",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := Parse("f", []byte(tt.text))
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("Parse = %+v, %v; want an *Error", c, err)
			}
			if d := cmp.Diff(tt.want, e.Error()); d != "" {
				t.Errorf("error, -want +got:\n%s", d)
			}
			if d := cmp.Diff(tt.excerpt, e.Excerpt); tt.excerpt != "" && d != "" {
				t.Errorf("excerpt, -want +got:\n%s", d)
			}
			if !cmp.Equal(c, Config{}) {
				t.Errorf("a failing Parse gave %+v", c)
			}
		})
	}
}

// What is written is what is read, however the pattern looks to YAML.
func TestParseKeepsPatterns(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.StringMatching(`[a-z0-9.*?_~^"':#{},&!|>%@]([a-z0-9./*_~"':#{},-]{0,12})`), 1, 6).Draw(t, "patterns")
		var b strings.Builder
		b.WriteString("releases:\n")
		for _, p := range want {
			fmt.Fprintf(&b, "- '%s'\n", strings.ReplaceAll(p, "'", "''"))
		}
		got, err := Parse("f", []byte(b.String()))
		if err != nil {
			t.Fatalf("Parse(%q): %v", b.String(), err)
		}
		if d := cmp.Diff(want, got.Releases); d != "" {
			t.Errorf("-want +got:\n%s", d)
		}
	})
}

// hostile are texts that cost the YAML library seconds or gigabytes when it is
// given them as they are.
func hostile() map[string]string {
	var bomb, deep, keys strings.Builder
	bomb.WriteString("a: &a [x,x,x,x,x,x,x,x,x]\n")
	for c := 'b'; c <= 'i'; c++ {
		fmt.Fprintf(&bomb, "%c: &%c [%s*%c]\n", c, c, strings.Repeat(fmt.Sprintf("*%c, ", c-1), 8), c-1)
	}
	bomb.WriteString("releases: *i\n")
	for i := range 1400 {
		fmt.Fprintf(&deep, "%sa:\n", strings.Repeat(" ", i))
		fmt.Fprintf(&keys, "k%d: 1\n", i)
	}
	const n = MaxSize / 4
	return map[string]string{
		"alias bomb":      bomb.String(),
		"alias of itself": "releases: &a [*a]",
		"brackets":        "releases: " + strings.Repeat("[", n),
		"braces":          "releases: " + strings.Repeat("{a: ", n/4),
		"dashes":          "releases:\n " + strings.Repeat("- ", n/2),
		"dash lines":      "releases:\n" + strings.Repeat("-\n", n/2),
		"questions":       strings.Repeat("? ", n/2),
		"indentation":     deep.String(),
		"keys":            keys.String(),
		"colons":          strings.Repeat(": ", n/2),
		"tags":            "releases: " + strings.Repeat("!!x ", n/4),
		"anchors":         "releases: " + strings.Repeat("&a ", n/3),
		"open quote":      "releases: \"" + strings.Repeat("a\n", n/2),
		"escapes":         "releases: [\"" + strings.Repeat(`\u0041`, n/6) + "\"]",
		"literal":         "releases: |\n" + strings.Repeat(" a\n", n/3),
		"plain lines":     "releases: " + strings.Repeat("a\n ", n/3),
		"blanks":          strings.Repeat(" ", n),
		"documents":       strings.Repeat("---\n", n/4),
		"remarks":         strings.Repeat("#\n", n/2),
	}
}

func TestParseHostile(t *testing.T) {
	t.Parallel()
	for name, text := range hostile() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			_, err := Parse("f", []byte(text))
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("more than a line: %q", err)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", "releases:\n  - release/*\nsign-off: true\n", "squash: [", "a: &a *a\n", "- - -\n", "? :\n", "|\n a\n", "{a: b}\n",
		"releases: ['a', \"b\", c]\n---\n...\n", "releases:\n- |\n  a\n- >-\n  b\n", "provenance: !!str x", "\tx: 1", "squash: true # c",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("f", data)
		if err == nil {
			for _, p := range c.Releases {
				if checkPattern(p) != nil {
					t.Errorf("accepted the pattern %q", p)
				}
			}
			return
		}
		var e *Error
		if !errors.As(err, &e) {
			t.Fatalf("%T: %v", err, err)
		}
		if e.Line < 0 || e.Column < 0 || strings.Contains(e.Problem, "\n") || strings.Count(e.Excerpt, "\n") > 1 {
			t.Errorf("%+v", e)
		}
	})
}
